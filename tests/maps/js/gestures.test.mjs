import assert from "node:assert/strict";
import { test } from "node:test";
import { holdsDisc } from "../../../eitgeo/maps/comparator/js/geometry.js";
import { nextEpci } from "../../../eitgeo/maps/comparator/js/gestures.js";
import { History } from "../../../eitgeo/maps/comparator/js/history.js";
import { placeLabels } from "../../../eitgeo/maps/comparator/js/labels.js";
import { listed, withArticle } from "../../../eitgeo/maps/comparator/js/tally.js";

const RIGHT = [1, 0];
const GRID = [[0, 0], [10, 1], [20, 0], [0, 10], [10, 11], [20, 10]].map((at) => ({ at }));

test("an arrow goes to the EPCI that lies ahead, and stays where none does", () => {
  assert.equal(nextEpci(GRID, 0, RIGHT), 1);
  assert.equal(nextEpci(GRID, 1, RIGHT), 2);
  assert.equal(nextEpci(GRID, 0, [0, 1]), 3);
  assert.equal(nextEpci(GRID, 4, [0, -1]), 1);
  assert.equal(nextEpci(GRID, 2, RIGHT), null);
  assert.equal(nextEpci(GRID.slice(0, 1), 0, RIGHT), null);
});

test("arrows reach every EPCI of a grid", () => {
  const seen = new Set([0]);
  for (const e of seen) {
    for (const way of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      const next = nextEpci(GRID, e, way);
      if (next !== null) seen.add(next);
    }
  }
  assert.equal(seen.size, GRID.length);
});

test("a disc is inside where its edge is, and outside a hole", () => {
  const square = [0, 0, 100, 0, 100, 100, 0, 100, 0, 0];
  const hole = [40, 40, 60, 40, 60, 60, 40, 60, 40, 40];
  assert.ok(holdsDisc(20, 50, 15, [square, hole]));
  assert.ok(!holdsDisc(20, 50, 25, [square, hole]), "it meets the hole, and the border");
  assert.ok(!holdsDisc(50, 50, 5, [square, hole]));
  assert.ok(holdsDisc(50, 50, 5, [square]));
  assert.ok(!holdsDisc(-5, 50, 2, [square]));
});

test("what goes on of a gesture is undone with its start", () => {
  const history = new History(0);
  history.push(1);
  history.amend(2);
  history.amend(3);
  assert.equal(history.undo(), 0);
  assert.equal(history.redo(), 3);
  history.undo();
  history.amend(7);
  assert.ok(!history.canRedo);
});

test("a name stands below its badge, else above, else the badge alone", () => {
  const label = { lines: ["Nom"], size: 14, anchor: "middle", badge: 9, at: [[100, 50]] };
  const place = (taken) => placeLabels([label], { width: 200, height: 100 }, taken)[0];
  assert.ok(place([]).y > 50);
  const above = place([[0, 62, 200, 100]]);
  assert.ok(above.y < 50 && above.badgeY === 50 && !above.bare);
  assert.equal(place([[0, 62, 200, 100], [0, 0, 200, 38]]).bare, true);
  assert.equal(place([[0, 0, 200, 100]]), undefined);
});

test("names of EPCI take their article, a list its conjunction", () => {
  assert.equal(withArticle("CC du Volvestre"), "la CC du Volvestre");
  assert.equal(withArticle("Communauté d’agglomération X"), "la Communauté d’agglomération X");
  assert.equal(withArticle("CCIAL"), "CCIAL");
  assert.equal(listed(["a", "b", "c"]), "a, b et c");
  assert.equal(listed(["a"]), "a");
});
