"""The declaration of a step: what stands above its function ``run``."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def step[Run: Callable[..., Mapping[str, object]]](
    label: str,
    *,
    reads: tuple[str, ...] = (),
    writes: tuple[str, ...] = (),
    files: str = "",
    prints: tuple[str, ...] = (),
    publishes: tuple[str, ...] = (),
    products: str = "",
    gathers: str = "",
    releases: str = "",
) -> Callable[[Run], Run]:
    """Declare a step; ``_declared`` reads this from the source, nothing else does."""
    del (
        label,
        reads,
        writes,
        files,
        prints,
        publishes,
        products,
        gathers,
        releases,
    )
    return lambda run: run
