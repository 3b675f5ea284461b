"""What the three forms print: the study, its communes, its notice, its words."""

from __future__ import annotations

from dataclasses import dataclass, field

from eitgeo.check import require_columns
from eitgeo.disclosure.door.rules import Released
from eitgeo.ledger import Place, written
from eitgeo.maps.paper.sheet import Sheet, require_released
from eitgeo.reference.survey import (
    declared_mass_t,
    survey_choices,
    survey_natures,
    survey_periods,
    survey_units,
)
from eitgeo.study.asked import Form, Notice, require_settled
from eitgeo.words import name_key

TITLE = "S'inscrire, déclarer une ressource"
DOORS = {
    "rejoindre": "Je souhaite rejoindre la démarche",
    "ressources": "Je dispose de ressources, ou j'en recherche",
}
DOOR_HELP = {
    "rejoindre": "Deux minutes, cinq champs.",
    "ressources": "Tout de suite, ou plus tard : matière, énergie, eau, équipement.",
}
BLOCKS = {
    "etablissement": "Votre établissement",
    "interet": "Votre intérêt",
    "ressource": "La ressource",
    "devenir": "Aujourd'hui",
    "besoin": "Besoins à partager",
    "consentement": "Vos accords",
    "contact": "Vos coordonnées",
}
LEGAL_STATUS = (
    "Déclarer une ressource ne lui donne pas le statut juridique de sous-produit."
)
NO_DIVULGENCE = (
    "Ne donnez aucun secret d'affaires : une quantité et une nature approchées "
    "suffisent."
)
DRAFT_NOTICE = "Notice de travail, à faire valider par le service juridique."
OUTSIDE_CODE = "hors"
OUTSIDE_LABEL = "Hors de la liste"
NO_ADDRESS = "Aucune adresse d'envoi : ne pas diffuser"
"""Stamp of a form that nobody would receive."""
NO_ADDRESS_REASON = (
    "La structure qui porte l'étude doit d'abord dire où envoyer les réponses."
)
TO_VALIDATE = "à faire valider"
NOTICE_LABELS = {
    "controller": "Responsable du traitement",
    "purpose": "Finalité",
    "legal_basis": "Base légale",
    "retention_years": "Durée de conservation",
    "recipients": "Destinataires",
    "rights": "Vos droits",
    "dpo_contact": "Délégué à la protection des données",
    "secrets": "Secret des affaires",
    "environment": "Accès à l'information sur l'environnement",
    "inspection": "Qui peut demander votre fiche",
}
SAID_FIRST = ("controller", "purpose", "rights")
"""What the page tells before the fold of the notice; paper and workbook tell all."""
PUBLISHED_LABEL = "Ce qui est diffusé"
PUBLISHED = (
    "Des sommes arrondies, par intercommunalité, d'au moins trois entreprises dont "
    "aucune n'en fait l'essentiel, relues avant leur diffusion. Elles restent si vous "
    "retirez ensuite votre accord. Sans accord de votre part, ni votre nom ni le fait "
    "que vous avez répondu ne sont diffusés."
)
"""What the notice always says: it is what the software does."""

_LANDMARKS = (
    ("benne_15m3", "palettes"),
    ("benne_30m3", "cartons"),
    ("benne_15m3", "dib"),
    ("benne_10m3", "gravats"),
    ("bac_660l", "biodechets"),
    ("balle", "cartons"),
    ("fut_200l", "huiles_moteur"),
)


@dataclass(frozen=True)
class SignUp:
    """What the form says of the study, and the communes that it offers."""

    study: str  # Name of the study: what is imported must bear it
    sheet: Sheet
    notice: Notice
    contact_email: str  # Where an answer may go
    post_url: str  # may be empty
    # Working days within which someone calls back; None: no delay is promised
    answer_days: int | None
    # INSEE code and label « Saint-Girons (09261) », by name
    communes: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def notice_lines(self) -> list[tuple[str, str]]:
        """Return the notice as printed: heading and text, French."""
        texts = self.notice.model_dump()
        years = self.notice.retention_years
        unit = "ans" if years > 1 else "an"
        texts["retention_years"] = (
            f"{years} {unit} à compter de la date de la fiche, puis effacement."
        )
        drafted = self.notice.drafted
        lines = [
            (f"{label} ({TO_VALIDATE})" if name in drafted else label, str(texts[name]))
            for name, label in NOTICE_LABELS.items()
        ]
        after = list(NOTICE_LABELS).index("recipients") + 1
        return [*lines[:after], (PUBLISHED_LABEL, PUBLISHED), *lines[after:]]

    @property
    def first_lines(self) -> list[tuple[str, str]]:
        """Return what the page tells of the notice before its fold."""
        heads = {NOTICE_LABELS[name] for name in SAID_FIRST}
        return [line for line in self.notice_lines if line[0] in heads]

    @property
    def has_address(self) -> bool:
        """Say whether the answer can be sent anywhere."""
        return bool(self.contact_email or self.post_url)

    @property
    def is_draft(self) -> bool:
        """Say whether the notice must be printed as a draft."""
        return self.sheet.status != "valide"


def make_sign_up(communes: Released, *, form: Form, sheet: Sheet, study: str) -> SignUp:
    """Gather what the forms print, refusing a notice that is not settled."""
    table = require_released(communes, "communes").table
    require_columns(table, ["code_insee", "nom", "in_area"], where="communes")
    area = table[table["in_area"]]
    offered = sorted(
        zip(area["code_insee"], area["nom"], strict=True),
        key=lambda commune: (name_key(str(commune[1])), commune[0]),
    )
    return SignUp(
        study=study,
        sheet=sheet,
        notice=require_settled(form, status=sheet.status),
        contact_email=form.contact_email,
        post_url=form.post_url,
        answer_days=form.answer_days,
        communes=tuple((str(code), f"{name} ({code})") for code, name in offered),
    )


def nature_families() -> dict[str, dict[str, str]]:
    """Return the natures by family."""
    table = survey_natures()
    return {
        str(family): {str(code): str(label) for code, label in rows["label_fr"].items()}
        for family, rows in table.groupby("family", sort=False)
    }


def conversion_factors() -> dict[str, dict[str, object]]:
    """Return the factors with which the page converts quantities as they are typed."""
    factors = {
        "unites": (
            survey_units(),
            ["kind", "m3", *_ends("kg"), *_ends("fill"), "note"],
        ),
        "natures": (
            survey_natures(),
            ["measure", *_ends("t_per_m3")],
        ),
        "periodes": (
            survey_periods(),
            [*_ends("per_year"), "one_off", "note"],
        ),
    }
    return {
        name: {
            str(code): {
                column: row[column] for column in columns if _is_known(row[column])
            }
            for code, row in table.iterrows()
        }
        for name, (table, columns) in factors.items()
    }


def _ends(name: str) -> list[str]:
    return [f"{name}_{end}" for end in ("low", "mid", "high")]


def _is_known(value: object) -> bool:
    return value == value and value != ""  # noqa: PLR0124 - NaN is not itself


def landmarks() -> list[tuple[str, str, str]]:
    """Return a few conversions that a firm can hold on to."""
    units, natures = survey_choices("unite"), survey_natures()["label_fr"]
    lines = []
    for unit, nature in _LANDMARKS:
        mass = declared_mass_t(1.0, unit, nature=nature, period="an")
        text = written(
            mass.mid_t,
            Place("survey_units", f"{unit} / {nature}", "mid_t"),
            bounds=(mass.low_t, mass.high_t),
            evidence="H",
            unit="t",
            decimals=0,
        )
        lines.append((str(natures[nature]), units[unit], text))
    return lines
