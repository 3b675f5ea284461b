"""Answers brought in: row by row, once, the latest first, consents honoured."""

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point

from eitgeo.errors import SchemaError
from eitgeo.sources.survey.answers import (
    SURVEY_SOURCE,
    purge_survey,
    survey_facts,
    survey_sites,
)
from eitgeo.tables.schema import validate
from tests.maps.toy import squares
from tests.sources.survey_files import (
    COMMUNES,
    OTHER_SIRET,
    POST_OFFICE,
    SIRET,
    again,
    bring,
    flat,
    form,
    make_book,
    told,
    write_book,
    write_csv,
    write_json,
)

TEXT = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def test_a_form_comes_in_whole(tmp_path) -> None:
    done = bring(
        write_json(
            tmp_path, form({"quantite": 3.5, "mois_debut": "11", "mois_fin": "03"})
        )
    )
    assert told(done, "accepté") == [("ressource 1", "", "ressource enregistrée")]
    assert done.n_refused == 0
    (row,) = done.declarations.to_dict("records")
    assert row["siret"] == SIRET
    assert row["resource_id"] == "disponible:palettes::"
    assert (row["declared_on"], row["form_date"]) == ("2026-11-25", "2026-11-25")
    assert (row["quantite"], row["unite"], row["mois_fin"]) == (3.5, "benne_15m3", "03")
    assert row["interet"] == "atelier|echange"
    assert row["consent_partage"] is True
    assert row["consent_carte"] is False


def test_the_three_formats_say_the_same(tmp_path) -> None:
    content = form(
        {},
        {
            "sens": "recherchee",
            "nature": "chaleur",
            "unite": "mwh",
            "periode": "an",
            "quantite": 1200,
            "devenir": None,
        },
    )
    files = [
        write_json(tmp_path, content),
        write_csv(tmp_path, flat(content)),
        write_book(tmp_path, make_book(content)),
    ]
    first, *others = (bring(path).declarations for path in files)
    assert len(first) == 2
    for other in others:
        pd.testing.assert_frame_equal(other, first)


def test_importing_twice_changes_nothing(tmp_path) -> None:
    one = write_json(tmp_path, form({}, {"nature": "cartons"}))
    two = write_json(
        tmp_path, form({"quantite": 9}, raison_sociale="Autre nom"), "deux.json"
    )
    once = bring(one, two)
    twice = bring(one, two, held=once.declarations)
    pd.testing.assert_frame_equal(twice.declarations, once.declarations)
    assert once.declarations["raison_sociale"].unique().tolist() == ["Autre nom"]


def test_the_latest_declaration_of_a_resource_wins_and_is_told(tmp_path) -> None:
    old = write_json(
        tmp_path, again(form({"quantite": 1}), date="2026-01-10"), "a.json"
    )
    new = write_json(
        tmp_path, again(form({"quantite": 2}), date="2026-02-10"), "b.json"
    )
    for files in ((old, new), (new, old)):
        done = bring(*files)
        (row,) = done.declarations.to_dict("records")
        assert (row["quantite"], row["declared_on"]) == (2, "2026-02-10")
        assert [line.level for line in done.report if line.file == files[1].name]
        assert any(
            ("déclar" in met and "du 2026" in met) or "le 2026" in met
            for _, _, met in told(done, "averti")
        )


def test_the_latest_form_gives_consents_and_contacts(tmp_path) -> None:
    old = write_json(tmp_path, again(form(), date="2026-01-10"), "a.json")
    bare = form(consent_recontact=False, consent_partage=False, contact_courriel=None)
    new = write_json(tmp_path, again(bare, date="2026-02-10", ressources=[]), "b.json")
    for files in ((old, new), (new, old)):
        (row,) = bring(*files).declarations.to_dict("records")
        assert row["nature"] == "palettes"
        assert not row["consent_recontact"]
        assert not row["consent_partage"]
        assert row["contact_courriel"] == ""


