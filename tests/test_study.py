"""The study file: strict, and refused in words that say what to write instead."""

import datetime as dt
import json
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import SourceError, StudyError
from eitgeo.study.project import Project, open_project, read_study
from eitgeo.study.sections import Study
from eitgeo.tables.files import read_table
from tests.surrogate import on_surrogate, without_roads

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = (ROOT / "study.yaml").read_text(encoding="utf-8")
RAW = yaml.safe_load(DEFAULT)


@pytest.fixture
def refused(tmp_path):
    """Return a function: the message for the default study with one text changed."""

    def refuse(old: str, new: str) -> str:
        assert DEFAULT.count(old) >= 1
        path = tmp_path / "étude.yaml"
        path.write_text(DEFAULT.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(StudyError) as caught:
            read_study(path)
        return str(caught.value)

    return refuse


def test_a_path_may_be_a_text() -> None:
    there, text = ROOT / "study.yaml", str(ROOT / "study.yaml")
    assert open_project(text) == open_project(there)
    with pytest.raises(SourceError, match=r"communes.parquet absent de study"):
        read_table(str(ROOT / "study"), "communes")


def test_the_default_study_is_valid_and_its_files_are_there() -> None:
    project = open_project(ROOT / "study.yaml")
    study = project.study
    assert study.territory.on_date == dt.date(2026, 1, 1)
    assert study.territory.root_commune == "31483"
    assert project.base == ROOT
    sources = study.sources
    (bodies,) = sources.body_sources
    named = [sources.communes.path, bodies.path or Path()]
    named += [bodies.membership or Path()]
    optional = (sources.elevation, sources.places, sources.motorway_exits)
    named += [one or Path() for one in optional]
    named += [one.path for one in sources.sites if one.path is not None]
    named += [study.roads.network.path or Path()]
    named += [one.path for one in sources.outlets]
    assert all(project.path(path).is_file() for path in named)


@pytest.mark.parametrize(
    ("perimeter", "day", "told"),
    [
        ("petr_comminge", "2026-01-05", "périmètre inconnu « petr_comminge »"),
        ("petr_comminges", "2999-01-01", "2999-01-01 est après l'édition"),
    ],
)
def test_field_work_is_of_a_compared_perimeter_and_past(
    refused, perimeter, day, told
) -> None:
    one = f"perimeter: {perimeter}, kind: workshop, on_date: {day}, source: s"
    said = refused("  revenue_lines: 0", f"  field: [{{{one}}}]\n  revenue_lines: 0")
    assert "« governance.field.0 »" in said
    assert told in said


def test_the_compared_perimeters_are_the_bodies_then_the_contours() -> None:
    study = read_study(ROOT / "study.yaml")
    assert study.compared_ids[-2:] == ("route_45min", "contour_echanges")
    assert study.compared_ids[:-2] == study.territory.perimeters
    half = study.methods.reach.model_copy(update={"minutes": 22.5})
    assert half.perimeter_id == "route_22_5min"


@pytest.mark.parametrize(
    ("old", "new", "place", "remedy"),
    [
        ("zones:", "zone:", "zone", "« zones »"),
        ("radius_m: 500", "radius: 500", "zones.radius", "« radius_m »"),
        (
            "isochrones: {minutes",
            "truck: {road_kmhh: 1}\n  isochrones: {minutes",
            "roads.truck.road_kmhh",
            "« road_kmh »",
        ),
        ("minutes: 45,", "minute: 45,", "methods.reach.minute", "« minutes »"),
        (
            "{reader: synthetic, n_employers",
            "{reader: synthetic, employers",
            "sources.sites.2.employers",
            "« n_employers »",
        ),
        ("status: projet", "statut: projet", "identity.statut", "« status »"),
        (
            "communes: {reader: geojson",
            "communes: {merge: x, reader: geojson",
            "sources.communes.merge",
            "« merges »",
        ),
        ("radius_m: 500", "1: 500", "zones.1", "valeurs admises : buffer_m, credit"),
    ],
)
def test_an_unknown_key_gets_the_nearest(refused, old, new, place, remedy) -> None:
    told = refused(old, new)
    assert f"clé inconnue « {place} » → " in told
    assert remedy in told.partition("clé inconnue")[2]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("radius_m: 500", "radius_m: beaucoup", "'beaucoup' : nombre requis"),
        ("radius_m: 500", "radius_m: 0", "= 0 : doit être supérieur à 0 →"),
        ("radius_m: 500", "radius_m: yes", "True : ni oui ni non"),
        ("radius_m: 500", "radius_m: .inf", "inf : nombre fini requis"),
        ("radius_m: 500", "radius_m: .nan", "nan : nombre fini requis"),
        ("min_sites: 3", "min_sites: 2.5", "2.5 : nombre entier requis"),
        ("min_sites: 3", "min_sites: 0", "doit être au moins 1"),
        ("hull_ratio: 0.4", "hull_ratio: 1.4", "doit être au plus 1 →"),
        ("zones:", "zones: 3\nflow:", "« zones » = 3 : section de clés requise"),
        ("edition: 2026-11-24", "edition: 24/11/2026", r"date requise (AAAA-MM-JJ)"),
        ("edition: 2026-11-24", "edition: 2026", "date requise"),
        ("edition: 2026-11-24", "edition: 2026-11-24T10:00:00", "date requise"),
        ("on_date: 2026-01-01", "on_date: []", "date requise"),
        ('"31483"     #', "31483     #", "texte requis (mettre la valeur entre guil"),
        ('"200072643"', '"20007264"', r"forme requise : ^\d{9}$"),
        ('"31483"     #', '"9001"     #', r"forme requise : ^(\d{2}|2[AB])\d{3}$"),
        ("- petr_nestes", "- PETR des Nestes", "forme requise : ^[a-z0-9_]+$"),
        ("effort: rapide", "effort: rapid", "vouliez-vous dire « rapide » ?"),
        ("effort: rapide", "effort: vite", "valeurs admises : complet, rapide"),
        ("reader: anchors", "reader: anchor", "vouliez-vous dire « anchors » ?"),
        (
            "{reader: anchors, path: data/raw/anchors.csv}",
            "{reader: anchors}",
            "« path » est nécessaire au lecteur « anchors »",
        ),
        ('"05-39", "41-43"', '"05:39", "41-43"', "« zones.naf_divisions.0 » = '05:39'"),
        (
            "governance:",
            "governance:\n  meetings: [50, 30]",
            "borne basse puis borne haute",
        ),
        ("governance:", "governance:\n  meetings: [30, 50, 80]", "au plus 2 valeurs"),
        ("governance:", "governance:\n  meetings: 80", "liste requise"),
        ('["05-39", "41-43", "45-46", "49-53"]', "[]", "au moins 1 valeur"),
        ("  n_draws:", "  control_totals: ''\n  n_draws:", "chemin vide : l'écrire"),
        ("zones:", "sectors: {permutations: 1000000}\nzones:", "au plus 99999"),
        ("radius_m: 500", "sweep: {draws: 100000}", "doit être au plus 1000"),
        (
            "  max_snap_m:",
            "  vehicles: {artic_44t: {weight_t: 44000}}\n  max_snap_m:",
            "doit être au plus 100",
        ),
        (
            "  max_snap_m:",
            "  vehicles: {artic_44t: {cost_eur_per_km: 640}}\n  max_snap_m:",
            "doit être au plus 20",
        ),
        ("bodies: data/raw/bodies.csv", "bodies: 3", "chemin de fichier requis"),
        ("  name: systom\n", "", "clé « identity.name » absente → l'ajouter"),
    ],
)
def test_a_value_out_of_its_domain_is_told(refused, old, new, message) -> None:
    assert message in refused(old, new)


