// « Mon EPCI »: what the undertaking changes for one of them, in three parts.

import { gapsOf, PARTS, partOf } from "./belief.js";
import { postTable } from "./posts.js";
import { bestSeat, seatNote, unnamedSeat } from "./seat.js";
import { byId, el, fill } from "./dom.js";
import { byName, heldOf } from "./data.js";
import { figureText, frenchNumber, MISSING, NBSP, plural } from "./numbers.js";
import { figureOf, peopleIn, worstEvidence } from "./model.js";

const SUMS = ["count", "counted", "sum", "blocks"];
const MINUTES = { unit: "min", decimals: 0 };

/** @typedef {{part: string, cells: string[], indicator?: any}} Line */

export function wireCard(data, pair) {
  const choice = byId("epci-choix");
  fill(choice, ...byName(data.raw.epci).map(([e, one]) => el("option", { value: String(e) }, one.name)));
  choice.onchange = () => showCard(data, pair);
}

export function showCard(data, pair) {
  const e = Number(byId("epci-choix").value);
  const sums = sumLines(data, e);
  const asked = askLines(data, pair, e);
  const bodies = bodyLines(data, e);
  const outlets = outletLines(data, e);
  const seats = seatIndicator(data);
  const unsure = [...sums, ...asked].filter((one) => one.part !== "known").map((one) => one.indicator).filter(Boolean);
  const gaps = gapsOf(data, unsure);
  const heads = ["Question", `A${NBSP}: ${pair.a.name}`, `B${NBSP}: ${pair.b.name}`];
  fill(byId("fiche-epci"),
    el("h3", {}, `Ce que la démarche change${NBSP}: ${data.raw.epci[e].name}`),
    ...PARTS.flatMap((part) => {
      const of = (lines) => lines.filter((one) => one.part === part).map((one) => one.cells);
      const lists = [
        filledTable(["Ce qui est compté", "Valeur", "Remarque"], of(sums)),
        filledTable(heads, of(asked)),
        titledList("Structures dont ses communes sont membres", of(bodies)),
        titledList("Installations de traitement sur ses communes", of(outlets)),
        part === "missing" ? filledTable(["Ce qui manque", "Où le trouver"], gaps.map(({ what, where }) => [what, where])) : null,
      ].filter(Boolean);
      return lists.length ? [el("h4", { className: "partie-titre" }, data.raw.words.parts[part]), ...lists] : [];
    }),
    postTable(data, pair),
    seats ? el("p", {}, `Temps et distances${NBSP}: ${data.raw.study.network}.`) : null,
  );
}

/** @returns {Line[]} communes, people, then what is summed over its communes */
function sumLines(data, e) {
  const epci = data.raw.epci[e];
  const codes = data.epciCodes[e];
  const own = heldOf(data, codes);
  const beyond = codes.length < epci.total ? `sur ${epci.total}, les autres hors de l’étude` : "";
  const summed = data.raw.indicators.filter((one) => SUMS.includes(one.recipe?.how) && one.direction === "info");
  return [
    { part: "known", cells: ["Communes", frenchNumber(codes.length, 0), beyond] },
    { part: "known", cells: ["Habitants", frenchNumber(peopleIn(data, own), 0), ""] },
    ...summed.map((indicator) => {
      const figure = figureOf(data, indicator, own);
      const part = partOf(data.raw.words, indicator, figure);
      return { part, indicator, cells: [indicator.label, figureText(figure, indicator), figure.note] };
    }),
  ];
}

function seatIndicator(data) {
  return data.raw.indicators.find((one) => one.recipe?.how === "seat" && one.recipe.want === "median");
}

