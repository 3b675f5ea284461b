"""Registers of the environment and of counted activity, as their producers serve them.

Layouts are those of real files (``../shared/data``), whose faults they keep.
"""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import geopandas as gpd

from tests.producer.country import SEED, Commune, communes, degrees, former
from tests.producer.firms import JOBS, Firm, firms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INSTALLATION_HEADER = (
    'codeAiot;raisonSociale;"adresse1";"adresse2";"adresse3";codePostal;codeInsee;'
    "commune;codeNaf;numeroSiret;coordonneeX;coordonneeY;systemeCoordonnees;longitude;"
    "latitude;bovins;porcs;volailles;carriere;eolienne;industrie;prioriteNationale;"
    "statutSeveso;ied;serviceAiot;etatActivite;regimeVigueur;url"
)
HEADING_HEADER = (
    "codeAiot;numeroRubrique;nature;alinea;regimeAutoriseAlinea;quantiteTotale;unite;"
    "dateMotif"
)
REGIMES = ("Autres régimes", "Non ICPE", "Enregistrement", "Autorisation")
HEADINGS = (
    ("2714", "1", "1250.000", "m3"),
    ("2713", "1", "900.000", "m2"),
    ("2780", "1.a", "62.0", "t/j"),
    ("2791", "1", "15.0", "t/j"),
    ("2760", "2", "40000.000", "t/an"),
    ("2716", "1", "400.000", "m3"),
    ("2718", "1", "12.5", "t"),
    ("2771", "", "", ""),
)
"""Heading, its paragraph, quantity and unit, as exports mix them."""

DIRTY = frozenset({"10", "16", "17", "20", "22", "23", "25", "37", "38"})


def is_installation(firm: Firm) -> bool:
    """Say whether a firm has a permit: one in three of those that may need one."""
    return firm.naf[:2] in DIRTY and (int(firm.siret[4:8]) % 3 == 0 or firm.is_hidden)


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a ZIP of these members."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return sink.getvalue()


def icpe(dep: str) -> bytes:
    """Return the export of Géorisques for a département: ISO-8859-1, line feeds."""
    mine = [one for one in firms() if one.commune.dep == dep and is_installation(one)]
    spots = degrees([one.at for one in mine]) if mine else []
    sites, headings = [INSTALLATION_HEADER], [HEADING_HEADER]
    for rank, (firm, (lon, lat)) in enumerate(zip(mine, spots, strict=True)):
        code = f"00{dep}9{rank:05d}"
        regime = REGIMES[rank % 4] if not firm.is_hidden else "Autorisation"
        state = ("", "En exploitation avec titre", "En fin d'exploitation")[rank % 3]
        sites.append(
            f'"{code}";{_quoted(firm.name)};"1 rue du Moulin";"";"";"{dep}900";'
            f'"{firm.commune.code}";{firm.commune.name};"{firm.naf[:2]}";'
            f'"{firm.siret if rank % 5 else ""}";{firm.at.x:.0f};{firm.at.y:.0f};'
            f'"2154";{lon};{lat};false;false;false;false;false;true;false;'
            f'Non Seveso;false;"DREAL NA";{state};"{regime}";'
            f'"https://georisques.invalid/{code}"'
        )
        number, alinea, quantity, unit = HEADINGS[rank % len(HEADINGS)]
        headings.append(
            f'"{code}";"{number}";"Déchets (installation)";"{alinea}";Autorisation;'
            f'"{quantity}";{unit};"11/02/2026"'
        )
    members = {
        "InstallationClassee.csv": sites,
        "rubriqueIC.csv": headings,
        "inspection.csv": ["codeAiot;dateInspection;identifiantFichier;nom;url"],
    }
    return zipped(
        {
            name: ("\n".join(rows) + "\n").encode("iso-8859-1", "replace")
            for name, rows in members.items()
        }
    )


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def declarants() -> list[Firm]:
    """List who declares emissions and waste."""
    return [one for one in firms() if is_installation(one)][::2]


IREP_HEADER = (
    "Identifiant,Nom_Etablissement,Numero_SIRET,Adresse,Code_Postal,Commune,"
    "Departement,Region,Coordonnees_X,Coordonnees_Y,Code_APE,Libelle_APE,code_eprtr,"
    "libelle_eprtr"
)
GEREP_HEADER = (
    "identifiant ; nom_etablissement ; numero_siret ; adresse ; code_postal ; commune ;"
    " code_insee ; departement ; region ; coordonnees_x ; coordonnees_y ; code_epsg ;"
    " code_ape ; libelle_ape ; code_eprtr ; libelle_eprtr"
)
PRODUCED_HEADER = (
    "identifiant ; nom_etablissement ; dechet ; annee ;"
    " code_operation_eliminatio_valorisation ;"
    " libelle_operation_eliminatio_valorisation ; code_departement ; pays ;"
    " code_dechet ; libelle_dechet ; quantite ; unite"
)
TREATED_HEADER = PRODUCED_HEADER.replace(
    "quantite ;", "quantite_admise ; quantite_traitee ;"
)
WASTES = ("15 01 01", "03 01 05", "17 04 05", "02 03 04", "20 01 38")


