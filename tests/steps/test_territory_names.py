"""What the page of the territory is called, whatever list of members is held."""

from eitgeo.words import split_name


def test_the_name_of_a_body_goes_without_the_list_it_is() -> None:
    assert split_name("Syndicat d’Aval – hypothèse à confirmer (3 EPCI entiers)") == (
        "Syndicat d’Aval",
        "hypothèse à confirmer (3 EPCI entiers)",
    )
    assert split_name("Syndicat d’Aval-Amont") == ("Syndicat d’Aval-Amont", "")
