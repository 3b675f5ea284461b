"""Every refusal of the delivered perimeters, against a search by brute force."""

import json

import networkx as nx

from eitgeo.maps.words.refusal_words import that_cut
from eitgeo.tables.files import read_table


def test_refusals_are_all_subsets_and_pieces_those_of_networkx(delivered) -> None:
    names = ("refusals", "communes", "contiguity", "perimeters", "perimeter_communes")
    found, communes, pairs, perimeters, members = (
        read_table(delivered.processed, name) for name in names
    )
    about = communes.set_index("code_insee")[["epci_siren", "population"]]
    near = pairs.assign(a=pairs["code_a"].map(about["epci_siren"]))
    near["b"] = near["code_b"].map(about["epci_siren"])
    graphs = {
        "border": nx.from_pandas_edgelist(near, "a", "b"),
        "road": nx.from_pandas_edgelist(near.dropna(subset="road_minutes"), "a", "b"),
    }
    people = about.groupby("epci_siren")["population"].sum()
    inside = members.merge(about, left_on="code_insee", right_index=True)
    epci = inside.groupby("perimeter_id")["epci_siren"].agg(frozenset)
    whole = perimeters[perimeters["compared"] & perimeters["n_epci_cut"].eq(0)]
    assert {*found["perimeter_id"]} == {*whole["perimeter_id"]}
    for name, rows in found.groupby("perimeter_id"):
        refused = [frozenset(one.split(";")) - {""} for one in rows["refused"]]
        assert len({*refused}) == len(rows) == 2 ** len(epci[name])
        for gone, row in zip(refused, rows.to_dict("records"), strict=True):
            left = sorted(epci[name] - gone)
            assert gone <= epci[name]
            assert row["n_left"] == len(left)
            assert row["population"] == people[left].sum()
            for kind, graph in graphs.items():
                known = nx.number_connected_components(graph.subgraph(left))
                assert row[f"n_pieces_{kind}"] == known


def test_listed_unions_have_the_carriers_of_the_comparator(delivered) -> None:
    found, states, perimeters = (
        read_table(delivered.processed, name)
        for name in ("refusals", "union_carrier_states", "perimeters")
    )
    able = states[~states["state"].isin(["impossible", "peu_adapte"])]
    carriers = able.groupby("perimeter_id")["carrier_id"].agg(";".join)
    unions = perimeters[perimeters["method"] == "union_epci"]
    listed = {
        frozenset(json.loads(text)["epci"]): carriers[name]
        for name, text in zip(unions["perimeter_id"], unions["parameters"], strict=True)
    }
    compared = 0
    for _, rows in found.groupby("perimeter_id"):
        every = max((frozenset(one.split(";")) for one in rows["refused"]), key=len)
        for refused, told in zip(rows["refused"], rows["carriers"], strict=True):
            left = every.difference(refused.split(";"))
            assert told == listed.get(left, told)
            compared += left in listed
    assert compared > 200


def test_the_page_on_governance_counts_the_pairs_that_cut(delivered) -> None:
    """« Par les frontières, deux paires sur vingt et une ; par la route, quatre »."""
    found = read_table(delivered.processed, "refusals")
    rows = found[found["perimeter_id"] == "systom_7_epci"]
    for kind, n_pairs in {"border": 2, "road": 4}.items():
        by_size = that_cut(rows, kind)["n_refused"].value_counts()
        assert by_size.get(1, 0) == 0
        assert by_size[2] == n_pairs
    assert rows["n_refused"].eq(2).sum() == 21
