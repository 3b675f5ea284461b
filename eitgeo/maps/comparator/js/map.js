// One map: what both hold, what only one holds, what is to confirm.

import { decodeArcs, holdsDisc, linePath, pathOf, ringsOf } from "./geometry.js";
import { listenTo } from "./gestures.js";
import { placeLabels, twoLines } from "./labels.js";

const SVG = "http://www.w3.org/2000/svg";
const TOWNS = 8;
const TOWN_ZOOM = 1.6;
const ZOOM_MOST = 14;
const BADGE_PX = 9;

/** @param {string} name @param {Record<string, string | number>} [attributes] @returns {SVGElement} */
export function svg(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** A map on an <svg>: `paint` shows a pair, `view` zooms. */
export class PairMap {
  /**
   * @param {SVGSVGElement} root
   * @param {import("./data.js").Data} data
   * @param {import("./gestures.js").Handlers} on
   */
  constructor(root, data, on) {
    this.root = root;
    this.data = data;
    this.on = on;
    this.arcs = decodeArcs(data.raw.borders);
    const { width, height } = data.raw.frame;
    const margin = 0.03 * width;
    this.home = { x: -margin, y: -margin, w: width + 2 * margin, h: height + 2 * margin };
    this.box = { ...this.home };
    this.badges = [];
    /** Signs to draw at places of the frame, and how far no name may be [px]. @type {{at: number[], sign: (x: number, y: number) => SVGElement, room?: number}[]} */
    this.points = [];
    this.pair = null;
    this.draw();
    listenTo(this);
  }

  draw() {
    const id = this.root.id;
    this.patterns = [this.pattern(`${id}-points`, 9, "circle", { cx: 4.5, cy: 4.5, r: 1.6, class: "m-point" })];
    this.patterns.push(this.pattern(`${id}-hachure`, 8, "path", { d: "M-2 2L2 -2M0 8L8 0M6 10L10 6", class: "m-trait" }));
    const defs = svg("defs");
    defs.append(...this.patterns);
    this.root.append(defs);
    const layer = (name, attributes = {}) => {
      const made = svg("path", { class: `m-${name}`, "fill-rule": "evenodd", ...attributes });
      this.root.append(made);
      return made;
    };
    layer("fond", { d: pathOf(ringsOf(this.arcs, (side) => side >= 0)) });
    this.layers = {
      both: layer("commun"),
      onlyA: layer("seul-a"),
      onlyB: layer("seul-b"),
      dots: layer("seul-b-points", { fill: `url(#${id}-points)` }),
      hatch: layer("a-confirmer", { fill: `url(#${id}-hachure)` }),
    };
    this.layers.communes = layer("communes", { d: linePath(this.arcs) });
    const { epci, dep } = this.data;
    const parts = (by) => this.arcs.filter((arc) => arc.a < 0 || by[arc.a] !== by[arc.b]);
    layer("epci", { d: linePath(parts(epci)) });
    layer("dep", { d: linePath(parts(dep).filter((arc) => arc.a >= 0)) });
    for (const way of this.data.raw.motorways) layer("autoroute", { d: `M${way.line.join(" ")}` });
    this.layers.outlineA = layer("contour-a");
    this.layers.outlineB = layer("contour-b");
    this.layers.aim = layer("vise");
    this.hits = svg("g", { class: "m-cibles" });
    this.drawTargets();
    this.words = svg("g", { class: "m-mots" });
    this.stamp = svg("g", { class: "m-tampon", "aria-hidden": "true" });
    this.root.append(this.hits, this.words, this.stamp);
  }

  /** A target for each commune; where EPCI can be chosen, each is a box to tick. */
  drawTargets() {
    const { raw, epci } = this.data;
    const path = (i) => svg("path", { "data-i": i, d: pathOf(this.ringsOfCommune(i)) });
    if (!this.on.choose) {
      this.hits.append(...raw.communes.code.map((_, i) => path(i)));
      return;
    }
    this.targets = raw.epci.map((one, e) => {
      const box = svg("g", { class: "m-cible", role: "checkbox", "aria-checked": "false", "aria-label": one.name, tabindex: e ? -1 : 0, "data-epci": e });
      box.append(...this.data.epciCodes[e].map(path));
      return box;
    });
    const alone = Array.from(epci.keys()).filter((i) => epci[i] < 0);
    this.hits.append(...this.targets, ...alone.map(path));
  }

  /** Say which EPCI are in: « true », « false », or « mixed ». @param {string[]} states */
  check(states) {
    this.targets.forEach((box, e) => box.setAttribute("aria-checked", states[e]));
  }

  /** Draw the outline of the EPCI that is pointed at, or focused. @param {number | null} e */
  aimAt(e) {
    if (this.aimed === e) return;
    this.aimed = e;
    const rings = e === null ? [] : this.ringsOfEpci(e);
    this.layers.aim.setAttribute("d", pathOf(rings));
  }

  ringsOfEpci(e) {
    this.byEpci ??= new Map();
    if (!this.byEpci.has(e)) this.byEpci.set(e, ringsOf(this.arcs, (side) => side >= 0 && this.data.epci[side] === e));
    return this.byEpci.get(e);
  }

  pattern(id, size, shape, attributes) {
    const made = svg("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse" });
    made.append(svg(shape, attributes));
    return made;
  }

  ringsOfCommune(i) {
    this.byCommune ??= groupArcs(this.arcs, this.data.n);
    return ringsOf(this.byCommune[i], (side) => side === i);
  }

  /**
   * Show a pair of perimeters; either may be empty.
   * @param {{held: Uint8Array, sure: boolean}} a
   * @param {{held: Uint8Array, sure: boolean}} b
   */
  paint(a, b) {
    this.pair = { a, b };
    const region = (test) => pathOf(ringsOf(this.arcs, (side) => side >= 0 && test(side)));
    const { layers } = this;
    layers.both.setAttribute("d", region((i) => a.held[i] && b.held[i]));
    layers.onlyA.setAttribute("d", region((i) => a.held[i] && !b.held[i]));
    const onlyB = region((i) => b.held[i] && !a.held[i]);
    layers.onlyB.setAttribute("d", onlyB);
    layers.dots.setAttribute("d", onlyB);
    layers.hatch.setAttribute("d", region((i) => (!a.sure && a.held[i]) || (!b.sure && b.held[i])));
    layers.outlineA.setAttribute("d", region((i) => a.held[i]));
    layers.outlineB.setAttribute("d", region((i) => b.held[i]));
    this.letter();
  }

  letter() {
    if (!this.pair) return;
    const { a, b } = this.pair;
    for (const { group, word, epci } of this.badges) {
      const codes = this.data.epciCodes[epci] ?? [];
      const part = (one, other) => codes.filter((i) => one.held[i] && !other.held[i]).length * 2 > codes.length;
      const which = part(a, b) ? "A" : part(b, a) ? "B" : "";
      group.setAttribute("class", `m-lettre m-lettre-${which || "sans"}`);
      word.textContent = which;
    }
  }

  /** Fit the view and lay the names out again. */
  refresh() {
    const { clientWidth: width, clientHeight: height } = this.root;
    if (!width || !height) return;
    this.root.setAttribute("viewBox", `${this.box.x} ${this.box.y} ${this.box.w} ${this.box.h}`);
    const unit = Math.max(this.box.w / width, this.box.h / height);
    const left = this.box.x - (width * unit - this.box.w) / 2;
    const top = this.box.y - (height * unit - this.box.h) / 2;
    this.scale = { unit, left, top, width, height };
    for (const one of this.patterns) one.setAttribute("patternTransform", `scale(${unit})`);
    this.write();
  }

  write() {
    const { unit, left, top, width, height } = this.scale;
    const toPixel = (x, y) => [(x - left) / unit, (y - top) / unit];
    const { labels, marks, taken } = this.namesToPlace(toPixel);
    this.words.setAttribute("transform", `translate(${left} ${top}) scale(${unit})`);
    this.words.replaceChildren(...marks);
    this.badges = [];
    for (const one of placeLabels(labels, { width, height }, taken)) this.words.append(this.written(one));
    this.letter();
    this.writeStamp(unit, left + (width * unit) / 2, top + (height * unit) / 2);
  }

  namesToPlace(toPixel) {
    const { raw } = this.data;
    const labels = raw.epci.map((epci, e) => ({
      lines: twoLines(epci.short), size: 14, anchor: /** @type {const} */ ("middle"), badge: BADGE_PX, epci: e,
      at: this.roomyPlaces(e, pairsOf(epci.at)).map(([x, y]) => toPixel(x, y)),
    }));
    const first = labels.findIndex(({ epci }) => raw.epci[epci].siren === raw.study?.rootEpci);
    if (first > 0) labels.unshift(...labels.splice(first, 1));
    const marks = [];
    const here = raw.towns.filter((town) => this.data.rank.has(town.code));
    const root = here.find((town) => town.code === raw.root);
    const shown = [...new Set([...(root ? [root] : []), ...here])].slice(0, Math.round(TOWNS * (this.home.w / this.box.w) ** TOWN_ZOOM));
    const towns = shown.map((town) => {
      const [x, y] = toPixel(town.at[0], town.at[1]);
      const isRoot = town.code === raw.root;
      marks.push(isRoot ? star(x, y) : svg("circle", { cx: x, cy: y, r: 3, class: "m-ville" }));
      return { lines: [town.name], size: 14, bold: true, anchor: /** @type {const} */ ("point"), at: [[x, y]], town: true };
    });
    const taken = this.reserved();
    for (const { at, sign, room } of this.points) {
      const [x, y] = toPixel(at[0], at[1]);
      marks.push(sign(x, y));
      if (room) taken.push([x - room, y - room, x + room, y + room]);
    }
    return { labels: [...towns.slice(0, 1), ...labels, ...towns.slice(1)], marks, taken };
  }

  /** Places where a badge stands inside the EPCI that it names; all, where none is wide enough. */
  roomyPlaces(e, places) {
    const rings = this.ringsOfEpci(e);
    const roomy = places.filter(([x, y]) => holdsDisc(x, y, (BADGE_PX + 2) * this.scale.unit, rings));
    return roomy.length ? roomy : places;
  }

  /** Boxes of the buttons that stand over the map: a name under them is cut. */
  reserved() {
    const frame = this.root.getBoundingClientRect();
    const over = this.root.closest("section")?.querySelectorAll(".outils") ?? [];
    return Array.from(over, (one) => one.getBoundingClientRect())
      .map((box) => [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top]);
  }

  written({ label, x, y, anchor, badgeY, bare }) {
    const group = svg("g");
    const text = svg("text", { x, y, "text-anchor": anchor, "font-size": label.size, class: label.town ? "m-nom-ville" : "m-nom-epci" });
    label.lines.forEach((line, i) => {
      const span = svg("tspan", { x, dy: i === 0 ? label.size * 0.9 : label.size * 1.15 });
      span.textContent = line;
      text.append(span);
    });
    if (!bare) group.append(text);
    if (label.badge) {
      // At the place itself, which is inside; the name is below, or above.
      const badge = svg("g", { transform: `translate(${x} ${badgeY})`, "data-epci": label.epci });
      const word = svg("text", { "text-anchor": "middle", dy: "0.35em", "font-size": 13 });
      badge.append(svg("circle", { r: label.badge }), word);
      group.append(badge);
      this.badges.push({ group: badge, word, epci: label.epci });
    }
    return group;
  }

  writeStamp(unit, x, y) {
    const reasons = this.data.raw.study.demonstration;
    this.stamp.replaceChildren();
    if (!reasons.length) return;
    this.stamp.setAttribute("transform", `translate(${x} ${y}) scale(${unit}) rotate(-20)`);
    ["DÉMONSTRATION", reasons.join(", ")].forEach((line, i) => {
      const size = Math.min(38, this.scale.width / 11) * (i ? 0.42 : 1);
      const text = svg("text", { "text-anchor": "middle", y: i * 24, "font-size": size });
      text.textContent = line;
      this.stamp.append(text);
    });
  }

  /** Zoom about a point of the screen, or about the middle. */
  zoom(factor, at = null) {
    const { unit, left, top, width, height } = this.scale;
    const [px, py] = at ?? [width / 2, height / 2];
    const [x, y] = [left + px * unit, top + py * unit];
    const w = Math.min(this.home.w, Math.max(this.home.w / ZOOM_MOST, this.box.w / factor));
    const ratio = w / this.box.w;
    this.moveTo({ x: x - (x - this.box.x) * ratio, y: y - (y - this.box.y) * ratio, w, h: this.box.h * ratio });
  }

  pan(dx, dy) {
    const { unit } = this.scale;
    this.moveTo({ ...this.box, x: this.box.x - dx * unit, y: this.box.y - dy * unit });
  }

  moveTo(box) {
    const clamp = (at, size, from, all) => Math.min(Math.max(at, from), from + all - size);
    this.box = {
      ...box,
      x: clamp(box.x, box.w, this.home.x, this.home.w),
      y: clamp(box.y, box.h, this.home.y, this.home.h),
    };
    this.refresh();
    this.on.moved(this);
  }

  /** Whether the whole ground is in view. */
  get isWhole() {
    return this.box.w >= this.home.w * 0.999;
  }
}

function groupArcs(arcs, n) {
  const by = Array.from({ length: n }, () => []);
  for (const arc of arcs) {
    if (arc.a >= 0) by[arc.a].push(arc);
    if (arc.b >= 0) by[arc.b].push(arc);
  }
  return by;
}

function pairsOf(flat) {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

function star(x, y) {
  const points = Array.from({ length: 10 }, (_, i) => {
    const [radius, turn] = [i % 2 ? 3.6 : 8.5, (i * Math.PI) / 5 - Math.PI / 2];
    return `${x + radius * Math.cos(turn)},${y + radius * Math.sin(turn)}`;
  });
  return svg("polygon", { points: points.join(" "), class: "m-etoile" });
}
