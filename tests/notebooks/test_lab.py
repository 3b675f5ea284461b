"""JupyterLab in Chromium, the network cut: an analyst runs notebook 07 to its map."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest

from tests.notebooks.book import ROOT, read_book, set_parameters

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright absent")
pytest.importorskip("jupyterlab", reason="JupyterLab absent (extra « notebooks »)")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium absent"),
]
NAME = "07_dessiner_perimetres"
SCREEN = {"width": 1300, "height": 1000}
START_SECONDS, RUN_SECONDS = 90, 240
CAPTURE = "EITGEO_CAPTURE"
"""Environment variable: where the picture goes; a folder of the test by default."""
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {
        "autoStartDefaultKernel": True,
        "windowingMode": "none",
    },
}


@pytest.fixture
def lab(tables, tmp_path) -> Iterator[str]:
    """Serve the notebook, set to the tables of the test, in a profile of its own."""
    book = read_book(NAME)
    set_parameters(book, ETUDE=ROOT / "study.yaml", SORTIE=tables)
    folder = tmp_path / "carnets"
    folder.mkdir()
    nbformat.write(book.node, folder / f"{NAME}.ipynb")
    settings = tmp_path / "settings"
    for name, values in SETTINGS.items():
        path = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")
    env = os.environ | {name: str(tmp_path / name.lower()) for name in places}
    env |= {"JUPYTERLAB_SETTINGS_DIR": str(settings), "PYTHONPATH": str(ROOT)}
    env |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"}
    env.pop("MPLBACKEND", None)
    options = [f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1"]
    options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    options += ["--no-browser", "--allow-root"]
    command = [sys.executable, "-m", "jupyterlab", *options]
    log = (tmp_path / "lab.log").open("w")
    server = subprocess.Popen(command, env=env, stdout=log, stderr=log)  # noqa: S603
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, server, tmp_path / "lab.log")
        yield f"{address}/lab/tree/{NAME}.ipynb"
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def wait_for(address: str, server: Any, log: Path) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            with urlopen(f"{address}/api", timeout=5):  # noqa: S310
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    pytest.fail(f"no answer in {START_SECONDS} s: {log.read_text()[-2000:]}")


def run_all(page: Any) -> None:
    """Run every cell; a kernel that was not ready yet is asked for again."""
    for _ in range(START_SECONDS // 15):
        page.wait_for_timeout(5000)
        chosen = page.locator(".jp-Dialog button:has-text('Select')")
        if chosen.count():
            chosen.last.click()
        page.click("li.lm-MenuBar-item:has-text('Run')")
        page.click("li.lm-Menu-item:has-text('Run All Cells')")
        page.wait_for_timeout(5000)
        if page.locator(".jp-InputPrompt:has-text('[')").count() > 3:
            prompts = page.locator(".jp-InputPrompt").all_inner_texts()
            if any(text.strip("[]: ") for text in prompts):
                return
    pytest.fail("the kernel never started")


def test_notebook_07_runs_to_its_map(lab, tmp_path) -> None:
    picture = Path(os.environ.get(CAPTURE, tmp_path / "carnet_07_jupyterlab.png"))
    own = lab.partition("/lab/")[0]
    asked: list[str] = []
    with sync_api.sync_playwright() as driver:
        options = {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}
        browser = driver.chromium.launch(**options)
        page = browser.new_page(viewport=SCREEN, locale="fr-FR")
        page.on("request", lambda one: asked.append(one.url))
        page.goto(lab)
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
        run_all(page)
        figure = ".jp-OutputArea-output img[src^='data:image/png']"
        page.wait_for_selector(figure, state="attached", timeout=1000 * RUN_SECONDS)
        errors = page.locator("[data-mime-type='application/vnd.jupyter.stderr']")
        assert errors.count() == 0
        shown = page.locator(figure).first
        shown.scroll_into_view_if_needed()
        size = shown.evaluate("one => [one.naturalWidth, one.naturalHeight]")
        page.wait_for_timeout(1000)
        page.screenshot(path=picture)
        browser.close()
    assert min(size) > 700
    assert picture.stat().st_size > 50_000
    local = (own, own.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(local)] == []
