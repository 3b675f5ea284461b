import assert from "node:assert/strict";
import { test } from "node:test";
import { postLines } from "../../../eitgeo/maps/comparator/js/posts.js";
import { prepare } from "../../../eitgeo/maps/comparator/js/data.js";

const COST = { value: 60000, low: 60000, high: 60000, evidence: "O" };
const choice = (label, posts, chosen) => ({ label, chosen, meetings: [30 * posts, 50 * posts], cost: COST, rest: COST });
const RAW = {
  communes: { code: ["a", "b"], name: [], epci: [0, 0], dep: [0, 0], pop: [1, 1], area: [1, 1] },
  epci: [{ total: 2 }],
  links: [], blocks: {}, minutes: { towns: [], by_town: [] }, perimeters: [],
  counts: { cible: { "": [0, 200, 1, 100] } },
  unions: { epci: [] },
  published: { unions: {}, perimeters: {} },
  study: { demonstration: [] },
  indicators: [{ id: "target_sites", evidence: "O", direction: "info", recipe: { how: "count", per: 1 } }],
  posts: { years: 3, choices: [choice("Un demi-poste", 0.5, false), choice("Un poste", 1, true), choice("2 postes", 2, false)] },
};
const plain = (text) => text.replaceAll("\u00a0", " ").replaceAll("\u202f", " ");

test("each choice meets what a hand counts, and says what it leaves out", () => {
  const lines = postLines(prepare(structuredClone(RAW)), Uint8Array.from([1, 0]));
  // 45 to 75 %: of a share above half, what is left is rounded.
  assert.deepEqual(lines.map((one) => plain(one.met)), ["≈ 20 à 40 %", "≈ 50 à 70 %", "≈ 90 à 100 %"]);
  assert.deepEqual(lines.map((one) => plain(one.left)), ["≈ 100 à 200", "≈ 50 à 100", "≈ 0 à 20"]);
  assert.deepEqual(lines.map((one) => plain(one.meetings)), ["≈ 20 à 30", "≈ 30 à 50", "≈ 60 à 100"]);
  assert.deepEqual(lines.map((one) => one.chosen), [false, true, false]);
  assert.equal(plain(lines[1].cost), "60 000 €/an");
});

test("where nobody knows the firms, no share is told and costs stay", () => {
  const raw = structuredClone(RAW);
  raw.counts = {};
  const [line] = postLines(prepare(raw), Uint8Array.from([1, 1]));
  assert.equal(line.met, "–");
  assert.equal(plain(line.meetings), "≈ 20 à 30");
  assert.equal(plain(line.rest), "60 000 €/an");
});
