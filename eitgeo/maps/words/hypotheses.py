"""What a study knows and supposes, what replaced it, and what would replace the rest.

Read from the study, its register and its lists of members alone: it tells the same
before a run and after. The class of a figure is that of the run: nothing here lists
figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from eitgeo.errors import EitgeoError
from eitgeo.reference.governance import verdict_conditions
from eitgeo.reference.indicators import (
    gap_rows,
    hypothesis_rows,
    indicator_bases,
    indicator_catalogue,
    parted,
)
from eitgeo.reference.labels import labels_of, with_labels
from eitgeo.reference.map_sheets import map_sheets, published_files
from eitgeo.reference.real import real_sources
from eitgeo.sources.files.csv import csv_dicts
from eitgeo.study.project import Project
from eitgeo.study.readers import Source
from eitgeo.study.roads import UNDATED
from eitgeo.study.sections import Study
from eitgeo.tables.public import Released
from eitgeo.words import (
    MISSING,
    MOST_NAMED,
    first_upper,
    french_number,
    some_of,
    typographic,
)

KNOWN: Final = "known"
ASSUMED: Final = "assumed"
LACKING: Final = "missing"
PART_OF: Final = {"O": KNOWN, "S": KNOWN, "H": ASSUMED}
"""Which part a figure of each class stands in; the pages read it too."""
PART_TITLES: Final = {
    part: typographic(title) for part, title in labels_of("belief").items()
}


class Gap(NamedTuple):
    """What is not at hand, and the file, register or holder that would give it."""

    basis: str
    what: str  # French; both in a few words
    where: str
    short: str
    # The command and the key of the study that bring it, for who makes the study; may
    # be empty
    how: str


def by_part[Item](
    items: Iterable[Item], *, told: Callable[[Item], tuple[str, str]]
) -> dict[str, list[Item]]:
    """Part figures by how sure they are, each part in the order given.

    Examples
    --------
    >>> by_part([("4", "O"), ("–", "O"), ("2 h", "S")], told=lambda one: one)
    {'known': [('4', 'O'), ('2 h', 'S')], 'assumed': [], 'missing': [('–', 'O')]}
    """
    parts: dict[str, list[Item]] = {part: [] for part in PART_TITLES}
    for item in items:
        text, evidence = told(item)
        parts[LACKING if text == MISSING else PART_OF[evidence]].append(item)
    return parts


def weak_bases(indicators: Released) -> frozenset[str]:
    """Name what is drawn, assumed or to confirm behind the figures of a run.

    Notes
    -----
    A figure that is assumed or absent, of which no basis is drawn nor assumed, hangs
    on all of them: a list of members to confirm, communes that no count covers.
    """
    rests_on, bases = indicator_catalogue()["rests_on"], indicator_bases()
    weak_names: set[str] = set()
    table = indicators.table
    weak = table[table["evidence"].eq("H") | table["value"].isna()]
    for name, rows in weak.groupby("indicator_id"):
        own_bases = bases.loc[parted(rests_on[str(name)])]
        is_drawn = bool(rows["synthetic_share_pct"].gt(0).any())
        is_synthetic = own_bases["synthetic"].ne("") & is_drawn
        always = own_bases["assumed"].eq("always")
        blamed = own_bases.index[is_synthetic | always]
        weak_names |= set(blamed if len(blamed) else own_bases.index)
    return frozenset(weak_names)


def gaps(rests_on: Iterable[str], weak: frozenset[str]) -> tuple[Gap, ...]:
    """Say what would make figures firmer, in the order of the reference."""
    asked = {basis for cell in rests_on for basis in parted(cell)} & weak
    return tuple(
        Gap(str(basis), *(typographic(with_labels(str(one))) for one in row))
        for basis, row in gap_rows().iterrows()
        if basis in asked
    )


REPLACED: Final = "remplacée"
PARTLY: Final = "remplacée en partie"
SUPPOSED: Final = "supposée"
REGISTER: Final = Path("data", "sources.csv")
"""From the folder of a study: its register of files."""
_CONFIRMED = "to_confirm"
"""Stand-in of a list of members: lines to confirm, not a key of the study."""
_UNION = "union"
_TO_BRING = "à apporter"
_PUBLISHED = ".published"
_ELLIPSIS = "…"
_FETCH = "eitgeo fetch"
_DRAWN = ("sites", "headcounts")
_ROADS = "roads"


class _Found(NamedTuple):
    """What replaces a hypothesis, and of when it is."""

    text: str
    vintage: str = ""


class Hypothesis(NamedTuple):
    """One thing that a study supposes, and what would replace it."""

    basis: str
    label: str  # French
    state: str  # `state` is :data:`REPLACED`, :data:`PARTLY` or :data:`SUPPOSED`
    by: tuple[str, ...]  # What replaces it, each file with its vintage
    vintages: tuple[str, ...]  # the vintages alone
    remains: tuple[str, ...]  # What still stands in, or lacks
    what: str  # What would replace it, and who has it
    where: str
    commands: tuple[str, ...]  # What brings it, and what the study then says
    line: str
    # Labels of the figures that rest on it, criteria of the verdict that it lets
    # compute, published files that would no longer bear a stamp
    indicators: tuple[str, ...]
    conditions: tuple[str, ...]
    files: tuple[str, ...]


def study_hypotheses(
    project: Project, *, asked: Iterable[str] = ()
) -> tuple[Hypothesis, ...]:
    """Say of each hypothesis whether a study replaced it, in the order of reference.

    `asked`: bases for which ``eitgeo ask`` writes to who has the data.
    """
    path = project.base / REGISTER
    register = csv_dicts(path, errors="replace") if path.is_file() else []
    gaps, wanted = gap_rows().to_dict("index"), set(asked)
    return tuple(
        _hypothesis(
            project, str(basis), row | gaps[basis], register, asks=basis in wanted
        )
        for basis, row in hypothesis_rows().to_dict("index").items()
    )


def _hypothesis(
    project: Project,
    basis: str,
    row: Mapping[Any, Any],
    register: Sequence[Mapping[str, str]],
    *,
    asks: bool,
) -> Hypothesis:
    by, lacking = _replacing(project, row["replaced_by"], register)
    remains = [*lacking, *_standing_in(project, row["stand_ins"])]
    state = _state(by, remains, whole=row["whole"] == "oui")
    done = state == REPLACED
    fetched = [] if done else _fetched(row["uses"], register)
    commands = () if done else _commands(row, _absent(project, fetched), asks=asks)
    # A study that names files which a command brings has nothing more to say.
    named = bool(commands) and any(_TO_BRING in one for one in lacking)
    figures, conditions, files = ((), (), ()) if done else _moved(project.study, basis)
    return Hypothesis(
        basis,
        typographic(row["label"]),
        state,
        by=tuple(one.text for one in by),
        vintages=tuple(dict.fromkeys(one.vintage for one in by if one.vintage)),
        remains=tuple(remains),
        what=typographic(with_labels(row["what"])),
        where=typographic(with_labels(row["where"])),
        commands=commands,
        line="" if done or named else _line(row["line"], fetched),
        indicators=figures,
        conditions=conditions,
        files=files,
    )


def count_sentence(hypotheses: Sequence[Hypothesis]) -> str:
    """Say how many hypotheses are replaced.

    Examples
    --------
    >>> count_sentence(())
    'Aucune hypothèse sur 0 remplacée'
    """
    n_whole = sum(one.state == REPLACED for one in hypotheses)
    n_part = sum(one.state == PARTLY for one in hypotheses)
    whole = french_number(len(hypotheses))
    if n_whole:
        many = "s" if n_whole > 1 else ""
        head = f"{french_number(n_whole)} hypothèse{many} sur {whole} remplacée{many}"
    else:
        head = f"Aucune hypothèse sur {whole} remplacée"
    tail = f", {french_number(n_part)} en partie" if n_part else ""
    return typographic(f"{head}{tail}")


def supposed_sentence(hypotheses: Sequence[Hypothesis]) -> str:
    """Say how many hypotheses are replaced, and name the others."""
    left = [one.label for one in hypotheses if one.state != REPLACED]
    tail = f" Encore supposé : {' ; '.join(left)}." if left else ""
    return typographic(f"{count_sentence(hypotheses)}.{tail}")


def next_one(hypotheses: Sequence[Hypothesis]) -> Hypothesis | None:
    """Return the one whose replacement changes most; the first of equals.

    A download comes before what has to be asked, wherever no drawn figure is shown.
    """
    left = [one for one in hypotheses if one.state != REPLACED]
    return max(left, key=_changed, default=None)


def _changed(hypothesis: Hypothesis) -> tuple[int, bool, int, int]:
    brought = any(line.startswith(_FETCH) for line in hypothesis.commands)
    return (
        len(hypothesis.files),
        brought,
        len(hypothesis.conditions),
        len(hypothesis.indicators),
    )


def change_sentence(hypothesis: Hypothesis) -> str:
    """Say what the replacement of a hypothesis would change."""
    changes = (
        ("sans tampon", hypothesis.files),
        ("critères du verdict", hypothesis.conditions),
        ("indicateurs", hypothesis.indicators),
    )
    parts = [f"{head} : {some_of(names)}" for head, names in changes if names]
    return typographic(". ".join(first_upper(part) for part in parts))


def _state(by: Sequence[_Found], remains: Sequence[str], *, whole: bool) -> str:
    if not by:
        return SUPPOSED
    return REPLACED if whole and not remains else PARTLY


def _replacing(
    project: Project, written: str, register: Sequence[Mapping[str, str]]
) -> tuple[list[_Found], list[str]]:
    """Return what replaces a hypothesis, and what is named but not at hand."""
    by: list[_Found] = []
    lacking: list[str] = []
    absent: list[str] = []
    for token in written.split():
        keys = token.split("+")
        values = [list(project.study.given(key)) for key in keys]
        for key, files in zip(keys, values, strict=True):
            if not files and any(values):
                lacking.append(f"{key} reste à donner")
            for value in files:
                _sort(project, value, key, register, by=by, absent=absent)
    lacking += _to_bring(list(dict.fromkeys(absent)))
    return list(dict.fromkeys(by)), list(dict.fromkeys(lacking))


def _to_bring(paths: Sequence[str]) -> Iterator[str]:
    if len(paths) == 1:
        yield f"fichier {_TO_BRING} : {paths[0]}"
    elif paths:
        files = some_of(paths, between=", ")
        yield typographic(f"{french_number(len(paths))} fichiers {_TO_BRING} : {files}")


def _sort(
    project: Project,
    value: Any,
    key: str,
    register: Sequence[Mapping[str, str]],
    *,
    by: list[_Found],
    absent: list[str],
) -> None:
    """Put what replaces a hypothesis where it belongs: at hand, or not yet.

    A source without a file, such as a union of EPCI, supposes: it replaces nothing.
    """
    files = value.files if isinstance(value, Source) else [value]
    paths = [one for one in files if isinstance(one, Path)]
    lacking = [one.as_posix() for one in paths if not project.path(one).exists()]
    if lacking and key.endswith(_PUBLISHED):  # its place is told before it is filled
        return
    absent += lacking
    if lacking:
        return
    if paths:
        by.append(_dated(paths[0], value, register))
    elif not isinstance(value, Source):
        by.append(_Found("saisi dans l’étude"))


def _dated(path: Path, value: Any, register: Sequence[Mapping[str, str]]) -> _Found:
    """Name a file with its vintage, as the study or its register tells it."""
    written = path.as_posix()
    vintage = ""
    for name in ("vintage", "year", "on_date"):
        vintage = vintage or str(getattr(value, name, None) or "")
    told = path.name
    for row in register:
        if written in (row.get("name"), row.get("path")):
            vintage = vintage or str(row.get("version") or "")
            told = path.name if row.get("name") == written else str(row["name"])
    text = typographic(f"{told} ({vintage or UNDATED})")
    return _Found(text, typographic(vintage or UNDATED))


def _standing_in(project: Project, written: str) -> Iterator[str]:
    if written == _CONFIRMED:
        n_rows = _to_confirm(project)
        if n_rows:
            yield typographic(f"{french_number(n_rows)} lignes « à confirmer »")
        for body_set in project.study.sources.bodies:
            if body_set.reader == _UNION:
                yield typographic(f"réunion d’EPCI à confirmer : {body_set.label}")
        return
    for token in written.split():
        for value in project.study.given(token):
            path = getattr(value, "path", None)
            tail = "" if path is None else f", {path.as_posix()}"
            place = token.partition(":")[0]
            yield typographic(f"{place} : lecteur « {value.reader} »{tail}")


def _to_confirm(project: Project) -> int:
    """Count the members to confirm in the lists that a study gives."""
    count = 0
    for body_source in project.study.sources.body_sources:
        if body_source.membership is None:
            continue
        try:
            rows = csv_dicts(project.path(body_source.membership), errors="replace")
        except (EitgeoError, OSError):
            continue
        count += sum(row.get("status") == "a_confirmer" for row in rows)
    return count


def _fetched(
    uses: str, register: Sequence[Mapping[str, str]]
) -> list[Mapping[str, str]]:
    """List the rows of the register that bring what a study makes some uses of."""
    sources = real_sources().set_index("use")["name"]
    heads = tuple(
        str(name).partition("{")[0].strip()
        for use in uses.split()
        for name in sources.loc[[use]]
    )
    return [
        row
        for row in register
        if row.get("url") and row.get("path") and str(row["name"]).startswith(heads)
    ]


def _absent(
    project: Project, fetched: Sequence[Mapping[str, str]]
) -> list[Mapping[str, str]]:
    """List those of the rows whose file is not there yet."""
    return [one for one in fetched if not project.path(Path(one["path"])).exists()]


def _commands(
    row: Mapping[Any, Any], fetched: Sequence[Mapping[str, str]], *, asks: bool
) -> tuple[str, ...]:
    """Say which commands bring a source: downloads, then answers, then letters.

    Many files are not named one by one: the command brings all that is not there.
    """
    only = "".join(f' --only "{one["name"]}"' for one in fetched)
    few = len(fetched) <= MOST_NAMED
    commands = [f"{_FETCH}{only if few else ''}"] if fetched else []
    if "survey.published" in str(row["replaced_by"]):
        commands.append("eitgeo survey import FICHIER…, puis eitgeo survey publish")
    if "sources.pesees" in str(row["replaced_by"]):
        commands.append("sources.pesees, puis eitgeo survey publish")
    if asks:
        commands.append("eitgeo ask")
    return tuple(commands)


def _line(written: str, fetched: Sequence[Mapping[str, str]]) -> str:
    """Name the file that the study then reads, where the register says it."""
    if not fetched or f"path: {_ELLIPSIS}" not in written:
        return written
    return written.replace(_ELLIPSIS, str(fetched[0]["path"]))


def _moved(
    study: Study, basis: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return what hangs on a basis: figures, criteria of the verdict, stamped files."""
    catalogue = indicator_catalogue()
    rests_on = {
        str(name): parted(str(cell)) for name, cell in catalogue["rests_on"].items()
    }
    resting = {name for name, cell in rests_on.items() if basis in cell}
    labels = [str(catalogue["label"][name]) for name in rests_on if name in resting]
    conditions = list(verdict_conditions()["label"]) if basis == "field" else []
    parts = (labels, conditions, _cleared(study, basis))
    first, second, third = (tuple(map(typographic, one)) for one in parts)
    return first, second, third


def _cleared(study: Study, basis: str) -> list[str]:
    """List the files that bear a stamp, and would no longer."""
    real = study
    if basis in _DRAWN:
        real_sites = tuple(
            source for source in study.sources.sites if source.reader != "synthetic"
        )
        sources = study.sources.model_copy(update={"sites": real_sites})
        real = study.model_copy(update={"sources": sources})
    elif basis == _ROADS:
        network = study.roads.network.model_copy(update={"reader": "osm"})
        roads = study.roads.model_copy(update={"network": network})
        real = study.model_copy(update={"roads": roads})
    files = published_files()
    titles = dict(zip(files["stem"], files["title"], strict=True))
    titles |= {
        str(stem): f"carte « {title} »"
        for stem, title in map_sheets()["title"].items()
        if title
    }
    return [
        str(title)
        for stem, title in titles.items()
        if study.reasons_of(stem) and not real.reasons_of(stem)
    ]
