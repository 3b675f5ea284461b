// Names on the map: placed one after the other where nothing is yet.

const WIDTH = 0.57;

/**
 * @typedef {{lines: string[], at: [number, number][], size: number, bold?: boolean, anchor: "middle" | "point", must?: boolean, badge?: number}} Label
 * @typedef {{label: Label, x: number, y: number, anchor: string, badgeY?: number, bare?: boolean}} Placed
 */

/**
 * Place labels in pixels; the first ones are served first.
 * @param {Label[]} labels `at` in pixels: places to try in order; a label « point »
 *   stands beside its place
 * @param {{width: number, height: number}} frame
 * @param {number[][]} [taken] boxes where nothing may stand
 * @returns {Placed[]} those for which there was room
 */
export function placeLabels(labels, frame, taken = []) {
  const placed = [];
  for (const label of labels) {
    const spot = triesOf(label).find(
      (one) => isWithin(one.box, frame) && !taken.some((box) => overlap(box, one.box)),
    );
    if (!spot) continue;
    taken.push(spot.box);
    placed.push({ label, ...spot });
  }
  return placed;
}

function triesOf(label) {
  const longest = Math.max(...label.lines.map((line) => line.length));
  const width = longest * label.size * WIDTH * (label.bold ? 1.08 : 1);
  const height = label.lines.length * label.size * 1.15;
  if (label.anchor === "middle" && label.badge) {
    // A badge stands at the place, its name below.
    const low = label.badge + 2;
    const around = (x, y, up, down) => [x - width / 2, y - up, x + width / 2, y + down];
    return [
      ...label.at.map(([x, y]) => ({ x, y: y + low, badgeY: y, anchor: "middle", box: around(x, y, low, low + height) })),
      ...label.at.map(([x, y]) => ({ x, y: y - low - height, badgeY: y, anchor: "middle", box: around(x, y, low + height, low) })),
      ...label.at.map(([x, y]) => ({ x, y, badgeY: y, bare: true, anchor: "middle", box: [x - low, y - low, x + low, y + low] })),
    ];
  }
  if (label.anchor === "middle") {
    return label.at.map(([x, y]) => ({
      x, y: y - height / 2, anchor: "middle",
      box: [x - width / 2, y - height / 2, x + width / 2, y + height / 2],
    }));
  }
  const gap = 6;
  return label.at.flatMap(([x, y]) => [
    { x: x + gap, y: y - height / 2, anchor: "start", box: [x - gap, y - height / 2, x + gap + width, y + height / 2] },
    { x: x - gap, y: y - height / 2, anchor: "end", box: [x - gap - width, y - height / 2, x + gap, y + height / 2] },
    { x, y: y - gap - height, anchor: "middle", box: [x - width / 2, y - gap - height, x + width / 2, y + gap] },
    { x, y: y + gap, anchor: "middle", box: [x - width / 2, y - gap, x + width / 2, y + gap + height] },
  ]);
}

function isWithin([x0, y0, x1, y1], { width, height }) {
  return x0 >= 0 && y0 >= 0 && x1 <= width && y1 <= height;
}

/** @param {number[]} a @param {number[]} b @returns {boolean} */
export function overlap(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** Cut a name in two lines of about the same length. */
export function twoLines(name) {
  if (name.length < 14) return [name];
  const middle = name.length / 2;
  const cuts = [...name.matchAll(/[ -]/g)].map((met) => met.index);
  if (!cuts.length) return [name];
  const cut = cuts.reduce((one, other) => (Math.abs(other - middle) < Math.abs(one - middle) ? other : one));
  const keep = name[cut] === "-" ? 1 : 0;
  return [name.slice(0, cut + keep), name.slice(cut + 1)];
}
