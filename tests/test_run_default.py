"""The default study as a whole: what a change runs again, and the same bytes twice."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from eitgeo.audit.study import audit_study
from eitgeo.errors import StudyError
from eitgeo.steps import STEPS, StepReport, comparator, plan_steps, run_steps
from eitgeo.steps._engine import sidecar_path
from eitgeo.steps.compare import compare_perimeters
from eitgeo.steps.dossier import study_dossier
from eitgeo.store import digest
from eitgeo.study import Affinity, Project, Ranking, open_project
from eitgeo.tables import empty_table, write_table
from tests.disclosure import files, study
from tests.disclosure.attack import attack
from tests.disclosure.plant import plant
from tests.disclosure.reading import KINDS, block_figures, told_units
from tests.disclosure.scan import EXAMPLES, scan
from tests.disclosure.territory import unrounded
from tests.dossier.reading import hold_dossier
from tests.dossier.test_content import bare_numbers
from tests.lent import lend_tables
from tests.maps.pages import long_numbers, payload_of, recomputed
from tests.maps.random_perimeters import with_random_perimeters
from tests.words.forbidden import FORBIDDEN, preferences, spoken

ROOT = Path(__file__).resolve().parents[1]
LAST = {"manifest", "notebook_pages"}
"""Steps that read all that the others write."""
MAPS = {
    "body_map",
    "comparator",
    "dossier",
    "territory_map",
    "territory_page",
    "zone_maps",
    "perimeter_maps",
    "flow_maps",
    "flow_workbook",
    "core_map",
    "comparison_table",
    "difference_sheet",
    "offline_page",
    "governance_workbook",
    "qgis_project",
}
ZONES = {
    "dossier",
    "zones",
    "published_zones",
    "sectors",
    "zone_maps",
    "zone_workbook",
    "qgis_project",
}
ZONE_TABLES = (
    "zones",
    "site_zone",
    "site_stability",
    "zone_settings",
    "zone_concordance",
    "zone_profile",
    "zones_public",
    "zone_potentials",
    "key_sectors",
)
CLASSES_T = (30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0)
"""Bounds of the classes that the maps of matter draw [t/year]."""
QUESTIONS = {"road_reach", "road_closures", "road_maps"}
COMPARED = {
    "comparator",
    "dossier",
    "indicators",
    "disclosure",
    "ranking",
    "stress",
    "flow_maps",
    "flow_workbook",
    "epci_blocks",
    "governance",
    "epci_facts",
    "governance_workbook",
    "perimeter_maps",
    "comparison_table",
    "difference_sheet",
    "offline_page",
    "qgis_project",
}


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> tuple[Project, list[StepReport]]:
    """Run the default study once, written aside."""
    out = tmp_path_factory.mktemp("default")
    project = open_project(ROOT / "study.yaml", out=out)
    reports = run_steps(STEPS, project)
    lend_tables(project, tmp_path_factory)
    return project, reports


def changed(project: Project, section: str, **values) -> Project:
    """Return the same project with other parameters."""
    part = getattr(project.study, section).model_copy(update=values)
    study = project.study.model_copy(update={section: part})
    return Project(study, project.base, project.out)


def by_status(reports: list[StepReport], status: str) -> set[str]:
    """Return the names of the steps with a status."""
    return {report.step.name for report in reports if report.status == status}


def pending(project: Project) -> set[str]:
    """Return the steps that would run, those only reached by what precedes them too."""
    return by_status(plan_steps(STEPS, project), "pending")


def tables(folder: Path) -> dict[str, bytes]:
    """Return every table of « data/processed », and its sidecar."""
    found = sorted((folder / "data/processed").glob("*.parquet*"))
    return {path.name: path.read_bytes() for path in found}


def test_every_step_is_done_and_every_product_is_signed(first) -> None:
    project, reports = first
    assert by_status(reports, "done") == {step.name for step in STEPS}
    for step in STEPS:
        for path in step.artefacts(project):
            assert path.stat().st_size > 0
            assert sidecar_path(project, path).is_file()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_what_is_published_tells_no_table_and_no_folder(first) -> None:
    """The digest of a table, or a path of the machine, in any file or its metadata."""
    project, _ = first
    internal = [path for path in project.processed.rglob("*") if path.is_file()]
    assert len(internal) > 200
    hidden = {digest(path) for path in internal}
    folders = {f"{project.out}", f"{project.base}/", f"{Path.home()}/"}
    assert scan(project.maps, texts=hidden | folders) == []
    names = {path.name for path in project.maps.rglob("*.json")}
    assert names == {"manifest.json"}
    # The reader does see digests where they are.
    published = digest(project.maps / "DEMO_dossier.pdf")
    (found,) = scan(project.maps, texts={published})
    assert (found.file, found.what) == ("manifest.json", "texte")


def test_at_least_six_perimeters_are_compared_and_printed(first) -> None:
    project, _ = first
    printed = sorted(project.maps.glob("DEMO_carte_perimetre_*_A4.pdf"))
    assert len(printed) == len(project.study.compared_ids) >= 6


def test_nothing_runs_when_nothing_changed(first) -> None:
    project, _ = first
    before = tables(project.out)
    reports = run_steps(STEPS, project)
    assert by_status(reports, "current") == {step.name for step in STEPS}
    assert tables(project.out) == before
    assert pending(project) == set()


@pytest.mark.parametrize(
    ("section", "values", "expected"),
    [
        ("zones", {"credit": "IGN"}, ZONES),
        ("zones", {"radius_m": 600.0}, ZONES),
        (
            "comparison",
            {"min_headcount": 20.0},
            COMPARED | {"levers", "sectors", "zone_workbook"},
        ),
        (
            "comparison",
            {"seat_min_population": 3000},
            COMPARED | QUESTIONS | {"ensemble", "core_map"},
        ),
        (
            "flows",
            {"max_km": 100.0},
            COMPARED
            | MAPS
            | {"allocation", "levers", "synergies", "optimum", "perimeters"}
            | {"ensemble", "core_map"}
            | {"road_closures", "road_maps"},
        ),
        (
            "comparison",
            {"ranking": Ranking(decided_from_pct=90.0)},
            {"ranking", "stress", "comparison_table", "comparator"}
            | {"dossier", "governance", "governance_workbook"},
        ),
        (
            "comparison",
            {"first_pair": ("petr_nestes", "systom_8_epci")},
            {"comparison_table", "comparator", "difference_sheet", "dossier"},
        ),
        (
            "identity",
            {"title": "Autre titre"},
            MAPS | {"sign_up_form", "zone_workbook", "road_maps"},
        ),
        ("methods", {"max_unions": 10_000}, COMPARED | MAPS | {"perimeters"}),
        (
            "methods",
            {"affinity": Affinity(max_minutes=30)},
            COMPARED | {"ensemble", "core_map"},
        ),
        (
            "roads",
            {"max_minutes": 200.0},
            {"roads", "distances", "survey", "allocation", "levers", "synergies"}
            | {"optimum", "perimeters", "ensemble"}
            | {"sectors", "zone_workbook", "road_checks"}
            | QUESTIONS
            | COMPARED
            | MAPS,
        ),
        ("territory", {"buffer_km": 30.0}, {step.name for step in STEPS}),
    ],
)
def test_a_parameter_moves_what_depends_on_it_only(
    first, section, values, expected
) -> None:
    project = changed(first[0], section, **values)
    assert pending(project) == expected | LAST
    assert pending(first[0]) == set()


def test_the_seed_moves_the_draw_and_what_follows(first) -> None:
    found = pending(changed(first[0], "identity", seed=1))
    assert {"sites", "zones", "arisings", "allocation", "levers", "synergies"} <= found
    assert found.isdisjoint({"territory", "borders", "outlets", "roads", "distances"})


def test_a_new_radius_runs_the_zones_alone_and_back(first) -> None:
    project, _ = first
    before = tables(project.out)
    wider = run_steps(STEPS, changed(project, "zones", radius_m=600.0))
    assert by_status(wider, "done") == ZONES | LAST
    moved = {name for name, held in tables(project.out).items() if held != before[name]}
    written = {f"{name}.parquet" for name in ZONE_TABLES}
    sidecars = {f"{name}.json" for name in written}
    assert sidecars | {"zones.parquet"} <= moved <= sidecars | written
    back = run_steps(STEPS, project)
    assert by_status(back, "done") == ZONES | LAST
    assert tables(project.out) == before


TABLE_STEPS = [step for step in STEPS if step.writes]


@pytest.fixture(scope="module")
def second(first, tmp_path_factory) -> Project:
    """Write the tables of the same study into another folder."""
    project, _ = first
    out = tmp_path_factory.mktemp("default") / "autre dossier"
    other = Project(project.study, project.base, out)
    reports = run_steps(TABLE_STEPS, other)
    assert by_status(reports, "done") == {step.name for step in TABLE_STEPS}
    return other


def test_another_folder_holds_the_same_bytes(first, second) -> None:
    held, expected = tables(second.out), tables(first[0].out)
    assert held.keys() == expected.keys()
    assert [name for name, content in held.items() if content != expected[name]] == []
    assert not any(str(second.out.parent).encode() in one for one in held.values())


def test_a_new_headcount_floor_runs_what_counts_sites_alone_and_back(second) -> None:
    before = tables(second.out)
    higher = changed(second, "comparison", min_headcount=20.0)
    moved = {
        "indicators",
        "levers",
        "disclosure",
        "sectors",
        "ranking",
        "stress",
        "epci_blocks",
    }
    moved |= {"governance", "epci_facts"}
    assert by_status(run_steps(TABLE_STEPS, higher), "done") == moved
    assert tables(second.out) != before
    assert by_status(run_steps(TABLE_STEPS, second), "done") == moved
    assert tables(second.out) == before


def test_a_union_has_the_reasons_of_the_compared_perimeter_it_equals(first) -> None:
    folder = first[0].processed
    names = ("carrier_reasons", "union_carrier_reasons", "perimeter_communes")
    compared, unions, inside = (
        pd.read_parquet(folder / f"{name}.parquet") for name in names
    )
    codes = inside.groupby("perimeter_id")["code_insee"].agg(frozenset)
    found = {codes[name]: name for name in unions["perimeter_id"].unique()}
    assert len(found) == 392
    pairs = {
        name: found[codes[name]]
        for name in compared["perimeter_id"].unique()
        if codes[name] in found
    }
    assert {"petr_comminges", "systom_7_epci"} <= set(pairs)
    for name, union in pairs.items():
        mine, same = (
            rows[rows["perimeter_id"].eq(one) & rows["rule_id"].ne("C06")]
            .drop(columns="perimeter_id")
            .reset_index(drop=True)
            for rows, one in ((compared, name), (unions, union))
        )
        pd.testing.assert_frame_equal(mine, same)
    # Departures were tried on compared perimeters alone.
    tried = unions[unions["rule_id"] == "C06"]
    assert set(tried["outcome"]) == {"non_evalue"}
    assert len(tried) == 392


PARTS = ("communes", "blocks", "block_draws", "exchanges")
"""Guarded tables, all that published estimates are summed from."""


def told_exactly(project: Project, out: Path, *steps: str) -> study.Study:
    """Run steps again where exact sums leave, without draws: what an attacker dreams.

    A sum of what sites make can be recognised; a mean of draws could not.
    """
    other = Project(project.study, project.base, out)
    shutil.copytree(project.processed, other.processed)
    write_table(other.processed, empty_table("arising_draws"), table="arising_draws")
    with unrounded():
        for step in STEPS:
            if step.name in {*steps, "disclosure"}:
                step.run(other)
    return study.Study(other.processed)


def test_nothing_secret_is_recovered_from_what_is_published(first, tmp_path) -> None:
    """The attacker is given exact sums of the published blocks: more than is told."""
    held = told_exactly(first[0], tmp_path)
    for name in ("deposit_t", "industry_jobs"):
        numbers = held.public.loc[name]
        assert study.sums_found(held, name, numbers=numbers) == set()
    assert study.exchanges_found(held) == set()
    assert study.ratios_found(held) == set()


@pytest.fixture(scope="module")
def editions(first, tmp_path_factory) -> dict[int, study.Study]:
    """Publish the study with the contour by the road at 45 and 30 minutes."""
    project, _ = first
    found = {}
    for minutes in (45, 30):
        reach = project.study.methods.reach.model_copy(update={"minutes": minutes})
        other = changed(project, "methods", reach=reach)
        out = tmp_path_factory.mktemp(f"edition_{minutes}")
        found[minutes] = told_exactly(other, out, "perimeters", "indicators")
    return found


def test_editions_that_compare_other_perimeters_have_the_same_blocks(editions) -> None:
    one, other = (editions[minutes] for minutes in (45, 30))
    contours = [dict(held.groups) for held in (one, other)]
    assert contours[0].keys() ^ contours[1].keys() == {"route_45min", "route_30min"}
    for part in PARTS:
        name = f"{part}_public.parquet"
        assert (one.folder / name).read_bytes() == (other.folder / name).read_bytes()


@pytest.mark.parametrize("name", ["deposit_t", "industry_jobs"])
def test_nothing_secret_is_recovered_from_two_editions(editions, name) -> None:
    """Blocks that follow contours gave 30 sets of tonnes and 21 of jobs."""
    held = list(editions.values())
    truth = study.held_by(held[0].amounts(name), "value")
    figures = [
        figure
        for one in held
        for figure in block_figures(
            one.communes, one.blocks, indicator=name, level="value"
        )
    ]
    assert len(figures) > 200
    assert attack(figures, truth) == set()


def test_the_audit_finds_nothing_in_what_is_published(first) -> None:
    found = audit_study(first[0], draws=2)
    assert (found.findings, found.remarks, found.unattached) == ([], [], [])
    assert found.n_cells > 12_000
    assert found.n_redundant > 9_000


@pytest.mark.slow
def test_the_audit_finds_nothing_between_two_editions(first, tmp_path) -> None:
    project, _ = first
    assert audit_study(project).is_clean
    reach = project.study.methods.reach.model_copy(update={"minutes": 30})
    study_of_30 = changed(project, "methods", reach=reach).study
    shutil.copytree(project.out, tmp_path / "edition")
    run_steps(STEPS, Project(study_of_30, project.base, tmp_path / "edition"))
    both = audit_study(project, against=tmp_path / "edition")
    assert both.is_clean
    assert both.n_equations > 15_000


def test_the_attack_succeeds_on_what_is_not_guarded(first) -> None:
    held = study.Study(first[0].processed)
    table, truth = study.commune_table(held, "deposit_t")
    failing = study.failing_communes(held, "deposit_t")
    assert failing > 150
    singles = [one for one in attack(table, truth) if len(one) == 1]
    assert len(singles) == failing


def test_most_communes_that_fail_are_merged_with_few_others(first) -> None:
    report = pd.read_parquet(first[0].processed / "disclosure_report.parquet")
    tonnage = report.set_index("indicator_id").loc["deposit_t"]
    assert tonnage["n_failing"] <= tonnage["n_merged"] <= 1.7 * tonnage["n_failing"]
    told: Any = report.set_index("indicator_id")[["n_withheld", "n_silent"]]
    assert told.loc[["deposit_t", "industry_jobs"]].eq(0).all(axis=None)
    # Two contours cut EPCI, and what an optimum sends where has few givers or takers.
    assert told.loc["captured_pct", "n_withheld"] <= 30
    assert told.loc["captured_pct", "n_silent"] <= 0.05 * report["n_perimeters"].max()


def test_whole_epci_are_published_as_they_are(first) -> None:
    folder = first[0].processed
    key = ["indicator_id", "perimeter_id"]
    public, internal = (
        pd.read_parquet(folder / f"{name}.parquet").set_index(key)
        for name in ("indicators_public", "indicators")
    )
    assert public.index.equals(internal.index)
    for name in ("deposit_t", "industry_jobs"):
        whole = public.loc[name]["unallocated_pct"] == 0
        assert whole.sum() >= 390
        for level in ("low", "value", "high"):
            told, true = public.loc[name][level], internal.loc[name][level]
            # Sums of rounded blocks: 1.6 % away at worst, 0.3 % half of the time.
            away = (told[whole] / true[whole] - 1).abs()
            assert away.max() < 0.016
            assert away.median() < 0.003
    whole = public.loc["captured_pct"]["unallocated_pct"] == 0
    told, true = (t.loc["captured_pct"]["value"][whole] for t in (public, internal))
    # Links put together count as kept where all their takers are inside.
    assert (told <= true + 1e-9).all()
    assert (true - told).median() < 6.0


def test_figures_are_sums_of_rounded_blocks_and_of_nothing_finer(first) -> None:
    """Read without the package: blocks, draws and cells have two figures at most."""
    held = study.Study(first[0].processed)
    jobs = held.blocks[held.blocks["indicator_id"] == "industry_jobs"]
    draws, cells = (held.table(f"{one}_public")["value"] for one in PARTS[2:])
    for numbers in (*(jobs[level] for level in study.LEVELS), draws, cells):
        coarse = [files.significant(float(one), 2) for one in numbers]
        assert numbers.tolist() == coarse
    members = held.communes[held.communes["indicator_id"] == "industry_jobs"]
    told = held.public.loc["industry_jobs"]
    for name, codes in held.groups:
        inside = members["code_insee"].isin(codes).groupby(members["block_id"]).all()
        rows = jobs[jobs["block_id"].map(inside).astype(bool)]
        expected = rows[list(study.LEVELS)].sum()
        assert told.loc[name, list(study.LEVELS)].tolist() == pytest.approx(
            expected.tolist(), rel=1e-9
        )


PROJECTIONS = {
    *("85.0511287798", "6356752.314245179", "20037508.34279", "-20037508.34279"),
    *("-15496570.73972", "18764656.23138"),
    *("0.725607765053267", "0.0818191910428158", "11754255.4261", "12655612.0499"),
}
"""Constants of Mercator and of Lambert-93, which are no figure of the study."""


def test_pages_carry_no_full_doubles(first) -> None:
    pages = sorted(first[0].maps.glob("*.html"))
    assert len(pages) >= 4
    for page in pages:
        assert long_numbers(page.read_text(encoding="utf-8")) <= PROJECTIONS, page.name


def perimeters_of(project: Project) -> pd.DataFrame:
    """Return names and communes of the perimeters by identifier."""
    names = pd.read_parquet(
        project.processed / "perimeters.parquet",
        columns=["perimeter_id", "name", "compared"],
    )
    return names.set_index("perimeter_id")


SUMS = {
    "deposit_t": "Déchets des professionnels, hors inertes",
    "industry_jobs": "Emplois industriels",
}


def test_figures_of_the_workbook_are_those_of_the_guarded_table(first) -> None:
    """Rounding says less: who cannot break the table cannot break the workbook."""
    project, _ = first
    told = files.figures_in_workbook(project.maps / "DEMO_comparaison.xlsx")
    named = perimeters_of(project)
    public = study.Study(project.processed).public
    labels = SUMS | {"captured_pct": "Échanges possibles gardés dans le périmètre"}
    n_seen = 0
    for name, label in labels.items():
        for perimeter_id, row in public.loc[name].iterrows():
            one = named.loc[perimeter_id]
            key = files.bare(str(one["name"])) if one["compared"] else perimeter_id
            for level in ("value", "low", "high"):
                expected = files.rounded(
                    row[level], evidence=row["evidence"], unit=row["unit"]
                )
                found = told.get((files.bare(label), level, key), float("nan"))
                assert found == pytest.approx(expected, rel=1e-12, nan_ok=True)
                n_seen += not np.isnan(found)
    silent = public.loc["captured_pct", "value"].isna().sum()
    # Three levels of both sums, one of the share, where it is not withheld.
    assert n_seen == 399 * 7 - silent


def published_reads(project: Project, held: study.Study, name: str) -> list[files.Read]:
    """Read a sum in the workbook, as a bound of what each whole contour makes."""
    told = files.figures_in_workbook(project.maps / "DEMO_comparaison.xlsx")
    named = perimeters_of(project)
    rows = held.amounts(name)
    declared = rows[rows["origin"] == "declare"].groupby("code_insee")["value"].sum()
    units = told_units(held.communes, name)
    found = []
    for perimeter_id, codes in held.groups:
        one, row = named.loc[perimeter_id], held.public.loc[(name, perimeter_id)]
        key = files.bare(str(one["name"])) if one["compared"] else perimeter_id
        low, high = files.known_between(
            told[files.bare(SUMS[name]), "value", str(key)], evidence=row["evidence"]
        )
        known = declared.reindex(list(codes)).sum()
        # What is not broken down is in no figure: it bounds from below alone.
        top = high - known if row["unallocated_pct"] == 0 else float("inf")
        inside = {unit for unit in units if unit[1] in codes and unit[0] in KINDS}
        found.append(files.Read(frozenset(inside), low - known, top))
    return found


@pytest.mark.parametrize("name", sorted(SUMS))
def test_nothing_secret_is_recovered_from_the_workbook(first, name) -> None:
    held = study.Study(first[0].processed)
    reads = published_reads(first[0], held, name)
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


def sheet_texts(path: Path, name: str) -> list[str]:
    """Return the texts of a sheet of a workbook."""
    book = openpyxl.load_workbook(path, read_only=True)
    rows = book[name].iter_rows(values_only=True)
    return [str(cell) for row in rows for cell in row if cell is not None]


def test_no_order_of_real_bodies_is_published_on_synthetic_sites(first) -> None:
    project, _ = first
    order = pd.read_parquet(project.processed / "decision_order.parquet")
    assert order["rank"].notna().all()  # in, on the criteria of governance
    told = sheet_texts(project.maps / "DEMO_comparaison.xlsx", "Ordres")
    assert len(told) == 2  # the stamp, and why
    assert "sans être publiés" in told[1]
    criteria = pd.read_parquet(project.processed / "decision_criteria.parquet")
    counted = criteria[criteria["weight"] > 0]
    governance = {"n_deliberations", "epci_whole_pct", "n_departements"}
    governance |= {"body_fit_pct"}
    assert set(counted["indicator_id"]) == governance
    assert set(counted["evidence"]) == {"O"}


def test_any_perimeters_of_the_study_compare(first) -> None:
    project, _ = first
    union = (
        pd.read_parquet(project.processed / "perimeters.parquet")
        .query("method == 'union_epci'")["perimeter_id"]
        .iloc[0]
    )
    found = compare_perimeters(project, ["petr_nestes", union, "route_45min"])
    assert all(path.stat().st_size > 0 for path in found.files)
    assert all(path.name.startswith("DEMO_") for path in found.files)
    assert "DÉMONSTRATION" in found.notes[0]
    assert {len(row) for row in found.rows} == {5}  # label, class, three figures
    for ids, fault in (
        (["petr_nestes"], "en donner au moins deux"),
        (["petr_nestes", "petr_nestes"], "donné deux fois"),
        (["petr_nestes", "petr_neste"], "périmètre inconnu « petr_neste »"),
    ):
        with pytest.raises(StudyError, match=fault):
            compare_perimeters(project, ids)
    for path in found.files:
        path.unlink()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_pages_and_maps_say_no_other_figure_of_estimates(first) -> None:
    project, _ = first
    public = study.Study(project.processed).public.reset_index()
    compared = public[public["perimeter_id"].isin(project.study.compared_ids)]
    contours = pd.read_parquet(project.processed / "perimeters.parquet")
    contours = contours.set_index("perimeter_id")[["name", "certificate"]]
    for name in project.study.compared_ids:
        words = files.words_of(project.maps / f"DEMO_carte_perimetre_{name}_A4.pdf")
        rows = compared[compared["perimeter_id"] == name].to_dict("records")
        # A contour says its ceiling and its gap.
        drawn = " ; ".join(contours.loc[name])
        measured = files.shares_said(words) - files.shares_said(drawn)
        assert measured <= files.shares_allowed(rows), name
        assert files.amounts_said(words) <= files.amounts_allowed(rows), name
        assert len(files.shares_said(words)) >= 3
    words = files.words_of(project.maps / "DEMO_perimetres.html")
    shown = contours.loc[list(project.study.compared_ids)].to_numpy().ravel()
    rows = compared.to_dict("records")
    said = files.amounts_said(words)
    assert len(said) >= 10
    assert said == files.amounts_allowed(rows)
    report = pd.read_parquet(project.processed / "disclosure_report.parquet")
    failing = set((100 * report["n_failing"] / report["n_cells"]).round())
    rest = set(report["max_unallocated_pct"].apply(np.ceil))
    allowed = files.shares_allowed(rows) | failing | rest
    allowed |= files.shares_said(" ; ".join(shown))
    assert files.shares_said(words) <= allowed


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_the_maps_of_matter_say_sums_of_guarded_blocks_alone(first) -> None:
    project, _ = first
    draws = pd.read_parquet(project.processed / "block_draws_public.parquet")
    mine = draws[draws["indicator_id"] == "deposit_t"]
    levels = np.percentile(mine.groupby("draw")["value"].sum(), [10, 50, 90])
    total: dict[str, Any] = dict(
        zip(("low", "value", "high"), levels.tolist(), strict=True)
    )
    total |= {"unit": "t/an", "evidence": "H"}
    classes = {("t/an", bound, None, None) for bound in CLASSES_T}
    words = files.words_of(project.maps / "DEMO_carte_gisements_A4.pdf")
    said = files.amounts_said(words)
    assert said - classes == files.amounts_allowed([total])
    cells = pd.read_parquet(project.processed / "exchanges_public.parquet")["value"]
    whole = files.rounded(float(cells.sum()), evidence="H", unit="t/an")
    words = files.words_of(project.maps / "DEMO_carte_echanges_A4.pdf")
    assert files.amounts_said(words) - classes == {("t/an", whole, None, None)}


def test_what_is_published_is_set_as_french(first) -> None:
    project, _ = first
    pages = sorted(project.maps.glob("*.html"))
    books = sorted(project.maps.glob("*.xlsx"))
    texts = {path.name: [files.page_text(path)] for path in pages}
    texts |= {path.name: files.cells_of(path) for path in books}
    assert len(texts) >= 5
    faults = {
        (name, found.group())
        for name, parts in texts.items()
        for part in parts
        for found in files.UNSET.finditer(part)
    }
    assert faults == set()


@pytest.mark.skipif(shutil.which("pdfunite") is None, reason="poppler absent")
def test_a_leak_planted_in_any_kind_of_published_file_is_found(first, tmp_path) -> None:
    project, _ = first
    kinds = {path.suffix: path for path in sorted(project.maps.iterdir())}
    assert kinds.keys() >= {".html", ".json", ".pdf", ".png", ".xlsx"}
    allowed = [project.study.identity.contact, *EXAMPLES]
    for path in kinds.values():
        copy = tmp_path / path.suffix[1:] / path.name
        copy.parent.mkdir()
        shutil.copy(path, copy)
        assert scan(copy.parent, names=["MARTIN Jeanne"], allowed=allowed) == []
        plant(copy, "jeanne@exemple.fr 05 61 00 00 01 [ND] Martin Jeanne")
        found = scan(copy.parent, names=["MARTIN Jeanne"], allowed=allowed)
        assert {one.what for one in found} == {
            "courriel",
            "téléphone",
            "[ND]",
            "nom",
        }, path.name


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_no_forbidden_word_is_published(first) -> None:
    folder = first[0].maps
    assert spoken(folder, FORBIDDEN) == []
    # The reader hears what the files do say.
    heard = spoken(folder, {"potentiel": r"gisement potentiel", "axes": "axes ELIPSE"})
    assert {one.what for one in heard} == {"potentiel", "axes"}
    assert {Path(one.file).suffix for one in heard} >= {".pdf", ".xlsx"}


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_no_sentence_of_a_demonstration_prefers_a_named_body(first) -> None:
    project, _ = first
    bodies = pd.read_parquet(project.processed / "bodies.parquet")
    names = [*bodies["name"], *perimeters_of(project)["name"]]
    assert preferences(project.maps, sorted(set(names))) == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_the_dossier_is_whole_and_its_summary_one_page(first) -> None:
    hold_dossier(first[0].maps)
    assert bare_numbers(study_dossier(first[0])) == []


def test_the_verdict_of_a_demonstration_stays_open(first) -> None:
    verdicts = pd.read_parquet(first[0].processed / "verdicts.parquet")
    assert set(verdicts["verdict"]) == {"non_evaluable"}
    assert verdicts["missing"].str.contains(": données synthétiques ;").all()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_nothing_personal_is_published(first) -> None:
    project, _ = first
    sites = pd.read_parquet(project.processed / "sites.parquet")
    hidden = sites[sites["natural_person"] | ~sites["diffusible"]]
    allowed = [project.study.identity.contact, *EXAMPLES]
    found = scan(project.maps, names=hidden["name"], allowed=allowed)
    assert found == []
    assert len(list(project.maps.rglob("*"))) > 20


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_comparator_finds_what_the_package_publishes(first, tmp_path) -> None:
    """Fifty random perimeters, those of the study and all unions, to 1e-9."""
    project = with_random_perimeters(first[0], tmp_path, n=50)
    comparator.run(project)
    page = project.maps / "DEMO_comparateur.html"
    assert page.stat().st_size < 3_000_000
    said = recomputed(payload_of(page), tmp_path / "payload.json")
    assert said["differ"] == []
    n_perimeters = len(pd.read_parquet(project.processed / "perimeters.parquet"))
    short = {k: n for k, n in said["agreed"].items() if n < n_perimeters}
    assert short.keys() <= {"confirmed_pct"}
    assert len(said["agreed"]) >= 20
