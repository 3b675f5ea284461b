"""Documents to read and edit: content in, bytes of a file out."""

from eitgeo.dossier.contacts import contacts_xlsx, keep_until
from eitgeo.dossier.match_sheets import MatchSheet, Partner, match_sheets_docx

__all__ = [
    "MatchSheet",
    "Partner",
    "contacts_xlsx",
    "keep_until",
    "match_sheets_docx",
]
