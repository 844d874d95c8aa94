"""Searches of a grid: each shard sends what it found, and the parts are merged here."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, overload

from .. import sweeping
from .._progress import ProgressOption
from ..errors import InputError
from ..histograms import Histogram
from ..options import SearchOptions
from ..sweeping import Grid, Sweep
from . import _shards

if TYPE_CHECKING:
    from typing_extensions import Unpack


def _answer(grid: Any, search: Mapping[str, Any], shard: str) -> Any:
    """What a shard found, on a worker; processes that share a machine do not pin."""
    with tempfile.TemporaryDirectory(prefix="isoflop-") as folder:
        grid = _shards.Sent.received(grid, folder)
        return sweeping.sweep(grid, **search, shard=shard, pin=False, progress=False)


class ShardOptions(SearchOptions, total=False):
    """Of `sweep`, whose own words say what each does."""

    shards: int
    cpus: int
    retries: int
    address: str | None


@overload
def sweep(grid: Grid, *, histogram: int | Sequence[float], **options: Unpack[ShardOptions]) -> Histogram: ...


@overload
def sweep(grid: Grid, *, histogram: None = None, **options: Unpack[ShardOptions]) -> Sweep: ...


def sweep(
    grid: Grid,
    *,
    nearest: float | str | None = None,
    of: str | None = None,
    top: int | None = None,
    within: float | str | None = None,
    count: tuple[float, float] | None = None,
    pareto: str | Sequence[str | Mapping[str, str]] | None = None,
    histogram: int | Sequence[float] | None = None,
    method: str | None = None,
    shards: int = 64,
    cpus: int = 1,
    retries: int = 3,
    address: str | None = None,
    progress: ProgressOption = None,
) -> Sweep | Histogram:
    """`isoflop.sweep` over the shards of a cluster, with the same answer.

    The work is cut along the first axis of the grid: put a long one first. For all rows there is `write_rows`.

    :param shards: shares of the work; several times the cores of the cluster even out what differs between them.
    :param cpus: cores, and threads, of a shard.
    :param retries: how often Ray starts a shard again whose worker died, before it is handed in anew.
    :param progress: None shows a bar where someone looks; a function is called with shards done and of how many.
    :returns: a `Sweep` (columns), or a `Histogram`.
    :raises InputError: with field, value and way out.
    :raises WorkError: where a shard takes its workers with it again and again.
    """
    search = {
        "nearest": nearest,
        "of": of,
        "top": top,
        "within": within,
        "count": count,
        "pareto": pareto,
        "histogram": histogram,
        "method": method,
        "threads": cpus,
    }
    if nearest is None and count is None and pareto is None and histogram is None:
        raise InputError("nearest: is missing (or count, pareto, histogram; all rows: isoflop.ray.write_rows)")
    request = sweeping.grid_request(grid)
    work = partial(_answer, _shards.Sent.of(request), search)
    parts: list[Any] = _shards.run(work, shards, name="sweep", address=address, cpus=cpus, retries=retries, progress=progress)
    for part in parts:
        part.request = {**part.request, "grid": request}
    found: Sweep | Histogram = sweeping.merge(parts)
    return found
