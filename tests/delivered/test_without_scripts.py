"""The pages of the delivered study in a reader that runs no script."""

import pytest

from eitgeo.study.project import Project
from tests.chromium import is_absent, started
from tests.maps.pages import payload_of
from tests.maps.test_without_scripts import opened, rows_of

HEAVIEST = 2_500_000


@pytest.mark.browser
@pytest.mark.skipif(is_absent, reason="Chromium is not installed")
def test_every_page_reads_without_scripts(delivered: Project) -> None:
    comparator = delivered.published("comparateur", ".html")
    pages = sorted(delivered.maps.rglob("*.html"))
    assert comparator in pages
    assert max(path.stat().st_size for path in pages) < HEAVIEST
    with started() as browser:
        told = {}
        with opened(browser, comparator, scripts=False) as page:
            still = rows_of(page, ".sans-script")
            for path in pages:  # a tab costs more than a page
                page.goto(path.as_uri())
                told[path] = page.inner_text("body")
        with opened(browser, comparator, scripts=True) as page:
            scripted = rows_of(page, ".change")
    assert {name: still[name] for name in scripted} == scripted
    for path, text in told.items():
        assert len(text.split()) > 80, path.name
        assert "JavaScript est désactivé" not in text
    payload = payload_of(comparator)
    for epci in payload["epci"]:
        assert epci["name"].replace("'", "’") in told[comparator]
