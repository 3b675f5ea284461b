// « Évaluation de votre contour »: what B is and what is known of it, on two pages A4.

import { gapsOf, partOf } from "./belief.js";
import { coverLines, SHOWN, statesOf } from "./carriers.js";
import { cutEpciTexts, namesText } from "./contour.js";
import { epciIn, keyOf } from "./data.js";
import { byId, el, fill } from "./dom.js";
import { dateText } from "./exchange.js";
import { ringsOf, pathOf } from "./geometry.js";
import { PairMap } from "./map.js";
import { figureOf, OFFLINE } from "./model.js";
import { figureText, frenchNumber, NARROW, NBSP, plural } from "./numbers.js";
import { piecesOf } from "./pieces.js";
import { unitless } from "./rows.js";
import { changeSentence, coveringBodies, identityOf } from "./sentences.js";

/** Points of the text: the largest at which both pages hold all of it. */
const [LARGEST, SMALLEST, SIZE_STEP] = [9.5, 6, 0.25];

export class Evaluation {
  /** @param {import("./data.js").Data} data @param {import("./state.js").Pair} pair */
  constructor(data, pair) {
    this.data = data;
    this.pair = pair;
    /** What was opened last. @type {import("./contour.js").Contour | null} */
    this.contour = null;
    /** @type {any} */
    this.map = null;
    window.addEventListener("beforeprint", () => this.layOut());
    window.addEventListener("afterprint", () => this.layBack());
  }

  show() {
    const { data, pair } = this;
    byId("contour").close();
    const { held } = pair.b;
    const figures = data.raw.indicators.map((indicator) => {
      const figure = figureOf(data, indicator, held);
      return { indicator, figure, part: partOf(data.raw.words, indicator, figure) };
    });
    const isDrawn = data.raw.study.demonstration.length > 0 && figures.some(({ figure, part }) => part !== "missing" && figure.evidence === "H");
    fill(byId("feuille-tete"), ...headParts(data, pair));
    fill(byId("feuille-sait"), ...knownParts(data, held, this.opened()));
    fill(byId("feuille-chiffres"), ...figureParts(data, figures), ...carrierLines(data, pair.b), ...lackingParts(data, figures), ...sourceParts(data, figures));
    document.querySelectorAll(".feuille").forEach((sheet, k) => {
      sheet.classList.toggle("tampon", isDrawn);
      fill(sheet.querySelector(".pied"), footText(data, k + 1, isDrawn));
    });
    this.drawMap(isDrawn);
    this.fit();
    this.map.refresh();
  }

  /** A dialog is no page of its own: what is printed of it lies on the ground of the document. */
  layOut() {
    if (!byId("evaluation").open) return;
    this.fit();
    byId("tirage").append(byId("feuilles"));
  }

  layBack() {
    if (!byId("tirage").hasChildNodes()) return;
    byId("evaluation").append(byId("feuilles"));
    this.map.refresh();
  }

  /** What was opened, as long as B is still that. */
  opened() {
    return this.contour && keyOf(this.contour.held) === keyOf(this.pair.b.held) ? this.contour : null;
  }

  /** B alone, the EPCI that it cuts hatched. */
  drawMap(isDrawn) {
    const { data, pair } = this;
    const { held } = pair.b;
    this.map ??= new PairMap(byId("carte-evaluation"), data, { pick: () => false, tell: () => {}, moved: () => {} });
    this.map.paint({ held: new Uint8Array(data.n), sure: true }, pair.b);
    const { cut } = epciIn(data, held);
    this.map.layers.hatch.setAttribute("d", pathOf(ringsOf(this.map.arcs, (side) => side >= 0 && cut.includes(data.epci[side]))));
    this.map.stamp.toggleAttribute("hidden", !isDrawn);
    byId("carte-evaluation").setAttribute("aria-label", `Carte du contour${NBSP}: ${cutText(data, held)}`);
  }

  /** Let both pages hold their text: as large as may be, then without the ends of lists. */
  fit() {
    const place = byId("feuilles");
    place.classList.add("mesure");
    this.map.refresh();
    for (const sheet of place.querySelectorAll(".feuille")) fitSheet(sheet);
    place.classList.remove("mesure");
  }
}

function fitSheet(sheet) {
  const isFull = () => sheet.scrollHeight > sheet.clientHeight;
  sheet.querySelectorAll(".de-trop").forEach((one) => one.classList.remove("de-trop"));
  let size = LARGEST;
  sheet.style.setProperty("--corps", String(size));
  while (isFull() && size > SMALLEST) sheet.style.setProperty("--corps", String((size -= SIZE_STEP)));
  const ends = [...sheet.querySelectorAll(".long > :not(.suite)")].reverse();
  for (const one of ends) {
    if (!isFull()) return;
    one.classList.add("de-trop");
  }
}

