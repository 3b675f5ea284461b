// The page: reads what it was given, shows it, listens.

import { wireCard, showCard } from "./card.js";
import { showCarriers, showReasons } from "./carriers.js";
import { showBlocks, showCounters, wireCommunes } from "./compose.js";
import { epciIn, prepare, ranksIn } from "./data.js";
import { byId, el, fill } from "./dom.js";
import { fromAddress } from "./exchange.js";
import { wireFiles } from "./files.js";
import { PairMap } from "./map.js";
import { showPlane } from "./plane.js";
import { Priorities, showScores, wirePriorities } from "./priorities.js";
import { showAll, showRows } from "./rows.js";
import { changeSentence, identityText } from "./sentences.js";
import { namedPerimeter, OWN, Pair } from "./state.js";
import { plural } from "./numbers.js";
import { showWhatIf } from "./whatif.js";

const data = prepare(JSON.parse(byId("donnees").textContent));
const pair = new Pair(data, () => show());
const priorities = new Priorities(data);
const NOBODY = { held: new Uint8Array(data.n), sure: true };
let paints = false;
let adds = true;

const maps = {
  both: newMap("carte"),
  a: newMap("carte-a"),
  b: newMap("carte-b"),
};

function newMap(id) {
  return new PairMap(byId(id), data, { pick, tell, moved });
}

/** Whether the click painted; the map pans otherwise. */
function pick(commune, begins) {
  if (!paints) return false;
  if (begins) adds = !pair[pair.edited].held[commune];
  pair.alter([commune], adds);
  return true;
}

function tell(commune) {
  const place = byId("survol");
  if (commune === null) {
    place.textContent = "Passez sur une commune : nom, EPCI, habitants.";
    return;
  }
  const { communes, epci } = data.raw;
  const e = data.epci[commune];
  const inside = ["a", "b"].filter((which) => pair[which].held[commune]).map((which) => which.toUpperCase());
  place.textContent = [
    communes.name[commune],
    e < 0 ? "sans EPCI" : epci[e].short,
    plural(communes.pop[commune], "habitant"),
    inside.length ? `dans ${inside.join(" et ")}` : "ni dans A ni dans B",
    pair.locked[commune] ? "verrouillée" : "",
  ].filter(Boolean).join(" · ");
}

/** The two small maps move together. */
function moved(map) {
  const other = map === maps.a ? maps.b : map === maps.b ? maps.a : null;
  if (!other || other.box.x === map.box.x && other.box.y === map.box.y && other.box.w === map.box.w) return;
  other.box = { ...map.box };
  other.refresh();
}

function show() {
  const start = performance.now();
  if (byId("deux-cartes").hidden) maps.both.paint(pair.a, pair.b);
  else {
    maps.a.paint(pair.a, NOBODY);
    maps.b.paint(NOBODY, pair.b);
  }
  showChoices();
  showRows(data, pair, (id) => openAll(id));
  showBlocks(data, pair);
  if (!byId("avance").hidden) showCounters(data, pair);
  showSentences();
  showMapTable();
  if (byId("fiche").open) showCard(data, pair);
  if (byId("et-si").open) showWhatIf(data, pair);
  byId("annuler").disabled = !pair.history.canUndo;
  byId("retablir").disabled = !pair.history.canRedo;
  document.documentElement.dataset.peint = (performance.now() - start).toFixed(1);
}

function showChoices() {
  for (const which of /** @type {const} */ (["a", "b"])) {
    const choice = byId(`choix-${which}`);
    const now = pair[which];
    const known = data.raw.perimeters.map((one) => el("option", { value: one.id }, one.name));
    const own = now.id ? [] : [el("option", { value: "" }, `${now.name} (${plural(ranksIn(now.held).length, "commune")})`)];
    fill(choice, ...own, ...known);
    choice.value = now.id;
    byId(`identite-${which}`).textContent = identityText(data, now.held);
  }
  byId("compose-quoi").textContent = `${pair.edited.toUpperCase()}`;
}

function showSentences() {
  const { study } = data.raw;
  byId("phrase").textContent = changeSentence(data, pair.a, pair.b);
  const why = study.ordersHeld || study.demonstration.length && `démonstration : ${study.demonstration.join(", ")}`;
  byId("ordre").textContent = why ? `Ordre de A et B : non calculé (${why}).` : priorities.order(pair);
  showCarriers(data, pair);
}

