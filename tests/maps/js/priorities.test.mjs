import assert from "node:assert/strict";
import { test } from "node:test";
import { Priorities, percentileOf, scoreOf, shareOfWeights } from "../../../eitgeo/maps/comparator/js/priorities.js";
import { percentile } from "../../../eitgeo/maps/comparator/js/blocks.js";
import { rankOf } from "../../../eitgeo/maps/comparator/js/model.js";
import { prepare } from "../../../eitgeo/maps/comparator/js/data.js";

const DATA = prepare({
  communes: { code: ["a", "b", "c"], name: [], epci: [0, 1, 2], dep: [0, 0, 0], pop: [1, 1, 1], area: [1, 1, 1] },
  epci: [{ total: 1 }, { total: 1 }, { total: 1 }],
  links: [], blocks: {}, counts: {}, minutes: { towns: [], by_town: [] }, perimeters: [],
  unions: { epci: [[0, 1], [0, 2], [1, 2]] },
  published: { unions: { x: { value: [1, 2, 2] } }, perimeters: {} },
});
const [AB, AC] = [[1, 1, 0], [1, 0, 1]].map((one) => Uint8Array.from(one));

test("a percentile counts those that do no better, ties by half", () => {
  const found = [AB, AC].map((held) => percentileOf(DATA, { id: "x", direction: "up" }, held));
  assert.deepEqual(found.map((one) => one.toFixed(4)), ["16.6667", "66.6667"]);
  assert.equal(percentileOf(DATA, { id: "x", direction: "up" }, Uint8Array.from([1, 0, 0])), null);
});

test("beside a union that hangs on a list to confirm, none is ranked", () => {
  const raw = structuredClone(DATA.raw);
  raw.published.unions.x = { value: [1, null, 2], low: [1, 2, 2], high: [1, 3, 2], evidence: "OHO", notes: [""], note: [0, 0, 0] };
  raw.study = { demonstration: [], decided: 80 };
  raw.criteria = [{ id: "x", slider: "s", weight: 100, worst: 0, best: 4, measure: "value", estimate: false }];
  raw.indicators = [{ id: "x", direction: "up", evidence: "O", recipe: null }];
  const data = prepare(raw);
  const [about] = raw.indicators;
  for (const held of [AB, AC]) {
    assert.equal(percentileOf(data, about, held), null);
    assert.equal(rankOf(data, about, held), null);
  }
  const exact = prepare({ ...raw, published: DATA.raw.published });
  assert.notEqual(percentileOf(exact, about, AC), null);
  // Nor does it weigh, estimates or not.
  const priorities = new Priorities(data);
  for (const estimates of [false, true]) {
    priorities.estimates = estimates;
    const [row] = priorities.scored({ a: { held: AB }, b: { held: AC } });
    assert.deepEqual([row.weight, row.why], [0, "selon une liste à confirmer : poids 0"]);
  }
});

test("a score lies between its anchors", () => {
  const about = { measure: "value", worst: 16, best: 2 };
  const score = (value) => scoreOf(DATA, about, {}, { value }, AB);
  assert.deepEqual([score(2), score(9), score(30), score(null)], [1, 0.5, 0, null]);
});

test("with two criteria, the share of weights is that of the closed form", () => {
  // w a + (1 − w) b > 0 with a = 3, b = −1: w > 1/4.
  const [forA, forB] = shareOfWeights([3, -1]);
  assert.ok(Math.abs(forA - 75) < 3 && Math.abs(forA + forB - 100) < 1e-9);
  assert.deepEqual(shareOfWeights([1, 2]), [100, 0]);
  assert.deepEqual(shareOfWeights([0]), [0, 0]);
  assert.deepEqual(shareOfWeights([3, -1]), [forA, forB]);
});

test("percentiles lie between neighbours, as numpy's do", () => {
  const sorted = Float64Array.from([1, 2, 4, 8, 16]);
  assert.deepEqual([0, 0.1, 0.5, 0.9, 1].map((share) => percentile(sorted, share).toFixed(2)), ["1.00", "1.40", "4.00", "12.80", "16.00"]);
});
