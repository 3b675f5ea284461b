// Composing: blocks of EPCI first; communes one by one in the advanced mode.

import { announce, byId, el, fill } from "./dom.js";
import { epciIn } from "./data.js";
import { piecesOf } from "./pieces.js";
import { plural } from "./numbers.js";
import { stateOf } from "./state.js";

/** Show the blocks: a button each, pressed where the perimeter holds it. */
export function showBlocks(data, pair) {
  const { held } = pair[pair.edited];
  fill(byId("blocs"),
    ...data.raw.pieces.map((piece) => {
      const state = stateOf(data, piece.epci, held);
      const home = data.raw.pieces[0].deps;
      const far = piece.deps.filter((dep) => !home.includes(dep));
      const mark = { true: "■", false: "□", mixed: "◪" }[state];
      const cost = piece.core ? `${piece.epci.length}` : `+${piece.epci.length}`;
      const where = far.length ? `, dép. ${far.join(", ")}` : "";
      return el("button", {
        type: "button", className: "bloc", "aria-pressed": state,
        "data-epci": piece.epci.map((e) => data.raw.epci[e].siren).join(" "),
        onclick: (event) => {
          // The buttons are made again: the one that was pressed keeps the focus.
          const rank = [...byId("blocs").children].indexOf(event.currentTarget);
          const adds = pair.toggle(piece.epci);
          byId("blocs").children[rank].focus({ preventScroll: true });
          announce(`${piece.label} ${adds ? "ajouté à" : "retiré de"} ${pair.edited.toUpperCase()}.`);
        },
      }, el("span", { "aria-hidden": "true" }, mark), ` ${piece.label} `, el("b", {}, `${cost}${where}`));
    }),
  );
}

/** Counters of the edited perimeter: EPCI that it cuts, pieces by border and by road. */
export function showCounters(data, pair) {
  const { held } = pair[pair.edited];
  const { cut } = epciIn(data, held);
  const border = piecesOf(data.borderNear, held);
  const road = piecesOf(data.roadNear, held);
  const names = cut.map((e) => data.raw.epci[e].short).join(", ");
  const said = [
    counter("EPCI coupés", cut.length, cut.length > 0, names),
    counter("Morceaux par les limites", border.length, border.length > 1, strays(data, border)),
    counter("Groupes reliés par la route", road.length, road.length > 1, strays(data, road)),
    counter("Communes verrouillées", pair.locked.reduce((a, b) => a + b, 0), false, ""),
  ];
  fill(byId("compteurs"), ...said);
}

function counter(label, count, alert, more) {
  return el("li", { className: alert ? "alerte" : "" },
    `${label}\u00a0: `, el("b", {}, `${alert ? "⚠ " : ""}${count}`), more ? ` (${more})` : "");
}

function strays(data, pieces) {
  const small = pieces.slice(1).flat();
  if (!small.length) return "";
  const names = small.slice(0, 3).map((i) => data.raw.communes.name[i]).join(", ");
  return `à l’écart\u00a0: ${small.length > 3 ? `${plural(small.length, "commune")}, dont ` : ""}${names}`;
}

/** The advanced mode: one commune by its name, locks. */
export function wireCommunes(data, pair) {
  const field = byId("commune");
  fill(byId("communes"),
    ...data.raw.communes.name.map((name, i) => el("option", { value: `${name} (${data.raw.communes.code[i]})` })),
  );
  const chosen = () => {
    const code = field.value.match(/\((\w{5})\)\s*$/)?.[1];
    const at = data.rank.get(code ?? "") ?? data.raw.communes.name.indexOf(field.value.trim());
    if (at === undefined || at < 0) {
      byId("commune-dit").textContent = "Commune inconnue dans cette étude : choisissez dans la liste.";
      return null;
    }
    byId("commune-dit").textContent = "";
    return at;
  };
  const act = (adds) => () => {
    const at = chosen();
    if (at === null) return;
    const done = pair.alter([at], adds);
    const name = data.raw.communes.name[at];
    const verb = adds ? "ajoutée" : "retirée";
    byId("commune-dit").textContent = done
      ? `${name}\u00a0: ${verb}.`
      : `${name}\u00a0: rien à faire (${pair.locked[at] ? "verrouillée" : `déjà ${adds ? "dedans" : "dehors"}`}).`;
  };
  byId("commune-ajouter").onclick = act(true);
  byId("commune-retirer").onclick = act(false);
  byId("commune-verrou").onclick = () => {
    const at = chosen();
    if (at === null) return;
    pair.locked[at] = pair.locked[at] ? 0 : 1;
    byId("commune-dit").textContent = `${data.raw.communes.name[at]}\u00a0: ${pair.locked[at] ? "verrouillée" : "déverrouillée"}.`;
    showCounters(data, pair);
  };
  byId("verrou-tout").onclick = () => {
    const { held } = pair[pair.edited];
    const all = held.every((one, i) => !one || pair.locked[i]);
    held.forEach((one, i) => one && (pair.locked[i] = all ? 0 : 1));
    showCounters(data, pair);
  };
}
