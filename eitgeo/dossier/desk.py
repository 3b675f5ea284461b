"""What the chapters are written from: released tables, terms, pictures, choices.

A part declares of a table, under its name: ``…_caption``, ``…_heads``, ``…_widths``,
``…_note`` and, of one that lays a table out column by column, ``…_cells``: the name of
a column that holds texts, or ``{ cell, column, decimals, unit, evidence, bounds }``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.dossier.model import (
    Figure,
    Paragraph,
    Row,
    Runs,
    Source,
    Table,
    Value,
    Wide,
)
from eitgeo.dossier.prose import Prose, read_prose
from eitgeo.flows.exchanges.realised import Animation
from eitgeo.ledger import Place, added, plain, written
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.paper.side import CardRow
from eitgeo.maps.paper.small_maps import picture_parts
from eitgeo.maps.words.cards import (
    DifferenceTables,
    card_rows,
    identity_lines,
    perimeter_rows,
)
from eitgeo.maps.words.hypotheses import Hypothesis, weak_bases
from eitgeo.maps.words.sentences import of_whole_epci
from eitgeo.maps.workbooks.decision_sheets import orders_held
from eitgeo.maps.workbooks.governance_table import (
    GovernanceReference,
)
from eitgeo.reference.indicators import indicators_in
from eitgeo.tables.public import ReleasedTables
from eitgeo.words import MISSING, typographic


class Terms(NamedTuple):
    """Reference tables and facts of the study that the dossier quotes.

    Attributes
    ----------
    governance
        As the workbook of governance wants them.
    sheets
        `process_sheets`.
    ceilings
        `read_landfill_ceilings`; empty where there is none.
    facts
        `eit_facts` of the regions of the study.
    commune_names
        INSEE code → name.
    neighbours
        Name, source and status of each neighbouring initiative.
    parameters
        Key of the study → value in words.
    inputs
        What is read, from where, under which licence.
    concentration
        What the tests of concentration say, in words.
    network
        What distances rest on, in words.
    animation
        What initiatives realised, and the firms that animators meet.
    if_part
        Who takes part in exchanges, as `if_taking_part` says.
    road_limits
        Which limits of roads are not known, in words; empty where there is no road.
    compared
        What others have drawn of zones, and how far those found are there, in words.
    hypotheses
        What the study supposes, and what replaced it.
    has_sites
        Whether establishments are at hand, and not counts in their place.
    could_be_asked
        What there is to ask for, were all donors to give, as `could_be_asked` says.
    """

    governance: GovernanceReference
    sheets: pd.DataFrame
    ceilings: pd.DataFrame
    facts: pd.DataFrame
    commune_names: Mapping[str, str]
    network: str
    animation: Animation
    if_part: str
    neighbours: tuple[tuple[str, str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    concentration: str = ""
    road_limits: str = ""
    compared: str = ""
    hypotheses: tuple[Hypothesis, ...] = ()
    has_sites: bool = True
    could_be_asked: str = ""


class Drawn(NamedTuple):
    """What rests on drawn or stand-in data, where its class is H.

    Attributes
    ----------
    tables
        Their names.
    indicators
        Identifiers: tables of indicators hold others too.
    pictures
        Keys of `Desk.pictures`.
    """

    tables: frozenset[str] = frozenset()
    indicators: frozenset[str] = frozenset()
    pictures: frozenset[str] = frozenset()

    def holds(self, value: Value, catalogue: pd.DataFrame) -> bool:
        """Say whether a value is drawn, or rests on what is."""
        if value.evidence != "H" or value.source.table not in self.tables:
            return False
        last = value.source.row.rpartition(" / ")[2]
        return last not in catalogue.index or last in self.indicators


@dataclass(frozen=True)
class Desk:
    """All that a dossier is written from.

    Attributes
    ----------
    public
        Released tables, by name.
    differences
        What changes, pair by pair; the first is the pair of the study.
    terms
        Reference tables.
    pictures
        PNG by name; one that is missing is said to be.
    sheet
        What the dossier says of itself.
    pair
        The two perimeters that the summary shows; the same twice if there is one.
    drawn
        What a page is stamped for.
    """

    public: ReleasedTables = field(repr=False)
    differences: tuple[DifferenceTables, ...] = field(repr=False)
    terms: Terms = field(repr=False)
    pictures: Mapping[str, bytes] = field(repr=False)
    sheet: Sheet = field(repr=False)
    pair: tuple[str, str] = ("", "")
    drawn: Drawn = field(default_factory=Drawn)

    @property
    def demonstration(self) -> bool:
        """Whether an input is synthetic or surrogate."""
        return bool(self.sheet.demonstration)

    @property
    def orders_held(self) -> str:
        """Why no order is published, French; empty: it is."""
        return orders_held(self.public["decision_criteria"])

    @cached_property
    def perimeters(self) -> pd.DataFrame:
        """The compared perimeters, indexed by identifier, in order."""
        rows = perimeter_rows(self.public["perimeters"])
        return rows.set_index("perimeter_id", drop=False)

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The perimeters of the summary: one or two."""
        return tuple(dict.fromkeys(self.pair))

    @cached_property
    def figures(self) -> dict[tuple[str, str], CardRow]:
        """Every indicator of every compared perimeter, in words."""
        catalogue = self.terms.governance.catalogue
        return {
            (name, row.indicator_id): row
            for name in self.perimeters.index
            for row in card_rows(
                self.public["indicators_public"], catalogue, perimeter_id=name
            )
        }

    @cached_property
    def weak(self) -> frozenset[str]:
        """What figures rest on that is drawn, assumed or to confirm."""
        return weak_bases(self.public["indicators_public"])

    def shown_in(self, place: str) -> list[str]:
        """List the indicators that a table of the dossier shows, in its order."""
        return indicators_in(self.terms.governance.catalogue, place)

    def row(self, perimeter_id: str) -> pd.Series:
        """Return the row of a compared perimeter."""
        return self._rows[perimeter_id]

    @cached_property
    def _rows(self) -> dict[str, pd.Series]:
        return {str(row["perimeter_id"]): row for _, row in self.perimeters.iterrows()}

    def name(self, perimeter_id: str) -> Value:
        """Return the name of a perimeter."""
        text = str(self.row(perimeter_id)["name"])
        return told(text, "perimeters", perimeter_id, "name")

    def indicator(self, perimeter_id: str, indicator_id: str) -> Value:
        """Return an indicator of a perimeter, rounded by its class."""
        row = self.figures.get((perimeter_id, indicator_id))
        text = MISSING if row is None else row.text
        known = row is not None and text != MISSING
        return told(
            text,
            "indicators_public",
            f"{perimeter_id} / {indicator_id}",
            "value",
            evidence=row.evidence if row is not None and known else "",
        )

    def label(self, indicator_id: str) -> Value:
        """Return the name of an indicator."""
        text = str(self.terms.governance.catalogue.loc[indicator_id, "label"])
        return told(text, "indicators", indicator_id, "label")

    def identity(self, perimeter_id: str) -> Value:
        """Return communes, inhabitants, area and density of a perimeter."""
        row = self.row(perimeter_id)
        lines = identity_lines(row)
        text = ", ".join(f"{number}\N{NO-BREAK SPACE}{what}" for number, what in lines)
        sure = row["membership_status"] == "publie"
        # Exact for the communes of a list that is itself an assumption.
        text, evidence = (text, "O") if sure else (f"{text} (liste à confirmer)", "H")
        return told(text, "perimeters", perimeter_id, "identité", evidence=evidence)

    def picture(
        self, key: str, caption: Runs, *, alt: str, width_pct: float = 100.0
    ) -> Figure | Paragraph:
        """Return a picture, or the sentence that says it is missing."""
        png = self.pictures.get(key)
        if png is None:
            return read_prose("front").say("no_picture", style="note", what=caption)
        is_drawn = key in self.drawn.pictures
        heading, _ = picture_parts(png)
        said = "".join(one.text if isinstance(one, Value) else one for one in caption)
        if heading and typographic(heading) not in typographic(said):
            # Its header is cut off: the message of a map is told under it.
            caption = (told(heading, "carte", key, "titre"), ". ", *caption)
        return Figure(caption, typographic(alt), png, width_pct, is_drawn)

    def wide_picture(self, key: str, caption: Runs, *, alt: str) -> Wide | Paragraph:
        """Return a picture on a landscape page, or the sentence in its place."""
        picture = self.picture(key, caption, alt=alt)
        if isinstance(picture, Paragraph):
            return picture
        _, width_per_height = picture_parts(picture.png)
        width_cm, height_cm = _WIDE_CM
        pct = min(100.0, round(100 * height_cm * width_per_height / width_cm, 1))
        return Wide((replace(picture, width_pct=pct),))