def test_a_firm_may_join_without_a_resource_then_declare_one(tmp_path) -> None:
    join = again(form(), ressources=[])
    first = bring(write_json(tmp_path, join))
    assert told(first, "accepté") == [
        ("fiche", "", "inscription enregistrée, sans ressource")
    ]
    assert first.declarations["resource_id"].tolist() == [""]
    then = bring(write_json(tmp_path, form()), held=first.declarations)
    assert then.declarations["nature"].tolist() == ["palettes"]


def test_contacts_without_consent_are_not_kept(tmp_path) -> None:
    path = write_json(tmp_path, form(consent_recontact=False, contact_nom="Nom Secret"))
    done = bring(path)
    assert "Secret" not in done.declarations.to_csv()
    assert "essai.invalid" not in done.declarations.to_csv()
    assert (
        "fiche",
        "consent_recontact",
        "coordonnées sans accord de recontact : non gardées",
    ) in told(done, "averti")
    assert "Secret" not in repr(done.report)


def test_a_refusal_without_consent_quotes_nothing(tmp_path) -> None:
    wrong = {"naf": "Secret", "contact_courriel": "Secret", "siret": "Secret"}
    done = bring(write_json(tmp_path, form(consent_traitement=False, **wrong)))
    assert done.n_refused > 1
    assert "Secret" not in repr([line.value for line in done.report])
    # With it, the private account tells what is to be corrected, contacts apart.
    quoted = bring(write_json(tmp_path, form(consent_recontact=False, **wrong)))
    told_of = {line.field for line in quoted.report if line.value == "Secret"}
    assert told_of == {"naf", "siret"}


@pytest.mark.parametrize(
    ("firm", "field", "met"),
    [
        ({"consent_traitement": False}, "consent_traitement", "pas d'accord"),
        ({"consent_traitement": None}, "consent_traitement", "pas d'accord"),
        ({"consent_traitement": "peut-être"}, "consent_traitement", "ni oui ni non"),
        ({"siret": "73282932000075"}, "siret", "clé de contrôle"),
        ({"siret": "7328293200007"}, "siret", "SIRET mal formé"),
        ({"siret": "7,32829E+13"}, "siret", "SIRET arrondi par un tableur"),
        ({"siret": None}, "siret", "réponse absente"),
        ({"siret": {"a": 1}}, "siret", "ni texte, ni nombre"),
        ({"raison_sociale": " \u200b "}, "raison_sociale", "réponse absente"),
        ({"raison_sociale": "<b>Scierie</b>"}, "raison_sociale", "balises HTML"),
        ({"raison_sociale": "< img src=x>"}, "raison_sociale", "balises HTML"),
        ({"raison_sociale": "<\u200bscript>"}, "raison_sociale", "balises HTML"),
        ({"raison_sociale": "=HYPERLINK(1)"}, "raison_sociale", "formule de tableur"),
        ({"raison_sociale": "+cmd|'/c calc'!A1"}, "raison_sociale", "formule"),
        ({"raison_sociale": "x" * 121}, "raison_sociale", "texte trop long"),
        ({"commune": "75056"}, "commune", "commune inconnue de l'étude"),
        ({"commune": "9003"}, "commune", "sans son zéro de tête"),
        ({"commune": "Saint-Gaudens"}, "commune", "commune inconnue"),
        ({"effectif": "beaucoup"}, "effectif", "réponse hors de la liste"),
        ({"interet": ["atelier", "danse"]}, "interet", "réponse hors de la liste"),
    ],
)
def test_a_fault_of_the_firm_refuses_its_form(tmp_path, firm, field, met) -> None:
    done = bring(write_json(tmp_path, form({}, {"nature": "cartons"}, **firm)))
    assert done.declarations.empty
    faults = told(done, "refusé")
    assert any(name == field and met in found for _, name, found in faults), faults
    assert [row for row, name, _ in faults if name == ""] == [
        "ressource 1",
        "ressource 2",
    ]


