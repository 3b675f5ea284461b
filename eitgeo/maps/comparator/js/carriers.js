// Who could carry: a state for each structure, with its reasons; no score.

import { byId, el, fill } from "./dom.js";
import { publishedAs } from "./data.js";
import { OFFLINE } from "./model.js";
import { frenchNumber, NBSP, plural } from "./numbers.js";
import { coveringBodies } from "./sentences.js";

const SHOWN = ["favorable", "sous_conditions", "possible"];

/** @returns {any[] | null} states of a perimeter; null where the run gave none */
function statesOf(data, perimeter) {
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
  return rows.map(([carrier, kind, reasons, waiting]) => {
    const [[label, short], [state, word]] = [packed.who[carrier], packed.words[kind]];
    return { state, word, label, short, reasons: told(reasons), waiting: told(waiting) };
  });
}

/** One line on the first screen: states that allow to carry, the rest counted. */
export function showCarriers(data, pair) {
  for (const which of ["a", "b"]) {
    const states = statesOf(data, pair[which]);
    fill(byId(`porteurs-${which}`),
      ...(states ? linesOf(states) : [coverText(data, pair[which])]));
  }
  byId("ouvre-porteurs").hidden = !["a", "b"].some((which) => statesOf(data, pair[which]));
}

function linesOf(states) {
  const lines = SHOWN.flatMap((state) => {
    const mine = states.filter((one) => one.state === state);
    return mine.length ? [`${mine[0].word}${NBSP}: ${mine.map((one) => one.short).join(", ")}`] : [];
  });
  const others = states.filter((one) => !SHOWN.includes(one.state)).length;
  if (others) lines.push(plural(others, "peu adaptée ou impossible", "peu adaptées ou impossibles"));
  return [lines.join(" · ")];
}

/** For a perimeter that no run measured: the bodies that hold most of its people. */
function coverText(data, perimeter) {
  const said = coveringBodies(data, perimeter.held).map(({ body, pct, least }) => {
    const [most, few] = [pct, least].map((one) => {
      const share = one > 50 && one < 100 ? Math.min(99, Math.round(one)) : Math.round(one);
      return `${frenchNumber(share, 0)}${NBSP}%`;
    });
    if (body.certain === null) return `${body.name} couvre ${most} de la population`;
    const shares = few === most ? most : `de ${few} à ${most}`;
    return `${body.name} couvre ${shares} de la population, selon sa liste à confirmer`;
  });
  return [`Porteurs possibles\u202f: ${OFFLINE}`, ...said].join(" · ");
}

/** All structures with their reasons, in a dialog. */
export function showReasons(data, pair) {
  fill(byId("porteurs-raisons"),
    ...["a", "b"].flatMap((which) => {
      const states = statesOf(data, pair[which]);
      const title = el("h3", {}, `${which.toUpperCase()}${NBSP}: ${pair[which].name}`);
      if (!states) return [title, el("p", {}, coverText(data, pair[which]))];
      return [title, el("table", {},
        el("thead", {}, el("tr", {}, ...["Structure porteuse", "État", "Raisons et conditions"].map((one) => el("th", { scope: "col" }, one)))),
        el("tbody", {}, ...states.map((one) => el("tr", {},
          el("th", { scope: "row" }, one.label),
          el("td", {}, one.word),
          el("td", {}, ...one.reasons.map((text) => el("div", {}, text)),
            ...one.waiting.map((text) => el("div", { className: "note" }, `non évalué – ${text}`)))))))];
    }),
  );
}
