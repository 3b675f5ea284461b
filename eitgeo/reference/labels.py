"""What readers read in place of a key: one table by subject, in the order shown.

A label may quote that of an indicator, as ``{target_sites}``: it changes with it.
"""

from __future__ import annotations

import pandas as pd

from eitgeo.reference.shipped import prepared, shipped_table


def with_labels(text: str) -> str:
    """Put the labels of indicators that a text quotes in their place.

    Examples
    --------
    >>> with_labels("{industry_jobs} (diffusables)")
    'Emplois industriels (diffusables)'
    """
    if "{" not in text:
        return text
    table = shipped_table("indicators.csv")
    return text.format_map(
        dict(zip(table["indicator_id"], table["label"], strict=True))
    )


def labels_of(theme: str) -> dict[str, str]:
    """Return the French of the keys of a theme: states, verdicts, statuses, units."""
    table = _labels()
    of_theme = table[table["theme"] == theme]
    return dict(zip(of_theme["key"], of_theme["label"], strict=True))


@prepared("labels.csv", "indicators.csv")
def _labels() -> pd.DataFrame:
    table = shipped_table("labels.csv")
    return table.assign(label=table["label"].map(with_labels))


@prepared("epci_facts.csv", "indicators.csv")
def epci_fact_labels() -> pd.DataFrame:
    """Return how facts of an EPCI are told: ``label``, ``unit``, ``decimals``, base."""
    table = shipped_table("epci_facts.csv").set_index("fact_id")
    return table.assign(
        label=table["label"].map(with_labels), decimals=table["decimals"].astype(int)
    )
