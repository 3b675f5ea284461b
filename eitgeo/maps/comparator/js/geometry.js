// Borders: each once, with a commune on either side.

/**
 * @param {{sides: number[], lines: number[][]}} borders
 * @returns {{a: number, b: number, line: Int32Array}[]} points flat, absolute
 */
export function decodeArcs(borders) {
  return borders.lines.map((steps, i) => {
    const line = Int32Array.from(steps);
    for (let k = 2; k < line.length; k += 1) line[k] += line[k - 2];
    return { a: borders.sides[2 * i], b: borders.sides[2 * i + 1], line };
  });
}

/**
 * Return the outline of a set of communes: arcs with exactly one side inside, joined.
 * @param {{a: number, b: number, line: Int32Array}[]} arcs
 * @param {(side: number) => any} inside −1 is beyond the outer border
 * @returns {number[][]} rings, points flat
 */
export function ringsOf(arcs, inside) {
  const kept = arcs.filter((arc) => Boolean(inside(arc.a)) !== Boolean(inside(arc.b)));
  const ends = new Map();
  const add = (key, arc) => (ends.has(key) ? ends.get(key).push(arc) : ends.set(key, [arc]));
  for (const arc of kept) {
    add(pointKey(arc.line, 0), arc);
    add(pointKey(arc.line, arc.line.length - 2), arc);
  }
  const used = new Set();
  return kept.flatMap((arc) => (used.has(arc) ? [] : [chain(arc, ends, used)]));
}

function chain(first, ends, used) {
  used.add(first);
  const ring = Array.from(first.line);
  const start = pointKey(ring, 0);
  for (let key = lastKey(ring); key !== start; key = lastKey(ring)) {
    const next = ends.get(key).find((arc) => !used.has(arc));
    if (!next) break;
    used.add(next);
    const forward = pointKey(next.line, 0) === key;
    const { line } = next;
    for (let k = 2; k < line.length; k += 2) {
      const at = forward ? k : line.length - 2 - k;
      ring.push(line[at], line[at + 1]);
    }
  }
  return ring;
}

function pointKey(line, at) {
  return line[at] * 4194304 + line[at + 1];
}

function lastKey(ring) {
  return pointKey(ring, ring.length - 2);
}

/** @param {number[][]} rings @returns {string} path data */
export function pathOf(rings) {
  return rings.map((ring) => `M${ring.join(" ")}Z`).join("");
}

/** Lines that are not closed. */
export function linePath(arcs) {
  return arcs.map((arc) => `M${arc.line.join(" ")}`).join("");
}

/** Twice the area of a ring; positive when it turns clockwise on a screen. */
export function ringArea(ring) {
  let sum = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    sum += ring[i] * ring[j + 1] - ring[j] * ring[i + 1];
  }
  return sum;
}

/** Whether a point is inside a ring. */
export function isInside(x, y, ring) {
  let odd = false;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [xi, yi, xj, yj] = [ring[i], ring[i + 1], ring[j], ring[j + 1]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

/**
 * Say whether a disc is inside an area: its centre and eight points of its edge are.
 * @param {number} x @param {number} y @param {number} radius @param {number[][]} rings
 */
export function holdsDisc(x, y, radius, rings) {
  const within = (px, py) => rings.filter((ring) => isInside(px, py, ring)).length % 2 === 1;
  const turns = Array.from({ length: 8 }, (_, k) => (k * Math.PI) / 4);
  return within(x, y) && turns.every((turn) => within(x + radius * Math.cos(turn), y + radius * Math.sin(turn)));
}

/**
 * Group rings into polygons: an outer ring, then its holes.
 * @param {number[][]} rings
 * @returns {number[][][]}
 */
export function polygonsOf(rings) {
  const bySize = [...rings].sort((a, b) => Math.abs(ringArea(b)) - Math.abs(ringArea(a)));
  const polygons = [];
  for (const ring of bySize) {
    const [x, y] = [(ring[0] + ring[2]) / 2, (ring[1] + ring[3]) / 2];
    const around = polygons.filter((polygon) => isInside(x, y, polygon[0]));
    const home = around[around.length - 1];
    if (home && !home.slice(1).some((hole) => isInside(x, y, hole))) home.push(ring);
    else polygons.push([ring]);
  }
  return polygons;
}

// Lambert-93: conic of two standard parallels on the GRS 80 ellipsoid (IGN, NTG_71).
const E = 0.0818191910428158;
const N = 0.725607765053267;
const C = 11754255.4261;
const XS = 700000;
const YS = 12655612.0499;

/**
 * Turn Lambert-93 into degrees (RGF93, EPSG:4171, taken as EPSG:4326).
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]} longitude, latitude
 */
export function toDegrees(x, y) {
  const radius = Math.hypot(x - XS, y - YS);
  const turn = Math.atan2(x - XS, YS - y);
  const iso = -Math.log(Math.abs(radius / C)) / N;
  let lat = 2 * Math.atan(Math.exp(iso)) - Math.PI / 2;
  for (let i = 0; i < 8; i += 1) {
    const e = E * Math.sin(lat);
    lat = 2 * Math.atan(((1 + e) / (1 - e)) ** (E / 2) * Math.exp(iso)) - Math.PI / 2;
  }
  return [((turn / N) * 180) / Math.PI + 3, (lat * 180) / Math.PI];
}

/**
 * Turn degrees into Lambert-93.
 * @param {number} lon
 * @param {number} lat
 * @returns {[number, number]} x, y [m]
 */
export function toLambert(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  const iso = Math.atanh(sine) - E * Math.atanh(E * sine);
  const radius = C * Math.exp(-N * iso);
  const turn = (N * (lon - 3) * Math.PI) / 180;
  return [XS + radius * Math.sin(turn), YS - radius * Math.cos(turn)];
}
