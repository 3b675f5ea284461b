"""What the delivered study publishes: words, figures, files."""

import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from eitgeo.commands.compare import compare_perimeters
from eitgeo.errors import StudyError
from eitgeo.flows.exchanges.realised import animation_of, lever_realised
from eitgeo.maps.workbooks.governance_sheets import verdict_text
from eitgeo.reference.rules import mutualisation_rules
from eitgeo.store import digest
from eitgeo.study.prints import files_published
from eitgeo.study.project import Project
from tests.disclosure import files, study
from tests.disclosure.plant import plant
from tests.disclosure.scan import EXAMPLES, scan
from tests.dossier.reading import hold_dossier
from tests.dossier.test_content import bare_numbers
from tests.lent import dossier_texts
from tests.maps.contours import drawn_outlines, geojson, opened
from tests.maps.pages import long_numbers, payload_of, recomputed
from tests.maps.random_perimeters import with_random_perimeters
from tests.rerun import run_step
from tests.words.forbidden import FORBIDDEN, preferences, spoken

COMMUNES = Path(__file__).resolve().parents[2] / "data/raw/communes.geojson"
GUARDED = ("communes", "blocks", "block_draws", "exchanges")
"""Guarded tables, all that published estimates are summed from."""
CLASSES_T = (30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 3e4, 1e5)
"""Bounds of the classes that the maps of matter draw [t/year]."""


def perimeters_of(project: Project) -> pd.DataFrame:
    """Return names and communes of the perimeters by identifier."""
    names = pd.read_parquet(
        project.processed / "perimeters.parquet",
        columns=["perimeter_id", "name", "compared"],
    )
    return names.set_index("perimeter_id")


def sheet_texts(path: Path, name: str) -> list[str]:
    """Return the texts of a sheet of a workbook."""
    book = openpyxl.load_workbook(path, read_only=True)
    rows = book[name].iter_rows(values_only=True)
    return [str(cell) for row in rows for cell in row if cell is not None]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_what_is_published_tells_no_table_and_no_folder(delivered) -> None:
    """The digest of a table, or a path of the machine, in any file or its metadata."""
    internal = [path for path in delivered.processed.rglob("*") if path.is_file()]
    assert len(internal) > 200
    hidden = {digest(path) for path in internal}
    folders = {f"{delivered.out}", f"{delivered.base}/", f"{Path.home()}/"}
    # The reader does see digests where they are.
    published = digest(delivered.published("dossier", ".pdf"))
    assert published not in hidden
    (found,) = scan(delivered.maps, texts={*hidden, *folders, published})
    assert found == ("manifest.json", "texte", published)
    names = {path.name for path in delivered.maps.rglob("*.json")}
    assert names == {"manifest.json"}


def test_a_union_has_the_reasons_of_the_compared_perimeter_it_equals(delivered) -> None:
    folder = delivered.processed
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


PROJECTIONS = {
    *("85.0511287798", "6356752.314245179", "20037508.34279", "-20037508.34279"),
    *("-15496570.73972", "18764656.23138"),
    *("0.725607765053267", "0.0818191910428158", "11754255.4261", "12655612.0499"),
}
"""Constants of Mercator and of Lambert-93, which are no figure of the study."""


def test_the_first_page_leads_to_files_that_are_there(delivered) -> None:
    page = delivered.maps / "index.html"
    assert page.stat().st_size < 2_500_000
    links = re.findall(r'<a href="([^"#]+)"', page.read_text(encoding="utf-8"))
    assert len(links) > 70
    assert [one for one in links if not (delivered.maps / unquote(one)).is_file()] == []


def test_pages_carry_no_full_doubles(delivered) -> None:
    pages = sorted(delivered.maps.rglob("*.html"))
    assert len(pages) >= 4
    for page in pages:
        assert long_numbers(page.read_text(encoding="utf-8")) <= PROJECTIONS, page.name


