"""Guards: what they let through, what they refuse, and in which words."""

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon, box

from eitgeo import errors
from eitgeo.check import (
    MAX_FAULTS_TOLD,
    Faults,
    commune_code_fault,
    hint,
    nearest,
    require_columns,
    require_lambert93,
)

SECTIONS = ["radius_m", "min_sites", "min_jobs"]


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("CrsError", ValueError),
        ("SchemaError", ValueError),
        ("StudyError", ValueError),
        ("InfeasibleError", ValueError),
        ("SourceError", OSError),
    ],
)
def test_each_error_is_ours_and_a_builtin(name, builtin) -> None:
    error = getattr(errors, name)
    assert issubclass(error, errors.EitgeoError)
    assert issubclass(error, builtin)
    assert str(error("un message")) == "un message"


@pytest.mark.parametrize(
    ("met", "found"),
    [
        ("radius", "radius_m"),
        ("RADIUS_M", "radius_m"),
        ("min_site", "min_sites"),
        ("minjobs", "min_jobs"),
        ("zzz", None),
        ("", None),
    ],
)
def test_the_nearest_name(met, found) -> None:
    assert nearest(met, SECTIONS) == found


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=8, unique=True))
def test_a_valid_name_is_its_own_nearest(names) -> None:
    folded = {name.casefold() for name in names}
    for name in names:
        found = nearest(name, names)
        assert found is not None
        assert found.casefold() == name.casefold()
        assert found.casefold() in folded


def test_no_name_is_near_when_there_is_none() -> None:
    assert nearest("radius_m", []) is None
    assert hint("zzz", SECTIONS) == "valeurs admises : min_jobs, min_sites, radius_m"
    many = [f"code_{rank:03d}" for rank in range(25)]
    assert hint("zzz", many).endswith("code_019 … (25 en tout)")
    assert hint("radius", SECTIONS) == "vouliez-vous dire « radius_m » ?"


def gathered(count: int) -> str:
    """Return the message of so many faults."""
    faults = Faults("membres.csv")
    for rank in range(count):
        faults.add(f"faute {rank}", row=rank + 2, remedy="corriger")
    with pytest.raises(errors.SchemaError) as caught:
        faults.raise_if_any()
    return str(caught.value)


@pytest.mark.parametrize(
    ("count", "title", "last"),
    [
        (1, "membres.csv : 1 anomalie", "  - ligne 2 : faute 0 → corriger"),
        (2, "membres.csv : 2 anomalies", "  - ligne 3 : faute 1 → corriger"),
        (20, "membres.csv : 20 anomalies", "  - ligne 21 : faute 19 → corriger"),
        (21, "membres.csv : 21 anomalies", "  … et 1 autre"),
        (1021, "membres.csv : 1021 anomalies", "  … et 1001 autres"),
    ],
)
def test_faults_are_raised_together(count, title, last) -> None:
    lines = gathered(count).splitlines()
    assert lines[0] == title
    assert lines[-1] == last
    assert len(lines) == 1 + min(count, MAX_FAULTS_TOLD) + (count > MAX_FAULTS_TOLD)


def test_no_fault_raises_nothing_and_the_class_is_chosen() -> None:
    faults = Faults("étude.yaml")
    faults.raise_if_any(errors.StudyError)
    faults.add("clé inconnue")
    with pytest.raises(errors.StudyError, match=r"1 anomalie\n  - clé inconnue$"):
        faults.raise_if_any(errors.StudyError)


def test_two_inputs_do_not_share_their_faults() -> None:
    one, other = Faults("a.csv"), Faults("b.csv")
    one.add("faute")
    assert other.items == []


def test_every_missing_column_is_told_with_the_nearest() -> None:
    frame = pd.DataFrame(columns=["code_inse", "nom"])
    with pytest.raises(errors.SchemaError) as caught:
        require_columns(frame, ["code_insee", "nom", "population"], where="x.csv")
    title, first, second = str(caught.value).splitlines()
    assert title == "x.csv : 2 anomalies"
    assert first.startswith("  - ligne 1 : colonne « code_insee » absente")
    assert first.endswith("→ renommer la colonne « code_inse »")
    assert second == (
        "  - ligne 1 : colonne « population » absente → ajouter la colonne"
    )
    require_columns(frame, ["nom"], where="x.csv")


