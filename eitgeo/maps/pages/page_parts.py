"""HTML fragments of the offline page; every text that comes from data is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from eitgeo.maps.paper.palette import DEPARTEMENT, outlet_symbol
from eitgeo.maps.paper.sheet import CRS_NAME
from eitgeo.maps.words.cards import card_rows, identity_lines
from eitgeo.words import (
    EVIDENCE_NAMES,
    EVIDENCE_SYMBOLS,
    MISSING,
    NBSP,
    typographic,
)

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.pages.folium_map import WebPerimeter
    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.sheet import Sheet
    from eitgeo.maps.paper.side import CardRow


def html_text(text: str) -> str:
    """Escape a text that comes from data, and set its apostrophes."""
    return escape(typographic(text))


def evidence_key() -> str:
    """Name the three classes of evidence."""
    return " · ".join(
        f"{EVIDENCE_SYMBOLS[letter]} {letter}{NBSP}: {name}"
        for letter, name in EVIDENCE_NAMES.items()
    )


def banner(sheet: Sheet) -> str:
    """Return the banner of a demonstration, or nothing."""
    if not sheet.demonstration:
        return ""
    text = html_text(sheet.demonstration_text)
    return f'<p class="demonstration" role="note">{text}. Ne pas diffuser.</p>'


def stamp(sheet: Sheet) -> str:
    """Return the stamp that crosses the map, or nothing."""
    if not sheet.demonstration:
        return ""
    reasons = html_text(", ".join(sheet.demonstration))
    return (
        '<div class="tampon" aria-hidden="true"><span><b>DÉMONSTRATION</b>'
        f"{reasons}</span></div>"
    )


def legend(ground: Ground) -> str:
    """Return the legend, one item a line."""
    items = [
        _line_item("#333", "solid", "Limite d’EPCI"),
        _line_item(DEPARTEMENT, "dashed", "Limite de département"),
        _line_item("#555", "solid", "Périmètre (lettre et couleur ci-dessus)"),
        _line_item("#555", "dashed", "Périmètre dont la composition est à confirmer"),
    ]
    items += [
        _dot_item(symbol.colour, symbol.label)
        for symbol in map(outlet_symbol, sorted(set(ground.outlets["kind"])))
    ]
    return "\n".join(items)


def _line_item(colour: str, style: str, label: str) -> str:
    return (
        f'<li><span class="marque"><span class="trait" style="border-top-color:'
        f'{colour};border-top-style:{style}"></span></span>{html_text(label)}</li>'
    )


def _dot_item(colour: str, label: str) -> str:
    return (
        f'<li><span class="marque"><span class="rond" style="background:{colour}">'
        f"</span></span>{html_text(label)}</li>"
    )


def comparison_table(
    perimeters: pd.DataFrame,
    shown: list[WebPerimeter],
    *,
    indicators: Released,
    catalogue: pd.DataFrame,
) -> str:
    """Return the table that says what the map shows, and the indicators."""
    heads = "".join(
        f'<th scope="col"><span class="lettre" style="border-color:{one.colour}">'
        f"{one.letter}</span>{html_text(one.name)}</th>"
        for one in shown
    )
    cards = [
        {
            row.indicator_id: row
            for row in card_rows(indicators, catalogue, perimeter_id=str(name))
        }
        for name in perimeters["perimeter_id"]
    ]
    rows = [*_identity_rows(perimeters), *_indicator_rows(cards, catalogue)]
    return (
        '<table class="comparaison"><caption class="cle">Mêmes arrondis que les cartes '
        "et le classeur. Une formule s’ouvre sous chaque libellé.</caption>"
        f'<thead><tr><th scope="col">Indicateur</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _identity_rows(perimeters: pd.DataFrame) -> list[str]:
    labels = ("Communes", "Habitants", "Superficie (km²)", "Densité (hab./km²)")
    columns = [identity_lines(row) for _, row in perimeters.iterrows()]
    rows = [
        f'<tr><th scope="row">{label}</th>'
        + "".join(f"<td>{column[rank][0]}</td>" for column in columns)
        + "</tr>"
        for rank, label in enumerate(labels)
    ]
    certificates = "".join(
        f'<td class="mots">{html_text(str(text))}</td>'
        for text in perimeters["certificate"]
    )
    return [*rows, f'<tr><th scope="row">Certificat</th>{certificates}</tr>']


def _indicator_rows(
    cards: list[dict[str, CardRow]], catalogue: pd.DataFrame
) -> list[str]:
    rows, group = [], ""
    for name, about in catalogue.iterrows():
        if not any(name in card for card in cards):
            continue
        if about["group"] != group:
            group = str(about["group"])
            rows.append(
                f'<tr class="groupe"><th scope="colgroup" colspan="{len(cards) + 1}">'
                f"{html_text(group)}</th></tr>"
            )
        cells = "".join(_cell(card.get(str(name))) for card in cards)
        rows.append(
            f'<tr><th scope="row"><details><summary>{html_text(str(about["label"]))}'
            f"</summary><p>{html_text(str(about['formula']))}</p></details></th>"
            f"{cells}</tr>"
        )
    return rows


def _cell(row: CardRow | None) -> str:
    if row is None:
        return f"<td>{MISSING}<small>non calculé</small></td>"
    symbol = EVIDENCE_SYMBOLS[row.evidence]
    name = EVIDENCE_NAMES[row.evidence]
    note = f"<small>{html_text(row.note)}</small>" if row.note else ""
    css = ' class="grise"' if row.greyed else ""
    return (
        f'<td{css}>{html_text(row.text)}{NBSP}<span title="{name}">{symbol}{NBSP}'
        f"{row.evidence}</span>{note}</td>"
    )


def notes(
    sheet: Sheet, *, greyed: bool, more: str = "", is_web_map: bool = True
) -> str:
    """Return date, sources, doubts, accessibility: one paragraph each; and one more."""
    libraries = "Carte : Leaflet (licence BSD), folium (licence MIT)."
    shown = " ; carte affichée en projection web" if is_web_map else ""
    parts = [
        f"{sheet.status_stamp} · Édition du {sheet.edition_text} · {sheet.effort_text}",
        "En gris : hypothèses d’une démonstration, sans poids." if greyed else "",
        sheet.left_out,
        more,
        _listed("À confirmer", sheet.to_confirm),
        _listed("Secret statistique", sheet.secrecy),
        _listed("Sources et licences", sheet.sources),
        f"Mesures en {CRS_NAME}{shown}.",
        "Limites de communes simplifiées à 60 m, sans jour ni recouvrement.",
        libraries if is_web_map else "",
        sheet.funders,
        f"Contact{NBSP}: {sheet.contact}" if sheet.contact else "",
        f"Accessibilité{NBSP}: page non auditée (RGAA) ; le tableau dit la carte.",
        "Ce n’est pas une décision : c’est une aide à la discussion.",
    ]
    return "\n".join(f"<p>{html_text(part)}</p>" for part in parts if part)


def _listed(title: str, items: tuple[str, ...]) -> str:
    return f"{title}{NBSP}: {' ; '.join(items)}." if items else ""
