"""Landfills: capacities by commune name, numbers cleaned, town halls told."""

import pytest

from eitgeo.errors import SchemaError
from eitgeo.sources.territory.communes import read_communes
from eitgeo.sources.waste import landfills
from eitgeo.sources.waste.landfills import read_isdnd_capacities
from tests.sources.source import SIRETS, Source, placed, text

HEADER = (
    "RÉGION,DÉPARTEMENT,NOM SITE,COMMUNE,CAPACITÉ AUTORISÉE 50,SIRET,INSCRIT,"
    "PROFIL ISDND,PROFIL MAJ,INSCRIT RNDTS,commentaires"
)
SIRET = "25310217200017"


def line(dep="Ariège (09)", commune="OEUVRE BASSE", capacity="48492", siret=SIRET):
    return f"Occitanie,{dep},SYNDICAT,{commune},{capacity},{siret},Oui,,,,"


def read(write, communes, *lines, header=HEADER):
    path = write("isdnd.csv", "\n".join([header, *lines]) + "\n")
    return read_isdnd_capacities(path, communes=communes)


def test_a_landfill_stands_at_the_town_hall(write, communes):
    loaded = read(write, communes, line())
    row = loaded.table.iloc[0]
    assert (row["outlet_id"], row["aliases"]) == ("ISDND" + SIRET, SIRET)
    assert (row["kind"], row["capacity_t"]) == ("isdnd", 48_492.0)
    assert (row.geometry.x, row.geometry.y) == (505_000.0, 6_205_000.0)
    assert loaded.notes.empty


def test_an_address_at_a_town_hall_is_read_and_told(write, communes):
    text = line(dep="Haute-Garonne (31)", commune="MAIRIE 31210 SAINT ELIX")
    loaded = read(write, communes, text)
    assert loaded.table["code_insee"].tolist() == ["31002"]
    assert loaded.notes["kind"].tolist() == ["adresse_mairie"]


@pytest.mark.parametrize(
    ("siret", "kept", "kinds"),
    [
        ("253 102 172 00017", SIRET, []),
        ("2531021720001", "", ["siret_mal_forme"]),
        ("2,5310E+13", "", ["siret_mal_forme"]),
        ("", "", []),
    ],
)
def test_blanks_in_a_siret_go_and_nothing_else(write, communes, siret, kept, kinds):
    loaded = read(write, communes, line(siret=f'"{siret}"'))
    assert loaded.table["aliases"].tolist() == [kept]
    assert loaded.notes["kind"].tolist() == kinds


def test_rows_kept_and_left_out_add_up(write, communes):
    lines = [line(), line(dep="Nord"), line(dep="Gers (32)"), line(commune="AILLEURS")]
    loaded = read(write, communes, *lines)
    assert len(loaded.table) == 1
    assert loaded.dropped["reason"].tolist() == [
        "département sans code (« Nord »)",
        "hors des départements (32)",
        "commune « AILLEURS » introuvable dans 09",
    ]


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        (f"{HEADER}\n{line(capacity='-1')}", SchemaError, "« -1 » hors de 0 à 10"),
    ],
)
def test_faults_are_told_with_their_remedy(write, communes, text, error, told):
    with pytest.raises(error, match=told):
        read_isdnd_capacities(write("isdnd.csv", text), communes=communes)


@pytest.mark.results
def test_the_real_file(raw, shared):
    communes = read_communes(raw / "communes.geojson")
    path = shared / "waste" / "stg_isdnd_capacites_limites_50pct.csv"
    loaded = read_isdnd_capacities(path, communes=communes)
    # 142 landfills in France; six in the four départements.
    assert len(loaded.table) + len(loaded.dropped) == 142
    rows = loaded.table.set_index("outlet_id")
    assert rows.loc["ISDND25310217200017", "capacity_t"] == 48_492
    assert set(rows["capacity_t"]) <= {48492, 28525, 39934, 23961, 22820, 16116}
    assert "adresse_mairie" in set(loaded.notes["kind"])


SAMPLES = {
    "isdnd": Source(
        "Capacités des ISDND (Trackdéchets), CSV",
        ("read_isdnd_capacities",),
        "isdnd.csv",
        placed(landfills.read_isdnd_capacities),
        text(
            HEADER,
            line(capacity="48492.5"),
            line(dep="Haute-Garonne (31)", commune="Saint-Élix", siret=SIRETS[0]),
        ),
        table="outlets",
    ),
}