def test_faults_are_told_together(refused) -> None:
    told = refused("  radius_m: 500", "  radius: 0\n  min_job: 3")
    assert told.splitlines()[0] == "étude.yaml : 2 anomalies"


def test_a_clash_of_sections_is_told_without_repeating_them(refused) -> None:
    told = refused("les contributeurs d’OpenStreetMap", "l’IGN")
    assert "« étude » : " in told
    assert "identity" not in told
    assert len(told) < 500


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  radius_m: 500", "\tradius_m: 500", "tabulation → décaler avec des espaces"),
        ("radius_m: 500", "radius_m: 500\n  radius_m: 600", "clé « radius_m » répétée"),
        ("radius_m: 500", "radius_m: [500", "YAML invalide"),
        ("radius_m: 500", "? [a, b]\n  : 500", "YAML invalide (found unhashable key)"),
        ("radius_m: 500", "radius_m: 2026-02-30", "date impossible « 2026-02-30 »"),
        ("radius_m: 500", "radius_m: !!python/name:os.system", "YAML invalide"),
    ],
)
def test_what_is_not_yaml_is_told_with_its_line(refused, old, new, message) -> None:
    told = refused(old, new)
    assert message in told
    line = DEFAULT[: DEFAULT.index("radius_m: 500")].count("\n") + 1
    # Where a bracket is left open or a key doubled, the next line is the fault.
    assert told.startswith(
        (f"étude.yaml : ligne {line} : ", f"étude.yaml : ligne {line + 1} : ")
    )


