// « Et si un conseil dit non ? »: who says no, what is left, and red lines in memory.

import { announce, byId, el, fill, saveFile } from "./dom.js";
import { NBSP, MISSING, frenchNumber, plural, roundAt } from "./numbers.js";
import {
  countLines, everyRefusal, inOrder, noLines, openUnions, partsOf, priceOf, smallestConcession, unionsCsv, unionsText,
} from "./red_lines.js";

const SHOWN = 10;
const SYMBOLS = { O: "●", S: "◐", H: "○" };
const page = JSON.parse(byId("donnees").textContent);
const ranks = page.perimeters.map((one) => new Map(everyRefusal(one.members.length, one.most).map((said, k) => [said.join(), k])));
const state = {
  at: Math.max(0, page.perimeters.findIndex((one) => one.id === page.study.first)),
  no: /** @type {Set<number>} */ (new Set()),
  lines: page.epci.map(noLines),
  all: false,
};

const perimeter = () => page.perimeters[state.at];
const nameOf = (one) => page.epci[one].name;
const shortsOf = (list) => list.map((one) => page.epci[one].short).join(" + ");
const shortName = (u) => shortsOf(page.unions.members[u]);
const andNames = (list) => list.map((one) => page.epci[one].short).join(", ").replace(/, ([^,]*)$/, " et $1");
const sure = (evidence) => el("abbr", { className: "classe", title: page.evidence[evidence] }, `${SYMBOLS[evidence]}${NBSP}${evidence}`);

/** The row of the refusals that are marked; −1 where the page does not tell them. */
function rowAt(said) {
  const places = said.map((one) => perimeter().members.indexOf(one)).sort((a, b) => a - b);
  return ranks[state.at].get(places.join()) ?? -1;
}

function piecesText(border, road) {
  const told = [border, road].map((n) => (n === 1 ? "d’un seul tenant" : `en ${frenchNumber(n, 0)} morceaux`));
  return told[0] === told[1] ? told[0] : `${told[0]} par les frontières, ${told[1]} par la route`;
}

function sentence(said, row) {
  const { rows, members, most, lines } = perimeter();
  if (!said.length) return lines[0];
  const who = `Si ${andNames(said)} ${said.length === 1 ? "dit" : "disent"} non`;
  if (row < 0) return `${who}${NBSP}: au-delà de ${plural(most, "refus", "refus")} ensemble, cette page ne compte pas.`;
  const left = members.length - said.length;
  if (left === 0) return `${who}, il ne reste rien.`;
  const kept = left === 1 ? `il reste ${andNames(members.filter((one) => !state.no.has(one)))}, seul,` : `il reste ${frenchNumber(left, 0)}${NBSP}EPCI`;
  const where = left === 1 ? "" : `, ${piecesText(rows.border[row], rows.road[row])}`;
  const cost = page.prices[rows.price[row]][3];
  return `${who}, ${kept} et ${plural(rows.pop[row], "habitant")}${where}. Reste à charge${NBSP}: ${cost}.`;
}

function piecesCell(said, kind, row) {
  const kept = perimeter().members.filter((one) => !said.includes(one)).sort((a, b) => a - b);
  const n = perimeter().rows[kind][row];
  if (n === 0) return [MISSING];
  if (n === 1) return ["oui"];
  const parts = partsOf(kept, page.near[kind]);
  return [`non, ${frenchNumber(n, 0)} morceaux`, el("ul", {}, ...parts.map((part) => el("li", {}, shortsOf(part))))];
}

function carriersCell(row) {
  const { rows } = perimeter();
  const [able, sures, states] = ["able", "sure", "states"].map((key) => page.lists[rows[key][row]]);
  if (!able.length) return [MISSING];
  return [el("ul", {}, ...able.map((id, k) => {
    const waits = sures.includes(id) ? "" : " ; une règle reste à évaluer";
    return el("li", {}, page.carriers[id], el("br"), el("small", {}, `${page.states[states[k]]}${waits}`));
  }))];
}

/** Who could carry after refusals: told again only where something changes. */
function carriersAfter(row) {
  const { rows } = perimeter();
  const isSame = ["able", "sure", "states"].every((key) => rows[key][row] === rows[key][0]);
  return isSame && row > 0 ? ["les mêmes"] : carriersCell(row);
}

function fellCell(row) {
  const { rows } = perimeter();
  const [fell, blind] = [page.lists[rows.fell[row]], page.lists[rows.blind[row]]];
  if (fell.length) return [el("ul", {}, ...fell.map((id) => el("li", {}, page.indicators[id][0], " ", sure(page.indicators[id][1]))))];
  const n = Object.keys(page.indicators).length - blind.length;
  return [n > 0 ? `aucun des ${frenchNumber(n, 0)} qui se comparent` : MISSING];
}

