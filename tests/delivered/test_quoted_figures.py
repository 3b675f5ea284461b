"""README and docs quote what the run of the delivered study wrote."""

import pandas as pd

from tests.scripts.load import load_script

quote = load_script("quote_delivered")

MOST_GAP = 0.005
"""What a « rapide » run proves of the contour by the exchanges, at least."""


def test_pages_quote_the_figures_of_the_run(delivered) -> None:
    """Where it fails: ``python scripts/quote_delivered.py OUT`` after a run."""
    figures = quote.delivered_figures(delivered)
    stale = {
        (path.name, name): (text, figures[name])
        for path in quote.pages()
        for name, text in quote.MARK.findall(path.read_text(encoding="utf-8"))
        if name != quote.MEASURE and text != figures[name]
    }
    assert stale == {}
    quoted = {
        name
        for path in quote.pages()
        for name, _ in quote.MARK.findall(path.read_text(encoding="utf-8"))
    }
    assert set(figures) <= quoted, "a figure that no page quotes"
    page = (quote.ROOT / "docs" / "etude_livree.md").read_text(encoding="utf-8")
    assert len(quote.MARK.findall(page)) >= 20
    assert quote.filled(page, figures) == page


def test_a_quick_run_proves_the_contour_by_the_exchanges(delivered) -> None:
    assert delivered.study.identity.effort == "rapide"
    found = pd.read_parquet(delivered.processed / "optimum.parquet").iloc[0]
    assert found["proved"]
    assert found["gap"] <= MOST_GAP
    # What a search four times as long finds (120 nodes, gap 0.01 %).
    assert found["value"] <= 649.66 <= found["bound"]
