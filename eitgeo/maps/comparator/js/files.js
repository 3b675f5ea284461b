// « Exporter »: files to save, a link, a text.

import { announce, byId, saveFile } from "./dom.js";
import { addressOf, csvText, geojsonText, yamlText } from "./exchange.js";
import { deliberationText } from "./sentences.js";

export function wireFiles(data, pair) {
  const chosen = () => pair[byId("export-quoi").value];
  const name = (suffix) => {
    const { study } = data.raw;
    const demo = study.demonstration.length ? "DEMO_" : "";
    const stem = chosen().id || "mon_perimetre";
    return `${demo}perimetre_${study.name}_${stem}${suffix}`;
  };
  const showYaml = () => {
    byId("yaml").value = yamlText(chosen().name, `data/raw/${name(".csv")}`);
  };
  for (const [id, event] of [["export-quoi", "change"], ["ouvre-export", "click"]]) byId(id).addEventListener(event, showYaml);
  byId("copier-yaml").onclick = async () => {
    byId("yaml").focus();
    byId("yaml").select();
    try {
      await navigator.clipboard.writeText(byId("yaml").value);
      announce("Lignes copiées.");
    } catch {
      announce("Lignes sélectionnées : Ctrl + C pour les copier.");
    }
  };
  byId("export-csv").onclick = () => saveFile(name(".csv"), csvText(data, chosen().held), "text/csv");
  byId("export-geojson").onclick = () =>
    saveFile(name(".geojson"), geojsonText(data, chosen().held, chosen().name), "application/geo+json");
  byId("export-texte").onclick = () => {
    byId("texte").value = deliberationText(data, chosen());
    byId("texte").hidden = false;
    byId("texte").focus();
    byId("texte").select();
  };
  byId("export-lien").hidden = !data.raw.study.address; // a link to a disk opens nowhere
  byId("export-lien").onclick = () => {
    byId("lien").value = linkOf(data, pair);
    byId("lien").hidden = false;
    byId("lien").focus();
    byId("lien").select();
  };
}

/** @returns {string} the address that opens the page on this pair */
export function linkOf(data, pair) {
  const base = data.raw.study.address;
  const parts = ["a", "b"].map((which) => `${which}=${encodeURIComponent(addressOf(data, pair[which]))}`);
  return `${base}#${parts.join("&")}`;
}
