"""`eitgeo survey --pesees`: what is said, what leaves, and what two editions tell."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from eitgeo.sources.survey.published_answers import read_published_answers
from eitgeo.sources.survey.published_weighings import read_published_weighings
from eitgeo.sources.survey.weighings import united_weighings
from eitgeo.steps.inputs import weighings
from eitgeo.study.project import open_project
from eitgeo.tables.files import read_table, write_table
from tests.cli.test_survey import ROOT, answered, call, run_once
from tests.sources.weighing_files import (
    LAYOUT,
    NORTH,
    TICKETS,
    TOWN,
    A,
    B,
    C,
    D,
    E,
    siret_of,
    write_tickets,
)
from tests.steps.test_survey import communes, sites, step

LEDGER = "private/publications.json"
NEW = [siret_of(f"38130010{n}") for n in range(4)]


@pytest.fixture
def study(tmp_path) -> Path:
    """A study with weighings in ``private/``, run as far as its establishments."""
    folder = tmp_path / "étude"
    write_table(folder / "data/processed", communes(), table="communes")
    path = Path(shutil.copy(ROOT / "study.yaml", folder / "study.yaml"))
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    told["sources"]["pesees"] = LAYOUT
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    run_once(path)
    known = [A, B, C, D, TOWN, *NEW]
    one = sites().iloc[[0]]
    every = pd.concat([one] * len(known), ignore_index=True).assign(
        siret=known, site_id=[f"s{n}" for n in range(len(known))]
    )
    write_table(folder / "data/processed", every, table="sites")
    write_tickets(folder / "private/pesees.csv")
    return path


def wood(number: int, siret: str, kg: str = "2000") -> tuple[str, ...]:
    """Return one more ticket of wood."""
    return (str(number), "20/06/2025", siret, "", "", "Bois B", kg, NORTH, "")


def sums(study: Path) -> list[list[object]]:
    """Return what was published."""
    table = read_published_weighings(study.parent / "data/raw/pesees.csv")
    names = ["place", "client", "family", "n_clients", "mass_t", "outlets"]
    return table[names].to_numpy().tolist()


def test_status_says_what_was_read_to_the_gram(study) -> None:
    code, said = call(study, "status", "--pesees")
    assert code == 0
    for told in (
        "Pesées : 21 ticket(s), 46 270,5 kg ; 7 client(s).",
        "Période : du 2 janvier au 30 juin 2025.",
        "Ce n'est pas une année entière : rien n'en est extrapolé.",
        "Professionnels : 6 client(s), 17 ticket(s), 37 450,5 kg",
        "Collectivités : 1 client(s), 2 ticket(s), 8 000 kg",
        "Clients non identifiés : 0 client(s), 2 ticket(s), 820 kg",
        "Bois : 11 050,5 kg",
        "Produits non classés : 600 kg",
        "CC n° 1 : 37 000,5 kg",
        "non connu, ou hors du territoire : 9 270 kg",
        "ticket annulé : 2",
        "ticket déjà lu : 2",
        "produit qui n'est pas un déchet : 3",
        "masse négative : 1",
    ):
        assert told in said, told
    assert not any(one in said for one in (A, B, C, D, E, TOWN))


def test_one_step_lets_guarded_sums_out(study) -> None:
    code, said = call(study, "publish", "--yes", "--date", "2026-01-01")
    assert code == 0, said
    told = "CC n° 1, Professionnels, Bois, 2025 : 9,9 t, 4 clients, du 2 janvier au"
    assert told in said
    assert "Retenues : 3 somme(s)" in said
    assert sums(study) == [["200000001", "professionnel", "bois", 4, 9.9, "quai_nord"]]
    text = (study.parent / "data/raw/pesees.csv").read_text(encoding="utf-8")
    assert not any(one[:9] in text for one in (A, B, C, D, E, TOWN))
    ledger = json.loads((study.parent / LEDGER).read_text(encoding="utf-8"))
    (wooden,) = ledger["publications"][0]["sums"]
    assert sorted(wooden["firms"]) == sorted(one[:9] for one in (A, B, C, D))
    assert (study.parent / LEDGER).stat().st_mode & 0o077 == 0


def test_weighings_of_a_year_are_told_once_and_those_of_this_year_never(study) -> None:
    tickets = study.parent / "private/pesees.csv"
    say = ("publish", "--yes", "--date")
    code, said = call(study, *say, "2025-12-31")
    assert (code, "Rien à publier" in said) == (0, True)
    assert call(study, *say, "2026-01-01")[0] == 0
    first = (study.parent / "data/raw/pesees.csv").read_bytes()
    more = [wood(91 + n, one) for n, one in enumerate(NEW)]
    write_tickets(tickets, *TICKETS, *more)
    for day in ("2026-06-01", "2027-01-01"):
        assert call(study, *say, day)[0] == 0
        assert (study.parent / "data/raw/pesees.csv").read_bytes() == first


def test_answers_and_weighings_are_one_ledger(study) -> None:
    """Four weighed 9.9 t of wood; three of them answered: the fourth by difference."""
    answered(study, 2.3, 2.0, 3.0, sirets=[A, B, C])
    assert call(study, "publish", "--yes", "--date", "2026-01-01")[0] == 0
    assert sums(study)[0][3:5] == [4, 9.9]
    answers = read_published_answers(study.parent / "data/raw/enquete.csv")
    assert answers["subject"].tolist() == ["inscrites"]
    told = (study.parent / LEDGER).read_text(encoding="utf-8")
    call(study, "purge", "--siret", A)
    left = (study.parent / LEDGER).read_text(encoding="utf-8")
    assert (told.count(A[:9]), left.count(A[:9])) == (2, 0)


def test_a_firm_keeps_the_source_that_it_was_told_by(study) -> None:
    tickets = study.parent / "private/pesees.csv"
    whole = tickets.read_bytes()
    write_tickets(tickets, TICKETS[11])
    answered(study, 2.3, 2.0, 3.0, sirets=[A, B, C])
    code, said = call(study, "publish", "--yes", "--date", "2026-01-01")
    assert code == 0, said
    tickets.write_bytes(whole)
    assert call(study, "publish", "--yes", "--date", "2027-01-01")[0] == 0
    assert not (study.parent / "data/raw/pesees.csv").exists()


def test_a_sum_that_nothing_remembers_and_a_link_are_refused(study) -> None:
    say = ("publish", "--yes")
    assert call(study, *say)[0] == 0
    (study.parent / LEDGER).unlink()
    code, said = call(study, *say)
    assert (code, "que publications.json ne connaît pas" in said) == (1, True)
    tickets = study.parent / "private/pesees.csv"
    tickets.rename(study.parent / "ailleurs.csv")
    tickets.symlink_to(study.parent / "ailleurs.csv")
    code, said = call(study, "status", "--pesees")
    assert (code, "lien hors de private/" in said) == (1, True)


def test_a_public_study_opens_no_ticket_and_a_private_one_has_every_sum(study) -> None:
    assert call(study, "publish", "--yes")[0] == 0
    told = {}
    for is_private in (False, True):
        project = open_project(study, private=is_private)
        if is_private:
            shutil.copytree(study.parent / "data/processed", project.processed)
        step("survey").run(project)
        told[is_private] = read_table(project.processed, "weighed_public")
        flows = read_table(project.processed, "outlet_flows")
        assert bool(len(flows)) is is_private
    assert told[False]["n_clients"].tolist() == [4]
    sums_ = told[True].set_index(["client", "family"])["mass_t"].to_dict()
    assert sums_ == {
        ("collectivite", "melange"): 8.0,
        ("professionnel", "bois"): 9.9005,
        ("professionnel", "melange"): 9.0,
        ("professionnel", "papiers"): 9.5,
    }


def test_a_ticket_of_a_former_commune_counts_where_it_is_today(
    study, monkeypatch
) -> None:
    project = open_project(study, private=True)
    at_hand = communes()
    (epci,) = set(at_hand.loc[at_hand["code_insee"] == "31001", "epci_siren"])
    monkeypatch.setattr(
        weighings,
        "read_table",
        lambda _, name: at_hand if name == "communes" else sites(),
    )
    paths = [project.base / one for one in weighings.pesees_of(project).paths]
    former = pd.DataFrame(
        {"old_code": ["31999"], "old_name": ["X"], "new_code": "31001"}
    )

    def of_nobody_known(loads):
        tickets, n_twice = united_weighings(loads)
        return tickets.assign(siret="", commune="31999"), n_twice

    monkeypatch.setattr(weighings, "united_weighings", of_nobody_known)
    monkeypatch.setattr(weighings, "load_former", lambda *_: former)
    rows = weighings.weighed_tickets(project, paths).rows
    assert set(rows["place"]) == {epci}
    monkeypatch.setattr(weighings, "load_former", lambda *_: former.iloc[:0])
    assert set(weighings.weighed_tickets(project, paths).rows["place"]) == {""}
