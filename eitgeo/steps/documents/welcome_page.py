"""Make the page that opens first: what was published, by who opens it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from eitgeo.maps.comparator.bundle import payload_json
from eitgeo.maps.pages.answers import (
    Chosen,
    answers_html,
    search_payload,
)
from eitgeo.maps.pages.welcome import (
    PICTOGRAMS,
    Card,
    accessibility_page,
    thumbnail,
    welcome_page,
)
from eitgeo.maps.paper.sheet import make_sheet, study_sheet
from eitgeo.outlines import DRAWN_LAYER
from eitgeo.reference.governance import carriers
from eitgeo.reference.map_sheets import map_sheets, published_files
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.step import step
from eitgeo.store import made, write_bytes
from eitgeo.study.prints import WELCOME, shelf_of
from eitgeo.study.project import STAMPED, Project
from eitgeo.study.sources import Credits
from eitgeo.tables.public import PublicTables
from eitgeo.words import french_size

_MAPS = "2_cartes"
_PAPERS = ("A4", "A4_portrait", "A3", "A3_portrait")
_PAIR = 2
_KINDS = (".html", ".qgz", ".pdf", ".docx", ".xlsx", ".png", ".svg", ".gpkg", ".json")
"""Which file of several its title opens: the first of these."""


class Picture(NamedTuple):
    """A map as it was printed.

    ``title``: what it is called, the study apart. ``thumbnail``: address of an image.
    ``is_drawn``: whether it shows what is drawn.
    """

    title: str
    thumbnail: str
    is_drawn: bool


@step(
    "Page d'accueil",
    publishes=("index.html", "accessibilite.html"),
    gathers="published",
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``index.html``, and the declaration that every page leads to."""
    declared = accessibility_page(study_sheet(project.study.identity))
    write_bytes(project.published("accessibilite", ".html"), declared)
    files = published_by(STEPS, project)
    groups = _grouped(files)
    pictures = _pictures(groups, project)
    cards = [*_documents(groups, pictures, project), *_maps(groups, pictures, project)]
    study = project.study
    credit_lines = [study.credit(one) for one in (*Credits.model_fields, "zones")]
    sheet = replace(
        make_sheet(study.identity, []), sources=tuple(filter(None, credit_lines))
    )
    content = welcome_page(
        cards,
        answers=answers_html(public, chosen=_chosen(project, public), sheet=sheet),
        search=payload_json(search_payload(public)),
        sheet=sheet,
        reasons=study.demonstration_reasons,
    )
    write_bytes(project.published(WELCOME, ".html"), content)
    return {"fichiers": len(files), "taille": french_size(len(content))}


def _chosen(project: Project, public: PublicTables) -> Chosen:
    """Choose the perimeters shown: the first pair, then those that are not drawn."""
    study, table = project.study, public["perimeters"].table
    compared = set(table.loc[table["compared"].astype(bool), "perimeter_id"])
    compared -= set(study.drawn_ids)
    ordered = [
        one for one in (*study.first_pair, *study.compared_ids) if one in compared
    ]
    ranked = list(dict.fromkeys(ordered))
    return Chosen(
        pair=tuple(ranked[:_PAIR]),
        others=tuple(ranked[_PAIR:]),
        root_commune=study.territory.root_commune,
        carriers=carriers(),
        demonstration=bool(study.reasons("sites")),
    )


def published_by(steps: Sequence[Step], project: Project) -> list[Path]:
    """List what steps publish, this page apart."""
    written = {path for one in steps for path in one.products(project)}
    home = project.published(WELCOME, ".html")
    return sorted(one for one in written - {home} if one.is_relative_to(project.maps))


def _documents(
    groups: Mapping[str, list[Path]], pictures: Mapping[str, Picture], project: Project
) -> Iterator[Card]:
    """Present what is no map, in the order of its table; a file may come twice."""
    for row in published_files().itertuples(index=False):
        paths = _paths(str(row.stem), groups, project)
        if paths:
            yield Card(
                reader=str(row.reader),
                title=str(row.title),
                sentence=str(row.sentence),
                links=_links(paths, project),
                picture=_picture(str(row.picture), pictures),
                is_drawn=_is_drawn(paths),
            )


