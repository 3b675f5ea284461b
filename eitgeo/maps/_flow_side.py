"""The side column of the maps of matter: totals, EPCI by EPCI, method and weakness."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from eitgeo.maps._canvas import Page, line_height_mm, text_width_mm, wrap, write
from eitgeo.maps._side import side_title
from eitgeo.maps.palette import MUTED
from eitgeo.words import figure_text, first_upper, french_number, round_significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from eitgeo.maps.ground import Ground

_SIZE_PT = 6.5
_NO_BOUNDS = (math.nan, math.nan)
_FIGURES = {"S": 2, "H": 1}
_OTHERS = {"plusieurs": "Plusieurs EPCI"}


class EpciTable(NamedTuple):
    """A list of the side column.

    Attributes
    ----------
    title
        Of the list, French.
    heads
        Of its columns.
    rows
        Name, then figures as written.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def method_sentence() -> tuple[str, str]:
    """Say how potentials are found, and what that is worth.

    References
    ----------
    Thesis of the PRESTEO group (123dok.net), quoted.
    """
    return (
        "Méthode déductive et sa faiblesse",
        (
            "Déduit des codes d'activité et des effectifs, sans visite. Les auteurs de "
            "cette méthode y voient un « foisonnement de résultats virtuels à vérifier "
            "et majoritairement faux » (groupe PRESTEO). Un potentiel dit où aller "
            "demander ; il ne décide pas d'un périmètre."
        ),
    )


_NOTHING_TOLD = (
    "Gisement potentiel estimé du territoire",
    (
        "Aucune tonne à dire : effectifs inconnus, ou tout est tenu par le secret "
        "statistique. Ce n’est pas un gisement nul."
    ),
)
_NOTHING_EXCHANGED = (
    "Échanges potentiels",
    (
        "Aucune tonne à dire : gisements inconnus, ou tout est tenu par le secret "
        "statistique. Ce n’est pas une absence d’échange."
    ),
)


def tonnage_sentence(sums: pd.DataFrame, evidence: str) -> tuple[str, str]:
    """Say what the territory throws away in all."""
    whole = sums[sums["group"] == ""]
    low, value, high = (float(whole[name].sum()) for name in ("low", "value", "high"))
    if value == 0:
        return _NOTHING_TOLD
    text = figure_text(
        value, bounds=(low, high), evidence=evidence, unit="t/an", decimals=0
    )
    return (
        "Gisement potentiel estimé du territoire",
        (
            f"{first_upper(text)}. Ratio par salarié × effectif, tirés "
            "ensemble : huit chances sur dix d'être dans l'intervalle, si les ratios "
            f"disent vrai. Classe {evidence}."
        ),
    )


def tonnage_rows(sums: pd.DataFrame, ground: Ground, evidence: str) -> EpciTable:
    """List what each EPCI throws away."""
    names = ground.epci["short_name"].astype(str).to_dict() | _OTHERS
    rows = []
    for row in sums[sums["group"] != ""].to_dict("records"):
        low, value, high = (
            _rounded(float(row[level]), evidence) for level in ("low", "value", "high")
        )
        name = names.get(str(row["group"]), str(row["group"]))
        rows.append((name, value, f"{low} à {high}"))
    title = "Gisement potentiel par EPCI (t/an)"
    return EpciTable(title, ("EPCI", "ordre de", "entre"), tuple(sorted(rows)))


def exchange_sentence(table: pd.DataFrame, ground: Ground) -> tuple[str, str]:
    """Say what could be exchanged in all, and how much of it stays in an EPCI."""
    total = float(table["value"].sum())
    if total == 0:
        return _NOTHING_EXCHANGED
    same = float(table.loc[table["donor"] == table["receiver"], "value"].sum())
    known = table["receiver"].isin(ground.epci.index)
    out = float(table.loc[~known, "value"].sum())
    shares = [
        figure_text(
            100 * part / total if total else math.nan,
            bounds=_NO_BOUNDS,
            evidence="H",
            unit="%",
            decimals=0,
        )
        for part in (same, out)
    ]
    text = figure_text(total, bounds=_NO_BOUNDS, evidence="H", unit="t/an", decimals=0)
    return (
        "Échanges potentiels, inertes et résidus compris",
        (
            f"{first_upper(text)} publiables, dont {shares[0]} dans l'EPCI du "
            f"donneur ; {shares[1]} vont hors du territoire, ou vers plusieurs EPCI "
            "que le secret réunit. Chaque tonne compte une fois. « – » : rien "
            "de publiable à part. Classe H, sans intervalle calculé."
        ),
    )


def exchange_rows(table: pd.DataFrame, ground: Ground) -> EpciTable:
    """List what each EPCI could give: inside, to another EPCI, elsewhere."""
    known = table["receiver"].isin(ground.epci.index)
    own = table["donor"] == table["receiver"]
    parts = {
        "dedans": table[own],
        "autre EPCI": table[known & ~own],
        "ailleurs": table[~known],
    }
    sums = {name: part.groupby("donor")["value"].sum() for name, part in parts.items()}
    names = ground.epci["short_name"].astype(str).sort_values()
    rows = (
        ()
        if table.empty
        else tuple(
            (
                name,
                *(
                    _rounded(float(one.get(siren, math.nan)), "H")
                    for one in sums.values()
                ),
            )
            for siren, name in names.items()
        )
    )
    return EpciTable(
        "Ce que chaque EPCI pourrait donner (t/an)", ("EPCI, ordre de", *parts), rows
    )


def _rounded(value: float, evidence: str) -> str:
    return french_number(round_significant(value, _FIGURES[evidence]))


_GAP_MM = 4.0
"""Left of a column of figures: two figures never read as one."""
_LEAST_COLUMN_MM = 10.5


def draw_epci_table(page: Page, y: float, table: EpciTable) -> float:
    """Write the list; return where it ends [mm]."""
    if not table.rows:
        return y
    y = side_title(page, y, table.title)
    widths = column_widths_mm(table)
    y = _row(page, y, table.heads, widths, color=MUTED)
    for texts in table.rows:
        y = _row(page, y, texts, widths)
    return y - 2.0


def column_widths_mm(table: EpciTable) -> list[float]:
    """Give each column of figures the room that its widest text needs."""
    columns = zip(*(texts[1:] for texts in (table.heads, *table.rows)), strict=True)
    widest = [max(text_width_mm(text, _SIZE_PT) for text in one) for one in columns]
    return [max(width + _GAP_MM, _LEAST_COLUMN_MM) for width in widest]


def _row(
    page: Page, y: float, texts: Sequence[str], widths: Sequence[float], **style: object
) -> float:
    """Write a name, on as many lines as it needs, and its figures on the first."""
    name, *figures = texts
    options = {"size": _SIZE_PT, **style}
    told = wrap(name, page.side_width - sum(widths), size_pt=_SIZE_PT)
    step = line_height_mm(_SIZE_PT)
    y = page.keep(y, max(1, len(told)) * step)
    at = page.side_x + page.side_width - sum(widths)
    for text, width in zip(figures, widths, strict=True):
        at += width
        write(page, at, y, text, ha="right", **options)
    for rank, line in enumerate(told):
        write(page, page.side_x, y - rank * step, line, **options)
    return y - max(1, len(told)) * step
