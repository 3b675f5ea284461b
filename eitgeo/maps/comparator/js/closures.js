// A closed road: what it costs the trips inside a perimeter, as the package measured.

/** @typedef {{label: string, note: string, source: string, doubtful: boolean, from: number[], to: number[], open: number[], closed: (number|null)[]}} Closure */

/**
 * Sum up the trips whose two ends a perimeter holds.
 * @param {Closure} closure
 * @param {Uint8Array} held
 * @returns {{longer: number, cut: number, median: number|null, worst: {from: number, to: number, open: number, closed: number}|null}}
 */
export function lossOf(closure, held) {
  const inside = closure.from.flatMap((_, k) => (held[closure.from[k]] && held[closure.to[k]] ? [k] : []));
  const cut = inside.filter((k) => closure.closed[k] === null).length;
  const longer = inside
    .filter((k) => closure.closed[k] !== null)
    .map((k) => ({ k, extra: closure.closed[k] - closure.open[k] }))
    .filter((one) => one.extra > 0)
    .sort((a, b) => a.extra - b.extra);
  const last = longer.at(-1);
  return {
    longer: longer.length,
    cut,
    median: longer.length ? middle(longer.map((one) => one.extra)) : null,
    worst: last
      ? { from: closure.from[last.k], to: closure.to[last.k], open: closure.open[last.k], closed: closure.closed[last.k] }
      : null,
  };
}

/** @param {number[]} sorted */
function middle(sorted) {
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[Math.floor(half)];
}
