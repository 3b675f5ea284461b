import assert from "node:assert/strict";
import { test } from "node:test";
import {
  differenceText, figureText, frenchNumber, plural, publishedValue, roundAt, roundShare, roundSignificant,
} from "../../../eitgeo/maps/comparator/js/numbers.js";

const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ");

test("halves go away from zero, on the decimals that are printed", () => {
  assert.equal(roundAt(45_000, 4), 50_000);
  assert.equal(roundAt(-45_000, 4), -50_000);
  assert.equal(roundAt(1.005, -2), 1.01);
  assert.equal(roundAt(0.4, 0), 0);
  assert.equal(roundAt(0.5, 0), 1);
  assert.equal(roundSignificant(0.0249, 2), 0.025);
});

test("a share is rounded by its smaller part", () => {
  const found = [0.4, 34, 66.6, 96.2, 99.6, 100].map((one) => roundShare(one, 1));
  assert.deepEqual(found, [0.4, 30, 70, 96, 99, 100]);
});

test("a figure is rounded as sure as it is", () => {
  const about = { unit: "%", decimals: 1 };
  const found = ["O", "S", "H"].map((evidence) => publishedValue(66.666, { ...about, evidence }));
  assert.deepEqual(found, [66.7, 67, 70]);
  assert.equal(publishedValue(14, { evidence: "H", unit: "nombre", decimals: 0 }), 10);
});

test("French numbers", () => {
  assert.equal(plain(frenchNumber(1234567.5)), "1 234 567,5");
  assert.equal(frenchNumber(0.25, 1), "0,3");
  assert.equal(frenchNumber(-0.2, 0), "0");
  assert.equal(frenchNumber(Number.NaN), "–");
  assert.equal(plain(plural(1, "commune")), "1 commune");
  assert.equal(plain(plural(1200, "commune")), "1 200 communes");
});

test("an assumption says so, with its interval", () => {
  const figure = { value: 38_412, low: 19_000, high: 81_000, evidence: "H" };
  assert.equal(plain(figureText(figure, { unit: "t/an", decimals: 0 })), "≈ 40 000 t/an (20 000 à 80 000)");
  assert.equal(figureText({ value: null, low: null, high: null, evidence: "H" }, { unit: "", decimals: 0 }), "–");
});

test("bounds alone are written where they are counted", () => {
  const text = (low, high, unit, evidence = "O") =>
    plain(figureText({ value: null, low, high, evidence: "H" }, { unit, decimals: 1, evidence }));
  assert.equal(text(42.853506, 100, "%"), "de 42,9 % à 100 %");
  assert.equal(text(0, 1, "nombre"), "de 0 à 1");
  assert.equal(text(12_345, 67_890, "emplois"), "de 12 345 emplois à 67 890 emplois");
  assert.equal(text(42.853506, 42.86, "%"), "42,9 %");
  for (const bounds of [[null, null], [5, 5], [0, null], [null, 5]]) assert.equal(text(...bounds, "%"), "–");
  assert.equal(text(42.9, 100, "%", "S"), "–");
});

test("a difference is that of the printed figures", () => {
  const about = { unit: "%", decimals: 1 };
  const gap = (a, b, evidence) => plain(differenceText({ value: a, evidence }, { value: b, evidence }, about));
  assert.equal(gap(70.4, 63.4, "H"), "−10 points");
  assert.equal(gap(100, 100, "O"), "=");
  assert.equal(gap(10, 11, "O"), "+1 point");
  assert.equal(gap(null, 11, "O"), "–");
});