/** What the map shows, as a table. */
function showMapTable() {
  const [inA, inB] = [pair.a, pair.b].map((one) => epciIn(data, one.held));
  const word = (inside, e) => (inside.whole.includes(e) ? "entier" : inside.cut.includes(e) ? `en partie (${plural(inside.inside[e], "commune")})` : "non");
  fill(byId("equivalent"),
    ...data.raw.epci.map((one, e) =>
      el("tr", {},
        el("th", { scope: "row" }, one.name),
        el("td", {}, [...new Set(data.epciCodes[e].map((i) => data.raw.deps[data.dep[i]]))].join(", ")),
        el("td", {}, word(inA, e)),
        el("td", {}, word(inB, e)))),
  );
}

function openAll(id) {
  byId("indicateurs").showModal();
  showAll(data, pair, id);
}

function wire() {
  for (const which of /** @type {const} */ (["a", "b"])) {
    byId(`choix-${which}`).onchange = (event) => event.target.value && pair.choose(which, event.target.value);
    byId(`edite-${which}`).onchange = () => {
      pair.edited = which;
      show();
    };
  }
  byId("annuler").onclick = () => pair.undo();
  byId("retablir").onclick = () => pair.redo();
  byId("imprimer").onclick = () => window.print();
  byId("compter").textContent = `Voir les ${data.raw.indicators.length} indicateurs`;
  byId("compter").onclick = () => openAll(null);
  byId("ouvre-plan").hidden = data.raw.study.orders !== false;
  const dialogs = { "ouvre-fiche": ["fiche", () => showCard(data, pair)], "ouvre-priorites": ["priorites", () => showScores(data, pair, priorities)], "ouvre-plan": ["plan", () => showPlane(data, pair)], "ouvre-porteurs": ["porteurs", () => showReasons(data, pair)], "ouvre-et-si": ["et-si", () => showWhatIf(data, pair)], "ouvre-export": ["export", () => {}], "ouvre-aide": ["aide", () => {}], "ouvre-equivalent": ["tableau-carte", () => {}] };
  for (const [button, [dialog, showIn]] of Object.entries(dialogs)) {
    byId(button).onclick = () => {
      byId(dialog).showModal();
      showIn();
    };
  }
  document.querySelectorAll("dialog .fermer").forEach((one) => (one.onclick = () => one.closest("dialog").close()));
  byId("imprimer-fiche").onclick = () => window.print();
  wireMaps();
  wireAdvanced();
  wireCommunes(data, pair);
  wireCard(data, pair);
  wireFiles(data, pair);
  byId("ouvre-priorites").hidden = !data.raw.study.orders;
  wirePriorities(data, pair, priorities, showSentences);
  window.addEventListener("hashchange", readAddress);
  window.addEventListener("resize", refresh);
  window.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey && event.target.tagName !== "INPUT") pair.undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) pair.redo();
    else return;
    event.preventDefault();
  });
}

function wireMaps() {
  const each = (act) => () => (byId("deux-cartes").hidden ? [maps.both] : [maps.a]).forEach(act);
  byId("zoom-plus").onclick = each((map) => map.zoom(1.5));
  byId("zoom-moins").onclick = each((map) => map.zoom(1 / 1.5));
  byId("zoom-tout").onclick = each((map) => map.moveTo({ ...map.home }));
  byId("vue-deux").onclick = (event) => {
    const two = byId("deux-cartes").hidden;
    byId("deux-cartes").hidden = !two;
    byId("une-carte").hidden = two;
    event.target.setAttribute("aria-pressed", String(two));
    show();
    refresh();
  };
}

function wireAdvanced() {
  byId("mode-avance").onclick = (event) => {
    const opens = byId("avance").hidden;
    byId("avance").hidden = !opens;
    byId("blocs").hidden = opens;
    event.target.setAttribute("aria-expanded", String(opens));
    event.target.textContent = opens ? "Revenir aux blocs" : "Mode avancé : communes";
    if (!opens) setPaint(false);
    show();
    refresh();
  };
  byId("peindre").onclick = () => setPaint(!paints);
}

function setPaint(on) {
  paints = on;
  byId("peindre").setAttribute("aria-pressed", String(on));
  document.body.classList.toggle("peint", on);
}

function refresh() {
  for (const map of Object.values(maps)) map.refresh();
}

function readAddress() {
  const found = new URLSearchParams(location.hash.slice(1));
  for (const which of /** @type {const} */ (["a", "b"])) {
    const one = found.has(which) ? fromAddress(data, found.get(which)) : null;
    if (one) pair.set(which, "id" in one ? namedPerimeter(data, one.id) : { id: "", name: OWN, held: one.held, sure: true });
  }
}

wire();
readAddress();
show();
refresh();
document.documentElement.dataset.pret = "oui";
