"""The movements of INSEE: those that change a code are kept, the others reported."""

import pandas as pd
import pytest

from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.territory.cog import read_cog_movements
from eitgeo.territory.former import former_communes
from tests.sources.conftest import Write
from tests.sources.source import Source, plain

HEADER = (
    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,"
    "TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP\n"
)
ROWS = (
    "32,2023-01-01,COM,09056,0,BEZAC,Bézac,Bézac,COM,09056,0,BEZAC,Bézac,Bézac\n"
    "32,2023-01-01,COM,09255,0,ST,Saint-Amans,Saint-Amans,COM,09056,0,B,Bézac,Bézac\n"
    "32,2023-01-01,COM,09255,0,ST,Saint-Amans,Saint-Amans,COMD,09255,0,S,S,S\n"
    "10,2021-03-01,COM,66076,0,F,Felluns,Felluns,COM,66076,0,F,Feilluns,Feilluns\n"
    "31,1973-01-01,COM,31002,0,A,A,A,COM,31003,0,B,B,B\n"
)


def test_only_what_changes_a_code_is_kept(write: Write) -> None:
    loaded = read_cog_movements(write("v.csv", HEADER + ROWS))
    assert loaded.table[["date", "kind", "old_code", "new_code"]].values.tolist() == [
        ["2023-01-01", "commune nouvelle", "09056", "09056"],
        ["2023-01-01", "commune nouvelle", "09255", "09056"],
    ]
    assert loaded.dropped[["row", "reason"]].values.tolist() == [
        ["4", "commune déléguée ou associée"],
        ["5", "code inchangé (MOD 10)"],
        ["6", "avant 2013"],
    ]


def test_they_lead_to_the_present_commune(write: Write) -> None:
    table = read_cog_movements(write("v.csv", HEADER + ROWS)).table
    here = pd.DataFrame({"code_insee": ["09056", "29001"]})
    found = former_communes(here, table)
    assert found[["old_code", "new_code"]].values.tolist() == [["09255", "09056"]]


@pytest.mark.parametrize(
    ("content", "error", "match"),
    [
        ((HEADER + ROWS).replace(",09255,", ",9255,"), SchemaError, "zéro de tête"),
        ((HEADER + ROWS).replace("2023-01-01", "01/01/2023"), SchemaError, "mal formé"),
        (HEADER + ROWS.splitlines()[-1], SourceError, "aucun mouvement"),
    ],
)
def test_faults_are_told(
    write: Write, content: str, error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        read_cog_movements(write("v.csv", content))


SAMPLES = {
    "cog_movements": Source(
        "Mouvements de communes (INSEE), CSV",
        ("read_cog_movements",),
        "mvt.csv",
        plain(read_cog_movements),
        (HEADER + ROWS).encode(),
        text="LIBELLE_AP",
        needed="LIBELLE_AP",
        date="DATE_EFF",
    ),
}
