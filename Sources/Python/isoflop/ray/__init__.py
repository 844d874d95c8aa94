"""Where one machine is not enough: sweeps and bootstraps over the shards of a Ray cluster.

>>> import isoflop.ray
>>> isoflop.ray.sweep({"n_layers": range(8, 136), "d_model": range(512, 16384, 64)}, nearest=4.3e10)  # doctest: +SKIP

The answer is that of one machine, whatever the number of workers, the order they finish in and whichever of them die: a
shard is a pure function of the request and its number, one that is lost is done again, and what comes back is a summary
(the nearest shapes, a front, a histogram, a count), a few kilobytes. Rows go to Parquet files, one for each shard.

`address` is that of a cluster (``"auto"``, ``"ray://host:10001"``); None is the one that the script has connected to
with `ray.init`, or that RAY_ADDRESS names, or else Ray started on this machine for the call. The workers need this
package in the same version: installed, or sent with ``ray.init(runtime_env={"py_modules": [isoflop]})``.
"""

from __future__ import annotations

from ._bootstrap import fit
from ._rows import Rows, write_rows
from ._sweep import sweep

__all__ = ["Rows", "fit", "sweep", "write_rows"]
