// The figures of the pair: what is known first, the rest folded, all of them one click away.

import { byPart, gapsOf, PARTS } from "./belief.js";
import { byId, el, fill } from "./dom.js";
import { epciIn } from "./data.js";
import { figureOf, isBlind, LIST_TO_CONFIRM, OFFLINE, rankOf, rankText } from "./model.js";
import { differenceText, figureText, MISSING, NBSP } from "./numbers.js";
import { identityText } from "./sentences.js";
import { ifText } from "./tally.js";

/** @returns {{indicator: any, a: any, b: any}[]} */
export function pairFigures(data, { a, b }, stars) {
  return data.raw.indicators
    .filter((one) => one.star || !stars)
    .map((indicator) => ({
      indicator,
      a: figureOf(data, indicator, a.held),
      b: figureOf(data, indicator, b.held),
    }));
}

/** The least sure of two figures. */
function worse(a, b) {
  return "OSH".indexOf(a.evidence) > "OSH".indexOf(b.evidence) ? a.evidence : b.evidence;
}

/** On the first screen, without scrolling; the rest is one click away. */
const MOST_ROWS = 5;
const FOLDED = { assumed: "supposees", missing: "manques" };

export function showRows(data, pair, open) {
  const { words } = data.raw;
  showHeads(data, pair);
  const parts = byPart(words, pairFigures(data, pair.compared, true));
  parts.known.sort((one, other) => placeOf(data, one) - placeOf(data, other));
  const lacking = gapsOf(data, [...parts.assumed, ...parts.missing].map((one) => one.indicator));
  fill(byId("titre-sait"), words.parts.known);
  fill(byId("lignes"), ...parts.known.slice(0, MOST_ROWS).map((one) => rowOf(data, one, open)));
  fill(byId("lignes-supposees"), ...parts.assumed.map((one) => rowOf(data, one, open)));
  fill(byId("lignes-manques"),
    ...parts.missing.map((one) => rowOf(data, one, open)),
    ...lacking.map(({ what, where }) =>
      el("tr", { className: "manque" }, el("th", { scope: "row" }, what), el("td", { colspan: "3" }, where))));
  showFold("assumed", words, parts.assumed.length);
  showFold("missing", words, parts.missing.length + lacking.length);
}

/** What is compared: A and B, or a perimeter before and after what was asked. */
function showHeads(data, pair) {
  const { question } = pair;
  const letter = question ? question.which.toUpperCase() : "";
  const change = question ? ifText(data, question.epci, question.adds, letter) : "de A à B";
  const cap = (which, text) => [el("span", { className: `cle c-${which}` }, text)];
  fill(byId("tete-a"), ...(question ? [...cap(question.which, letter), " avant"] : cap("a", "A")));
  fill(byId("tete-b"), ...(question ? [...cap(question.which, letter), " après"] : cap("b", "B")));
  fill(byId("tete-ecart"), "Écart");
  fill(byId("t-change"), `Ce qui change ${change}`);
  byId("fin-question").hidden = !question;
}

/** What councils are asked first, then what is counted, then what rests on a source. */
function placeOf(data, { indicator, a, b }) {
  if (indicator.id === data.raw.plane[0]) return 0;
  if (indicator.recipe?.how === "whole") return isCut(a) || isCut(b) ? 1 : 9;
  return 2 + "OSH".indexOf(worse(a, b));
}

/** The title of a folded part, and how many lines it hides. */
function showFold(part, words, count) {
  const button = byId(`plie-${FOLDED[part]}`);
  const mark = part === "assumed" ? " – ≈" : "";
  fill(button, `${words.parts[part]}${mark} (${count})`);
  button.closest("tbody").hidden = !count;
  button.onclick = () => {
    const place = byId(`lignes-${FOLDED[part]}`);
    place.hidden = !place.hidden;
    button.setAttribute("aria-expanded", String(!place.hidden));
  };
}