SQUARE = box(550_000, 6_200_000, 551_000, 6_201_000)
SWAPPED = box(6_200_000, 550_000, 6_201_000, 551_000)
DEGREES = box(0.7, 43.1, 0.8, 43.2)


def layer(*shapes, crs: int | str | None = 2154) -> gpd.GeoDataFrame:
    """Return a layer of shapes."""
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)


@pytest.mark.parametrize(
    ("met", "message"),
    [
        (layer(SQUARE, crs=None), "communes : système de coordonnées absent →"),
        (layer(DEGREES, crs=4326), r"WGS 84, EPSG:2154 \(mètres\) requis ici →"),
        (layer(SQUARE, crs=3857), "Pseudo-Mercator, EPSG:2154"),
        (layer(SQUARE, crs=27572), "NTF.*, EPSG:2154"),
        (layer(SWAPPED), r"hors de la France.*→ vérifier l'ordre des axes et l'unité"),
        (layer(DEGREES), r"\(1, 43 – 1, 43\)"),
        (layer(SQUARE, Point(2_000_000, 6_500_000)), "hors de la France"),
        (layer(Point(float("inf"), 6_500_000)), "hors de la France"),
    ],
)
def test_a_layer_that_is_not_in_metres_inside_france_is_refused(met, message) -> None:
    with pytest.raises(errors.CrsError, match=message):
        require_lambert93(met, where="communes")


@pytest.mark.parametrize(
    "met",
    [
        layer(SQUARE),
        layer(SQUARE).geometry,
        layer(SQUARE, crs="IGNF:LAMB93"),
        layer(),
        layer(Polygon()),
        layer(Point(83_000, 6_837_000)),  # Ouessant
        layer(Point(1_242_000, 6_050_000)),  # Bonifacio
    ],
)
def test_metres_inside_france_pass(met) -> None:
    require_lambert93(met, where="communes")


@pytest.mark.parametrize("code", ["09001", "31483", "2A004", "2B033", "97101"])
def test_well_formed_commune_codes(code) -> None:
    assert commune_code_fault(code) is None


@pytest.mark.parametrize(
    ("code", "met", "remedy"),
    [
        ("9001", "code commune « 9001 » sans son zéro de tête", "écrire « 09001 »"),
        (9001, "code commune « 9001 » sans son zéro de tête", "écrire « 09001 »"),
        (31483, "code commune « 31483 » mal formé", "cinq caractères"),
        (9001.0, "code commune « 9001.0 » mal formé", "cinq caractères"),
        ("2C004", "code commune « 2C004 » mal formé", "cinq caractères"),
        ("2a004", "code commune « 2a004 » mal formé", "cinq caractères"),
        ("", "code commune «  » mal formé", "cinq caractères"),
        (" 9001", "code commune «  9001 » mal formé", "cinq caractères"),
        ("09001\n", "mal formé", "cinq caractères"),
        (None, "code commune « None » mal formé", "cinq caractères"),
        # Digits of another script look alike and would match no table.
        ("０９００１", "mal formé", "cinq caractères"),
    ],
)
def test_malformed_commune_codes(code, met, remedy) -> None:
    fault = commune_code_fault(code)
    assert fault is not None
    assert met in fault[0]
    assert fault[1].startswith(remedy)


@given(st.integers(1000, 99_999))
def test_the_remedy_for_a_lost_zero_is_a_valid_code(number) -> None:
    text = str(number)
    fault = commune_code_fault(text)
    assert (fault is None) == (number >= 10_000)
    if fault is not None:
        assert f"« {number:05d} »" in fault[1]
        assert commune_code_fault(f"{number:05d}") is None
