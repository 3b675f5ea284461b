"""Small exports of Géorisques with the headers and encodings of the real ones."""

import zipfile
from pathlib import Path

INSTALLATION_HEADER = (
    "codeAiot;raisonSociale;adresse1;adresse2;adresse3;codePostal;codeInsee;commune;"
    "longitude;latitude;regimeVigueur;statutSeveso;etatActivite;ied;prioriteNationale;"
    "numeroSiret;codeNaf;bovins;porcs;volailles;carriere;eolienne;industrie;url"
)
HEADING_HEADER = (
    "codeAiot;numeroRubrique;nature;alinea;regimeAutoriseAlinea;quantiteTotale;unite"
)
SIRET = "39931827800021"


def installation(
    code="0006800001",
    name="SOCIÉTÉ DU VAL",
    insee="09001",
    at=(0.537, 42.93),
    state="En exploitation avec titre",
    siret=SIRET,
    **more,
):
    """Return one line of InstallationClassee.csv; ``more``: its regime, its naf."""
    lon, lat = at
    regime, naf = more.get("regime", "Autorisation"), more.get("naf", "38.32Z")
    return (
        f"{code};{name};rue;;;09200;{insee};X;{lon};{lat};{regime};Non Seveso;"
        f"{state};false;false;{siret};{naf};false;false;false;false;false;true;http"
    )


def heading(code="0006800001", number="2714", alinea="1", quantity="", unit=""):
    """Return one line of rubriqueIC.csv."""
    return f"{code};{number};nature;{alinea};Autorisation;{quantity};{unit}"


def zipped(folder: Path, members: dict[str, str], *, encoding="iso-8859-1") -> Path:
    """Write a ZIP of text members and give its path."""
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text.encode(encoding))
    return path


def icpe(folder: Path, installations, headings, **options) -> Path:
    """Write the export of classified installations."""
    members = {
        "InstallationClassee.csv": "\r\n".join([INSTALLATION_HEADER, *installations]),
        "rubriqueIC.csv": "\r\n".join([HEADING_HEADER, *headings]),
        "inspection.csv": "codeAiot\r\n",
    }
    return zipped(folder, members, **options)


ESTABLISHMENT_HEADER = (
    "identifiant ; nom_etablissement ; numero_siret ; adresse ; code_postal ; commune ;"
    " departement ; region ; coordonnees_x ; coordonnees_y ; code_epsg ; code_ape ;"
    " libelle_ape ; code_eprtr ; libelle_eprtr"
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


def establishment(
    code="1.1",
    siret=SIRET,
    postcode="09200",
    commune="OEUVRE BASSE",
    at=(503000, 6204000),
    epsg="2154",
    ape="1330Z",
):
    """Return one line of etablissements.csv."""
    x, y = at
    return (
        f"{code};SOCIÉTÉ DU VAL;{siret};rue;{postcode};{commune};ARIEGE;OCCITANIE;"
        f"{x};{y};{epsg};{ape};Libellé;;"
    )


def produced(
    code="1.1",
    waste="15 01 01",
    mass="12.5",
    operation="R 3",
    dep="9",
    year="2019",
    unit="tonnes/an",
):
    """Return one line of Prod_dechets_….csv."""
    return f"{code};X;d;{year};{operation};libellé;{dep};;{waste};déchet;{mass};{unit}"


def treated(mass="100", admitted="120", **options):
    """Return one line of Trait_dechets_….csv."""
    return produced(mass=f"{admitted};{mass}", **options)


def gerep(folder: Path, *, encoding="utf-8", header=None, **members) -> Path:
    """Write the archive of one year: sites, prod, prod_d, treat, treat_d."""
    names = {
        "sites": ("etablissements.csv", ESTABLISHMENT_HEADER),
        "prod": ("Prod_dechets_non_dangereux.csv", PRODUCED_HEADER),
        "prod_d": ("Prod_dechets_dangereux.csv", PRODUCED_HEADER),
        "treat": ("Trait_dechets_non_dangereux.csv", TREATED_HEADER),
        "treat_d": ("Trait_dechets_dangereux.csv", TREATED_HEADER),
    }
    texts = {
        f"2019/{names[key][0]}": "\n".join([header or names[key][1], *lines])
        for key, lines in members.items()
    }
    return zipped(folder, texts, encoding=encoding)
