"""Sole traders and withheld firms of official files, from raw file to publication.

The largest sites of a small territory are theirs: every map, page and table that names
or shows a site would have them first.
"""

import shutil

import pytest

from eitgeo.tables.files import read_table
from tests.disclosure.scan import EXAMPLES, scan
from tests.studies.couserans import HIDDEN, TOLD, TRADERS, WITHHELD

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler absent"
)


def test_the_hidden_sites_are_in_the_study(couserans) -> None:
    sites = read_table(couserans.project.processed, "sites")
    is_hidden = sites["natural_person"] | ~sites["diffusible"]
    hidden = sites[is_hidden]
    assert len(hidden) >= len(HIDDEN)
    planted = TRADERS | WITHHELD
    assert (hidden["headcount_low"] >= 100).sum() >= len(planted)
    first = sites["headcount_mid"].sort_values(ascending=False, kind="stable").index
    assert is_hidden[first[: len(planted)]].all()


def test_no_hidden_name_or_number_is_published(couserans) -> None:
    project = couserans.project
    names = [*HIDDEN, *HIDDEN.values(), *(siret[:9] for siret in HIDDEN)]
    allowed = [project.study.identity.contact, *EXAMPLES]
    # One of them may be told, where sites are: the same reader finds it.
    told = scan(project.maps, names=[*names, TOLD], allowed=allowed)
    public = [one for one in told if (one.what, one.text) == ("nom", TOLD)]
    assert [one for one in told if one not in public] == []
    # Paper, and the dossier: the study without a stamp prints them.
    kinds = {one.file.rpartition(".")[2] for one in public}
    assert kinds >= {"html", "gpkg", "xlsx"}
