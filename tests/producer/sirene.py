"""The stocks of SIRENE as INSEE serves them, columns whole: Parquet, ZIP of CSV."""

from __future__ import annotations

import io
import random
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq

from tests.producer.country import SEED, luhn_complete
from tests.producer.firms import PEOPLE, WITHHELD, Firm, firms
from tests.sources.sirene_files import (
    Row,
    establishment,
    establishments_csv,
    legal_unit,
    position,
)
from tests.sources.sirene_header import (
    ESTABLISHMENT_HEADER,
    GEOLOCATION_HEADER,
    LEGAL_UNIT_HEADER,
)

N_AWAY = 3_000
"""Establishments of the rest of France."""

PERSON, COMPANY = "1000", "5710"


def establishments() -> list[Row]:
    """List all of them, those of elsewhere between those of the country."""
    mine = [_establishment(one) for one in firms()]
    draw = random.Random(SEED + 2)  # noqa: S311
    away = [_away(rank, draw) for rank in range(N_AWAY)]
    rows = [*mine, *away]
    draw.shuffle(rows)
    return rows


def _establishment(firm: Firm) -> Row:
    # People and those who withhold are named by their signs too.
    named = {"enseigne1Etablissement": f"CHEZ {firm.name}"} if firm.is_hidden else {}
    return establishment(
        firm.siret,
        statutDiffusionEtablissement="P" if firm.withheld else "O",
        codeCommuneEtablissement=firm.code or firm.commune.code,
        libelleCommuneEtablissement=firm.commune.name.upper(),
        trancheEffectifsEtablissement=firm.tranche,
        caractereEmployeurEtablissement="N" if firm.tranche == "NN" else "O",
        etatAdministratifEtablissement="F" if firm.closed else "A",
        activitePrincipaleEtablissement=firm.naf,
        activitePrincipaleNAF25Etablissement="",
        denominationUsuelleEtablissement=firm.name if firm.is_hidden else "",
        **named,
    )


def _away(rank: int, draw: random.Random) -> Row:
    siren = luhn_complete(f"50{rank:06d}")
    return establishment(
        luhn_complete(f"{siren}0001"),
        codeCommuneEtablissement=draw.choice(("75056", "69123", "2A004", "97411", "")),
        activitePrincipaleEtablissement=draw.choice(("62.01Z", "00.00Z", "47.11F")),
        activitePrincipaleNAF25Etablissement="",
        trancheEffectifsEtablissement=draw.choice(("NN", "11", "21", "")),
    )


def legal_units() -> list[Row]:
    """List them: people by their name, the others by their denomination."""
    return [_legal_unit(one) for one in firms()]


def _legal_unit(firm: Firm) -> Row:
    told = {
        "statutDiffusionUniteLegale": "P" if firm.withheld else "O",
        "activitePrincipaleUniteLegale": firm.naf,
        "activitePrincipaleNAF25UniteLegale": "",
    }
    if not firm.person:
        return legal_unit(firm.siren, firm.name, **told)
    who = {"nomUniteLegale": firm.name, "prenom1UniteLegale": "CAMILLE"}
    category = {"categorieJuridiqueUniteLegale": PERSON}
    return legal_unit(firm.siren, "", **told, **who, **category)


def positions() -> list[Row]:
    """List the positions; one in ten is that of a commune, in degrees nowhere."""
    rows = []
    for rank, one in enumerate(firms()):
        if rank % 17 == 16:
            continue  # not every establishment is found
        quality = "33" if rank % 10 == 9 else "11"
        at = one.commune.seat if quality == "33" else one.at
        rows.append(
            position(
                one.siret,
                f"{at.x:.1f}",
                f"{at.y:.1f}",
                qualite_xy=quality,
                plg_code_commune=one.commune.code,
            )
        )
    return rows


def parquet(rows: list[Row], header: tuple[str, ...]) -> bytes:
    """Write text columns, NULL where empty, in several groups of rows."""
    arrays = {}
    for name in header:
        cells = [row.get(name) or None for row in rows]
        if name in {"x", "y"}:
            numbers = [None if cell is None else float(cell) for cell in cells]
            arrays[name] = pa.array(numbers, pa.float32())
        else:
            arrays[name] = pa.array(cells, pa.string())
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays), sink, row_group_size=1_000, compression="zstd")
    return sink.getvalue()


def establishments_parquet() -> bytes:
    """Return ``StockEtablissement_utf8.parquet``."""
    return parquet(establishments(), ESTABLISHMENT_HEADER)


def legal_units_parquet() -> bytes:
    """Return ``StockUniteLegale_utf8.parquet``."""
    return parquet(legal_units(), LEGAL_UNIT_HEADER)


def positions_parquet() -> bytes:
    """Return ``GeolocalisationEtablissement_Sirene_…parquet``."""
    return parquet(positions(), GEOLOCATION_HEADER)


def establishments_zip() -> bytes:
    """Return ``StockEtablissement_utf8.zip``: the same, as CSV."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "StockEtablissement_utf8.csv", establishments_csv(establishments())
        )
    return sink.getvalue()


def list_export() -> bytes:
    """Return a list of sirene.fr: a row tells the category and status of its unit."""
    category, status = "categorieJuridiqueUniteLegale", "statutDiffusionUniteLegale"
    names = ("denominationUniteLegale", "nomUniteLegale", category, status)
    rows = []
    for one in firms():
        told = {names[1]: one.name} if one.person else {names[0]: one.name}
        told[category] = PERSON if one.person else COMPANY
        told[status] = "P" if one.withheld else "O"
        rows.append(_establishment(one) | told)
    return establishments_csv(rows, (*ESTABLISHMENT_HEADER, *names)).encode()


def names_hidden() -> tuple[str, ...]:
    """List the planted names that nothing published may hold."""
    return (*PEOPLE, *WITHHELD)
