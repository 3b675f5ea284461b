// Every perimeter of the study at once: its outline on one map, its figures in one table.

import { partOf, PARTS } from "./belief.js";
import { heldOf, ranksIn } from "./data.js";
import { byId, el, fill } from "./dom.js";
import { pathOf, ringsOf } from "./geometry.js";
import { PairMap, svg } from "./map.js";
import { figureOf, OFFLINE, peopleIn } from "./model.js";
import { figureText, frenchNumber, MISSING, NBSP } from "./numbers.js";
import { unitless } from "./rows.js";
import { placeSign } from "./signs.js";

// Okabe and Ito: told apart by colour-blind readers; numbers and dashes tell them too.
const COLOURS = ["#0072B2", "#D55E00", "#007a5a", "#a8407c", "#8a6100", "#2b7fb3", "#333333"];
const DASHES = ["", "10 5", "3 4", "14 4 3 4", "6 3", "2 3 8 3", "16 6"];

/** The view of all perimeters; drawn when it is first asked for. */
export class AllPerimeters {
  /** @param {import("./data.js").Data} data @param {import("./state.js").Pair} pair */
  constructor(data, pair) {
    this.data = data;
    this.pair = pair;
    this.rows = data.raw.perimeters.map((one, k) => ({
      ...one, held: heldOf(data, one.codes), number: String(k + 1),
      colour: COLOURS[k % COLOURS.length], dash: DASHES[k % DASHES.length],
    }));
    this.shown = new Set([pair.a.id, pair.b.id]);
    this.outlets = false;
    /** @type {any} */
    this.map = null;
  }

  show() {
    const { data } = this;
    if (!this.map) {
      this.map = new PairMap(byId("carte-tous"), data, { pick: () => false, tell: (commune) => this.tell(commune), moved: () => {} });
      const empty = { sure: true, held: new Uint8Array(data.n) };
      this.map.paint(empty, empty);
      this.outlines = svg("g", { class: "m-tous" });
      this.map.root.insertBefore(this.outlines, this.map.hits);
    }
    this.showChoices();
    this.draw();
    fill(byId("tous-tableau"), this.table());
    this.tell(null);
  }

  showChoices() {
    const box = (id, checked, act, ...label) => el("label", { for: id },
      el("input", { type: "checkbox", id, checked, onchange: (event) => act(event.target.checked) }), " ", ...label);
    fill(byId("tous-choix"),
      ...this.rows.map((one) => el("li", {},
        box(`tous-${one.number}`, this.shown.has(one.id), (on) => {
          if (on) this.shown.add(one.id);
          else this.shown.delete(one.id);
          this.draw();
        }, this.key(one), ` ${one.name}${one.sure ? "" : ` (à confirmer)`}`))),
      this.data.raw.outlets.length
        ? el("li", {}, box("tous-exutoires", this.outlets, (on) => {
          this.outlets = on;
          this.draw();
        }, "Installations de traitement"))
        : null);
  }

  key(one) {
    const line = svg("svg", { viewBox: "0 0 34 10", width: 34, height: 10, "aria-hidden": "true" });
    line.append(svg("path", { d: "M1 5H33", stroke: one.colour, "stroke-width": 3, "stroke-dasharray": one.dash }));
    return el("span", { className: "numero" }, line, ` ${one.number}. `);
  }

  draw() {
    const on = this.rows.filter((one) => this.shown.has(one.id));
    this.outlines.replaceChildren(...on.map((one) => {
      const rings = ringsOf(this.map.arcs, (side) => side >= 0 && one.held[side]);
      return svg("path", { d: pathOf(rings), stroke: one.colour, "stroke-dasharray": one.dash, fill: one.colour, "fill-opacity": 0.1 });
    }));
    const outlets = this.outlets ? this.data.raw.outlets : [];
    this.map.points = [
      ...on.map((one, k) => ({ at: this.placeOf(one, k), room: 12, sign: (x, y) => numberSign(one, x, y) })),
      ...outlets.map((one) => ({ at: one.at, sign: (x, y) => placeSign(one, x, y) })),
    ];
    this.map.refresh();
  }

  /** Where its number stands: in an EPCI of it, one after the other. */
  placeOf(one, rank) {
    const inside = this.data.raw.epci.filter((_, e) => this.data.epciCodes[e].filter((i) => one.held[i]).length * 2 > this.data.epciCodes[e].length);
    const { at } = inside.length ? inside[rank % inside.length] : { at: [0, 0] };
    const second = 2 * (1 + Math.floor(rank / Math.max(1, inside.length)));
    return at.length > second + 1 ? [at[second], at[second + 1]] : [at[0], at[1]];
  }

