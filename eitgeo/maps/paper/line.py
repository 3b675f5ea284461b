"""A line of text that comes again on many pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.text import Text

if TYPE_CHECKING:
    from collections.abc import Hashable

_LAYOUTS: dict[Hashable, Any] = {}
_MOST_LAYOUTS = 8192


class Line(Text):
    """A line that is laid out once for all pages that bear it."""

    def _get_layout(self, renderer: Any) -> Any:
        figure: Any = self.get_figure(root=True)
        usual: Any = super()
        # Apart from its place and ink, all that lines of a page differ by.
        key = (
            type(renderer),
            renderer.flipy(),  # Tells a PDF from an SVG
            figure.dpi,
            self.get_text(),
            self.get_fontproperties().copy(),
            self.get_horizontalalignment(),
            self.get_verticalalignment(),
            self.get_rotation(),
        )
        if key not in _LAYOUTS:
            if len(_LAYOUTS) >= _MOST_LAYOUTS:
                _LAYOUTS.clear()
            _LAYOUTS[key] = usual._get_layout(renderer)  # noqa: SLF001
        return _LAYOUTS[key]
