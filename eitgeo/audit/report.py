"""What an audit says: lines for a screen, a table for a file. French."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from eitgeo.audit.auditing import ASKED, Audit, Finding
from eitgeo.words import NBSP, french_number

MAX_TOLD = 40
_INDENT = "  "
_SIDES = {
    "deux": "connu des deux côtés",
    "bas": "minoré de trop près",
    "haut": "majoré de trop près",
}


def audit_lines(
    found: Audit, *, all_cells: bool = False, strict: bool = False
) -> list[str]:
    """Say what an audit did and found."""
    return [
        *_work(found),
        *_cells(found, all_cells=all_cells, strict=strict),
        *_listed("Chiffres à revoir", found.remarks),
        *_listed("Hors de ce qui est déclaré", found.undeclared),
        *_listed("Fichiers non lus", found.unread),
        _verdict(is_clean=is_clean(found, strict=strict)),
    ]


def _work(found: Audit) -> list[str]:
    each = 1000 * found.seconds / found.n_solved if found.n_solved else 0.0
    time = f"{french_number(each, decimals=1)}{NBSP}ms chacun"
    dropped = f"{_n(found.n_redundant)} chiffres publiés n’ajoutent rien"
    solved = f"{_n(found.n_solved)} programmes résolus, {time}"
    return [
        f"Système : {_n(found.n_equations)} équations ; {dropped} et sont écartés.",
        f"Cases secrètes bornées : {_n(found.n_cells)} ; {solved}.",
        f"Fichiers tenus contre ce qui est déclaré : {_n(found.n_files)}.",
    ]


def _cells(found: Audit, *, all_cells: bool, strict: bool) -> list[str]:
    listed = [*found.findings, *(found.admitted if strict else ())]
    lines = []
    if found.admitted and not strict:
        said = "le total d’un bloc ou un registre en disent autant"
        count = _n(len(found.admitted))
        lines.append(f"Admises par la règle, {said} : {count} (--strict les compte).")
    if not listed:
        return lines
    cells = _by_cell(listed)
    ordered = sorted(
        cells.values(),
        key=lambda same: (same[0].side(strict=strict) != "deux", *same[0].cell[:3]),
    )
    shown = ordered if all_cells else ordered[:MAX_TOLD]
    asked = f"{french_number(100 * ASKED, decimals=0)}{NBSP}%"
    lines.append(
        f"Cases dont l’intervalle ne contient pas ±{NBSP}{asked} : {_n(len(ordered))}"
    )
    for first, *others in shown:
        more = f" ; {_n(1 + len(others))} tirages" if others else ""
        lines.append(f"{_INDENT}- {finding_words(first, strict=strict)}{more}")
    if len(shown) < len(ordered):
        lines.append(f"{_INDENT}… et {_n(len(ordered) - len(shown))} autres (--csv)")
    return lines


def _by_cell(findings: Sequence[Finding]) -> dict[tuple[str, ...], list[Finding]]:
    """Put the draws of a cell together."""
    by_cell: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        stream, draw, rest = finding.cell.stream.partition("tirage ")
        words = (stream, draw, rest.partition(", ")[2])
        by_cell.setdefault((finding.cell.kind, finding.cell.name, *words), []).append(
            finding
        )
    return by_cell


def finding_words(found: Finding, *, strict: bool = False) -> str:
    """Say which cell is known too well, and how well."""
    cell = found.cell
    low, high = _shares(found)
    upper = "sans borne" if math.isinf(high) else _signed(high)
    said = _SIDES[found.side(strict=strict)]
    return f"{cell.kind} {cell.name} ({cell.stream}) : {_signed(low)} à {upper}, {said}"


def _shares(found: Finding) -> tuple[float, float]:
    low, high = (100 * (one / found.cell.truth - 1) for one in found.bounds)
    return low, high


def _signed(share: float) -> str:
    number = french_number(abs(share), decimals=1)
    return f"{'−' if share < 0 else '+'}{number}{NBSP}%"


def _listed(title: str, texts: Sequence[str]) -> list[str]:
    if not texts:
        return []
    lines = [f"{title} : {_n(len(texts))}"]
    lines += [f"{_INDENT}- {one}" for one in texts[:MAX_TOLD]]
    if len(texts) > MAX_TOLD:
        lines.append(f"{_INDENT}… et {_n(len(texts) - MAX_TOLD)} autres")
    return lines


def is_clean(found: Audit, *, strict: bool = False) -> bool:
    """Say whether a folder may be published."""
    return found.is_clean and not (strict and found.admitted)


def _verdict(*, is_clean: bool) -> str:
    if is_clean:
        return "RIEN TROUVÉ : aucune case secrète n’est connue de trop près."
    return "TROUVÉ : ne pas publier ce dossier avant d’avoir revu ce qui précède."


def _n(count: int) -> str:
    return french_number(float(count))


def finding_table(found: Audit, *, strict: bool = False) -> pd.DataFrame:
    """Lay the cells that are known too well out, without their amounts."""
    rows = [
        (*one.cell[:1], one.cell.name, one.cell.stream, *_shares(one), side)
        for one in (*found.findings, *(found.admitted if strict else ()))
        if (side := one.side(strict=strict))
    ]
    names = ["genre", "nom", "flux", "bas_pct", "haut_pct", "cote"]
    return pd.DataFrame(rows, columns=names).round(2)
