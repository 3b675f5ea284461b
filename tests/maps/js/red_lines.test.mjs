import assert from "node:assert/strict";
import test from "node:test";
import {
  brokenLines, everyRefusal, noLines, openUnions, partsOf, smallestConcession, unionsCsv, unionsText,
} from "../../../eitgeo/maps/comparator/js/red_lines.js";

// Three EPCI in a row; 0 is in all unions. Printed costs: 3, 2 and 1 € at most.
const page = {
  study: { title: "Titre", subtitle: "Étude", status: "Projet", edition: "01/01/2026", demonstration: [] },
  epci: [{ name: "CC A" }, { name: "=CC;B" }, { name: "CC \"C\"" }],
  prices: [[1, 2, 3, "trois"], [0.5, 1, 2, "deux"], [0.2, 0.5, 1, "un"]],
  unions: {
    members: [[0], [0, 1], [0, 1, 2]],
    minutes: [[5], [10, 30], [12, null, 40]],
    seat: [0, 0, 0], towns: ["Ville"], pop: [10, 20, 30], price: [0, 1, 2],
  },
};
const lines = (changes = {}) => page.epci.map((_, e) => ({ ...noLines(), ...changes[e] }));

test("refusals come by number, then sorted, up to so many", () => {
  assert.deepEqual(everyRefusal(3, 2), [[], [0], [1], [2], [0, 1], [0, 2], [1, 2]]);
  assert.equal(everyRefusal(7, 7).length, 128);
  assert.equal(everyRefusal(16, 3).length, 1 + 16 + 120 + 560);
});

test("parts are what neighbours join", () => {
  const near = [[1], [0, 2], [1], []];
  assert.deepEqual(partsOf([0, 1, 2], near), [[0, 1, 2]]);
  assert.deepEqual(partsOf([0, 2, 3], near), [[0], [2], [3]]);
  assert.deepEqual(partsOf([], near), []);
});

test("a line is crossed above its limit, not at it; by members alone", () => {
  assert.deepEqual(brokenLines(page, 1, lines({ 0: { eur: 2 }, 2: { eur: 0 } })), []);
  const [one] = brokenLines(page, 0, lines({ 0: { eur: 2 } }));
  assert.deepEqual(one, { who: 0, kind: "eur", other: -1, limit: 2, needs: 3 });
  assert.equal(brokenLines(page, 2, lines({ 1: { min: 500 } }))[0].needs, null);
});

test("who says no is in no union", () => {
  assert.deepEqual(openUnions(page, lines(), new Set([2])), { open: [0, 1], without: 2 });
  assert.deepEqual(openUnions(page, lines(), new Set([0])), { open: [], without: 0 });
});

test("the smallest concession relaxes few lines, each by little, and mixes no units", () => {
  const asked = lines({ 0: { eur: 0.5 }, 1: { min: 20, partners: [2] }, 2: { min: 10 } });
  // {0,1}: eur, min, partner; {0,1,2}: eur, minutes of 1 (unknown), minutes of 2.
  const { fewest, sets } = smallestConcession(page, asked, new Set());
  assert.equal(fewest, 3);
  assert.deepEqual(sets.map((one) => one.lines.map(({ who, kind, other }) => [who, kind, other])), [
    [[0, "eur", -1], [1, "min", -1], [1, "with", 2]],
    [[0, "eur", -1], [1, "min", -1], [2, "min", -1]],
  ]);
  assert.deepEqual(sets[0].choices, [{ needs: [2, 30, null], unions: [1] }]);
  const single = smallestConcession(page, lines({ 0: { eur: 0.5 } }), new Set());
  // Both unions ask the same line: the one that asks less is kept.
  assert.deepEqual(single.sets.map((one) => one.choices), [[{ needs: [1], unions: [2] }]]);
  assert.deepEqual(smallestConcession(page, lines(), new Set([0])).sets, []);
});

test("what is saved is the same whatever the lines, and runs no formula", () => {
  assert.equal(unionsCsv(page, [1, 2]).split("\r\n")[2], "\"CC A + =CC;B\";2;20;Ville;0,5;1;2");
  const alone = unionsCsv({ ...page, unions: { ...page.unions, members: [[1], [0, 1], [0]] } }, [0]);
  assert.match(alone, /"'=CC;B"/);
  assert.match(unionsText(page, [1, 2]), /Unions d’EPCI entiers retenues : 2 sur 3/);
  assert.match(unionsText({ ...page, study: { ...page.study, demonstration: ["tiré"] } }, []), /DÉMONSTRATION/);
});
