"""The typeface of pages: small, under its own name, with the letters of French."""

import base64
import io
import string

import pytest
from fontTools.ttLib import TTFont

from eitgeo.maps.pages.page_parts import FAMILY, content_policy, cut_font, font_face
from tests.scripts.load import load_script

FRENCH = "àâäçéèêëîïôöùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛÜŸŒÆ«»’–…°²\N{EURO SIGN}\u00a0\u202f"
GASCON = "ñòóáíúÑ"


@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_a_cut_writes_french_and_keeps_its_licence(style: str) -> None:
    font = TTFont(io.BytesIO(cut_font(style)))
    known = font.getBestCmap()
    wanted = string.ascii_letters + string.digits + string.punctuation + FRENCH + GASCON
    assert [sign for sign in wanted if ord(sign) not in known] == []
    names = {one.nameID: str(one) for one in font["name"].names}
    # The name of the whole is reserved: the cut bears none of it but its credit.
    told = {key: text for key, text in names.items() if key in {1, 3, 4, 6, 16}}
    assert told
    assert not [text for text in told.values() if "Plex" in text]
    assert names[1] == FAMILY
    narrow, wide = (font["hmtx"][known[ord(one)]][0] for one in "\u202f\u00a0")
    assert 0.8 * wide < narrow < wide
    assert "IBM" in names[0]
    assert "Open Font License" in names[13]
    assert len(cut_font(style)) < 40_000


@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_the_face_of_pages_is_cut_from_that_of_prints(style: str) -> None:
    made = load_script("cut_fonts").cut(style)
    assert _tables(cut_font(style)) == _tables(made)


def _tables(font: bytes) -> dict[str, bytes]:
    """Return each table as it is before it is packed."""
    reader = TTFont(io.BytesIO(font)).reader
    return {name: reader[name] for name in reader.tables}


def test_a_page_bears_both_faces_and_a_policy_that_lets_them_in() -> None:
    once = font_face()
    for style in ("Regular", "Bold"):
        assert base64.b64encode(cut_font(style)).decode() in once
    assert once.count("@font-face") == 2
    assert "font-src data:" in content_policy("", once, post_url="")
    assert "font-src" not in content_policy("", "p {}", post_url="")
