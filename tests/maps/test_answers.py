"""What a council would be asked: sentences against cases worked out by hand."""

import json
import math
from typing import Any

import pandas as pd
import pytest

from eitgeo.disclosure.door.decision import shares_known, undrawn_facts
from eitgeo.disclosure.door.rules import release_register
from eitgeo.maps.pages.answers import (
    Chosen,
    answers_html,
    search_payload,
)
from eitgeo.maps.words.answer_words import (
    Asked,
    asked_of,
    assumed_text,
    chosen_share,
    due_text,
    each_text,
    key_of,
    known_text,
    message,
    missing_text,
    own_refusal,
    road_text,
    shares_by_key,
    who_signs,
)
from eitgeo.maps.words.governance_words import short_carrier
from eitgeo.study.project import open_project
from eitgeo.tables.public import Released
from tests.maps.toy import HOSTILE, Toy
from tests.scenarios.toy import ROOT

HERE, THERE, FAR = "200000001", "200000002", "200000003"
NAMES = {HERE: "CC d'Ici", THERE: "CC de Là", FAR: "CC du Loin"}
SHARE = {
    "perimeter_id": "val",
    "epci_siren": HERE,
    "cost_key": "population",
    "chosen": "oui",
    "population": 2_500,
    "low": 2_500.0,
    "mid": 5_000.0,
    "high": 10_000.0,
    "evidence": "H",
    "missing": "",
}
"""A fourth of 20 000 € (10 000 to 40 000) for a fourth of 10 000 inhabitants."""


def plain(text: str) -> str:
    """Make spaces and apostrophes plain."""
    return " ".join(text.replace("’", "'").split())


def released(rows: list[dict[str, Any]], **stamps: Any) -> Released:
    """Release rows as the steps do."""
    return release_register(pd.DataFrame(rows), sources=("Source",), **stamps)


def asked(part: str, name: str = "Vallée", *, unsure: bool = False) -> Asked:
    """Return a perimeter of two EPCI."""
    return Asked(name, name, (HERE, THERE), part, unsure)


def communes() -> Released:
    """Return five communes: two here, two there, one far; one of each EPCI lacks."""
    codes = {"31001": HERE, "31002": HERE, "31003": THERE, "31004": THERE, "09005": FAR}
    return released(
        [
            {"code_insee": code, "nom": f"Lieu {code}", "dep": code[:2]}
            | {"epci_siren": siren, "epci_communes": 1 if siren == FAR else 2}
            | {"population": 1000 * rank, "in_area": siren != FAR}
            for rank, (code, siren) in enumerate(codes.items(), 1)
        ]
    )


def perimeters() -> Released:
    """Return a valley to confirm, a town that cuts an EPCI."""
    return released(
        [
            {"perimeter_id": "val", "name": "Vallée – hypothèse à confirmer (2 EPCI)"}
            | {"membership_status": "a_confirmer", "compared": True},
            {"perimeter_id": "bourg", "name": "Aval – Amont"}
            | {"membership_status": "publie", "compared": True},
        ]
    )


def members() -> Released:
    """Return what the valley and the town hold."""
    held = {"val": ["31001", "31002", "31003", "31004"], "bourg": ["31001", "31003"]}
    return released(
        [
            {"perimeter_id": name, "code_insee": code}
            for name, codes in held.items()
            for code in codes
        ]
    )


def test_where_an_epci_stands_in_each_perimeter() -> None:
    val, bourg = asked_of(
        HERE,
        perimeters(),
        members(),
        communes(),
        shown=("val", "bourg"),
        epci_names=NAMES,
    )
    assert (val.name, val.title) == ("Vallée", "Vallée (à confirmer)")
    assert (bourg.name, bourg.title) == ("Aval – Amont", "Aval – Amont")
    assert (val.part, bourg.part) == ("entier", "partie")
    assert val.members == bourg.members == (HERE, THERE)
    (away,) = asked_of(
        FAR, perimeters(), members(), communes(), shown=("val",), epci_names=NAMES
    )
    assert (away.part, away.is_in) == ("dehors", False)


