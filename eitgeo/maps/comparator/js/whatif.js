// « Et si… »: the perimeter B without one of its members, its first site, a road.

import { byId, el } from "./dom.js";
import { table } from "./card.js";
import { epciIn } from "./data.js";
import { figureOf, OFFLINE } from "./model.js";
import { differenceText, figureText, plural } from "./numbers.js";
import { piecesOf } from "./pieces.js";

export function showWhatIf(data, pair) {
  const which = pair.edited;
  const { whole, cut } = epciIn(data, pair[which].held);
  const choice = byId("depart-choix");
  const kept = choice.value;
  choice.replaceChildren(
    el("option", { value: "" }, "Choisir un EPCI…"),
    ...[...whole, ...cut].sort((a, b) => a - b).map((e) => el("option", { value: String(e) }, data.raw.epci[e].name)),
  );
  if ([...choice.options].some((one) => one.value === kept)) choice.value = kept;
  choice.onchange = () => showDeparture(data, pair);
  byId("depart-qui").textContent = `${which.toUpperCase()}\u00a0: ${pair[which].name}`;
  showDeparture(data, pair);
  showTopSite(data, pair);
}

function showDeparture(data, pair) {
  const place = byId("depart-effet");
  const value = byId("depart-choix").value;
  if (value === "") return place.replaceChildren();
  const before = pair[pair.edited].held;
  const after = Uint8Array.from(before);
  for (const i of data.epciCodes[Number(value)]) after[i] = 0;
  const pieces = piecesOf(data.borderNear, after).length;
  const rows = data.raw.indicators
    .filter((one) => one.star)
    .map((one) => {
      const [x, y] = [before, after].map((held) => figureOf(data, one, held));
      return [one.label, figureText(x, one, true), figureText(y, one, true), differenceText(x, y, one)];
    });
  const whole = pieces === 1 ? "d’un seul tenant" : pieces === 0 ? "vide" : `en ${plural(pieces, "morceau", "morceaux")}`;
  return place.replaceChildren(
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
    return place.replaceChildren(el("p", {}, `Effet de l’arrêt du premier établissement\u00a0: ${OFFLINE}.`));
  }
  const rows = ["a", "b"].map((which) => {
    const figure = figureOf(data, indicator, pair[which].held);
    return [`${which.toUpperCase()}\u00a0: ${pair[which].name}`, figureText(figure, indicator), figure.note];
  });
  return place.replaceChildren(table(["Périmètre", indicator.label, "Remarque"], rows));
}