def _paths(stem: str, groups: Mapping[str, list[Path]], project: Project) -> list[Path]:
    """List the files of a row; the layer to draw in is laid beside the QGIS project."""
    if stem == DRAWN_LAYER.stem:
        return [project.out / DRAWN_LAYER] if "etude" in groups else []
    return groups.get(stem, [])


def _maps(
    groups: Mapping[str, list[Path]], pictures: Mapping[str, Picture], project: Project
) -> Iterator[Card]:
    """Present maps in the order of their set, each with its question."""
    sheets = map_sheets()
    stems = [one for one in groups if shelf_of(one) == _MAPS]
    families = {one: _family(one, sheets.index) for one in stems}
    ranks = {name: rank for rank, name in enumerate([*sheets.index, ""])}
    for stem in sorted(
        stems, key=lambda one: (ranks[families[one]], _is_drawn(groups[one]), one)
    ):
        family, paths = families[stem], groups[stem]
        yield Card(
            reader="cartes",
            title=pictures[stem].title,
            sentence=str(sheets.loc[family, "question"]) if family else "",
            links=_links(paths, project),
            picture=pictures[stem].thumbnail,
            is_drawn=_is_drawn(paths),
        )


def _grouped(files: Iterable[Path]) -> dict[str, list[Path]]:
    """Put together the formats of one content, the one to open first."""
    groups: dict[str, list[Path]] = {}
    for path in sorted(files, key=_rank):
        groups.setdefault(_stem_and_paper(path)[0], []).append(path)
    return groups


def _pictures(groups: Mapping[str, list[Path]], project: Project) -> dict[str, Picture]:
    """Open each A4 picture once: what it is called, how it looks."""
    after = f" – {project.study.identity.title}"
    pictures: dict[str, Picture] = {}
    for stem, paths in groups.items():
        for path in (one for one in paths if one.suffix == ".png"):
            content = made(path).read_bytes()
            with Image.open(io.BytesIO(content)) as picture:
                title = str(picture.info.get("Title", stem)).removesuffix(after)
            pictures.setdefault(
                stem, Picture(title, thumbnail(content), _is_drawn([path]))
            )
    return pictures


def _picture(named: str, pictures: Mapping[str, Picture]) -> str:
    """Return a pictogram, or a map of a family, without a stamp if there is one."""
    if named in PICTOGRAMS:
        return named
    candidates = [one for one in pictures if f"{one}_".startswith(f"{named}_")]
    best = min(candidates, key=lambda one: (pictures[one].is_drawn, one), default="")
    return pictures[best].thumbnail if best else PICTOGRAMS[0]


def _family(stem: str, known: Iterable[str]) -> str:
    families = [one for one in known if f"{stem}_".startswith(f"{one}_")]
    return max(families, key=len, default="")


def _links(paths: Iterable[Path], project: Project) -> dict[str, str]:
    return {one.relative_to(project.maps).as_posix(): _said(one) for one in paths}


def _said(path: Path) -> str:
    """Write what a link opens: a kind of file, and its paper."""
    _, paper = _stem_and_paper(path)
    kind = "Page" if path.suffix == ".html" else path.suffix[1:].upper()
    size = "" if paper in {"", _PAPERS[0]} else f" {paper.replace('_', ' ')}"
    return f"{kind}{size}"


def _rank(path: Path) -> tuple[int, int, str]:
    paper, kind = _stem_and_paper(path)[1], path.suffix
    size = _PAPERS.index(paper) if paper else 0
    return size, _KINDS.index(kind) if kind in _KINDS else len(_KINDS), path.name


def _stem_and_paper(path: Path) -> tuple[str, str]:
    stem = path.name.removeprefix(STAMPED).partition(".")[0]
    paper = next((one for one in _PAPERS if stem.endswith(f"_{one}")), "")
    return stem.removesuffix(f"_{paper}"), paper


def _is_drawn(paths: Iterable[Path]) -> bool:
    return any(one.name.startswith(STAMPED) for one in paths)