@pytest.mark.parametrize("content", [b"", b"# rien\n", b"- a\n", b"texte", b"---\n"])
def test_a_study_without_section_is_refused(tmp_path, content) -> None:
    path = tmp_path / "étude.yaml"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=r"étude\.yaml : fichier vide ou sans sect"):
        read_study(path)


def test_an_absent_study_is_told(tmp_path) -> None:
    with pytest.raises(SourceError, match=r"étude\.yaml : fichier absent"):
        read_study(tmp_path / "étude.yaml")
    with pytest.raises(SourceError, match="fichier absent"):
        read_study(tmp_path)


def test_encodings(tmp_path) -> None:
    path = tmp_path / "étude.yaml"
    path.write_bytes(DEFAULT.encode("utf-8-sig"))  # Windows Notepad
    assert read_study(path) == read_study(ROOT / "study.yaml")
    path.write_bytes(DEFAULT.replace("\n", "\r\n").encode())
    assert read_study(path) == read_study(ROOT / "study.yaml")
    path.write_bytes(DEFAULT.encode("cp1252"))
    with pytest.raises(StudyError, match="encodage illisible → enregistrer en UTF-8"):
        read_study(path)


@pytest.mark.parametrize("name", sorted({*Study.model_fields} - {"perimeters"}))
def test_a_section_is_ready_for_json_with_its_defaults(name) -> None:
    study = read_study(ROOT / "study.yaml")
    section = study.section(name)
    assert json.loads(json.dumps(section, allow_nan=False)) == section
    assert set(section) == set(type(getattr(study, name)).model_fields)


def test_perimeters_that_the_user_brings(refused) -> None:
    raw = deepcopy(RAW)
    raw["perimeters"] = [{"name": "Été 2026", "path": "a.csv"}]
    study = Study.model_validate(raw)
    assert "apporte_ete_2026" in study.compared_ids
    assert study.section("perimeters") == {"0": raw["perimeters"][0]}
    two = "perimeters: [{name: A b, path: a.csv}, {name: a-B, path: b.csv}]\n"
    told = refused("comparison:", f"{two}comparison:")
    assert "périmètres de même identifiant : apporte_a_b" in told
    told = refused("comparison:", "perimeters: [{nam: A, path: a}]\ncomparison:")
    assert "clé inconnue « perimeters.0.nam » → vouliez-vous dire « name »" in told


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("optimum: {population_share: 1.5", "doit être au plus 1"),
        ("optimum: {min_jobs: -1", "doit être au moins 0"),
        ("optimum: {roots: free", "vouliez-vous dire « root » ?"),
    ],
)
def test_an_unsound_contour_is_refused(refused, new, told) -> None:
    assert told in refused("optimum: {population_share: 0.5", new)


def test_phases_go_forward_in_time(refused) -> None:
    told = refused("systom_7_epci, year: 2}", "systom_7_epci, year: 1}")
    assert "années croissantes requises" in told


def test_defaults_are_told_by_the_section() -> None:
    raw = deepcopy(RAW)
    del raw["zones"]
    found = Study.model_validate(raw).section("zones")
    assert found.pop("sweep")["methods"] == ["dbscan", "hdbscan"]
    assert found == {
        "method": None,
        "distance": "plane",
        "radius_m": None,
        "radius_min": None,
        "min_sites": 3,
        "min_jobs": 30.0,
        "isolated_jobs": 50.0,
        "buffer_m": 100.0,
        "hull_ratio": 0.4,
        "naf_divisions": ["05-39", "41-43", "45-46", "49-53"],
        "official": [],
        "land_cover": None,
        "credit": "",
    }


@settings(deadline=None)
@given(radius_m=st.floats(min_value=0, max_value=1e12, exclude_min=True))
def test_a_positive_radius_is_kept_exactly(radius_m) -> None:
    raw = deepcopy(RAW)
    raw["zones"]["radius_m"] = radius_m
    assert Study.model_validate(raw).section("zones")["radius_m"] == radius_m


@given(radius_m=st.floats(max_value=0) | st.just(float("nan")))
def test_any_other_radius_is_refused(radius_m) -> None:
    raw = deepcopy(RAW)
    raw["zones"]["radius_m"] = radius_m
    with pytest.raises(ValueError, match=r"zones\.radius_m"):
        Study.model_validate(raw)


