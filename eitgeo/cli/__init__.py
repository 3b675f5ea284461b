"""The command line; what it says is in French."""

from eitgeo.cli._app import app

__all__ = ["app"]
