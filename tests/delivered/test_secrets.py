"""Nothing secret is recovered from what the delivered study publishes."""

import shutil
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.audit.auditing import audit_study
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import empty_table
from tests.disclosure import files, study
from tests.disclosure.attack import attack
from tests.disclosure.reading import KINDS, told_units
from tests.disclosure.territory import unrounded
from tests.rerun import changed, run_step

DRAWN = ("block_draws", "exchanges")


@pytest.fixture(scope="module")
def exact(delivered, tmp_path_factory) -> study.Study:
    """Guard the study again where exact sums leave, without draws: an attacker's dream.

    A sum of what sites make can be recognised; a mean of draws could not.
    """
    out = tmp_path_factory.mktemp("exact")
    other = Project(delivered.study, delivered.base, out)
    shutil.copytree(delivered.processed, other.processed)
    write_table(other.processed, empty_table("arising_draws"), table="arising_draws")
    with unrounded():
        run_step("disclosure", other)
    return study.Study(other.processed)


@pytest.fixture(scope="module")
def held(delivered) -> study.Study:
    """Read the delivered study once."""
    return study.Study(delivered.processed)


def test_nothing_secret_is_recovered_from_what_is_published(exact) -> None:
    """The attacker is given exact sums of the published blocks: more than is told.

    Blocks that follow contours gave 30 sets of tonnes and 21 of jobs to who had two
    editions: they have the same blocks (`test_publication`).
    """
    # Industry stands in few communes, that of counts; waste in most.
    for name, least in {"deposit_t": 250, "industry_jobs": 65}.items():
        blocks = exact.blocks.query(f"indicator_id == '{name}' and kind == 'estime'")
        assert len(blocks) > least
        numbers = exact.public.loc[name]
        assert study.sums_found(exact, name, numbers=numbers) == set()
    assert study.exchanges_found(exact) == set()
    assert study.ratios_found(exact) == set()


def test_the_audit_finds_nothing_in_what_is_published(delivered) -> None:
    found = audit_study(delivered, draws=2)
    assert (found.findings, found.remarks, found.undeclared) == ([], [], [])
    # Drawn inside counts, 495 sites have industrial jobs; 189 perimeters are told no
    # share of exchanges; the four levers that are parts of it are held row by row.
    assert found.n_cells > 11_000
    assert found.n_redundant > 4_500


@pytest.mark.slow
def test_the_audit_finds_nothing_between_two_editions(delivered, tmp_path) -> None:
    assert audit_study(delivered).is_clean
    reach = delivered.study.methods.reach.model_copy(update={"minutes": 30})
    study_of_30 = changed(delivered, "methods", reach=reach).study
    shutil.copytree(delivered.out, tmp_path / "edition")
    run_steps(STEPS, Project(study_of_30, delivered.base, tmp_path / "edition"))
    both = audit_study(delivered, against=tmp_path / "edition")
    assert both.is_clean
    assert both.n_equations > 15_000


def test_the_attack_succeeds_on_what_is_not_guarded(held) -> None:
    table, truth = study.commune_table(held, "deposit_t")
    failing = study.failing_communes(held, "deposit_t")
    assert failing > 150
    singles = [one for one in attack(table, truth) if len(one) == 1]
    assert len(singles) == failing


def test_most_communes_that_fail_are_merged_with_few_others(delivered) -> None:
    report = pd.read_parquet(delivered.processed / "disclosure_report.parquet")
    tonnage = report.set_index("indicator_id").loc["deposit_t"]
    assert tonnage["n_failing"] <= tonnage["n_merged"] <= 1.7 * tonnage["n_failing"]
    told: Any = report.set_index("indicator_id")[["n_withheld", "n_silent"]]
    assert told.loc[["deposit_t", "industry_jobs"]].eq(0).all(axis=None)


