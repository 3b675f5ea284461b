"""Hold a published file against the manifest of the run that should have made it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from eitgeo.commands.compared import compared_files
from eitgeo.errors import SourceError
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.code import libraries
from eitgeo.steps.engine.contract import COMPARED
from eitgeo.steps.engine.due import value_digest
from eitgeo.steps.files import manifest_path, public_path
from eitgeo.steps.records.crate import (
    LIBRARY_PREFIX,
    MAPS,
    PART_PREFIX,
    STEP_PREFIX,
    ids,
    read_manifest,
)
from eitgeo.steps.records.records import read_sidecar
from eitgeo.store import digest, input_digests, relative_name
from eitgeo.study.base import setting
from eitgeo.study.project import Project

type Standing = Literal["conforme", "modifié", "inconnu"]
type Graph = dict[str, dict[str, Any]]

_OF_THE_MANIFEST = "Manifeste du calcul"


@dataclass(frozen=True)
class Verification:
    """What a file is to a run.

    ``standing``: ``conforme``, the bytes that the run wrote; ``modifié``, its name with
    other bytes, those of another file included; ``inconnu``, neither. ``name``: the
    name that the run gave the file; empty when unknown. ``sha256``: digest of the file
    as it is. ``step``: what made it, in French. ``description``: study, edition, effort
    and seed of the run. ``n_inputs``: raw files and parts of the study behind it that
    were held against the present. ``changes``: those that differ from what the run
    read, in French. ``versions``: libraries that are others now, in French; the same
    bytes may still come out. ``holds``: which file of the run has these bytes, where
    its name is that of another.
    """

    standing: Standing
    name: str = ""
    sha256: str = ""
    step: str = ""
    description: str = ""
    n_inputs: int = 0
    changes: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    holds: str = ""


def verify_file(project: Project, file: Path) -> Verification:
    """Say whether a file comes from the run of a study, and from the same inputs."""
    sha256 = digest(file)
    graph = read_manifest(manifest_path(project))
    entities = _entities(graph)
    beside = dict.fromkeys(compared_files(project), COMPARED)
    manifests = public_path(project), manifest_path(project)
    for path, step in (beside | dict.fromkeys(manifests, _OF_THE_MANIFEST)).items():
        name = relative_name(path, project.out)
        entities.append((name, _signed(project, path), step))
    known = _find(entities, file, sha256)
    known_file = replace(known, description=str(graph["./"].get("description", "")))
    if known_file.standing != "conforme" or known_file.step == _OF_THE_MANIFEST:
        return known_file
    return _with_inputs(known_file, project, graph)


def verify_published(manifest: Path, file: Path) -> Verification:
    """Say whether a file is one that a published manifest lists; no study is needed."""
    sha256, graph = digest(file), read_manifest(manifest)
    own = manifest.name, digest(manifest), _OF_THE_MANIFEST
    verification = _find([*_entities(graph), own], file, sha256)
    step = verification.step
    label = graph[step]["name"] if step in graph else step
    description = str(graph["./"].get("description", ""))
    return replace(verification, step=label, description=description)


def _signed(project: Project, path: Path) -> str:
    """Return the digest that a manifest had as the run wrote it."""
    try:
        return str(read_sidecar(project, path)["sha256"])
    except SourceError:
        return ""


def _entities(graph: Graph) -> list[tuple[str, str, str]]:
    """List what steps wrote: name, digest, step."""
    entities = []
    for action in _actions(graph).values():
        for entity_id in ids(action, "result"):
            entity = graph[entity_id]
            entities.append((entity["name"], entity["sha256"], action["@id"]))
    return sorted(entities)


def _find(
    entities: list[tuple[str, str, str]], file: Path, sha256: str
) -> Verification:
    """Say what a file is to those of a run: name, digest, step.

    A name of the run stands for its own bytes alone; any other name may be a copy's.
    """
    same = [one for one in entities if one[1] == sha256]
    named = [one for one in entities if Path(one[0]).name == file.name]
    own = [one for one in named if one in same]
    if own or (same and not named):
        name, _, step = (own or same)[0]
        return Verification("conforme", name, sha256, step)
    if named:
        name, _, step = named[0]
        holds = same[0][0] if same else ""
        return Verification("modifié", name, sha256, step, holds=holds)
    return Verification("inconnu", sha256=sha256)


def _with_inputs(found: Verification, project: Project, graph: Graph) -> Verification:
    steps, n_tables, changes = [found.step], 0, []
    if found.step == COMPARED:
        sidecar = read_sidecar(project, project.maps / found.name.removeprefix(MAPS))
        tables = {
            graph[step]["name"]: graph[step]
            for step in graph
            if "sha256" in graph[step]
        }
        n_tables = len(sidecar["inputs"])
        moved = [
            name
            for name, sha256 in sidecar["inputs"].items()
            if tables.get(name, {}).get("sha256") != sha256
        ]
        changes = [f"table recalculée depuis la comparaison : {step}" for step in moved]
        steps = _makers(graph, set(sidecar["inputs"]))
    upstream = _upstream(graph, steps)
    by_step = {STEP_PREFIX + step.name: step for step in STEPS}
    files, parts = set(), set()
    for step in upstream:
        if step not in by_step:
            changes.append(f"étape disparue du logiciel : {graph[step]['name']}")
            continue
        told_files, said = _files_of(graph, step, project, by_step[step])
        files |= told_files
        changes += said
        parts |= {p for p in ids(graph[step], "object") if p.startswith(PART_PREFIX)}
    changes += _changed_parts(graph, parts, project)
    label = graph[found.step]["name"] if found.step in graph else "Comparaison demandée"
    return replace(
        found,
        step=label,
        n_inputs=n_tables + len(files) + len(parts),
        changes=tuple(dict.fromkeys(changes)),
        versions=_other_versions(graph),
    )


def _files_of(
    graph: Graph, action: str, project: Project, step: Any
) -> tuple[set[str], list[str]]:
    """Hold the raw files of a step against those of the run."""
    made = {one for each in _actions(graph).values() for one in ids(each, "result")}
    digests = {
        graph[one]["name"]: graph[one]["sha256"]
        for one in ids(graph[action], "object")
        if one not in made and not one.startswith(PART_PREFIX)
    }
    if not digests:
        return set(), []
    written = {path for one in STEPS for path in one.artefacts(project)}
    raw = [path for path in step.inputs(project) if path not in written]
    roots = (project.out, project.base)
    now = input_digests((path for path in raw if path.is_file()), roots)
    changes = [
        f"fichier absent : {name}" for name in sorted(digests.keys() - now.keys())
    ]
    changes += [
        f"fichier ajouté : {name}" for name in sorted(now.keys() - digests.keys())
    ]
    changes += [
        f"fichier changé : {name}"
        for name, sha256 in sorted(digests.items())
        if now.get(name, sha256) != sha256
    ]
    return set(digests), changes


def _changed_parts(graph: Graph, parts: set[str], project: Project) -> list[str]:
    changes = []
    for part in sorted(parts):
        key = part.removeprefix(PART_PREFIX)
        if value_digest(setting(project.study, key)) != graph[part]["sha256"]:
            changes.append(f"paramètre changé : {key}")
    return changes


def _other_versions(graph: Graph) -> tuple[str, ...]:
    now = libraries()
    versions = {
        one.removeprefix(LIBRARY_PREFIX): graph[one]["version"]
        for one in graph
        if one.startswith(LIBRARY_PREFIX)
    }
    return tuple(
        f"{name} {version} → {now.get(name, 'absente')}"
        for name, version in sorted(versions.items())
        if now.get(name) != version
    )


def _actions(graph: Graph) -> Graph:
    return {key: one for key, one in graph.items() if key.startswith(STEP_PREFIX)}


def _makers(graph: Graph, names: set[str]) -> list[str]:
    return [
        key
        for key, one in _actions(graph).items()
        if names & {graph[each]["name"] for each in ids(one, "result")}
    ]


def _upstream(graph: Graph, steps: list[str]) -> list[str]:
    """List steps and all that come before them, each once."""
    actions = _actions(graph)
    maker = {one: key for key, each in actions.items() for one in ids(each, "result")}
    found: set[str] = set()
    waiting = list(steps)
    while waiting:
        step = waiting.pop()
        if step in actions and step not in found:
            found.add(step)
            waiting += [maker[o] for o in ids(actions[step], "object") if o in maker]
    return sorted(found)
