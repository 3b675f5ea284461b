"""The text of a new study: files of another one, its territory, what to confirm.

Its ``.gitignore`` too: nothing private or computed goes to a repository.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from eitgeo.errors import SourceError, StudyError, unread_reason
from eitgeo.steps.engine.private import is_secret
from eitgeo.store import write_bytes
from eitgeo.study.project import Project

_HEAD = """\
# Étude écrite par « eitgeo new ». Elle se lance telle quelle : eitgeo run {file}
# Ce qui porte « à confirmer » est une hypothèse de départ, pas un fait.
# Une clé inconnue est refusée, avec le nom valide le plus proche ; toutes les clés :
# docs/nouvelle_etude.md. Les chemins partent du dossier de ce fichier.

"""
_IDENTITY = """\
# À confirmer : titre, sous-titre, contact, financeurs ; edition date les documents.
"""
_SOURCES = """\
# Fichiers de l'étude « {name} », sauf les structures et leurs membres, propres à
# celle-ci. À compléter : établissements, exutoires et activité comptée de ce territoire
# (docs/lecteurs.md) ; ceux d'ailleurs sont laissés de côté, et nommés.
"""
_TERRITORY = """\
# À confirmer : la réunion d'EPCI est une hypothèse (data/bodies.csv,
# data/membership.csv) ; y ajouter syndicat, PETR, Territoire d'industrie. Centre :
# {seat}, commune la plus peuplée ({epci}).
"""
_SURROGATE = """\
# Réseau de substitution, comme l'étude « {name} » : un extrait de routes le remplace
# (docs/routes.md).
"""
_ROADS = """\
# Routes de l'étude « {name} » : les lieux que l'extrait ne couvre pas sont nommés par
# l'étape « Temps et longueurs de route ». Fermetures d'ici, à ajouter : docs/routes.md.
"""
_BOUND = """\
# Unions d'EPCI entiers : toutes seraient trop pour être mesurées ; celles d'au plus
# max_union_epci EPCI le sont, et leurs rangs restent exacts (docs/nouvelle_etude.md).
"""
_SITES_CREDIT = (
    "Établissements : sites cités par des sources publiques et tirage synthétique"
)
"""Where what the other territory draws its own in is left behind."""
_COUNTS_CREDIT = (
    "Activité comptée : INSEE, comparateur de territoires (Licence Ouverte 2.0)"
)
_TAIL = """\
# À ajouter au besoin : comparison.waste_bodies (organismes de traitement),
# governance (démarches voisines, faits du territoire), form (formulaire
# d'inscription), survey (réponses). Les autres sections ont leurs valeurs par défaut :
# « eitgeo doctor » les montre.
"""

GIT_IGNORE = ".gitignore"
IGNORED_LINES = ("private/", "data/processed/", "maps/", ".pytask/", ".eitgeo/")
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
    siren, epci, commune = root
    name = base.study.identity.name
    sections = [
        (_IDENTITY, {"identity": _identity(base, wanted)}),
        (_SOURCES.format(name=name), {"sources": _sources(base, folder, share)}),
        (
            _TERRITORY.format(seat=commune, epci=epci),
            {"territory": _territory(base, declared, siren, commune)},
        ),
        (_roads_head(base).format(name=name), {"roads": _roads(base, folder)}),
        (_BOUND if most else "", {"methods": _methods(commune, most)}),
    ]
    if len(declared) > 1:
        sections.append(("", {"comparison": {"first_pair": declared[:2]}}))
    parts = [comment + dumped(section) for comment, section in sections]
    head = _HEAD.format(file=f"{folder.name}/study.yaml")
    return head + "\n".join([*parts, _TAIL])


def _methods(commune: str, most: int | None) -> dict[str, Any]:
    methods: dict[str, Any] = {"reach": {"seat": commune, "minutes": 45}}
    return methods if most is None else {**methods, "max_union_epci": most}


def _identity(base: Project, wanted: Wanted) -> dict[str, Any]:
    before = base.study.identity
    return {
        "name": wanted.name,
        "title": wanted.title
        or "Quel périmètre pour la démarche ? (titre à confirmer)",
        "subtitle": "Étude de préfiguration – à confirmer",
        "edition": wanted.edition,
        "status": "projet",
        "contact": "",
        "funders": "",
        "seed": before.seed,
        "effort": "rapide",
    }


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


def _roads_head(base: Project) -> str:
    return _SURROGATE if base.study.roads.network.is_surrogate else _ROADS


def _roads(base: Project, folder: Path) -> dict[str, Any]:
    """Take the network and its settings; roads to close are of the other territory."""
    section: dict[str, Any] = _relative(_given(base.study.roads), base, folder)
    section.pop("closures", None)
    if section.get("isochrones"):
        section["isochrones"].pop("seats", None)
    return section


def _territory(
    base: Project, declared: list[str], siren: str, commune: str
) -> dict[str, Any]:
    before = base.study.territory
    return {
        "perimeters": declared,
        "root_epci": siren,
        "root_commune": commune,
        "on_date": before.on_date,
        "buffer_km": before.buffer_km,
    }


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
