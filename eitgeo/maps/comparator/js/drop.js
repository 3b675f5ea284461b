// « Ouvrir un contour »: a file dropped anywhere, or chosen, becomes B.

import { communesIn, cutCells, cutEpciTexts, MOST_BYTES, readContour } from "./contour.js";
import { announce, byId, el, fill } from "./dom.js";
import { NBSP, plural } from "./numbers.js";

/** @param {(contour: import("./contour.js").Contour) => void} opened called with what was opened */
export function wireContour(data, pair, opened) {
  const open = async (file) => {
    // Beyond what is read, no byte is: the size alone is told.
    const bytes = file.size > MOST_BYTES ? { length: file.size } : new Uint8Array(await file.arrayBuffer());
    showContour(data, pair, file.name, readContour(data, /** @type {Uint8Array} */ (bytes)), opened);
  };
  byId("import").onchange = async (event) => {
    const [file] = event.target.files;
    if (file) await open(file);
    event.target.value = "";
  };
  wireDrop(open);
}

/** Listen to the whole page; a text or a link that is dragged is left alone. */
function wireDrop(open) {
  const hasFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const hint = (on) => (byId("depot").hidden = !on);
  window.addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    hint(true);
  });
  window.addEventListener("dragleave", (event) => !event.relatedTarget && hint(false));
  window.addEventListener("drop", async (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    hint(false);
    const [file] = event.dataTransfer.files;
    if (file) await open(file);
  });
}

function showContour(data, pair, file, read, opened) {
  const said = byId("import-dit");
  const dialog = byId("contour");
  document.querySelectorAll("dialog[open]").forEach((one) => one !== dialog && one.close());
  if (!dialog.open) dialog.showModal();
  byId("contour-resultat").hidden = false;
  if ("refused" in read) {
    said.className = "refus";
    said.textContent = `«${NBSP}${file}${NBSP}» n’est pas ouvert. ${read.refused}`;
    fill(byId("contour-dit"));
    byId("contour-coupe").hidden = true;
    return;
  }
  const name = `${file.replace(/\.\w+$/, "").slice(0, 80)} (fichier)`;
  pair.edited = "b";
  byId("edite-b").checked = true;
  opened(read);
  pair.set("b", { id: "", name, held: read.held, sure: true });
  const epci = cutEpciTexts(data, read.held);
  said.className = "";
  said.textContent = `B est maintenant «${NBSP}${name}${NBSP}»${NBSP}: ${plural(communesIn(read), "commune")}.`;
  fill(byId("contour-dit"), ...read.said.map((one) => el("li", {}, one)),
    el("li", { className: epci.length ? "alerte" : "" }, epci.length ? `⚠ ${plural(epci.length, "EPCI coupé", "EPCI coupés")}${NBSP}: ${epci.join(", ")}.` : "Aucun EPCI coupé."));
  byId("contour-coupe").hidden = !read.cut.length;
  fill(byId("contour-communes"), ...read.cut.map((one) => {
    const [first, ...rest] = cutCells(data, one);
    return el("tr", {}, el("th", { scope: "row" }, first), ...rest.map((cell) => el("td", {}, cell)));
  }));
  announce(said.textContent);
}
