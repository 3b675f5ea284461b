// « Mon EPCI »: what the undertaking changes for one of them.

import { byId, el, fill } from "./dom.js";
import { bestSeat } from "./seat.js";
import { heldOf } from "./data.js";
import { figureText, frenchNumber, MISSING, NBSP, plural } from "./numbers.js";
import { figureOf, peopleIn } from "./model.js";

export function wireCard(data, pair) {
  const choice = byId("epci-choix");
  fill(choice, ...data.raw.epci.map((one, e) => el("option", { value: String(e) }, one.name)));
  choice.onchange = () => showCard(data, pair);
}

export function showCard(data, pair) {
  const e = Number(byId("epci-choix").value);
  const epci = data.raw.epci[e];
  const codes = data.epciCodes[e];
  const own = heldOf(data, codes);
  const counted = data.raw.indicators.filter((one) => one.recipe?.how === "count" && one.direction === "info");
  const rows = [
    ["Communes", frenchNumber(codes.length, 0) + (codes.length < epci.total ? ` (sur ${epci.total}, les autres hors de l’étude)` : ""), ""],
    ["Habitants", frenchNumber(peopleIn(data, own), 0), ""],
    ...counted.map((one) => {
      const figure = figureOf(data, one, own);
      return [one.label, figureText(figure, one), figure.note];
    }),
  ];
  fill(byId("fiche-epci"),
    el("h3", {}, `Ce que la démarche change pour ${epci.name}`),
    table(["Ce qui est compté", "Valeur", "Remarque"], rows),
    el("h4", {}, "Dans A et dans B"),
    table(["Question", `A${NBSP}: ${pair.a.name}`, `B${NBSP}: ${pair.b.name}`], placeRows(data, pair, e)),
    el("h4", {}, "Structures dont ses communes sont membres"),
    bodiesList(data, codes),
    el("h4", {}, "Installations de traitement sur ses communes"),
    outletList(data, codes),
  );
}

function placeRows(data, pair, e) {
  const both = [pair.a, pair.b];
  const codes = data.epciCodes[e];
  const inside = both.map((one) => codes.filter((i) => one.held[i]).length);
  const limit = data.raw.indicators.find((one) => one.recipe?.how === "seat")?.recipe.minutes;
  const seats = both.map((one) => (limit ? bestSeat(data, one.held, limit) : { why: MISSING }));
  const minutes = seats.map((seat, k) => {
    if (!inside[k]) return "hors du périmètre";
    if ("why" in seat) return `${MISSING} (${seat.why})`;
    return `${minutesTo(data, codes, seat.town)} ; siège calculé${NBSP}: ${data.raw.communes.name[seat.town.at]}`;
  });
  return [
    ["Place", ...inside.map((count) => (count === codes.length ? "entièrement dedans" : count ? `en partie (${plural(count, "commune")})` : "dehors"))],
    ["Délibération demandée", ...inside.map((count) => (count ? "oui" : "non"))],
    ["Temps vers le siège d’animation", ...minutes],
  ];
}

/** Median over target sites, by car. */
function minutesTo(data, codes, town) {
  const weights = data.counts.cible?.get("");
  const sorted = codes.filter((i) => weights?.[i]).sort((x, y) => town.minutes[x] - town.minutes[y]);
  const total = sorted.reduce((sum, i) => sum + weights[i], 0);
  let reached = 0;
  for (const i of sorted) {
    reached += weights[i];
    if (reached >= total / 2) return Number.isFinite(town.minutes[i]) ? `de l’ordre de ${frenchNumber(Math.round(town.minutes[i] / 5) * 5, 0)}${NBSP}min en voiture (médiane)` : "pas de chemin";
  }
  return `${MISSING} (aucun établissement à mobiliser)`;
}

function bodiesList(data, codes) {
  const held = data.raw.bodies.filter((one) => one.kind !== "epci" && one.codes.some((i) => codes.includes(i)));
  const items = held.map((one) => {
    const inside = codes.filter((i) => one.codes.includes(i)).length;
    const part = inside < codes.length ? ` (${plural(inside, "commune")} sur ${codes.length})` : "";
    const doubt = one.sure && !one.doubtful ? "" : " – à confirmer";
    const nature = one.legal ? "" : " – sans personnalité juridique";
    return el("li", {}, `${one.name}${part}${nature}${doubt}`);
  });
  return items.length ? el("ul", {}, ...items) : el("p", {}, "Aucune parmi celles de l’étude.");
}

function outletList(data, codes) {
  const here = data.raw.outlets.filter((one) => codes.includes(data.rank.get(one.code)));
  const items = here.map((one) => el("li", {}, `${one.name} – ${one.kind.toLowerCase()}${one.sure ? "" : " (à vérifier)"}`));
  return items.length ? el("ul", {}, ...items) : el("p", {}, "Aucune connue de l’étude.");
}

/** @param {string[]} heads @param {string[][]} rows */
export function table(heads, rows) {
  return el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map((one) => el("th", { scope: "col" }, one)))),
    el("tbody", {}, ...rows.map(([first, ...rest]) =>
      el("tr", {}, el("th", { scope: "row" }, first), ...rest.map((one) => el("td", {}, one))))));
}
