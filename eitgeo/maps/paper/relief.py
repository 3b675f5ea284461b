"""Shaded relief over what is filled, under lines and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

import numpy as np
from matplotlib.colors import LightSource
from matplotlib.image import AxesImage

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.maps.paper.ground import Relief
    from eitgeo.maps.paper.layout import MapFrame

_EXAGGERATION = 2.0
_FLAT = float(np.sin(np.pi / 4))
"""Light of a flat ground under a sun at 45°."""
_SHADE, _LIGHT = 0.42, 0.30
_LIT = "lit"
_KEPT = 3
"""The lit slopes, and their dots in the PDF and in the PNG of one frame."""


class _Shade(AxesImage):
    """An image of a relief, resampled once for all maps of one frame."""

    relief: Relief

    @override
    def make_image(
        self, renderer: Any, magnification: float = 1.0, unsampled: bool = False
    ) -> Any:
        """Resample the image, or take that of the map before."""
        place = (
            self.get_transform().get_matrix().tobytes(),
            tuple(self.axes.bbox.extents),
            magnification,
            unsampled,
        )
        kept = self.relief.shades
        if place not in kept:
            while len(kept) >= _KEPT:
                kept.pop(next(key for key in kept if key != _LIT))
            kept[place] = super().make_image(renderer, magnification, unsampled)
        return kept[place]


def shade(view: MapFrame, relief: Relief) -> None:
    """Shade the slopes over what is filled, lit from the north-west."""
    if _LIT not in relief.shades:
        relief.shades[_LIT] = _lit(relief)
    xmin, ymin, xmax, ymax = relief.bounds
    image = _Shade(
        view.axes,
        extent=(xmin, xmax, ymin, ymax),
        origin="upper",
        interpolation="bilinear",
        resample=True,
        zorder=3.5,
    )
    image.relief = relief
    image.set_data(relief.shades[_LIT])
    image.set_clip_path(view.axes.patch)
    view.axes.add_image(image)


def _lit(relief: Relief) -> npt.NDArray[np.float64]:
    """Light the slopes: white or black, each as far as it is lit or in the shade."""
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
    return image
