"""The sign-up form, three times the same: offline page, workbook, A4 sheets."""
