"""What the doctor says of names of former editions: keys, folders, published files."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from eitgeo.errors import EitgeoError
from eitgeo.store import SIDECAR_SUFFIX
from eitgeo.study.prints import WELCOME, files_published, shelf_of
from eitgeo.study.project import STAMPED
from eitgeo.study.renamed import renamed
from eitgeo.study.yaml import load_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from eitgeo.study.renamed import Kind, Renamed

TITLE = "Noms d'une version antérieure"
_SHOWN = 3
NOTHING = {"à reprendre": "rien"}


def former_facts(study: Path, out: Path) -> dict[str, str]:
    """Tell each former name that a study, or the folder it writes to, still bears.

    ``study``: the file, which may be refused. ``out``: folder above ``maps``. Returns:
    the name → what it is now, since when, what to do.
    """
    facts: dict[str, str] = {}
    with suppress(EitgeoError):  # what cannot be read is told by whoever opens it
        raw = load_yaml(study)
        for trace in _of("key", "absent"):
            if _holds(raw, trace.old or trace.new) == (trace.kind == "key"):
                facts[_key_label(trace)] = _told(trace)
    for trace in _of("folder", "sidecar", "output"):
        names = _MET[trace.kind](trace, out)
        if names:
            facts[_file_label(trace, names)] = _told(trace)
    return facts or NOTHING


def _of(*kinds: Kind) -> Iterable[Renamed]:
    return (one for one in renamed() if one.kind in kinds)


def _holds(raw: Any, key: str) -> bool:
    for part in key.split("."):
        if not isinstance(raw, dict) or part not in raw:
            return False
        raw = raw[part]
    return True


def _in_folder(one: Renamed, out: Path) -> list[str]:
    """List what lies in a former folder; of ``maps`` itself, what has a shelf now."""
    paths = sorted((out / one.old).glob("[!.]*"))
    if one.old == "maps":
        paths = [p for p in paths if p.is_file() and _has_shelf(p)]
    return [path.name for path in paths]


def _has_shelf(path: Path) -> bool:
    if path.name.count(".") > 1:  # a sheet beside a file, a new version beside one
        return False
    stem = _stem(path)
    if stem in {one.old for one in _of("output")}:
        return True
    try:
        return stem != WELCOME and bool(shelf_of(stem))
    except LookupError:
        return False


def _sidecars(one: Renamed, out: Path) -> list[str]:
    folder = (out / one.old).parent
    return [path.name for path in sorted(folder.glob(f"*.?*{SIDECAR_SUFFIX}"))]


def _outputs(one: Renamed, out: Path) -> list[str]:
    paths = files_published(out / "maps")
    return [p.name for p in paths if f"{_stem(p)}_A".startswith(f"{one.old}_A")]


_MET: dict[Kind, Callable[[Renamed, Path], list[str]]] = {
    "folder": _in_folder,
    "sidecar": _sidecars,
    "output": _outputs,
}


def _stem(path: Path) -> str:
    return path.name.partition(".")[0].removeprefix(STAMPED)


def _key_label(one: Renamed) -> str:
    return f"clé « {one.old} »" if one.old else f"clé « {one.new} », absente"


def _file_label(one: Renamed, names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    rest = f"… ({len(names)} en tout)" if len(names) > _SHOWN else ""
    place = "" if one.kind == "output" else f"{one.old.partition('*')[0].rstrip('/')} "
    what = "fichier" if one.kind == "output" else "dossier"
    return f"{what} {place}« {shown}{rest} »"


def _told(one: Renamed) -> str:
    now = f"« {one.new} » " if one.old else ""
    return f"{now}depuis le {one.since:%d/%m/%Y} → {one.remedy}"