_WIDE_CM = (26.7, 17.1)
"""Room for a picture over its caption on a landscape page: width, height [cm]."""


def listed_unions(desk: Desk) -> Runs:
    """Say, after « réunions », which unions of EPCI the study lists."""
    most = desk.terms.governance.most_epci
    text = of_whole_epci(most)
    source = ("étude", "methods.max_union_epci", "valeur")
    return (typographic(text),) if most is None else (told(text, *source),)


def told(
    text: str, table: str, row: object, column: str, *, evidence: str = ""
) -> Value:
    """Make a value of a text that a table holds."""
    clean = typographic(text) if text.strip() else MISSING
    return Value(clean, Source(table, str(row), column), evidence)


def number(
    value: float,
    source: tuple[str, object, str],
    *,
    evidence: str = "O",
    unit: str = "nombre",
    decimals: int = 0,
    bounds: tuple[float, float] | None = None,
) -> Value:
    """Make a value of a number, rounded by its class."""
    text = written(
        value,
        Place(source[0], str(source[1]), source[2]),
        bounds=bounds or (value, value),
        evidence=evidence,
        unit=unit,
        decimals=decimals,
    )
    return told(text, *source, evidence="" if text == MISSING else evidence)


def exact(
    value: float,
    source: tuple[str, object, str],
    *,
    unit: str = "",
    evidence: str = "",
    decimals: int | None = None,
) -> Value:
    """Make a value of a number that nothing rounds: a setting, a count, a quote."""
    place = Place(source[0], str(source[1]), source[2])
    text = plain(value, place, decimals=decimals, unit=unit)
    return told(text, *source, evidence="" if text == MISSING else evidence)


