"""The one thing that leaves answers to the survey: a small table of guarded sums."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

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
_FEWEST = 3
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
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_NAMES)
    for row in told.to_dict("records"):
        subject, item = str(row["subject"]), str(row["item"])
        mass = row["mass_t"]
        t = "" if pd.isna(mass) else f"{Decimal(repr(mass)).normalize():f}"
        name = epci_names.get(row["epci_siren"], "")
        told_of = (row["epci_siren"], name, subject, item, answer_label(subject, item))
        writer.writerow([*told_of, row["n_firms"], t, row["published_on"]])
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
    for line in rows.index[n_firms.lt(_FEWEST)]:
        remedy = "ôter la ligne : elle ne peut être diffusée"
        faults.add("somme de moins de trois entreprises", row=line, remedy=remedy)
    tonnes = to_numbers(rows, "t_par_an", faults=faults)
    _check_figures(rows, n_firms, tonnes, faults=faults)
    faults.raise_if_any(SchemaError)
    kept = rows.assign(entreprises=n_firms, t_par_an=tonnes).rename(columns=_NAMES)
    columns = [*ANSWER_KEY, "n_firms", "mass_t", "published_on"]
    return kept[columns].reset_index(drop=True)


def _check_figures(
    rows: pd.DataFrame, n_firms: pd.Series, tonnes: pd.Series, *, faults: Faults
) -> None:
    """Note what no publication writes: finer figures, tonnes out of a stream."""
    remedy = "refaire le fichier (« eitgeo survey publish »)"
    for name, values in (("entreprises", n_firms), ("t_par_an", tonnes)):
        fine = values.notna() & (values != values.map(_rounded))
        for line in rows.index[fine]:
            met = f"« {name} » = « {rows[name][line]} » : deux chiffres significatifs"
            faults.add(met, row=int(line), remedy=remedy)
    for line in rows.index[rows["sujet"].ne("flux") & tonnes.notna()]:
        met = "« t_par_an » hors d'un flux : seules les entreprises sont comptées"
        faults.add(met, row=int(line), remedy=remedy)


def _rounded(value: float) -> float:
    return round_significant(value, 2)


def _check_items(rows: pd.DataFrame, *, faults: Faults) -> None:
    """Note the details that their subject does not have."""
    outcomes = survey_outcomes().index
    items = {"inscrites": {""}, "flux": _STREAMS, "exutoire": set(outcomes)}
    for line, row in rows.iterrows():
        if row["detail"] not in items.get(row["sujet"], {row["detail"]}):
            faults.add(
                f"« {row['detail']} » : détail inconnu de « {row['sujet']} »",
                row=int(str(line)),
                remedy="refaire le fichier (« eitgeo survey publish »)",
            )
