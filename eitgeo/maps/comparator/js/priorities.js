// « Mes priorités »: four sliders or one a criterion, what each says, an order or none.

import { byId, el, fill } from "./dom.js";
import { epciIn, numbersOf } from "./data.js";
import { figureOf, isBlind, LIST_TO_CONFIRM } from "./model.js";
import { unitless } from "./rows.js";
import { figureText, frenchNumber, isBetween, MISSING, NBSP } from "./numbers.js";

const DRAWS = 2000;

/** @typedef {{id: string, slider: string, weight: number, worst: number, best: number, measure: string, estimate: boolean}} Criterion */

/** Weights that the reader set, and whether estimates count. */
export class Priorities {
  /** @param {import("./data.js").Data} data */
  constructor(data) {
    this.data = data;
    this.estimates = false;
    /** Whether each criterion has a slider of its own. */
    this.fine = false;
    this.levels = new Map(data.raw.criteria.map((one) => [one.slider, 1]));
    this.own = new Map(data.raw.criteria.map((one) => [one.id, 1]));
  }

  /** Give each criterion a slider of its own, where its group's stands; or go back. */
  split(fine) {
    this.fine = fine;
    for (const one of this.data.raw.criteria) this.own.set(one.id, this.levels.get(one.slider));
  }

  /** @param {Criterion} criterion */
  levelOf(criterion) {
    return this.fine ? this.own.get(criterion.id) : this.levels.get(criterion.slider);
  }

  /** @returns {{key: string, label: string, level: number}[]} the sliders on show */
  sliders() {
    const { criteria, indicators } = this.data.raw;
    if (!this.fine) return [...this.levels].map(([key, level]) => ({ key, label: key, level }));
    return criteria.map((one) => ({
      key: one.id,
      label: indicators.find((other) => other.id === one.id).label,
      level: this.own.get(one.id),
    }));
  }

  set(key, level) {
    (this.fine ? this.own : this.levels).set(key, level);
  }

  /**
   * Score A and B on each criterion; those of class H weigh nothing unless asked.
   * @returns {{criterion: Criterion, indicator: any, a: any, b: any, scores: (number|null)[], weight: number, why: string}[]}
   */
  scored(pair) {
    const { raw } = this.data;
    const rows = raw.criteria.map((criterion) => {
      const indicator = raw.indicators.find((one) => one.id === criterion.id);
      const [a, b] = [pair.a, pair.b].map((one) => figureOf(this.data, indicator, one.held));
      const scores = [pair.a, pair.b].map((one, k) => scoreOf(this.data, criterion, indicator, [a, b][k], one.held));
      const why = this.whyNot(criterion, [a, b], scores);
      const weight = why ? 0 : criterion.weight * this.levelOf(criterion);
      return { criterion, indicator, a, b, scores, weight, why };
    });
    const total = rows.reduce((sum, one) => sum + one.weight, 0);
    return rows.map((one) => ({ ...one, weight: total > 0 ? (100 * one.weight) / total : 0 }));
  }

  whyNot(criterion, figures, scores) {
    if (figures.some(isBetween)) return `${LIST_TO_CONFIRM} : poids 0`;
    if (scores.includes(null)) return "non calculable pour A ou B";
    if (this.estimates) return "";
    const assumed = criterion.estimate || figures.some((one) => one.evidence === "H");
    return assumed ? "hypothèse de travail : poids 0" : "";
  }

  /**
   * Say which of the two comes first, and for how many drawn weights.
   * @returns {string} empty where nothing may be said
   */
  order(pair) {
    if (this.data.raw.study.demonstration.length) return "";
    const rows = this.scored(pair).filter((one) => one.weight > 0);
    if (!rows.length) return "Aucun critère ne compte\u202f: pas d’ordre.";
    const gaps = rows.map((one) => one.scores[0] - one.scores[1]);
    const gap = rows.reduce((sum, one, k) => sum + one.weight * gaps[k], 0);
    const [forA, forB] = shareOfWeights(gaps);
    if (gap === 0 || Math.max(forA, forB) < this.data.raw.study.decided) {
      return `Avec ces critères, l’ordre de A et B est indécis (${frenchNumber(Math.round(forA), 0)}${NBSP}% des tirages de pondérations pour A, ${frenchNumber(Math.round(forB), 0)}${NBSP}% pour B).`;
    }
    const first = gap > 0 ? "A" : "B";
    return `Périmètre arrivé en tête avec ces critères et ces poids\u202f: ${first} (${frenchNumber(Math.round(first === "A" ? forA : forB), 0)}${NBSP}% des tirages de pondérations).`;
  }
}

