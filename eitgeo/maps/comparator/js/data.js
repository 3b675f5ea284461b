// What the page was given, laid out for fast sums.

/**
 * @typedef {object} Data
 * @property {object} raw the payload
 * @property {number} n communes
 * @property {Int32Array} epci rank of the EPCI of each commune, −1 without
 * @property {Int32Array} dep
 * @property {Float64Array} pop
 * @property {Float64Array} area km²
 * @property {number[][]} epciCodes communes of each EPCI
 * @property {Map<string, number>} rank INSEE code → commune
 * @property {number[][]} borderNear neighbours by border
 * @property {number[][]} roadNear neighbours that a road joins
 * @property {Record<string, Blocks>} blocks
 * @property {Record<string, Map<string, Float64Array>>} counts
 * @property {Town[]} towns
 * @property {Map<string, number>} unionRank key of a set of EPCI → rank of the union
 * @property {string[]} perimeterKeys
 */
/** @typedef {Uint8Array} Held 1 where the perimeter holds the commune */
/** @typedef {{code: string, minutes: Float64Array, order: Int32Array, at: number}} Town */
/** @typedef {{id: string[], shown: number[], rows: number[][], size: Int32Array, draws: (Float64Array | null)[], value: Float64Array, low: Float64Array, high: Float64Array, top_low: Float64Array, top_high: Float64Array}} Blocks */

/** @param {(number|null)[]} list @returns {Float64Array} NaN for null */
export function numbersOf(list) {
  return Float64Array.from(list, (one) => (one === null ? NaN : one));
}

/** @param {any} raw @returns {Data} */
export function prepare(raw) {
  const { communes } = raw;
  const n = communes.code.length;
  const epci = Int32Array.from(communes.epci);
  const epciCodes = raw.epci.map(() => /** @type {number[]} */ ([]));
  epci.forEach((e, i) => e >= 0 && epciCodes[e].push(i));
  const rank = new Map(communes.code.map((code, i) => [code, i]));
  const [borderNear, roadNear] = neighbours(raw.links, n);
  const data = {
    raw, n, epci, epciCodes, rank, borderNear, roadNear,
    dep: Int32Array.from(communes.dep),
    pop: Float64Array.from(communes.pop),
    area: Float64Array.from(communes.area),
    blocks: Object.fromEntries(Object.entries(raw.blocks).map(([name, one]) => [name, blocksOf(one)])),
    counts: Object.fromEntries(Object.entries(raw.counts).map(([fact, one]) => [fact, countsOf(one, n)])),
    towns: raw.minutes.towns.map((code, t) => townOf(code, raw.minutes.by_town[t], rank)),
    unionRank: new Map(raw.unions.epci.map((list, i) => [list.join(","), i])),
    perimeterKeys: [],
  };
  data.perimeterKeys = raw.perimeters.map((one) => keyOf(heldOf(data, one.codes)));
  return data;
}

/** @param {Data | {n: number}} data @param {Iterable<number>} codes @returns {Held} */
export function heldOf(data, codes) {
  const held = new Uint8Array(data.n);
  for (const i of codes) held[i] = 1;
  return held;
}

/** @param {Held} held @returns {number[]} */
export function ranksIn(held) {
  const found = [];
  for (let i = 0; i < held.length; i += 1) if (held[i]) found.push(i);
  return found;
}

/** @param {Held} held @returns {string} the same for the same set */
export function keyOf(held) {
  return ranksIn(held).join(",");
}

/**
 * Say which EPCI a perimeter holds, in whole or in part.
 * @param {Data} data
 * @param {Held} held
 * @returns {{inside: Int32Array, whole: number[], cut: number[]}}
 */
export function epciIn(data, held) {
  const inside = new Int32Array(data.epciCodes.length);
  for (let i = 0; i < data.n; i += 1) if (held[i] && data.epci[i] >= 0) inside[data.epci[i]] += 1;
  const whole = [];
  const cut = [];
  inside.forEach((count, e) => {
    if (count > 0) (count === data.raw.epci[e].total ? whole : cut).push(e);
  });
  return { inside, whole, cut };
}

/**
 * Find the published perimeter or union that holds the same communes.
 * @param {Data} data
 * @param {Held} held
 * @returns {{table: "perimeters" | "unions", at: number} | null}
 */
export function publishedAs(data, held) {
  const named = data.perimeterKeys.indexOf(keyOf(held));
  if (named >= 0) return { table: "perimeters", at: named };
  const { whole, cut } = epciIn(data, held);
  const alone = held.some((one, i) => one && data.epci[i] < 0);
  if (cut.length || alone) return null;
  const at = data.unionRank.get(whole.join(","));
  return at === undefined ? null : { table: "unions", at };
}

function neighbours(links, n) {
  const border = Array.from({ length: n }, () => /** @type {number[]} */ ([]));
  const road = Array.from({ length: n }, () => /** @type {number[]} */ ([]));
  for (let i = 0; i < links.length; i += 3) {
    const [a, b, crossed] = links.slice(i, i + 3);
    border[a].push(b);
    border[b].push(a);
    if (crossed) {
      road[a].push(b);
      road[b].push(a);
    }
  }
  return [border, road];
}

function blocksOf(one) {
  const size = new Int32Array(one.id.length);
  const rows = [];
  for (let i = 0; i < one.units.length; i += 3) {
    const row = one.units.slice(i, i + 3);
    rows.push(row);
    size[row[1]] += 1;
  }
  const levels = ["value", "low", "high", "top_low", "top_high"];
  return {
    id: one.id, shown: one.shown, rows, size, draws: one.draws.map((list) => list && numbersOf(list)),
    ...Object.fromEntries(levels.map((level) => [level, numbersOf(one[level])])),
  };
}

function countsOf(labels, n) {
  return new Map(
    Object.entries(labels).map(([label, flat]) => {
      const by = new Float64Array(n);
      for (let i = 0; i < flat.length; i += 2) by[flat[i]] = flat[i + 1];
      return [label, by];
    }),
  );
}

function townOf(code, list, rank) {
  const minutes = Float64Array.from(list, (one) => (one === null ? Infinity : one));
  const order = Int32Array.from(minutes.keys());
  // Sorting is stable: equal times keep the order of the codes.
  order.sort((a, b) => minutes[a] - minutes[b] || a - b);
  return { code, minutes, order, at: rank.get(code) };
}

/** Number named things, then sort them by name as French does: « Cœur » before « Cotte ».
 * @template {{name: string}} T
 * @param {T[]} named
 * @returns {[number, T][]}
 */
export function byName(named) {
  const numbered = /** @type {[number, T][]} */ ([...named.entries()]);
  return numbered.sort(([, one], [, other]) => one.name.localeCompare(other.name, "fr"));
}
