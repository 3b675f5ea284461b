"""The one thing that leaves answers to the survey: a small table of guarded sums."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.reference.survey import survey_outcomes
from eitgeo.sources.files.rows import (
    check_choices,
    check_dates,
    check_key,
    check_pattern,
    read_rows,
    to_counts,
    to_numbers,
)
from eitgeo.words import round_significant

_NAMES = {
    "epci_siren": "epci_siren",
    "epci": "epci",
    "sujet": "subject",
    "detail": "item",
    "libelle": "label",
    "entreprises": "n_firms",
    "t_par_an": "mass_t",
    "publie_le": "published_on",
}
_SUBJECTS = ("inscrites", "flux", "exutoire")
_STREAMS = {
    "NDNI": "Déchets non dangereux et non inertes",
    "INERT": "Déchets inertes",
    "DANGEREUX": "Déchets dangereux",
}
_SIGNED_UP = "Entreprises inscrites"
FEWEST = 3
_REMEDY = "refaire le fichier (« eitgeo survey publish »)"
ANSWER_KEY = ["epci_siren", "subject", "item"]


def answer_label(subject: str, item: str) -> str:
    """Name a sum of answers, for a reader.

    Examples
    --------
    >>> answer_label("flux", "INERT"), answer_label("exutoire", "repris")
    ('Déchets inertes', 'Repris par un prestataire')
    """
    if subject == "inscrites":
        return _SIGNED_UP
    names = _STREAMS if subject == "flux" else survey_outcomes()["label_fr"]
    return str(names[item])


def answers_csv(told: pd.DataFrame, *, epci_names: Mapping[str, str]) -> bytes:
    """Write sums of answers for a person to read, and a study after it."""
    labels = [
        {
            "epci": epci_names.get(row["epci_siren"], ""),
            "label": answer_label(str(row["subject"]), str(row["item"])),
        }
        for row in told.to_dict("records")
    ]
    return sums_csv(told, labels, names=_NAMES)


def sums_csv(
    told: pd.DataFrame, labels: Iterable[Mapping[str, str]], *, names: Mapping[str, str]
) -> bytes:
    """Write published sums: French column → ours, or label of a row."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row, words in zip(told.to_dict("records"), labels, strict=True):
        mass = float(row["mass_t"])
        t = "" if math.isnan(mass) else f"{Decimal(repr(mass)).normalize():f}"
        cells: dict[Any, Any] = {**row, **words, "mass_t": t}
        writer.writerow([cells[name] for name in names.values()])
    return out.getvalue().encode()


def read_published_answers(path: Path) -> pd.DataFrame:
    """Read what ``eitgeo survey publish`` wrote.

    Parameters
    ----------
    path
        CSV with ``epci_siren``, ``epci``, ``sujet`` (``inscrites``, ``flux``,
        ``exutoire``), ``detail``, ``libelle``, ``entreprises``, ``t_par_an``
        [t/year], ``publie_le``.

    Returns
    -------
    pandas.DataFrame
        Table ``survey_public``.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, unknown subject or item, fewer than three firms, decimal comma,
        sum that is told twice.
    """
    rows = read_rows(path, columns=_NAMES)
    faults = Faults(path.name)
    check_key(rows, ["epci_siren", "sujet", "detail"], faults=faults)
    check_choices(rows, "sujet", allowed=list(_SUBJECTS), faults=faults)
    check_pattern(
        rows, "epci_siren", pattern=r"\d{9}", example="123456789", faults=faults
    )
    check_dates(rows, "publie_le", faults=faults)
    _check_items(rows, faults=faults)
    n_firms = to_counts(rows, "entreprises", faults=faults)
    tonnes = to_numbers(rows, "t_par_an", faults=faults)
    is_finer = tonnes.notna() & tonnes.ne(two_figures(tonnes))
    note_unpublishable(
        {
            "somme de moins de trois entreprises": n_firms.lt(FEWEST),
            "« entreprises » : deux chiffres significatifs": (
                n_firms.notna() & n_firms.ne(two_figures(n_firms))
            ),
            "« t_par_an » : deux chiffres significatifs": is_finer,
            "« t_par_an » hors d'un flux : seules les entreprises sont comptées": (
                rows["sujet"].ne("flux") & tonnes.notna()
            ),
        },
        remedy=_REMEDY,
        faults=faults,
    )
    faults.raise_if_any(SchemaError)
    kept = rows.assign(entreprises=n_firms, t_par_an=tonnes).rename(columns=_NAMES)
    columns = [*ANSWER_KEY, "n_firms", "mass_t", "published_on"]
    return kept[columns].reset_index(drop=True)


def note_unpublishable(
    wrong: Mapping[str, pd.Series], *, remedy: str, faults: Faults
) -> None:
    """Note what no publication writes, a fault a row."""
    for met, where in wrong.items():
        for line in where.index[where]:
            faults.add(met, row=int(line), remedy=remedy)


def two_figures(values: pd.Series) -> pd.Series:
    """Round to what is published."""
    return values.map(lambda one: round_significant(one, 2))


def _check_items(rows: pd.DataFrame, *, faults: Faults) -> None:
    """Note the details that their subject does not have."""
    outcomes = survey_outcomes().index
    items = {"inscrites": {""}, "flux": _STREAMS, "exutoire": set(outcomes)}
    for line, row in rows.iterrows():
        if row["detail"] not in items.get(row["sujet"], {row["detail"]}):
            faults.add(
                f"« {row['detail']} » : détail inconnu de « {row['sujet']} »",
                row=int(str(line)),
                remedy=_REMEDY,
            )