@pytest.mark.parametrize(
    ("pair", "others", "said"),
    [
        (
            [asked("entier", "A"), asked("entier", "B", unsure=True)],
            [],
            (
                "Une délibération : entrer, ou non, dans le périmètre « A » (2 EPCI) "
                "ou « B » (2 EPCI, à confirmer)."
            ),
        ),
        (
            [asked("dehors", "A"), asked("partie", "B")],
            [],
            (
                "Une délibération si le périmètre « B » (2 EPCI) est retenu ; aucune "
                "avec « A » (2 EPCI)."
            ),
        ),
        (
            [asked("dehors", "A"), asked("dehors", "B")],
            [asked("entier", "C"), asked("partie", "D"), asked("dehors", "E")],
            (
                "Aucune délibération : votre EPCI n'est ni dans « A » (2 EPCI) ni dans "
                "« B » (2 EPCI) ; d'autres périmètres le comprennent : C."
            ),
        ),
        (
            [asked("dehors", "A")],
            [],
            "Aucune délibération : votre EPCI n'est pas dans « A » (2 EPCI).",
        ),
        (
            [asked("entier", "A")],
            [],
            "Une délibération : entrer, ou non, dans le périmètre « A » (2 EPCI).",
        ),
    ],
)
def test_one_sentence_says_what_would_be_put(pair, others, said) -> None:
    assert plain(message(pair, others)) == said


def test_what_an_epci_would_pay_is_its_share_by_the_key_of_the_study() -> None:
    """5 000 € by 2 500 inhabitants is 2 €."""
    own, away = asked("entier"), asked("dehors")
    told = "≈ 5 000 €/an (3 000 à 10 000)"
    assert plain(due_text(SHARE, own)) == told
    cut = due_text(SHARE, own._replace(part="partie"))
    assert plain(cut) == f"{told} ; l'EPCI serait coupé en deux"
    assert plain(each_text(SHARE, own)) == "≈ 2 €/hab./an (1 à 4)"
    typed = SHARE | {"low": 5_000.0, "high": 5_000.0, "evidence": "O"}
    assert plain(due_text(typed, own)) == "5 000,00 €/an"
    assert plain(due_text(SHARE, away)) == "rien : votre EPCI est en dehors"
    assert each_text(SHARE, away) == due_text(None, own) == each_text(None, own) == "–"


def test_the_share_is_that_of_the_key_chosen() -> None:
    other = SHARE | {"cost_key": "egales", "mid": 9_000.0, "chosen": "non"}
    shares = released([other, SHARE])
    assert chosen_share(shares, "val", HERE) == SHARE
    assert chosen_share(shares, "val", THERE) is None
    assert key_of(shares) == ("selon la population", "H")
    told = "à parts égales, ≈ 9 000 €/an (3 000 à 10 000)"
    assert plain(shares_by_key(shares, "val", HERE)) == told
    assert shares_by_key(shares, "val", THERE) == ""
    hidden = released([other | {"missing": "emplois non comptés"}, SHARE])
    assert shares_by_key(hidden, "val", HERE) == ""
    unknown = released([SHARE | {"missing": "emplois non comptés"}])
    assert chosen_share(unknown, "val", HERE) is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            (6, 1, 1),
            (
                "Si votre conseil refuse : restent 6 EPCI d'un seul tenant ; la part "
                "des autres : ≈ 0,3 €/hab./an (0,1 à 0,6)."
            ),
        ),
        (
            (3, 1, 2),
            (
                "Si votre conseil refuse : restent 3 EPCI d'un seul tenant, en 2 "
                "morceaux par la route ; la part des autres : ≈ "
                "0,3 €/hab./an (0,1 à 0,6)."
            ),
        ),
        (
            (1, 1, 1),
            (
                "Si votre conseil refuse : reste 1 EPCI ; la part des autres : "
                "≈ 0,3 €/hab./an (0,1 à 0,6)."
            ),
        ),
        ((0, 0, 0), "Si votre conseil refuse, il ne reste rien."),
    ],
)
def test_what_ones_own_refusal_leaves(row, said) -> None:
    left, border, road = row
    facts = {"perimeter_id": "Vallée", "refused": HERE, "n_left": left}
    facts |= {"n_pieces_border": border, "n_pieces_road": road, "evidence": "H"}
    facts |= {"left_low": 0.12, "left_mid": 0.28, "left_high": 0.61}
    told = own_refusal(released([facts]), asked("entier"), HERE)
    assert plain(told) == said
    assert own_refusal(released([facts]), asked("entier"), THERE) == ""
    drawn = released([facts], demonstration=("réseau de substitution",))
    assert own_refusal(drawn, asked("entier"), HERE) == ""


