"""Files of Géorisques and of outlets, spoilt: read with an account, or refused."""

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eitgeo.sources.waste.georisques import INSTALLATIONS, read_icpe_outlets
from eitgeo.sources.waste.gerep import read_gerep_sites, read_waste_declarations
from eitgeo.sources.waste.gerep_flows import read_low_ewc
from eitgeo.sources.waste.irep import read_irep_sites
from eitgeo.sources.waste.landfills import read_isdnd_capacities
from eitgeo.sources.waste.s3ic import read_s3ic_outlets
from eitgeo.sources.waste.sinoe import read_sinoe
from tests.sources.georisques_files import (
    ESTABLISHMENT_HEADER,
    HEADING_HEADER,
    INSTALLATION_HEADER,
    PRODUCED_HEADER,
    establishment,
    heading,
    installation,
    produced,
)
from tests.sources.mutate import (
    MUTATIONS,
    assert_reads_or_refuses,
    count_rows,
    mutated_csv,
)
from tests.sources.test_irep import HEADER as IREP_HEADER
from tests.sources.test_irep import line as irep_line
from tests.sources.test_landfills import HEADER as ISDND_HEADER
from tests.sources.test_landfills import line as isdnd_line
from tests.sources.test_s3ic import FIRM, HIDDEN, PARTIAL, TRADER
from tests.sources.test_s3ic import HEADER as S3IC_HEADER
from tests.sources.test_sinoe import HEADER as SINOE_HEADER

LATIN = "iso-8859-1"


def read_icpe(path, *, communes):
    (path.parent / "rubriqueIC.csv").write_text(
        "\n".join([HEADING_HEADER, *(heading(code=code) for code in "123")]),
        encoding=LATIN,
    )
    loaded = read_icpe_outlets(path.parent, communes=communes)
    own = loaded.dropped["file"] == INSTALLATIONS
    return replace(loaded, dropped=loaded.dropped[own])


def read_gerep(path, *, communes):
    return read_gerep_sites(path.parent, communes=communes)


def read_declared(path, *, communes):
    assert len(communes) == 2
    return read_waste_declarations(path.parent)


def read_directory(path, *, communes):
    return read_sinoe([path], communes=communes)


def read_correspondence(path, *, communes):
    assert len(communes) == 2
    return read_low_ewc(path)


def lines(header, *rows):
    return "\n".join([header, *rows])


CASES = {
    "icpe": (
        INSTALLATIONS,
        lines(
            INSTALLATION_HEADER,
            installation(code="1"),
            installation(code="2", insee="31002", at=(0.65, 42.93)),
            installation(code="3", at=(0, 0), siret=""),
        ).encode(LATIN),
        read_icpe,
        "outlets",
        ";",
    ),
    "gerep": (
        "etablissements.csv",
        lines(
            ESTABLISHMENT_HEADER,
            establishment(),
            establishment(code="2", commune="SAINT ELIX", postcode="31200"),
            establishment(code="3", at=(0.55, 42.9), epsg="4326", siret=""),
        ).encode(),
        read_gerep,
        "sites",
        ";",
    ),
    "declared": (
        "Prod_dechets_non_dangereux.csv",
        lines(
            PRODUCED_HEADER,
            produced(),
            produced(waste="17 05 04", mass="40"),
            produced(waste="03 01 05", dep="31", year="2018"),
        ).encode(),
        read_declared,
        None,
        ";",
    ),
    "isdnd": (
        "isdnd.csv",
        lines(
            ISDND_HEADER,
            isdnd_line(),
            isdnd_line(dep="Haute-Garonne (31)", commune="Saint-Élix", capacity="12.5"),
            isdnd_line(dep="Nord", siret=""),
        ).encode(),
        read_isdnd_capacities,
        "outlets",
        ",",
    ),
    "sinoe": (
        "sinoe.csv",
        lines(
            SINOE_HEADER,
            "76;09;7;Val;05;09001;2024;0.537;42.93",
            "76;09;7;Val;05;09001;2023;0.537;42.93",
            "76;31;8;Élix;05;31002;2024;0.65;42.93",
        ).encode("utf-8-sig"),
        read_directory,
        "outlets",
        ";",
    ),
    "irep": (
        "irep.csv",
        (IREP_HEADER + "\n".join([irep_line(), irep_line(year=2016)])).encode(),
        read_irep_sites,
        "sites",
        ",",
    ),
    "s3ic": (
        "s3ic.csv",
        f"{S3IC_HEADER}{FIRM}\n{HIDDEN}\n{TRADER}\n{PARTIAL}\n".encode(),
        read_s3ic_outlets,
        "outlets",
        ";",
    ),
    "low": (
        "low.csv",
        b"waste_code,ewc_stat,stream\n15 01 01,W072,NDNI\n13 02 05*,W013,\n",
        read_correspondence,
        None,
        ",",
    ),
}


def hold(case, data, folder, communes):
    """Hold one reader to its word on the bytes given."""
    name, _, reader, table, separator = CASES[case]
    path = folder / name
    path.write_bytes(data)
    return assert_reads_or_refuses(
        partial(reader, communes=communes),
        path,
        table=table,
        rows_in=partial(count_rows, separator=separator),
    )


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_valid_file_is_read(case, tmp_path, communes):
    loaded = hold(case, CASES[case][1], tmp_path, communes)
    assert loaded is not None
    assert len(loaded.table) > 0


@pytest.mark.parametrize("case", sorted(CASES))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_spoilt_file_is_read_or_refused(case, tmp_path, communes, data):
    _, valid, _, _, separator = CASES[case]
    encoding = LATIN if case == "icpe" else "utf-8"
    spoilt = data.draw(mutated_csv(valid, separator=separator, encoding=encoding))
    hold(case, spoilt, tmp_path, communes)


def test_there_are_mutations_to_try():
    assert len(MUTATIONS) > 10