def test_a_study_cannot_be_changed_in_place() -> None:
    study = read_study(ROOT / "study.yaml")
    with pytest.raises(ValueError, match="frozen"):
        study.zones.radius_m = 1.0


def test_a_demonstration_says_so_in_its_names(tmp_path) -> None:
    study = read_study(ROOT / "study.yaml")
    project = Project(study, ROOT, tmp_path)
    assert (
        "établissements tirés au sort dans les effectifs comptés"
        in study.demonstration_reasons
    )
    assert (
        project.published("carte", ".pdf") == tmp_path / "maps/2_cartes/DEMO_carte.pdf"
    )
    real = study.sources.model_copy(update={"sites": study.sources.sites[:1]})
    seen = study.model_copy(update={"sources": real})
    assert seen.demonstration_reasons == ()
    assert on_surrogate(seen).demonstration_reasons == ("réseau de substitution",)


@pytest.mark.parametrize("synthetic", [True, False])
@pytest.mark.parametrize("reader", ["surrogate", "osm"])
def test_each_file_is_named_for_what_it_rests_on(tmp_path, synthetic, reader) -> None:
    """A study that draws its establishments has maps where none of them shows."""
    raw = deepcopy(RAW)
    raw = without_roads(raw)
    raw["roads"]["network"] = {"reader": reader}
    if reader == "osm":
        raw["roads"]["network"]["path"] = "x.osm.pbf"
        raw["sources"]["credits"]["roads"] = "© OpenStreetMap"
    if not synthetic:
        raw["sources"]["sites"] = raw["sources"]["sites"][:1]
    project = Project(Study.model_validate(raw), ROOT, tmp_path)
    stamped = {
        stem: project.published(f"{stem}_A4", ".pdf").name.startswith("DEMO_")
        for stem in (
            "carte_structures",
            "carte_sieges",
            "carte_zones",
            "carte_echanges",
            "carte_perimetre_petr_nestes",
            "carte_perimetre_contour_echanges",
            "ecart_petr_nestes_contour_echanges",
            "ecart_petr_nestes_petr_comminges",
        )
    }
    assert stamped == {
        "carte_structures": False,
        "carte_sieges": reader == "surrogate",
        "carte_zones": synthetic,
        "carte_echanges": synthetic or reader == "surrogate",
        "carte_perimetre_petr_nestes": reader == "surrogate",
        "carte_perimetre_contour_echanges": synthetic or reader == "surrogate",
        "ecart_petr_nestes_contour_echanges": synthetic or reader == "surrogate",
        "ecart_petr_nestes_petr_comminges": reader == "surrogate",
    }


def test_paths_start_at_the_study_file(tmp_path, monkeypatch) -> None:
    (tmp_path / "étude").mkdir()
    path = tmp_path / "étude" / "study.yaml"
    path.write_text(DEFAULT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    project = open_project(Path("étude/study.yaml"), out=Path("ailleurs"))
    assert project.path(Path("../a.csv")) == tmp_path / "a.csv"
    assert project.processed == tmp_path / "ailleurs/data/processed"
    assert open_project(path).maps == tmp_path / "étude/maps"


BODIES = "bodies: data/raw/bodies.csv"
MEMBERS = "  membership: data/raw/membership.csv\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "{reader: anchors, path: data/raw/anchors.csv}",
            "{reader: sirène, path: x.csv}",
            "'sirène' : valeur inconnue → vouliez-vous dire « sirene » ?",
        ),
        (
            "{reader: anchors, path: data/raw/anchors.csv}",
            "{reader: anchors, path: x.csv, geolocation: y.csv}",
            "« geolocation » ne sert pas au lecteur « anchors » (valeurs admises : ",
        ),
        (
            "{reader: anchors, path: data/raw/anchors.csv}",
            "{reader: sirene, path: x.csv, naf_version: NAF2008}",
            "'NAF2008' : valeur inconnue → vouliez-vous dire « NAF2025 » ?",
        ),
        (
            "{reader: anchors, path: data/raw/anchors.csv}",
            "{reader: sirene, path: x.csv, legal_unit: y.csv}",
            "« sources.sites.0.legal_unit » → vouliez-vous dire « legal_units » ?",
        ),
        (
            "{reader: csv, path: data/raw/outlets.csv}",
            "{reader: isnd, path: data/raw/outlets.csv}",
            "'isnd' : valeur inconnue → vouliez-vous dire « isdnd » ?",
        ),
        (
            "{reader: geojson, path",
            "{reader: cog, path",
            "« polygons » est nécessaire au lecteur « cog » ; « merges » est néces",
        ),
        (
            "{reader: geojson, path",
            "{reader: geo_api, departements: [9], path",
            "texte requis (mettre la valeur entre guillemets)",
        ),
        (
            BODIES,
            "bodies: [{reader: banatic, path: b.xlsx}]",
            "« siren_codes » est nécessaire au lecteur « banatic » ; « on_date » est",
        ),
        (
            BODIES,
            "bodies: [{reader: insee_belonging, path: t.xlsx, on_date: 2026-01-01}]",
            "« membership » donne les membres d'une source « csv » et une seule",
        ),
        (MEMBERS, "", "« membership » est nécessaire aux structures lues dans un CSV"),
        (BODIES, "bodies: []", "au moins 1 valeur"),
    ],
)
def test_a_source_gives_the_keys_of_its_reader(refused, old, new, message) -> None:
    assert message in refused(old, new)


