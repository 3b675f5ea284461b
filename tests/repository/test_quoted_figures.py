"""What a page says of the delivered study is marked, so that a run can check it."""

import re

import pytest

from tests.scripts.load import load_script

quote = load_script("quote_delivered")

ABOUT = re.compile(
    r"étude (livrée|de démonstration)|jeu de démonstration", re.IGNORECASE
)
CODE = re.compile(r"`[^`]*`|\]\([^)]*\)|https?://\S+|<[^>]+>")
SENTENCE_END = re.compile(r"(?<=[.;:|])\s|\n\n|\n- ")


def unmarked(page: str) -> list[str]:
    """List the sentences on the delivered study that hold a figure of no mark."""
    bare = CODE.sub(" ", quote.MARK.sub(" ", page))
    told = [one for one in SENTENCE_END.split(bare) if ABOUT.search(one)]
    return [one for one in told if re.search(r"(?<![A-Za-z])\d", one)]


@pytest.mark.parametrize("path", quote.pages(), ids=lambda path: path.name)
def test_each_figure_of_the_delivered_study_is_marked(path) -> None:
    page = path.read_text(encoding="utf-8")
    assert unmarked(page) == []
    assert (
        page.count("<!--=") == page.count("<!--/-->") == len(quote.MARK.findall(page))
    )


def test_an_unmarked_figure_and_an_unknown_name_are_seen() -> None:
    assert unmarked("En calcul rapide, l’étude livrée prouve 0,12 %.")
    assert unmarked("Rien.\nLa distance (6 km dans l’étude livrée) compte.")
    page = "L’étude livrée prouve <!--=gap-->0,12<!--/--> %."
    assert unmarked(page) == []
    assert quote.filled(page, {"gap": "0,49"}) == page.replace("0,12", "0,49")
    kept = "<!--=mesure-->204 s<!--/-->"
    assert quote.filled(kept, {}) == kept
    with pytest.raises(KeyError, match="gap"):
        quote.filled(page, {})
