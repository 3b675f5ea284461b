"""Maps and tables of a study computed again, apart, with other parameters."""

import pytest

import eitgeo as eg
from eitgeo.errors import StudyError
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table


def names(project: Project) -> set[str]:
    """Return what a what-if wrote or brought, suffixes left out."""
    return {path.stem for path in project.out.rglob("*") if path.is_file()}


def test_a_map_is_drawn_again_as_it_was_printed_and_alone(couserans) -> None:
    study = couserans.project
    again = eg.what_if(study, "carte_territoire")
    files = {path for path in again.maps.rglob("*") if path.is_file()}
    picture = again.picture("carte_territoire")
    assert files == {picture}
    assert picture.read_bytes() == study.picture("carte_territoire").read_bytes()


def test_a_change_reaches_what_it_moves_and_no_more(couserans) -> None:
    study = couserans.project
    before = {path: path.stat().st_mtime_ns for path in study.out.rglob("*")}
    wide = eg.what_if(study, "zones_public", changes={"zones.radius_m": 2000})
    zones, were = (read_table(one.processed, "zones") for one in (wide, study))
    assert {*zones["zone_id"]} != {*were["zone_id"]}
    assert wide.study.zones.radius_m == 2000
    assert not names(wide) & {"od_matrix", "concentration", "carte_zones_A4"}
    same = (wide.processed / "sites.parquet").read_bytes()
    assert same == (study.processed / "sites.parquet").read_bytes()
    assert before == {path: path.stat().st_mtime_ns for path in study.out.rglob("*")}
    folder = wide.out
    del wide
    assert not folder.exists()


def test_a_table_that_is_given_takes_the_place_of_its_step(couserans) -> None:
    study = couserans.project
    sites = read_table(study.processed, "sites").head(20)
    made = eg.what_if(study, "zones", given={"sites": sites})
    assert read_table(made.processed, "sites")["site_id"].tolist() == [
        *sites["site_id"]
    ]
    inside = read_table(made.processed, "site_zone")["site_id"]
    assert set(inside) <= set(sites["site_id"])


@pytest.mark.parametrize(
    ("product", "changes", "said"),
    [
        ("carte_du_ciel", {}, "« carte_du_ciel » : rien de tel"),
        ("zones", {"zones.rayon_m": 1}, "clé inconnue « zones.rayon_m »"),
        ("zones", {"zones.radius_m": -1}, "« zones.radius_m » = -1"),
    ],
)
def test_what_a_study_does_not_have_is_named(couserans, product, changes, said) -> None:
    with pytest.raises(StudyError, match=said):
        eg.what_if(couserans.project, product, changes=changes)
