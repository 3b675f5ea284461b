// Sums of guarded blocks: a block counts where the perimeter holds it whole.

import { NBSP, plural, settled } from "./numbers.js";

export const WITHHELD = "secret statistique";
const PARTLY = `${WITHHELD} : EPCI coupées, ou dont un établissement donne plus de 85\u00a0%`;
const UNSURE = `${WITHHELD} : preneurs publiés seulement avec d’autres, au-dehors`;

/**
 * @typedef {object} Holdings
 * @property {boolean[]} whole blocks held whole, released or not
 * @property {boolean[]} touched blocks held whole or in part
 * @property {boolean} any whether a released block is held whole
 * @property {number} leftPct share of the sites inside that no such block counts [%]
 * @property {number} nLeft communes inside, with such a site
 */

/**
 * @param {import("./data.js").Data} data
 * @param {string} name indicator
 * @param {Uint8Array} held
 * @returns {Holdings}
 */
export function holdings(data, name, held) {
  const { rows, size, shown } = data.blocks[name];
  const inside = new Int32Array(size.length);
  for (const [commune, block] of rows) if (held[commune]) inside[block] += 1;
  const whole = Array.from(size, (count, block) => inside[block] === count);
  let [total, counted, nLeft, any] = [0, 0, 0, false];
  whole.forEach((one, block) => (any ||= one && Boolean(shown[block])));
  for (const [commune, block, sites] of rows) {
    if (!held[commune]) continue;
    total += sites;
    if (whole[block] && shown[block]) counted += sites;
    else if (sites > 0) nLeft += 1;
  }
  const touched = Array.from(inside, (count) => count > 0);
  return { whole, touched, any, leftPct: total > 0 ? (100 * (total - counted)) / total : 0, nLeft };
}

/** @param {Holdings} held @returns {string} */
export function leftNote(held) {
  if (!held.any) return WITHHELD;
  if (held.nLeft === 0) return "";
  const communes = plural(held.nLeft, "commune").replace(NBSP, " ");
  const share = `${Math.ceil(settled(held.leftPct))}${NBSP}% des établissements`;
  return `non ventilé : ${communes}, ${share} (${WITHHELD})`;
}

const SHARES = { low: 0.1, high: 0.9 };

/** @param {Float64Array} sorted @param {number} share @returns {number} between neighbours */
export function percentile(sorted, share) {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
}

/**
 * Sum blocks held whole: their levels or, where they are drawn, P10, mean and P90 of
 * the sum of their draws.
 * @returns {{value: number, low: number, high: number, note: string}}
 */
export function sumsFigure(blocks, held) {
  const sums = { value: 0, low: 0, high: 0 };
  let drawn = null;
  blocks.id.forEach((_, block) => {
    if (!held.whole[block] || !blocks.shown[block]) return;
    const draws = blocks.draws[block];
    if (draws) {
      drawn ??= new Float64Array(draws.length);
      for (let k = 0; k < draws.length; k += 1) drawn[k] += draws[k];
    } else for (const level of Object.keys(sums)) sums[level] += blocks[level][block];
  });
  if (drawn) {
    sums.value += drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
    drawn.sort();
    for (const [level, share] of Object.entries(SHARES)) sums[level] += percentile(drawn, share);
  }
  if (!held.any) Object.keys(sums).forEach((level) => (sums[level] = NaN));
  return { ...sums, note: leftNote(held) };
}

/** The share of the largest site, bounded by its size class. */
export function trancheFigure(data, recipe, members) {
  const held = holdings(data, recipe.of, members);
  const blocks = data.blocks[recipe.of];
  let [jobs, first, last, told] = [0, 0, 0, false];
  blocks.id.forEach((_, block) => {
    if (!held.whole[block] || !blocks.shown[block]) return;
    jobs += blocks.value[block];
    if (Number.isNaN(blocks.top_low[block])) return;
    told = true;
    first = Math.max(first, blocks.top_low[block]);
    const high = blocks.top_high[block];
    last = Math.max(last, Number.isNaN(high) ? Infinity : high);
  });
  if (!told || settled(held.leftPct) > recipe.left) {
    return { value: NaN, low: NaN, high: NaN, note: WITHHELD };
  }
  const [low, high] = [first, last].map((heads) => Math.min((100 * heads) / jobs, 100));
  const band = `entre ${Math.floor(settled(low))} et ${Math.ceil(settled(high))}${NBSP}%`;
  const text = `${band}, d'après la tranche d'effectif du premier établissement diffusible`;
  const rest = leftNote(held);
  return { value: NaN, low, high, note: rest ? `${text} ; ${rest}` : text };
}

const logOdds = (pct) => Math.log(pct) - Math.log(100 - pct);

/** How far down and up, in log-odds, any published union says that shares reach. */
function spreadOf(data, name) {
  const packed = data.raw.published.unions[name];
  const at = packed?.high?.findIndex((high) => high > 0) ?? -1;
  const reach = (end) => (at < 0 ? NaN : logOdds(end[at]) - logOdds(packed.value[at]));
  return [packed?.low, packed?.high].map(reach);
}

function shifted(pct, reach) {
  return pct > 0 && pct < 100 ? 100 / (1 + Math.exp(-logOdds(pct) - reach)) : NaN;
}

/** The share of exchanges that stay inside, from cells between units. */
export function cellsFigure(data, recipe, members) {
  const held = holdings(data, recipe.of, members);
  const blocks = data.blocks[recipe.of];
  const whole = new Set(blocks.id.filter((_, block) => held.whole[block]));
  const touched = new Set(blocks.id.filter((_, block) => held.touched[block]));
  let [given, kept, unsure] = [0, 0, 0];
  for (const [donor, takers, tonnes] of data.raw.cells) {
    if (!whole.has(donor)) continue;
    given += tonnes;
    if (takers.every((unit) => whole.has(unit))) kept += tonnes;
    else if (takers.some((unit) => touched.has(unit))) unsure += tonnes;
  }
  const isHeld = settled(held.leftPct) <= recipe.left;
  const isSure = settled(100 * unsure) <= settled(recipe.unsure * given);
  const tells = given > 0 && isHeld && isSure;
  const why = isSure ? WITHHELD : UNSURE;
  const value = tells ? (100 * kept) / given : NaN;
  const [low, high] = spreadOf(data, recipe.of).map((reach) => shifted(value, reach));
  return {
    value,
    low,
    high,
    note: tells ? leftNote(held) : isHeld ? why : PARTLY,
  };
}
