"""The keys of the study that put perimeters in order."""

from pathlib import Path

import pytest
import yaml

from eitgeo.errors import StudyError
from eitgeo.study.project import read_study
from eitgeo.study.sections import Comparison, Study

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = yaml.safe_load((ROOT / "study.yaml").read_text(encoding="utf-8"))


def read(tmp_path: Path, **comparison: object) -> Study:
    """Read the default study with other keys of its comparison."""
    path = tmp_path / "study.yaml"
    changed = DEFAULT | {"comparison": DEFAULT["comparison"] | comparison}
    path.write_text(yaml.safe_dump(changed, allow_unicode=True), encoding="utf-8")
    return read_study(path)


def test_the_pair_is_the_one_named_else_the_first_two(tmp_path) -> None:
    study = read(tmp_path)
    assert study.first_pair == ("petr_comminges", "systom_7_epci")
    turned = read(tmp_path, first_pair=["petr_nestes", "route_45min"])
    assert turned.first_pair == ("petr_nestes", "route_45min")
    first_two = ("petr_comminges", "petr_nestes")
    assert read(tmp_path, first_pair=None).first_pair == first_two


@pytest.mark.parametrize(
    ("comparison", "fault"),
    [
        ({"first_pair": ["petr_comminges", "petr_nulle_part"]}, "« petr_nulle_part »"),
        ({"first_pair": ["petr_comminges"]}, "first_pair"),
        ({"ranking": {"weights": {"n_epci": -1}}}, "ranking.weights.n_epci"),
        ({"ranking": {"estimates": "oui"}}, "ranking.estimates"),
        ({"ranking": {"n_weight_draws": 10}}, "ranking.n_weight_draws"),
        ({"ranking": {"decided_from_pct": 50}}, "ranking.decided_from_pct"),
        ({"ranking": {"poids": {}}}, "clé inconnue « comparison.ranking.poids »"),
        ({"stress": {"without_epci": ["31"]}}, "stress.without_epci"),
    ],
)
def test_unsound_keys_are_refused(tmp_path, comparison, fault) -> None:
    with pytest.raises(StudyError, match=fault):
        read(tmp_path, **comparison)


def test_orders_are_told_from_eighty_per_cent_without_estimates() -> None:
    ranking = Comparison().ranking
    assert ranking.decided_from_pct == 80
    assert ranking.estimates == "exclues"


def test_made_up_sites_are_told_from_the_reader() -> None:
    assert read_study(ROOT / "study.yaml").has_synthetic_sites
    assert not read_study(ROOT / "tests/studies/real.yaml").has_synthetic_sites
