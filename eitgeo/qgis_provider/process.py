"""The package at work in a process of its own: QGIS lacks the libraries it needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingException, QgsSettings

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback

SETTING = "EITGEO_PYTHON"
"""The setting of Processing, and the variable of the environment."""

_POLL_S = 0.2
_OF_QGIS = ("PYTHON", "GDAL_", "OGR_", "PROJ_", "LD_LIBRARY_PATH")
"""Variables that lead to libraries of QGIS: another environment takes none of them."""

_MISSING = (
    "L’environnement d’eitgeo est introuvable. Installez le paquet (« make study » ou "
    "« pip install »), puis indiquez son Python : Préférences ▸ Options ▸ Traitement ▸ "
    "Fournisseurs ▸ eitgeo ▸ « Python de l’environnement eitgeo » ; ou la variable "
    f"d’environnement {SETTING} ; ou mettez « eitgeo » dans le PATH."
)


def command() -> list[str]:
    """Find the package: the setting, else the variable, else the PATH."""
    python = QgsSettings().value(f"Processing/Configuration/{SETTING}")
    python = python or os.environ.get(SETTING)
    if python:
        if not Path(python).is_file():
            raise QgsProcessingException(f"« {python} » n’existe pas. {_MISSING}")
        return [str(python), "-m", "eitgeo"]
    found = shutil.which("eitgeo")
    if found is None:
        raise QgsProcessingException(_MISSING)
    return [found]


def run(task: dict[str, Any], folder: str, feedback: QgsProcessingFeedback) -> None:
    """Run a task to its end, or kill it where the user cancels."""
    words = [*command(), "layers", "tache.json"]
    path = Path(folder) / "tache.json"
    path.write_text(json.dumps(task, ensure_ascii=False), encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_OF_QGIS)}
    try:
        process = subprocess.Popen(  # noqa: S603 - what the user set up
            words,
            cwd=folder,
            env=kept | {"PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise QgsProcessingException(f"{words[0]} : {error}. {_MISSING}") from error
    said = _said(process, feedback)
    if "No module named eitgeo" in said:
        raise QgsProcessingException(f"eitgeo n’est pas dans {words[0]}. {_MISSING}")
    if process.returncode:
        raise QgsProcessingException(said or f"Arrêt (code {process.returncode}).")
    if said:
        feedback.pushInfo(said)


def _said(process: subprocess.Popen[bytes], feedback: QgsProcessingFeedback) -> str:
    with process:  # waits for its end, and closes its pipe
        try:
            while True:
                try:
                    out, _ = process.communicate(timeout=_POLL_S)
                except subprocess.TimeoutExpired:
                    if feedback.isCanceled():
                        raise QgsProcessingException("Calcul annulé.") from None
                else:
                    return out.decode("utf-8", errors="replace").strip()
        finally:
            process.kill()
