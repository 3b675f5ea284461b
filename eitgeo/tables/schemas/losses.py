"""Tables of what a step did not keep, and of what is doubtful in what it kept."""

from eitgeo.tables.columns import TableSpec, count, text

AUDITED_STEPS = ("territory", "counts", "sites", "outlets", "official_zones")
"""Steps that read official files."""


def _dropped(step: str) -> TableSpec:
    name = f"{step}_dropped"
    columns = {
        "source": text(),
        "file": text(),
        "row": text(),
        "subject": text(),
        "reason": text(),
    }
    # Millions of rows of a national file are counted, not listed.
    return TableSpec(name, tuple(columns), {**columns, "n_rows": count(1)})


def _remarks(step: str) -> TableSpec:
    name = f"{step}_remarks"
    columns = {
        "source": text(),
        "file": text(),
        "row": text(),
        "subject": text(),
        "kind": text(),
        "detail": text(),
    }
    return TableSpec(name, tuple(columns), columns)


LOSS_SPECS = [make(step) for step in AUDITED_STEPS for make in (_dropped, _remarks)]
