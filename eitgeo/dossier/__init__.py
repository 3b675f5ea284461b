"""Documents to read and edit: content in, bytes of a file out."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.dossier._typst import dossier_pdf
    from eitgeo.dossier._word import dossier_docx
    from eitgeo.dossier.contacts import contacts_xlsx, keep_until
    from eitgeo.dossier.desk import Desk, MatterTables, Terms
    from eitgeo.dossier.match_sheets import MatchSheet, Partner, match_sheets_docx
    from eitgeo.dossier.model import Dossier, Value, all_chapters, all_runs
    from eitgeo.dossier.whole import make_dossier

__all__ = [
    "Desk",
    "Dossier",
    "MatchSheet",
    "MatterTables",
    "Partner",
    "Terms",
    "Value",
    "all_chapters",
    "all_runs",
    "contacts_xlsx",
    "dossier_docx",
    "dossier_pdf",
    "keep_until",
    "make_dossier",
    "match_sheets_docx",
]

lend(__name__)
