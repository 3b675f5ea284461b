"""Shaded relief over what is filled, under lines and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LightSource

if TYPE_CHECKING:
    from eitgeo.maps.ground import Relief
    from eitgeo.maps.layout import MapFrame

_EXAGGERATION = 2.0
_FLAT = float(np.sin(np.pi / 4))
"""Light of a flat ground under a sun at 45°."""
_SHADE, _LIGHT = 0.42, 0.30


def shade(view: MapFrame, relief: Relief) -> None:
    """Shade the slopes over what is filled, lit from the north-west.

    Parameters
    ----------
    view
        The map.
    relief
        Altitudes.
    """
    xmin, ymin, xmax, ymax = relief.bounds
    rows, columns = relief.z.shape
    known = np.isfinite(relief.z)
    light = LightSource(azdeg=315, altdeg=45).hillshade(
        np.where(known, relief.z, 0.0),
        vert_exag=_EXAGGERATION,
        dx=(xmax - xmin) / columns,
        dy=(ymax - ymin) / rows,
    )
    darker = np.clip(_FLAT - light, 0, 1) / _FLAT
    lighter = np.clip(light - _FLAT, 0, 1) / (1 - _FLAT)
    image = np.zeros((rows, columns, 4))
    image[..., :3] = (lighter > 0)[..., None]
    image[..., 3] = np.where(known, _SHADE * darker + _LIGHT * lighter, 0.0)
    limits = view.axes.get_xlim(), view.axes.get_ylim()
    view.axes.imshow(
        image,
        extent=(xmin, xmax, ymin, ymax),
        origin="upper",
        aspect="auto",
        interpolation="bilinear",
        zorder=3.5,
    )
    view.axes.set(xlim=limits[0], ylim=limits[1])
