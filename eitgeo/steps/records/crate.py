"""The manifest of a run as RO-Crate 1.1: written, read, refused where unsound."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.errors import SourceError, unread_reason
from eitgeo.extras import from_extra
from eitgeo.steps.engine.due import value_digest
from eitgeo.steps.records.records import Record
from eitgeo.study.sections import Identity

if TYPE_CHECKING:
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

MAPS = "maps/"
SOFTWARE_ID = "#eitgeo"
STEP_PREFIX, PART_PREFIX, LIBRARY_PREFIX = "#etape/", "#parametre/", "#bibliotheque/"
_SHA256 = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
_FORMATS = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".gpkg": "application/geopackage+sqlite3",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LONGEST = 200
"""Longer values are told by their digest [characters]."""
type Entity = dict[str, Any]
_ODD = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
type Graph = dict[str, dict[str, Any]]
MAX_BYTES = 100_000_000
"""A thousand times the manifest of a study."""


class Told(NamedTuple):
    """What a manifest tells beside the steps.

    ``identity``: title, edition, effort and seed of the study. ``versions``: python and
    libraries → version. ``register``: name of a raw file → its row of
    ``data/sources.csv``. ``warnings``: what the reader of a published file must know,
    in French. ``unlisted``: which inputs are told without a digest, in French; empty:
    none.
    """

    identity: Identity
    versions: Mapping[str, str]
    register: Mapping[str, Mapping[str, str]]
    warnings: Sequence[str]
    unlisted: str = ""


def run_crate(records: Sequence[Record], told: Told) -> dict[str, Any]:
    """Lay a run out as a crate whose root is the folder of maps.

    Notes
    -----
    A copy named ``ro-crate-metadata.json`` makes the folder a crate. Raw files stay
    outside of it: their identifiers begin with ``#``.

    References
    ----------
    RO-Crate Metadata Specification 1.1 ; Process Run Crate (w3id.org/ro/wfrun).
    """
    rocrate = from_extra("rocrate.rocrate", extra="manifest", purpose="manifeste")
    crate = rocrate.ROCrate(version="1.1", gen_preview=False)
    crate.metadata.extra_terms.update(_SHA256)
    _describe(crate, told)
    ids = _file_ids(records)
    for (name, sha256), entity_id in ids.items():
        facts = {"name": name, "sha256": sha256, **_registered(told.register.get(name))}
        _add_file(crate, entity_id, facts)
    parts = {
        key: value
        for entity_id in records
        for key, value in entity_id.parameters.items()
    }
    for key, value in sorted(parts.items()):
        _add(crate, PART_PREFIX + key, "PropertyValue", _part(key, value))
    actions = [_action(crate, entity_id, ids) for entity_id in records]
    crate.root_dataset["mentions"] = [crate.get(entity_id) for entity_id in actions]
    if told.unlisted:
        facts = {"name": "Entrées sans empreinte", "description": told.unlisted}
        crate.root_dataset["about"] = _add(crate, "#entrees", "CreativeWork", facts)
    return crate.metadata.generate()


def _describe(crate: ROCrate, told: Told) -> None:
    identity = told.identity
    root = crate.root_dataset
    root["name"] = f"{identity.stamped_title} – {identity.subtitle}".rstrip("– ")
    root["description"] = (
        f"Étude « {identity.name} », édition du {identity.edition}, "
        f"effort {identity.effort}, graine {identity.seed}, statut : {identity.status}"
    )
    root["datePublished"] = f"{identity.edition}"
    licences = {row.get("licence", "") for row in told.register.values()} - {""}
    credit = {
        "name": "Licences des sources",
        "description": " ; ".join(sorted(licences)) or "Voir chaque fichier.",
    }
    root["license"] = _add(crate, "#licences", "CreativeWork", credit)
    root["comment"] = [
        _add(crate, f"#avertissement/{rank}", "Comment", {"text": text})
        for rank, text in enumerate(told.warnings, start=1)
    ]
    versions = dict(told.versions)
    facts = {"name": "eitgeo", "version": versions.pop("eitgeo")}
    software = _add(crate, SOFTWARE_ID, "SoftwareApplication", facts)
    software["softwareRequirements"] = [
        _add(
            crate,
            LIBRARY_PREFIX + name,
            "SoftwareApplication",
            {"name": name, "version": version},
        )
        for name, version in sorted(versions.items())
    ]


def _file_ids(records: Sequence[Record]) -> dict[tuple[str, str], str]:
    """Give each file, known by its name and digest, an identifier of the crate."""
    made = {pair for one in records for pair in one.products.items()}
    read = {pair for one in records for pair in one.inputs.items()}
    n_times = Counter(name for name, _ in made | read)
    ids = {}
    for name, sha256 in sorted(made | read):
        if (name, sha256) in made and name.startswith(MAPS):
            ids[name, sha256] = name.removeprefix(MAPS)
        else:
            # Two raw files outside every folder may bear one bare name.
            tail = f"?{sha256[:8]}" if n_times[name] > 1 else ""
            ids[name, sha256] = f"#{name}{tail}"
    return ids


def _add_file(crate: ROCrate, identifier: str, facts: Entity) -> None:
    if identifier.startswith("#"):
        _add(crate, identifier, "File", facts)
        return
    from rocrate.model.file import File  # noqa: PLC0415 - of an extra

    suffix = PurePosixPath(identifier).suffix
    kind = {"encodingFormat": _FORMATS[suffix]} if suffix in _FORMATS else {}
    crate.add(File(crate, None, identifier, properties={**facts, **kind}))


def _registered(row: Mapping[str, str] | None) -> Entity:
    terms = {"version": "version", "url": "url", "licence": "license"}
    return {terms[key]: row[key] for key in terms if row.get(key)} if row else {}


def _part(key: str, value: Any) -> Entity:
    facts = {"name": key, "sha256": value_digest(value)}
    # The seed and such are told; long parts, and paths of the machine, are not.
    is_told = isinstance(value, int | float) or (
        isinstance(value, str) and len(value) <= _LONGEST and not _leads_out(value)
    )
    return facts | ({"value": value} if is_told else {})


def _leads_out(value: str) -> bool:
    """Say whether a value may be a path that leaves the folder of the study."""
    windows = PureWindowsPath(value)
    is_rooted = bool(windows.anchor) or value.startswith(("/", "~", "$", "file:"))
    return is_rooted or ".." in windows.parts


def _action(crate: ROCrate, record: Record, ids: Mapping[tuple[str, str], str]) -> str:
    files = sorted(ids[pair] for pair in record.inputs.items())
    parts = sorted(PART_PREFIX + key for key in record.parameters)
    results = sorted(ids[pair] for pair in record.products.items())
    action = _add(
        crate, STEP_PREFIX + record.name, "CreateAction", {"name": record.label}
    )
    action["instrument"] = crate.get(SOFTWARE_ID)
    action["object"] = [crate.get(one) for one in (*files, *parts)]
    action["result"] = [crate.get(one) for one in results]
    return action.id


def _add(crate: ROCrate, identifier: str, kind: str, facts: Entity) -> ContextEntity:
    from rocrate.model.contextentity import ContextEntity  # noqa: PLC0415 - the same

    properties = {"@type": kind, **facts}
    return crate.add(ContextEntity(crate, identifier, properties=properties))


def read_manifest(path: Path) -> Graph:
    """Read the manifest of a run."""
    try:
        graph = {one["@id"]: one for one in json.loads(_text(path))["@graph"]}
        is_crate = "./" in graph
        sound = is_crate and all(_is_sound(key, graph) for key in graph)
    except SourceError:
        raise
    except _ODD as error:
        message = f"{path.name} : manifeste illisible → relancer « eitgeo run »"
        raise SourceError(message) from error
    if not sound:
        message = (
            f"{path.name} : ce n'est pas un manifeste de calcul "
            "→ relancer « eitgeo run »"
        )
        raise SourceError(message)
    return graph


def _text(path: Path) -> str:
    try:
        if path.is_file() and path.stat().st_size <= MAX_BYTES:
            return path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"{path.name} : lecture impossible ({unread_reason(error)})"
        raise SourceError(message) from error
    if path.exists():
        fault = "ce n'est pas un manifeste de calcul (taille)"
    else:
        fault = "manifeste absent"
    message = f"{path.name} : {fault} → lancer « eitgeo run »"
    raise SourceError(message)


def ids(entity: dict[str, Any], key: str) -> list[str]:
    """List the entities that an entity points at."""
    pointed = entity.get(key, [])
    listed = pointed if isinstance(pointed, list) else [pointed]
    return [one["@id"] for one in listed]


def _is_sound(key: str, graph: Graph) -> bool:
    entity = graph[key]
    if "sha256" in entity and not isinstance(entity["name"], str):
        return False
    if key.startswith(LIBRARY_PREFIX):
        return isinstance(entity["version"], str)
    if not key.startswith(STEP_PREFIX):
        return isinstance(entity, dict)
    pointed = [*ids(entity, "object"), *ids(entity, "result")]
    texts = [entity["name"], *(graph[one]["sha256"] for one in pointed)]
    return all(isinstance(one, str) for one in texts)
