"""What notebooks may not do: fetch, show what is hidden, write loose French."""

import ast
import re
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from tests.notebooks.book import (
    FOLDER,
    NAMES,
    OWN_DATA,
    ROOT,
    Book,
    read_book,
    set_parameters,
)

NBSP = "\N{NO-BREAK SPACE}"
LOOSE_SPACE = re.compile(r"« | »| (?:[;?]|!(?!=)|:(?=[\s*\"'{]|$))", re.MULTILINE)
ABSOLUTE_PATH = re.compile(r"[\"'](?:/|~|[A-Za-z]:[\\/]|\\\\)")
NEVER = re.compile(
    r"attendu|optimal|gagnant|sous-produit|meilleur périmètre|préférable|"
    r"[Gg]isements?\b(?! potentiel)|score ELIPSE|SYSTOM 2025"
)
NETWORK = {"aiohttp", "httpx", "pooch", "requests", "socket", "urllib", "urllib3"}


@pytest.fixture(params=NAMES)
def book(request) -> Book:
    return read_book(request.param)


def imported(trees: list[ast.Module]) -> set[str]:
    """Return the modules that cells import."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    plain = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    return plain | {str(n.module) for n in nodes if isinstance(n, ast.ImportFrom)}


def stripped(text: str) -> str:
    """Return a text without its `code`."""
    return re.sub(r"`[^`]*`", "", text)


def test_the_table_of_results_names_the_notebooks_that_aim_at_each() -> None:
    page = (ROOT / "docs" / "resultats.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (R[1-9]) \|[^|]*\| ([\d, ]+) \|", page, re.MULTILINE)
    told = {result: numbers.split(", ") for result, numbers in rows}
    aimed: dict[str, list[str]] = {f"R{i}": [] for i in range(1, 10)}
    for name in NAMES:
        for result in re.findall(r"\bR[1-9]\b", read_book(name).prose[0]):
            aimed[result].append(name[:2])
    assert told == aimed


def test_nothing_is_fetched_and_no_place_is_named(book) -> None:
    assert not {name.partition(".")[0] for name in imported(book.trees)} & NETWORK
    for text in book.code:
        assert ABSOLUTE_PATH.findall(text) == []
        assert "http" not in text


def test_the_one_of_own_data_reads_no_study() -> None:
    book = read_book(OWN_DATA)
    code = "\n".join(book.code)
    assert "eg.read_roads(" in code
    assert not re.search(r"open_project|read_table|study\.yaml|processed", code)


def test_only_public_names_are_used(book) -> None:
    own = {name for name in imported(book.trees) if name.startswith("eitgeo")}
    assert own
    assert {name for name in own if "._" in name} == set()
    assert not {name for name in own if name.startswith("eitgeo.steps")}


def asked_of_modules(trees: list[ast.Module]) -> dict[str, set[str]]:
    """Return, for each `import x as y`, what is asked of it: `y.a.b`."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    plain = [a for n in nodes if isinstance(n, ast.Import) for a in n.names]
    found: dict[str, set[str]] = {}
    for one in plain:
        own = one.asname or one.name
        chains = {ast.unparse(n) for n in nodes if isinstance(n, ast.Attribute)}
        pattern = re.compile(rf"{re.escape(own)}(\.\w+)+")
        order = f"import {one.name} as {own}" if one.asname else f"import {one.name}"
        found[order] = {chain for chain in chains if pattern.fullmatch(chain)}
    return found


def owed_to_submodules(order: str, chains: set[str]) -> set[str]:
    """Evaluate what is asked of a module; keep what goes through one of its own.

    That alone another import may have brought: it binds modules, and nothing else.
    """
    names: dict[str, Any] = {}
    exec(order, names)  # noqa: S102
    found = set()
    for chain in chains:
        first, *rest = chain.split(".")
        value = names[first]
        for name in rest:
            value = getattr(value, name)
            if isinstance(value, ModuleType):
                found.add(chain)
    return found


def test_a_module_gives_alone_what_is_asked_of_it() -> None:
    """No notebook leans on what another import brought, such as a submodule."""
    asked: dict[str, set[str]] = {}
    for name in NAMES:
        for order, chains in asked_of_modules(read_book(name).trees).items():
            asked.setdefault(order, set()).update(chains)
    owed = {order: owed_to_submodules(order, asked[order]) for order in asked}
    assert "np.random.default_rng" in owed["import numpy as np"]
    for order, chains in owed.items():
        if chains:
            command = [sys.executable, "-c", "\n".join([order, *sorted(chains)])]
            done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603
            assert done.returncode == 0, done.stderr


def test_prose_is_set_in_french(book) -> None:
    for text in [*book.prose, *book.code]:
        assert LOOSE_SPACE.findall(text) == [], text
    prose = stripped("\n".join(book.prose))
    assert "'" not in prose
    assert NEVER.findall(prose) == []


def test_synthetic_figures_are_stamped(book) -> None:
    tables = {"sites", "od_matrix", "arisings", "synergies", "road_edges"}
    code = "\n".join(book.code)
    if any(f'"{name}"' in code for name in tables):
        # A map that the study prints bears its own stamp, or its step stops.
        assert re.search(r"\bstamp_axes\(|\beg\.what_if\(", code)
        assert "{demo}" in code or "eg.map_layer(" not in code


def test_nbstripout_has_nothing_to_strip() -> None:
    paths = [str(FOLDER / f"{name}.ipynb") for name in NAMES]
    # As in conftest.py: grammars of addresses take a second to build.
    code = "import sys; sys.modules['rfc3987_syntax'] = None; import nbstripout as n"
    command = [sys.executable, "-c", f"{code}; n.main()", "--verify", *paths]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "text",
    ["Voici : rien", "« rien", "quoi ?", "un ; deux", "« rien » !"],
)
def test_a_loose_space_is_found(text) -> None:
    assert LOOSE_SPACE.search(text)


@pytest.mark.parametrize(
    "text", [f"Voici{NBSP}: rien", "a != b", "x[len(a) :]", "12:30", "{a: 1}"]
)
def test_a_tied_space_passes(text) -> None:
    assert LOOSE_SPACE.search(text) is None


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(AssertionError, match="no parameter RAYON"):
        set_parameters(read_book(NAMES[0]), RAYON=1)


def test_maps_that_pan_show_no_exchange_of_communes_and_no_hidden_site(book) -> None:
    """236 of 239 pairs of communes had fewer than three firms at an end."""
    for cell in book.code:
        if "map_layer(" in cell:
            assert "donor_code" not in cell
            if "zone_outlines(" in cell and book.name != OWN_DATA:
                assert "diffusible and not natural_person" in cell
