"""Write the dossier of the study: the Word master and the PDF that follows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import pandas as pd

from eitgeo.disclosure.door.catalogue import drawn_tables
from eitgeo.dossier.chapters.annexes import STABILITY
from eitgeo.dossier.desk import Desk, Drawn, Terms
from eitgeo.dossier.model import Dossier
from eitgeo.dossier.typst import dossier_pdf
from eitgeo.dossier.whole import make_dossier
from eitgeo.dossier.word import dossier_docx
from eitgeo.flows.exchanges.realised import animation_of
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.map_sheet import PrintSheet, compose
from eitgeo.maps.paper.sheet import make_sheet, study_sheet
from eitgeo.maps.paper.small_maps import (
    difference_sketch,
    light_picture,
    territory_sketch,
)
from eitgeo.maps.prints.graphs import plane_figure
from eitgeo.maps.prints.zone_maps import stability_map
from eitgeo.maps.words.hypotheses import study_hypotheses
from eitgeo.maps.workbooks.governance_table import GovernanceReference
from eitgeo.reference.governance import departement_regions, eit_facts
from eitgeo.reference.indicators import indicator_bases, indicator_catalogue
from eitgeo.reference.rules import process_sheets
from eitgeo.roads.questions.report import limit_sentence
from eitgeo.steps.documents.parameters import (
    ceilings_of,
    named,
    participation_words,
    study_parameters,
)
from eitgeo.steps.files import dossier_pictures
from eitgeo.steps.maps.released import (
    study_ground,
    undrawn_perimeters,
)
from eitgeo.steps.maps.released_documents import (
    governance_reference,
    perimeter_difference,
)
from eitgeo.steps.step import step
from eitgeo.store import made, write_bytes
from eitgeo.study.project import STAMPED, Project
from eitgeo.tables.public import PublicTables, tables_of
from eitgeo.words import french_size
from eitgeo.zones.clustering import STABLE
from eitgeo.zones.concentration import concentration_sentence
from eitgeo.zones.reference_zones import compared_sentence, compared_words

_MOST_PAIRS = 21
"""Beyond, only the differences with the first of the pair are printed."""
_THEMES = {
    "communes": "Communes et populations",
    "bodies": "Structures et membres",
    "places": "Villes",
    "outlets": "Exutoires",
    "sites": "Établissements",
    "roads": "Routes",
    "flows": "Gisements et synergies",
    "counts": "Activité comptée",
}


@step(
    "Dossier de l'étude",
    files="dossier_inputs",
    publishes=("dossier.docx", "dossier.pdf"),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``dossier.docx`` and ``dossier.pdf``."""
    dossier = study_dossier(project, public)
    word, pdf = dossier_docx(dossier), dossier_pdf(dossier)
    write_bytes(project.published("dossier", ".docx"), word)
    write_bytes(project.published("dossier", ".pdf"), pdf)
    return {
        "chapitres": len(dossier.chapters),
        "annexes": len(dossier.annexes),
        "taille": french_size(len(word) + len(pdf)),
    }


def study_dossier(project: Project, public: PublicTables) -> Dossier:
    """Write the content of the dossier of a study, before it is laid out."""
    study, indicators = project.study, public["indicators_public"]
    reference = governance_reference(project, public)
    desk = Desk(
        public=public,
        differences=tuple(
            perimeter_difference(public, indicators, pair=pair)
            for pair in _pairs(project)
        ),
        terms=_terms(project, public, reference),
        pictures=_pictures(project, public),
        sheet=make_sheet(study.identity, tables_of(public, "dossier")),
        pair=study.first_pair,
        drawn=_drawn(project, reference.catalogue),
    )
    return make_dossier(desk)