def test_the_road_is_told_with_its_class_or_not_at_all() -> None:
    row = {"epci_siren": HERE, "fact_id": "minutes_to_root", "told": "Ici"}
    way = pd.DataFrame([row | {"value": 43.6, "low": 43.6, "high": 43.6}])
    way["evidence"] = "S"
    assert plain(road_text(way, "Bourg", is_root=False)) == (
        "◐ 44 min en voiture de Ici à Bourg, où l'animation pourrait siéger."
    )
    assert road_text(way.assign(value=math.nan), "Bourg", is_root=False) == ""
    assert road_text(way.iloc[:0], "Bourg", is_root=False) == ""
    own = road_text(way.iloc[:0], "Bourg", is_root=True)
    assert plain(own) == "L'animation pourrait siéger chez vous, à Bourg."


def test_what_is_known_assumed_and_missing_follows_the_figures() -> None:
    pair = [asked("entier", "A"), asked("entier", "B", unsure=True)]
    known = plain(known_text(pair, has_road=True))
    assert "« A »" in known
    assert "« B »" not in known
    assert "réseau routier" in known
    assert "réseau" not in known_text(pair, has_road=False)
    assumed = plain(assumed_text(pair, key="à parts égales", evidence="H"))
    assert "à parts égales" in assumed
    assert "« B »" in assumed
    assert "coût" in assumed
    assert "coût" not in assumed_text(pair, key="à parts égales", evidence="O")
    every = plain(missing_text(pair, evidence="H", has_road=False))
    assert all(one in every for one in ("BANATIC", "coût réel", "réseau routier"))
    least = plain(missing_text(pair[:1], evidence="O", has_road=True))
    assert not any(one in least for one in ("BANATIC", "coût", "réseau"))


def carriers() -> pd.DataFrame:
    """Return four carriers, in their order."""
    index = pd.Index(["P1", "P2", "P3", "P4"], name="carrier_id")
    names = ["Syndicat de traitement seul", HOSTILE, "Association (club)", "GIP"]
    return pd.DataFrame({"carrier": names}, index=index)


def states() -> Released:
    """Return what each carrier could be in the valley and in the town."""
    told = {"P1": "sous_conditions", "P2": "favorable", "P3": "impossible"}
    return released(
        [
            {"perimeter_id": name, "carrier_id": carrier, "state": state}
            | {"deliberations_least": 1.0, "deliberations_most": 3.0}
            for name in ("val", "bourg")
            for carrier, state in (told | {"P4": "peu_adapte"}).items()
        ]
    )


def reasons() -> Released:
    """Return a condition that holds, one that waits, one that favours."""
    kinds = [("condition", "applique"), ("condition", "non_evalue")]
    kinds.append(("favorable", "applique"))
    return released(
        [
            {"perimeter_id": "val", "carrier_id": "P1", "rule_id": f"C0{rank}"}
            | {
                "about": f"point {rank} (à voir)",
                "effect": effect,
                "outcome": outcome,
                "missing": "",
            }
            | {"sentence": f"Phrase {rank} {{n}}.", "facts": json.dumps({"n": "2"})}
            for rank, (effect, outcome) in enumerate(kinds, 1)
        ]
    )


def test_who_could_sign_and_what_each_asks() -> None:
    first, second = who_signs(
        "val", states(), reasons(), carriers=carriers(), demonstration=False
    )
    assert (first.name, first.state) == (
        "Syndicat de traitement seul",
        "sous_conditions",
    )
    assert plain(first.councils) == "1 à 3 délibérations"
    assert [plain(one) for one in first.conditions] == ["Phrase 1 2."]
    assert plain(first.brief) == "Syndicat de traitement seul (point 1)"
    assert (second.state, second.conditions) == ("favorable", ())
    assert second.brief == second.name
    assert plain(short_carrier("Chambre consulaire, animation déléguée")) == (
        "Chambre consulaire"
    )