def test_no_order_of_real_bodies_is_published_on_synthetic_sites(delivered) -> None:
    order = pd.read_parquet(delivered.processed / "decision_order.parquet")
    assert order["rank"].notna().all()  # in, on the criteria of governance
    told = sheet_texts(delivered.published("comparaison", ".xlsx"), "Ordres")
    assert len(told) == 2  # the stamp, and why
    assert "sans être publiés" in told[1]
    criteria = pd.read_parquet(delivered.processed / "decision_criteria.parquet")
    counted = criteria[criteria["weight"] > 0]
    governance = {"n_deliberations", "epci_whole_pct", "n_departements"}
    assert set(counted["indicator_id"]) == governance
    # How far the syndicate fits hangs on its list, which is to confirm.
    fit = criteria[criteria["indicator_id"] == "body_fit_pct"]
    assert set(fit["reason"]) == {"selon une liste à confirmer : poids nul"}
    assert set(counted["evidence"]) == {"O"}


def test_what_hangs_on_a_list_to_confirm_is_an_interval_without_a_rank(
    delivered,
) -> None:
    """The list of the syndicate is to confirm: it fits a perimeter, or it does not."""
    table = pd.read_parquet(delivered.processed / "indicators_public.parquet")
    mine = table["indicator_id"] == "body_fit_pct"
    fit: Any = table[mine].set_index("perimeter_id")
    for name in ("systom_7_epci", "systom_8_epci"):
        assert fit.loc[name, "evidence"] == "H"
        assert fit.loc[name, "value"] != fit.loc[name, "value"]  # NaN
        assert fit.loc[name, "low"] < 50 < fit.loc[name, "high"] == 100
        assert "selon sa liste à confirmer" in fit.loc[name, "note"]
    assert fit.loc["petr_comminges", ["value", "evidence"]].tolist() == [100, "O"]
    open_ = fit.index[fit["value"].isna()]
    ranks = pd.read_parquet(delivered.processed / "union_ranks.parquet")
    ranked = ranks[ranks["indicator_id"] == "body_fit_pct"]
    assert len(ranked)
    assert not set(ranked["perimeter_id"]) & set(open_)
    n_epci = ranks.drop_duplicates("perimeter_id").set_index("perimeter_id")["n_epci"]
    assert not set(ranked["n_epci"]) & set(n_epci.reindex(open_).dropna())
    assert "n_waste_bodies" not in set(ranks["indicator_id"])
    texts = sheet_texts(delivered.published("comparaison", ".xlsx"), "Comparaison")
    told = "de 42,9 % à 100 %".replace(" %", "\N{NO-BREAK SPACE}%")
    assert any(told in one for one in texts)


def test_any_perimeters_of_the_study_compare(delivered, tmp_path) -> None:
    shutil.copytree(delivered.out, tmp_path / "copie")
    project = Project(delivered.study, delivered.base, tmp_path / "copie")
    union = (
        pd.read_parquet(project.processed / "perimeters.parquet")
        .query("method == 'union_epci'")["perimeter_id"]
        .iloc[0]
    )
    found = compare_perimeters(project, ["petr_nestes", union, "route_45min"])
    assert all(path.stat().st_size > 0 for path in found.files)
    stamped = [path.name for path in found.files if path.name.startswith("DEMO_")]
    assert stamped == [f"DEMO_comparaison_petr_nestes_{union}_route_45min.xlsx"]
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
def test_pages_and_maps_say_no_other_figure_of_estimates(delivered) -> None:
    public = study.Study(delivered.processed).public.reset_index()
    compared = public[public["perimeter_id"].isin(delivered.study.compared_ids)]
    contours = pd.read_parquet(delivered.processed / "perimeters.parquet")
    contours = contours.set_index("perimeter_id")[["name", "certificate"]]
    for name in delivered.study.compared_ids:
        path = delivered.published(f"carte_perimetre_{name}_A4", ".pdf")
        is_drawn = name in delivered.study.drawn_ids
        assert path.name.startswith("DEMO_") == is_drawn
        words = files.words_of(path)
        rows = compared[compared["perimeter_id"] == name].to_dict("records")
        # A contour says its ceiling and its gap.
        drawn = " ; ".join(contours.loc[name])
        measured = files.shares_said(words) - files.shares_said(drawn)
        assert measured <= files.shares_allowed(rows), name
        assert files.amounts_said(words) <= files.amounts_allowed(rows), name
        assert files.shares_said(words)
        assert files.amounts_said(words) == set()  # none of drawn establishments


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_the_maps_of_matter_say_sums_of_guarded_blocks_alone(delivered) -> None:
    draws = pd.read_parquet(delivered.processed / "block_draws_public.parquet")
    mine = draws[draws["indicator_id"] == "deposit_t"]
    levels = np.percentile(mine.groupby("draw")["value"].sum(), [10, 50, 90])
    total: dict[str, Any] = dict(
        zip(("low", "value", "high"), levels.tolist(), strict=True)
    )
    total |= {"unit": "t/an", "evidence": "H"}
    classes = {("t/an", bound, None, None) for bound in CLASSES_T}
    words = files.words_of(delivered.published("carte_gisements_A4", ".pdf"))
    said = files.amounts_said(words)
    assert said - classes == files.amounts_allowed([total])
    cells = pd.read_parquet(delivered.processed / "exchanges_public.parquet")["value"]
    whole = files.rounded(float(cells.sum()), evidence="H", unit="t/an")
    words = files.words_of(delivered.published("carte_echanges_A4", ".pdf"))
    found = lever_realised(animation_of(delivered.study.governance), "t", whole)
    made = tuple(
        files.rounded(t, evidence="H", unit="t/an") for t in (found.low, found.high)
    )
    said = files.amounts_said(words) - classes
    assert said == {("t/an", whole, None, None), ("t/an", None, *made)} - classes