def test_no_share_of_exchanges_is_silent_but_for_the_rule(held) -> None:
    """What an EPCI gives stays in where the rule says so, and nowhere else.

    Another EPCI passes with all its takers told together: who holds it and not all of
    them is told no share, nor who holds too much of what is withheld.
    """
    area = held.table("communes", ["code_insee", "epci_siren"]).set_index("code_insee")
    epci = area["epci_siren"]
    given = held.ends[held.ends["end"] == "donor"]
    firms = given["site_id"].map(held.firms)
    by_firm = given["t"].groupby([given["donor_id"].map(epci), firms]).sum()
    whole = by_firm.groupby(level=0).agg(["max", "sum", "size"])
    failing = (whole["size"] < 3) | (whole["max"] > 0.85 * whole["sum"])
    units = held.communes[held.communes["indicator_id"] == "captured_pct"]
    stay = set(units.loc[~units["released"], "code_insee"].map(epci))
    assert stay == set(whole.index[failing])
    hidden = set(units.loc[~units["released"], "block_id"])
    cells = held.table("exchanges_public")
    inside = units.groupby("block_id")["code_insee"].agg(frozenset).to_dict()
    n_sites = units.groupby("block_id")["n_sites"].sum()
    silent = held.public.loc["captured_pct"]["value"].isna()
    assert silent.mean() < 0.5
    links = list(
        zip(
            cells["donor_id"].tolist(),
            [frozenset(takers.split(";")) for takers in cells["receiver_ids"]],
            cells["value"].tolist(),
            strict=True,
        )
    )
    by_commune = dict(zip(units["code_insee"], units["n_sites"], strict=True))
    by_unit = n_sites.to_dict()
    for name, codes in held.groups:
        whole_units = {unit for unit, mine in inside.items() if mine <= codes}
        met = {unit for unit, mine in inside.items() if mine & codes}
        gives = [(takers, t) for donor, takers, t in links if donor in whole_units]
        unsure = [
            t for takers, t in gives if not takers <= whole_units and takers & met
        ]
        mostly = sum(unsure) > 0.2 * sum(t for _, t in gives)
        total = sum(n for code, n in by_commune.items() if code in codes)
        shown = sum(by_unit[unit] for unit in whole_units - hidden)
        assert silent[name] == (mostly or not gives or total - shown > 0.5 * total)


def test_whole_epci_are_published_as_they_are(delivered) -> None:
    folder = delivered.processed
    key = ["indicator_id", "perimeter_id"]
    public, internal = (
        pd.read_parquet(folder / f"{name}.parquet").set_index(key)
        for name in ("indicators_public", "indicators")
    )
    assert public.index.equals(internal.index)
    for name in ("deposit_t", "industry_jobs"):
        ours, theirs = (one.xs(name) for one in (public, internal))
        whole = ours["unallocated_pct"] == 0
        assert whole.sum() >= 390
        for level in ("low", "value", "high"):
            told, true = ours[level], theirs[level]
            # Sums of rounded blocks: 1.6 % away at worst, 0.3 % half of the time.
            away = (told[whole] / true[whole] - 1).abs()
            assert away.max() < 0.016
            assert away.median() < 0.003
    whole = public.loc["captured_pct"]["unallocated_pct"] == 0
    told, true = (t.loc["captured_pct"]["value"][whole] for t in (public, internal))
    told, true = told[told.notna()], true[told.notna()]
    assert len(told) >= 90
    # Links put together count as kept where all their takers are inside; two figures a
    # link move a share by 0.3 point at most.
    assert (told <= true + 0.3).all()
    assert (true - told).median() < 8.0


def test_figures_are_sums_of_rounded_blocks_and_of_nothing_finer(held) -> None:
    """Read without the package: blocks, draws and cells have two figures at most."""
    jobs = held.blocks[held.blocks["indicator_id"] == "industry_jobs"]
    draws, cells = (
        held.table(f"{one}_public")["value"] for one in ("block_draws", "exchanges")
    )
    for numbers in (*(jobs[level] for level in study.LEVELS), draws, cells):
        coarse = [files.significant(float(one), 2) for one in numbers]
        assert numbers.tolist() == coarse
    members = held.communes[held.communes["indicator_id"] == "industry_jobs"]
    inside = members.groupby("block_id")["code_insee"].agg(frozenset)
    rows = {block: np.zeros(3) for block in inside.index}
    for row in jobs[["block_id", *study.LEVELS]].itertuples(index=False):
        rows[row.block_id] = rows[row.block_id] + row[1:]
    told = held.public.loc["industry_jobs"][list(study.LEVELS)]
    for name, codes in held.groups:
        whole = [rows[block] for block, mine in inside.items() if mine <= codes]
        expected = np.sum(whole, axis=0) if whole else np.zeros(3)
        assert told.loc[name].tolist() == pytest.approx(expected.tolist(), rel=1e-9)


