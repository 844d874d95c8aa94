"""`count_many`: shapes that a script already has, column in, column out."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _library, _memory
from .columns import Columns
from .errors import InputError

_AXES = {
    name: index
    for index, name in enumerate(
        "n_layers d_model n_heads head_dim n_kv_heads d_ff n_experts experts_per_token d_expert d_shared vocab_size "
        "sequence_length".split()
    )
}
_QUANTITIES = {
    name: index
    for index, name in enumerate(
        "M parameters active_parameters non_embedding_parameters six_n1 six_n2 kv_elements_per_token".split()
    )
}
_TYPES = {np.dtype(np.float64): 0, np.dtype(np.int32): 1, np.dtype(np.int64): 2}
_RESULTS = (np.dtype(np.int64), np.dtype(np.float64))
#: isoflop_column: what, type, length, values.
_COLUMN = struct.Struct("iiQQ")
#: isoflop_columns_options: size, gated, tied, dense_layers, threads, pin, used_integers.
_OPTIONS = struct.Struct("Qiiqqii")
_WORTH_WATCHING = 50_000_000


def _column(name: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    """The values as an array that the library reads in place, or a copy that is exactly equal."""
    array = values if type(values) is np.ndarray else np.asarray(values)
    if array.dtype in _TYPES and array.flags.carray:
        return array
    kind = array.dtype.kind
    if kind == "u" and array.size and int(array.max()) > np.iinfo(np.int64).max:
        raise InputError(f"{name}: {array.max()} is beyond Int64", field=name)
    if kind in "iu":
        return np.ascontiguousarray(array, dtype=np.int64)
    if kind == "f" and array.dtype.itemsize <= 8:
        return np.ascontiguousarray(array, dtype=np.float64)
    raise InputError(f"{name}: {array.dtype} is no type for sizes (use integers or float64)", field=name)


def _output(name: str, array: Any, rows: int) -> npt.NDArray[Any]:
    """An array of the caller's that results can be written to."""
    if not isinstance(array, np.ndarray) or array.dtype not in _RESULTS:
        raise InputError(f"out[{name!r}]: is no array of int64 or float64", field=name)
    if array.ndim != 1 or array.shape[0] != rows:
        raise InputError(f"out[{name!r}]: has shape {array.shape} where there are {rows} rows", field=name)
    if not (array.flags.c_contiguous and array.flags.aligned):
        raise InputError(f"out[{name!r}]: is not contiguous (use its copy())", field=name)
    if not array.flags.writeable:
        raise InputError(f"out[{name!r}]: is read-only", field=name)
    return array


def count_many(
    columns: Mapping[str, npt.ArrayLike],
    *,
    quantities: Sequence[str] = ("M", "parameters"),
    mlp: str = "gated",
    tie_word_embeddings: bool = False,
    first_k_dense_replace: int = 0,
    dtype: npt.DTypeLike = np.int64,
    out: Mapping[str, npt.NDArray[Any]] | None = None,
    threads: int | None = None,
    pin: bool = True,
) -> Columns:
    """What many llama-like shapes cost, exactly, through the compute kernels on all cores.

    >>> count_many({"n_layers": [30, 95], "d_model": [4096, 8192], "sequence_length": 4096})["M"].tolist()
    [42278584320, 497276682240]

    Axes that are not given take the paper's values, as in a grid: multi-head attention, 12 d_model^2 weights a layer,
    vocab_size 102400, sequence_length 4096. int32, int64 and float64 columns are read where they are; others are copied.

    :param columns: sizes by axis name, arrays of one length or single numbers.
    :param quantities: what to compute: M, parameters, active_parameters, non_embedding_parameters, six_n1, six_n2,
        kv_elements_per_token.
    :param dtype: of the results: int64, or float64 (which refuses what is beyond 2^53).
    :param out: arrays to write to, by quantity, instead of new ones.
    :raises InputError: for a row that is no model; the message names it.
    """
    arrays = []
    rows = 1
    for name, values in columns.items():
        if name not in _AXES:
            raise InputError(f"{name}: is no axis (one of: {', '.join(_AXES)})", field=name)
        array = _column(name, values)
        if array.ndim > 1:
            raise InputError(f"{name}: has {array.ndim} dimensions (use ravel())", field=name)
        arrays.append((name, array))
        if array.ndim == 1 and (array.size != 1 or rows == 0):
            rows = array.size
    kind = np.dtype(dtype)
    if kind not in _RESULTS:
        raise InputError(f"dtype: {kind} is no type for results (int64 or float64)", field="dtype")
    results: dict[str, npt.NDArray[Any]] = {}
    for name in out if out is not None else quantities:
        if name not in _QUANTITIES:
            raise InputError(f"{name}: is no quantity (one of: {', '.join(_QUANTITIES)})", field=name)
        results[name] = _output(name, out[name], rows) if out is not None else _memory.empty(rows, kind)
    if mlp not in ("gated", "plain"):
        raise InputError(f"mlp: {mlp!r} is not an MLP (gated or plain)", field="mlp")
    inputs = b"".join(
        _COLUMN.pack(_AXES[name], _TYPES[array.dtype], array.size, array.__array_interface__["data"][0])
        for name, array in arrays
    )
    outputs = b"".join(
        _COLUMN.pack(_QUANTITIES[name], _TYPES[array.dtype], rows, array.__array_interface__["data"][0])
        for name, array in results.items()
    )
    options = _OPTIONS.pack(
        _OPTIONS.size, mlp == "gated", tie_word_embeddings, first_k_dense_replace, threads or 0, pin, 0
    )

    def run(control: int) -> None:
        _library.check(
            _library.LIBRARY.isoflop_count_columns(
                inputs, len(arrays), outputs, len(results), rows, options, control
            )
        )

    if rows < _WORTH_WATCHING:
        run(0)
    else:
        _library.watched(run)
    return Columns(results, rows)
