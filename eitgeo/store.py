"""The only writer: write beside, rename, and leave a sidecar that says from what.

A file appears whole or not at all: bytes go to a neighbour whose name starts with
a dot, reach the disk, and take the final name in one ``os.replace``. Beside each
artefact ``<name>.json`` lists the digests of its inputs, its parameters and the
versions that made it. Nothing written depends on the clock or on the machine.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections import Counter
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from eitgeo.errors import SourceError, unread_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

PARTIAL_PREFIX = ".partiel-"
SIDECAR_SUFFIX = ".json"
_FULL = ("disque plein", "libérer de la place, puis relancer")
_REASONS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: (
        "fichier trop grand pour ce disque",
        "choisir un autre dossier (--out)",
    ),
    errno.EROFS: ("disque en lecture seule", "choisir un autre dossier (--out)"),
}
_VERSIONS_TOLD = ("eitgeo", "geopandas", "numpy", "pandas", "pyarrow", "shapely")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    SourceError
        When the file cannot be read.
    """
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
        if is_file:  # a pipe or a device may have no end
            with path.open("rb") as handle:
                return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        message = f"{path.name} : lecture impossible ({unread_reason(error)})"
        raise SourceError(message) from error
    message = f"{path.name} : lecture impossible (ce n'est pas un fichier)"
    raise SourceError(message)


def write(path: Path, writer: Callable[[Path], object]) -> Path:
    """Give a file its final name only once it is whole and on disk.

    Parameters
    ----------
    path
        The final name; its folder is made if needed.
    writer
        Writes the whole content to the path that it is given; that path has the
        suffix of the final one.

    Returns
    -------
    pathlib.Path
        The final name.

    Raises
    ------
    SourceError
        When the file is held open by another program or the disk refuses; what
        stood there before is untouched.
    """
    partial = path.with_name(f"{PARTIAL_PREFIX}{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer(partial)
        with partial.open("rb+") as handle:
            os.fsync(handle.fileno())
        partial.replace(path)
    except OSError as error:
        _drop(partial)
        raise refused(path.name, error) from error
    except BaseException:
        _drop(partial)
        raise
    return path


def refused(name: object, error: OSError) -> SourceError:
    """Say in French why a file or a folder cannot be written, and what to do.

    Parameters
    ----------
    name
        The file or the folder, as the user knows it.
    error
        What the system answered.

    Returns
    -------
    SourceError
        To be raised.
    """
    if isinstance(error, PermissionError):
        return SourceError(
            f"{name} ne peut pas être remplacé : fermez-le dans Excel, QGIS ou "
            "votre lecteur PDF (ou vérifiez vos droits sur le dossier), puis relancez"
        )
    reason, remedy = _REASONS.get(
        error.errno or 0, (error.strerror or error, "vérifier le dossier")
    )
    return SourceError(f"{name} : écriture impossible ({reason}) → {remedy}")


def _drop(partial: Path) -> None:
    with suppress(OSError):  # no folder, or a name that no disk takes: nothing there
        partial.unlink()


def write_bytes(path: Path, content: bytes) -> Path:
    """Write bytes whole or not at all.

    Parameters
    ----------
    path
        The final name.
    content
        What the file holds.

    Returns
    -------
    pathlib.Path
        The final name.
    """
    return write(path, lambda partial: partial.write_bytes(content))


def write_json(path: Path, content: Mapping[str, Any]) -> Path:
    """Write a mapping as sorted, indented UTF-8 JSON.

    Parameters
    ----------
    path
        The final name.
    content
        JSON-ready values; NaN and infinities are not.

    Returns
    -------
    pathlib.Path
        The final name.
    """
    text = json.dumps(
        content, allow_nan=False, ensure_ascii=False, indent=1, sort_keys=True
    )
    return write_bytes(path, f"{text}\n".encode())


def write_sidecar(
    path: Path,
    *,
    step: str,
    inputs: Iterable[Path],
    parameters: Mapping[str, Any],
    roots: Sequence[Path],
) -> Path:
    """Write ``<name>.json`` beside an artefact: from what, with what, by what.

    Parameters
    ----------
    path
        The artefact, already written.
    step
        Name of the step that made it.
    inputs
        Files it was made from.
    parameters
        The part of the study that the step reads.
    roots
        Folders that inputs are named from: the first that holds them.

    Returns
    -------
    pathlib.Path
        The sidecar.
    """
    content = {
        "artefact": path.name,
        "sha256": digest(path),
        "step": step,
        "inputs": input_digests(inputs, roots),
        "parameters": dict(parameters),
        "versions": {name: version(name) for name in _VERSIONS_TOLD},
    }
    return write_json(path.with_name(path.name + SIDECAR_SUFFIX), content)


def input_digests(inputs: Iterable[Path], roots: Sequence[Path]) -> dict[str, str]:
    """Digest the files that something was made from, each under its own name.

    Parameters
    ----------
    inputs
        The files, in the order in which a step lists them.
    roots
        Folders that they are named from: the first that holds them.

    Returns
    -------
    dict
        Relative name, or bare name outside every root → SHA-256; a rank follows a
        name that is met again.

    Raises
    ------
    SourceError
        When a file cannot be read.
    """
    named: Counter[str] = Counter()
    told = {}
    for item in dict.fromkeys(inputs):
        name = relative_name(item, *roots)
        named[name] += 1
        # Two files outside every root may bear the same bare name.
        rank = f" ({named[name]})" if named[name] > 1 else ""
        told[f"{name}{rank}"] = digest(item)
    return told


def relative_name(path: Path, *roots: Path) -> str:
    """Name a file from a folder that holds it, with slashes on every platform.

    Parameters
    ----------
    path
        The file.
    *roots
        Folders, the preferred one first.

    Returns
    -------
    str
        The relative path; the bare name when no folder holds the file, so that no
        path of the machine is written.
    """
    full = path.resolve()
    for root in roots:
        if full.is_relative_to(root.resolve()):
            return full.relative_to(root.resolve()).as_posix()
    return path.name


def remove_partials(folder: Path) -> int:
    """Remove what a killed run left half written.

    Parameters
    ----------
    folder
        Folder of artefacts.

    Returns
    -------
    int
        How many files were removed.
    """
    leftovers = sorted(folder.rglob(f"{PARTIAL_PREFIX}*")) if folder.is_dir() else []
    for leftover in leftovers:
        leftover.unlink()
    return len(leftovers)