const countCell = (key) => (row) => [frenchNumber(perimeter().rows[key][row], 0)];

function tableRows(said) {
  const none = [];
  const two = (make) => [make(none, 0), make(said, rowAt(said))];
  const cell = (make) => two((who, row) => (row < 0 ? [MISSING] : make(row, who)));
  const { members } = perimeter();
  const counted = ["firms", "jobs"].map((key) => [page.counted[key][0], page.counted[key][1], cell(countCell(key))]);
  return [
    ["EPCI qui restent", "O", two((who) => [frenchNumber(members.length - who.length, 0)])],
    ["Habitants", "O", cell(countCell("pop"))],
    ["D’un seul tenant, par les frontières", "O", cell((row, who) => piecesCell(who, "border", row))],
    ["D’un seul tenant, par la route", page.study.road, cell((row, who) => piecesCell(who, "road", row))],
    ["Reste à charge, première année, par habitant", page.study.cost, cell((row) => [page.prices[perimeter().rows.price[row]][3]])],
    ["Qui peut encore porter", "", cell(carriersAfter)],
    ["Indicateurs qui font moins bien", "", two((who, row) => (who.length && row > 0 ? fellCell(row) : [MISSING]))],
    ...counted,
  ];
}

function conditions(said, row) {
  const kept = perimeter().members.filter((one) => !said.includes(one)).sort((a, b) => a - b).join();
  const u = page.unions.members.findIndex((members) => members.join() === kept);
  const { who, words, sentences, rows, of } = page.reasons;
  const told = u < 0 ? [] : of[u].map((k) => rows[k]).filter(([, kind]) => !["impossible", "peu_adapte"].includes(words[kind][0]));
  const place = byId("conditions");
  place.hidden = row < 0 || !kept;
  if (u < 0 || !told.length) {
    fill(byId("raisons"), el("p", {}, "Cette réunion n’est pas parmi les unions étudiées : ses conditions ne sont pas détaillées ici."));
    return;
  }
  fill(byId("raisons"), ...told.flatMap(([carrier, kind, applied, waiting]) => [
    el("h3", {}, `${who[carrier][0]}${NBSP}: ${words[kind][1]}`),
    el("ul", {}, ...applied.map((k) => el("li", {}, sentences[k])), ...waiting.map((k) => el("li", {}, `À évaluer${NBSP}: ${sentences[k]}`))),
  ]));
}

function paintMap(said, row) {
  const inside = new Set(perimeter().members);
  const kept = perimeter().members.filter((one) => !state.no.has(one)).sort((a, b) => a - b);
  const part = new Map(partsOf(kept, page.near.border).flatMap((list, k) => list.map((one) => [one, k])));
  for (const one of document.querySelectorAll("#carte [data-epci]")) {
    const e = Number(one.getAttribute("data-epci"));
    const base = one.tagName === "path" ? "epci" : "etiquette";
    const what = !inside.has(e) ? "hors" : state.no.has(e) ? "non" : `oui morceau-${Math.min(part.get(e) ?? 0, 3)}`;
    one.setAttribute("class", `${base} ${what}`);
  }
  byId("cle-morceaux").hidden = row < 0 || perimeter().rows.border[row] < 2;
}

function show() {
  const said = perimeter().members.filter((one) => state.no.has(one));
  const row = rowAt(said);
  byId("reponse").textContent = sentence(said, row);
  const none = !said.length;
  fill(byId("suite"), ...(none ? perimeter().lines.slice(1).map((line) => el("li", {}, line)) : []));
  byId("suite").hidden = !none;
  byId("tous").disabled = none;
  fill(byId("lignes-tableau"), ...tableRows(said).map(([label, evidence, [before, after]]) => el("tr", { role: "row" },
    el("th", { scope: "row", role: "rowheader" }, label, ...(evidence ? [" ", sure(evidence)] : [])), el("td", { role: "cell" }, ...before),
    el("td", { role: "cell" }, ...(none ? ["Cochez qui dit non."].slice(label === "EPCI qui restent" ? 0 : 1) : after)))));
  for (const box of byId("qui").querySelectorAll("input")) box.checked = state.no.has(Number(box.value));
  paintMap(said, row);
  conditions(said, row);
  showUnions();
}

function toggle(e) {
  if (!perimeter().members.includes(e)) return;
  if (!state.no.delete(e)) state.no.add(e);
  show();
}

function choose(at) {
  state.at = at;
  state.no.clear();
  const list = [...perimeter().members].sort((a, b) => a - b);
  fill(byId("qui"), ...list.map((e) => el("label", { className: "case" },
    el("input", { type: "checkbox", value: String(e), autocomplete: "off", onchange: () => toggle(e) }),
    el("span", { className: "rang" }, String(e + 1)), el("span", {}, nameOf(e)))));
  show();
}