  tell(commune) {
    const { raw, epci } = this.data;
    if (commune === null) return fill(byId("tous-survol"), "Passez sur une commune : son nom, son EPCI, les périmètres qui la contiennent.");
    const inside = this.rows.filter((one) => one.held[commune]).map((one) => one.number);
    return fill(byId("tous-survol"), [
      raw.communes.name[commune],
      epci[commune] < 0 ? "sans EPCI" : raw.epci[epci[commune]].name,
      `${frenchNumber(raw.communes.pop[commune], 0)}${NBSP}hab.`,
      inside.length ? `dans ${inside.join(", ")}` : "dans aucun périmètre",
    ].join(" · "));
  }

  /** One column a perimeter: what it is, then its figures, surest part first. */
  table() {
    const { data, rows } = this;
    const area = (one) => ranksIn(one.held).reduce((sum, i) => sum + data.area[i], 0);
    const lines = [
      ["Communes", (one) => frenchNumber(one.codes.length, 0)],
      ["Habitants", (one) => frenchNumber(peopleIn(data, one.held), 0)],
      ["Superficie", (one) => `${frenchNumber(area(one), 0)}${NBSP}km²`],
      ["Densité", (one) => `${frenchNumber(peopleIn(data, one.held) / area(one), 0)}${NBSP}hab./km²`],
      ["Ce qui est vérifié du contour", (one) => one.certificate],
    ];
    const known = lines.map(([label, cell]) => el("tr", {}, el("th", { scope: "row" }, label), ...rows.map((one) => el("td", {}, cell(one)))));
    const parts = this.figureRows();
    return el("table", {},
      el("caption", { className: "invisible" }, "Chaque périmètre de l’étude et ses chiffres"),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Indicateur"), ...rows.map((one) => this.head(one)))),
      el("tbody", {}, ...known),
      ...PARTS.filter((part) => parts[part].length).map((part) => el("tbody", { className: "partie" },
        el("tr", {}, el("th", { scope: "rowgroup", colspan: String(rows.length + 1) }, data.raw.words.parts[part])), ...parts[part])));
  }

  head(one) {
    const into = (which) => el("button", {
      type: "button", "aria-label": `Mettre ${one.name} en ${which.toUpperCase()}`,
      onclick: () => {
        this.pair.choose(which, one.id);
        byId("tous-perimetres").close();
      },
    }, `en ${which.toUpperCase()}`);
    return el("th", { scope: "col" }, `${one.number}. ${one.name}`, el("span", { className: "barre" }, into("a"), into("b")));
  }

  figureRows() {
    const { data, rows } = this;
    const { words } = data.raw;
    const found = Object.fromEntries(PARTS.map((part) => [part, /** @type {any[]} */ ([])]));
    for (const indicator of data.raw.indicators) {
      const figures = rows.map((one) => figureOf(data, indicator, one.held));
      const told = figures.map((one) => partOf(words, indicator, one));
      const part = ["assumed", "known"].find((one) => told.includes(one)) ?? "missing";
      found[part].push(el("tr", { "data-indicateur": indicator.id }, el("th", { scope: "row" }, indicator.label),
        ...figures.map((figure) => this.cell(figure, indicator))));
    }
    return found;
  }

  cell(figure, indicator) {
    const { study, words } = this.data.raw;
    const text = figureText(figure, unitless(indicator));
    const grey = study.demonstration.length > 0 && figure.evidence === "H";
    if (text === MISSING) return el("td", {}, MISSING, el("span", { className: "note" }, figure.note || OFFLINE));
    return el("td", { className: grey ? "grise" : "" }, text, ` ${words.symbols[figure.evidence]}${NBSP}${figure.evidence}`,
      el("span", { className: "invisible" }, ` ${words.evidence[figure.evidence]}`),
      figure.note ? el("span", { className: "note", title: figure.note }, figure.note) : null);
  }
}

function numberSign(one, x, y) {
  const group = svg("g", { transform: `translate(${x} ${y})`, class: "m-numero" });
  const word = svg("text", { "text-anchor": "middle", dy: "0.35em", "font-size": 13 });
  word.textContent = one.number;
  group.append(svg("circle", { r: 11, fill: one.colour }), word);
  return group;
}
