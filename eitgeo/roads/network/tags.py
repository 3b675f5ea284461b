"""What the tags of a way mean to a truck and to a car: access, speed, limits.

A missing limit is NaN (unknown), a stated absence of limit is infinity: a missing
tag does not mean unrestricted, and the share of a path without is reported.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

CLOSED, OPEN, DESTINATION = 0, 1, 2
"""Use of a direction by a vehicle: barred, free, only to reach a place there."""

VEHICLES = {
    "truck": ("hgv", "motor_vehicle", "vehicle", "access"),
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
}
"""Access keys from the most to the least specific; the first one present decides."""

LIMITS = ("max_weight_t", "max_height_m", "max_width_m", "max_length_m")
_LIMIT_TAGS = {
    "max_weight_t": ("maxweight:hgv", "maxweight", "maxweightrating"),
    "max_height_m": ("maxheight", "maxheight:physical"),
    "max_width_m": ("maxwidth", "maxwidth:physical"),
    "max_length_m": ("maxlength",),
}
_LIMIT_BOUNDS = {
    "max_weight_t": (0.5, 150.0),
    "max_height_m": (1.0, 20.0),
    "max_width_m": (1.0, 20.0),
    "max_length_m": (2.0, 60.0),
}
WAYS_READ = "voies lues"
STATED = {
    "vitesse signalée": (
        "maxspeed",
        "maxspeed:forward",
        "maxspeed:backward",
        "maxspeed:hgv",
    ),
    "masse permise": _LIMIT_TAGS["max_weight_t"],
    "hauteur permise": _LIMIT_TAGS["max_height_m"],
    "largeur permise": _LIMIT_TAGS["max_width_m"],
    "longueur permise": _LIMIT_TAGS["max_length_m"],
    "accès réglé": (*VEHICLES["truck"], "motorcar"),
    "sens de circulation": ("oneway",),
    "rond-point": ("junction",),
    "péage": ("toll",),
}
"""What ways may say, by the keys that say it."""

SPEED_BOUNDS_KMH = (5.0, 140.0)

_OPEN_WORDS = {"yes", "designated", "permissive", "official", "discouraged", "unknown"}
_DESTINATION_WORDS = {"destination", "delivery", "customers", "local"}
_NO_LIMIT = {"none", "default", "unsigned", "no_sign", "no_indications"}
_ONE_WAY = {"yes", "true", "1"}
_REVERSED = {"-1", "reverse"}
_REACH_ONLY = {"driveway", "parking_aisle", "drive-through"}
_BLOCKING = {
    "block",
    "bollard",
    "chain",
    "cycle_barrier",
    "debris",
    "fence",
    "jersey_barrier",
    "log",
    "motorcycle_barrier",
    "planter",
    "turnstile",
    "wall",
}
_ZONE_KMH = {
    "living_street": 20.0,
    "walk": 6.0,
    "urban": 50.0,
    "zone30": 30.0,
    "zone:30": 30.0,
    "zone20": 20.0,
    "nsl_single": 97.0,
}
_COUNTRY_KMH = {
    ("rural", "FR"): 80.0,
    ("rural", ""): 90.0,
    ("trunk", "FR"): 110.0,
    ("trunk", ""): 100.0,
    ("motorway", "FR"): 130.0,
    ("motorway", ""): 120.0,
}
_MPH = 1.609344
_SHORT_TON_T, _FOOT_M, _INCH_M = 0.90718474, 0.3048, 0.0254
_NUMBER = re.compile(r"^([0-9]+(?:[.,][0-9]+)?)\s*([a-z/]*)$")
_FEET = re.compile(r"^([0-9]+)\s*'\s*(?:([0-9]+(?:\.[0-9]+)?)\s*\"?)?$")


def speed_kmh(text: str) -> float:
    """Read a value of ``maxspeed``.

    Examples
    --------
    >>> speed_kmh("FR:rural"), speed_kmh("70|100"), speed_kmh("none")
    (80.0, 70.0, inf)
    """
    parts = [_one_speed(part.strip()) for part in re.split(r"[|;]", text)]
    known = [value for value in parts if not math.isnan(value)]
    return min(known, default=math.nan)


def _one_speed(text: str) -> float:
    if text == "none":
        return math.inf
    if text in _ZONE_KMH:
        return _ZONE_KMH[text]
    if ":" in text:
        country, _, zone = (
            text.rpartition(":") if "zone:" not in text else (text.partition(":"))
        )
        fixed = _ZONE_KMH.get(zone)
        by_country = _COUNTRY_KMH.get((zone, country), _COUNTRY_KMH.get((zone, "")))
        value = fixed if fixed is not None else by_country
        return math.nan if value is None else value
    number = _NUMBER.match(text.lower())
    if number is None:
        return math.nan
    value = float(number[1].replace(",", "."))
    unit = number[2]
    if unit not in {"", "kmh", "km/h", "kph", "mph", "knots"} or unit == "knots":
        return math.nan
    kmh = value * _MPH if unit == "mph" else value
    low, high = SPEED_BOUNDS_KMH
    return kmh if low <= kmh <= high else math.nan


def limit_value(text: str, *, kind: str) -> float:
    r"""Read a limit of weight [t] or size [m].

    Examples
    --------
    >>> limit_value("3500 kg", kind="max_weight_t")
    3.5
    >>> round(limit_value("13'6\"", kind="max_height_m"), 3)
    4.115
    """
    parts = [_one_limit(part.strip().lower(), kind) for part in text.split(";")]
    known = [value for value in parts if not math.isnan(value)]
    return min(known, default=math.nan)


def _one_limit(text: str, kind: str) -> float:
    if text in _NO_LIMIT:
        return math.inf
    feet = _FEET.match(text)
    number = _NUMBER.match(text)
    if feet is not None and kind != "max_weight_t":
        value = float(feet[1]) * _FOOT_M + float(feet[2] or 0) * _INCH_M
    elif number is not None:
        value = float(number[1].replace(",", ".")) * _unit(number[2], kind)
    else:
        return math.nan
    low, high = _LIMIT_BOUNDS[kind]
    return value if low <= value <= high else math.nan


def _unit(unit: str, kind: str) -> float:
    weights = {"": 1.0, "t": 1.0, "kg": 0.001, "st": _SHORT_TON_T}
    sizes = {"": 1.0, "m": 1.0, "cm": 0.01, "ft": _FOOT_M}
    return (weights if kind == "max_weight_t" else sizes).get(unit, math.nan)


def access(text: str) -> int:
    """Read a value of an access key."""
    words = {word.strip().lower() for word in text.split(";")}
    if words & _OPEN_WORDS:
        return OPEN
    return DESTINATION if words & _DESTINATION_WORDS else CLOSED


def way_attributes(tags: pd.DataFrame) -> pd.DataFrame:
    """Say what each way is to a truck and to a car."""
    table = pd.DataFrame({"class": tags["highway"].to_numpy()})
    general = _each(tags["maxspeed"], speed_kmh)
    for way in ("forward", "backward"):
        own = _each(tags[f"maxspeed:{way}"], speed_kmh)
        table[f"kmh_{way}"] = np.where(np.isnan(own), general, own)
    table["kmh_hgv"] = _each(tags["maxspeed:hgv"], speed_kmh)
    table["kmh_mean"] = np.nan
    for kind in LIMITS:
        table[kind] = _tightest(tags, kind)
    forward, backward = _directions(tags)
    for vehicle in VEHICLES:
        use = _use(tags, vehicle)
        table[f"{vehicle}_forward"] = np.where(forward, use, CLOSED)
        table[f"{vehicle}_backward"] = np.where(backward, use, CLOSED)
    table["bridge"] = ~tags["bridge"].isin(["", "no"]).to_numpy()
    covered = ["", "no", "building_passage"]
    table["tunnel"] = ~tags["tunnel"].isin(covered).to_numpy()
    table["toll"] = tags["toll"].eq("yes").to_numpy()
    return table


def stated(tags: pd.DataFrame) -> dict[str, int]:
    """Count the ways that are read, and those that say what routing looks at."""
    counts = {
        what: int((tags[list(keys)] != "").any(axis=1).sum())
        for what, keys in STATED.items()
    }
    return {WAYS_READ: len(tags)} | counts


def barrier_attributes(tags: pd.DataFrame) -> pd.DataFrame:
    """Say what each barrier is to a truck and to a car."""
    table = pd.DataFrame({"class": ["barrier"] * len(tags)})
    for name in ("kmh_forward", "kmh_backward", "kmh_hgv", "kmh_mean"):
        table[name] = np.nan
    for kind in LIMITS:
        # The limit of the way says what is unknown; a barrier only adds one.
        limit = _tightest(tags, kind)
        table[kind] = np.where(np.isnan(limit), np.inf, limit)
    default = np.where(tags["barrier"].isin(_BLOCKING), CLOSED, OPEN)
    for vehicle, keys in VEHICLES.items():
        use = _first_stated(tags, keys, default)
        table[f"{vehicle}_forward"] = use
        table[f"{vehicle}_backward"] = use
    for name in ("bridge", "tunnel", "toll"):
        table[name] = False
    return table


def _each(values: pd.Series[str], read: Callable[[str], float]) -> np.ndarray:
    """Read each distinct text once; an empty one is NaN."""
    code, texts = pd.factorize(values)
    known = [read(text) if text else math.nan for text in texts]
    return np.array(known, dtype=float)[code]


def _tightest(tags: pd.DataFrame, kind: str) -> np.ndarray:
    read = partial(limit_value, kind=kind)
    limits = [_each(tags[tag], read) for tag in _LIMIT_TAGS[kind] if tag in tags]
    if not limits:
        return np.full(len(tags), np.nan)
    return np.fmin.reduce(limits)


def _directions(tags: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    stated = tags["oneway"].str.lower()
    round_about = tags["junction"].isin(["roundabout", "circular"])
    # A link that says nothing goes both ways: only motorways and roundabouts imply one.
    motorway = tags["highway"].eq("motorway")
    implied = (round_about | motorway) & ~stated.isin(["no", "false", "0", *_REVERSED])
    only_forward = stated.isin(_ONE_WAY) | implied
    only_backward = stated.isin(_REVERSED)
    # A direction that changes with the hour cannot be counted on.
    barred = stated.eq("reversible")
    forward = ~(only_backward | barred)
    return forward.to_numpy(), (~(only_forward | barred)).to_numpy()


def _use(tags: pd.DataFrame, vehicle: str) -> np.ndarray:
    default = np.full(len(tags), OPEN)
    default[tags["service"].isin(_REACH_ONLY).to_numpy()] = DESTINATION
    default[tags["highway"].eq("track").to_numpy()] = CLOSED
    return _first_stated(tags, VEHICLES[vehicle], default)


def _first_stated(
    tags: pd.DataFrame, keys: tuple[str, ...], default: np.ndarray
) -> np.ndarray:
    use = default.copy()
    for key in reversed(keys):
        stated = tags[key].ne("").to_numpy()
        use = np.where(stated, _each(tags[key], access), use)
    return use.astype(np.int8)
