"""Road times and lengths between places, and whether a road crosses a border.

This cut holds the surrogate network (« réseau de substitution »): seats joined
along borders. A network from a dated extract will stand behind the same tables.
"""

from eitgeo.roads.calibration import calibrate, fit_summary, trip_fit
from eitgeo.roads.contiguity import add_road_minutes
from eitgeo.roads.od_matrix import commune_places, od_matrix, outlet_places
from eitgeo.roads.surrogate import SurrogateNetwork, build_surrogate
from eitgeo.roads.towns import town_minutes

__all__ = [
    "SurrogateNetwork",
    "add_road_minutes",
    "build_surrogate",
    "calibrate",
    "commune_places",
    "fit_summary",
    "od_matrix",
    "outlet_places",
    "town_minutes",
    "trip_fit",
]