def irep(year: int) -> bytes:
    """Return the archive of a former year: commas, no column of the year."""
    lines = [_text([IREP_HEADER.split(",")], ",")]
    spots = gpd.GeoSeries([one.at for one in declarants()], crs=2154).to_crs(27572)
    for rank, (firm, at) in enumerate(zip(declarants(), spots, strict=True)):
        row = [
            f"{firm.commune.dep}.{rank:05d}", firm.name, firm.siret, "rue",
            f"{firm.commune.dep}900", firm.commune.name.upper(), "X", "Y",
            f"{at.x:.0f}", f"{at.y:.0f}", firm.naf.replace(".", ""), "Libellé", "", "",
        ]  # fmt: skip
        lines.append(_text([row], ","))
    return zipped({f"{year}/etablissements.csv": "".join(lines).encode()})


def gerep(year: int) -> bytes:
    """Return the archive of a recent year: ``code_insee``, points in degrees."""
    mine = declarants()
    sites, produced, treated = [GEREP_HEADER], [PRODUCED_HEADER], [TREATED_HEADER]
    for rank, (firm, (lon, lat)) in enumerate(
        zip(mine, degrees([one.at for one in mine]), strict=True)
    ):
        code, place = f"{firm.commune.dep}.{rank:05d}", firm.commune
        name = firm.name.replace(";", ",")
        sites.append(
            f"{code};{name};{firm.siret};rue;{place.dep}900;{place.name.upper()};"
            f"{place.code};X;Y;{lon};{lat};4326;{firm.naf.replace('.', '')};L;;"
        )
        waste = WASTES[rank % len(WASTES)]
        start = f"{code};{name};d;{year};R 3;libellé;{int(place.dep)};;{waste};déchet"
        produced.append(f"{start};{20 + rank}.5;tonnes/an")
        if firm.naf[:2] == "38":
            treated.append(f"{start};{900 + rank};{800 + rank};tonnes/an")
    away = f"75.00001;LUTECE SA;d;{year};D 9;libellé;75;;16 02 13*;déchet"
    members = {
        "etablissements.csv": sites,
        "Prod_dechets_non_dangereux.csv": produced,
        "Prod_dechets_dangereux.csv": [PRODUCED_HEADER, f"{away};30;tonnes/an"],
        "Trait_dechets_non_dangereux.csv": treated,
        "Trait_dechets_dangereux.csv": [TREATED_HEADER, f"{away};30;25;tonnes/an"],
    }
    return zipped(
        {f"{year}/{name}": "\n".join(rows).encode() for name, rows in members.items()}
    )


def _text(rows: Iterable[Sequence[str]], separator: str) -> str:
    sink = io.StringIO()
    csv.writer(sink, delimiter=separator, lineterminator="\n").writerows(rows)
    return sink.getvalue()


LANDFILL_HEADER = (
    *("Année", "Code SINOE ISDND", "Nom  ISDND", "Téléphone", "Code commune ISDND"),
    "Géolocalisation  ISDND\r\nLongitude (Mercator)",
    "Géolocalisation  ISDND\r\nLatitude (Mercator)",
    "Géolocalisation  ISDND\r\n Indicateur qualité",
    "Géolocalisation  ISDND\r\nNiveau de précision",
    *("Nom Exploitant ", "Capacité réglementaire ISDND", "lat", "lon"),
)
DROP_OFF_HEADER = (
    "C_REGION;C_DEPT;C_SERVICE;N_SERVICE;TEL_SERVICE;C_COMM;ANNEE;GPS_LONG;GPS_LAT"
)


def landfills() -> bytes:
    """Return the directory of landfills: a header over two lines, line feeds after."""
    place = communes()[8]
    (at,) = gpd.GeoSeries([place.seat], crs=2154).to_crs(3857)
    ((lon, lat),) = degrees([place.seat])
    header = ",".join(f'"{name}"' for name in LANDFILL_HEADER)
    line = (
        f'2016,41,"Isdnd de {place.name}","555000000","{place.code}",{at.x:.0f},'
        f'{at.y:.0f},1,"Géolocalisation\u00a0manuelle","Untel Jean",60000,{lat},{lon}'
    )
    return f"\ufeff{header}\n{line}\n".encode()


def drop_offs() -> bytes:
    """Return the directory of déchèteries: a service closed since is still there."""
    rows = [DROP_OFF_HEADER]
    for rank, place in enumerate(communes()[::4]):
        ((lon, lat),) = degrees([place.seat])
        year = 2017 if rank == 2 else 2024
        rows += [
            f"{75};{place.dep};{800 + rank};Déchèterie de {place.name};0555000000;"
            f"{place.code};{one};{lon};{lat}"
            for one in (year - 2, year)
        ]
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()


