import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsFigure } from "../../../eitgeo/maps/comparator/js/blocks.js";

const RECIPE = { of: "x", left: 50, unsure: 20 };
const union = (low, value, high) => ({ value: [null, value], low: [null, low], high: [null, high] });
const data = (published) => ({
  blocks: { x: { id: ["a", "b"], rows: [[0, 0, 3], [1, 1, 3]], size: [1, 1], shown: [1, 1] } },
  raw: { cells: [["a", ["a"], 5], ["a", ["b"], 5]], published: { unions: { x: published } } },
});

test("a share composed on the page has the interval of published ones", () => {
  // Odds of 1 to 9, 1 to 1 and 3 to 1: nine times less, three times more.
  const made = cellsFigure(data(union(10, 50, 75)), RECIPE, [1, 0]);
  assert.deepEqual([made.value, Math.round(made.low), Math.round(made.high)], [50, 10, 75]);
  assert.equal(cellsFigure(data(union(0, 50, 75)), RECIPE, [1, 0]).low, 0);
});

test("a share of all, or one that no interval is published beside, has none", () => {
  const whole = cellsFigure(data(union(10, 50, 75)), RECIPE, [1, 1]);
  assert.equal(whole.value, 100);
  for (const one of [whole, cellsFigure(data(undefined), RECIPE, [1, 0])]) {
    assert.ok(Number.isNaN(one.low) && Number.isNaN(one.high));
  }
});
