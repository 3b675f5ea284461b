"""The form's fields, lists and factors, and what a stated quantity weighs."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.errors import SchemaError
from eitgeo.reference.rules import synergy_rules
from eitgeo.reference.siret import siret_fault
from eitgeo.reference.survey import (
    choice_code,
    declared_mass_t,
    has_mass,
    survey_choices,
    survey_fields,
    survey_natures,
    survey_outcomes,
    survey_periods,
    survey_units,
)
from eitgeo.reference.waste import low_ewc

FIELDS, UNITS = survey_fields(), survey_units()
NATURES, PERIODS = survey_natures(), survey_periods()
TYPES = {
    "boolean",
    "choice",
    "commune",
    "date",
    "email",
    "low_code",
    "multi",
    "naf",
    "number",
    "phone",
    "siret",
    "text",
}
WEIGHED = [(n, u) for n in NATURES.index for u in UNITS.index if has_mass(n, u)]


def test_fields_are_described_in_admitted_words() -> None:
    assert FIELDS.index.is_unique
    assert set(FIELDS["type"]) == TYPES
    assert set(FIELDS["door"]) == {"toutes", "rejoindre", "ressources"}
    assert FIELDS["max_length"].gt(0).all()
    for name, field in FIELDS.to_dict("index").items():
        asked = re.fullmatch(r"oui|non|si:(\w+)(?:=(\w+))?", field["compulsory"])
        assert asked is not None, name
        if asked[1]:
            assert asked[1] in FIELDS.index, name
        if asked[2]:
            assert asked[2] in survey_choices(str(FIELDS.at[asked[1], "choices"]))


def test_a_field_has_a_list_where_it_offers_a_choice() -> None:
    listed = FIELDS["type"].isin(["choice", "multi", "commune"])
    assert listed.equals(FIELDS["choices"] != "")
    for name in set(FIELDS.loc[listed, "choices"]) - {"commune"}:
        codes = survey_choices(name)
        longest = FIELDS.loc[FIELDS["choices"] == name, "max_length"].min()
        assert max(map(len, codes)) <= longest
        assert len(set(codes.values())) == len(codes)
        assert all(choice_code(name, label) == code for code, label in codes.items())


def test_the_labels_name_no_legal_status() -> None:
    words = " ".join([*FIELDS["label_fr"], *FIELDS["help_fr"], *NATURES["label_fr"]])
    for word in ("sous-produit", "gisement", "attendu"):
        assert word not in words.casefold()


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        ("unite", "bennes de 15 m³", "benne_15m3"),
        ("unite", " BENNES  DE 15\N{NO-BREAK SPACE}M3", "benne_15m3"),
        ("mois", "fevrier", "02"),
        ("devenir", "ne_sait_pas", "ne_sait_pas"),
        ("etat", "Pièces à l’unité", "pieces"),
        ("besoin", "E\u0301nergie", "energie"),
    ],
)
def test_an_answer_is_found_by_code_or_label(name, written, code) -> None:
    assert choice_code(name, written) == code


def test_an_answer_that_is_not_offered_gets_the_nearest() -> None:
    with pytest.raises(SchemaError, match="vouliez-vous dire « février »"):
        choice_code("mois", "févrir")
    with pytest.raises(SchemaError, match="liste inconnue « unites »"):
        survey_choices("unites")


@pytest.mark.parametrize(
    "siret",
    [
        "73282932000074",  # textbook example of the Luhn key
        "35600000000048",  # head office of La Poste: the ordinary key
        "35600000049837",  # a post office: digits sum to 45 (3+5+6+4+9+8+3+7)
    ],
)
def test_right_sirets(siret) -> None:
    assert siret_fault(siret) is None


@pytest.mark.parametrize(
    ("siret", "met"),
    [
        ("73282932000075", "clé de contrôle fausse"),
        ("35600000049838", "clé de contrôle fausse"),
        ("7328293200007", "13 chiffres"),
        ("732829320000740", "15 chiffres"),
        ("7328293200007A", "mal formé"),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "mal formé"),
        ("", "0 chiffres"),
    ],
)
def test_wrong_sirets(siret, met) -> None:
    fault = siret_fault(siret)
    assert fault is not None
    assert met in fault[0]


@given(st.text(alphabet="0123456789", min_size=14, max_size=14), st.integers(0, 13))
def test_one_wrong_digit_is_always_found(siret, place) -> None:
    other = str((int(siret[place]) + 1) % 10)
    changed = siret[:place] + other + siret[place + 1 :]
    if "356000000" not in {siret[:9], changed[:9]}:
        assert siret_fault(siret) or siret_fault(changed)


def test_three_skips_of_pallets_a_month_by_hand() -> None:
    mass = declared_mass_t(3, "benne_15m3", nature="palettes", period="mois")
    mid_t = 3 * 12 * 15 * 0.85 * 0.10
    down = math.hypot(math.log(0.85 / 0.6), math.log(0.10 / 0.06), math.log(12 / 11))
    up = math.hypot(math.log(1 / 0.85), math.log(0.18 / 0.10))
    assert mass.mid_t == pytest.approx(mid_t) == pytest.approx(45.9)
    assert mass.low_t == pytest.approx(mid_t / math.exp(down))
    assert mass.high_t == pytest.approx(mid_t * math.exp(up))
    assert (mass.evidence, mass.one_off) == ("H", False)
    assert "0,1 t/m³ (0,06 à 0,18)" in mass.assumption
    assert "benne remplie à 85 %" in mass.assumption


def test_tonnes_a_year_come_back_as_they_are() -> None:
    mass = declared_mass_t(20, "t", nature="autre", period="an")
    assert (mass.low_t, mass.mid_t, mass.high_t) == (20, 20, 20)
    assert mass.evidence == "O"
    assert declared_mass_t(500, "kg", nature="autre", period="an").mid_t == 0.5


def test_a_single_lot_is_no_yearly_flow() -> None:
    mass = declared_mass_t(2, "t", nature="ferraille", period="une_fois")
    assert (mass.mid_t, mass.one_off) == (2, True)


def test_months_count_for_what_is_stated_within_the_year() -> None:
    def mid_t(period, n_months):
        return declared_mass_t(
            1, "t", nature="marcs", period=period, n_months=n_months
        ).mid_t

    assert mid_t("mois", 3) == pytest.approx(3)
    assert mid_t("semaine", 6) == pytest.approx(24)
    assert mid_t("an", 3) == 1
    assert mid_t("une_fois", 3) == 1


@pytest.mark.parametrize(
    ("quantity", "unit", "nature", "period", "n_months", "met"),
    [
        (1, "benne_15", "palettes", "mois", 12, "vouliez-vous dire « benne_15m3 »"),
        (1, "t", "palette", "mois", 12, "vouliez-vous dire « palettes »"),
        (1, "t", "palettes", "moi", 12, "vouliez-vous dire « mois »"),
        (0, "t", "palettes", "mois", 12, "quantité 0 → un nombre supérieur à zéro"),
        (-3, "t", "palettes", "mois", 12, "quantité -3"),
        (math.nan, "t", "palettes", "mois", 12, "quantité nan"),
        (math.inf, "t", "palettes", "mois", 12, "quantité inf"),
        (1, "t", "palettes", "mois", 13, "13 mois par an → de 1 à 12"),
        (1, "mwh", "chaleur", "an", 12, "aucune masse ne s'en déduit"),
        (1, "benne_15m3", "autre", "an", 12, "aucune masse ne s'en déduit"),
        (1, "t", "materiel", "an", 12, "aucune masse ne s'en déduit"),
    ],
)
def test_refusals(quantity, unit, nature, period, n_months, met) -> None:
    with pytest.raises(SchemaError, match=re.escape(met)):
        declared_mass_t(quantity, unit, nature=nature, period=period, n_months=n_months)


@given(
    st.sampled_from(WEIGHED),
    st.sampled_from(list(PERIODS.index)),
    st.floats(0.01, 1e4),
    st.integers(1, 12),
)
def test_a_mass_is_ordered_and_follows_the_quantity(pair, period, quantity, months):
    nature, unit = pair
    once = declared_mass_t(
        quantity, unit, nature=nature, period=period, n_months=months
    )
    assert 0 < once.low_t <= once.mid_t * (1 + 1e-12)
    assert once.mid_t <= once.high_t * (1 + 1e-12)
    twice = declared_mass_t(
        2 * quantity, unit, nature=nature, period=period, n_months=months
    )
    assert twice.mid_t == pytest.approx(2 * once.mid_t)
    assert twice.high_t == pytest.approx(2 * once.high_t)


def test_natures_speak_of_the_rules_and_the_codes() -> None:
    table = synergy_rules().set_index("rule_id")
    rules, waste_codes = table["ewc_stat"], table["low_code"]
    codes = low_ewc().set_index("waste_code")["ewc_stat"]
    fed = set()
    for name, row in NATURES.iterrows():
        if row["waste_code"]:
            assert codes[row["waste_code"]] == row["ewc_stat"], name
        for rule_id in filter(None, row["rule_ids"].split(";")):
            assert rules[rule_id] == row["ewc_stat"], (name, rule_id)
            assert waste_codes[rule_id] == row["waste_code"], (name, rule_id)
            fed.add(rule_id)
        carried = waste_codes.eq(row["waste_code"]) & bool(row["waste_code"])
        assert row["rule_ids"] or not carried.any(), name
    # The form asks what a firm of the territory may have; rules cover all industry.
    assert fed <= set(rules.index)
    assert len(fed) >= 150


def test_factors_are_ordered_and_say_where_they_are_from() -> None:
    for table, stem in ((UNITS, "kg"), (UNITS, "fill"), (NATURES, "t_per_m3")):
        known = table.dropna(subset=f"{stem}_mid")
        low, mid, high = (known[f"{stem}_{end}"] for end in ("low", "mid", "high"))
        assert low.gt(0).all()
        assert low.le(mid).all()
        assert mid.le(high).all()
    for table in (UNITS, NATURES):
        assert table["source"].str.len().gt(0).all()
        assert set(table["evidence"]) <= {"O", "H"}
    volumes = UNITS["kind"].isin(["volume", "container"])
    assert volumes.equals(UNITS["m3"].notna())
    assert volumes.equals(UNITS["fill_mid"].notna())
    assert UNITS["kind"].isin(["mass", "piece"]).equals(UNITS["kg_mid"].notna())


def test_outcomes_and_periods() -> None:
    assert list(PERIODS.index[PERIODS["one_off"]]) == ["une_fois"]
    outcomes = survey_outcomes()
    assert outcomes.loc["enfoui", "treatment"] == "elimination"
    assert not outcomes.loc["interne", "leaves_site"]


def test_a_caller_cannot_spoil_the_next_ones_table() -> None:
    for read in (survey_fields, survey_units, survey_natures, survey_outcomes):
        mine = read()
        mine.insert(0, "mine", 1)
        assert "mine" not in read()
