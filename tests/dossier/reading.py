"""Readers of a published dossier: its pages, its stamp, what it must hold."""

import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docx

from eitgeo.commands.verify import verify_file
from eitgeo.dossier.model import Dossier, Run, all_chapters, runs_of
from eitgeo.study.project import Project

MOST_PAGES = 60
"""Of the dossier without its annexes."""


def asked(tool: str, *arguments: str | Path) -> str:
    """Return what a tool of poppler says."""
    found = subprocess.run(  # noqa: S603
        [tool, *arguments], check=True, capture_output=True
    )
    return found.stdout.decode("utf-8", errors="replace")


def pages_of(path: Path) -> list[str]:
    """Return the text of each page of a PDF, with the spaces of a keyboard."""
    text = asked("pdftotext", path, "-")
    return [re.sub(r"[\u00a0\u202f]", " ", page) for page in text.split("\f")[:-1]]


def hold_dossier(maps: Path, *, prefix: str = "DEMO_") -> None:
    """Hold the two files of a dossier to what the study promises."""
    folder = maps / "3_dossier"
    pages = pages_of(folder / f"{prefix}dossier.pdf")
    fronts = ["Synthèse pour les élus", "Avertissement", "Sommaire"]
    for rank, title in enumerate(fronts, start=1):
        holding = [n for n, page in enumerate(pages) if f"\n{title}\n" in page]
        assert holding[0] == rank, title
    assert "Trois décisions à prendre" in pages[1]
    assert all(f"R{n}" in pages[2] for n in range(1, 10))
    annexes = [n for n, page in enumerate(pages) if "Annexe A ·" in page]
    assert len(annexes) == 1
    assert annexes[0] <= MOST_PAGES
    stamped = ["DÉMONSTRATION" in page for page in pages]
    assert (stamped[0], any(stamped), all(stamped)) == (prefix == "DEMO_",) * 2 + (
        False,
    )
    document = docx.Document(
        io.BytesIO((folder / f"{prefix}dossier.docx").read_bytes())
    )
    styles = [getattr(one.style, "name", "") for one in document.paragraphs]
    assert styles.count("Heading 1") == 12
    assert styles.count("Annexe") == 8


def hold_verified(project: Project) -> None:
    """Hold a workbook to the manifest of the run: from it, and from its inputs."""
    book = next(project.maps.rglob("*comparaison.xlsx"))
    found = verify_file(project, book)
    assert (found.standing, found.changes) == ("conforme", ())


def bare_texts(dossier: Dossier) -> list[str]:
    """Return the pieces of text that no table gave, the names of the study apart."""
    identity = {dossier.title, dossier.subtitle, dossier.running, dossier.status}
    texts = (one for one in all_runs(dossier) if isinstance(one, str))
    return [one for one in texts if one not in identity]


def all_runs(dossier: Dossier) -> Iterator[Run]:
    """Yield every piece of text, in the order of the pages; of figures too."""
    yield from (dossier.title, dossier.subtitle, dossier.running, dossier.status)
    for paragraph in dossier.cover:
        yield from paragraph.runs
    for chapter in all_chapters(dossier):
        yield from chapter.title
        for block in chapter.blocks:
            yield from runs_of(block)
