"""The sign-up form, three times the same: offline page, workbook, A4 sheets."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.maps.form.page import content_policy, sign_up_page
    from eitgeo.maps.form.paper import sign_up_pdf
    from eitgeo.maps.form.sign_up import SignUp, make_sign_up
    from eitgeo.maps.form.workbook import sign_up_xlsx

__all__ = [
    "SignUp",
    "content_policy",
    "make_sign_up",
    "sign_up_page",
    "sign_up_pdf",
    "sign_up_xlsx",
]

lend(__name__)
