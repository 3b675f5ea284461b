"""Count the figures that are printed, by class, in the dossier, first screen and cards.

``python scripts/count_beliefs.py OUT``, OUT being where a study was run. A figure is a
value printed with its class (O, S or H); a dash is none, nor is a name. On the first
screen of the comparator, those of the pair of the study that no fold hides.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eitgeo.disclosure.door.passing import released
from eitgeo.dossier.model import Value
from eitgeo.maps.words.belief import KNOWN, by_part
from eitgeo.maps.words.cards import card_rows
from eitgeo.maps.words.governance_words import told_facts
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.documents.dossier import study_dossier
from eitgeo.study.project import open_project
from eitgeo.words import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eitgeo.study.project import Project


def values_in(item: Any) -> Iterator[str]:
    """Give the class of each value of a dossier, as printed."""
    if isinstance(item, Value):
        if item.evidence:
            yield item.evidence
    elif isinstance(item, tuple):
        for one in item:
            yield from values_in(one)
    elif hasattr(item, "__dataclass_fields__"):
        for name in item.__dataclass_fields__:
            yield from values_in(getattr(item, name))


def on_first_screen(project: Project) -> Iterator[str]:
    """Give the class of each figure of the first pair that no fold hides."""
    catalogue, pair = indicator_catalogue(), project.study.first_pair
    indicators = released(project, "indicators_public")
    cards = [
        {
            row.indicator_id: row
            for row in card_rows(
                indicators, catalogue, perimeter_id=one, first_screen=True
            )
        }
        for one in pair
    ]
    rows = [tuple(card[name] for card in cards) for name in cards[0]]
    parts = by_part(
        rows,
        told=lambda row: max(
            ((one.text, one.evidence) for one in row if one.text != MISSING),
            key=lambda one: "OSH".index(one[1]),
            default=(MISSING, ""),
        ),
    )
    for row in parts[KNOWN]:
        yield from (one.evidence for one in row if one.text != MISSING)


def on_cards(project: Project) -> Iterator[str]:
    """Give the class of each figure of the cards of perimeters and of EPCI."""
    catalogue = indicator_catalogue()
    indicators = released(project, "indicators_public")
    for name in project.study.compared_ids:
        rows = card_rows(indicators, catalogue, perimeter_id=name, first_screen=True)
        yield from (row.evidence for row in rows if row.text != MISSING)
    facts = released(project, "epci_facts")
    for siren in sorted(set(facts.table["epci_siren"])):
        lines = told_facts(facts, siren=siren, division_names={}, root_name="")
        yield from (letter for _, text, letter in lines if text != MISSING)


def told(name: str, letters: Iterable[str]) -> str:
    """Write the share of each class."""
    found = Counter(letters)
    total = found.total()
    shares = ", ".join(f"{one} {100 * found[one] / total:.0f} %" for one in "OSH")
    return f"{name}: {total} figures; {shares}"


def main(out: str) -> None:
    """Print the shares."""
    project = open_project(Path("study.yaml"), out=Path(out))
    dossier = study_dossier(project)
    sys.stdout.write(
        "\n".join(
            (
                told("dossier", values_in(dossier)),
                *(
                    told(f"  {''.join(map(str, one.title))}", values_in(one))
                    for one in dossier.chapters
                    if any(values_in(one))
                ),
                told("comparator, first screen", on_first_screen(project)),
                told("cards", on_cards(project)),
                "",
            )
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
