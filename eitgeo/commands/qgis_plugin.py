"""The provider of QGIS in a zip, as QGIS installs it: same inputs, same bytes."""

from __future__ import annotations

import zipfile
from importlib.resources import files
from pathlib import Path

from eitgeo import __version__
from eitgeo.store import new_files, write

_FOLDER = "eitgeo_qgis"
_SUFFIXES = (".py", ".json", ".txt", "LICENSE")
_INIT = "from .plugin import classFactory\n"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_plugin(path: Path) -> Path:
    """Write the zip: the provider alone, which finds the package by itself.

    Notes
    -----
    Its ``__init__`` is written here: the folder is no part of the package, whose
    libraries QGIS lacks, and which lacks PyQGIS.
    """
    contents = {
        source.name: source.read_text(encoding="utf-8")
        for source in (files("eitgeo") / "qgis_provider").iterdir()
        if source.name.endswith(_SUFFIXES)
    }
    metadata = contents["metadata.txt"].replace("version=0", f"version={__version__}")
    contents |= {"metadata.txt": metadata, "__init__.py": _INIT}

    def writer(partial: Path) -> None:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in sorted(contents.items()):
                entry = zipfile.ZipInfo(f"{_FOLDER}/{name}", _EPOCH)
                entry.external_attr = 0o644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, text)

    with new_files():
        return write(path, writer)