/** Score from 0 (worst anchor or beyond) to 1; null where the figure is missing. */
export function scoreOf(data, criterion, indicator, figure, held) {
  const value = measured(data, criterion, indicator, figure, held);
  if (value === null) return null;
  const score = (value - criterion.worst) / (criterion.best - criterion.worst);
  return Math.min(1, Math.max(0, score));
}

function measured(data, criterion, indicator, figure, held) {
  if (figure.value === null) return null;
  if (criterion.measure === "percentile") return percentileOf(data, indicator, held);
  return figure.value;
}

/** Share of the unions of as many EPCI that do no better, ties by half [%]. */
export function percentileOf(data, indicator, held) {
  const { whole, cut } = epciIn(data, held);
  const at = cut.length ? undefined : data.unionRank.get(whole.join(","));
  const packed = data.raw.published.unions[indicator.id];
  if (at === undefined || !packed || isBlind(data, indicator, whole.length)) return null;
  const values = numbersOf(packed.value);
  const sign = indicator.direction === "down" ? -1 : 1;
  const peers = data.raw.unions.epci.flatMap((list, i) =>
    list.length === whole.length && !Number.isNaN(values[i]) ? [sign * values[i]] : []);
  const mine = sign * values[at];
  if (Number.isNaN(mine)) return null;
  const below = peers.filter((one) => one < mine).length;
  const equal = peers.filter((one) => one === mine).length;
  return (100 * (below + equal / 2)) / peers.length;
}

/**
 * Draw weights, all sets alike (flat Dirichlet), the same draws each time.
 * @param {number[]} gaps score of A less that of B
 * @returns {[number, number]} share of the draws for A, for B [%]
 */
export function shareOfWeights(gaps) {
  const random = uniform(20261124);
  let [forA, forB] = [0, 0];
  for (let k = 0; k < DRAWS; k += 1) {
    // Exponential numbers divided by their sum; the sum changes no sign.
    const gap = gaps.reduce((sum, one) => sum - Math.log(1 - random()) * one, 0);
    if (gap > 0) forA += 1;
    else if (gap < 0) forB += 1;
  }
  return [(100 * forA) / DRAWS, (100 * forB) / DRAWS];
}

/** Mulberry32: small, seeded, enough for two thousand draws. */
function uniform(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function wirePriorities(data, pair, priorities, changed) {
  const again = () => {
    showScores(data, pair, priorities);
    changed();
  };
  showSliders(priorities, again);
  byId("un-par-critere").onchange = (event) => {
    priorities.split(event.target.checked);
    showSliders(priorities, again);
    again();
  };
  byId("estimations").onchange = (event) => {
    priorities.estimates = event.target.checked;
    again();
  };
}

function showSliders(priorities, again) {
  fill(byId("curseurs"),
    ...priorities.sliders().map(({ key, label, level }, k) =>
      el("p", { className: "curseur" },
        el("label", { for: `curseur-${k}` }, label),
        el("input", {
          type: "range", id: `curseur-${k}`, min: "0", max: "3", step: "0.5", value: String(level),
          oninput: (event) => {
            priorities.set(key, Number(event.target.value));
            again();
          },
        }))),
  );
}

export function showScores(data, pair, priorities) {
  const rows = priorities.scored(pair);
  fill(byId("notes-criteres"),
    ...rows.map((one) =>
      el("tr", { className: one.why ? "grise" : "" },
        el("th", { scope: "row" }, one.indicator.label, one.why ? el("span", { className: "note" }, one.why) : null),
        el("td", {}, `${frenchNumber(Math.round(one.weight), 0)}${NBSP}%`),
        ...["a", "b"].map((which, k) => scoreCell(one, which, k)))),
  );
  byId("ordre-criteres").textContent = data.raw.study.demonstration.length
    ? "Démonstration\u202f: aucun ordre n’est tiré de ces notes\u202f; elles disent seulement où chaque chiffre se place entre ses deux repères fixes."
    : priorities.order(pair);
}

function scoreCell(row, which, k) {
  const score = row.scores[k];
  const text = figureText(row[which], unitless(row.indicator));
  if (score === null || row.why) return el("td", {}, text);
  return el("td", {}, `${text} `, el("meter", { value: score, min: 0, max: 1, "aria-label": `note ${Math.round(100 * score)} sur 100` }), ` ${score === null ? MISSING : Math.round(100 * score)}`);
}
