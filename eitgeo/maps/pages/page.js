
(function () {
  var carte = __CARTE__, couches = __COUCHES__, cadre = __CADRE__, touchee = false;

  carte.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: 'Agrandir', zoomOutTitle: 'Réduire' }).addTo(carte);
  L.control.scale({ imperial: false }).addTo(carte);
  document.getElementById('couches').appendChild(couches.getContainer());

  // Le territoire entier reste en vue tant que le lecteur n'a pas touché la carte.
  ['mousedown', 'wheel', 'touchstart', 'keydown'].forEach(function (geste) {
    carte.getContainer().addEventListener(geste, function () { touchee = true; },
      { passive: true });
  });
  carte.on('resize', function () {
    if (!touchee) { carte.fitBounds(cadre, { animate: false }); }
  });

  // Un nom qui en recouvrirait un autre se tait : repères, puis villes, puis EPCI.
  function texte(nom) {
    var zone = document.createRange();
    zone.selectNodeContents(nom);
    return zone.getBoundingClientRect();
  }
  function seTouchent(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom
      && b.top < a.bottom;
  }
  function desencombrer() {
    var gardes = [], noms = [];
    ['.repere', '.nom:not(.epci)', '.nom.epci'].forEach(function (genre) {
      noms = noms.concat(Array.from(document.querySelectorAll(genre)));
    });
    noms.forEach(function (nom) {
      var place = texte(nom);
      var libre = !gardes.some(function (autre) { return seTouchent(place, autre); });
      nom.style.visibility = libre ? 'visible' : 'hidden';
      if (libre) { gardes.push(place); }
    });
  }
  carte.on('zoomend moveend overlayadd overlayremove resize', desencombrer);
  window.addEventListener('load', desencombrer);
})();