// Red lines.

function readNumber(input) {
  const value = input.value.trim() === "" ? NaN : Number(input.value.replace(",", "."));
  const wrong = input.value.trim() !== "" && !(value >= 0);
  input.setAttribute("aria-invalid", String(wrong));
  byId(`${input.id}-faute`).hidden = !wrong;
  return value >= 0 ? value : null;
}

function lineField(e, kind, label) {
  const id = `${kind}-${e}`;
  const input = el("input", { id, type: "text", inputMode: "decimal", autocomplete: "off", "aria-describedby": `${id}-faute` });
  input.oninput = () => {
    state.lines[e][kind] = readNumber(input);
    state.all = false;
    showUnions();
  };
  return el("p", { className: "champ" }, el("label", { for: id }, label), input,
    el("span", { id: `${id}-faute`, className: "faute", hidden: true }, "Un nombre, par exemple 0,5."));
}

function partnerBox(e, other) {
  const box = el("input", { type: "checkbox", autocomplete: "off" });
  box.onchange = () => {
    const held = state.lines[e].partners.filter((one) => one !== other);
    state.lines[e].partners = box.checked ? [...held, other].sort((a, b) => a - b) : held;
    state.all = false;
    showUnions();
  };
  return el("label", { className: "case" }, box, el("span", {}, nameOf(other)));
}

function participants() {
  const held = new Set(page.unions.members.flat());
  const list = page.epci.map((_, e) => e).filter((e) => held.has(e));
  fill(byId("participants"), ...list.map((e) => el("details", { className: "participant" },
    el("summary", {}, el("span", {}, nameOf(e)), el("small", { id: `compte-${e}` })),
    lineField(e, "eur", "Au plus, en euros par habitant et par an"),
    lineField(e, "min", "Au plus, en minutes de voiture jusqu’au siège"),
    el("fieldset", {}, el("legend", {}, "Ne part pas sans"), ...list.filter((o) => o !== e).map((o) => partnerBox(e, o))))));
}

function relaxed({ who, kind, other, limit }, needs) {
  const name = nameOf(who);
  if (kind === "with") return `${name} partirait sans ${nameOf(other)}`;
  if (needs === null) return `${name} ne fixerait plus de limite (chiffre inconnu)`;
  const [unit, what] = kind === "eur" ? [`€ par habitant et par an`, "paierait"] : ["minutes jusqu’au siège", "accepterait"];
  const more = frenchNumber(roundAt(needs - limit, -6));
  return `${name} ${what} jusqu’à ${frenchNumber(needs)}${NBSP}${unit} au lieu de ${frenchNumber(limit)} (+${NBSP}${more})`;
}

function concessionItem({ lines, choices }) {
  return el("li", {}, ...choices.map(({ needs, unions }) => {
    const first = inOrder(page, unions);
    const more = first.length - 1;
    return el("div", {}, el("strong", {}, `${lines.map((line, k) => relaxed(line, needs[k])).join(" ; ")}.`), el("br"),
      `Ouvrirait${NBSP}: ${shortName(first[0])}${more > 0 ? ` ; et ${plural(more, "autre union", "autres unions")}` : ""}.`);
  }));
}

function verdict({ open, together, without, n }) {
  const of = frenchNumber(page.unions.members.length, 0);
  const no = [...state.no].sort((a, b) => a - b);
  if (without === 0) return `Chacune des ${of} unions contient un conseil qui dit non${NBSP}: il n’en reste aucune.`;
  const hold = no.length ? `${plural(without, "union")} sur ${of} se ${without < 2 ? "passe" : "passent"} de ${andNames(no)}. ` : "";
  if (n === 0) return hold || `Aucune ligne rouge n’est inscrite${NBSP}: les ${of} unions restent possibles.`;
  if (together.length) return `${hold}${plural(together.length, "union")} sur ${of} ${together.length < 2 ? "n’est refusée" : "ne sont refusées"} par personne.`;
  const alone = open.length ? ` Seul, sans union${NBSP}: ${andNames(page.unions.members[open[0]])}.` : "";
  return `${hold}Aucune union ne respecte toutes les lignes rouges.${alone}`;
}

