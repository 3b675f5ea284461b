"""``python -m eitgeo``."""

from eitgeo.cli._app import app

if __name__ == "__main__":
    app(prog_name="eitgeo")
