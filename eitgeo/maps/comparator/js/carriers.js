// Who could carry: a state for each structure, conditions to tick; no score.

import { byId, el, fill } from "./dom.js";
import { publishedAs } from "./data.js";
import { OFFLINE } from "./model.js";
import { frenchNumber, NBSP, plural } from "./numbers.js";
import { coveringBodies } from "./sentences.js";

export const SHOWN = ["favorable", "sous_conditions", "possible"];
const NONE_FITS = ["peu adaptée ou impossible", "peu adaptées ou impossibles"];
/** Conditions that were ticked: in this page alone, until it closes. */
const ticked = new Set();

/** @returns {any[] | null} states of a perimeter; null where the run gave none */
export function statesOf(data, perimeter) {
  const same = publishedAs(data, perimeter.held);
  if (!perimeter.id && same?.table === "unions") return unionStates(data.raw.carriers.unions, same.at);
  const id = perimeter.id || (same ? data.raw.perimeters[same.at].id : "");
  return data.raw.carriers.states[id] ?? null;
}

/** Lay out the states of a union of whole EPCI as those of a compared perimeter. */
export function unionStates(packed, at) {
  const rows = packed.of[at].map((rank) => packed.rows[rank]);
  const told = (ranks) => ranks.map((rank) => packed.sentences[rank]);
  if (!rows.length) return null;
  return rows.map(([carrier, kind, ...lists]) => {
    const [[label, short], [state, word]] = [packed.who[carrier], packed.words[kind]];
    const [reasons, conditions, waiting] = lists.map(told);
    const asks = lists[1].map((rank) => packed.abouts[rank]);
    return { state, word, label, short, reasons, conditions, waiting, asks };
  });
}

/** On the first screen, B before A: states that allow to carry, the rest counted. */
export function showCarriers(data, pair) {
  for (const which of ["b", "a"]) {
    const states = statesOf(data, pair[which]);
    fill(byId(`porteurs-${which}`),
      ...(states ? linesOf(data, states) : coverLines(data, pair[which])).map((one) => el("li", {}, one)));
  }
  byId("ouvre-porteurs").hidden = !["a", "b"].some((which) => statesOf(data, pair[which]));
}

function linesOf(data, states) {
  const lines = SHOWN.flatMap((state) => {
    const mine = states.filter((one) => one.state === state);
    const free = mine.every((one) => !one.conditions.length) && state === "favorable" ? `, ${data.raw.carriers.free}` : "";
    return mine.length ? [`${mine[0].word}${free}${NBSP}: ${mine.map(briefOf).join(" ; ")}`] : [];
  });
  const others = states.filter((one) => !SHOWN.includes(one.state)).length;
  return others ? [...lines, plural(others, ...NONE_FITS)] : lines;
}

/** A structure, and what its conditions are about, in a few words. */
function briefOf({ short, asks }) {
  return asks.length ? `${short} (${[...new Set(asks)].join(", ")})` : short;
}

/** For a perimeter that no run measured: the bodies that hold most of its people. */
export function coverLines(data, perimeter) {
  const said = coveringBodies(data, perimeter.held).map(({ body, pct, least }) => {
    const [most, few] = [pct, least].map((one) => {
      const share = one > 50 && one < 100 ? Math.min(99, Math.round(one)) : Math.round(one);
      return `${frenchNumber(share, 0)}${NBSP}%`;
    });
    if (body.certain === null) return `${body.name} couvre ${most} de la population`;
    const shares = few === most ? most : `de ${few} à ${most}`;
    return `${body.name} couvre ${shares} de la population, selon sa liste à confirmer`;
  });
  return [`Porteurs possibles${NBSP}: ${OFFLINE}`, ...said];
}

/** All structures with their conditions, in a dialog that opens on B. */
export function showReasons(data, pair) {
  fill(byId("porteurs-raisons"), ...carrierParts(data, pair, "b"),
    el("details", { className: "autre" },
      el("summary", {}, el("span", { className: "nom" }, titleOf(pair, "a"))), ...carrierParts(data, pair, "a").slice(1)));
}

function titleOf(pair, which) {
  return `${which.toUpperCase()}${NBSP}: ${pair[which].name}`;
}

function carrierParts(data, pair, which) {
  const states = statesOf(data, pair[which]);
  const title = el("h3", {}, titleOf(pair, which));
  if (!states) return [title, ...coverLines(data, pair[which]).map((one) => el("p", {}, one))];
  const able = SHOWN.flatMap((state) => states.filter((one) => one.state === state));
  const others = states.filter((one) => !SHOWN.includes(one.state));
  return [title,
    el("ul", { className: "porteurs" }, ...able.map((one) => carrierItem(data, one, `${which}-${states.indexOf(one)}`))),
    others.length
      ? el("details", { className: "autre" },
        el("summary", {}, el("span", { className: "nom" }, plural(others.length, ...NONE_FITS))),
        el("ul", { className: "porteurs" }, ...others.map((one) => carrierItem(data, one, `${which}-${states.indexOf(one)}`))))
      : null];
}

/** A structure, its state, its conditions to tick, then why, and what is not evaluated. */
function carrierItem(data, { state, word, label, reasons, conditions, waiting }, key) {
  const isAble = SHOWN.includes(state);
  const why = [
    ...(isAble ? reasons.map((text) => el("li", {}, text)) : []),
    ...waiting.map((text) => el("li", { className: "note" }, `non évalué – ${text}`)),
  ];
  return el("li", { "data-etat": state },
    el("h4", {}, label, el("span", { className: "etat" }, ` ${word}${state === "favorable" ? `, ${data.raw.carriers.free}` : ""}`)),
    conditions.length ? el("ul", { className: "a-cocher" }, ...conditions.map((text, k) => tickBox(text, `${key}-${k}`))) : null,
    isAble ? null : el("ul", {}, ...reasons.map((text) => el("li", {}, text))),
    why.length ? el("details", {}, el("summary", {}, el("span", { className: "nom" }, "Pourquoi")), el("ul", {}, ...why)) : null);
}

function tickBox(text, key) {
  const box = el("input", {
    type: "checkbox", id: `condition-${key}`, checked: ticked.has(text),
    onchange: (event) => (event.target.checked ? ticked.add(text) : ticked.delete(text)),
  });
  return el("li", {}, el("label", { for: `condition-${key}` }, box, ` ${text}`));
}