def _drawn(project: Project, catalogue: pd.DataFrame) -> Drawn:
    """Say which tables, indicators and pictures show what a page is stamped for."""
    study, pictures = project.study, dossier_pictures(project)
    stamped = {
        basis
        for basis, credit in indicator_bases()["credit"].items()
        for name in ("sites", "roads")
        if f"{{{name}}}" in credit and study.reasons(name)
    }
    rests_on = catalogue["rests_on"].str.split(";")
    return Drawn(
        tables=drawn_tables(study),
        indicators=frozenset(catalogue.index[~rests_on.map(stamped.isdisjoint)]),
        pictures=frozenset(
            key for key, path in pictures.items() if path.name.startswith(STAMPED)
        )
        | {
            key
            for key, reasons in (
                (STABILITY, study.reasons("zones")),
                ("plane", study.road_reasons),
            )
            if reasons
        },
    )


def _pairs(project: Project) -> list[tuple[str, str]]:
    """List the pairs whose difference is printed, that of the study first."""
    first, compared = project.study.first_pair, project.study.compared_ids
    pairs = list(combinations(dict.fromkeys((*first, *compared)), 2))
    return [pair for pair in pairs if len(pairs) <= _MOST_PAIRS or first[0] in pair]


def _terms(
    project: Project, public: PublicTables, reference: GovernanceReference
) -> Terms:
    study = project.study
    communes = public["communes"].table
    deps = set(communes.loc[communes["in_area"], "dep"].astype(str))
    regions = set(departement_regions().reindex(sorted(deps)).dropna())
    themes = [(label, study.credit(name)) for name, label in _THEMES.items()]
    is_drawn = study.draws_in_areas
    if_part, askable = participation_words(project, public)
    return Terms(
        governance=reference,
        sheets=process_sheets(),
        ceilings=ceilings_of(project),
        facts=eit_facts(sorted(regions)),
        commune_names=dict(zip(communes["code_insee"], communes["nom"], strict=True)),
        neighbours=tuple(
            (one.name, one.source, one.status) for one in study.governance.neighbours
        ),
        parameters=tuple(study_parameters(project, named(public))),
        inputs=tuple(one for one in (*themes, ("Zones", study.zones.credit)) if one[1]),
        concentration=concentration_sentence(
            public["concentration"].table, drawn_inside=is_drawn
        ),
        network=study.roads.network.label,
        animation=animation_of(study.governance),
        if_part=if_part,
        hypotheses=study_hypotheses(project),
        has_sites=study.has_sites,
        could_be_asked=askable,
        road_limits=limit_sentence(
            *(public[name].table for name in ("road_report", "road_checks"))
        ),
        compared=compared_sentence(
            public["activity_areas"].table,
            public["zone_concordance"].table,
            compared_words(study.zones, drawn_inside=is_drawn),
        ),
    )


def _pictures(project: Project, public: PublicTables) -> Mapping[str, bytes]:
    """Take the pictures that other steps published, and draw some small ones."""
    ground = study_ground(project, public)
    pictures = {
        name: light_picture(made(path).read_bytes())
        for name, path in dossier_pictures(project).items()
        if path.is_file()
    }
    return (
        pictures
        | _small_pictures(project, public, ground)
        | _stability(project, public, ground)
    )


def _stability(
    project: Project, public: PublicTables, ground: Ground
) -> dict[str, bytes]:
    """Draw which sites stay in a zone whatever the setting: a page of the annex."""
    if not project.study.has_sites:
        return {}
    sheet = stability_map(
        ground,
        public["zones_public"],
        sites=public["site_stability"],
        settings=public["zone_settings"],
        stable_from=STABLE,
    )
    return {STABILITY: light_picture(_picture(project, sheet))}


def _picture(project: Project, drawn: PrintSheet) -> bytes:
    return compose(drawn, replace(study_sheet(project.study.identity), pdf=False))[
        "png"
    ]


def _small_pictures(
    project: Project, public: PublicTables, ground: Ground
) -> dict[str, bytes]:
    """Draw two sketches, and the plane but for a contour that drawn sites made."""
    study = project.study
    plane = plane_figure(
        public["indicators_known"],
        undrawn_perimeters(project, public),
        labels=indicator_catalogue()["label"],
    )
    sheets = {
        "territory_sketch": territory_sketch(ground),
        "difference_sketch": difference_sketch(
            ground, public["perimeter_communes"], pair=study.first_pair
        ),
        "plane": plane,
    }
    return {key: _picture(project, one) for key, one in sheets.items() if one}
