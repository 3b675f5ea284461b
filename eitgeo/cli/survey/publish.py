"""`eitgeo survey publish`: the one step by which sums leave ``private/``.

One publication a year, whole: answers and weighings together, held in one ledger. The
published files are written from the ledger, so that what was told stands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.cli.shared import french_number
from eitgeo.cli.survey.private import file_label
from eitgeo.disclosure.answers import (
    KEY,
    SIGNIFICANT,
    Cell,
    PublishedSum,
    may_follow,
    may_tell,
    sums_of,
)
from eitgeo.disclosure.publications import (
    Publication,
    latest,
    ledger_json,
    read_publications,
    sources,
)
from eitgeo.errors import SchemaError, SourceError
from eitgeo.flows.arisings.declared import (
    PARTED,
    STREAM,
    answer_contributions,
    declared_masses,
)
from eitgeo.sources.survey.published_answers import (
    ANSWER_KEY,
    answer_label,
    answers_csv,
    read_published_answers,
)
from eitgeo.steps.inputs.answers import stored_declarations
from eitgeo.store import write_bytes, write_private_bytes
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from eitgeo.words import round_significant

SIMULATED_PCT = {40: (40, 58), 80: (60, 82), 150: (71, 90)}
"""Answers of seven EPCI → share of their tonnes in sums that are told, where firms are
very unequal and where they are less [%]."""


@dataclass(frozen=True)
class Sums:
    """What one file publishes, of answers or of weighings, and how it is told.

    ``contributions``: what each firm (SIREN) brings to each cell. ``lay_out``: cells
    with ``n_firms`` and ``t`` → rows of the file. ``path``, ``table``: the file, and
    what a study reads of it. ``key``, ``count``: columns that name a row, and that
    count its firms. ``cell``: key → cell. ``notes``: what is to be checked.
    """

    contributions: pd.DataFrame = field(repr=False)
    lay_out: Callable[[pd.DataFrame], pd.DataFrame]
    read: Callable[[Path], pd.DataFrame]
    csv: Callable[[pd.DataFrame], bytes]
    label: Callable[[Cell], str]
    amount: Callable[[Mapping[Any, Any]], str]
    cell: Callable[..., Cell]
    path: Path
    table: str
    key: Sequence[str]
    count: str
    notes: Sequence[str] = ()

    def cells(self, rows: pd.DataFrame) -> list[Cell]:
        """Name the cells of rows of the file, in order."""
        keys = rows[list(self.key)].itertuples(index=False, name=None)
        return [self.cell(*key) for key in keys]

    def owns(self, cell: Cell) -> bool:
        """Say whether a cell stands in this file."""
        return cell.is_weighed == (self.table == "weighed_public")

    def rows(
        self, sums: Mapping[Cell, PublishedSum], places: Collection[str]
    ) -> pd.DataFrame:
        """Lay out what stands of this file, for the places of a study."""
        mine = [
            [*cell[:1], *cell.item.split(PARTED)] if cell.is_weighed else [*cell]
            for cell in sorted(sums)
        ]
        rows = [
            dict(zip(self.key, names, strict=True))
            | dict(sums[cell].row)
            | {"published_on": sums[cell].day}
            for cell, names in zip(sorted(sums), mine, strict=True)
            if self.owns(cell) and cell.epci_siren in places
        ]
        return pd.DataFrame(rows)


class Draft(NamedTuple):
    """A publication that nobody has read yet.

    ``new``: none where the year has its publication. ``withheld``: cells that are not
    told. ``told_pct``: tonnes in sums that are told, new or standing, of all that firms
    bring [%]. ``earlier``: what was published before, oldest first.
    """

    new: Publication
    withheld: tuple[Cell, ...]
    told_pct: float
    earlier: list[Publication]

    @property
    def standing(self) -> dict[Cell, PublishedSum]:
        """Return each sum as it would stand."""
        return latest([*self.earlier, self.new])


def draft_publication(
    parts: Sequence[Sums],
    *,
    day: str,
    places: Collection[str],
    ledger: Path,
    known: Collection[str],
    processed: Path,
) -> Draft:
    """Hold sums against all that was published.

    ``places``: EPCI of the study. ``known``: firms whose tonnes a register prints.
    """
    earlier = read_ledger(ledger)
    for part in parts:
        _require_remembered(part, earlier, ledger=ledger, processed=processed)
    if earlier and day < earlier[-1].day:
        message = f"{day} précède la publication du {earlier[-1].day} → vérifier --date"
        raise SchemaError(message)
    year = [told for told in earlier if told.day[:4] == day[:4]]
    done = frozenset[str]().union(*(told.places for told in year))
    at_hand = _of_one_source(parts, sources(earlier))
    brought = [sums_of(rows[~rows["epci_siren"].isin(done)]) for rows in at_hand]
    sums = {cell: firms for one in brought for cell, firms in one.items()}
    before = [one for told in earlier for one in told.sums]
    stands = latest(earlier)
    told = [
        cell
        for cell, firms in sums.items()
        if not (cell.is_weighed and cell in stands)
        and may_tell(cell, firms, known=known)
        and may_follow(cell, sums, before, known=known)
    ]
    rows = [
        PublishedSum(day, cell, sums[cell], row)
        for part in parts
        for cell, row in _rows(part, sums, [one for one in told if part.owns(one)])
    ]
    here = {*places, *(cell.epci_siren for cell in sums)} - done
    new = Publication(day, frozenset(here), tuple(rows))
    draft = Draft(new, (), 0.0, earlier)
    mass = {c: sum(f.values()) for c, f in sums.items() if c.subject == STREAM}
    share = sum(t for cell, t in mass.items() if cell in draft.standing)
    withheld = tuple(sorted(cell for cell in sums if cell not in draft.standing))
    pct = 100 * share / sum(mass.values()) if mass else float("nan")
    return draft._replace(withheld=withheld, told_pct=pct)


def _of_one_source(
    parts: Sequence[Sums], before: Mapping[str, bool]
) -> list[pd.DataFrame]:
    """Keep the tonnes of each firm from one source: its weighings, if it has any.

    A firm that was told keeps the source that it had: no sum of weighings less a sum of
    answers stands on those that are in one alone.
    """
    weighs = {
        name
        for part in parts
        if part.table == "weighed_public"
        for name in part.contributions["firm"]
    }
    kept = []
    for part in parts:
        rows = part.contributions
        source = rows["firm"].map(lambda name: before.get(name, name in weighs))
        is_own = source.astype(bool) == (part.table == "weighed_public")
        kept.append(rows[is_own | rows["subject"].ne(STREAM)])
    return kept


def _rows(
    part: Sums, sums: Mapping[Cell, Mapping[str, float]], told: Sequence[Cell]
) -> list[tuple[Cell, dict[str, Any]]]:
    """Round what is told, and lay it out as its file does."""
    figures: list[tuple[str | float, ...]] = []
    for cell in told:
        amounts = list(sums[cell].values())
        is_mass = cell.subject == STREAM
        count = len(amounts) if is_mass else sum(amounts)
        mass = round_significant(sum(amounts), SIGNIFICANT) if is_mass else np.nan
        n_firms = int(round_significant(count, SIGNIFICANT))
        figures.append((*cell, n_firms, float(mass)))
    table = part.lay_out(pd.DataFrame(figures, columns=[*KEY, "n_firms", "t"]))
    names = [one for one in table.columns if one not in {*part.key, "published_on"}]
    rows = table[names].astype(object).to_dict("records")
    named = ({str(name): value for name, value in row.items()} for row in rows)
    return list(zip(told, named, strict=True))


def _require_remembered(
    part: Sums, earlier: Sequence[Publication], *, ledger: Path, processed: Path
) -> None:
    """Refuse to publish beside sums that the ledger does not know.

    The file itself, and what a study read of it: either may outlive the other.
    """
    known = {
        (one.cell, one.day, one.row[part.count], _text(one.row["mass_t"]))
        for told in earlier
        for one in told.sums
        if part.owns(one.cell)
    }
    tables = [part.read(part.path)] if part.path.is_file() else []
    if (processed / f"{part.table}.parquet").is_file():
        tables.append(read_table(processed, part.table))
    for rows in tables:
        days, counts = rows["published_on"], rows[part.count]
        masses = map(_text, rows["mass_t"])
        met = zip(part.cells(rows), days, counts, masses, strict=True)
        if not known.issuperset(met):
            message = (
                f"{part.path.name}, ou la table {part.table}, dit des sommes que "
                f"{ledger.name} ne connaît pas : l'écart avec ce qui est déjà publié "
                "ne peut être vérifié → reprendre ce registre de sa dernière "
                "sauvegarde, ou mettre ces fichiers ailleurs s'ils ne sont pas de "
                "cette étude"
            )
            raise SourceError(message)


def _text(mass: float) -> str:
    return "" if isnan(mass) else repr(float(mass))


def draft_lines(parts: Sequence[Sums], draft: Draft) -> list[str]:
    """Write a draft for the person who answers for it."""
    day, year = draft.new.day, int(draft.new.day[:4])
    lines = ["Ce qui sortirait de private/, et rien d'autre :"]
    for part in parts:
        rows = part.rows(draft.standing, draft.new.places)
        cells = part.cells(rows) if len(rows) else []
        for cell, row in zip(cells, rows.to_dict("records"), strict=True):
            is_new = row["published_on"] == day
            tail = "" if is_new else f" (inchangé, publié le {row['published_on']})"
            lines.append(f"  {part.label(cell)} : {part.amount(row)}{tail}")
    lines.append(
        f"Retenues : {len(draft.withheld)} somme(s) (moins de trois entreprises "
        "qu'aucun registre ne donne, une part trop grande, ou trop près de ce qui est "
        "déjà publié)."
    )
    lines += [
        f"    {part.label(cell)}"
        for part in parts
        for cell in draft.withheld
        if part.owns(cell)
    ]
    if not isnan(draft.told_pct):
        pct = french_number(round(draft.told_pct))
        drawn = ", ".join(
            f"{low} à {high} % avec {n}" for n, (low, high) in SIMULATED_PCT.items()
        )
        lines.append(
            f"Utilité : {pct} % des tonnes sont dites (réponses tirées au sort dans "
            f"sept EPCI : {drawn})."
        )
    n_waiting = len(draft.withheld)
    lines.append(
        f"Ce que {year} bloque : ces sommes ne changent plus, et rien ne s'y ajoute, "
        f"avant {year + 1} ; {n_waiting} somme(s) et toute réponse à venir attendent."
    )
    lines.append(
        "Ensuite, une somme ne change que si trois entreprises jamais comptées la "
        "changent ; une somme de pesées ne change plus."
    )
    return [*lines, *(note for part in parts for note in part.notes)]


def write_publication(
    parts: Sequence[Sums],
    draft: Draft,
    *,
    places: Collection[str],
    ledger: Path,
    root: Path,
) -> list[str]:
    """Let a draft out, and remember who made it."""
    # Remembered first: what is remembered may not have left, never the reverse.
    if draft.new.sums:
        write_ledger(ledger, [*draft.earlier, draft.new], root=root)
    lines = []
    for part in parts:
        rows = part.rows(draft.standing, {*places, *draft.new.places})
        if len(rows):
            write_bytes(part.path, part.csv(rows))
            name = part.path.relative_to(root).as_posix()
            lines.append(f"Écrit : {name} ({len(rows)} somme(s)).")
    end = "« eitgeo run » le lit ; rien d'autre de private/ n'entre dans une étude."
    return [*lines, end]


def read_ledger(path: Path) -> list[Publication]:
    """Read what was published."""
    if not path.is_file():
        return []
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        entries = None
    return read_publications(entries, where=path.name)


def write_ledger(
    path: Path, publications: Sequence[Publication], *, root: Path
) -> None:
    """Write what was published, for its owner alone."""
    entries = ledger_json(publications)
    text = json.dumps(entries, allow_nan=False, indent=1, ensure_ascii=False)
    write_private_bytes(path, f"{text}\n".encode(), root=root)


def answer_sums(project: Project, declared_in: Path, published: Path) -> Sums:
    """Sum what firms answered; say which of them are to be checked."""
    communes = read_table(project.processed, "communes")
    area = communes[communes["in_area"]]
    names = epci_names(project)
    declarations = stored_declarations(project, declared_in)
    sites = read_table(project.processed, "sites")
    rows = answer_contributions(
        declarations,
        declared_masses(declarations),
        sites=sites,
        epci_of=dict(zip(area["code_insee"], area["epci_siren"], strict=True)),
    )

    def amount(row: Mapping[Any, Any]) -> str:
        mass = row["mass_t"]
        tonnes = "" if isnan(mass) else f"{french_number(mass)} t/an, "
        return f"{tonnes}{french_number(row['n_firms'])} entreprises"

    return Sums(
        rows,
        lay_out=lambda table: table.rename(columns={"t": "mass_t"}),
        read=read_published_answers,
        csv=lambda table: answers_csv(table, epci_names=names),
        label=lambda cell: (
            f"{names.get(cell.epci_siren, cell.epci_siren)}, "
            f"{answer_label(cell.subject, cell.item)}"
        ),
        amount=amount,
        cell=Cell,
        path=place_inside(project, published),
        table="survey_public",
        key=ANSWER_KEY,
        count="n_firms",
        notes=doubtful_forms(declarations, sites),
    )


def doubtful_forms(declarations: pd.DataFrame, sites: pd.DataFrame) -> list[str]:
    """Warn of forms that may bear a borrowed SIRET.

    Whoever sends two such forms reads the third answer of a sum. Told: firms that no
    register knows, numbers of several firms with one telephone or one address, and
    firms that nobody may call back.
    """
    firms = declarations.assign(firm=declarations["siret"].str[:9])
    n_unknown = len(set(firms["firm"]) - set(sites["siret"].str[:9]))
    lines = []
    if n_unknown:
        lines.append(f"Entreprises d'aucun registre de l'étude : {n_unknown}.")
    for name in ("contact_courriel", "contact_telephone"):
        way = firms[name].str.casefold().str.replace(r"[\s.-]", "", regex=True)
        for _, rows in firms[way != ""].groupby(way[way != ""]):
            if len(set(rows["firm"])) > 1:
                labels = ", ".join(map(file_label, sorted(set(rows["siret"]))))
                lines.append(f"Un même contact pour plusieurs entreprises : {labels}.")
    silent = (firms["contact_courriel"] == "") & (firms["contact_telephone"] == "")
    if n_silent := firms.loc[silent, "firm"].nunique():
        lines.append(f"Entreprises que personne ne peut rappeler : {n_silent}.")
    if lines:
        lines.append(
            "  → vérifier qu'elles ont bien répondu : qui envoie deux fiches au SIRET "
            "d'un autre lit la troisième."
        )
    return list(dict.fromkeys(lines))


def printed_firms(project: Project) -> set[str]:
    """List the firms (SIREN) whose tonnes a public register prints (IREP)."""
    if not (project.processed / "waste_declarations.parquet").is_file():
        return set()
    printed = set(read_table(project.processed, "waste_declarations")["site_id"])
    sites = read_table(project.processed, "sites")
    return set(sites.loc[sites["site_id"].isin(printed), "siret"].str[:9]) - {""}


def epci_names(project: Project) -> dict[str, str]:
    """Name the EPCI of the study area."""
    communes = read_table(project.processed, "communes")
    bodies = read_table(project.processed, "bodies").set_index("body_id")["name"]
    sirens = communes.loc[communes["in_area"], "epci_siren"]
    return {one: str(bodies.get(f"epci_{one}", one)) for one in sirens}


def place_inside(project: Project, written: Path) -> Path:
    """Say where sums are published: in the study, whatever link stands there."""
    path = project.base / written
    if not path.resolve().is_relative_to(project.base.resolve()):
        message = f"{written} : lien hors de l'étude → en faire un fichier"
        raise SourceError(message)
    return path
