"""Shaded relief over what is filled, under lines and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, override

import numpy as np
import numpy.typing as npt
from matplotlib.colors import LightSource
from matplotlib.image import AxesImage

from eitgeo.maps.paper.ground import Relief

if TYPE_CHECKING:
    from eitgeo.maps.paper.labels import MapFrame

_EXAGGERATION = 2.0
_FLAT = float(np.sin(np.pi / 4))
"""Light of a flat ground under a sun at 45°."""
_SHADE, _LIGHT = 0.34, 0.22
_SMOOTH_M = 500.0
_SUNS = {225.0: 0.15, 270.0: 0.25, 315.0: 0.4, 360.0: 0.2}
"""Weight of the light from each side [degrees from north]."""
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
    """Light the slopes: white or black, each as far as it is lit or in the shade.

    The ground is smoothed first: what is left of the cells of its source would show as
    stains. Light comes from four sides, most from the north-west, so that no side of a
    valley is black.
    """
    xmin, ymin, xmax, ymax = relief.bounds
    rows, columns = relief.z.shape
    known = np.isfinite(relief.z)
    dx, dy = (xmax - xmin) / columns, (ymax - ymin) / rows
    smooth = np.where(known, relief.z, 0.0)
    for axis, cell_m in enumerate((dy, dx)):
        smooth = _smoothed(smooth, _SMOOTH_M / cell_m, axis=axis)
    light = sum(
        weight
        * LightSource(azdeg=azimuth, altdeg=45).hillshade(
            smooth, vert_exag=_EXAGGERATION, dx=dx, dy=dy
        )
        for azimuth, weight in _SUNS.items()
    )
    darker = np.clip(_FLAT - light, 0, 1) / _FLAT
    lighter = np.clip(light - _FLAT, 0, 1) / (1 - _FLAT)
    image = np.zeros((rows, columns, 4))
    image[..., :3] = (lighter > 0)[..., None]
    image[..., 3] = np.where(known, _SHADE * darker + _LIGHT * lighter, 0.0)
    return image


def _smoothed(
    z: npt.NDArray[np.float64], cells: float, *, axis: int
) -> npt.NDArray[np.float64]:
    """Average along an axis with the weights of a bell, the edge carried on."""
    reach = int(np.ceil(3 * cells))
    steps = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (steps / cells) ** 2)
    last = z.shape[axis] - 1
    rows = np.clip(np.arange(last + 1)[:, None] + steps, 0, last)
    total = np.zeros_like(z)
    for step, weight in enumerate(weights / weights.sum()):
        total += weight * np.take(z, rows[:, step], axis=axis)
    return total