function headParts(data, pair) {
  const { b, a } = pair;
  const { title, subtitle } = data.raw.study;
  return [
    el("p", { className: "etude" }, `${title} – ${subtitle}`),
    el("h3", {}, `Évaluation de votre contour${NBSP}: ${b.name}`),
    el("p", { className: "grand" }, contourSentence(data, b.held)),
    el("p", {}, `Par rapport à A (${a.name})${NBSP}: ${changeSentence(data, a, b)}`),
  ];
}

/** What a contour is, in words made of counts alone. */
export function contourSentence(data, held) {
  const one = identityOf(data, held);
  if (!one.communes) return "Ce contour est vide.";
  const indicator = data.raw.indicators.find((other) => other.id === data.raw.plane[0]);
  const asked = indicator ? figureOf(data, indicator, held).value : null;
  const cut = one.cut.length ? `, dont ${plural(one.cut.length, "coupé")},` : "";
  const asks = asked === null ? "" : `${NARROW}; il demande ${plural(asked, "délibération")}`;
  return `Ce contour réunit ${plural(one.communes, "commune")} et ${plural(one.people, "habitant")}, dans ${plural(one.epci.length, "EPCI", "EPCI")}${cut} et ${plural(one.deps.length, "département")}${asks}.`;
}

function cutText(data, held) {
  const texts = cutEpciTexts(data, held);
  return texts.length ? `⚠ ${namesText(texts, texts.length)}` : "aucun EPCI coupé";
}

function knownParts(data, held, opened) {
  const one = identityOf(data, held);
  const { whole } = epciIn(data, held);
  const [borders, roads] = [data.borderNear, data.roadNear].map((near) => piecesOf(near, held).length);
  const alone = held.some((isIn, i) => isIn && data.epci[i] < 0);
  const rows = [
    ["Communes", frenchNumber(one.communes, 0)],
    ["Habitants", `${frenchNumber(one.people, 0)} (${frenchNumber(one.area, 0)}${NBSP}km²)`],
    ["Départements", one.deps.map((d) => data.raw.deps[d]).join(", ")],
    [`EPCI entiers (${whole.length})`, whole.map((e) => data.raw.epci[e].name).join(", ") || "aucun"],
    [`EPCI coupés (${one.cut.length})`, cutText(data, held)],
    ["Délibérations", councilsText(data, held, one.epci.length)],
    ["D’un seul tenant", `${borders < 2 ? "oui" : `non, ${borders} morceaux`}${NARROW}; par la route${NBSP}: ${roads < 2 ? "oui" : `non, ${roads} groupes de communes`}`],
    ["Structures existantes", coverText(data, held)],
    alone ? ["Sans EPCI", "une commune au moins n’est d’aucun EPCI de l’étude"] : null,
  ].filter(Boolean);
  const said = opened ? [...opened.said] : [];
  const cut = opened?.cut.length ? [`Communes coupées par le dessin${NBSP}: ${namesText(opened.cut.map(({ commune, share, isIn }) => `${data.raw.communes.name[commune]} (${frenchNumber(Math.round(100 * share), 0)}${NBSP}%, ${isIn ? "dedans" : "dehors"})`), 12)}.`] : [];
  return [
    el("h4", {}, "Ce que l’on sait de ce contour"),
    el("table", {}, el("tbody", {}, ...rows.map(([term, text]) => el("tr", {}, el("th", { scope: "row" }, term), el("td", {}, text))))),
    said.length ? el("ul", { className: "long" }, ...[...said, ...cut].map((text) => el("li", {}, text))) : null,
    el("p", {}, "Trois notions à ne pas confondre : le périmètre d’intervention (quels EPCI), la structure porteuse (qui signe et emploie), l’animation (qui rencontre les entreprises). Ce contour est un périmètre ; il ne désigne ni porteur ni animateur."),
  ];
}

function councilsText(data, held, n) {
  const indicator = data.raw.indicators.find((other) => other.id === data.raw.plane[0]);
  const asked = indicator ? figureOf(data, indicator, held).value : null;
  const councils = `${plural(n, "conseil communautaire", "conseils communautaires")} à réunir, y compris pour les EPCI coupés`;
  if (asked === null) return councils;
  return `${frenchNumber(asked, 0)}${NBSP}: ${asked > n ? `${councils}, et la structure porteuse` : councils}`;
}

function coverText(data, held) {
  const met = coveringBodies(data, held).map(({ body, pct, least }) => {
    const shares = [least, pct].map((one) => `${frenchNumber(Math.round(one), 0)}${NBSP}%`);
    return `${body.name}${NBSP}: ${shares[0] === shares[1] ? shares[1] : `de ${shares[0]} à ${shares[1]}, selon une liste à confirmer`}`;
  });
  return met.length ? `${met.join(" · ")} de la population` : "aucune de l’étude";
}

