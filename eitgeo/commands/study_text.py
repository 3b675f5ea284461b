"""The text of a new study: files of another one, its territory, what to confirm.

Its ``.gitignore`` too: nothing private or computed goes to a repository.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eitgeo.errors import SourceError, StudyError, unread_reason
from eitgeo.steps.engine.private import is_secret
from eitgeo.store import write_bytes
from eitgeo.study.project import Project

_SITES_CREDIT = (
    "Établissements : sites cités par des sources publiques et tirage synthétique"
)
"""Where what the other territory draws its own in is left behind."""
_COUNTS_CREDIT = (
    "Activité comptée : INSEE, comparateur de territoires (Licence Ouverte 2.0)"
)
GIT_IGNORE = ".gitignore"
IGNORED_LINES = ("private/", "data/processed/", "maps/", ".calcul/", ".eitgeo/")
"""``private/`` at any depth."""

_IGNORED = "# eitgeo : réponses d'entreprises (jamais publiées), puis fichiers calculés"


class Wanted(NamedTuple):
    """What is asked of a new study.

    ``name``: identifier, small letters without accents, digits and ``_``. ``epci``:
    SIREN of whole EPCI. ``departements``: codes: the EPCI that have most of their
    inhabitants there. ``title``: title of the study; empty: one to complete.
    ``edition``: date of the study.
    """

    name: str
    epci: Sequence[str]
    departements: Sequence[str]
    title: str
    edition: dt.date


def filled(**values: Any) -> str:
    """Fill the template of a study in; sections are written anew as YAML."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=False,  # noqa: S701 - no page
    )
    environment.filters["y"] = _in_a_line
    text = environment.get_template("nouvelle_etude.yaml.j2").render(values)
    return "\n".join(map(_block, re.split(r"\n{2,}", text.strip())))


def _in_a_line(value: Any) -> str:
    # Within quotation marks a line that ends is written, and no block is cut there.
    style = '"' if isinstance(value, str) and "\n" in value else None
    text: str = yaml.safe_dump(
        value,
        default_style=style,
        default_flow_style=True,
        sort_keys=False,
        width=float("inf"),
    )
    return text.removesuffix("...\n").strip()


def _block(text: str) -> str:
    """Keep the comments of a block; write its section, where it has one, as YAML."""
    lines = text.split("\n")
    n_comments = next(
        (rank for rank, line in enumerate(lines) if not line.startswith("#")),
        len(lines),
    )
    section = yaml.safe_load("\n".join(lines[n_comments:]))
    comments = "".join(f"{line}\n" for line in lines[:n_comments])
    return comments + (dumped(section) if section else "")


def study_text(
    base: Project,
    folder: Path,
    *,
    wanted: Wanted,
    declared: list[str],
    root: tuple[str, str, str],
    share: float,
    most: int | None,
) -> str:
    """Write a study file."""
    study, (siren, epci, commune) = base.study, root
    # Roads to close are of the other territory.
    roads = _relative(_given(study.roads), base, folder)
    roads.pop("closures", None)
    if roads.get("isochrones"):
        roads["isochrones"].pop("seats", None)
    return filled(
        file=f"{folder.name}/study.yaml",
        wanted=wanted,
        seed=study.identity.seed,
        base_name=study.identity.name,
        sources=_sources(base, folder, share),
        declared=declared,
        root_epci=siren,
        epci=epci,
        seat=commune,
        on_date=study.territory.on_date,
        buffer_km=study.territory.buffer_km,
        surrogate=study.roads.network.is_surrogate,
        roads=roads,
        most=most,
    )


def _sources(base: Project, folder: Path, share: float) -> dict[str, Any]:
    section = _relative(_given(base.study.sources), base, folder)
    section |= {"bodies": "data/bodies.csv", "membership": "data/membership.csv"}
    for site in section["sites"]:
        if site["reader"] == "synthetic":
            before = next(
                one.n_employers
                for one in base.study.sources.sites
                if one.reader == "synthetic"
            )
            site["n_employers"] = max(10 * round(before * share / 10), 10)
    _keep_counts_of_any_territory(section)
    section["credits"]["bodies"] += " ; réunion d'EPCI : hypothèse à confirmer"
    return section


def _keep_counts_of_any_territory(sources: dict[str, Any]) -> None:
    """Leave out counts that name what they cover: bodies of the other territory."""
    counts = sources.pop("counts", [])
    general = [one for one in counts if "covers" not in one]
    if general:
        sources["counts"] = general
    if len(general) < len(counts):
        sources["credits"]["counts"] = _COUNTS_CREDIT if general else ""
        sources["credits"]["sites"] = _SITES_CREDIT


def _given(section: Any) -> dict[str, Any]:
    fields: dict[str, Any] = section.model_dump(exclude_unset=True)
    return fields


def _relative(value: Any, base: Project, folder: Path) -> Any:
    """Turn the paths of a section to be read from another folder."""
    if isinstance(value, dict):
        return {key: _relative(one, base, folder) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_relative(one, base, folder) for one in value]
    if isinstance(value, Path):
        if is_secret(base.path(value), base):
            message = (
                f"{value} : fichier d'un dossier privé, qu'une autre étude ne lit pas "
                "→ le mettre ailleurs"
            )
            raise StudyError(message)
        return relative_path(base.path(value), folder)
    return value


def relative_path(path: Path, folder: Path) -> str:
    """Write a path as seen from a folder, with slashes; absolute on another drive."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.as_posix()


class _Dumper(yaml.SafeDumper):
    """Quotes codes: 09261 is text, as 31555 is. A date told twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write each value whole."""
        return True


def _quoted(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = '"' if value.isdigit() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _quoted)


def dumped(section: dict[str, Any]) -> str:
    """Write a section of a study: codes are quoted, keys keep their order."""
    text: str = yaml.dump(
        section, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=88
    )
    return text


def ignore_in_git(folder: Path) -> list[str]:
    """Write the file, or add to the user's own the lines that it lacks."""
    path = folder / GIT_IGNORE
    try:
        content = path.read_bytes() if _is_there(path) else b""
        known = {line.strip() for line in content.decode("utf-8-sig").splitlines()}
    except (OSError, UnicodeDecodeError) as error:
        why = unread_reason(error) if isinstance(error, OSError) else "encodage"
        message = (
            f"{path.name} : lecture impossible ({why}) → l'enregistrer en UTF-8, ou "
            "l'ôter"
        )
        raise SourceError(message) from error
    # A later « !private/ » would undo an earlier line: ours are then the last.
    lines = [one for one in IGNORED_LINES if one not in known or f"!{one}" in known]
    if lines:
        break_ = b"" if not content or content.endswith(b"\n") else b"\n"
        added = "\n".join([_IGNORED, *lines, ""])
        write_bytes(path, content + break_ + added.encode())
    return lines


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no disk takes: told when it is written
        return False
