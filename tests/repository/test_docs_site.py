"""The site of the documentation: built strictly, it asks nobody for anything."""

import functools
import http.server
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from eitgeo.words import typographic
from tests.chromium import is_absent, started
from tests.scripts.load import load_script

pytest.importorskip("mkdocs", reason="MkDocs absent (dependency group « docs »)")

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent.name for path in ROOT.glob("eitgeo/*/__init__.py"))
LOADED = re.compile(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"([^\"]+)\"")
STYLES = re.compile(r"<link\b[^>]*\brel=\"?(?:stylesheet|preconnect)[^>]*>")
LINK = re.compile(r"<a\b[^>]*\bhref=\"([^\"]*)\"")
ANCHOR = re.compile(r"\bid=\"?([^\"\s>]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Build the site."""
    out = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(out)]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return out


def pages(site: Path) -> dict[Path, str]:
    """Read the pages, that of errors left out: its links start from a root."""
    found = sorted(path for path in site.rglob("*.html") if path.name != "404.html")
    return {path: path.read_text(encoding="utf-8") for path in found}


def test_every_page_of_the_folder_is_in_the_site(site) -> None:
    names = {path.relative_to(ROOT / "docs") for path in ROOT.glob("docs/**/*.md")}
    built = {path.relative_to(site).with_suffix(".md") for path in pages(site)}
    assert names == built


def test_nothing_is_loaded_from_elsewhere(site) -> None:
    for path, text in pages(site).items():
        loaded = [*LOADED.findall(text), *STYLES.findall(text)]
        assert loaded, path
        assert not [one for one in loaded if "//" in one], path


def test_links_lead_somewhere(site) -> None:
    texts = pages(site)
    anchors = {
        path.resolve(): set(ANCHOR.findall(text)) for path, text in texts.items()
    }
    lost = []
    for path, text in texts.items():
        for href in LINK.findall(text):
            parts = urlsplit(href)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve()
            target = path.resolve() if not parts.path else target
            known = anchors.get(target)
            bad = not target.exists() or (
                known is not None
                and parts.fragment not in {"", "__skip"}
                and unquote(parts.fragment) not in known
            )
            if bad:
                lost.append((path.name, href))
    assert lost == []


@pytest.mark.parametrize("package", PACKAGES)
def test_each_folder_of_the_package_has_its_page(site, package) -> None:
    if package == "cli":
        pytest.skip("a command, not an interface: `eitgeo --help` tells it")
    text = (site / "api" / f"{package}.html").read_text(encoding="utf-8")
    docs_api = load_script("docs_api")
    ids = set(ANCHOR.findall(text))
    assert f"eitgeo.{package}" in ids or package in text
    lost = [
        f"{module}.{name}"
        for path in sorted((ROOT / "eitgeo" / package).rglob("*.py"))
        for module in [".".join(path.relative_to(ROOT).with_suffix("").parts)]
        for name in docs_api.called_names(path)
        if f"{module}.{name}" not in ids
    ]
    assert lost == []


def test_the_navigation_is_set_in_french() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    nav = text[text.index("\nnav:") :]
    names = re.findall(r"- ([^:\n]+):", nav)
    assert names
    assert [name for name in names if typographic(name) != name] == []
    assert yaml.safe_load(text[: text.index("\nmarkdown_extensions")])["strict"] is True


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def address(site) -> Iterator[str]:
    """Serve the site on this machine."""
    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
@pytest.mark.skipif(is_absent, reason="Chromium or playwright is not installed")
def test_pages_open_without_a_network_and_the_search_finds(address) -> None:
    asked, answered, failed = [], [], []
    with started() as browser:

        def opened(name: str) -> Any:
            page = browser.new_page(locale="fr-FR")
            page.on("request", lambda one: asked.append(one.url))
            page.on("requestfinished", lambda one: answered.append(one.url))
            page.on("requestfailed", lambda one: failed.append(one.url))
            page.on("pageerror", lambda one: failed.append(str(one)))
            page.goto(f"{address}/{name}.html", wait_until="networkidle")
            return page

        # A tab each: a page that is left aborts what its search still asks for.
        for name in ("guide_elu", "methode", "api/flows"):
            opened(name)
        page = opened("index")
        page.click("input.md-search__input")
        page.keyboard.type("gouvernance")
        page.wait_for_selector(".md-search-result__item a[href*='gouvernance']")
        for _ in range(600):
            waited = Counter(url for url in asked if url.startswith(address))
            waited -= Counter(answered)
            if failed or not waited:
                break
            page.wait_for_timeout(100)
        found = sorted(failed)  # before the browser drops what it still holds
    assert found == []
    assert not waited
    own = ("data:", "blob:", address)
    assert [url for url in asked if not url.startswith(own)] == []
