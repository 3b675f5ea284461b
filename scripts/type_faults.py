"""Seed faults of type in a copy of the repository and tell which mypy finds.

Run it after a change of the settings of mypy: `python scripts/type_faults.py`. It
costs as much as mypy itself, so it is no part of the tests. It fails if a fault is
missed, or if mypy says something else.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("benchmarks", "eitgeo", "scripts", "tests", "pyproject.toml")
FAULTS: dict[str, str] = {
    "eitgeo/tables/schema.py": """
        def seed_column() -> pa.Column:
            return pa.Column(str, nulable=True)  # call-arg
        """,
    "eitgeo/study/base.py": """
        class SeedSection(Section):
            share: Share = "a"  # assignment
        def seed_dump(section: SeedSection) -> str:
            return section.model_dump_json(indent="2")  # arg-type
        def seed_attribute(section: SeedSection) -> object:
            return section.shares  # attr-defined
        def seed_path(path: Path | None) -> str:
            return path.name  # union-attr
        """,
    "eitgeo/audit/reading/opened.py": """
        def seed_pages(content: bytes) -> int:
            return PdfReader(content).pages  # arg-type return-value
        def seed_picture(content: bytes) -> Image.Image:
            return Image.open(len(content))  # arg-type
        def seed_size(picture: Image.Image) -> str:
            return picture.width  # return-value
        def seed_length(text: str) -> str:
            return _LITERAL.match(text)[1]  # index
        """,
    "eitgeo/sources/fetch/http.py": """
        def seed_answer(url: str) -> str:
            return requests.get(url, timeout=1.0).contents  # attr-defined
        def seed_wait(seconds: float) -> int:
            return min(seconds, MAX_WAIT_S)  # return-value
        def seed_missing(code: int) -> str:  # return
            if code == OK:
                return "ok"
        """,
    "eitgeo/sources/sites/sirene_scan.py": """
        def seed_connection() -> int:
            return duckdb.connect(":memory:").execute(3)  # return-value arg-type
        """,
    "eitgeo/maps/paper/layers.py": """
        def seed_light() -> LightSource:
            return LightSource(azimuth=315)  # call-arg
        def seed_mean(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
            return np.round(values, decimals="2")  # call-overload
        """,
    "eitgeo/steps/engine/run.py": """
        def seed_memory() -> str:
            return psutil.virtual_memory().availeble  # attr-defined
        """,
    "eitgeo/dossier/typst.py": """
        def seed_typst(source: bytes) -> bytes:
            import typst
            return typst.compile(source, formt="pdf")  # call-overload
        """,
    "eitgeo/dossier/docx.py": """
        def seed_document() -> str:
            return docx.Document().add_paragraph(text=3)  # return-value arg-type
        """,
    "eitgeo/steps/engine/lock.py": """
        def seed_lock() -> FileLock:
            return FileLock("a", timeout="1")  # arg-type
        """,
    "eitgeo/cli/shared.py": """
        def seed_exit() -> NoReturn:
            raise typer.Exit(code="1")  # arg-type
        def seed_open(study: str) -> Project:
            return open_study(study)  # arg-type
        def seed_effort(study: Path) -> Project:
            return open_study(study, effort="fast")  # arg-type
        """,
    "eitgeo/perimeters/optimum/relaxation.py": """
        def seed_solver() -> int:
            return highspy.Highs().getNumColumns()  # attr-defined no-untyped-call
        """,
    "eitgeo/flows/exchanges/allocation.py": """
        def seed_series(values: pd.Series[float]) -> pd.Series[str]:
            return values.fillna(0.0)  # return-value
        def seed_frame(frame: pd.DataFrame) -> int:
            return frame.groupby("a").summ()  # operator
        def seed_index(frame: pd.DataFrame) -> pd.DataFrame:
            return frame.sort_values("a", ascending="yes")  # arg-type
        def seed_list(names: list[str]) -> list[int]:
            return [name.upper() for name in names]  # misc
        def seed_generic(values: dict[str]) -> int:  # type-arg
            return len(values)
        def seed_untyped(values):  # no-untyped-def
            return values
        def seed_ignored(values: int) -> int:
            return values  # type: ignore[return-value]  # unused-ignore
        def seed_dead(values: int) -> int:
            if isinstance(values, str):  # unreachable
                return 0  # unreachable
            return values
        """,
    "tests/tables/test_schema.py": """
        def seed_strategy() -> st.SearchStrategy[int]:
            return st.integers(min_value="a")  # arg-type
        def seed_given() -> None:
            given(st.integers(), 3)  # call-overload
        def seed_raises() -> None:
            with pytest.raises(SchemaError, mach="a"):  # call-overload
                pass
        def seed_table() -> None:
            validate(3, "sites", 4)  # arg-type call-arg
        """,
    "tests/maps/test_palette.py": """
        def seed_seen() -> str:
            return seen("#fff", None)  # return-value
        def seed_none() -> None:
            apart(None, "#fff")  # arg-type
        def seed_library(light: int) -> int:
            return matrix_cvd_Machado2009(1, "a")  # return-value arg-type
        """,
    "tests/repository/test_environment.py": """
        def seed_version(text: str) -> Version:
            return Requirement(text).specifiers  # attr-defined
        """,
    "tests/sources/test_osm_roads.py": """
        def seed_writer(path: int) -> None:
            osmium.SimpleWriter(path)  # arg-type
        """,
}
REPORT = re.compile(r"^(\S+?):(\d+): error: .*\[([a-z-]+)\]$")


def seeded(text: str, snippet: str) -> tuple[str, set[tuple[int, str]]]:
    """Return a module with faults at its end, and the line and code of each."""
    lines = text.rstrip("\n").split("\n")
    expected = set()
    for line in snippet.strip("\n").split("\n"):
        code, _, marks = line.removeprefix("        ").rpartition("  # ")
        lines.append(code or marks)
        if code:
            expected |= {(len(lines), mark) for mark in marks.split()}
    return "\n".join(lines) + "\n", expected


def seed(copy: Path) -> set[tuple[str, int, str]]:
    """Seed every fault in a copy of the repository; return what is to be found."""
    expected = set()
    for name, snippet in FAULTS.items():
        text, marks = seeded((copy / name).read_text(encoding="utf-8"), snippet)
        (copy / name).write_text(text, encoding="utf-8")
        expected |= {(name, line, code) for line, code in marks}
    return expected


def reported(copy: Path) -> set[tuple[str, int, str]]:
    """Return what mypy reports in the copy."""
    command = [sys.executable, "-m", "mypy", "--show-error-codes", *sys.argv[1:]]
    done = subprocess.run(  # noqa: S603
        command, cwd=copy, capture_output=True, text=True, check=False
    )
    found = [match for x in done.stdout.splitlines() if (match := REPORT.match(x))]
    print(done.stdout.splitlines()[-1])
    return {(match[1], int(match[2]), match[3]) for match in found}


def main() -> int:
    """Seed, ask, compare."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        expected = seed(copy)
        found = reported(copy)
    for name, line, code in sorted(expected - found):
        print(f"missed: {name}:{line} [{code}]")
    for name, line, code in sorted(found - expected):
        print(f"not seeded: {name}:{line} [{code}]")
    print(f"{len(expected & found)} of {len(expected)} faults found")
    return int(expected != found)


if __name__ == "__main__":
    raise SystemExit(main())
