"""A fit whose resamples are fitted by the workers of a cluster."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import _library, scaling
from .._progress import ProgressOption
from ..options import FitOptions
from ..scaling import Fit
from . import _shards

if TYPE_CHECKING:
    from typing_extensions import Unpack


def _resamples(runs: Any, options: Mapping[str, Any], shard: str) -> Any:
    """What the resamples of a shard gave, on a worker."""
    with tempfile.TemporaryDirectory(prefix="isoflop-") as folder:
        request = {"runs": _shards.Sent.received(runs, folder), **options, "shard": shard}
        return _library.long_call("bootstrap", request, progress=False)


def fit(
    runs: Any,
    *,
    shards: int = 16,
    retries: int = 3,
    address: str | None = None,
    progress: ProgressOption = None,
    **options: Unpack[FitOptions],
) -> Fit:
    """`isoflop.fit` of the parametric law, its bootstrap over the shards of a cluster: the same, bit for bit.

    Resample number k is drawn from a counter-based generator at (seed, k) wherever it is fitted, so the intervals are
    those of one machine with the same `bootstrap` and `seed`.

    :param runs: as for `isoflop.fit`; a file needs to be on this machine only.
    :param options: those of `isoflop.fit`: bootstrap (resamples, 4000), seed, scheme, level, map, delta, …
    :param progress: as for `sweep`.
    :raises InputError: for runs or options that cannot be fitted.
    """
    given = scaling.runs_request(runs)
    work = partial(_resamples, _shards.Sent.of(given), {"method": "parametric", **options})
    parts = _shards.run(work, shards, name="bootstrap", address=address, cpus=1, retries=retries, progress=progress)
    return scaling._fit(given, "parametric", {**options, "resamples": parts}, None if callable(progress) else progress)
