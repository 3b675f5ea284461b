"""`eitgeo survey --pesees`: what is said, what leaves, and what two editions tell."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from eitgeo.sources.survey.published_weighings import read_published_weighings
from eitgeo.sources.survey.weighings import united_weighings
from eitgeo.steps.inputs import weighings
from eitgeo.study.project import open_project
from eitgeo.tables.files import read_table, write_table
from tests.cli.test_survey import ROOT, call, run_once
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

LEDGER = "private/publications_pesees.json"
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
    code, said = call(study, "publish", "--pesees", "--yes", "--date", "2026-01-01")
    assert code == 0, said
    told = "CC n° 1, Professionnels, Bois, 2025 : 9,9 t, 4 clients, du 2 janvier au"
    assert told in said
    assert "Retenues : 3 somme(s)" in said
    assert sums(study) == [["200000001", "professionnel", "bois", 4, 9.9, "quai_nord"]]
    text = (study.parent / "data/raw/pesees.csv").read_text(encoding="utf-8")
    assert not any(one[:9] in text for one in (A, B, C, D, E, TOWN))
    ledger = json.loads((study.parent / LEDGER).read_text(encoding="utf-8"))
    assert ledger["families"]["Bois B"] == "bois"
    assert (study.parent / LEDGER).stat().st_mode & 0o077 == 0


def test_a_second_edition_never_tells_one_client_by_difference(study) -> None:
    tickets = study.parent / "private/pesees.csv"
    say = ("publish", "--pesees", "--yes", "--date")
    assert call(study, *say, "2026-01-01")[0] == 0
    first = (study.parent / "data/raw/pesees.csv").read_bytes()
    assert call(study, *say, "2026-01-01")[0] == 0  # the same again
    assert (study.parent / "data/raw/pesees.csv").read_bytes() == first
    write_tickets(tickets, *TICKETS, wood(91, NEW[0]))
    code, said = call(study, *say, "2026-02-01")
    assert (code, "tient à moins de trois clients" in said) == (1, True)
    assert (study.parent / "data/raw/pesees.csv").read_bytes() == first
    code, said = call(study, *say, "2026-02-01", "--partial")
    assert (code, "inchangé, publié le 2026-01-01" in said) == (0, True)
    assert (study.parent / "data/raw/pesees.csv").read_bytes() == first
    more = [wood(91 + n, one) for n, one in enumerate(NEW)]
    write_tickets(tickets, *TICKETS, *more)
    assert call(study, *say, "2026-03-01")[0] == 0
    assert sums(study)[0][3:5] == [8, 18.0]
    # A product that changes family would make two sums differ by its clients.
    text = study.read_text(encoding="utf-8").replace("15 01 03", "17 02 01")
    study.write_text(text.replace("W072", "W075"), encoding="utf-8")
    code, said = call(study, *say, "2026-04-01")
    assert (code, "qui changent de famille" in said, "Cartons" in said) == (
        1,
        True,
        True,
    )


def test_a_sum_that_nothing_remembers_and_a_link_are_refused(study) -> None:
    say = ("publish", "--pesees", "--yes")
    assert call(study, *say)[0] == 0
    (study.parent / LEDGER).unlink()
    code, said = call(study, *say)
    assert (code, "est là sans publications_pesees.json" in said) == (1, True)
    tickets = study.parent / "private/pesees.csv"
    tickets.rename(study.parent / "ailleurs.csv")
    tickets.symlink_to(study.parent / "ailleurs.csv")
    code, said = call(study, "status", "--pesees")
    assert (code, "lien hors de private/" in said) == (1, True)


def test_a_public_study_opens_no_ticket_and_a_private_one_has_every_sum(study) -> None:
    assert call(study, "publish", "--pesees", "--yes")[0] == 0
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
