import assert from "node:assert/strict";
import { test } from "node:test";
import { lossOf } from "../../../eitgeo/maps/comparator/js/closures.js";

const CLOSURE = {
  label: "", note: "", source: "", doubtful: false,
  from: [0, 0, 1, 2], to: [1, 2, 2, 0], open: [10, 20, 12, 8], closed: [25, 24, 20, null],
};

test("only trips with both ends inside count, and a cut is no number", () => {
  const all = lossOf(CLOSURE, Uint8Array.from([1, 1, 1]));
  assert.deepEqual([all.longer, all.cut, all.median], [3, 1, 8]);
  assert.deepEqual(all.worst, { from: 0, to: 1, open: 10, closed: 25 });
  const some = lossOf(CLOSURE, Uint8Array.from([1, 0, 1]));
  assert.deepEqual([some.longer, some.cut, some.median], [1, 1, 4]);
});

test("nothing inside is nothing lost", () => {
  assert.deepEqual(lossOf(CLOSURE, Uint8Array.from([0, 1, 0])), { longer: 0, cut: 0, median: null, worst: null });
});

test("an even number of trips has its median between two", () => {
  const two = { ...CLOSURE, from: [0, 0], to: [1, 2], open: [10, 20], closed: [25, 24] };
  assert.equal(lossOf(two, Uint8Array.from([1, 1, 1])).median, 9.5);
});
