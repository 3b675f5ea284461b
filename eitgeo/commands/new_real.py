"""Start the study of a territory on official files, from the names of its EPCI."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Literal, NamedTuple

from eitgeo.check import Faults
from eitgeo.commands.new_study import note_folder, note_name, require_study
from eitgeo.commands.real_choice import Place, choose_place
from eitgeo.commands.real_register import (
    DISK,
    Wired,
    area_km2,
    licences,
    of_use,
    register_text,
    size_mb,
    widened,
    wire_files,
)
from eitgeo.commands.real_text import RealText, missing_lines, real_study_text
from eitgeo.commands.study_text import Wanted, ignore_in_git
from eitgeo.errors import StudyError
from eitgeo.sources.territory.search_lists import read_epci_list
from eitgeo.store import new_files, write_bytes

BUFFER_KM = 40.0
"""Width of the ring where takers are looked for [km]."""

OVERPASS_KM2 = 2000.0
"""Below, territory and ring together, roads are asked of Overpass [km²]."""

LEAVABLE = {
    "sirene": ("sirene", "sirene_units", "sirene_places"),
    "routes": ("osm", "osmnx"),
    "banatic": ("banatic",),
    "urssaf": ("urssaf_ape",),
    "insee": ("insee",),
    "icpe": ("icpe",),
    "gerep": ("gerep",),
    "sinoe": ("sinoe",),
}
"""What a study may do without, and the files that go with it."""

_OUTLETS = {"icpe", "gerep", "sinoe"}

type RoadChoice = Literal["auto", "osm", "osmnx"]


class RealStudy(NamedTuple):
    """What was written.

    ``path``: the study file. ``epci``: SIREN → name of its EPCI, the most populated
    first. ``population``: their inhabitants, as the list of the EPCI says.
    ``n_communes``: their communes, as the list says. ``departements``: those of the
    territory and of its ring. ``n_files``: files to download. ``size_mb``, ``disk_mb``:
    to download, and on the disk at the end: of the order of [MB]. ``licences``: names
    of the files under each licence. ``missing``: what the study lacks, and what stands
    in for it (French). ``ignored``: lines added to ``.gitignore``. ``most``: EPCI of a
    union at most, where all unions may be too many to be measured.
    """

    path: Path
    epci: dict[str, str]
    population: int
    n_communes: int
    departements: tuple[str, ...]
    n_files: int
    size_mb: float
    disk_mb: float
    licences: dict[str, list[str]]
    missing: list[str]
    ignored: tuple[str, ...]
    most: int | None


def new_real(
    folder: Path,
    wanted: Wanted,
    *,
    epci_list: Path | None = None,
    roads: RoadChoice = "auto",
    without: Collection[str] = (),
    buffer_km: float = BUFFER_KM,
) -> RealStudy:
    """Write the study of some whole EPCI on official files, and their register.

    ``folder``: where it is written; absent or empty. ``wanted``: names or SIREN of
    EPCI, départements, title, edition. ``epci_list``: list of EPCI in place of that of
    the package, with the same columns. ``roads``: ``osm``: regional extracts;
    ``osmnx``: a graph asked of Overpass; ``auto``: the latter below `OVERPASS_KM2`,
    territory and ring together. ``without``: keys of `LEAVABLE`: a stand-in takes their
    place, and the study says it. ``buffer_km``: width of the ring [km]. Refused: name
    or folder that cannot be taken, EPCI that is not known or that several are,
    territory overseas; all at once where they can be.
    """
    _require(folder, wanted, without)
    place = choose_place(wanted, read_epci_list(epci_list), buffer_km=buffer_km)
    left = {use for name in without for use in LEAVABLE[name]}
    if roads == "auto":
        small = area_km2(widened(place.box, buffer_km)) < OVERPASS_KM2
        roads = "osmnx" if small else "osm"
    files = wire_files(place, buffer_km=buffer_km, roads=roads, without=left)
    _require_land(place, files)
    text_of = RealText(wanted, place, files, buffer_km)
    text = real_study_text(text_of, f"{folder.name}/study.yaml")
    require_study(text)
    ignored = ignore_in_git(folder)
    with new_files():
        write_bytes(folder / "data/sources.csv", register_text(files).encode())
        path = write_bytes(folder / "study.yaml", text.encode())
    rows = place.epci
    return RealStudy(
        path,
        dict(rows["name"]),
        int(rows["population"].sum()),
        int(rows["n_communes"].sum()),
        place.departements,
        len(files),
        size_mb(files),
        DISK * size_mb(files),
        licences(files),
        missing_lines(text_of),
        tuple(ignored),
        place.most,
    )


def _require(folder: Path, wanted: Wanted, without: Collection[str]) -> None:
    faults = Faults("nouvelle étude")
    note_name(wanted.name, faults)
    note_folder(folder, faults)
    for name in without:
        if name not in LEAVABLE:
            faults.add(f"--without {name}", remedy=f"l'un de : {', '.join(LEAVABLE)}")
    if set(without) >= _OUTLETS:
        remedy = "garder icpe, gerep ou sinoe"
        faults.add("aucune source d'exutoires", remedy=remedy)
    faults.raise_if_any(StudyError)


def _require_land(place: Place, files: list[Wired]) -> None:
    """Refuse a box at sea: no relief, no road, no neighbour is there."""
    if of_use(files, "relief"):
        return
    box = ", ".join(f"{one:g}" for one in place.box)
    faults = Faults("nouvelle étude")
    for siren, name in place.epci["name"].items():
        faults.add(
            f"{name} ({siren}) : aucune terre de France métropolitaine dans son "
            f"cadre ({box}) ni dans sa couronne",
            remedy="corriger west, south, east, north dans la liste (--epci-list)",
        )
    faults.raise_if_any(StudyError)
