// Posts are a choice: what half a post, one or two meet in a perimeter, and cost.

import { el } from "./dom.js";
import { figureOf } from "./model.js";
import { figureText, frenchNumber, MISSING, NBSP, publishedValue } from "./numbers.js";

const SITES = "target_sites";
const COST = { unit: "€/an", decimals: 0 };
const SHARE = { evidence: "H", unit: "%", decimals: 0 };
const COUNT = { evidence: "H", unit: "nombre", decimals: 0 };

/**
 * @typedef {{label: string, chosen: boolean, meetings: string, met: string, left: string, cost: string, rest: string}} PostLine
 */

/**
 * Say what each choice meets in some years, each firm once; none where firms are not known.
 * @returns {PostLine[]}
 */
export function postLines(data, held) {
  const { years, choices } = data.raw.posts;
  const indicator = data.raw.indicators.find((one) => one.id === SITES);
  const firms = indicator ? figureOf(data, indicator, held) : null;
  return choices.map(({ label, chosen, meetings, cost, rest }) => ({
    label, chosen, meetings: rangeText(meetings, COUNT),
    ...metText(firms, meetings.map((one) => years * one)),
    cost: figureText(cost, COST),
    rest: figureText(rest, COST),
  }));
}

/** @param {number[]} most firms that are met, least and most */
function metText(firms, [slow, fast]) {
  const [low, high] = [firms?.low ?? firms?.value ?? null, firms?.high ?? firms?.value ?? null];
  if (low === null || high === null || !(low > 0)) return { met: MISSING, left: MISSING };
  const share = [slow / high, fast / low].map((one) => Math.min(100, 100 * one));
  const left = [low - fast, high - slow].map((one) => Math.max(0, one));
  return {
    met: `${rangeText(share, SHARE)}${NBSP}%`,
    left: left[1] > 0 ? rangeText(left, COUNT) : "aucun",
  };
}

function rangeText(ends, about) {
  const printed = new Set(ends.map((one) => frenchNumber(publishedValue(one, about))));
  return `≈${NBSP}${[...printed].join(" à ")}`;
}

/** Both perimeters side by side; posts prefer neither. */
export function postTable(data, pair) {
  const both = [pair.a, pair.b].map((one) => postLines(data, one.held));
  const heads = ["Postes d’animation", "Établissements rencontrés par an", `A${NBSP}: part rencontrée en ${data.raw.posts.years}${NBSP}ans`, "A, non rencontrés", `B${NBSP}: part rencontrée`, "B, non rencontrés", "Coût", "Reste à charge"];
  return el("div", {},
    el("h4", { className: "partie-titre" }, "Postes d’animation, pour A et pour B"),
    el("p", {}, "Les postes sont un choix. Chaque établissement à mobiliser est compté une fois. Une grande part ne juge pas un périmètre : un petit territoire se visite plus vite."),
    el("table", { className: "postes" },
      el("thead", {}, el("tr", {}, ...heads.map((one) => el("th", { scope: "col" }, one)))),
      el("tbody", {}, ...both[0].map((a, n) => {
        const b = both[1][n];
        return el("tr", {},
          el("th", { scope: "row" }, a.chosen ? `${a.label} (choix de l’étude)` : a.label),
          ...[a.meetings, a.met, a.left, b.met, b.left, a.cost, a.rest].map((one, k) => el("td", { "data-quoi": heads[k + 1] }, one)));
      }))));
}
