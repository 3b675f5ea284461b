(function () {
'use strict';
const D = JSON.parse(document.getElementById('donnees').textContent);
const $ = (id) => document.getElementById(id);
const form = $('fiche');
const RESSOURCE = new Set(['ressource', 'devenir']);
const NARROW = '\u202f', NBSP = '\u00a0';
const titre = document.title;
let dernier = 0, depliees = false;

/* ---- valeurs ---- */
const sortes = Object.fromEntries(Object.entries(D.sortes).map(([nom, s]) => [nom, {
  ...s, motif: new RegExp('^(?:' + s.motif + ')$'),
}]));
/* Une réponse comme elle est gardée : sans les signes que l’on met dans les nombres. */
function net(type, texte) {
  const s = sortes[type];
  if (!s) { return texte; }
  const nu = Array.from(texte).filter((c) => !(s.ote + (s.ote && NBSP + NARROW)).includes(c)).join('');
  const lu = s.motif.exec(type === 'naf' ? nu.toUpperCase() : nu);
  if (type === 'number') { return nu.replace(',', '.'); }
  if (!lu) { return nu; }
  return lu.length > 1 ? lu.slice(1).join(s.joint) : lu[0];
}
function propre(texte) {
  return texte.replace(/[\u0000-\u001f\u007f]/g, ' ').trim();
}
function marque(champ, n) { return RESSOURCE.has(champ.bloc) ? champ.id + '-' + n : champ.id; }

function lire(champ, n) {
  const id = marque(champ, n);
  if (champ.type === 'boolean') { return $(id).checked; }
  const cases = form.querySelectorAll('input[name="' + id + '"]:checked');
  if (champ.type === 'multi') { return Array.from(cases, (c) => c.value); }
  if (champ.id === 'sens') { return cases.length ? cases[0].value : ''; }
  const texte = propre($(id).value);
  return net(champ.type, texte);
}
function siretJuste(t) {
  if (!/^\d{14}$/.test(t)) { return false; }
  let luhn = 0, somme = 0;
  for (let i = 0; i < 14; i += 1) {
    const d = Number(t[13 - i]);
    somme += d;
    luhn += i % 2 ? (d > 4 ? 2 * d - 9 : 2 * d) : d;
  }
  return luhn % 10 === 0 || (t.startsWith('356000000') && somme % 5 === 0);
}
function jourExiste(t) {
  const j = new Date(t + 'T00:00:00Z');
  return !Number.isNaN(j.getTime()) && j.toISOString().slice(0, 10) === t;
}
function fauteDeForme(champ, v) {
  if (v === '' || typeof v !== 'string') { return ''; }
  const s = sortes[champ.type];
  if (champ.type === 'number') {
    const x = Number(v);
    if (!/^\d/.test(v) || !s.motif.test(v) || !Number.isFinite(x)) { return s.forme; }
    return champ.id === 'quantite' && x <= 0 ? 'un nombre supérieur à zéro' : '';
  }
  if (v.length > champ.max) { return 'au plus ' + champ.max + ' caractères'; }
  if (!s) { return ''; }
  const nu = Array.from(v).filter((c) => !s.ote.includes(c)).join('');
  const juste = champ.type === 'date' ? jourExiste(v)
    : s.motif.test(nu) && (champ.type !== 'siret' || siretJuste(v));
  return juste ? '' : s.forme;
}
function vide(v) { return v === '' || v === false || (Array.isArray(v) && v.length === 0); }
function exige(champ, fiche) {
  if (champ.oblige === 'oui') { return true; }
  const lu = /^si:([a-z_]+)(?:=(.+))?$/.exec(champ.oblige);
  if (!lu || champ.bloc === 'contact') { return false; }
  return lu[2] ? fiche[lu[1]] === lu[2] : !vide(fiche[lu[1]]);
}

/* ---- portes, ressources ---- */
function porte(nom) { return $('porte-' + nom).checked; }
function utile(champ) {
  if (champ.bloc === 'contact') { return $('consent_recontact').checked; }
  return champ.porte === 'toutes' || porte(champ.porte);
}
function numeros() {
  return Array.from(document.querySelectorAll('.ressource'), (f) => f.dataset.numero);
}
function renommer() {
  const fiches = document.querySelectorAll('.ressource');
  fiches.forEach((f, i) => { f.querySelector('.rang').textContent = i + 1; });
  $('ajouter').hidden = fiches.length >= D.ressources_max;
}
function ajouter() {
  dernier += 1;
  const copie = $('modele').content.cloneNode(true);
  copie.querySelectorAll('*').forEach((e) => {
    Array.from(e.attributes).forEach((a) => {
      if (a.value.includes('NUMERO')) { a.value = a.value.replace(/NUMERO/g, String(dernier)); }
    });
  });
  $('ressources').appendChild(copie);
  renommer();
  suivre(String(dernier));
  return String(dernier);
}
function retirer(fiche) {
  fiche.remove();
  renommer();
  dire('Ressource retirée.');
  $('ajouter').focus();
}
function suivre(n) {
  const coche = form.querySelector('input[name="sens-' + n + '"]:checked');
  const suite = $('ressource-' + n).querySelector('.suite');
  suite.hidden = Boolean(coche) && coche.value === 'recherchee';
}
function montrer() {
  $('bloc-rejoindre').hidden = !porte('rejoindre');
  $('bloc-ressources').hidden = !porte('ressources');
  $('bloc-contact').hidden = !$('consent_recontact').checked;
  if (porte('ressources') && !depliees) {
    depliees = true;
    document.querySelectorAll('details.plus').forEach((d) => { d.open = true; });
  }
  if (porte('ressources') && numeros().length === 0) { ajouter(); }
}
function dire(texte) { $('annonce').textContent = texte; }

/* ---- conversion ---- */
function nombreMois(debut, fin) {
  if (!debut || !fin) { return 12; }
  return ((Number(fin) - Number(debut) + 12) % 12) + 1;
}
function masse(q, unite, nature, periode, mois) {
  const u = D.unites[unite], n = D.natures[nature], p = D.periodes[periode];
  if (!u || !n || !p || !(q > 0)) { return null; }
  const volume = u.kind === 'volume' || u.kind === 'container';
  if (n.measure !== 'masse' || u.kind === 'energy' || u.kind === 'count') { return null; }
  if (volume && n.t_per_m3_mid === undefined) { return null; }
  const trois = (o, nom, f) => ['low', 'mid', 'high'].map((b) => o[nom + '_' + b] * f);
  const facteurs = volume
    ? [trois(u, 'fill', u.m3), trois(n, 't_per_m3', 1)]
    : [trois(u, 'kg', 1 / 1000)];
  facteurs.push(trois(p, 'per_year', 1));
  const court = ['jour', 'semaine', 'mois', 'trimestre'].includes(periode) && mois < 12;
  const milieu = facteurs.reduce((s, f) => s * f[1], q * (court ? mois / 12 : 1));
  const bas = Math.hypot(...facteurs.map((f) => Math.log(f[1] / f[0])));
  const haut = Math.hypot(...facteurs.map((f) => Math.log(f[2] / f[1])));
  const virgule = (x) => String(x).replace('.', ',');
  const dits = volume
    ? [virgule(n.t_per_m3_mid) + NBSP + 't/m³ (' + virgule(n.t_per_m3_low) + ' à ' + virgule(n.t_per_m3_high) + ')', u.note]
    : [u.note];
  dits.push(p.note);
  if (court) { dits.push(mois + ' mois sur 12'); }
  return {
    bas: milieu * Math.exp(-bas), milieu, haut: milieu * Math.exp(haut),
    exact: bas === 0 && haut === 0 && !court, unique: p.one_off, hypothese: dits.filter(Boolean).join(NARROW + '; '),
  };
}
/* Douze chiffres sûrs : la règle de eitgeo.words.settled. */
function sur(x) { return Number.isInteger(x) ? x : Number(x.toExponential(11)); }
function unChiffre(x) {
  const [m, e] = sur(x).toExponential().split('e');
  return Number((Number(m[0]) + (m[2] >= '5' ? 1 : 0)) + 'e' + e);
}
function nombre(x) {
  return sur(x).toLocaleString('fr-FR', { maximumFractionDigits: 6 });
}
function phrase(m) {
  const unite = NBSP + (m.unique ? 't' : 't/an');
  if (m.exact) { return 'soit ' + nombre(m.milieu) + unite; }
  const [b, c, h] = [m.bas, m.milieu, m.haut].map((x) => nombre(unChiffre(x)));
  const [debut, bornes] = ['soit ≈' + NBSP, b + ' à ' + h];
  if (b === h) { return debut + c + unite; }
  return debut + (c === b || c === h ? bornes + unite : c + unite + ' (' + bornes + ')');
}
function masseDe(n) {
  const v = (id) => lire(D.champs.find((c) => c.id === id), n);
  return masse(Number(v('quantite')), v('unite'), v('nature'), v('periode'),
    nombreMois(v('mois_debut'), v('mois_fin')));
}
function convertir(n) {
  const lieu = $('conversion-' + n), m = masseDe(n);
  const texte = m ? phrase(m) : '';
  if (lieu.dataset.texte === texte) { return; }
  lieu.dataset.texte = texte;
  lieu.textContent = texte;
  if (m && !m.exact) {
    const detail = document.createElement('small');
    detail.textContent = 'Estimation : ' + m.hypothese + '. Une pesée la remplacera.';
    lieu.appendChild(detail);
  }
}

/* ---- contrôle ---- */
function signaler(id, texte) {
  const lieu = $('erreur-' + id), champ = $(id);
  if (!lieu) { return; }
  lieu.textContent = texte;
  lieu.hidden = !texte;
  if (champ) {
    if (texte) { champ.setAttribute('aria-invalid', 'true'); } else { champ.removeAttribute('aria-invalid'); }
  }
}
function controler(champ, n, fiche) {
  const v = fiche[champ.id];
  if (vide(v)) {
    if (!exige(champ, fiche)) { return ''; }
    return champ.type === 'boolean' ? 'sans cet accord, la fiche ne peut pas être enregistrée' : 'à remplir';
  }
  return fauteDeForme(champ, v);
}
function releve() {
  const fautes = [];
  const noter = (id, champ, texte, ou) => {
    signaler(id, texte);
    if (texte) { fautes.push({ id, texte: ou + champ + ' : ' + texte }); }
  };
  const choix = porte('rejoindre') || porte('ressources');
  noter('portes', 'Que souhaitez-vous faire', choix ? '' : 'cochez au moins une réponse', '');
  const general = D.champs.filter((c) => !RESSOURCE.has(c.bloc));
  const reponses = {};
  general.filter(utile).forEach((c) => { reponses[c.id] = lire(c); });
  general.forEach((c) => {
    noter(c.id, c.libelle, utile(c) ? controler(c, '', reponses) : '', '');
  });
  if (reponses.consent_recontact && vide(reponses.contact_courriel) && vide(reponses.contact_telephone)) {
    noter('contact_courriel', 'Courriel', 'donnez un courriel ou un téléphone', '');
  }
  const particuliers = D.champs.filter((c) => RESSOURCE.has(c.bloc));
  const ressources = !porte('ressources') ? [] : numeros().map((n, i) => {
    const fiche = {};
    particuliers.forEach((c) => { fiche[c.id] = lire(c, n); });
    if (fiche.sens === 'recherchee') {
      particuliers.filter((c) => c.bloc === 'devenir').forEach((c) => { fiche[c.id] = ''; });
    }
    particuliers.forEach((c) => {
      noter(marque(c, n), c.libelle, controler(c, n, fiche), 'Ressource ' + (i + 1) + ', ');
    });
    return fiche;
  });
  return { fautes, reponses, ressources };
}
function tableau(fautes) {
  const lieu = $('bilan');
  lieu.replaceChildren();
  lieu.hidden = fautes.length === 0;
  document.title = (fautes.length ? 'Erreur – ' : '') + titre;
  if (!fautes.length) { return; }
  const tete = document.createElement('h2');
  tete.textContent = fautes.length > 1 ? fautes.length + ' réponses à corriger' : 'Une réponse à corriger';
  const liste = document.createElement('ul');
  fautes.forEach((f) => {
    const ligne = document.createElement('li'), lien = document.createElement('a');
    lien.href = '#' + f.id;
    lien.textContent = f.texte;
    lien.addEventListener('click', (e) => { e.preventDefault(); viser(f.id); });
    ligne.appendChild(lien);
    liste.appendChild(ligne);
  });
  lieu.append(tete, liste);
  lieu.focus();
}
function viser(id) {
  const lieu = $(id);
  if (lieu && lieu.closest('details')) { lieu.closest('details').open = true; }
  if (lieu) { lieu.focus(); lieu.scrollIntoView({ block: 'center' }); }
}

/* ---- fichiers ---- */
function aujourdhui() {
  const j = new Date(), deux = (x) => String(x).padStart(2, '0');
  return j.getFullYear() + '-' + deux(j.getMonth() + 1) + '-' + deux(j.getDate());
}
function pleines(fiche) {
  const garde = {};
  D.champs.forEach((c) => {
    const v = fiche[c.id];
    if (v === undefined || (c.type !== 'boolean' && vide(v))) { return; }
    garde[c.id] = c.type === 'number' ? Number(v) : v;
  });
  return garde;
}
function dossier() {
  const lu = releve();
  tableau(lu.fautes);
  if (lu.fautes.length) { $('fait').textContent = ''; return null; }
  return {
    format: D.format, etude: D.etude, date: aujourdhui(),
    reponses: pleines(lu.reponses), ressources: lu.ressources.map(pleines),
  };
}
function cellule(v) {
  let t = '';
  if (typeof v === 'boolean') { t = v ? 'oui' : 'non'; }
  else if (typeof v === 'number') { t = String(v).replace('.', ','); }
  else if (Array.isArray(v)) { t = v.join(D.separateur); }
  else if (v !== undefined) { t = /^[=+\-@\t\r]/.test(v) ? "'" + v : v; }
  return '"' + t.replace(/"/g, '""') + '"';
}
function enCsv(d) {
  const noms = D.champs.map((c) => c.id);
  const lignes = (d.ressources.length ? d.ressources : [{}]).map((r) => {
    const tout = Object.assign({}, d.reponses, r);
    return [d.format, d.etude, d.date].concat(noms.map((n) => tout[n]));
  });
  const tete = ['format', 'etude', 'date'].concat(noms);
  return '\ufeff' + [tete].concat(lignes).map((l) => l.map(cellule).join(';')).join('\r\n') + '\r\n';
}
function telecharger(texte, type, nom) {
  const adresse = URL.createObjectURL(new Blob([texte], { type }));
  const lien = document.createElement('a');
  lien.href = adresse;
  lien.download = nom;
  lien.click();
  setTimeout(() => URL.revokeObjectURL(adresse), 60000);
}
function enregistrer(texte, type, suffixe, d) {
  const nom = 'inscription_' + d.reponses.siret + '_' + d.date + suffixe;
  telecharger(texte, type, nom);
  const n = d.ressources.length;
  $('fait').textContent = 'Fichier « ' + nom + ' » enregistré dans vos téléchargements ('
    + (n ? n + (n > 1 ? ' ressources' : ' ressource') : 'sans ressource') + '). Il reste à l’envoyer.';
  donnerRecu(d, destin(nom));
}

/* ---- reçu : ce qui est parti ou reste à envoyer, et quand quelqu’un appelle ---- */
let dernierRecu = null;
function jour(iso) { return iso.split('-').reverse().join('/'); }
function destin(nom) {
  const garde = 'Pas encore envoyée : elle est dans le fichier « ' + nom + ' ».';
  if (D.courriel) { return garde + ' À envoyer, en pièce jointe, à ' + D.courriel + '.'; }
  if (D.envoi) { return garde + ' À envoyer par le bouton « Envoyer la fiche par internet ».'; }
  return garde + (D.interlocuteur
    ? ' À remettre à votre interlocuteur' + NBSP + ': ' + D.interlocuteur + '.'
    : ' Cette page ne dit pas à qui l’envoyer.');
}
function rappel(reponses) {
  if (!reponses.consent_recontact) {
    return 'Personne ne vous appellera' + NBSP + ': vous n’avez pas demandé à être recontacté.';
  }
  if (!D.jours) { return 'Aucun délai n’est promis' + NBSP + ': l’étude n’en a pas fixé.'; }
  return 'Au plus tard ' + D.jours + NBSP + (D.jours > 1 ? 'jours ouvrés' : 'jour ouvré')
    + ' après réception de votre fiche.';
}
function accords(reponses) {
  const oui = D.champs.filter((c) => c.bloc === 'consentement' && reponses[c.id]);
  return oui.map((c) => c.libelle).join(NARROW + '; ') + '. Chacun se retire à tout moment.';
}
function donnerRecu(d, envoi) {
  const n = d.ressources.length, r = d.reponses;
  dernierRecu = { date: d.date, siret: r.siret, lignes: [
    ['Étude', D.etude_nom],
    ['Établissement', r.raison_sociale + ' (SIRET ' + r.siret + ')'],
    ['Date', jour(d.date)],
    ['Ressources déclarées', n ? String(n) : 'aucune'],
    ['Vos accords', accords(r)],
    ['Envoi', envoi],
    ['Quand vous appelle-t-on' + NARROW + '?', rappel(r)],
  ] };
  $('recu-lignes').replaceChildren(...dernierRecu.lignes.flatMap(([nom, texte]) => {
    const dt = document.createElement('dt'), dd = document.createElement('dd');
    dt.textContent = nom;
    dd.textContent = texte;
    return [dt, dd];
  }));
  $('recu').hidden = false;
  $('recu-ressources').hidden = porte('ressources');
}
$('recu-enregistrer').addEventListener('click', () => {
  const texte = ['Reçu'].concat(dernierRecu.lignes.map(([nom, dit]) => nom + NBSP + ': ' + dit)).join('\r\n') + '\r\n';
  telecharger('\ufeff' + texte, 'text/plain;charset=utf-8', 'recu_' + dernierRecu.siret + '_' + dernierRecu.date + '.txt');
});
$('recu-imprimer').addEventListener('click', () => {
  document.body.classList.add('recu-seul');
  window.print();
  document.body.classList.remove('recu-seul');
});
$('recu-ressources').addEventListener('click', () => {
  $('porte-ressources').checked = true;
  montrer();
  viser('ressource-' + numeros()[0]);
});
form.addEventListener('submit', (e) => {
  e.preventDefault();
  const d = dossier();
  if (d) { enregistrer(JSON.stringify(d, null, 1) + '\n', 'application/json', '.json', d); }
});
$('enregistrer-csv').addEventListener('click', () => {
  const d = dossier();
  if (d) { enregistrer(enCsv(d), 'text/csv;charset=utf-8', '.csv', d); }
});
if (D.envoi && $('envoyer')) {
  $('envoyer').addEventListener('click', () => {
    const d = dossier();
    if (!d) { return; }
    const echec = 'L’envoi a échoué : enregistrez le fichier, puis envoyez-le.';
    fetch(D.envoi, {
      method: 'POST', body: JSON.stringify(d), headers: { 'Content-Type': 'application/json' },
      credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store',
    }).then((r) => {
      $('fait').textContent = r.ok ? 'Fiche envoyée. Merci.' : echec;
      if (r.ok) { donnerRecu(d, 'Envoyée à ' + new URL(D.envoi).host + ' le ' + jour(d.date) + '.'); }
    },
      () => { $('fait').textContent = echec; });
  });
}

/* ---- brouillon : seulement si la case est cochée ---- */
const CLE = D.format + '/' + D.etude;
const TUS = new Set(['contact', 'consentement']);
function stockage(action) {
  try { return action(window.localStorage); } catch (e) { dire('Ce navigateur refuse les brouillons.'); return null; }
}
function garderBrouillon() {
  if (!$('garder').checked) { return; }
  const general = {};
  D.champs.filter((c) => !RESSOURCE.has(c.bloc) && !TUS.has(c.bloc)).forEach((c) => { general[c.id] = lire(c); });
  const fiches = numeros().map((n) => {
    const fiche = {};
    D.champs.filter((c) => RESSOURCE.has(c.bloc)).forEach((c) => { fiche[c.id] = lire(c, n); });
    return fiche;
  });
  const portes = ['rejoindre', 'ressources'].filter(porte);
  stockage((s) => s.setItem(CLE, JSON.stringify({ date: aujourdhui(), portes, general, fiches })));
}
function ecrire(champ, n, v) {
  const id = marque(champ, n);
  if (champ.type === 'multi' || champ.id === 'sens') {
    const voulus = [].concat(v);
    form.querySelectorAll('input[name="' + id + '"]').forEach((c) => { c.checked = voulus.includes(c.value); });
  } else if ($(id) && typeof v === 'string') { $(id).value = champ.type === 'number' ? v.replace('.', ',') : v; }
}
function reprendre(b) {
  document.body.classList.remove('vierge');
  b.portes.forEach((p) => { if ($('porte-' + p)) { $('porte-' + p).checked = true; } });
  document.querySelectorAll('.ressource').forEach((f) => f.remove());
  D.champs.forEach((c) => { if (b.general[c.id] !== undefined) { ecrire(c, '', b.general[c.id]); } });
  b.fiches.slice(0, D.ressources_max).forEach((fiche) => {
    const n = ajouter();
    D.champs.filter((c) => RESSOURCE.has(c.bloc)).forEach((c) => {
      if (fiche[c.id] !== undefined) { ecrire(c, n, fiche[c.id]); }
    });
    suivre(n);
    convertir(n);
  });
  $('garder').checked = true;
  montrer();
}
function proposer() {
  const texte = stockage((s) => s.getItem(CLE));
  if (!texte) { return; }
  let b = null;
  try { b = JSON.parse(texte); } catch (e) { b = null; }
  /* Un autre fichier ouvert du même disque peut avoir écrit à cette place. */
  const lisible = b && b.general && Array.isArray(b.portes) && Array.isArray(b.fiches) && b.fiches.every(Boolean);
  if (!lisible) { stockage((s) => s.removeItem(CLE)); return; }
  $('brouillon-texte').textContent = 'Un brouillon du ' + String(b.date).split('-').reverse().join('/') + ' est gardé sur cet ordinateur.';
  $('brouillon-present').hidden = false;
  $('brouillon-reprendre').addEventListener('click', () => {
    reprendre(b);
    $('brouillon-present').hidden = true;
    viser('portes');
  });
  $('brouillon-oublier').addEventListener('click', () => {
    stockage((s) => s.removeItem(CLE));
    $('brouillon-present').hidden = true;
    dire('Brouillon effacé.');
  });
}
$('garder').addEventListener('change', () => {
  if ($('garder').checked) { garderBrouillon(); dire('Brouillon gardé sur cet ordinateur.'); return; }
  stockage((s) => s.removeItem(CLE));
  dire('Brouillon effacé.');
});

/* ---- papier : vide, la page s’imprime comme une fiche à remplir à la main ---- */
$('imprimer').addEventListener('click', () => {
  const vierge = document.body.classList.contains('vierge');
  document.body.classList.add('vierge');
  window.print();
  document.body.classList.toggle('vierge', vierge);
});

/* ---- événements ---- */
function division(valeur) {
  const aide = $('aide-naf');
  aide.dataset.texte = aide.dataset.texte || aide.textContent;
  const nom = D.divisions[net('naf', valeur).slice(0, 2)];
  aide.textContent = nom && valeur.trim().length > 1 ? 'Division : ' + nom : aide.dataset.texte;
}
form.addEventListener('input', (e) => {
  document.body.classList.remove('vierge');
  const fiche = e.target.closest('.ressource');
  if (fiche) { convertir(fiche.dataset.numero); }
  if (e.target.id === 'naf') { division(e.target.value); }
});
form.addEventListener('change', (e) => {
  const fiche = e.target.closest('.ressource');
  if (fiche) { suivre(fiche.dataset.numero); }
  montrer();
  const lieu = e.target.closest('[data-champ]');
  const champ = lieu && D.champs.find((c) => c.id === lieu.dataset.champ);
  if (champ) {
    const n = fiche ? fiche.dataset.numero : '';
    signaler(marque(champ, n), fauteDeForme(champ, lire(champ, n)));
  }
  if (e.target.name === 'porte') { signaler('portes', ''); }
  garderBrouillon();
});
form.addEventListener('keydown', (e) => {
  if (e.key === 'Enter' && e.target.matches('input:not([type="checkbox"]):not([type="radio"])')) { e.preventDefault(); }
});
$('ajouter').addEventListener('click', () => {
  const n = ajouter();
  dire('Ressource ajoutée.');
  $('sens-' + n + '-disponible').focus();
});
$('ressources').addEventListener('click', (e) => {
  const bouton = e.target.closest('.retirer');
  if (bouton) { retirer(bouton.closest('.ressource')); garderBrouillon(); }
});
const ancre = window.location.hash.slice(1);
if (ancre === 'rejoindre' || ancre === 'ressources') { $('porte-' + ancre).checked = true; }
montrer();
proposer();
}());
