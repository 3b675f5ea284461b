"""The order in which a hierarchy contracts the states of a network.

Dead ends and the stretches between junctions come first: whatever the weights,
contracting a state of one or two neighbours adds one shortcut at most, and leaves a
network that is no harder. What is left has three neighbours a state or more: on real
roads, a fraction of the states. These go by nested dissection on their positions: a
part is cut in two by few links, the ends of the cut links on one side are contracted
after both halves, and each half is cut in turn. Large parts are cut where a flow
across their middle finds the fewest links (inertial flow), small ones all at once
along the best of four straight lines. Any order gives the same paths; a good one
gives them sooner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Narrow = npt.NDArray[np.int32]
    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Links = tuple[Narrow, Narrow]

_LARGE = 1_000
"""States above which a part is cut by a flow."""
_SMALL = 8
"""States below which a part is not cut."""
_ENDS = 0.4
"""Share of a part on each side of the band where the flow looks for its cut."""
_UNEVEN = 0.2
"""How far from one half a straight cut may stand."""
_ANGLES = np.arange(4) * np.pi / 4
_LIGHT = 2
_FEW = 200
"""Peeling stops where a round would take less than one state out of so many."""
_SCATTER = np.uint64(2_654_435_761)
"""Odd: multiplied by it, modulo 2³², the first numbers are all over the place."""


@dataclass
class _Parts:
    """What is not ranked yet, part by part.

    ``label``: shape (states,): the part of each state; −1 once it has its rank.
    ``low``: shape (parts,): the first rank of each part.
    """

    label: Narrow
    low: Ints


def contraction_order(
    tail: Ints | Narrow, head: Ints | Narrow, *, x: Floats, y: Floats
) -> Ints:
    """Order the states of a network, whatever its weights.

    Notes
    -----
    5 to 8 s of one core for a million states that 1.35 million links join, a
    fifth of what the inertial flow of RoutingKit takes (``benchmarks/roads.py``).

    References
    ----------
    A. Schild and C. Sommer, « On balanced separators in road networks », SEA 2015.
    J. Dibbelt, B. Strasser and D. Wagner, « Customizable contraction hierarchies »,
    ACM Journal of Experimental Algorithmics 21, 2016.

    Examples
    --------
    Four roads that end, at one crossing: it is contracted last.

    >>> crossing, ends = np.zeros(4, dtype=int), np.arange(1, 5)
    >>> x, y = np.array([0.0, 1, 0, -1, 0]), np.array([0.0, 0, 1, 0, -1])
    >>> order = contraction_order(crossing, ends, x=x, y=y)
    >>> int(order[-1])
    0
    """
    n = len(x)
    first, links = peel(distinct_links(tail, head, n), n)
    rank = np.full(n, -1, dtype=np.int32)
    rank[first] = np.arange(len(first))
    rest = np.flatnonzero(rank < 0)
    number = np.zeros(n, dtype=np.int32)
    number[rest] = np.arange(len(rest))
    inner = (number[links[0]], number[links[1]])
    rank[rest] = len(first) + _dissect(inner, (x[rest], y[rest]))
    order = np.empty(n, dtype=np.int64)
    order[rank] = np.arange(n)
    return order


def _dissect(links: Links, place: tuple[Floats, Floats]) -> Narrow:
    """Rank states by nested dissection."""
    n = len(place[0])
    rank = np.full(n, -1, dtype=np.int32)
    if n:
        place = (place[0] - place[0].mean(), place[1] - place[1].mean())
    parts = _cut_large(links, place, rank)
    links = _inside(links, parts.label)
    lines = [np.argsort(_along(place, angle), kind="stable") for angle in _ANGLES]
    while len(parts.low):
        lines = [_by_part(line, parts.label) for line in lines]
        links = _cut_small(links, lines, rank, parts)
    return rank


def _along(place: tuple[Floats, Floats], angle: float) -> Floats:
    return np.asarray(np.cos(angle) * place[0] + np.sin(angle) * place[1])


def _cut_large(links: Links, place: tuple[Floats, Floats], rank: Narrow) -> _Parts:
    """Cut the large parts one by one; return the others."""
    label = np.full(len(rank), -1, dtype=np.int32)
    low: list[int] = []
    stack = [(np.arange(len(rank), dtype=np.int32), links, 0)]
    while stack:
        states, (u, v), first = stack.pop()
        if len(states) <= _LARGE:
            if len(states):
                label[states] = len(low)
                low.append(first)
            continue
        left = _flow_cut((u, v), (place[0][states], place[1][states]))
        apart = _separator((u, v), left)
        last = first + len(states)
        rank[states[apart]] = np.arange(last - len(apart), last)
        side = left.astype(np.int8)
        side[apart] = -1
        for half in (0, 1):
            chosen = side == half
            number = np.cumsum(chosen, dtype=np.int32) - 1
            both = chosen[u] & chosen[v]
            inner = (number[u[both]], number[v[both]])
            stack.append((states[chosen], inner, first))
            first += int(chosen.sum())
    return _Parts(label, np.array(low, dtype=np.int64))


def _separator(links: Links, left: Flags) -> Narrow:
    """Return the ends of the cut links, on the side where they are fewest."""
    u, v = links
    cut = left[u] != left[v]
    on_left = np.unique(np.where(left[u], u, v)[cut])
    on_right = np.unique(np.where(left[u], v, u)[cut])
    return on_left if len(on_left) <= len(on_right) else on_right


def _flow_cut(links: Links, place: tuple[Floats, Floats]) -> Flags:
    """Cut a part across its middle: the states on the side of its first ones."""
    n = len(place[0])
    low, high = int(_ENDS * n), int((1 - _ENDS) * n)
    ranks: list[tuple[float, int, Narrow]] = []
    for angle in _ANGLES:
        position = np.empty(n, dtype=np.int32)
        position[np.argsort(_along(place, angle), kind="stable")] = np.arange(n)
        crossing = _crossings(position[links[0]], position[links[1]], n)
        mean = float(crossing[low : high + 1].mean())
        ranks.append((mean, len(ranks), position))
    *_, position = min(ranks, key=lambda one: one[:2])
    # All that is before the band is one node, all that is after it another.
    node = np.clip(position - low + 1, 0, high - low + 1)
    return _source_side(node[links[0]], node[links[1]], high - low + 2)[node]


def _source_side(a: Narrow, b: Narrow, n: int) -> Flags:
    """Nodes on the side of the first node of a least cut from the last one."""
    apart = a != b
    a, b = a[apart], b[apart]
    ends = (np.concatenate([a, b]), np.concatenate([b, a]))
    room = csr_array((np.ones(len(ends[0]), dtype=np.int32), ends), shape=(n, n))
    room.sum_duplicates()
    rest = room - maximum_flow(room, 0, n - 1).flow
    rest.data = np.maximum(rest.data, 0)
    rest.eliminate_zeros()
    near, far = np.zeros(n, dtype=bool), np.ones(n, dtype=bool)
    near[breadth_first_order(rest, 0, return_predecessors=False)] = True
    back = breadth_first_order(rest.T.tocsr(), n - 1, return_predecessors=False)
    far[back] = False
    # Of the first and the last of the least cuts, the one nearer the middle.
    return min((near, far), key=lambda side: abs(2 * int(side.sum()) - n))


def _crossings(a: Ints | Narrow, b: Ints | Narrow, n: int) -> Ints:
    """Count the links over each gap: entry ``i`` is before the state ``i``."""
    opens = np.bincount(np.minimum(a, b) + 1, minlength=n + 1)
    closes = np.bincount(np.maximum(a, b) + 1, minlength=n + 1)
    return np.cumsum(opens - closes)[:n]


def _by_part(line: Ints, label: Narrow) -> Ints:
    """Keep the order along a line, part after part."""
    unranked = line[label[line] >= 0]
    return unranked[np.argsort(label[unranked], kind="stable")]


def _cut_small(links: Links, lines: list[Ints], rank: Narrow, parts: _Parts) -> Links:
    """Cut every part once along its best line; return the links inside the halves."""
    size = np.bincount(parts.label[lines[0]], minlength=len(parts.low))
    right = _line_cuts(links, lines, (parts.label, size))
    apart = _separators(links, right, parts.label, len(size))
    group = 2 * parts.label + right
    group[apart] = -1
    top = parts.low + size
    _rank_last(apart, parts.label[apart], rank, top)
    halves = np.bincount(group[group >= 0], minlength=2 * len(size))
    low = np.repeat(parts.low, 2)
    low[1::2] += halves[::2]
    small = halves <= _SMALL
    leaves = np.flatnonzero((group >= 0) & small[group])
    _rank_last(leaves, group[leaves], rank, low + halves)
    number = np.where(small, -1, np.cumsum(~small) - 1).astype(np.int32)
    parts.label = np.where(group >= 0, number[group], -1).astype(np.int32)
    parts.low = low[~small]
    return _inside(links, parts.label)


def _inside(links: Links, label: Narrow) -> Links:
    """Keep the links between states of one part."""
    part, other = label[links[0]], label[links[1]]
    inside = (part == other) & (part >= 0)
    return links[0][inside], links[1][inside]


def _rank_last(states: Ints, group: Narrow, rank: Narrow, top: Ints) -> None:
    """Give states the last ranks of their group, in order."""
    order = np.argsort(group, kind="stable")
    states, group = states[order], group[order]
    count = np.bincount(group, minlength=len(top))
    start = np.cumsum(count) - count
    rank[states] = (top - count - start)[group] + np.arange(len(states))


def _line_cuts(links: Links, lines: list[Ints], of: tuple[Narrow, Ints]) -> Flags:
    """Say which states are past the best cut of their part."""
    label, size = of
    m = len(lines[0])
    owner = np.repeat(np.arange(len(size)), size)
    start = np.cumsum(size) - size
    share = (np.arange(m) - start[owner]) / size[owner]
    allowed = np.abs(share - 0.5) <= _UNEVEN
    balance = np.where(allowed, share * (1 - share), 0.0)
    best = np.full(len(size), np.inf)
    cut = np.zeros(len(size), dtype=np.int64)
    chosen = np.zeros(len(size), dtype=np.int64)
    position = np.empty(len(label), dtype=np.int32)
    for number, line in enumerate(lines):
        position[line] = np.arange(m)
        crossing = _crossings(position[links[0]], position[links[1]], m)
        score = np.full(m, np.inf)
        np.divide(crossing + 0.5, balance, out=score, where=allowed)
        least = np.minimum.reduceat(score, start)
        best_lines = np.flatnonzero(score == least[owner])
        _, first = np.unique(owner[best_lines], return_index=True)
        better = least < best
        best[better], cut[better] = least[better], best_lines[first][better]
        chosen[better] = number
    right = np.zeros(len(label), dtype=bool)
    for number, line in enumerate(lines):
        right[line[(chosen[owner] == number) & (np.arange(m) >= cut[owner])]] = True
    return right


def _separators(links: Links, right: Flags, label: Narrow, n_parts: int) -> Ints:
    """Return those ends for each part."""
    u, v = links
    crossing = right[u] != right[v]
    u, v = u[crossing], v[crossing]
    ends = np.zeros((2, len(label)), dtype=bool)
    ends[0, np.where(right[u], v, u)] = True
    ends[1, np.where(right[u], u, v)] = True
    count = [np.bincount(label[one], minlength=n_parts) for one in ends]
    left_is_less = count[0] <= count[1]
    open_label = np.maximum(label, 0)
    return np.flatnonzero(np.where(left_is_less[open_label], ends[0], ends[1]))


def distinct_links(tail: Ints | Narrow, head: Ints | Narrow, n: int) -> Links:
    """List each pair of states that an arc joins, once."""
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    key = low.astype(np.int64) * n + high
    # Sorting is several times as fast as numpy.unique here.
    key = np.sort(key[low < high])
    key = key[np.diff(key, prepend=-1) != 0]
    return (key // n).astype(np.int32), (key % n).astype(np.int32)


def peel(links: Links, n: int) -> tuple[Ints, Links]:
    """Contract states of two neighbours or fewer, until hardly any is left.

    Notes
    -----
    Each round takes states that are not neighbours, drawn by their numbers, so that
    a stretch of ``k`` states goes in some log ``k`` rounds.

    Examples
    --------
    Three roads that end, at one crossing: their ends go first.

    >>> order, links = peel((np.array([0, 1, 2]), np.array([3, 3, 3])), 4)
    >>> order.tolist(), links[0].tolist()
    ([0, 1, 2, 3], [])
    """
    priority = (np.arange(n, dtype=np.uint64) * _SCATTER) % np.uint64(2**32)
    alive = np.ones(n, dtype=bool)
    rounds: list[Ints] = []
    while True:
        u, v = links
        light = alive & (
            np.bincount(u, minlength=n) + np.bincount(v, minlength=n) <= _LIGHT
        )
        if light.sum() * _FEW <= alive.sum():
            break
        rivals = light[u] & light[v]
        later = np.where(priority[u] < priority[v], v, u)[rivals]
        light[later] = False
        rounds.append(np.flatnonzero(light))
        alive[light] = False
        links = _without(links, light)
    return np.concatenate([*rounds, np.empty(0, dtype=np.int64)]), links


def _without(links: Links, gone: npt.NDArray[np.bool_]) -> Links:
    """Take states out that are not neighbours; join the two neighbours of each."""
    u, v = links
    touched = gone[u] | gone[v]
    middle = np.where(gone[u], u, v)[touched]
    other = np.where(gone[u], v, u)[touched]
    order = np.argsort(middle, kind="stable")
    middle, other = middle[order], other[order]
    twin = np.flatnonzero(middle[1:] == middle[:-1])
    tail = np.concatenate([u[~touched], other[twin]])
    head = np.concatenate([v[~touched], other[twin + 1]])
    return distinct_links(tail, head, len(gone))
