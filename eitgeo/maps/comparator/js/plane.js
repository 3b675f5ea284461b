// Where no order is published: what each perimeter asks against what is counted in it.

import { partOf } from "./belief.js";
import { table } from "./card.js";
import { heldOf } from "./data.js";
import { byId, fill } from "./dom.js";
import { svg } from "./map.js";
import { figureOf } from "./model.js";
import { figureText, frenchNumber, MISSING, NBSP } from "./numbers.js";

const [PLANE_WIDTH, PLANE_HEIGHT, LEFT, BOTTOM, MARGIN] = [900, 430, 62, 44, 30];
const NAMES = 290;

/** @typedef {{key: string, name: string, figures: any[]}} Point */

/** The table and the plane; a study without one of the two figures has the table alone. */
export function showPlane(data, pair) {
  const axes = data.raw.plane.map((id) => data.raw.indicators.find((one) => one.id === id)).filter(Boolean);
  const points = namedPoints(data, pair, axes);
  const drawn = points.filter((one) => axes.every((axis, k) => isKnown(data, axis, one.figures[k])));
  fill(byId("plan-pourquoi"), `Aucun ordre entre périmètres n’est publié\u202f: ${data.raw.study.ordersHeld}.`);
  fill(byId("plan-dessin"), axes.length === 2 && drawn.length ? drawPlane(axes, drawn, unionPoints(data, axes)) : null);
  fill(byId("plan-tableau"), table(
    ["N°", "Périmètre", ...axes.map((one) => one.label)],
    points.map((one) => [one.key, one.name, ...one.figures.map((figure, k) => cellText(figure, axes[k]))])));
}

function cellText(figure, axis) {
  const text = figureText(figure, axis);
  return text === MISSING && figure.note ? `${MISSING} (${figure.note})` : `${text} (${figure.evidence})`;
}

function isKnown(data, axis, figure) {
  return figure.value !== null && partOf(data.raw.words, axis, figure) === "known";
}

/** @returns {Point[]} the perimeters of the study, then those composed here */
function namedPoints(data, pair, axes) {
  const own = [["A", pair.a], ["B", pair.b]].filter(([, one]) => !one.id);
  const named = data.raw.perimeters.map((one, k) => [String(k + 1), { ...one, held: heldOf(data, one.codes) }]);
  return [...named, ...own].map(([key, one]) => ({
    key, name: one.name, figures: axes.map((axis) => figureOf(data, axis, one.held)),
  }));
}

/** Pairs of published values of the unions of whole EPCI, known ones only. */
function unionPoints(data, axes) {
  const packed = axes.map((axis) => data.raw.published.unions[axis.id]);
  if (packed.some((one) => !one)) return [];
  const isSure = (one, i) => one.value[i] !== null && one.evidence[i] !== "H";
  return data.raw.unions.epci.flatMap((_, i) => (packed.every((one) => isSure(one, i)) ? [packed.map((one) => one.value[i])] : []));
}

function shape(tag, attributes, text = "") {
  const made = svg(tag, attributes);
  if (text) made.textContent = text;
  return made;
}

function drawPlane(axes, points, unions) {
  const values = [0, 1].map((k) => [...points.map((one) => one.figures[k].value), ...unions.map((one) => one[k])]);
  const steps = values.map((list) => niceStep(Math.max(...list)));
  const most = values.map((list, k) => steps[k] * Math.ceil(Math.max(...list, steps[k]) / steps[k]));
  const x = (value) => LEFT + (value / most[0]) * (PLANE_WIDTH - LEFT - MARGIN - NAMES);
  const y = (value) => PLANE_HEIGHT - BOTTOM - (value / most[1]) * (PLANE_HEIGHT - BOTTOM - MARGIN);
  const sheet = shape("svg", { viewBox: `0 0 ${PLANE_WIDTH} ${PLANE_HEIGHT}`, role: "img", class: "plan", "aria-label": `${axes[0].label} et ${axes[1].label}, périmètre par périmètre. Équivalent${NBSP}: le tableau qui suit.` });
  sheet.append(...planeGrid(axes, steps, most, x, y));
  for (const [a, b] of unions) sheet.append(shape("circle", { cx: x(a), cy: y(b), r: 2.5, class: "plan-reunion" }));
  sheet.append(...planeNames(points, x, y));
  return sheet;
}

function planeGrid(axes, steps, most, x, y) {
  const lines = [];
  for (let value = 0; value <= most[0]; value += steps[0]) {
    lines.push(shape("line", { x1: x(value), x2: x(value), y1: y(0), y2: y(most[1]), class: "plan-trait" }));
    lines.push(shape("text", { x: x(value), y: y(0) + 18, "text-anchor": "middle" }, frenchNumber(value, 0)));
  }
  for (let value = 0; value <= most[1]; value += steps[1]) {
    lines.push(shape("line", { x1: x(0), x2: x(most[0]), y1: y(value), y2: y(value), class: "plan-trait" }));
    lines.push(shape("text", { x: x(0) - 6, y: y(value) + 5, "text-anchor": "end" }, frenchNumber(value, 0)));
  }
  lines.push(shape("text", { x: x(most[0] / 2), y: PLANE_HEIGHT - 4, "text-anchor": "middle", class: "plan-axe" }, axes[0].label));
  lines.push(shape("text", { x: 4, y: 14, class: "plan-axe" }, axes[1].label));
  return lines;
}

/** Marks, then names over them, each below the one above, off the marks of others. */
function planeNames(points, x, y) {
  const placed = points
    .map((one) => ({ ...one, at: [x(one.figures[0].value), y(one.figures[1].value)] }))
    .sort((a, b) => a.at[1] - b.at[1]);
  const covered = ([left, text], low) => placed.some(({ at: [a, b] }) => a > left && a < left + 8 * text.length && Math.abs(b - low + 5) < 13);
  let low = -Infinity;
  const names = placed.flatMap(({ key, name, at }) => {
    const text = `${key}. ${shortName(name)}`;
    low = Math.max(low + 16, at[1] + 5);
    while (covered([at[0] + 14, text], low)) low += 4;
    return [
      shape("line", { x1: at[0] + 6, y1: at[1], x2: at[0] + 18, y2: low - 5, class: "plan-renvoi" }),
      shape("text", { x: at[0] + 20, y: low }, text),
    ];
  });
  return [...placed.map(({ at }) => shape("circle", { cx: at[0], cy: at[1], r: 6, class: "plan-point" })), ...names];
}

/** « Syndicat (7 EPCI entiers) » of « Syndicat – hypothèse à confirmer (7 EPCI entiers) ». */
function shortName(name) {
  const [head, tail = ""] = name.split(" – ");
  const inside = tail.match(/\([^)]*\)$/);
  const full = tail && !inside ? name : `${head}${inside ? ` ${inside[0]}` : ""}`;
  return full.length > 40 ? `${full.slice(0, 39)}…` : full;
}

function niceStep(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1) / 5 || 1));
  return [1, 2, 5, 10].map((one) => one * power).find((one) => most / one <= 6) ?? 10 * power;
}
