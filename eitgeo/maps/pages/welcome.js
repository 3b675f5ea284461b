"use strict";
// « Vous êtes élu de … »: a field that finds an EPCI, a commune, a postcode, and opens
// the answer that the page holds. Combobox of WAI-ARIA 1.2, list alone.
(() => {
  const MOST = 8;
  const MOST_SERVED = 60; // communes of one postcode
  const QUIET = new Set(["d", "de", "des", "du", "l", "la", "le", "les", "mairie"]);
  const KINDS = {
    cc: "communaute de communes",
    ca: "communaute d agglomeration",
    cu: "communaute urbaine",
  };
  const at = (id) => document.getElementById(id);
  const facts = JSON.parse(at("donnees").textContent);
  const said = facts.mots;
  const field = at("elu-champ");
  const list = at("elu-liste");
  const voice = at("elu-dit");
  const all = at("elu-toutes");
  const answers = at("reponses");
  const narrow = matchMedia("(max-width: 37.5rem)");

  const folded = (text) =>
    text
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .toLowerCase()
      .replace(/œ/g, "oe")
      .replace(/[^a-z0-9]+/g, " ")
      .trim()
      .replace(/\bst\b/g, "saint")
      .replace(/\bste\b/g, "sainte");

  const fill = (text, slots) => text.replace(/\{(\w+)\}/g, (_, name) => slots[name]);

  function known(name, more, item) {
    const plain = folded(name);
    const kind = KINDS[plain.split(" ")[0]] ?? "";
    const words = `${plain} ${kind} ${more}`.split(" ");
    return { name, plain, words, people: 0, ...item };
  }

  const homonyms = new Set();
  {
    const seen = new Set();
    for (const [name] of facts.communes) (seen.has(name) ? homonyms : seen).add(name);
  }
  const items = [
    ...facts.epci.map(([siren, name]) =>
      known(name, "", { siren, about: said.intercommunalite, order: 0 })),
    ...facts.communes.map(([name, dep, codes, rank, people]) => {
      const [siren, epci] = facts.epci[rank] ?? ["", ""];
      const shown = homonyms.has(name) ? `${name} (${dep})` : name;
      const about = siren ? fill(said.commune, { epci }) : said.dehors;
      return known(name, codes, {
        shown, siren, people, about, order: siren ? 1 : 2, isCommune: true,
      });
    }),
    ...facts.autour.map((name) =>
      known(name, "", { siren: "", about: said.dehors, order: 3 })),
  ];

  // How well an item answers: its beginning, each word of its own, a part of it.
  function rankOf(item, asked, words) {
    if (item.plain.startsWith(asked)) return 0;
    if (words.every((word) => item.words.some((one) => one.startsWith(word)))) return 1;
    return asked.length > 2 && item.plain.includes(asked) ? 2 : -1;
  }

  // What begins so in the territory, then around it, then the rest.
  const placeOf = ({ item, rank }) => (rank === 2 ? 2 : item.siren ? 0 : 1);

  function found(text) {
    const asked = folded(text);
    if (!asked) return [];
    const every = asked.split(" ");
    const loud = every.filter((word) => !QUIET.has(word));
    const words = loud.length ? loud : every;
    return items
      .map((item) => ({ item, rank: rankOf(item, asked, words) }))
      .filter(({ rank }) => rank >= 0)
      .sort((a, b) =>
        placeOf(a) - placeOf(b) || a.rank - b.rank || a.item.order - b.item.order ||
        b.item.people - a.item.people || a.item.plain.localeCompare(b.item.plain, "fr"))
      .slice(0, /^\d{5}$/.test(asked) ? MOST_SERVED : MOST)
      .map(({ item }) => item);
  }

  let shown = [];
  let active = -1;

  function mark(rank) {
    active = rank;
    [...list.children].forEach((one, at) => one.setAttribute("aria-selected", at === rank));
    if (rank < 0) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", `elu-${rank}`);
      list.children[rank].scrollIntoView({ block: "nearest" });
    }
  }

  function fold() {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  function suggest() {
    shown = found(field.value);
    list.replaceChildren(...shown.map((item, rank) => {
      const line = document.createElement("li");
      line.id = `elu-${rank}`;
      line.setAttribute("role", "option");
      const about = document.createElement("small");
      about.textContent = item.about;
      line.append(item.shown ?? item.name, " ", about);
      line.addEventListener("pointerdown", (event) => event.preventDefault());
      line.addEventListener("click", () => choose(item));
      return line;
    }));
    mark(-1);
    list.hidden = shown.length === 0;
    field.setAttribute("aria-expanded", String(shown.length > 0));
    const n = shown.length;
    if (n) voice.textContent = n === 1 ? said.une : fill(said.trouve, { n });
    else voice.textContent = field.value.trim() ? said.inconnu : "";
    voice.classList.toggle("discret", n > 0);
  }

  function shut() {
    answers.querySelectorAll(".reponse[open]").forEach((one) => { one.open = false; });
    document.body.classList.remove("repondu");
  }

  function choose(item) {
    field.value = item.shown ?? item.name;
    fold();
    if (!item.siren) {
      shut();
      voice.classList.remove("discret");
      voice.textContent = fill(said.absent, { nom: item.shown ?? item.name });
      return;
    }
    const told = item.isCommune
      ? fill(said.conseil, { commune: item.name }) : "";
    const hash = `#epci-${item.siren}`;
    show(item.siren, told);
    // The next Tab goes on in the answer; a phone takes its keyboard away.
    at(`epci-${item.siren}`).querySelector("summary").focus({ preventScroll: true });
    if (location.hash !== hash) history.pushState(null, "", hash);
  }

  function show(siren, told) {
    const answer = at(`epci-${siren}`);
    if (!answer) return;
    answers.querySelectorAll(".reponse[open]").forEach((one) => { one.open = one === answer; });
    answer.open = true;
    unfold(false);
    document.body.classList.add("repondu");
    const line = answer.querySelector(".commune");
    line.textContent = told;
    line.hidden = !told;
    voice.classList.add("discret");
    const epci = facts.epci.find(([one]) => one === siren)[1];
    voice.textContent = fill(said.reponse, { epci });
    // After the browser has gone to the fragment by itself.
    setTimeout(() => (narrow.matches ? answer : at("elu")).scrollIntoView());
  }

  function unfold(isWhole) {
    answers.classList.toggle("toutes", isWhole);
    all.setAttribute("aria-expanded", String(isWhole));
  }

  field.addEventListener("input", suggest);
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", fold);
  field.addEventListener("keydown", (event) => {
    const last = shown.length - 1;
    if (event.key === "Escape") {
      if (list.hidden) field.value = "";
      fold();
    } else if (event.key === "Enter") {
      if (list.hidden) suggest();
      if (shown.length) choose(shown[Math.max(active, 0)]);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) suggest();
      const down = event.key === "ArrowDown";
      if (shown.length && !list.hidden) {
        mark(down ? (active < last ? active + 1 : 0) : (active > 0 ? active - 1 : last));
      }
    } else return;
    event.preventDefault();
  });
  all.addEventListener("click", () => unfold(!answers.classList.contains("toutes")));
  answers.addEventListener("toggle", (event) => {
    if (!event.target.classList.contains("reponse")) return;
    const isOpen = answers.querySelector(".reponse[open]") !== null;
    document.body.classList.toggle("repondu", isOpen);
  }, true);

  // On paper, what each carrier asks is read without a click.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...answers.querySelectorAll(".reponse[open] .demande:not([open])")];
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));
  answers.querySelectorAll(".imprimer").forEach((one) => {
    one.hidden = false;
    one.addEventListener("click", () => print());
  });

  function follow() {
    const named = /^#epci-(\d{9})$/.exec(location.hash);
    if (named) show(named[1], "");
  }
  addEventListener("hashchange", follow);
  document.documentElement.classList.add("avec-script");
  document.querySelectorAll(".recherche").forEach((one) => { one.hidden = false; });
  document.querySelector(".sans-script").hidden = true;
  if (document.readyState === "complete") follow();
  else addEventListener("load", follow);
})();