def tables() -> dict[str, Released]:
    """Return the tables of a page, one name hostile."""
    names = NAMES | {HERE: HOSTILE}
    facts = {"epci_siren": HERE, "fact_id": "population", "value": 3000.0}
    facts |= {"low": 3000.0, "high": 3000.0, "told": "", "evidence": "O"}
    refusal = {"perimeter_id": "val", "refused": HERE, "n_left": 1, "evidence": "H"}
    refusal |= {"n_pieces_border": 1, "n_pieces_road": 1}
    refusal |= {"left_low": 1.0, "left_mid": 2.0, "left_high": 4.0}
    codes = [("31001", "31800"), ("31001", "31801"), ("09005", "09200")]
    return {
        "perimeters": perimeters(),
        "perimeter_communes": members(),
        "communes": communes(),
        "bodies": released(
            [
                {"body_id": f"epci_{siren}", "kind": "epci", "name": name}
                for siren, name in names.items()
            ]
        ),
        "postcodes": released([{"code_insee": a, "postcode": b} for a, b in codes]),
        "epci_facts_undrawn": released([facts]),
        "known_shares": released([SHARE]),
        "carrier_states": states(),
        "carrier_reasons": reasons(),
        "refusals": released([refusal]),
    }


def test_names_of_registers_are_escaped_and_answers_sorted(toy: Toy) -> None:
    chosen = Chosen(("val",), ("bourg",), "31004", carriers(), demonstration=False)
    page = answers_html(tables(), chosen=chosen, sheet=toy.sheet)
    assert HOSTILE not in page
    assert page.index(f'id="epci-{THERE}"') != page.index(f'id="epci-{HERE}"')
    assert f"epci-{FAR}" not in page
    assert page.count('<details class="reponse"') == 2
    assert "3 000 habitants" in plain(page)
    assert "siéger chez vous, à Lieu 31004" in plain(page)
    for word in ("nan", "null", "None", "val", "a_confirmer", "sous_conditions"):
        assert f">{word}<" not in page


def test_the_field_finds_epci_communes_and_postcodes() -> None:
    payload = search_payload(tables())
    ranks = [siren for siren, _ in payload["epci"]]
    assert set(ranks) == {HERE, THERE}
    found = {name: rest for name, *rest in payload["communes"]}
    assert found["Lieu 31001"] == ["31", "31800 31801", ranks.index(HERE), 1000]
    assert found["Lieu 31003"] == ["31", "", ranks.index(THERE), 3000]
    assert found["Lieu 09005"] == ["09", "09200", -1, 5000]
    assert payload["autour"] == ["CC du Loin"]


def test_facts_that_are_assumed_or_drawn_stay_in(tmp_path) -> None:
    rows = [
        ("population", "O"),
        ("minutes_to_root", "S"),
        ("target_sites", "S"),
        ("outlets", "H"),
    ]
    table = pd.DataFrame(rows, columns=["fact_id", "evidence"])
    drawn = open_project(ROOT / "study.yaml", out=tmp_path)
    kept = undrawn_facts(drawn, table)
    assert kept.table["fact_id"].tolist() == ["population", "minutes_to_root"]
    assert not any("tirés" in one for one in kept.sources or ())
    real = open_project(ROOT / "tests" / "studies" / "real.yaml", out=tmp_path)
    assert "target_sites" in set(undrawn_facts(real, table).table["fact_id"])


def test_the_cost_of_a_contour_that_is_drawn_stays_in(tmp_path) -> None:
    drawn = open_project(ROOT / "study.yaml", out=tmp_path)
    (contour,) = drawn.study.drawn_ids
    table = pd.DataFrame({"perimeter_id": [contour, "petr_comminges"]})
    assert shares_known(drawn, table)["perimeter_id"].tolist() == ["petr_comminges"]