def test_bodies_of_several_sources(tmp_path) -> None:
    text = DEFAULT.replace(MEMBERS, "").replace(
        BODIES,
        "bodies:\n"
        "    - {reader: csv, path: a.csv, membership: b.csv}\n"
        "    - {reader: insee_belonging, path: t.xlsx, on_date: 2026-01-01}",
    )
    path = tmp_path / "étude.yaml"
    path.write_text(text, encoding="utf-8")
    sources = read_study(path).sources
    assert [one.reader for one in sources.body_sources] == ["csv", "insee_belonging"]
    assert sources.body_sources[0].membership == Path("b.csv")
    # Only what serves is told, and what follows from it runs again.
    assert read_study(path).section("sources")["bodies"] == [
        {"reader": "csv", "path": "a.csv", "membership": "b.csv"},
        {"reader": "insee_belonging", "path": "t.xlsx", "on_date": "2026-01-01"},
    ]


def test_exports_of_several_dates_have_one_selection(refused) -> None:
    export = "{reader: banatic, path: b.xlsx, siren_codes: s.csv, on_date: 2025-01-01"
    told = refused(
        BODIES + "\n" + MEMBERS,
        f"bodies:\n    - {export}}}\n"
        f"    - {export.replace('2025', '2026')}, bodies: ['200072643']}}\n",
    )
    assert "exports BANATIC de plusieurs dates : la même liste « bodies »" in told


@pytest.mark.parametrize(
    ("old", "new", "met"),
    [
        ("buffer_km: 40", "buffer_km: 1.0e+308", "doit être au plus 500"),
        ("seed: 20261124", "seed: 1000000000000000000000000000000", "nombre démesuré"),
        ("data/raw/membership.csv", "x" * 300, "chemin qu'aucun disque n'admet"),
        ("data/raw/membership.csv", '"a\\0b"', "chemin qu'aucun disque n'admet"),
    ],
)
def test_values_that_no_machine_takes_are_refused(refused, old, new, met) -> None:
    assert met in refused(old, new)


def test_a_vehicle_named_as_one_of_its_keys_is_unknown(refused) -> None:
    old = "  max_snap_m:"
    said = refused(old, f"  vehicles: {{weight_t: {{a: {{b: 1}}}}}}\n{old}")
    assert "roads.vehicles.weight_t" in said


def test_a_study_that_cannot_be_read_is_told(tmp_path, monkeypatch) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(DEFAULT, encoding="utf-8")

    def closed(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", closed)
    with pytest.raises(SourceError, match=r"study\.yaml : lecture impossible"):
        read_study(path)


def test_names_that_no_disk_takes_are_told(tmp_path) -> None:
    long = "x" * 300
    with pytest.raises(SourceError, match="lecture impossible"):
        read_study(tmp_path / long)
    with pytest.raises(SourceError, match="dossier impossible"):
        open_project(ROOT / "study.yaml", out=tmp_path / long)


def test_counts_credit_their_producers() -> None:
    raw = deepcopy(RAW)
    raw["sources"]["credits"]["counts"] = "INSEE, 2018"
    with pytest.raises(ValueError, match="doit citer URSSAF"):
        Study.model_validate(raw)
    del raw["sources"]["counts"][0]["covers"]
    with pytest.raises(ValueError, match="« covers » est nécessaire au lecteur"):
        Study.model_validate(raw)
    del raw["sources"]["counts"][0]
    assert len(Study.model_validate(raw).sources.counts) == 1
    del raw["sources"]["counts"]
    assert Study.model_validate(raw).sources.counts == ()
