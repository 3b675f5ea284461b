"""What « eitgeo verify » says of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eitgeo.audit.reading.opened import Finding
    from eitgeo.commands import verify as verifying

_MAX_TOLD = 20
_INDENT = "  "
_MADE_AGAIN = "« eitgeo run » écrit le sien, à côté d’un fichier retouché"
_UNSAID = (
    "Sans l’étude, rien n’est dit de ses entrées : elles peuvent avoir changé depuis. "
    "Le manifeste n’est pas signé : il vaut ce que vaut la voie par laquelle il vous "
    "est parvenu."
)


def verdict_lines(
    name: str, found: verifying.Verification, *, from_manifest: bool = False
) -> list[str]:
    """Say what a file is to the last complete run of a study."""
    unsaid = [f"{_INDENT}{_UNSAID}"] if from_manifest else []
    if found.standing == "inconnu":
        said = "INCONNU : aucun fichier du calcul n’a ce contenu ni ce nom."
        return [f"{name} : {said}", *_tail(found), *unsaid]
    if found.standing == "modifié":
        said = f"MODIFIÉ : le calcul a écrit {found.name} avec un autre contenu."
        source = "le demander à qui l’a publié" if from_manifest else _MADE_AGAIN
        cause = "Le fichier a été changé depuis, ou vient d’un autre calcul"
        if found.holds:
            cause = f"C’est, octet pour octet, {found.holds}"
        remedy = f"{cause} → {source}."
        return [f"{name} : {said}", f"{_INDENT}{remedy}", *_tail(found), *unsaid]
    verdict = "CONFORME, MAIS SES ENTRÉES ONT CHANGÉ" if found.changes else "CONFORME"
    lines = [f"{name} : {verdict} : c’est, octet pour octet, {found.name}."]
    lines += [f"{_INDENT}Étape : {found.step}."]
    lines += _listed(found)
    return [*lines, *_tail(found), *unsaid]


def _listed(found: verifying.Verification) -> list[str]:
    if not found.n_inputs:
        return []
    inputs = f"{found.n_inputs} entrées comparées (fichiers et paramètres)"
    if not found.changes:
        lines = [f"{_INDENT}{inputs} : inchangées."]
    else:
        lines = [f"{_INDENT}{inputs} ; ont changé :"]
        lines += [f"{_INDENT}  - {one}" for one in found.changes[:_MAX_TOLD]]
        if len(found.changes) > _MAX_TOLD:
            lines.append(f"{_INDENT}  … et {len(found.changes) - _MAX_TOLD} autres")
    if found.versions:
        versions = ", ".join(found.versions)
        lines.append(f"{_INDENT}Versions différentes ici : {versions}.")
    return lines


def _tail(found: verifying.Verification) -> list[str]:
    lines = [f"{_INDENT}{found.description}."] if found.description else []
    return [*lines, f"{_INDENT}sha256 {found.sha256}"]


def reading_lines(faults: Sequence[Finding]) -> list[str]:
    """Say what no reader should see, file by file, with where and the words."""
    if not faults:
        return ["Lecture : rien qu’un lecteur ne doive voir."]
    lines = []
    for file in dict.fromkeys(one.file for one in faults):
        lines.append(f"{file} :")
        lines += [
            f"{_INDENT}- {one.place} : {one.what} : « {one.text} »"
            for one in faults
            if one.file == file
        ]
    many = "fautes" if len(faults) > 1 else "faute"
    return [*lines, f"Lecture : {len(faults)} {many}."]