@pytest.mark.parametrize(
    ("resource", "field", "met"),
    [
        ({"unite": "brouettes"}, "unite", "réponse hors de la liste"),
        ({"nature": "or"}, "nature", "réponse hors de la liste"),
        ({"quantite": -3}, "quantite", "nombre négatif"),
        ({"quantite": 0}, "quantite", "quantité nulle"),
        ({"quantite": "beaucoup"}, "quantite", "pas un nombre"),
        ({"quantite": "=1+1"}, "quantite", "formule au lieu d'un nombre"),
        ({"quantite": 1e300}, "quantite", "pas un nombre"),
        ({"quantite": 10**12}, "quantite", "hors de portée"),
        ({"quantite": True}, "quantite", "pas un nombre"),
        ({"quantite": None}, "quantite", "réponse absente"),
        ({"periode": "lustre"}, "periode", "réponse hors de la liste"),
        ({"devenir": None}, "devenir", "réponse absente"),
        ({"nature": "autre"}, "nature_precision", "réponse absente"),
        ({"mois_debut": "11"}, "mois_fin", "réponse absente"),
        ({"mois_debut": "13", "mois_fin": "02"}, "mois_debut", "hors de la liste"),
        ({"code_dechet": "1501"}, "code_dechet", "code déchet mal formé"),
        ({"code_dechet": "99 01 03"}, "code_dechet", "code déchet mal formé"),
        ({"contrat_fin": "12/31/2027"}, "contrat_fin", "date impossible"),
        ({"contrat_fin": "31-12-27"}, "contrat_fin", "date mal formée"),
        ({"contrat_fin": "2027-02-30"}, "contrat_fin", "date impossible"),
        ({"contrat_fin": "46022"}, "contrat_fin", "date mal formée"),
        ({"contrat_fin": "1027-02-03"}, "contrat_fin", "année hors de portée"),
        ({"qualite": "<script>alert(1)</script>"}, "qualite", "balises HTML"),
        ({"qualite": "=cmd|'/c calc'!A1"}, "qualite", "formule de tableur"),
        ({"qualite": "@SUM(A1)"}, "qualite", "formule de tableur"),
        ({"qualite": "x" * 5000}, "qualite", "texte trop long"),
        ({"distance_km": -1}, "distance_km", "nombre négatif"),
    ],
)
def test_a_fault_of_a_resource_refuses_it_alone(tmp_path, resource, field, met) -> None:
    done = bring(write_json(tmp_path, form(resource, {"nature": "cartons"})))
    assert done.declarations["nature"].tolist() == ["cartons"]
    ((row, name, found),) = told(done, "refusé")
    assert (row, name) == ("ressource 1", field)
    assert met in found


def test_a_form_of_which_every_resource_is_refused_leaves_nothing(tmp_path) -> None:
    assert bring(write_json(tmp_path, form({"quantite": -1}))).declarations.empty


@pytest.mark.parametrize(
    ("top", "field", "met"),
    [
        ({"etude": "ailleurs"}, "etude", "fiche d'une autre étude"),
        ({"etude": None}, "etude", "fiche d'une autre étude"),
        ({"date": None}, "date", "date absente"),
        ({"date": "hier"}, "date", "date mal formée"),
        ({"date": "2028-01-01"}, "date", "date à venir"),
    ],
)
def test_the_head_of_a_form_is_checked(tmp_path, top, field, met) -> None:
    done = bring(write_json(tmp_path, again(form(), **top)))
    assert done.declarations.empty
    assert (field, True) in [(n, met in found) for _, n, found in told(done, "refusé")]


