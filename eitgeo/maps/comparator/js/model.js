// Indicators of any perimeter, from the released tables: as the package publishes them.

import { epciIn, numbersOf, publishedAs } from "./data.js";
import { cellsFigure, holdings, sumsFigure, trancheFigure } from "./blocks.js";
import { countedFigure, nearFigure } from "./counted.js";
import { countFigure, distinctFigure, sumIn } from "./counts.js";
import { seatFigure } from "./seat.js";
import { NBSP, frenchNumber, isBetween, settled } from "./numbers.js";

/**
 * @typedef {object} Figure
 * @property {number|null} value
 * @property {number|null} low
 * @property {number|null} high
 * @property {string} note why it is not known, or what it is about
 * @property {string} evidence O, S or H
 * @property {"published"|"computed"|"offline"} from
 */

export const OFFLINE = "à calculer dans l’étude";
const TO_CONFIRM = "à confirmer";
export const LIST_TO_CONFIRM = `selon une liste ${TO_CONFIRM}`;

/**
 * Give one indicator of a perimeter: the published figure where the perimeter was
 * published, else recomputed, else « à calculer dans l’étude ».
 * @param {import("./data.js").Data} data
 * @param {any} indicator
 * @param {Uint8Array} held
 * @returns {Figure}
 */
export function figureOf(data, indicator, held) {
  if (!held.some(Boolean)) return nothing("périmètre vide", indicator.evidence);
  const same = publishedAs(data, held);
  return publishedFigure(data, indicator, same) ?? computedFigure(data, indicator, held);
}

/** @returns {Figure | null} */
export function publishedFigure(data, indicator, same) {
  const packed = same && data.raw.published[same.table][indicator.id];
  if (!packed) return null;
  const value = packed.value[same.at];
  return {
    value,
    low: packed.low ? packed.low[same.at] : value,
    high: packed.high ? packed.high[same.at] : value,
    note: packed.notes[packed.note[same.at]],
    evidence: packed.evidence[same.at],
    from: "published",
  };
}

/**
 * Recompute an indicator from the released tables, whatever was published.
 * @returns {Figure}
 */
export function computedFigure(data, indicator, held) {
  const recipe = indicator.recipe;
  const worst = worstEvidence(data, indicator);
  if (!recipe) return { ...nothing(OFFLINE, worst), from: "offline" };
  const made = KINDS[recipe.how](data, recipe, held);
  const value = known(made.value);
  return {
    value,
    low: made.low === undefined ? value : known(made.low),
    high: made.high === undefined ? value : known(made.high),
    note: made.note ?? "",
    evidence: made.evidence ?? worst,
    from: "computed",
  };
}

/** @returns {string} the least sure class that the package gave this indicator */
export function worstEvidence(data, indicator) {
  const { unions, perimeters } = data.raw.published;
  const told = (unions[indicator.id] ?? perimeters[indicator.id])?.evidence;
  if (!told) return indicator.evidence;
  return told.includes("H") ? "H" : told.includes("S") ? "S" : "O";
}

function known(value) {
  return value === null || Number.isNaN(value) ? null : value;
}

function nothing(note, evidence) {
  return { value: null, low: null, high: null, note, evidence, from: /** @type {const} */ ("computed") };
}

const KINDS = {
  labels: (data, recipe, held) => ({ value: labelsIn(data, recipe.of, held) + recipe.plus }),
  whole: (data, _, held) => ({ value: wholePct(data, held) }),
  bodies: bodiesFigure,
  fit: fitFigure,
  confirmed: () => ({ value: 100, evidence: "O", note: "composition choisie ici, par listes publiées" }),
  count: (data, recipe, held) => countFigure(data.counts, recipe, held),
  sum: (data, recipe, held) => ({ value: sumIn(data.counts[recipe.of]?.get(""), held) }),
  unread: (_, recipe) => ({ value: NaN, note: recipe.note }),
  distinct: (data, recipe, held) => distinctFigure(data.counts, recipe, held),
  counted: (data, recipe, held) => countedFigure(data, recipe, held),
  near: (data, recipe, held) => nearFigure(data, recipe, held),
  seat: (data, recipe, held) => seatFigure(data, recipe, held),
  blocks: (data, recipe, held) => sumsFigure(data.blocks[recipe.of], holdings(data, recipe.of, held)),
  tranche: (data, recipe, held) => trancheFigure(data, recipe, held),
  cells: (data, recipe, held) => cellsFigure(data, recipe, held),
};

function labelsIn(data, of, held) {
  const seen = new Set();
  for (let i = 0; i < data.n; i += 1) if (held[i] && data[of][i] >= 0) seen.add(data[of][i]);
  return seen.size;
}

/** @returns {number} */
export function peopleIn(data, held) {
  let sum = 0;
  for (let i = 0; i < data.n; i += 1) if (held[i]) sum += data.pop[i];
  return sum;
}

function wholePct(data, held) {
  const { whole } = epciIn(data, held);
  let sum = 0;
  for (const e of whole) for (const i of data.epciCodes[e]) sum += data.pop[i];
  const total = peopleIn(data, held);
  return total > 0 ? (100 * sum) / total : NaN;
}

/** A figure of which only the bounds are known, where they differ by more than the last bits. */
function between(low, high) {
  const wide = high > low + 1e-12 * Math.abs(low);
  return { value: wide ? NaN : low, low, high: wide ? high : low, evidence: wide ? "H" : "O" };
}

