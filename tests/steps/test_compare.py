"""Which perimeters may be compared, and what a wrong name is answered."""

import pytest

from eitgeo.commands.compare import _require_perimeters
from eitgeo.errors import StudyError

KNOWN = ["petr_nord", "systom", *(f"union_{rank:04d}" for rank in range(1, 393))]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("petr_nor", "vouliez-vous dire « petr_nord » ?"),
        ("union_28", "vouliez-vous dire « union_0028 » ?"),
        ("UNION28", "vouliez-vous dire « union_0028 » ?"),
        (
            "200072643",
            "valeurs admises : petr_nord, systom ; unions : union_0001 à union_0392",
        ),
        ("union_0393", "unions : union_0001 à union_0392 "),
        ("union_0000", "unions : union_0001 à union_0392 "),
    ],
)
def test_a_wrong_name_is_answered_with_what_may_be_written(name, told) -> None:
    with pytest.raises(StudyError) as caught:
        _require_perimeters(["systom", name], KNOWN)
    (line,) = str(caught.value).splitlines()[1:]
    assert told in line


def test_a_study_without_unions_does_not_speak_of_them() -> None:
    with pytest.raises(StudyError) as caught:
        _require_perimeters(["systom", "zzz"], KNOWN[:2])
    assert str(caught.value).endswith("valeurs admises : petr_nord, systom")
