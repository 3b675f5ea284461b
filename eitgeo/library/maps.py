"""Maps of one's own layers that pan without a network."""

from __future__ import annotations

import re
from typing import Any

import folium

from eitgeo.errors import StudyError
from eitgeo.maps.pages.leaflet import leaflet_script, leaflet_style

_FETCHED = re.compile(r"""(?:(?:src|href)=|tileLayer\(\s*)["'](https?:[^"']+)""")


def offline_map(fmap: folium.Map) -> folium.Map:
    """Let a map of folium, as ``GeoDataFrame.explore`` makes it, do without a network.

    Parameters
    ----------
    fmap
        Without tiles and legend: ``layer.explore("minutes", tiles=None,
        legend=False)``; both are fetched when the map is opened.

    Returns
    -------
    folium.Map
        The same, Leaflet of the package written in it: it pans in a notebook and, by
        its ``save``, in a page.

    Raises
    ------
    StudyError
        When the map would still fetch something: what is named.

    Examples
    --------
    >>> import eitgeo as eg
    >>> roads = eg.read_roads("notebooks/exemple_routes.osm")
    >>> shown = roads.edges.explore("class", tiles=None, legend=False)
    >>> "https:" in eg.offline_map(shown).get_root().render()
    False
    """
    fmap.default_js, fmap.default_css = [], []
    page: Any = fmap.get_root()
    assets = f"<script>{leaflet_script()}</script><style>{leaflet_style()}</style>"
    page.header.add_child(
        folium.Element(f"{{% raw %}}{assets}{{% endraw %}}"), name="leaflet"
    )
    if fetched := sorted(set(_FETCHED.findall(page.render()))):
        message = (
            f"fmap: {', '.join(fetched)} would be fetched: "
            "explore(…, tiles=None, legend=False)"
        )
        raise StudyError(message)
    return fmap