def perimeters_of(project: Project) -> pd.DataFrame:
    """Return names and communes of the perimeters by identifier."""
    names = pd.read_parquet(
        project.processed / "perimeters.parquet",
        columns=["perimeter_id", "name", "compared"],
    )
    return names.set_index("perimeter_id")


LABELS = indicator_catalogue()["label"]
SUMS = {name: str(LABELS[name]) for name in ("deposit_t", "industry_jobs")}


def published_reads(project: Project, held: study.Study, name: str) -> list[files.Read]:
    """Read a sum in the workbook, as a bound of what each whole contour makes."""
    told = files.figures_in_workbook(project.published("comparaison", ".xlsx"))
    named = perimeters_of(project)
    rows = held.amounts(name)
    declared = rows[rows["origin"] == "declare"].groupby("code_insee")["value"].sum()
    units = told_units(held.communes, name)
    found = []
    for perimeter_id, codes in held.groups:
        one, row = named.loc[perimeter_id], held.public.loc[(name, perimeter_id)]
        key = files.bare(str(one["name"])) if one["compared"] else perimeter_id
        label, evidence = files.bare(SUMS[name]), row["evidence"]
        if (label, "value", str(key)) in told:
            least = most = told[label, "value", str(key)]
        else:  # a middle that would print as a bound is near one of them
            least, most = (told[label, end, str(key)] for end in ("low", "high"))
        low, _ = files.known_between(least, evidence=evidence)
        _, high = files.known_between(most, evidence=evidence)
        known = declared.reindex(list(codes)).sum()
        # What is not broken down is in no figure: it bounds from below alone.
        top = high - known if row["unallocated_pct"] == 0 else float("inf")
        inside = {unit for unit in units if unit[1] in codes and unit[0] in KINDS}
        found.append(files.Read(frozenset(inside), low - known, top))
    return found


def test_figures_of_the_workbook_are_those_of_the_guarded_table(
    delivered, held
) -> None:
    """Rounding says less: who cannot break the table cannot break the workbook."""
    told = files.figures_in_workbook(delivered.published("comparaison", ".xlsx"))
    named = perimeters_of(delivered)
    public = held.public
    labels = SUMS | {"captured_pct": str(LABELS["captured_pct"])}
    n_seen = 0
    for name, label in labels.items():
        for perimeter_id, row in public.loc[name].iterrows():
            one = named.loc[perimeter_id]
            key = files.bare(str(one["name"])) if one["compared"] else perimeter_id
            value, low, high = (
                files.rounded(row[level], evidence=row["evidence"], unit=row["unit"])
                for level in ("value", "low", "high")
            )
            is_bound = low < high and value in (low, high)
            middle = float("nan") if is_bound else value
            levels = {"value": middle, "low": low, "high": high}
            for level, expected in levels.items():
                found = told.get((files.bare(label), level, key), float("nan"))
                assert found == pytest.approx(expected, rel=1e-12, nan_ok=True)
            n_seen += 3 * (not np.isnan(low))
    silent = public.loc["captured_pct", "value"].isna().sum()
    # Both sums, and the share where it is not withheld.
    assert n_seen == 3 * (399 * 3 - silent)


@pytest.mark.parametrize("name", sorted(SUMS))
def test_nothing_secret_is_recovered_from_the_workbook(delivered, held, name) -> None:
    reads = published_reads(delivered, held, name)
    assert len(reads) == 399
    truth = study.held_by(held.amounts(name), "value")
    assert files.found_between(reads, [truth]) == set()
    # The same reader finds the communes of an unguarded table, rounded alike.
    table, _ = study.commune_table(held, name)
    bare = [
        files.Read(one.units, *files.known_between(one.number, evidence="S"))
        for one in table
    ]
    assert len(files.found_between(bare, [truth])) > 100