function showUnions() {
  if (!page.unions.members.length) return;
  const { open, without } = openUnions(page, state.lines, state.no);
  const together = open.filter((u) => page.unions.members[u].length > 1);
  const n = state.lines.reduce((sum, one) => sum + countLines(one), 0);
  state.lines.forEach((one, e) => {
    const place = byId(`compte-${e}`);
    if (place) place.textContent = countLines(one) ? plural(countLines(one), "ligne rouge", "lignes rouges") : "aucune ligne rouge";
  });
  byId("verdict").textContent = verdict({ open, together, without, n });
  const found = together.length ? null : smallestConcession(page, state.lines, state.no);
  byId("concession").hidden = !found?.sets.length;
  if (found) showConcession(found);
  showOpen(n || state.no.size ? inOrder(page, together) : []);
}

function showConcession({ fewest, sets }) {
  byId("concession-mot").textContent = fewest === 1
    ? "La plus petite concession : desserrer une seule ligne rouge, celle-ci ou l’une de celles-ci."
    : `La plus petite concession : desserrer ${frenchNumber(fewest, 0)} lignes rouges ensemble.`;
  fill(byId("concession-liste"), ...sets.slice(0, SHOWN).map(concessionItem),
    sets.length > SHOWN ? el("li", {}, `Et ${plural(sets.length - SHOWN, "autre possibilité", "autres possibilités")}, d’autant de lignes.`) : null);
}

function showOpen(open) {
  const shown = state.all ? open : open.slice(0, SHOWN);
  byId("ouvertes").hidden = !open.length;
  fill(byId("ouvertes-lignes"), ...shown.map(unionRow));
  byId("toutes").hidden = open.length <= shown.length;
  byId("toutes").textContent = `Voir les ${frenchNumber(open.length, 0)} unions`;
  if (!open.length) byId("avis").hidden = true;
}

function unionRow(u) {
  const minutes = page.unions.minutes[u].filter((one) => one !== null);
  const seat = page.unions.towns[page.unions.seat[u]];
  const far = minutes.length ? `, à ${frenchNumber(Math.max(...minutes), 0)}${NBSP}min au plus ` : " ";
  const members = page.unions.members[u].join();
  const named = page.perimeters.find((one) => [...one.members].sort((a, b) => a - b).join() === members);
  return el("tr", { role: "row" }, el("th", { scope: "row", role: "rowheader" }, shortName(u), named ? el("small", {}, ` (${named.name})`) : null),
    el("td", { role: "cell" }, el("ul", {}, el("li", {}, `${plural(page.unions.pop[u], "habitant")} `, sure("O")),
      el("li", {}, `${priceOf(page, u, 0)[3]} `, sure(page.study.cost)),
      seat ? el("li", {}, `siège${NBSP}: ${seat}${far}`, sure(page.study.road)) : null)));
}

function eraseLines() {
  state.lines = page.epci.map(noLines);
  state.all = false;
  if (page.unions.members.length) participants();
  showUnions();
}

function wireExport() {
  const open = () => openUnions(page, state.lines, state.no).open.filter((u) => page.unions.members[u].length > 1);
  const name = (suffix) => `${page.study.demonstration.length ? "DEMO_" : ""}unions_retenues${suffix}`;
  byId("sortir").onclick = () => {
    byId("avis").hidden = false;
    byId("avis").focus();
  };
  byId("avis-non").onclick = () => {
    byId("avis").hidden = true;
    byId("sortir").focus();
  };
  byId("csv").onclick = () => saveFile(name(".csv"), unionsCsv(page, open()), "text/csv");
  byId("texte").onclick = () => saveFile(name(".txt"), unionsText(page, open()), "text/plain");
}

function start() {
  for (const one of document.querySelectorAll(".avec-script")) one.hidden = false;
  for (const id of ["sans-script", "sans-choix"]) byId(id).hidden = true;
  byId("red").hidden = !page.unions.members.length;
  byId("refus").hidden = !page.perimeters.length;
  if (page.unions.members.length) participants();
  wireExport();
  byId("toutes").onclick = () => {
    state.all = true;
    showUnions();
  };
  byId("effacer").onclick = () => {
    eraseLines();
    announce("Lignes rouges effacées.");
  };
  // A page that comes back from the memory of the browser holds none either, nor who
  // says no: the next one at this screen is another council.
  window.addEventListener("pagehide", () => {
    eraseLines();
    if (page.perimeters.length) choose(state.at);
  });
  if (!page.perimeters.length) return void showUnions();
  const select = byId("perimetre");
  fill(select, ...page.perimeters.map((one, k) => el("option", { value: String(k) }, one.name)));
  select.value = String(state.at);
  select.onchange = () => choose(Number(select.value));
  byId("tous").onclick = () => {
    state.no.clear();
    show();
    byId("qui").querySelector("input")?.focus();
  };
  byId("carte").addEventListener("click", (event) => {
    const at = event.target.closest("[data-epci]");
    if (at) toggle(Number(at.getAttribute("data-epci")));
  });
  choose(state.at);
}

start();
document.documentElement.dataset.pret = "oui";
