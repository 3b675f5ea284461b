"""Section ``form`` of a study: no notice, no form."""

from pathlib import Path

import pytest

from eitgeo.errors import StudyError
from eitgeo.study.asked import Form, Notice, require_settled
from eitgeo.study.project import read_study

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = (ROOT / "study.yaml").read_text(encoding="utf-8")
TEXTS = ["controller", "purpose", "legal_basis", "recipients", "rights", "dpo_contact"]


def test_the_default_study_has_a_whole_notice_still_to_be_confirmed() -> None:
    study = read_study(ROOT / "study.yaml")
    assert study.form is not None
    assert study.form.post_url == ""
    assert study.form.notice.retention_years == 3
    notice = require_settled(study.form, status="projet")
    assert "à confirmer" in notice.controller
    with pytest.raises(
        StudyError, match=r"« form\.notice\.controller », .*dpo_contact"
    ):
        require_settled(study.form, status="valide")


def test_a_settled_notice_passes_in_a_validated_study() -> None:
    notice = Notice.model_validate(dict.fromkeys(TEXTS, "texte définitif"))
    form = Form(notice=notice)
    assert require_settled(form, status="valide") is notice


def without(name: str) -> str:
    """Return the default study without a text of the notice."""
    head, tail = DEFAULT.split("  notice:\n")
    lines = tail.splitlines()
    start = next(n for n, one in enumerate(lines) if one.strip().startswith(name))
    end = start + 1
    while end < len(lines) and lines[end].startswith("      "):
        end += 1
    return f"{head}  notice:\n" + "\n".join(lines[:start] + lines[end:]) + "\n"


@pytest.mark.parametrize("name", TEXTS)
def test_an_absent_text_is_refused_by_its_name(tmp_path, name) -> None:
    path = tmp_path / "étude.yaml"
    path.write_text(without(name), encoding="utf-8")
    with pytest.raises(StudyError, match=rf"« form\.notice\.{name} » absente"):
        read_study(path)


@pytest.mark.parametrize(
    ("old", "new", "met"),
    [
        ("dpo_contact: adresse à confirmer", 'dpo_contact: "  "', "texte requis"),
        ("retention_years: 3", "retention_years: 0", "doit être au moins 1"),
        ('post_url: ""', "post_url: http://exemple.fr/x", "post_url"),
        ('post_url: ""', "post_url: https://moi:secret@exemple.fr/x", "post_url"),
        ('post_url: ""', "post_url: https://*/x", "post_url"),
        ('post_url: ""', 'post_url: "https://exemple.fr/\'; x"', "post_url"),
        ('contact_email: ""', "contact_email: pas-une-adresse", "contact_email"),
        ('contact_email: ""', "contact_email: a@b.fr?cc=c@d.fr", "contact_email"),
        ("recipients: >-", "recipient: >-", "« recipients »"),
    ],
)
def test_a_wrong_value_is_refused(tmp_path, old, new, met) -> None:
    assert DEFAULT.count(old) == 1
    path = tmp_path / "étude.yaml"
    path.write_text(DEFAULT.replace(old, new), encoding="utf-8")
    with pytest.raises(StudyError, match=met):
        read_study(path)


def test_a_study_may_have_no_form(tmp_path) -> None:
    path = tmp_path / "étude.yaml"
    head, tail = DEFAULT.split("\nform:")
    rest = [one for one in tail.splitlines()[1:] if not one.startswith((" ", "#"))]
    path.write_text(head + "\n" + "\n".join(rest) + "\n", encoding="utf-8")
    study = read_study(path)
    assert study.form is None
    assert study.section("form") == {}