function rowOf(data, { indicator, a, b }, open) {
  const greys = (one) => data.raw.study.demonstration.length > 0 && one.evidence === "H";
  const [notesA, notesB] = [a, b].map((one) => shortNotes(one, indicator));
  const isTold = a.value !== null && b.value !== null;
  const shared = notesA.filter((one) => isTold && notesB.includes(one));
  const own = (notes) => notes.filter((one) => !shared.includes(one)).join(" ; ");
  return el("tr", { "data-indicateur": indicator.id },
    el("th", { scope: "row" },
      el("button", { type: "button", className: "libelle", onclick: () => open(indicator.id) },
        indicator.brief || indicator.label), " ", evidenceMark(data.raw.words, a, b),
      shared.length ? el("span", { className: "commune" }, ` ${shared.join(" ; ")}`) : null),
    cellOf(a, indicator, own(notesA), greys(a)), cellOf(b, indicator, own(notesB), greys(b)),
    el("td", { className: greys(a) || greys(b) ? "ecart grise" : "ecart" }, differenceText(a, b, unitless(indicator))));
}

function cellOf(figure, indicator, note, grey) {
  const text = figureText(figure, unitless(indicator));
  const flag = flagOf(indicator, figure);
  const [value, interval] = text.split(/ (?=\()/);
  return el("td", { className: grey ? "grise" : "" },
    el("span", { className: "valeur" }, value),
    interval ? el("span", { className: "note" }, interval) : null,
    flag ? el("span", { className: "alerte" }, flag) : null,
    note ? el("span", { className: "note", title: note }, note) : null);
}

/** An EPCI that a perimeter cuts: never told by colour alone. */
function flagOf(indicator, figure) {
  return indicator.recipe?.how === "whole" && isCut(figure) ? "⚠ EPCI coupé" : "";
}

function isCut(figure) {
  return figure.value !== null && figure.value < 100;
}

/** The label says what is counted. */
export function unitless(indicator) {
  const said = indicator.unit === "étab./ETP" || indicator.label.toLowerCase().startsWith(indicator.unit);
  return said ? { ...indicator, unit: "nombre" } : indicator;
}

/** Why there is no figure, or the date, body or town that it is about. */
function shortNotes(figure, indicator) {
  if (figure.value === null) return [figure.note || OFFLINE];
  const note = figure.note.replace("siège calculé : ", "★ ").replace(/^à part : (\d+).*/, "+ $1 d’effectif inconnu").replace(", il y a plus de cinq ans", " (plus de cinq ans)");
  return note.split(" ; ").filter((part) => part && !part.startsWith("non ventilé"));
}

/** One class, or that of A then that of B. */
function evidenceMark(words, a, b) {
  const classes = a.evidence === b.evidence ? [a.evidence] : [a.evidence, b.evidence];
  return el("span", { className: "fiabilite" },
    el("span", { "aria-hidden": "true" }, classes.map((one) => `${words.symbols[one]}${NBSP}${one}`).join(" / ")),
    el("span", { className: "invisible" }, ` ${classes.map((one) => words.evidence[one]).join(", puis ")}`));
}

/** All indicators, each with its formula, source, date, interval and rank. */
export function showAll(data, pair, at) {
  const { words } = data.raw;
  const parts = byPart(words, pairFigures(data, pair, false));
  fill(byId("tous"),
    ...["a", "b"].map((which) =>
      el("p", {}, el("b", {}, `${which.toUpperCase()}${NBSP}: ${pair[which].name}`), ` – ${identityText(data, pair[which].held, true)}`)),
    ...PARTS.map((part) => partSection(data, pair, words.parts[part], parts[part])),
    lackingSection(data, [...parts.assumed, ...parts.missing].map((one) => one.indicator)),
  );
  const opened = at && byId(`d-${at}`);
  if (opened) {
    opened.open = true;
    opened.scrollIntoView({ block: "center" });
    opened.querySelector("summary").focus();
  }
}

function partSection(data, pair, title, figures) {
  if (!figures.length) return null;
  const groups = [...new Set(figures.map((one) => one.indicator.group))];
  return el("section", {},
    el("h3", {}, title),
    ...groups.flatMap((group) => [
      el("h4", {}, group),
      ...figures.filter((one) => one.indicator.group === group).map((one) => detailOf(data, pair, one)),
    ]));
}

/** What would make the indicators firmer, file by file and holder by holder. */
export function lackingSection(data, indicators) {
  const gaps = gapsOf(data, indicators);
  if (!gaps.length) return null;
  return el("section", { className: "manques" },
    el("h4", {}, "Où le trouver"),
    el("ul", {}, ...gaps.map(({ what, where }) => el("li", {}, `${what}${NBSP}: ${where}`))));
}

function detailOf(data, pair, { indicator, a, b }) {
  const { study, published, words } = data.raw;
  const source = published.unions[indicator.id]?.source || published.perimeters[indicator.id]?.source || "";
  const evidence = worse(a, b);
  const facts = [
    ["Formule", indicator.formula],
    ["Sens", words.directions[indicator.direction]],
    ["A", sentenceOf(data, indicator, a, pair.a)],
    ["B", sentenceOf(data, indicator, b, pair.b)],
    ["Fiabilité", `${words.symbols[evidence]} ${evidence} : ${words.evidence[evidence]}`],
    ["Source", `${source || "–"} ; édition du ${study.edition}`],
  ];
  return el("details", { id: `d-${indicator.id}` },
    el("summary", {},
      el("span", { className: "nom" }, indicator.label),
      el("span", {}, `A${NBSP}: ${figureText(a, indicator)}`),
      el("span", {}, `B${NBSP}: ${figureText(b, indicator)}`),
      el("span", {}, `écart${NBSP}: ${differenceText(a, b, indicator)}`),
      besideSpan(a, b)),
    el("dl", {}, ...facts.flatMap(([term, text]) => [el("dt", {}, term), el("dd", {}, text)])));
}

/** What cases say of a potential, in the notes of the package. */
const BESIDE = /cas documenté|en réalise/;

/** Beside a potential, what is made of it: once where A and B say the same. */
function besideSpan(a, b) {
  const [ofA, ofB] = [a, b].map((one) => one.note.split(" ; ").filter((part) => BESIDE.test(part)).join(" ; "));
  const parts = ofA === ofB ? [ofA] : [ofA && `A${NBSP}: ${ofA}`, ofB && `B${NBSP}: ${ofB}`];
  const text = parts.filter(Boolean).join(". ");
  return text ? el("span", { className: "realise" }, text) : null;
}

function sentenceOf(data, indicator, figure, perimeter) {
  const text = figureText(figure, indicator);
  const reason = figure.value === null ? figure.note || OFFLINE : figure.note;
  const rank = rankText(rankOf(data, indicator, perimeter.held));
  const parts = [text === MISSING && reason ? `${MISSING} (${reason})` : text];
  if (text !== MISSING && reason) parts.push(reason);
  if (rank) parts.push(rank);
  else if (["up", "down"].includes(indicator.direction)) parts.push(whyNoRank(data, indicator, figure, perimeter.held));
  return parts.filter(Boolean).join(" ; ");
}

function whyNoRank(data, indicator, figure, held) {
  const { whole, cut } = epciIn(data, held);
  if (!cut.length && isBlind(data, indicator, whole.length)) return `rang non calculé : ${LIST_TO_CONFIRM}`;
  const assumed = data.raw.study.demonstration.length && figure.evidence === "H";
  return assumed
    ? "rang non calculé : hypothèse dans une démonstration"
    : `rang${NBSP}: seulement pour les réunions ${data.raw.study.ofUnions} autour du même EPCI`;
}
