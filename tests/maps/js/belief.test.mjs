import assert from "node:assert/strict";
import test from "node:test";
import { byPart, gapsOf, rowPart } from "../../../eitgeo/maps/comparator/js/belief.js";

const words = { part_of: { O: "known", S: "known", H: "assumed" } };
const about = { id: "x", unit: "nombre", decimals: 0, evidence: "O" };
const figure = (value, evidence) => ({ value, low: value, high: value, evidence });

test("a pair is as sure as its least sure figure; a dash counts for nothing", () => {
  const part = (...figures) => rowPart(words, about, figures);
  assert.equal(part(figure(4, "O"), figure(8, "S")), "known");
  assert.equal(part(figure(4, "O"), figure(8, "H")), "assumed");
  assert.equal(part(figure(4, "O"), figure(null, "H")), "known");
  assert.equal(part(figure(null, "O"), figure(null, "H")), "missing");
});

test("bounds of a list to confirm are assumed, and shown", () => {
  const between = { value: null, low: 1, high: 3, evidence: "H" };
  assert.equal(rowPart(words, about, [between, between]), "assumed");
});

test("each row is in one part, in the order given", () => {
  const rows = [["a", "H"], ["b", "O"], ["c", "S"]].map(([id, evidence]) =>
    ({ indicator: { ...about, id }, a: figure(1, evidence), b: figure(1, evidence) }));
  const parts = byPart(words, rows);
  const ids = (part) => parts[part].map((one) => one.indicator.id);
  assert.deepEqual([ids("known"), ids("assumed"), ids("missing")], [["b", "c"], ["a"], []]);
});

test("what is missing is told for the indicators that hang on it", () => {
  const gaps = [{ what: "sites", where: "", indicators: ["x"] }, { what: "roads", where: "", indicators: ["y"] }];
  assert.deepEqual(gapsOf({ raw: { gaps } }, [about]), [gaps[0]]);
  assert.deepEqual(gapsOf({ raw: { gaps } }, []), []);
});