/** Members that are published: all of them, or those of a list to confirm that are. */
function certainIn(body) {
  return body.certain ?? body.codes;
}

/** Bodies that a perimeter meets: by published members, then by lists to confirm too. */
function touched(bodies, held) {
  const met = (codesOf) => bodies.filter((one) => codesOf(one).some((i) => held[i])).length;
  return between(met(certainIn), met((one) => one.codes));
}

function bodiesFigure(data, recipe, held) {
  const bodies = data.raw.bodies.filter((one) => recipe.of.includes(one.id));
  if (recipe.note === "unknown") return wasteFigure(data, recipe, bodies, held);
  const whole = bodies.filter((one) => one.codes.length === one.total && one.codes.every((i) => held[i]));
  const least = whole.filter((one) => certainIn(one).length === one.total).length;
  const found = touched(bodies, held);
  const count = least < whole.length ? `de ${least} à ${whole.length}` : String(least);
  const tail = found.evidence === "H" || least < whole.length ? ` ; ${LIST_TO_CONFIRM}` : "";
  return { ...found, note: recipe.of.length ? `dont entiers : ${count}${tail}` : "" };
}

function wasteFigure(data, recipe, bodies, held) {
  if (!recipe.of.length) return { value: NaN, note: "aucun organisme déclaré" };
  const covered = new Set(bodies.flatMap((one) => one.codes));
  let missed = 0;
  for (let i = 0; i < data.n; i += 1) if (held[i] && !covered.has(i)) missed += data.pop[i];
  const total = peopleIn(data, held);
  const share = total > 0 ? settled((100 * missed) / total) : NaN;
  const doubt = bodies.some((one) => one.certain !== null);
  const parts = share >= 0.5 ? [`organisme non renseigné pour ${frenchNumber(share, 0)}${NBSP}% de la population`] : [];
  if (doubt) parts.push(`appartenance ${TO_CONFIRM}`);
  return {
    ...touched(bodies, held),
    note: parts.join(" ; "),
    evidence: doubt || share > 20 ? "H" : "O",
  };
}

const NO_BODY = "aucune structure publiée";

function fitFigure(data, _, held) {
  const able = data.raw.bodies.filter((one) => one.legal && one.pop !== null);
  if (!able.length) return { value: NaN, note: NO_BODY };
  // A hypothesis about who belongs to a body is no proof that such a body exists.
  const sure = bestFit(data, able.filter((one) => one.certain === null), held);
  const supposed = bestFit(data, able.filter((one) => one.certain !== null), held);
  const found = between(sure.fit, Math.max(sure.fit, supposed.fit));
  const other = found.evidence === "H" ? ` ou, selon sa liste ${TO_CONFIRM}, ${supposed.name}` : "";
  return { ...found, note: `${sure.name}${other}` };
}

function bestFit(data, bodies, held) {
  const total = peopleIn(data, held);
  let best = null;
  let most = -1;
  for (const body of bodies) {
    let both = 0;
    for (const i of body.codes) if (held[i]) both += data.pop[i];
    const either = total + body.pop - both;
    const fit = either > 0 ? (100 * both) / either : -1;
    if (fit > most) [best, most] = [body, fit];
  }
  return best ? { fit: most, name: best.name } : { fit: 0, name: NO_BODY };
}

/**
 * Say whether a union of as many EPCI is known by its bounds only: it may do better or not,
 * so that none of them is ranked.
 */
export function isBlind(data, indicator, size) {
  const packed = data.raw.published.unions[indicator.id];
  if (!packed?.low || !packed.high) return false;
  return data.raw.unions.epci.some((list, i) =>
    list.length === size && isBetween({ value: packed.value[i], low: packed.low[i], high: packed.high[i] }));
}

/**
 * Rank a perimeter among the unions of whole EPCI that have as many EPCI.
 * @returns {{place: number, equal: number, of: number, size: number} | null} null where
 *   nothing is ranked: orders are held, no better or worse, a perimeter that cuts an
 *   EPCI, an estimate in a demonstration, a union of as many EPCI that hangs on a list
 *   to confirm.
 */
export function rankOf(data, indicator, held) {
  if (!data.raw.study.orders) return null;
  if (!["up", "down"].includes(indicator.direction)) return null;
  const same = publishedAs(data, held);
  const { whole } = epciIn(data, held);
  const at = data.unionRank.get(whole.join(","));
  const packed = data.raw.published.unions[indicator.id];
  if (!same || at === undefined || !packed) return null;
  if (isBlind(data, indicator, whole.length)) return null;
  const demonstration = data.raw.study.demonstration.length > 0;
  if (demonstration && packed.evidence[at] === "H") return null;
  const values = numbersOf(packed.value);
  const mine = values[at];
  if (Number.isNaN(mine)) return null;
  const sign = indicator.direction === "up" ? 1 : -1;
  let [above, equal, of] = [0, 0, 0];
  data.raw.unions.epci.forEach((list, i) => {
    if (list.length !== whole.length || Number.isNaN(values[i])) return;
    of += 1;
    if (sign * (values[i] - mine) > 0) above += 1;
    else if (values[i] === mine) equal += 1;
  });
  return { place: above + 1, equal, of, size: whole.length };
}

/** @returns {string} */
export function rankText(rank) {
  if (!rank) return "";
  const tie = rank.equal > 1 ? ` (ex æquo à ${frenchNumber(rank.equal, 0)})` : "";
  return `n° ${rank.place}${tie} sur ${frenchNumber(rank.of, 0)} périmètres de ${rank.size} EPCI`;
}

