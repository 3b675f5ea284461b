"""Road times and lengths between places, and whether a road crosses a border.

Two networks stand behind the same tables: the surrogate (« réseau de substitution »,
seats joined along borders), and a real one from a dated extract of OpenStreetMap or
BD TOPO, on which the paths of vehicles are exact.
"""
