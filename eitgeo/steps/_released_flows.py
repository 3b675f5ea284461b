"""What may be published of arisings and exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.disclosure.levers import guard_levers
from eitgeo.disclosure.released import (
    release_block_sums,
    release_blocks,
    release_derived,
    release_levers,
    release_links,
    release_reach,
    release_register,
)
from eitgeo.disclosure.report import report_sentences
from eitgeo.flows.exchanges.levers import exchange_levers
from eitgeo.flows.exchanges.process_actors import process_actors
from eitgeo.reference.exchange_terms import distance_checks
from eitgeo.reference.rules import process_sheets, synergy_rules
from eitgeo.reference.tables import indicator_catalogue
from eitgeo.scenarios.measures.amounts import firm_ids
from eitgeo.scenarios.measures.outlet_lines import outlet_lines
from eitgeo.steps._activity import study_activity
from eitgeo.tables.files import read_table

if TYPE_CHECKING:
    from eitgeo.disclosure.released import Released
    from eitgeo.study.project import Project

_DEPOSIT, _CAPTURED = "deposit_t", "captured_pct"
_PUBLISHED_ANSWERS = (
    "Sommes que l'animation publie des réponses, d'au moins trois entreprises dont "
    "aucune n'en fait l'essentiel, à deux chiffres significatifs ; elles n'entrent "
    "dans aucun gisement, échange ni levier. Une somme absente est retenue ou nulle, "
    "rien ne dit laquelle. Sans quantité : seules les entreprises sont comptées."
)
_ALL_ANSWERS = (
    "Sommes de toutes les réponses, fût-ce d'une seule entreprise : à ne pas diffuser. "
    "Elles remplacent ici déclarations et ratios. Sans quantité : seules les "
    "entreprises sont comptées."
)


def publish_flows(project: Project) -> tuple[Released, Released]:
    """Release potential waste by group of communes, and exchanges between EPCI."""
    folder, study = project.processed, project.study
    credit = study.sources.credits
    communes = read_table(folder, "communes")
    units = read_table(folder, "communes_public")
    report = read_table(folder, "disclosure_report")
    told = {
        name: report_sentences(
            report[report["indicator_id"] == name], indicator_catalogue()
        )
        for name in (_DEPOSIT, _CAPTURED)
    }
    blocks = release_blocks(
        units,
        read_table(folder, "blocks_public"),
        indicator_id=_DEPOSIT,
        sources=(credit.sites, credit.flows),
        demonstration=study.site_reasons,
        secrecy=told[_DEPOSIT],
    )
    links = release_links(
        units,
        read_table(folder, "exchanges_public"),
        groups=communes.set_index("code_insee")["epci_siren"],
        sources=(credit.sites, credit.flows, credit.roads),
        demonstration=study.demonstration_reasons,
        secrecy=told[_CAPTURED],
    )
    return blocks, links


def publish_sums(project: Project, blocks: Released) -> Released:
    """Release potential waste by EPCI and in all."""
    communes = read_table(project.processed, "communes")
    return release_block_sums(
        blocks,
        read_table(project.processed, "block_draws_public"),
        indicator_id=_DEPOSIT,
        groups=communes.set_index("code_insee")["epci_siren"],
    )


def _exchanges(project: Project) -> tuple[pd.DataFrame, list[pd.Series[str]]]:
    """Read the allocated exchanges, and the firm at each of their ends."""
    folder = project.processed
    allocation, sites = read_table(folder, "allocation"), read_table(folder, "sites")
    firms = firm_ids(sites).set_axis(sites["site_id"])
    ends = [allocation[end].map(firms) for end in ("donor_id", "receiver_id")]
    return allocation, ends


def release_gains(project: Project) -> Released:
    """Release the levers of the whole study, guarded at both ends of exchanges."""
    study = project.study
    gains, ends = _gains(project)
    credit = study.sources.credits
    return release_levers(
        read_table(project.processed, "lever_totals"),
        gains,
        ends=ends,
        sources=(credit.sites, credit.flows, credit.roads),
        demonstration=study.demonstration_reasons,
    )


def told_levers(project: Project) -> pd.DataFrame:
    """Return the levers of the whole study as they are told, for what reads a sign."""
    gains, ends = _gains(project)
    return guard_levers(read_table(project.processed, "lever_totals"), gains, ends=ends)


def _gains(project: Project) -> tuple[pd.DataFrame, list[pd.Series[str]]]:
    """Lay out what each exchange gains, and the firm at each of its ends."""
    allocation, ends = _exchanges(project)
    known = allocation["avoided_kgco2e_per_t"].notna()
    gains = exchange_levers(allocation.fillna({"avoided_kgco2e_per_t": 0.0}))
    return gains.assign(tco2e_avoided=gains["tco2e_avoided"].where(known)), ends


def release_distance_check(project: Project) -> Released:
    """Release the median distance of exchanges beside published ones."""
    study = project.study
    allocation, ends = _exchanges(project)
    credit = study.sources.credits
    return release_reach(
        allocation["length_km"],
        distance_checks(),
        ends=ends,
        sources=(credit.sites, credit.flows, credit.roads),
        demonstration=study.demonstration_reasons,
    )


def release_savings(project: Project, families: pd.Series[str]) -> pd.Series[float]:
    """Say what firms would save by group of families, where three firms make it."""
    allocation, ends = _exchanges(project)
    saved = exchange_levers(allocation.fillna({"avoided_kgco2e_per_t": 0.0}))
    family = allocation["rule_id"].map(synergy_rules().set_index("rule_id")["family"])
    listed = families.str.split(";")
    gains = pd.DataFrame(
        {
            name: saved["eur_firms"].where(family.isin(mine))
            for name, mine in listed.items()
        }
    )
    totals = pd.DataFrame({"lever": families.index, "mid": gains.sum(min_count=1)})
    told = guard_levers(
        totals.assign(low=totals["mid"], high=totals["mid"], status="chiffre"),
        gains,
        ends=ends,
    )
    return told.set_index("lever")["mid"]


def publish_outlet_lines(project: Project) -> Released:
    """Release how many pairs of a site and a kind of waste go to each outlet."""
    communes = read_table(project.processed, "communes")
    area = communes[communes["in_area"]].set_index("code_insee")["epci_siren"]
    ways = study_activity(project).outlet_ways
    lines = outlet_lines(pd.DataFrame(ways), area.to_dict())
    credit = project.study.sources.credits
    return release_register(
        lines,
        sources=(credit.sites, credit.outlets, credit.roads),
        demonstration=project.study.demonstration_reasons,
    )


def publish_answers(project: Project) -> Released:
    """Release what a person let out of the answers of firms."""
    answers = read_table(project.processed, "survey_public")
    credit = "sommes publiées par l'animation"
    secrecy = _PUBLISHED_ANSWERS
    if project.private:
        credit, secrecy = "toutes, à ne pas diffuser", _ALL_ANSWERS
    sources = (f"Réponses des entreprises : {credit}",) if len(answers) else ()
    return release_derived(answers, sources=sources, secrecy=(secrecy,))


def release_distances(project: Project) -> Released:
    """Release how far each family pays: rules, prices and trucks, no establishment."""
    return release_register(
        read_table(project.processed, "break_even"),
        sources=(project.study.sources.credits.flows,),
        demonstration=project.study.demonstration_reasons,
    )


def release_actors(project: Project) -> Released:
    """Count who could take part in each process, among the sites that may be told."""
    folder = project.processed
    communes, sites = read_table(folder, "communes"), read_table(folder, "sites")
    area = communes.loc[communes["in_area"], "code_insee"]
    told = sites["diffusible"] & ~sites["natural_person"]
    here = sites[told & sites["code_insee"].isin(area)]
    return release_register(
        process_actors(process_sheets(), synergy_rules(), here),
        sources=(project.study.sources.credits.sites,),
        demonstration=project.study.site_reasons,
    )


def arising_evidence(project: Project) -> str:
    """Return the class of the estimates of arisings, the least sure published."""
    rows = read_table(project.processed, "indicators_public")
    mine = rows.loc[rows["indicator_id"] == _DEPOSIT, "evidence"]
    return "H" if mine.eq("H").any() or mine.empty else "S"
