"""How the methods that vote are called, in French; none is imported."""

FAMILIES = {
    "temps_de_route": "temps de route",
    "ward": "Ward",
    "skater": "SKATER",
    "maxp": "max-p",
    "communautes": "communautés d'échanges",
    "croissance": "croissance par les liens",
    "optimum": "contour par les échanges",
}
"""Families of methods, in French."""

LEFT_OUT_BY_QUICK = (
    "max-p, SKATER sauf trois découpages, les graines sauf une, les tirages de ratios "
    "sauf un et la recherche longue des contours par les échanges d'autres plafonds"
)
"""What a « rapide » study does not run, as its outputs say it."""