APE_YEARS = range(2006, 2025)
APE_FIXED = (
    "Région;Ancienne région;Département;Zone d'emploi;EPCI;Nom commune;Commune;"
    "Grand secteur d'activité;Secteur NA17;Secteur NA38;Secteur NA88;APE;Code région;"
    "Code ancienne région;Code département;Code zone d'emploi;Code EPCI;Code commune;"
    "Code APE"
)


def employers() -> list[Firm]:
    """List private employers that are open, as URSSAF counts them."""
    return [
        one
        for one in firms()
        if one.tranche != "NN" and not one.closed and one.naf[:2] not in {"01", "84"}
    ]


def urssaf_ape(*, more: int = 200) -> bytes:
    """Return commune × APE: a mark, semicolons, two columns a year."""
    counted: Counter[tuple[Commune, str]] = Counter()
    jobs: Counter[tuple[Commune, str]] = Counter()
    for one in employers():
        counted[one.commune, one.naf] += 1
        jobs[one.commune, one.naf] += JOBS[one.tranche]
    years = ";".join(
        f"Nombre d'établissements {year};Effectifs salariés {year}"
        for year in APE_YEARS
    )
    lines = [f"{APE_FIXED};{years}"]
    blank = ";" * (2 * (len(APE_YEARS) - 1))
    for place, naf in sorted(counted, key=lambda pair: (pair[0].code, pair[1])):
        code = place.code
        if code == former().into and counted[place, naf] == 1:
            code = former().code  # written before the communes joined
        epci = place.epci
        lines.append(
            f"Région;Ancienne;Dép;Zone;{epci.name};{place.name};{code} {place.name};"
            f'{_wide_sector(naf)};"MN Activités\nde soutien";MZ;{naf[:2]} L;'
            f"{naf.replace('.', '')} L;75;74;{place.dep};"
            f"1;{epci.siren};{code};{naf.replace('.', '')};{blank}"
            f"{counted[place, naf]};{jobs[place, naf]}"
        )
    draw = random.Random(SEED + 3)  # noqa: S311
    sector = _wide_sector("62.01Z")
    lines += [
        f"R;A;D;Z;E;Ailleurs;75056 Ailleurs;{sector};JZ;JZ;62 L;6201Z L;11;11;75;1;"
        f"200054781;75{rank % 90 + 10:03d};6201Z;{blank}{draw.randint(1, 9)};12"
        for rank in range(more)
    ]
    return ("\ufeff" + "\n".join(lines) + "\n").encode()


def _wide_sector(naf: str) -> str:
    division = int(naf[:2])
    for end, label in _WIDE:
        if division <= end:
            return label
    return "GS5 Autres services marchands hors intérim"


_WIDE = (
    (39, "GS1 Industrie"),
    (43, "GS2 Construction"),
    (47, "GS3 Commerce"),
    (53, "GS5 Autres services marchands hors intérim"),
    (56, "GS4 Hôtellerie-restauration"),
    (82, "GS5 Autres services marchands hors intérim"),
    (88, "GS7 Services non marchands"),
)
"""Last division, wide sector."""

COMPARATOR_HEADER = (
    "CODGEO;P18_POP;P13_POP;SUPERF;P18_EMPLT;P18_EMPLT_SAL;P13_EMPLT;ETTOT18;ETAZ18;"
    "ETBE18;ETFZ18;ETGU18;ETGZ18;ETOQ18;ETTEF118;ETTEFP1018"
)


def comparator() -> bytes:
    """Return the comparator of territories: plain figures, half of its columns."""
    lines = [COMPARATOR_HEADER]
    for place in communes():
        mine = [one for one in firms() if one.commune == place and not one.closed]
        sectors = Counter(_sector(one) for one in mine)
        small = sum(0 < JOBS[one.tranche] < 10 for one in mine)
        large = sum(JOBS[one.tranche] >= 10 for one in mine)
        total = sum(JOBS[one.tranche] for one in mine)
        lines.append(
            f"{place.code};{place.population}.0;{place.population}.0;30.5;"
            f"{total + 3.25};{total}.0;{total};{len(mine)}.0;{sectors['A']}.0;"
            f"{sectors['B']}.0;{sectors['F']}.0;{sectors['G']}.0;0.0;{sectors['O']}.0;"
            f"{small}.0;{large}.0"
        )
    return ("\n".join(lines) + "\n").encode()


def comparator_zip() -> bytes:
    """Return the base as INSEE serves it: newer years, its labels beside."""
    text = comparator().decode()
    first, _, rows = text.partition("\n")
    dated = first.replace("P18", "P22").replace("P13", "P16")
    dated = re.sub(r"(;ET[A-Z]+(?:10|1)?)18\b", r"\g<1>23", dated)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in (
            ("base_cc_comparateur.csv", f"{dated}\n{rows}"),
            ("meta_base_cc_comparateur.csv", "COD_VAR;LIB_VAR;LIB_VAR_LONG\n"),
        ):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), body)
    return sink.getvalue()


def _sector(firm: Firm) -> str:
    division = int(firm.naf[:2])
    if division < 4:
        return "A"
    if division < 40:
        return "B"
    if division < 44:
        return "F"
    return "O" if 84 <= division < 89 else "G"
