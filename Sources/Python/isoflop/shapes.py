"""`count_many`: shapes that a script already has, column in, column out."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable, Mapping, Sequence
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
#: NumPy's types do not say that arrays are buffers.
_BYTE: Any = ctypes.c_char


def _column(name: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    """The values as an array that the library reads in place, or a copy that is exactly equal."""
    if type(values) is np.ndarray:
        array = values
    else:
        if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
            row = int(np.ma.getmaskarray(values).argmax())
            raise InputError(f"{name}, row {row}: is masked (leave the row out)", field=f"{name}, row {row}")
        try:
            array = np.asarray(values)
        except ValueError as error:
            raise InputError(f"{name}: is no column of numbers ({error})", field=name) from None
    if array.dtype in _TYPES and array.flags.carray:
        return array
    kind = array.dtype.kind
    if kind == "O":
        return _integers(name, array)
    if kind == "u" and array.size and int(array.max()) > np.iinfo(np.int64).max:
        raise InputError(f"{name}: {array.max()} is beyond Int64", field=name)
    if kind in "iu":
        return np.require(array, np.int64, ("C", "A"))
    if kind == "f" and array.dtype.itemsize <= 8:
        return np.require(array, np.float64, ("C", "A"))
    raise InputError(f"{name}: {array.dtype} is no type for sizes (use integers or float64)", field=name)


def _integers(name: str, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A column of Python's own numbers, as frames and lists may have them."""
    if array.ndim == 0 and not isinstance(array[()], (int, np.integer)):
        raise InputError(f"{name}: {array[()]!r} is no integer, and no column (a list, an array)", field=name)
    for row, value in enumerate(array.flat):
        whole = isinstance(value, (int, np.integer)) or (isinstance(value, (float, np.floating)) and value.is_integer())
        if isinstance(value, (bool, np.bool_)) or not whole:
            where = f"{name}, row {row}"
            raise InputError(f"{where}: {value!r} is no integer (leave the row out, or convert the column)", field=where)
        if not -(2**63) <= int(value) < 2**63:
            raise InputError(f"{name}, row {row}: {value} is beyond Int64", field=f"{name}, row {row}")
    return array.astype(np.int64)


def _named(columns: Any) -> list[tuple[str, Any]]:
    """The columns of a dict, of a frame (pandas, polars, pyarrow) or of records by name."""
    if isinstance(columns, Mapping):
        return list(columns.items())
    wrong = f"columns: a dict of arrays by axis or a frame, not {type(columns).__name__}"
    if hasattr(columns, "collect"):
        raise TypeError(f"{wrong} (collect() it)")
    if isinstance(columns, np.ndarray):
        names: Any = columns.dtype.names
    else:
        names = getattr(columns, "column_names", None)
        if names is None:
            names = getattr(columns, "columns", None)
    if names is None:
        raise TypeError(wrong)
    return [(name, columns[name]) for name in names]


def _count(name: str, value: Any, least: int) -> int:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or not least <= value < 2**63:
        raise InputError(f"{name}: {value!r} is no integer from {least} to 2^63 - 1", field=name)
    return int(value)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise InputError(f"{name}: {value!r} is neither True nor False", field=name)
    return bool(value)


def _address(array: npt.NDArray[Any]) -> int:
    """Where the elements are; four times as fast as asking the array, where it is not read-only or empty."""
    try:
        return ctypes.addressof(_BYTE.from_buffer(array))
    except (TypeError, ValueError):
        return int(array.__array_interface__["data"][0])


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
    columns: Mapping[str, npt.ArrayLike] | Any,
    *,
    quantities: str | Sequence[str] = ("M", "parameters"),
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

    :param columns: sizes by axis name, arrays of one length or single numbers: a dict, or a frame of pandas, polars or
        pyarrow with these columns.
    :param quantities: what to compute: M, parameters, active_parameters, non_embedding_parameters, six_n1, six_n2,
        kv_elements_per_token.
    :param dtype: of the results: int64, or float64 (which refuses what is beyond 2^53).
    :param out: arrays to write to, by quantity, instead of new ones.
    :param threads: None is one for every core; fewer than 262,144 rows are counted by the calling thread.
    :raises InputError: for a row that is no model; the message names it.
    """
    arrays = []
    rows = 1
    for name, values in _named(columns):
        if name not in _AXES:
            raise InputError(f"{name}: is no axis (one of: {', '.join(_AXES)})", field=name)
        array = _column(name, values)
        if array.ndim > 1:
            raise InputError(f"{name}: has {array.ndim} dimensions (use ravel())", field=name)
        arrays.append((name, array))
        if array.ndim == 1 and (array.size != 1 or rows == 0):
            rows = array.size
    try:
        # For NumPy None is float64, which nobody asked for.
        kind = np.dtype(object if dtype is None else dtype)
    except TypeError:
        kind = np.dtype(object)
    if kind not in _RESULTS:
        raise InputError(f"dtype: {dtype!r} is no type for results (int64 or float64)", field="dtype")
    if out is not None and not isinstance(out, Mapping):
        raise TypeError(f"out: a dict of arrays by quantity, not {type(out).__name__}")
    if isinstance(quantities, str):
        quantities = (quantities,)
    elif not isinstance(quantities, Iterable):
        raise TypeError(f"quantities: names, not {type(quantities).__name__}")
    results: dict[str, npt.NDArray[Any]] = {}
    like = next((_address(array) for _, array in arrays if array.size == rows), 0)
    for name in out if out is not None else quantities:
        if name not in _QUANTITIES:
            raise InputError(f"{name}: is no quantity (one of: {', '.join(_QUANTITIES)})", field=name)
        results[name] = _output(name, out[name], rows) if out is not None else _memory.empty(rows, kind, like)
    if mlp not in ("gated", "plain"):
        raise InputError(f"mlp: {mlp!r} is not an MLP (gated or plain)", field="mlp")
    inputs = outputs = b""
    for name, array in arrays:
        inputs += _COLUMN.pack(_AXES[name], _TYPES[array.dtype], array.size, _address(array))
    for name, array in results.items():
        outputs += _COLUMN.pack(_QUANTITIES[name], _TYPES[array.dtype], rows, _address(array))
    options = _OPTIONS.pack(
        _OPTIONS.size,
        mlp == "gated",
        _flag("tie_word_embeddings", tie_word_embeddings),
        _count("first_k_dense_replace", first_k_dense_replace, 0),
        0 if threads is None else _count("threads", threads, 1),
        _flag("pin", pin),
        0,
    )

    def run(control: int) -> None:
        status = _library.LIBRARY.isoflop_count_columns(
            inputs, len(arrays), outputs, len(results), rows, options, control
        )
        if status != 0:
            raise _library.error_of(status)

    if rows < _WORTH_WATCHING:
        run(0)
    else:
        _library.watched(run)
    return Columns(results, rows)
