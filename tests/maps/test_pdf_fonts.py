"""The letters inside a PDF: cut from a lighter font, they are the same bytes."""

import random
from typing import Any

import pytest
from matplotlib import font_manager
from matplotlib.backends import _backend_pdf_ps
from matplotlib.font_manager import FontPath, FontProperties

from eitgeo.maps import _pdf_fonts
from eitgeo.maps._canvas import FONT, Page, drawing_style, render_pages, write
from eitgeo.maps._pdf_fonts import light_fonts

WHOLE = _backend_pdf_ps.get_glyphs_subset
FRENCH = "À l’œil, l’effluent du « Çà » : 45 ½ h, 3 000 m² – où ? Déchets ○ ◐ ● −5 €"
FOREIGN = {"grec": "Ωμέγα", "cyrillique": "Волга", "pièce": "♞", "absente": "漢"}


def cut(file: str, glyphs: set[Any]) -> tuple[bytes, dict[Any, Any]]:
    """Cut letters out of a font; say where those that were asked have gone."""
    with _backend_pdf_ps.get_glyphs_subset(FontPath(file, 0), glyphs) as found:
        content = _backend_pdf_ps.font_as_file(found.font).getvalue()
        return content, {one: found.glyph_index_map[one] for one in glyphs}


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_any_letters_are_cut_to_the_same_bytes(weight: str) -> None:
    file = font_manager.findfont(FontProperties(family=FONT, weight=weight))
    every = sorted(set(font_manager.get_font(file).get_charmap().values()))
    draw = random.Random(20261127)  # noqa: S311 - letters, no secret
    n_light = 0
    for count in (1, 5, 60):
        for among in (every[:200], every):
            glyphs = set(draw.sample(among, count))
            whole = cut(file, glyphs)
            with light_fonts():
                assert cut(file, glyphs) == whole
                n_light += _backend_pdf_ps.get_glyphs_subset is not WHOLE
    assert n_light == 6


def pdf(*texts: str) -> bytes:
    page = Page()
    for rank, text in enumerate(texts):
        write(page, 20, 180 - 9 * rank, text, size=9, bold=bool(rank % 2))
    return render_pages([page], about={"Title": "Lettres"})


@pytest.mark.parametrize("foreign", ["", *FOREIGN.values()], ids=["français", *FOREIGN])
@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
def test_a_page_is_the_same_bytes_as_matplotlib_s(
    foreign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = (FRENCH, FRENCH, f"{FRENCH} {foreign}", f"affiné {foreign}")
    with drawing_style(), monkeypatch.context() as patched:
        assert _backend_pdf_ps.get_glyphs_subset is not WHOLE
        light = pdf(*texts)
        patched.setattr(_backend_pdf_ps, "get_glyphs_subset", WHOLE)
        assert pdf(*texts) == light


def test_matplotlib_is_given_back_as_it_was() -> None:
    with pytest.raises(ZeroDivisionError), light_fonts(), light_fonts():
        raise ZeroDivisionError
    assert _backend_pdf_ps.get_glyphs_subset is WHOLE


def test_a_french_page_never_reads_the_whole_font(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = []
    whole = _pdf_fonts.whole_font

    def spied(fontfile: Any, glyphs: Any) -> Any:
        read.append(fontfile)
        return whole(fontfile, glyphs)

    monkeypatch.setattr(_pdf_fonts, "whole_font", spied)
    _pdf_fonts.cut_letters.cache_clear()
    with drawing_style():
        first = pdf(FRENCH, FRENCH)
        assert {type(one) for one in read} == {_pdf_fonts.FontFile}
        n_cuts = len(read)
        assert pdf(FRENCH, FRENCH) == first
    assert len(read) == n_cuts
