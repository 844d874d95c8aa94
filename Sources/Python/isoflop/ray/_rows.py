"""Every feasible shape of a grid as Parquet files, one for each shard."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import tempfile
import uuid
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .. import _library, sweeping
from .._progress import ProgressOption
from ..errors import InputError, WorkError
from ..sweeping import Grid
from . import _shards

try:
    import pyarrow  # type: ignore[import-untyped]
    from pyarrow import parquet
except ImportError as error:
    raise ImportError("isoflop.ray needs pyarrow: pip install 'isoflop[ray]'") from error

#: Rows of a row group: tens of megabytes in memory.
_GROUP = 1 << 20


@dataclass(frozen=True)
class Rows:
    """Rows in files: read together, in the order of `files`, they are in the order of the axes."""

    folder: Path
    files: tuple[Path, ...]
    #: Rows of each file.
    counts: tuple[int, ...]

    @property
    def rows(self) -> int:
        return sum(self.counts)

    def dataset(self) -> Any:
        """The files as one pyarrow dataset, which duckdb and polars read as well."""
        from pyarrow import dataset

        return dataset.dataset([os.fspath(file) for file in self.files], format="parquet")


def _name(shard: str) -> str:
    index, count = shard.split("/")
    return f"rows-{int(index):0{len(count)}}-of-{count}.parquet"


def _write(grid: Any, identity: str, folder: str, job: str, shard: str) -> int:
    """Writes a shard, on a worker, and returns its rows; a file that an earlier call completed is left as it is."""
    path = os.path.join(folder, _name(shard))
    if os.path.exists(path):
        return _rows_of(path, identity)
    with tempfile.TemporaryDirectory(prefix="isoflop-") as temporary:
        table = os.path.join(temporary, "rows.npy")
        grid = _shards.Sent.received(grid, temporary)
        sweeping.write_rows(grid, table, shard=shard, progress=False)
        rows = np.load(table, mmap_mode="r")
        schema = pyarrow.schema(
            [pyarrow.field(name, pyarrow.int64(), nullable=False) for name in rows.dtype.names],
            metadata={"isoflop": identity},
        )
        beside = os.path.join(folder, f".{job}-{uuid.uuid4().hex}.partial")
        try:
            with parquet.ParquetWriter(beside, schema, compression="zstd") as file:
                for start in range(0, len(rows), _GROUP):
                    group = rows[start : start + _GROUP]
                    columns = [np.ascontiguousarray(group[name]) for name in schema.names]
                    file.write_batch(pyarrow.record_batch(columns, schema=schema))
            os.replace(beside, path)
        finally:
            if os.path.exists(beside):
                os.remove(beside)
        return len(rows)


def _rows_of(path: str, identity: str) -> int:
    try:
        metadata = parquet.read_metadata(path)
    except (OSError, pyarrow.ArrowInvalid) as error:
        raise InputError(f"{path}: is no Parquet file (remove it, or choose another folder)", file=path) from error
    if (metadata.metadata or {}).get(b"isoflop") != identity.encode():
        raise InputError(f"{path}: holds rows of another grid (remove it, or choose another folder)", file=path)
    return int(metadata.num_rows)


def write_rows(
    grid: Grid,
    folder: str | os.PathLike[str],
    *,
    shards: int = 64,
    retries: int = 3,
    address: str | None = None,
    progress: ProgressOption = None,
) -> Rows:
    """Every feasible shape of a grid to Parquet files in `folder`, one for each shard, in constant memory.

    A file is written beside its name and renamed when it is complete. Files of an earlier call for the same grid and
    number of shards are kept, so a call that was cut off, with its script or with the whole cluster, goes on where it
    was.

    :param folder: one that all workers see under this path. A worker needs room for the rows of a shard in its TMPDIR.
    :param progress: as for `sweep`.
    :raises InputError: where `folder` holds rows of another grid.
    """
    if "://" in os.fspath(folder):
        raise InputError(f"folder: {folder}: is no folder (mount what is remote)", field="folder", value=str(folder))
    place = Path(folder).absolute()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkError(f"{place}: cannot be made: {error.strerror}", file=str(place)) from error
    sent = _shards.Sent.of(sweeping.grid_request(grid))
    content = sent.data if isinstance(sent, _shards.Sent) else _library.encoded({"grid": sent})
    identity = json.dumps({"grid": hashlib.sha256(content).hexdigest(), "shards": shards})
    job = uuid.uuid4().hex
    try:
        counts = _shards.run(
            partial(_write, sent, identity, os.fspath(place), job),
            shards,
            name="rows",
            address=address,
            cpus=1,
            retries=retries,
            progress=progress,
        )
    finally:
        # What workers left that were killed.
        for file in glob.glob(os.path.join(glob.escape(os.fspath(place)), f".{job}-*.partial")):
            os.remove(file)
    files = tuple(place / _name(f"{index}/{shards}") for index in range(1, shards + 1))
    return Rows(place, files, tuple(counts))
