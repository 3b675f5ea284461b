"""Only `eitgeo fetch` reaches the network."""

import ast
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOORS = {"sources/fetch/http.py", "sources/fetch/overpass.py"}
READS_FILES = {"sources/ground/osmnx_roads.py": {"osmnx"}}
"""A library of the network that reads a file there; a test holds that it asks none."""
NETWORK = {
    "aiohttp",
    "ftplib",
    "http",
    "httpx",
    "osmnx",
    "pooch",
    "requests",
    "smtplib",
    "socket",
    "urllib3",
    "xmlrpc",
}
HARMLESS = {"urllib.parse"}
NAMED = re.compile(rf"\b(?:{'|'.join(sorted({*NETWORK, 'urllib'}))})\b")
# Ends the process as soon as something looks a name up or opens a connection.
GUARD = """
import os, sys

def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        sys.stderr.write(f"RÉSEAU {event} {arguments[-1]}")
        sys.stderr.flush()
        os._exit(77)

sys.addaudithook(refuse)
"""

DOCTOR_AND_GRAPH = """
import networkx, osmnx, pathlib, tempfile
from typer.testing import CliRunner
from eitgeo.cli.app import app
from eitgeo.sources.ground.osmnx_roads import read_osmnx_graph

assert CliRunner().invoke(app, ["doctor"]).exit_code == 0
graph = networkx.MultiDiGraph(crs="EPSG:4326")
graph.add_node(1, x=0.5, y=43.0)
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "a.graphml"
    osmnx.save_graphml(graph, path)
    assert len(read_osmnx_graph(path)) == 1
"""
"""What opens no connection, after all imports: ``tests/test_extras.py`` runs both."""


def network_modules(source: str) -> set[str]:
    """Return the network modules that a source imports, at any depth of its code."""
    return _networked(ast.parse(source))


def _networked(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {node.module or ""}
    urls = {one for one in found if one.startswith("urllib")}
    return {one for one in found if one.partition(".")[0] in NETWORK} | (
        urls - HARMLESS - {"urllib3"}
    )


def needed_to_run(source: str) -> set[str]:
    """Return those that it imports for more than annotations."""
    if NAMED.search(source) is None:  # an import writes the name: nothing to parse
        return set()
    tree = ast.parse(source)
    tree.body = [
        node
        for node in tree.body
        if not (
            isinstance(node, ast.If)
            and isinstance(node.test, ast.Name)
            and node.test.id == "TYPE_CHECKING"
        )
    ]
    return _networked(tree)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import requests.adapters", {"requests.adapters"}),
        ("def f():\n    from urllib.request import urlopen", {"urllib.request"}),
        ("from urllib.parse import urlsplit", set()),
        ("from . import socket", set()),
        ("import urllib3", {"urllib3"}),
    ],
)
def test_an_import_of_the_network_is_found(line, found) -> None:
    assert network_modules(line) == needed_to_run(line) == found


def test_an_import_for_annotations_reaches_nothing() -> None:
    typed = "if TYPE_CHECKING:\n    import socket\n"
    assert network_modules(typed) == {"socket"}
    assert needed_to_run(typed) == set()
    assert needed_to_run(f"{typed}else:\n    x = 1\nimport requests") == {"requests"}


def test_the_doors_of_fetch_alone_import_the_network() -> None:
    found = {
        path.relative_to(ROOT / "eitgeo").as_posix(): needed_to_run(
            path.read_text(encoding="utf-8")
        )
        for path in sorted((ROOT / "eitgeo").rglob("*.py"))
    }
    doors = {name for name, modules in found.items() if modules}
    assert doors == {*DOORS, *READS_FILES}
    assert {name: found[name] for name in READS_FILES} == READS_FILES


def test_the_guard_sees_a_connection() -> None:
    code = "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)"
    done = subprocess.run([sys.executable, "-c", GUARD + code], check=False)  # noqa: S603
    assert done.returncode == 77


def test_tests_reach_no_other_machine() -> None:
    with socket.socket() as one, pytest.raises(Exception, match=r"192\.0\.2\.1"):
        one.connect(("192.0.2.1", 80))
    with socket.create_server(("127.0.0.1", 0)) as here, socket.socket() as one:
        one.connect(here.getsockname())