/** What is observed or has a source, then what is assumed: each with its class and interval. */
function figureParts(data, figures) {
  const { words, study } = data.raw;
  return ["known", "assumed"].flatMap((part) => {
    const mine = figures.filter((one) => one.part === part);
    mine.sort((one, other) => "OSH".indexOf(one.figure.evidence) - "OSH".indexOf(other.figure.evidence));
    if (!mine.length) return [];
    const mark = part === "assumed" && study.demonstration.length ? " – démonstration" : "";
    return [
      el("h4", {}, `${words.parts[part]}${mark}`),
      el("table", { className: "serre" },
        el("thead", { className: "invisible" }, el("tr", {}, ...["Indicateur", "Valeur et intervalle", "Fiabilité", "Remarque"].map((one) => el("th", { scope: "col" }, one)))),
        el("tbody", {}, ...mine.map(({ indicator, figure }) => el("tr", { "data-indicateur": indicator.id, className: part === "assumed" && mark ? "grise" : "" },
          el("th", { scope: "row" }, indicator.label),
          el("td", { className: "valeur" }, figureText(figure, unitless(indicator))),
          el("td", { className: "classe" }, `${words.symbols[figure.evidence]}${NBSP}${figure.evidence}`),
          el("td", { className: "remarque" }, figure.note))))),
    ];
  });
}

/** Who could carry, conditions as boxes to tick with a pen. */
function carrierLines(data, perimeter) {
  const states = statesOf(data, perimeter);
  const title = el("h4", {}, "Qui pourrait porter, à quelles conditions");
  if (!states) return [title, el("ul", { className: "long" }, ...coverLines(data, perimeter).map((one) => el("li", {}, one)))];
  const able = SHOWN.flatMap((state) => states.filter((one) => one.state === state));
  const others = states.filter((one) => !SHOWN.includes(one.state));
  return [title,
    el("ul", { className: "porteurs long" }, ...able.map(({ label, word, conditions }) => el("li", {}, el("b", {}, label), ` ${word}`,
      ...conditions.map((text) => el("span", { className: "a-tenir" }, el("span", { className: "case", "aria-hidden": "true" }), ` ${text}`))))),
    others.length ? el("p", {}, `Peu adaptées ou impossibles ici${NBSP}: ${others.map((one) => one.short).join(", ")}.`) : null];
}

function lackingParts(data, figures) {
  const missing = figures.filter((one) => one.part === "missing");
  const waiting = missing.filter(({ figure }) => !figure.note || figure.note === OFFLINE).map(({ indicator }) => indicator.label);
  const unread = missing.filter(({ figure }) => figure.note && figure.note !== OFFLINE).map(({ indicator, figure }) => `${indicator.label} (${figure.note})`);
  const gaps = gapsOf(data, figures.filter((one) => one.part !== "known").map((one) => one.indicator));
  const lines = [
    waiting.length ? `${OFFLINE[0].toUpperCase()}${OFFLINE.slice(1)}${NBSP}: ${waiting.join(", ")}.` : "",
    unread.length ? `Sans chiffre ici${NBSP}: ${unread.join(", ")}.` : "",
    ...gaps.map(({ what, where }) => `${what}${NBSP}: ${where}.`),
  ].filter(Boolean);
  return lines.length ? [el("h4", {}, data.raw.words.parts.missing), el("ul", { className: "long" }, ...lines.map((one) => el("li", {}, one)))] : [];
}

function sourceParts(data, figures) {
  const { published, study, words } = data.raw;
  const shown = figures.filter((one) => one.part !== "missing").map(({ indicator }) => published.unions[indicator.id]?.source || published.perimeters[indicator.id]?.source || "");
  const sources = [...new Set(shown.flatMap((one) => one.split(" ; ")).filter(Boolean))];
  const marks = Object.keys(words.evidence).map((one) => `${words.symbols[one]}${NBSP}${one}${NBSP}: ${words.evidence[one]}`);
  return [el("p", { className: "sources" }, `Fiabilité${NBSP}: ${marks.join(" · ")}. Sources${NBSP}: ${sources.join(" ; ")}${NARROW}; appartenances au ${dateText(study.on_date)}. Temps et distances${NBSP}: ${study.network}.`)];
}

function footText(data, page, isDrawn) {
  const { study } = data.raw;
  const today = new Date().toLocaleDateString("fr-FR");
  const drawn = isDrawn ? ` – DÉMONSTRATION${NBSP}: ${study.demonstration.join(", ")}` : "";
  return `Document de travail – édition du ${study.edition}, imprimé le ${today} – page ${page} sur 2${drawn}`;
}
