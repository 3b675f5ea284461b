import assert from "node:assert/strict";
import { test } from "node:test";
import { crossesItself, newBudget, TooTangled } from "../../../eitgeo/maps/comparator/js/coverage.js";
import { decodeArcs, polygonsOf, ringArea, ringsOf, toDegrees } from "../../../eitgeo/maps/comparator/js/geometry.js";
import { piecesOf } from "../../../eitgeo/maps/comparator/js/pieces.js";
import { overlap, placeLabels, twoLines } from "../../../eitgeo/maps/comparator/js/labels.js";
import { History } from "../../../eitgeo/maps/comparator/js/history.js";

// Two unit squares side by side, ten metres wide: 0 on the left, 1 on the right.
const ARCS = decodeArcs({
  sides: [-1, 0, -1, 1, 0, 1],
  lines: [[10, 0, -10, 0, 0, 10, 10, 0], [10, 0, 10, 0, 0, 10, -10, 0], [10, 0, 0, 10]],
});

test("an outline is made of the arcs with one side inside", () => {
  const sizes = [[0], [1], [0, 1], []].map((held) => {
    const rings = ringsOf(ARCS, (side) => held.includes(side));
    return rings.map((ring) => Math.abs(ringArea(ring)) / 2);
  });
  assert.deepEqual(sizes, [[100], [100], [200], []]);
});

test("a hole belongs to the ring around it, an island in it does not", () => {
  const square = (x, size) => [x, x, x + size, x, x + size, x + size, x, x + size];
  const polygons = polygonsOf([square(40, 20), square(0, 100), square(20, 60), square(200, 5)]);
  assert.deepEqual(polygons.map((one) => one.length), [2, 1, 1]);
});

test("Lambert-93 in degrees, as the IGN gives its origin", () => {
  const [lon, lat] = toDegrees(700_000, 6_600_000);
  assert.ok(Math.abs(lon - 3) < 1e-9 && Math.abs(lat - 46.5) < 1e-9);
});

test("pieces are counted by spreading", () => {
  const near = [[1], [0], [3], [2], []];
  const found = piecesOf(near, Uint8Array.from([1, 1, 1, 0, 1]));
  assert.deepEqual(found, [[0, 1], [2], [4]]);
});

test("the work of a contour is counted before it is done: pairs of borders at one height", () => {
  const at = (k, step) => (k * step) % 97;
  const edges = Array.from({ length: 60 }, (_, k) => {
    const [low, high] = [at(k, 13), at(k, 31)].sort((a, b) => a - b);
    return { x0: at(k, 7), y0: low, x1: at(k, 41), y1: high, of: 0 };
  });
  let pairs = 0;
  for (let i = 0; i < edges.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      if (edges[i].y0 <= edges[j].y1 && edges[j].y0 <= edges[i].y1) pairs += 1;
    }
  }
  assert.ok(pairs > 100);
  assert.equal(crossesItself(edges, newBudget(pairs)), true);
  assert.throws(() => crossesItself(edges, newBudget(pairs - 1)), TooTangled);
  const untouched = edges.map((one) => ({ ...one, get x0() { throw new Error("looked at"); } }));
  assert.throws(() => crossesItself(untouched, newBudget(pairs - 1)), TooTangled);
});

test("labels never overlap, the first is served first", () => {
  const label = (at, anchor) => ({ lines: ["Un nom long"], at, size: 14, anchor });
  const frame = { width: 400, height: 300 };
  const placed = placeLabels([label([[200, 150]], "middle"), label([[205, 150], [200, 200]], "middle"), label([[205, 155]], "middle")], frame);
  assert.equal(placed.length, 2);
  assert.deepEqual(placed.map((one) => Math.round(one.y + 8)), [150, 200]);
  assert.ok(overlap([0, 0, 2, 2], [1, 1, 3, 3]) && !overlap([0, 0, 1, 1], [1, 0, 2, 1]));
});

test("a long name takes two lines", () => {
  assert.deepEqual(twoLines("Cœur et Coteaux du Comminges"), ["Cœur et Coteaux", "du Comminges"]);
  assert.deepEqual(twoLines("Volvestre"), ["Volvestre"]);
  assert.deepEqual(twoLines("Couserans-Pyrénées"), ["Couserans-", "Pyrénées"]);
});

test("undo and redo", () => {
  const history = new History(1);
  history.push(2);
  history.push(3);
  assert.equal(history.undo(), 2);
  assert.equal(history.redo(), 3);
  history.undo();
  history.push(4);
  assert.equal(history.canRedo, false);
  assert.deepEqual([history.undo(), history.undo(), history.undo()], [2, 1, 1]);
});