/** @returns {Line[]} what A and B ask of it */
function askLines(data, pair, e) {
  const both = [pair.a, pair.b];
  const codes = data.epciCodes[e];
  const inside = both.map((one) => codes.filter((i) => one.held[i]).length);
  const lines = [
    { part: "known", cells: ["Place", ...inside.map((count) => (count === codes.length ? "entièrement dedans" : count ? `en partie (${plural(count, "commune")})` : "dehors"))] },
    { part: "known", cells: ["Délibération demandée", ...inside.map((count) => (count ? "oui" : "non"))] },
  ];
  const indicator = seatIndicator(data);
  if (!indicator) return lines;
  const times = both.map((one, k) => (inside[k] ? timeTo(data, codes, one.held, indicator) : "hors du périmètre"));
  const part = data.raw.words.part_of[worstEvidence(data, indicator)];
  return [...lines, { part, indicator, cells: ["Temps vers le siège d’animation", ...times] }];
}

/** Median over target sites, by car, to the best seat; of the class of that median. */
function timeTo(data, codes, held, indicator) {
  const seat = bestSeat(data, held, indicator.recipe.minutes);
  if ("why" in seat) return `${MISSING} (${seat.why})`;
  const value = medianMinutes(data, codes, seat.town);
  if (value === null) return `${MISSING} (aucun établissement à mobiliser)`;
  if (!Number.isFinite(value)) return "pas de chemin";
  const figure = { value, low: null, high: null, evidence: worstEvidence(data, indicator) };
  return `${figureText(figure, MINUTES)} en voiture (médiane)\u202f; ${unnamedSeat(data) || seatNote(data, seat).replace(" :", `${NBSP}:`)}`;
}

function medianMinutes(data, codes, town) {
  const weights = data.counts.cible?.get("");
  const sorted = codes.filter((i) => weights?.[i]).sort((x, y) => town.minutes[x] - town.minutes[y]);
  const total = sorted.reduce((sum, i) => sum + weights[i], 0);
  let reached = 0;
  for (const i of sorted) {
    reached += weights[i];
    if (reached >= total / 2) return town.minutes[i];
  }
  return null;
}

/** @returns {Line[]} published lists are known, those to confirm are not */
function bodyLines(data, e) {
  const codes = data.epciCodes[e];
  const held = data.raw.bodies.filter((one) => one.kind !== "epci" && one.codes.some((i) => codes.includes(i)));
  const lines = held.map((one) => {
    const inside = codes.filter((i) => one.codes.includes(i)).length;
    const portion = inside < codes.length ? ` (${plural(inside, "commune")} sur ${codes.length})` : "";
    const sure = one.sure && !one.doubtful;
    const nature = one.legal ? "" : " – sans personnalité juridique";
    return { part: sure ? "known" : "assumed", cells: [`${one.name}${portion}${nature}${sure ? "" : " – à confirmer"}`] };
  });
  return lines.length ? lines : [{ part: "known", cells: ["Aucune parmi celles de l’étude."] }];
}

/** @returns {Line[]} */
function outletLines(data, e) {
  const here = data.raw.outlets.filter((one) => data.epciCodes[e].includes(data.rank.get(one.code)));
  const lines = here.map((one) => ({
    part: one.sure ? "known" : "assumed",
    cells: [`${one.name} – ${one.kind.toLowerCase()}${one.sure ? "" : " (à vérifier)"}`],
  }));
  return lines.length ? lines : [{ part: "known", cells: ["Aucune connue de l’étude."] }];
}

function filledTable(heads, rows) {
  return rows.length ? table(heads, rows) : null;
}

function titledList(title, rows) {
  if (!rows.length) return null;
  return el("div", {}, el("h5", {}, title), el("ul", {}, ...rows.map(([one]) => el("li", {}, one))));
}

/** @param {string[]} heads @param {string[][]} rows */
export function table(heads, rows) {
  return el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map((one) => el("th", { scope: "col" }, one)))),
    el("tbody", {}, ...rows.map(([first, ...rest]) =>
      el("tr", {}, el("th", { scope: "row" }, first), ...rest.map((one) => el("td", {}, one))))));
}
