"""The form of the notebooks: order of the parts, short cells, clean French."""

import ast
import re
import subprocess
import sys
from types import ModuleType
from typing import Any

import nbformat
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

MAX_LINES = 12
MAX_CELLS = 15
NBSP = "\N{NO-BREAK SPACE}"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
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


def imports_only(tree: ast.Module) -> bool:
    """Whether a cell imports and does nothing else."""
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)


def stripped(text: str) -> str:
    """Return a text without its `code`."""
    return re.sub(r"`[^`]*`", "", text)


def test_the_folder_holds_these_notebooks() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


def test_the_readme_gives_each_question_its_results() -> None:
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    for name in NAMES:
        (row,) = [line for line in lines if line.startswith(f"| [{name}]")]
        target, question, results = (part.strip() for part in row.split("|")[1:4])
        assert target == f"[{name}]({name}.ipynb)"
        assert question.endswith("?")
        told = re.findall(r"\bR[1-9]\b", read_book(name).prose[0])
        assert re.findall(r"R[1-9]", results) == told


def test_the_table_of_results_names_the_notebooks_that_aim_at_each() -> None:
    page = (ROOT / "docs" / "resultats.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (R[1-9]) \|[^|]*\| ([\d, ]+) \|", page, re.MULTILINE)
    told = {result: numbers.split(", ") for result, numbers in rows}
    aimed: dict[str, list[str]] = {f"R{i}": [] for i in range(1, 10)}
    for name in NAMES:
        for result in re.findall(r"\bR[1-9]\b", read_book(name).prose[0]):
            aimed[result].append(name[:2])
    assert told == aimed


def test_title_question_and_results_come_first(book) -> None:
    first = book.cells[0]
    assert first.cell_type == "markdown"
    title, question, results = first.source.split("\n\n")
    assert title.startswith(f"# {book.name[:2]} – ")
    assert re.fullmatch(rf"\*\*Question{NBSP}: .*{NBSP}\?\*\*", question)
    assert re.search(r"\bR[1-9]\b", results)


def test_parts_are_in_order(book) -> None:
    kinds = [one.cell_type for one in book.cells]
    title = book.place("## Paramètres")
    assert kinds[1:title] == ["code"] * (title - 1)
    assert all(imports_only(ast.parse(one.source)) for one in book.cells[1:title])
    assert book.cells[title + 1] is book.parameter_cell
    after = [ast.parse(text) for text in map(plain, book.cells[title + 2 :]) if text]
    assert imported(after) == set()
    shows, limits = book.place("## Ce que cela montre"), book.place("## Limites")
    checks = [
        i for i, text in enumerate(book.prose) if text.startswith("**Contrôle.**")
    ]
    assert checks
    assert figure_rank(book) < shows < limits == len(book.cells) - 1


def plain(cell: Any) -> str:
    """Return the code of a cell without magics; nothing for prose."""
    if cell.cell_type != "code":
        return ""
    return re.sub(r"^%.*$", "", cell.source, flags=re.MULTILINE)


def figure_rank(book: Book) -> int:
    """Return the rank of the cell that shows the figure."""
    (rank,) = [
        i
        for i, one in enumerate(book.cells)
        if one.cell_type == "code"
        if re.fullmatch(r"fig|Image\(.*\)", one.source.splitlines()[-1])
    ]
    return rank


def test_every_check_can_fail_and_says_why(book) -> None:
    checks = [
        node
        for tree in book.trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
    ]
    assert checks
    for check in checks:
        assert check.msg is not None
        assert not isinstance(check.test, ast.Constant | ast.Tuple)


def test_cells_are_short_and_define_nothing(book) -> None:
    long = [text for text in book.code if len(text.splitlines()) > MAX_LINES]
    assert long == []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    nodes = [node for tree in book.trees for node in ast.walk(tree)]
    assert not [node for node in nodes if isinstance(node, kinds)]


def test_nothing_is_fetched_and_no_place_is_named(book) -> None:
    assert not {name.partition(".")[0] for name in imported(book.trees)} & NETWORK
    for text in book.code:
        assert ABSOLUTE_PATH.findall(text) == []
        assert "http" not in text


def test_those_of_the_library_are_short(book) -> None:
    if "import eitgeo as eg" in "\n".join(book.code):
        assert len(book.cells) <= MAX_CELLS


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


def test_parameters_have_a_comment_and_a_use(book) -> None:
    source = book.parameter_cell.source
    names = book.parameters
    assert names[:2] == (
        ["EXTRAIT", "SITES"] if book.name == OWN_DATA else ["ETUDE", "SORTIE"]
    )
    assert len(names) > 2
    used = {
        node.id
        for tree in book.trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    for name in names:
        assert re.search(rf"^{name} = [^\n]*  # \S", source, re.MULTILINE), name
        assert name in used, f"{name} moves nothing"


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


def test_files_are_stable(book) -> None:
    nbformat.validate(book.node)
    assert dict(book.node.metadata) == METADATA
    for rank, one in enumerate(book.cells):
        assert one.id == str(rank)
        assert set(one.metadata) <= {"tags"}
        if one.cell_type == "code":
            assert one.outputs == []
            assert one.execution_count is None


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
