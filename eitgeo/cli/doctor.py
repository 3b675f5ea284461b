"""What an installation and a study are made of, for whoever asks why it fails."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eitgeo import __version__
from eitgeo.cli.answers import answer_facts
from eitgeo.cli.brought import (
    downloaded_facts,
    perimeter_facts,
    union_facts,
    vehicle_facts,
)
from eitgeo.cli.shared import french_number
from eitgeo.errors import EitgeoError
from eitgeo.sources.files.csv import csv_dicts
from eitgeo.study.base import Section
from eitgeo.study.sections import Study
from eitgeo.study.sources import Sources

if TYPE_CHECKING:
    from eitgeo.study.project import Project

_LIBRARIES = (
    "geopandas",
    "shapely",
    "pyogrio",
    "pyproj",
    "rasterio",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "scikit-learn",
    "matplotlib",
    "folium",
)
_PROJ_VARIABLES = ("PROJ_LIB", "PROJ_DATA")
_GIGA = 1e9
_GDAL_LEAST = (3, 8)
_MEMORY_LEAST_GB = 4.0
_DISK_LEAST_GB = 2.0

type Diagnosis = dict[str, dict[str, Any]]


def diagnose(project: Project) -> Diagnosis:
    """Gather the facts, section by section, French label → value."""
    return {
        "Versions": _versions(),
        "Géodésie et polices": {**_proj(), **_fonts()},
        "Machine": _machine(project),
        "Paramètres (* : l'étude s'écarte de la valeur par défaut)": _parameters(
            project.study
        ),
        "Véhicules (* : changés par l'étude ; valeurs à confirmer)": vehicle_facts(
            project.study.roads
        ),
        "Données": _inputs(project),
        "Réponses des entreprises": answer_facts(project),
        "Fichiers téléchargés": downloaded_facts(project),
    }


def diagnosis_lines(diagnosis: Diagnosis) -> list[str]:
    """Lay a diagnosis out for reading."""
    lines = []
    for title, facts in diagnosis.items():
        lines += ["", title]
        lines += [f"  {label} : {_told(value)}" for label, value in facts.items()]
    return lines[1:]


def _versions() -> dict[str, str]:
    # These libraries take a second to import: only this command needs them here.
    import pyogrio  # noqa: PLC0415
    import pyproj  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    return {
        "Python": platform.python_version(),
        "système": platform.platform(),
        "eitgeo": __version__,
        "GDAL": _gdal(pyogrio.__gdal_version__),
        "PROJ": pyproj.proj_version_str,
        "GEOS": shapely.geos_version_string,
        **{name: _version(name) for name in _LIBRARIES},
    }


def _gdal(version: tuple[int, ...]) -> str:
    number = ".".join(str(part) for part in version)
    if version[:2] >= _GDAL_LEAST:
        return number
    least = ".".join(map(str, _GDAL_LEAST))
    return (
        f"{number} : TROP ANCIENNE ({least} au moins) → réinstaller l'environnement "
        "sans les bibliothèques d'un autre logiciel (QGIS, OSGeo4W)"
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "ABSENTE → réinstaller l'environnement"


def _proj() -> dict[str, str]:
    from pyproj.datadir import get_data_dir  # noqa: PLC0415
    from pyproj.exceptions import DataDirError  # noqa: PLC0415

    try:
        facts = {"données PROJ": get_data_dir()}
    except DataDirError:
        facts = {"données PROJ": "ABSENTES → réinstaller l'environnement"}
    for name in _PROJ_VARIABLES:
        if name in os.environ:
            facts[f"variable {name}"] = _proj_variable(name, os.environ[name])
    return facts


def _proj_variable(name: str, value: str) -> str:
    """Say what a variable that another program set does to coordinates."""
    folders = [Path(one) / "proj.db" for one in value.split(os.pathsep) if one]
    state = "posée par un autre logiciel (QGIS ?)"
    if not any(one.is_file() for one in folders):
        state = "dossier sans proj.db : les coordonnées seront refusées"
    remedy = f"l'effacer avant de lancer eitgeo : unset {name} (Windows : set {name}=)"
    return f"{value} : {state} → {remedy}"


def _fonts() -> dict[str, str]:
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return {"police DejaVu Sans": "ABSENTE (matplotlib n'est pas installé)"}
    path = Path(spec.origin).with_name("mpl-data") / "fonts/ttf/DejaVuSans.ttf"
    absent = f"ABSENTE : {path} → réinstaller matplotlib (les cartes en ont besoin)"
    return {"police DejaVu Sans": "trouvée" if path.is_file() else absent}


def _machine(project: Project) -> dict[str, Any]:
    folder = project.out
    while not folder.is_dir():
        folder = folder.parent
    free_gb = round(shutil.disk_usage(folder).free / _GIGA, 1)
    return {
        "processeurs": os.cpu_count() or 1,
        "mémoire (Go)": _enough(
            _memory_gb(),
            _MEMORY_LEAST_GB,
            "fermer d'autres logiciels, réduire territory.buffer_km",
        ),
        "disque libre (Go)": _enough(
            free_gb, _DISK_LEAST_GB, "libérer de la place, ou choisir --out"
        ),
        "dossier de sortie": str(project.out),
        "droit d'y écrire": "oui"
        if _can_write(folder)
        else "NON → vérifier vos droits, ou choisir un autre dossier (--out)",
    }


def _enough(found_gb: float | None, least_gb: float, remedy: str) -> float | str:
    if found_gb is None:
        return "inconnue"
    if found_gb >= least_gb:
        return found_gb
    size, least = french_number(found_gb), french_number(least_gb)
    return f"{size} : PEU ({least} conseillés) → {remedy}"


def _memory_gb() -> float | None:
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
        return round(pages * size / _GIGA, 1)
    return None


def _can_write(folder: Path) -> bool:
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".eitgeo-"):
            return True
    except OSError:
        return False


def _parameters(study: Study) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name in type(study).model_fields:
        section = getattr(study, name)
        if section is None:  # one that the study may leave out
            facts[name] = "absente"
            continue
        if isinstance(section, tuple):  # perimeters that the user brings
            values = [one.model_dump(mode="json") for one in section]
            facts[f"{name} *" if values else name] = values
            continue
        for key, value, is_default in _flat(section, name):
            facts[key if is_default else f"{key} *"] = value
    return facts


def _flat(section: Section, prefix: str) -> list[tuple[str, Any, bool]]:
    rows: list[tuple[str, Any, bool]] = []
    values = section.model_dump(mode="json")
    fields = type(section).model_fields
    # A source tells the keys of its reader alone.
    for name in (name for name in fields if name in values):
        field, value, key = fields[name], getattr(section, name), f"{prefix}.{name}"
        if hasattr(type(value), "model_fields"):
            rows += _flat(value, key)
        else:
            default = field.get_default(call_default_factory=True)
            is_default = not field.is_required() and value == default
            rows.append((key, values[name], is_default))
    return rows


def _inputs(project: Project) -> dict[str, str]:
    sources = project.study.sources
    facts = {
        f"établissements, source {rank}": _nature(source.reader, source.path, project)
        for rank, source in enumerate(sources.sites, start=1)
    }
    facts |= {
        f"exutoires, source {rank}": _nature(source.reader, source.path, project)
        for rank, source in enumerate(sources.outlets, start=1)
    }
    facts |= _road_files(project)
    for label, written in (
        ("communes", sources.communes.path),
        *_body_files(sources),
        ("altitudes", sources.elevation),
        ("lieux", sources.places),
        ("sorties d'autoroute", sources.motorway_exits),
        ("trajets connus", sources.known_trips),
    ):
        facts[label] = _nature("réel", written, project)
    facts |= perimeter_facts(project) | union_facts(project)
    facts["appartenances à confirmer"] = _unconfirmed(project)
    return facts


def _road_files(project: Project) -> dict[str, str]:
    network = project.study.roads.network
    if network.is_surrogate:
        return {"réseau routier": "réseau de substitution (aucun extrait routier)"}
    facts = {"réseau routier": _nature(network.reader, network.path, project)}
    for rank, path in enumerate(network.elevation, start=1):
        facts[f"relief des routes, fichier {rank}"] = _nature("réel", path, project)
    if not network.elevation:
        facts["relief des routes"] = "non donné : dénivelés inconnus"
    return facts


def _nature(reader: str, written: Path | None, project: Project) -> str:
    if reader == "synthetic":
        return "synthétique"
    if written is None:
        return "non demandé par l'étude"
    path = project.path(written)
    kind = "réel" if reader == "réel" else f"réel (lecteur « {reader} »)"
    return f"{kind}, {written}" if path.exists() else f"FICHIER ABSENT : {written}"


def _body_files(sources: Sources) -> list[tuple[str, Path | None]]:
    read = [one for one in sources.body_sources if one.reader != "union"]
    several = len(read) > 1
    rows: list[tuple[str, Path | None]] = []
    for rank, source in enumerate(read, start=1):
        tail = f", source {rank}" if several else ""
        rows.append((f"organismes{tail}", source.path))
        if source.membership is not None:
            rows.append((f"appartenances{tail}", source.membership))
    return rows


def _unconfirmed(project: Project) -> str:
    files = [one.membership for one in project.study.sources.body_sources]
    statuses: list[str | None] = []
    try:
        for path in (project.path(one) for one in files if one is not None):
            statuses += [row.get("status") for row in csv_dicts(path)]
    except (EitgeoError, OSError, UnicodeDecodeError):
        return "inconnu : fichier illisible"
    count = statuses.count("a_confirmer")
    return f"{french_number(count)} lignes sur {french_number(len(statuses))}"


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return french_number(value)
    if isinstance(value, list):
        return ", ".join(_told(item) for item in value) or "aucun"
    if isinstance(value, dict):
        return ", ".join(
            f"{key} {_told(item)}" for key, item in value.items() if item is not None
        )
    return "non renseigné" if value in (None, "") else str(value)
