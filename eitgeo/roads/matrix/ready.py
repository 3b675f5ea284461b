"""A network made ready once: its states, and their order kept on disk."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import routingkit_cch as cch

from eitgeo.roads.matrix.topology import Topology, build_topology
from eitgeo.store import write

if TYPE_CHECKING:
    from eitgeo.roads.network.graph import RoadGraph

    Ints = npt.NDArray[np.int64]

_log = logging.getLogger(__name__)
_PLANE_M = 100_000.0
"""Metres that a unit of the plane of the order stands for: some degree."""


@dataclass(frozen=True)
class Network:
    """A road graph made ready for one kind of vehicle.

    ``topology``: its states and moves for the kind of vehicle. ``order``: shape
    (states,): the contraction order, least important state first.
    """

    graph: RoadGraph = field(repr=False)
    topology: Topology = field(repr=False)
    order: Ints = field(repr=False)

    @cached_property
    def hierarchy(self) -> Any:
        """The shortcuts that the order makes, built once and without any weight."""
        topology = self.topology
        ends = (self.order, topology.tail, topology.head)
        return cch.CCH(*(values.astype(np.uint32) for values in ends), False)  # noqa: FBT003


def order_network(graph: RoadGraph, topology: Topology) -> Network:
    """Order the states once, whatever the weights."""
    # A plane stands in for degrees: only where states lie to one another counts.
    y, x = (
        ((side - side.min(initial=np.inf)) / _PLANE_M)[topology.node].astype(np.float32)
        for side in (graph.y, graph.x)
    )
    links = (ends.astype(np.uint32) for ends in (topology.tail, topology.head))
    n = len(topology.node)
    # The library falls on a network without a state.
    order = cch.compute_order_inertial(n, *links, y, x) if n else []
    return Network(graph, topology, np.array(order, dtype=np.int64))


def prepare_network(graph: RoadGraph, kind: str, *, cache: Path) -> Network:
    """Lay out the states of a kind of vehicle and order them, once.

    ``kind``: ``truck`` or ``car``. ``cache``: folder where the order is kept, made if
    needed; what it holds may be removed at any time. Returns: ready for any vehicle of
    that kind, whatever is closed.

    Notes
    -----
    The file is named by the digest of the moves, of the positions and of the code
    that orders: another network, or another rule, makes another file. A file that
    is not a whole order of these states is written again.
    """
    topology = build_topology(graph, kind)
    path = cache / f"ordre-{order_digest(graph, topology)[:32]}.npy"
    order = _kept_order(path, len(topology.node))
    if order is None:
        _log.info("réseau : mise en ordre de %d états", len(topology.node))
        network = order_network(graph, topology)
        _keep(path, network.order)
        return network
    return Network(graph, topology, order)


def order_digest(graph: RoadGraph, topology: Topology) -> str:
    """Digest what the order of a network depends on."""
    total = hashlib.sha256()
    total.update(f"{version('routingkit-cch')} {_PLANE_M}".encode())
    for values, kind in (
        (topology.node, "<i8"),
        (topology.tail, "<i8"),
        (topology.head, "<i8"),
        (graph.x, "<f8"),
        (graph.y, "<f8"),
    ):
        total.update(f":{len(values)}:".encode())
        total.update(np.ascontiguousarray(values, dtype=kind).tobytes())
    return total.hexdigest()


def _kept_order(path: Path, n_states: int) -> Ints | None:
    """Return the order that a file holds; None where it holds none."""
    if not path.is_file():
        return None
    try:
        order = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        _log.info("%s : fichier abîmé, refait", path.name)
        return None
    whole = order.shape == (n_states,) and np.issubdtype(order.dtype, np.integer)
    if not whole or not np.array_equal(np.sort(order), np.arange(n_states)):
        _log.info("%s : ordre incomplet, refait", path.name)
        return None
    return np.asarray(order, dtype=np.int64)


def _keep(path: Path, order: Ints) -> None:
    narrow = order.astype("<u4")

    def writer(partial: Path) -> None:
        with partial.open("wb") as handle:
            np.save(handle, narrow, allow_pickle=False)

    write(path, writer)
