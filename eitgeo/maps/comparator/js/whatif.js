// « Et si… »: the perimeter B without one of its members, its first site, a road.

import { byId, el, fill } from "./dom.js";
import { table } from "./card.js";
import { epciIn } from "./data.js";
import { figureOf, OFFLINE } from "./model.js";
import { lossOf } from "./closures.js";
import { differenceText, figureText, frenchNumber, NBSP, plural } from "./numbers.js";
import { piecesOf } from "./pieces.js";

export function showWhatIf(data, pair) {
  const which = pair.edited;
  const { whole, cut } = epciIn(data, pair[which].held);
  const choice = byId("depart-choix");
  const kept = choice.value;
  fill(choice,
    el("option", { value: "" }, "Choisir un EPCI…"),
    ...[...whole, ...cut].sort((a, b) => a - b).map((e) => el("option", { value: String(e) }, data.raw.epci[e].name)),
  );
  if ([...choice.options].some((one) => one.value === kept)) choice.value = kept;
  choice.onchange = () => showDeparture(data, pair);
  byId("depart-qui").textContent = `${which.toUpperCase()}\u00a0: ${pair[which].name}`;
  showDeparture(data, pair);
  showTopSite(data, pair);
  showClosure(data, pair);
}

/** What the package measured of a closed road, between communes of A and of B. */
function showClosure(data, pair) {
  const { closures, study } = data.raw;
  const [line, choice, place] = ["route-ligne", "route-choix", "route-effet"].map(byId);
  line.hidden = !closures.length;
  byId("route-titre").hidden = !closures.length;
  if (!closures.length) return fill(place);
  if (!choice.options.length) {
    fill(choice, ...closures.map((one, k) => el("option", { value: String(k) }, one.label)));
  }
  choice.onchange = () => showClosure(data, pair);
  const closure = closures[Number(choice.value)];
  const rows = ["a", "b"].map((which) => [`${which.toUpperCase()}${NBSP}: ${pair[which].name}`, ...lossTexts(data, lossOf(closure, pair[which].held))]);
  return fill(place,
    el("p", {}, [closure.note, `Source${NBSP}: ${closure.source}${closure.doubtful ? ", à confirmer" : ""}`].filter(Boolean).map((one) => `${one.replace(/\.$/u, "")}.`).join(" ")),
    table(["Périmètre", "Trajets allongés", "Sans autre chemin", "Allongement médian", "Le plus allongé"], rows),
    el("p", { className: "note" }, `Trajets en poids lourd, des communes du périmètre vers ses villes${NBSP}: ${study.network}.`),
  );
}

function lossTexts(data, { longer, cut, median, worst }) {
  const minutes = (value) => `${frenchNumber(Math.round(value), 0)}${NBSP}min`;
  const names = data.raw.communes.name;
  return [
    frenchNumber(longer, 0),
    frenchNumber(cut, 0),
    median === null ? "–" : `+${minutes(median)}`,
    worst ? `${names[worst.from]} → ${names[worst.to]}${NBSP}: ${minutes(worst.open)} → ${minutes(worst.closed)}` : "–",
  ];
}

function showDeparture(data, pair) {
  const place = byId("depart-effet");
  const value = byId("depart-choix").value;
  if (value === "") return fill(place);
  const before = pair[pair.edited].held;
  const after = Uint8Array.from(before);
  for (const i of data.epciCodes[Number(value)]) after[i] = 0;
  const pieces = piecesOf(data.borderNear, after).length;
  const rows = data.raw.indicators
    .filter((one) => one.star)
    .map((one) => {
      const [x, y] = [before, after].map((held) => figureOf(data, one, held));
      return [one.label, figureText(x, one), figureText(y, one), differenceText(x, y, one)];
    });
  const whole = pieces === 1 ? "d’un seul tenant" : pieces === 0 ? "vide" : `en ${plural(pieces, "morceau", "morceaux")}`;
  return fill(place,
    el("p", {}, `Sans ${data.raw.epci[Number(value)].name}, le périmètre reste ${whole}.`.replace("reste en", "devient : en")),
    table(["Indicateur", "Avant", "Après", "Écart"], rows),
    el("button", { type: "button", onclick: () => pair.alter(data.epciCodes[Number(value)], false) }, "Garder cette variante"),
  );
}

/** What the package published of the loss of the largest site. */
function showTopSite(data, pair) {
  const place = byId("premier-effet");
  const indicator = data.raw.indicators.find((one) => one.id === "kept_without_top_pct");
  if (!indicator) {
    return fill(place, el("p", {}, `Effet de l’arrêt du premier établissement\u00a0: ${OFFLINE}.`));
  }
  const rows = ["a", "b"].map((which) => {
    const figure = figureOf(data, indicator, pair[which].held);
    return [`${which.toUpperCase()}\u00a0: ${pair[which].name}`, figureText(figure, indicator), figure.note];
  });
  return fill(place, table(["Périmètre", indicator.label, "Remarque"], rows));
}