def budget_amount(row: Mapping[Any, Any], where: str) -> Value:
    """Make a value of an amount of the budget, of which sums hold."""
    source = ("animation_budget", where, "mid")
    return told(added(row, Place(*source)), *source, evidence=str(row["evidence"]))


def count(n: int, table: str, what: str) -> Value:
    """Make a value of a number of rows."""
    return exact(n, (table, what, "lignes"), decimals=0)


def cell(record: Mapping[Any, Any], table: str, row: object, column: str) -> Value:
    """Make a value of a text cell of a record."""
    return told(str(record[column]), table, row, column)


def joined(values: Iterable[Value], *, mark: str = ", ") -> Runs:
    """Put values one after the other."""
    runs: list[str | Value] = []
    between = typographic(mark)
    for value in values:
        runs += [between, value] if runs else [value]
    return tuple(runs) or (MISSING,)


def table(
    prose: Prose,
    key: str,
    rows: Iterable[Row],
    *,
    caption: Runs | None = None,
    heads: tuple[Runs, ...] | None = None,
    widths: tuple[float, ...] | None = None,
    note: Runs | None = None,
    **values: Value | Runs,
) -> Table | Paragraph:
    """Make a table that a part declares, or the sentence that says it would be empty.

    `values` fill its caption; what is given takes the place of what is declared. The
    last width is that of all columns after it.
    """
    stem = stem_of(key)
    listed = tuple(rows)
    caption = prose.runs(f"{stem}caption", **values) if caption is None else caption
    if not listed:
        return read_prose("front").say("no_row", style="note", what=caption)
    if note is None:
        note = prose.runs(f"{stem}note") if prose.has(f"{stem}note") else ()
    heads = prose.heads(f"{stem}heads") if heads is None else heads
    if widths is None:
        known = prose.item(f"{stem}widths")
        widths = (*known, *known[-1:] * (len(heads) - len(known)))
    return Table(caption, heads, listed, widths, note)


def stem_of(key: str) -> str:
    """Return what begins the keys of a table: those of a whole part have no name."""
    return f"{key}_" if key and not key.endswith(".") else key


def lines(
    prose: Prose,
    key: str,
    rows: pd.DataFrame,
    *,
    source: str,
    keys: Iterable[object],
    **made: Sequence[str | Value | Runs],
) -> Iterator[Row]:
    """Lay rows out by the cells that a part declares; `keys` name those of `source`.

    `made`: columns that the table does not hold, a text, value or runs a row.
    """
    cells = [
        {"cell": one} if isinstance(one, str) else one
        for one in prose.item(f"{stem_of(key)}cells")
    ]
    records = zip(keys, rows.to_dict("records"), strict=True)
    for rank, (row, held) in enumerate(records):
        record: dict[Any, Any] = dict(held)
        record.update({name: column[rank] for name, column in made.items()})
        yield tuple(_runs(record, cell, source, str(row)) for cell in cells)


def _runs(
    record: Mapping[Any, Any], cell: Mapping[str, Any], source: str, row: str
) -> Runs:
    held = record[cell["cell"]]
    if isinstance(held, tuple):
        return held
    if isinstance(held, Value):
        return (held,)
    column = cell.get("column", cell["cell"])
    evidence = str(record[cell["evidence"]]) if "evidence" in cell else ""
    if "decimals" not in cell:
        return (told(str(held), source, row, column, evidence=evidence),)
    ends = [float(record[name]) for name in cell.get("bounds", ())]
    return (
        number(
            float(held),
            (source, row, column),
            evidence=evidence or "O",
            unit=cell.get("unit", "nombre"),
            decimals=cell["decimals"],
            bounds=(ends[0], ends[1]) if ends else None,
        ),
    )


def wide_map(
    desk: Desk, prose: Prose, picture: str, key: str, **values: Value | Runs
) -> Wide | Paragraph:
    """Put a picture on a page of its own, with the caption and words of a part."""
    caption = prose.runs(key, **values)
    return desk.wide_picture(picture, caption, alt=words_of(prose, f"{key}_alt"))


def words_of(prose: Prose, key: str, **values: Value | Runs) -> str:
    """Fill a sentence for those who do not see a picture: its words alone."""
    runs = prose.runs(key, **values)
    return "".join(one.text if isinstance(one, Value) else one for one in runs)
