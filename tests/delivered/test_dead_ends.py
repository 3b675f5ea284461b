"""Which valleys hang on one road, on the network of the delivered study.

The source of each fact is geography that any map shows, on the French side: roads over
the border are not in the extract.
"""

import pandas as pd
import pytest

from eitgeo.tables.files import read_table

# Communes that a road alone joins to every town: upstream of Saint-Béat, the Garonne
# leaves Spain along one road; Aragnouet ends the valley of Aure and its only other
# road is the tunnel to Bielsa; Biros ends at Sentein; Couflens ends that of the Salat.
ON_ONE_ROAD = {
    "N 125": {"31017", "31190", "31337"},  # Arlos, Fos, Melles
    "D 929": {"65017", "65117", "65450"},
    "D 4": {"09011", "09290"},
    "D 3": {"09100"},
}


@pytest.fixture
def valleys(delivered):
    rows = read_table(delivered.processed, "dead_end_valleys")
    if delivered.study.roads.criticality is None:
        pytest.skip("the delivered study does not ask which links its trips need")
    return rows


@pytest.mark.parametrize("ref", list(ON_ONE_ROAD))
def test_valleys_known_to_hang_on_one_road_do(valleys, ref):
    mine = valleys[valleys["ref"].str.split(";").map(lambda refs: ref in refs)]
    assert any(ON_ONE_ROAD[ref] <= {*codes.split(";")} for codes in mine["communes"])


def test_valleys_with_a_pass_do_not_hang_on_one_road(valleys, delivered):
    # Luchon: Peyresourde, Menté and the road of the Garonne; Arreau: Peyresourde and
    # Aspin; Aspet: Ares, Menté and Portet-d'Aspet.
    communes = read_table(delivered.processed, "communes").set_index("code_insee")
    cut = {code for codes in valleys["communes"] for code in codes.split(";")}
    names = pd.Series(communes.loc[sorted(cut), "nom"])
    assert not {"Bagnères-de-Luchon", "Arreau", "Aspet"} & {*names}
