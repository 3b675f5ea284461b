"""What leaves the tickets of weighbridges: a small table of guarded sums."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.reference.labels import labels_of
from eitgeo.reference.naf import naf_divisions
from eitgeo.sources.files.rows import (
    check_choices,
    check_dates,
    check_key,
    check_pattern,
    read_rows,
    to_counts,
    to_numbers,
)
from eitgeo.sources.survey.published_answers import (
    FEWEST,
    note_unpublishable,
    sums_csv,
    two_figures,
)
from eitgeo.tables.columns import WEIGHED_FAMILIES

_NAMES = {
    "lieu": "place",
    "nom": "name",
    "clients": "client",
    "famille": "family",
    "libelle": "label",
    "annee": "year",
    "du": "first_day",
    "au": "last_day",
    "nombre": "n_clients",
    "tonnes": "mass_t",
    "exutoires": "outlets",
    "publie_le": "published_on",
}
_NAF_DIGITS = 2
_REMEDY = "refaire le fichier (« eitgeo survey publish »)"
CLIENTS = ("professionnel", "collectivite")
WEIGHED_KEY = ["place", "client", "family", "year"]
WEIGHED_COLUMNS = [
    *WEIGHED_KEY,
    *("first_day", "last_day", "n_clients", "mass_t", "outlets", "published_on"),
]


def place_label(place: str, epci_names: Mapping[str, str]) -> str:
    """Name what a sum is told by: an EPCI, or a division of activities.

    Examples
    --------
    >>> place_label("123456789", {"123456789": "CC"}), place_label("16", {})[:7]
    ('CC', '16 – Tr')
    """
    if len(place) != _NAF_DIGITS:
        return epci_names.get(place, place)
    label = naf_divisions()["label"].get(place, "")
    return f"{place} – {label}" if label else place


def family_label(family: str) -> str:
    """Name a family of weighed waste.

    Examples
    --------
    >>> family_label("bois"), family_label("dangereux"), family_label("")
    ('Bois', 'Déchets dangereux', 'Produits non classés')
    """
    return labels_of("weighed_family")[family or "non_classe"]


def client_label(client: str) -> str:
    """Name a kind of clients."""
    return labels_of("weighed_client")[client]


def outlet_names(told: str, names: Mapping[str, str]) -> str:
    """Name the outlets of a sum; those that the study does not list are left out.

    Examples
    --------
    >>> outlet_names("a;b;c", {"c": "Quai Sud", "a": "Centre Nord"})
    'Centre Nord, Quai Sud'
    """
    return ", ".join(names[one] for one in told.split(";") if one in names)


def weighings_csv(told: pd.DataFrame, *, epci_names: Mapping[str, str]) -> bytes:
    """Write sums of weighings for a person to read, and a study after it."""
    labels = [
        {
            "name": place_label(str(row["place"]), epci_names),
            "label": family_label(str(row["family"])),
        }
        for row in told.to_dict("records")
    ]
    return sums_csv(told, labels, names=_NAMES)


def read_published_weighings(path: Path) -> pd.DataFrame:
    """Read what ``eitgeo survey publish`` wrote.

    Parameters
    ----------
    path
        CSV with ``lieu`` (SIREN of an EPCI, or division of NAF), ``nom``, ``clients``
        (``professionnel``, ``collectivite``), ``famille``, ``libelle``, ``annee``,
        ``du``, ``au``, ``nombre``, ``tonnes`` [t over the period], ``exutoires``
        (identifiers, ``;`` between them), ``publie_le``.

    Returns
    -------
    pandas.DataFrame
        Table ``weighed_public``.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, unknown kind of client or family, fewer than three clients,
        figure finer than what is published, days out of their year, sum told twice.
    """
    rows = read_rows(path, columns=_NAMES)
    faults = Faults(path.name)
    check_key(rows, ["lieu", "clients", "famille", "annee"], faults=faults)
    check_choices(rows, "clients", allowed=CLIENTS, faults=faults)
    check_choices(rows, "famille", allowed=WEIGHED_FAMILIES, faults=faults)
    check_pattern(
        rows, "lieu", pattern="[0-9]{9}|[0-9]{2}", example="123456789", faults=faults
    )
    check_pattern(rows, "annee", pattern="[0-9]{4}", example="2025", faults=faults)
    for name in ("du", "au", "publie_le"):
        check_dates(rows, name, faults=faults)
    n_clients = to_counts(rows, "nombre", faults=faults)
    tonnes = to_numbers(rows, "tonnes", faults=faults)
    years = [rows[name].str[:4] for name in ("du", "au")]
    note_unpublishable(
        {
            "somme de moins de trois clients": n_clients.lt(FEWEST),
            "« nombre » : deux chiffres significatifs": (
                n_clients.ne(two_figures(n_clients))
            ),
            "« tonnes » : deux chiffres significatifs, positifs": (
                ~tonnes.gt(0) | tonnes.ne(two_figures(tonnes))
            ),
            "« du » et « au » hors de « annee », ou en désordre": (
                years[0].ne(rows["annee"])
                | years[1].ne(rows["annee"])
                | rows["du"].gt(rows["au"])
            ),
        },
        remedy=_REMEDY,
        faults=faults,
    )
    faults.raise_if_any(SchemaError)
    kept = rows.assign(nombre=n_clients, tonnes=tonnes).rename(columns=_NAMES)
    return kept[WEIGHED_COLUMNS].reset_index(drop=True)
