"""Read a folder back."""

from pathlib import Path

from eitgeo.audit.published import Published, read_published


def read_back(folder: Path) -> Published:
    """Read a published folder."""
    return read_published(folder)
