"""QR codes of addresses, drawn as squares: they stay sharp on any paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import segno
import shapely

from eitgeo.maps.paper.canvas import fill_box
from eitgeo.maps.paper.palette import INK
from eitgeo.maps.paper.shapes import add_polygons

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.maps.paper.canvas import Page

QUIET: Final = 4
"""White modules around a code, without which readers miss it (ISO/IEC 18004)."""


def qr_modules(address: str) -> npt.NDArray[np.bool_]:
    """Return the modules of a code, dark ones true, without the quiet zone.

    Examples
    --------
    >>> modules = qr_modules("https://a.fr/")
    >>> modules.shape, bool(modules[0, :7].all())
    ((21, 21), True)
    """
    code = segno.make_qr(address, error="m", boost_error=False)
    return np.array([list(row) for row in code.matrix], dtype=bool)


def draw_qr(
    page: Page, address: str, *, corner: tuple[float, float], side: float
) -> None:
    """Draw a code whose quiet zone has its low left corner there [mm]."""
    modules = qr_modules(address)
    count = len(modules)
    step = side / (count + 2 * QUIET)
    left, low = corner
    fill_box(page, (left, low, side, side), facecolor="white", linewidth=0)
    rows, columns = np.nonzero(modules)
    x = left + (columns + QUIET) * step
    y = low + (count - 1 - rows + QUIET) * step
    # One shape: neighbours drawn apart would show hairlines between them.
    squares = shapely.box(x, y, x + step, y + step)
    joined = shapely.union_all(squares, grid_size=step / 1000)
    add_polygons(page.sheet, [joined], facecolor=INK, edgecolor="none", zorder=5)