def test_what_is_published_is_set_as_french(delivered) -> None:
    pages = sorted(delivered.maps.rglob("*.html"))
    books = sorted(delivered.maps.rglob("*.xlsx"))
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
def test_a_leak_planted_in_any_kind_of_published_file_is_found(
    delivered, tmp_path
) -> None:
    kinds = {path.suffix: path for path in files_published(delivered.maps)}
    assert kinds.keys() >= {".html", ".json", ".pdf", ".png", ".xlsx"}
    allowed = [delivered.study.identity.contact, *EXAMPLES]
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
def test_no_forbidden_word_is_published(delivered) -> None:
    # The reader hears what the files do say.
    said = {"potentiel": r"gisement potentiel", "axes": "axes ELIPSE"}
    heard = spoken(delivered.maps, FORBIDDEN | said)
    assert [one for one in heard if one.what in FORBIDDEN] == []
    assert {one.what for one in heard} == {"potentiel", "axes"}
    assert {Path(one.file).suffix for one in heard} >= {".pdf", ".xlsx"}


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_no_sentence_of_a_demonstration_prefers_a_named_body(delivered) -> None:
    bodies = pd.read_parquet(delivered.processed / "bodies.parquet")
    names = [*bodies["name"], *perimeters_of(delivered)["name"]]
    assert preferences(delivered.maps, sorted(set(names))) == []


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_the_dossier_is_whole_and_its_summary_one_page(delivered) -> None:
    hold_dossier(delivered.maps)
    texts = json.loads(dossier_texts(delivered).read_text(encoding="utf-8"))
    assert len(texts) > 1_000
    assert bare_numbers(texts) == []


def test_the_verdict_says_that_nothing_was_asked(delivered) -> None:
    verdicts = pd.read_parquet(delivered.processed / "verdicts.parquet")
    texts = {verdict_text(verdicts, name) for name in set(verdicts["perimeter_id"])}
    assert texts == {"Pas encore : aucune entreprise rencontrée"}
    assert verdicts["value"].isna().all()


def test_the_account_of_the_syndicate_has_one_answer(delivered) -> None:
    """No cost is entered: no line of euros that hangs on it, wherever it is read."""
    account = pd.read_parquet(delivered.processed / "syndicate_account.parquet")
    hangs = ["fee_lost", "cost_spared", "materials_lost", "balance", "per_inhabitant"]
    rows = account[account["line"].isin([*hangs, "member_eur"])]
    # What nothing leaves loses nothing.
    assert rows.loc[rows["outlet_id"] != "isdnd_pihourc", "mid"].isna().all()
    levers = pd.read_parquet(delivered.processed / "lever_totals.parquet")
    assert set(levers["lever"]).isdisjoint({"eur_syndicate", "eur_total"})


