// The page: reads what it was given, shows it, listens.

import { AllPerimeters } from "./all.js";
import { wireCard, showCard } from "./card.js";
import { showCarriers, showReasons } from "./carriers.js";
import { showBlocks, showCounters, wireCommunes } from "./compose.js";
import { epciIn, prepare, ranksIn } from "./data.js";
import { announce, byId, el, fill } from "./dom.js";
import { fromAddress } from "./exchange.js";
import { wireContour } from "./drop.js";
import { Evaluation } from "./evaluation.js";
import { wireFiles } from "./files.js";
import { PairMap } from "./map.js";
import { showPlane } from "./plane.js";
import { Priorities, showScores, wirePriorities } from "./priorities.js";
import { showAll, showRows } from "./rows.js";
import { changeSentence, identityText } from "./sentences.js";
import { namedPerimeter, OWN, Pair, stateOf } from "./state.js";
import { previewTexts, questionTexts } from "./tally.js";
import { plural } from "./numbers.js";
import { showWhatIf } from "./whatif.js";

const data = prepare(JSON.parse(byId("donnees").textContent));
const pair = new Pair(data, () => show());
const priorities = new Priorities(data);
const all = new AllPerimeters(data, pair);
const evaluation = new Evaluation(data, pair);
const NOBODY = { held: new Uint8Array(data.n), sure: true };
let paints = false;
let adds = true;

const maps = {
  both: newMap("carte", { choose, focused, lift: () => pair.endStroke() }),
  a: newMap("carte-a"),
  b: newMap("carte-b"),
};

function newMap(id, more = {}) {
  return new PairMap(byId(id), data, { pick, tell, moved, ...more });
}

/** Whether the click paints; it chooses an EPCI, or pans, otherwise. */
function pick(commune, begins) {
  if (!paints) return false;
  if (begins) {
    pair.beginStroke();
    adds = !pair[pair.edited].held[commune];
  }
  pair.alter([commune], adds);
  return true;
}

/** An EPCI comes into the edited perimeter, or leaves it. */
function choose(e) {
  pair.toggle([e]);
  announce(byId("question").textContent);
  tellEpci(e);
}

function focused(e) {
  tellEpci(e);
  announce(byId("survol").textContent);
}

function letter() {
  return pair.edited.toUpperCase();
}

/** What an EPCI would change if it came in, or left. */
function tellEpci(e) {
  const { held } = pair[pair.edited];
  const isIn = stateOf(data, [e], held) === "true";
  const [head, tally] = previewTexts(data, held, [e], !isIn, letter());
  fill(byId("survol"), el("b", {}, head), tally);
}

/** What was asked last, which a phone that scrolled no longer shows above; else what to do. */
function rest() {
  const { question } = pair;
  if (question) {
    const [head, tally] = questionTexts(data, question, pair[question.which]);
    return [el("b", {}, head), tally];
  }
  if (paints) return ["Peignez : une commune entre, ou sort."];
  return [`${window.matchMedia("(pointer: coarse)").matches ? "Touchez" : "Cliquez sur"} un EPCI pour le mettre dans ${letter()} ou l’en retirer.`];
}

function tell(commune) {
  if (commune === null) {
    fill(byId("survol"), ...rest());
    return;
  }
  const { communes, epci } = data.raw;
  const e = data.epci[commune];
  if (e >= 0 && !paints) {
    tellEpci(e);
    return;
  }
  const inside = ["a", "b"].filter((which) => pair[which].held[commune]).map((which) => which.toUpperCase());
  fill(byId("survol"), [
    communes.name[commune],
    e < 0 ? "sans EPCI" : epci[e].short,
    plural(communes.pop[commune], "habitant"),
    inside.length ? `dans ${inside.join(" et ")}` : "ni dans A ni dans B",
    pair.locked[commune] ? "verrouillée" : "",
  ].filter(Boolean).join(" · "));
}

/** The two small maps move together. */
function moved(map) {
  showZoom();
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
  maps.both.check(data.raw.epci.map((_, e) => stateOf(data, [e], pair[pair.edited].held)));
  if (byId("composer").open) showCounters(data, pair);
  showSentences();
  if (!paints) tell(null);
  showMapTable();
  if (byId("fiche").open) showCard(data, pair);
  if (byId("et-si").open) showWhatIf(data, pair);
  hideUnless("annuler", pair.history.canUndo, "retablir");
  hideUnless("retablir", pair.history.canRedo, "annuler");
  document.documentElement.dataset.peint = (performance.now() - start).toFixed(1);
}

/** A control without effect is not shown; the focus that it had goes to another. */
function hideUnless(id, works, other) {
  const button = byId(id);
  const hadFocus = document.activeElement === button;
  button.hidden = !works;
  if (hadFocus && !works && !byId(other).hidden) byId(other).focus();
}

function showZoom() {
  const map = byId("deux-cartes").hidden ? maps.both : maps.a;
  for (const id of ["zoom-moins", "zoom-tout"]) hideUnless(id, !map.isWhole, "zoom-plus");
  document.body.classList.toggle("grossi", !map.isWhole);
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
  byId("compose-quoi").textContent = letter();
}

function showSentences() {
  const { study } = data.raw;
  const { question } = pair;
  byId("question").hidden = !question;
  fill(byId("question"), ...(question ? questionTexts(data, question, pair[question.which]) : []));
  byId("phrase").textContent = changeSentence(data, pair.a, pair.b);
  const held = study.ordersHeld || study.demonstration.length;
  byId("ordre").hidden = Boolean(held);
  byId("ordre").textContent = held ? "" : priorities.order(pair);
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
      tell(null);
    };
  }
  byId("annuler").onclick = () => pair.undo();
  byId("retablir").onclick = () => pair.redo();
  byId("fin-question").onclick = () => {
    pair.closeQuestion();
    byId("t-change").focus({ preventScroll: true });
  };
  byId("imprimer").onclick = () => window.print();
  byId("compter").textContent = `Voir les ${data.raw.indicators.length} indicateurs`;
  byId("compter").onclick = () => openAll(null);
  byId("ouvre-plan").hidden = data.raw.study.orders !== false;
  const dialogs = { "ouvre-fiche": ["fiche", () => showCard(data, pair)], "ouvre-priorites": ["priorites", () => showScores(data, pair, priorities)], "ouvre-plan": ["plan", () => showPlane(data, pair)], "ouvre-porteurs": ["porteurs", () => showReasons(data, pair)], "ouvre-et-si": ["et-si", () => showWhatIf(data, pair)], "ouvre-export": ["export", () => {}], "ouvre-contour": ["contour", () => {}], "ouvre-evaluation": ["evaluation", () => evaluation.show()], "ouvre-aide": ["aide", () => {}], "ouvre-tous": ["tous-perimetres", () => all.show()], "ouvre-equivalent": ["tableau-carte", () => {}] };
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
  wireContour(data, pair, (contour) => (evaluation.contour = contour));
  byId("imprimer-evaluation").onclick = () => window.print();
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
  byId("composer").ontoggle = () => {
    if (!byId("composer").open) setPaint(false);
    show();
    refresh();
  };
  byId("peindre").onclick = () => setPaint(!paints);
}

function setPaint(on) {
  paints = on;
  byId("peindre").setAttribute("aria-pressed", String(on));
  document.body.classList.toggle("peint", on);
  tell(null);
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
showZoom();
document.documentElement.dataset.pret = "oui";