def test_the_day_of_reception_dates_a_form_without_a_date(tmp_path) -> None:
    path = write_json(tmp_path, again(form(), date=None))
    done = bring(path, received="2026-12-01")
    assert done.declarations["form_date"].tolist() == ["2026-12-01"]
    with pytest.raises(SchemaError, match="date mal formée"):
        survey_facts(
            "essai", communes=COMMUNES, sites=None, received="demain", last_day=""
        )


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"siret": "732 829 320 00074"}, {"siret": SIRET}),
        ({"siret": POST_OFFICE}, {"siret": POST_OFFICE}),
        ({"naf": "1610a"}, {"naf": "16.10A"}),
        ({"commune": "Saint-Gaudens (31483)"}, {"commune": "31483"}),
        ({"commune": "Hors de la liste (hors)"}, {"commune": "hors"}),
        ({"effectif": "20 à 49 salariés"}, {"effectif": "12"}),
        ({"effectif": "1"}, {"effectif": "01"}),
        (
            {"raison_sociale": " Bois\u202e\x00 &\u00a0Fils "},
            {"raison_sociale": "Bois & Fils"},
        ),
        ({"raison_sociale": "Cafe\u0301"}, {"raison_sociale": "Café"}),
        (
            {"besoin_precision": "- 5 °C, bac < 3 m"},
            {"besoin_precision": "- 5 °C, bac < 3 m"},
        ),
    ],
)
def test_usual_ways_to_write_are_understood(tmp_path, written, kept) -> None:
    (row,) = bring(write_json(tmp_path, form(**written))).declarations.to_dict(
        "records"
    )
    assert {name: row[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"quantite": "1 234,5"}, {"quantite": 1234.5}),
        ({"quantite": "1\u202f234"}, {"quantite": 1234}),
        ({"code_dechet": "150110*"}, {"code_dechet": "15 01 10*"}),
        ({"contrat_fin": "31/12/2027"}, {"contrat_fin": "2027-12-31"}),
        (
            {"mois_debut": "3", "mois_fin": "Août"},
            {"mois_debut": "03", "mois_fin": "08"},
        ),
        ({"unite": "Bennes de 15 m³"}, {"unite": "benne_15m3"}),
    ],
)
def test_usual_quantities_are_understood(tmp_path, written, kept) -> None:
    (row,) = bring(write_json(tmp_path, form(written))).declarations.to_dict("records")
    assert {name: row[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [("naf", "99.99Z"), ("contact_courriel", "ici"), ("contact_telephone", "abc")],
)
def test_a_wrong_answer_of_little_weight_is_left_out(tmp_path, name, value) -> None:
    done = bring(write_json(tmp_path, form(**{name: value})))
    assert done.declarations[name].tolist() == [""]
    assert name in [field for _, field, _ in told(done, "averti")]


def test_a_firm_that_no_register_knows_is_told(tmp_path) -> None:
    sites = pd.DataFrame(
        {
            "siret": [SIRET, OTHER_SIRET],
            "source": [SURVEY_SOURCE, "SIRENE"],
            "code_insee": ["31483", "31483"],
        }
    )
    unknown = bring(write_json(tmp_path, form()), sites=sites)
    assert ("fiche", "siret", "SIRET absent du fichier SIRENE de l'étude") in told(
        unknown, "averti"
    )
    known = bring(write_json(tmp_path, form(siret=OTHER_SIRET)), sites=sites)
    assert told(known, "averti") == []
    path = write_json(tmp_path, form(siret=OTHER_SIRET, commune="09003"))
    # The number of another firm passes the check of its key: its place may not.
    assert told(bring(path, sites=sites), "averti") == [
        ("fiche", "commune", "autre commune que celle du SIRET dans les registres")
    ]
    away = bring(write_json(tmp_path, form(commune="65258")))
    assert "hors du territoire" in told(away, "averti")[0][2]


def test_two_resources_that_differ_by_their_precisions_both_count(tmp_path) -> None:
    done = bring(
        write_json(
            tmp_path,
            form(
                {"nature_precision": "Europe cassées"}, {"nature_precision": "perdues"}
            ),
        )
    )
    assert done.declarations["resource_id"].tolist() == [
        "disponible:palettes::europe-cassees",
        "disponible:palettes::perdues",
    ]
    assert "les deux comptent" in told(done, "averti")[0][2]


def test_what_a_firm_wrote_is_in_no_message(tmp_path) -> None:
    hostile = form(
        {"qualite": "<b>Nom Secret</b>", "unite": "Nom Secret"},
        raison_sociale="=Nom Secret",
        commune="Nom Secret",
        naf="Nom Secret",
    )
    done = bring(write_json(tmp_path, hostile | {"Nom Secret": 1}))
    assert done.n_refused > 2
    texts = [(o.file, o.row, o.field, o.met, o.remedy) for o in done.report]
    assert "Secret" not in str(texts)


@TEXT
@given(st.text(max_size=200), st.sampled_from(["raison_sociale", "contact_nom"]))
def test_any_text_is_kept_plain_or_refused(tmp_path, text, name) -> None:
    done = bring(write_json(tmp_path, form(**{name: text})))
    for kept in done.declarations[name]:
        assert kept.isprintable()
        assert not kept.startswith(("=", "@"))
        assert "<script" not in kept


def held(tmp_path) -> pd.DataFrame:
    """Return two firms: one of two resources, one that only joined."""
    files = [
        write_json(tmp_path, again(form(), date="2024-01-10"), "a.json"),
        write_json(
            tmp_path, again(form({"nature": "cartons"}), date="2026-02-10"), "b.json"
        ),
        write_json(
            tmp_path,
            again(form(siret=OTHER_SIRET), date="2025-05-05", ressources=[]),
            "c.json",
        ),
    ]
    return bring(*files).declarations


def test_a_purge_forgets_what_is_old_and_who_asks(tmp_path) -> None:
    rows = held(tmp_path)
    assert len(rows) == 3
    young = purge_survey(rows, before="2025-01-01")
    assert young["nature"].tolist() == ["", "cartons"]
    assert purge_survey(rows, before="2026-01-01")["siret"].tolist() == [SIRET]
    assert purge_survey(rows, before="2027-01-01").empty
    assert purge_survey(rows, sirets=[SIRET])["siret"].tolist() == [OTHER_SIRET]
    # A firm that came back lately stays when all its resources are old.
    back = again(form(), date="2026-03-03", ressources=[])
    late = bring(write_json(tmp_path, back), held=rows).declarations
    left = purge_survey(late, before="2026-03-01")
    assert left[["siret", "resource_id", "form_date"]].to_numpy().tolist() == [
        [SIRET, "", "2026-03-03"]
    ]
    assert left["quantite"].isna().all()
    validate(left, table="declarations")
    with pytest.raises(SchemaError, match="date mal formée"):
        purge_survey(rows, before="hier")


def test_a_firm_unknown_to_registers_stands_at_its_commune_uncounted(tmp_path) -> None:
    communes = squares()
    rows = pd.concat(
        [
            held(tmp_path).assign(commune="09003"),
            held(tmp_path).assign(siret="73282932000199", commune="hors").iloc[:1],
        ]
    )
    known = gpd.GeoDataFrame({"siret": [OTHER_SIRET]}, geometry=[Point(0, 0)], crs=2154)
    empty = survey_sites(rows.iloc[:0], known, communes=communes)
    assert empty.empty
    (site,) = survey_sites(rows, known, communes=communes).to_dict("records")
    assert (site["site_id"], site["code_insee"]) == (f"ENQ{SIRET}", "09003")
    assert (site["name"], site["diffusible"]) == ("", False)
    assert pd.isna(site["headcount_mid"])
    seat = communes.set_index("code_insee").loc["09003"]
    assert (site["geometry"].x, site["geometry"].y) == (seat["seat_x"], seat["seat_y"])
