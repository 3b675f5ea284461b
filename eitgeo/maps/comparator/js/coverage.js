// How much of an area a contour covers: exact, slab by slab between the heights where a
// border begins, ends or crosses another.

/** @typedef {{x0: number, y0: number, x1: number, y1: number, of: number}} Edge y0 ≤ y1 */
/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */

/** Area itself, against polygons numbered from 0. */
const ITSELF = -1;
/** Work that a file may ask of a phone, in pairs of borders looked at. */
const MOST_WORK = 2e8;
/** Borders cross where each goes beyond the other by as much [m]. */
const BEYOND_M = 0.05;

/** A file that would hold the page for minutes. */
export class TooTangled extends Error {}

/** @returns {{spend: (work: number) => void}} */
export function newBudget(most = MOST_WORK) {
  let left = most;
  return {
    spend: (work) => {
      left -= work;
      if (left < 0) throw new TooTangled();
    },
  };
}

/**
 * @param {number[][]} rings points flat, closed or not
 * @param {number} of rank of the polygon
 * @returns {Edge[]}
 */
export function edgesOf(rings, of) {
  return rings.flatMap((ring) => {
    const found = [];
    for (let k = 0; k < ring.length; k += 2) {
      const j = (k + 2) % ring.length;
      const [xa, ya, xb, yb] = [ring[k], ring[k + 1], ring[j], ring[j + 1]];
      if (xa === xb && ya === yb) continue;
      found.push(ya <= yb ? { x0: xa, y0: ya, x1: xb, y1: yb, of } : { x0: xb, y0: yb, x1: xa, y1: ya, of });
    }
    return found;
  });
}

/** @param {Edge[]} edges @returns {Box} */
export function boxOf(edges) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { x0, y0, x1, y1 } of edges) {
    box.left = Math.min(box.left, x0, x1);
    box.right = Math.max(box.right, x0, x1);
    box.top = Math.min(box.top, y0);
    box.bottom = Math.max(box.bottom, y1);
  }
  return box;
}

/**
 * The part of an area that polygons cover together, each by the even-odd rule.
 * @param {number[][]} rings the area
 * @param {Edge[]} contour edges of all polygons
 * @param {{spend: (work: number) => void}} budget
 * @returns {{area: number, covered: number}}
 */
export function coverageOf(rings, contour, budget) {
  const own = edgesOf(rings, ITSELF);
  const box = boxOf(own);
  // What lies to the right of the area closes spans beyond it: `spansOf` does as much.
  const others = contour.filter((one) => one.y1 >= box.top && one.y0 <= box.bottom && Math.min(one.x0, one.x1) <= box.right);
  budget.spend(contour.length / 16);
  const near = others.filter((one) => Math.max(one.x0, one.x1) >= box.left);
  const levels = levelsOf(own, near, box, budget);
  const edges = [...own, ...others].filter((one) => one.y0 < one.y1).sort((a, b) => a.y0 - b.y0);
  let [area, covered, next] = [0, 0, 0];
  let active = [];
  for (let k = 0; k + 1 < levels.length; k += 1) {
    const [low, high] = [levels[k], levels[k + 1]];
    const at = (low + high) / 2;
    // A border holds its top and not its bottom: one that goes on from it counts once.
    active = active.filter((one) => one.y1 > at);
    for (; next < edges.length && edges[next].y0 <= at; next += 1) if (edges[next].y1 > at) active.push(edges[next]);
    budget.spend(active.length);
    const spans = spansOf(active, at);
    const mine = spans.get(ITSELF) ?? [];
    spans.delete(ITSELF);
    area += lengthOf(mine) * (high - low);
    covered += lengthOf(sharedBy(mine, unionOf([...spans.values()].flat()))) * (high - low);
  }
  return { area, covered };
}

/** Heights between which no border begins, ends or crosses another. */
function levelsOf(own, near, box, budget) {
  const found = [];
  const edges = [...own, ...near];
  const keep = (y) => y >= box.top && y <= box.bottom && found.push(y);
  for (const { y0, y1 } of edges) {
    keep(y0);
    keep(y1);
  }
  if (near.length) eachPair(edges, budget, (a, b) => {
    if (a.of === b.of) return;
    const y = crossingHeight(a, b);
    if (y !== null) keep(y);
  });
  return [...new Set(found)].sort((a, b) => a - b);
}

/** Call with each pair of edges whose boxes meet; all that this asks is counted first. */
function eachPair(edges, budget, act) {
  const sorted = [...edges].sort((a, b) => a.y0 - b.y0);
  const ends = Float64Array.from(edges, (one) => one.y1).sort();
  let gone = 0;
  sorted.forEach((one, begun) => {
    while (ends[gone] < one.y0) gone += 1;
    budget.spend(begun - gone);
  });
  let active = [];
  for (const one of sorted) {
    active = active.filter((other) => other.y1 >= one.y0);
    const [left, right] = one.x0 < one.x1 ? [one.x0, one.x1] : [one.x1, one.x0];
    for (const other of active) {
      if (other.x0 < left && other.x1 < left || other.x0 > right && other.x1 > right) continue;
      act(one, other);
    }
    active.push(one);
  }
}

function crossingHeight(a, b) {
  const [dxa, dya, dxb, dyb] = [a.x1 - a.x0, a.y1 - a.y0, b.x1 - b.x0, b.y1 - b.y0];
  const turn = dxa * dyb - dya * dxb;
  if (turn === 0) return null;
  const [dx, dy] = [b.x0 - a.x0, b.y0 - a.y0];
  const [s, t] = [(dx * dyb - dy * dxb) / turn, (dx * dya - dy * dxa) / turn];
  return s > 0 && s < 1 && t > 0 && t < 1 ? a.y0 + s * dya : null;
}

/** The spans of each polygon at a height; one that is left open goes on to the right. */
function spansOf(active, at) {
  const met = new Map();
  for (const one of active) {
    const x = one.x0 + ((at - one.y0) / (one.y1 - one.y0)) * (one.x1 - one.x0);
    if (met.has(one.of)) met.get(one.of).push(x);
    else met.set(one.of, [x]);
  }
  for (const [of, places] of met) {
    places.sort((a, b) => a - b);
    if (places.length % 2) places.push(Infinity);
    met.set(of, Array.from({ length: places.length / 2 }, (_, k) => [places[2 * k], places[2 * k + 1]]));
  }
  return met;
}

function unionOf(spans) {
  const joined = [];
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
    const last = joined[joined.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** Both lists sorted, no span of one list meeting another of it. */
function sharedBy(one, other) {
  const found = [];
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    const [from, to] = [Math.max(one[i][0], other[j][0]), Math.min(one[i][1], other[j][1])];
    if (from < to) found.push([from, to]);
    if (one[i][1] < other[j][1]) i += 1;
    else j += 1;
  }
  return found;
}

function lengthOf(spans) {
  return spans.reduce((sum, [from, to]) => sum + (to - from), 0);
}

/** Whether a polygon crosses itself. @param {Edge[]} edges its own */
export function crossesItself(edges, budget) {
  let crosses = false;
  const beyond = (one, x, y) => {
    const [dx, dy] = [one.x1 - one.x0, one.y1 - one.y0];
    const off = (dx * (y - one.y0) - dy * (x - one.x0)) / Math.hypot(dx, dy);
    return Math.abs(off) > BEYOND_M ? Math.sign(off) : 0;
  };
  const parts = (one, other) => beyond(one, other.x0, other.y0) * beyond(one, other.x1, other.y1) < 0;
  eachPair(edges, budget, (a, b) => {
    crosses ||= parts(a, b) && parts(b, a);
  });
  return crosses;
}