def test_services_to_share_are_families_not_rounds(delivered) -> None:
    figures = pd.read_parquet(delivered.processed / "indicators_public.parquet")
    mine = figures.loc[figures["indicator_id"] == "mutual_groups", "value"]
    assert mine.between(0, mutualisation_rules()["family"].nunique()).all()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_nothing_personal_is_published(delivered) -> None:
    sites = pd.read_parquet(delivered.processed / "sites.parquet")
    hidden = sites[sites["natural_person"] | ~sites["diffusible"]]
    allowed = [delivered.study.identity.contact, *EXAMPLES]
    found = scan(delivered.maps, names=hidden["name"], allowed=allowed)
    assert found == []
    assert len(list(delivered.maps.rglob("*"))) > 20


@pytest.fixture(scope="module")
def edition(delivered, tmp_path_factory) -> Project:
    """Publish the study with fifty random perimeters and few of its unions."""
    return with_random_perimeters(delivered, tmp_path_factory.mktemp("autre"), n=50)


def test_editions_that_compare_other_perimeters_have_the_same_blocks(
    delivered, edition
) -> None:
    one, other = (
        set(pd.read_parquet(p.processed / "perimeters.parquet")["perimeter_id"])
        for p in (delivered, edition)
    )
    assert len(other - one) == 50
    assert len(one - other) > 200
    for part in GUARDED:
        name = f"{part}_public.parquet"
        mine, theirs = (p.processed / name for p in (delivered, edition))
        assert mine.read_bytes() == theirs.read_bytes()


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_comparator_finds_what_the_package_publishes(
    delivered, edition, tmp_path
) -> None:
    """Fifty random perimeters, those of the study and all unions, to 1e-9."""
    run_step("comparator", edition)
    for one in (delivered, edition):  # with all unions, then with random perimeters
        page = one.published("comparateur", ".html")
        assert page.stat().st_size < 3_000_000
        said = recomputed(payload_of(page), tmp_path / "payload.json")
        assert said["differ"] == []
        n_perimeters = len(pd.read_parquet(one.processed / "perimeters.parquet"))
        short = {k: n for k, n in said["agreed"].items() if n < n_perimeters}
        assert short.keys() <= {"confirmed_pct"}
        assert len(said["agreed"]) >= 20
    check_contours(payload_of(page), tmp_path)


def check_contours(payload: dict[str, Any], folder: Path) -> None:
    """Perimeters that are dropped as contours have the figures of the package."""
    outlines = drawn_outlines(payload)
    codes = np.array(payload["communes"]["code"])
    ranks = range(0, len(payload["perimeters"]), 4)
    files: list[Any] = []
    for at in ranks:
        held = payload["perimeters"][at]["codes"]
        files.append((geojson(shapely.union_all(outlines[held])), at))
        files.append(("\n".join(codes[held]), at))
    found = opened(payload, files, folder)
    assert [one["how"] for one in found] == ["shape", "codes"] * len(ranks)
    for one in found:
        assert (one["same"], one["named"], one["differ"]) == (True, "perimeters", [])
        assert one["agreed"] >= 15
        assert one["shares"] == {}  # a border that is shared is crossed by nobody
    epci = np.array(payload["communes"]["epci"])
    whole = [e["total"] for e in payload["epci"]]
    sizes = [
        np.bincount(epci[payload["perimeters"][at]["codes"]], minlength=len(whole))
        for at in ranks
    ]
    assert sum(bool(((n > 0) & (n < whole)).any()) for n in sizes) >= 5
    check_true_borders(payload, folder)


def check_true_borders(payload: dict[str, Any], folder: Path) -> None:
    """EPCI drawn by the layer of the study, finer than the page: the same communes."""
    layer = gpd.read_file(COMMUNES)
    codes, epci = (np.array(payload["communes"][key]) for key in ("code", "epci"))
    wanted = [set(codes[epci == rank]) for rank in range(3)]
    drawn = [
        shapely.union_all(layer.loc[layer["code_insee"].isin(held), "geometry"])
        for held in wanted
    ]
    files = [geojson(one, crs="EPSG:4326") for one in drawn]
    for held, one in zip(wanted, opened(payload, files, folder), strict=True):
        assert set(one["codes"]) == held
        assert all(share < 0.05 or share > 0.95 for share in one["shares"].values())
