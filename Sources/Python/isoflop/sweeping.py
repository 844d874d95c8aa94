"""Grids of shapes: the ones nearest to a target, on a front, counted, or all of them as columns."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, cast, overload

import numpy as np
import numpy.typing as npt

from . import _library, _memory, plots
from ._library import listed
from ._progress import ProgressOption
from .columns import Columns
from .counting import Config, config_request
from .errors import InputError
from .histograms import Histogram
from .options import SweepOptions
from .scaling import law_request

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from typing_extensions import Unpack

#: Axes by name (lists, ranges, NumPy arrays, texts such as "1:200", {"from", "to", "step"}, {"ratio_of", "values",
#: "multiple_of"}), with the other keys of a grid beside them; or the path of a grid file.
Grid = Mapping[str, Any] | str | os.PathLike[str]

_KEYS = ("axes", "constraints", "mlp", "tie_word_embeddings", "first_k_dense_replace")


def _axis(name: str, values: Any) -> Any:
    """A range stays one, however long; arrays, columns of frames and the like become lists."""
    if isinstance(values, range):
        if len(values) == 0:
            return []
        step = values.step if len(values) > 1 else 1
        first, last = values[0], values[-1]
        return {"from": min(first, last), "to": max(first, last), "step": abs(step)}
    if isinstance(values, np.ndarray):
        if values.dtype.kind not in "iufbO":
            raise InputError(f"{name}: {values.dtype} is no type for sizes (use integers)", field=name)
        if np.ma.is_masked(values):
            raise InputError(f"{name}: has masked values (leave them out)", field=name)
        return values.tolist()
    if isinstance(values, (bool, np.bool_)):
        return [bool(values)]
    if isinstance(values, (int, np.integer)):
        return [int(values)]
    if isinstance(values, (str, Mapping)) or values is None:
        return values
    return _library.plain(values)


def grid_request(grid: Grid) -> Any:
    """The grid as the library reads it: axes may stand beside the other keys."""
    if isinstance(grid, (str, os.PathLike)):
        return os.fspath(grid)
    if not isinstance(grid, Mapping):
        raise TypeError(f"grid: axes by name, or the path of a grid file, not {type(grid).__name__}")
    given = grid.get("axes", {})
    if not isinstance(given, Mapping):
        raise InputError(f"axes: values by the name of an axis, not {type(given).__name__}", field="axes")
    axes = {name: _axis(name, values) for name, values in given.items()}
    rest: dict[str, Any] = {}
    for name, value in grid.items():
        if name in _KEYS:
            rest[name] = value
        elif name in axes:
            raise InputError(f"axes.{name}: is given twice", field=name)
        else:
            axes[name] = _axis(name, value)
    return {**rest, "axes": axes}


class Sweep(Columns):
    """What a sweep found: shapes as columns, with how it was found.

    `sweep["d_model"]` is a NumPy array; `polars.DataFrame(sweep)`, `pyarrow.table(sweep)` and duckdb read the same memory.
    """

    def __init__(
        self, columns: Mapping[str, npt.NDArray[Any]], rows: int, json: Mapping[str, Any], request: Mapping[str, Any]
    ) -> None:
        super().__init__(columns, rows)
        #: The whole answer, as `isoflop sweep --json` gives it.
        self.json = json
        self.request = request

    @property
    def shapes(self) -> int:
        """Shapes of the grid, feasible or not."""
        return int(self.json["shapes"])

    @property
    def matches(self) -> int | None:
        """Shapes within the range or tolerance that was asked for, where one was."""
        return self.json.get("matches")

    @property
    def is_partial(self) -> bool:
        return bool(self.json.get("partial"))

    @property
    def notes(self) -> list[str]:
        return list(self.json.get("notes", ()))

    @property
    def shard(self) -> str | None:
        return self.json.get("shard")

    def to_bytes(self) -> bytes:
        """The answer and its request, for `Sweep.from_bytes` in another process; all rows of a grid are pickled instead."""
        if "results" not in self.json:
            raise InputError("rows: are columns only (pickle the sweep, or use write_rows)", field="rows")
        return json.dumps({"request": self.request, "answer": self.json}, default=_library.plain).encode()

    @staticmethod
    def from_bytes(data: bytes) -> Sweep:
        try:
            both = json.loads(data)
            return cast(Sweep, _of_answer(both["answer"], both["request"]))
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(f"data: is not what to_bytes gave ({error!r})", field="data") from None

    def plot(self, x: str = "parameters", y: str = "M", axes: Axes | None = None) -> Axes:
        """One column against another. Needs matplotlib: `pip install 'isoflop[plot]'`."""
        return plots.points(self[x].tolist(), self[y].tolist(), (x, y), f"{self.rows:,} shapes", axes)


def _of_answer(answer: Mapping[str, Any], request: Mapping[str, Any]) -> Sweep | Histogram:
    if "counts" in answer:
        return Histogram(answer, request)
    rows = answer["results"]
    # M_per_sequence stands in rows whose M is no integer only.
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns: dict[str, npt.NDArray[Any]] = {}
    for name in names:
        column = _column([row.get(name) for row in rows])
        if column is not None:
            columns[name] = column
    return Sweep(columns, len(rows), answer, request)


def _column(values: list[Any]) -> npt.NDArray[Any] | None:
    """Values of JSON as one array: integers stay integers. None where no row has one, as for an axis left open."""
    kinds = {type(value) for value in values}
    if kinds == {type(None)}:
        return None
    if kinds == {int}:
        return np.array(values, dtype=np.int64)
    if kinds <= {int, float}:
        return np.array(values, dtype=np.float64)
    if kinds == {bool}:
        return np.array(values, dtype=np.bool_)
    # Texts, and what is not the same in every row.
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _objectives(pareto: str | Sequence[str | Mapping[str, str]]) -> list[Any]:
    """Two of them, or the text that the command line takes."""
    return [_objective(one) for one in listed(pareto.split(",") if isinstance(pareto, str) else pareto)]


def _objective(text: str | Mapping[str, str]) -> Any:
    if isinstance(text, str):
        words = text.split()
        if len(words) != 2 or words[0] not in ("min", "max"):
            raise InputError(f"pareto: {text!r} is not a quantity with min or max before it", field="pareto")
        return {words[0]: words[1]}
    return text


@overload
def sweep(
    grid: Grid | None = None, *, histogram: int | Sequence[float], **options: Unpack[SweepOptions]
) -> Histogram: ...


@overload
def sweep(grid: Grid | None = None, *, histogram: None = None, **options: Unpack[SweepOptions]) -> Sweep: ...


def sweep(
    grid: Grid | None = None,
    *,
    around: Config | None = None,
    vary: Mapping[str, Any] | None = None,
    sequence_length: Any = None,
    attention: str | None = None,
    constraints: Mapping[str, Any] | None = None,
    nearest: float | str | None = None,
    of: str | None = None,
    top: int | None = None,
    within: float | str | None = None,
    count: tuple[float, float] | None = None,
    pareto: str | Sequence[str | Mapping[str, str]] | None = None,
    histogram: int | Sequence[float] | None = None,
    loss: Any = None,
    compute: float | None = None,
    shard: str | None = None,
    method: str | None = None,
    kernel: str | None = None,
    threads: int | None = None,
    pin: bool = True,
    progress: ProgressOption = None,
) -> Sweep | Histogram:
    """Shapes of a grid, or the models around a config. Without a further argument all feasible ones, as columns.

    >>> grid = {"n_layers": range(8, 41), "d_model": range(512, 4097, 64)}
    >>> sweep(grid, nearest=4.3e9, top=2)["M"].tolist()
    [4299915264, 4314562560]
    >>> sweep(around="mistral-7b", vary={"sliding_window": [1024, 4096]}, attention="causal")["M"].tolist()
    [43385978880, 46708162560]

    :param grid: axes by name, with ``constraints``, ``mlp`` … beside them; or the path of a grid file.
    :param around: instead of a grid, a config whose fields are varied, as `count` takes it: whatever can be counted can
        be swept. Combinations that are no model of the family are left out, and the notes say so.
    :param vary: its fields with their values, as the axes of a grid (and true, false, texts).
    :param sequence_length: of the models around a config; `attention` (``"full"`` or ``"causal"``) and `constraints`
        too.
    :param nearest: the `top` shapes nearest to this (of M, or the quantity `of`), ``4.3e10`` or ``"43B"``, ties in the
        order of the axes; `within` leaves out what is further off, and counts.
    :param count: how many shapes have the quantity between two numbers.
    :param pareto: shapes that no other beats: ``("min M", "max parameters")``.
    :param histogram: steps to a factor of ten, or edges: a `Histogram`.
    :param loss: the `top` shapes with the lowest loss that this law predicts for a budget of `compute` FLOPs.
    :param shard: ``"3/64"``: only this share of the work; `merge` joins the answers of all shares.
    :param method: ``"auto"``, ``"enumerate"``, ``"bound"`` or ``"reference"``: all give the same answer.
    :param kernel: one of `machine()`'s implementations, `threads` and `pin` how it runs: so do they.
    :param progress: None shows a bar where someone looks; a function is called with what is done and of how much.
    :returns: a `Sweep` (columns), or a `Histogram`.
    :raises InputError: with field, value and way out.
    """
    how = {"shard": shard, "kernel": kernel, "threads": threads, "pin": pin}
    request = {
        **_source(grid, around, vary, sequence_length, attention, constraints),
        "nearest": nearest,
        "of": of,
        "top": top,
        "within": within,
        "count": listed(count),
        "pareto": None if pareto is None else _objectives(pareto),
        "histogram": None if histogram is None else _histogram(histogram),
        "loss": law_request(loss),
        "compute": compute,
    }
    request = {name: value for name, value in request.items() if value is not None}
    if set(request) <= {"grid"}:
        if method is not None:
            raise InputError("method: is for a search; all rows are walked", field="method", value=method)
        return _rows({"grid": request["grid"], **how}, progress)
    answer = _library.long_call("sweep", {**request, **how, "method": method}, progress)
    if answer is None:
        raise InputError("grid: no shape of it meets the conditions", field="grid")
    return _of_answer(answer, request)


def _source(
    grid: Grid | None,
    around: Config | None,
    vary: Mapping[str, Any] | None,
    sequence_length: Any = None,
    attention: str | None = None,
    constraints: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What is swept: a grid, or the fields of a config."""
    if around is None:
        for name, value in {
            "vary": vary, "sequence_length": sequence_length, "attention": attention, "constraints": constraints,
        }.items():
            if value is not None:
                raise InputError(f"{name}: goes with around (a grid has its own axes and constraints)", field=name)
        if grid is None:
            raise InputError("grid: is missing (axes by name, or around=config with vary=fields)", field="grid")
        return {"grid": grid_request(grid)}
    if grid is not None:
        raise InputError("grid: is given beside around (vary the config's own fields)", field="grid")
    if not vary and sequence_length is None:
        raise InputError("vary: is missing (fields of the config with their values)", field="vary")
    model = config_request(around)
    fields = {name: _axis(name, values) for name, values in (vary or {}).items()}
    return {
        "around": model.pop("config"),
        **model,
        "vary": fields,
        "sequence_length": None if sequence_length is None else _axis("sequence_length", sequence_length),
        "attention": attention,
        "constraints": constraints,
    }


def _histogram(value: int | Sequence[float]) -> Any:
    made = value if isinstance(value, (str, int, float)) else _library.plain(value)
    return {"edges": made} if isinstance(made, list) else {"per_decade": made}


def _rows(request: Mapping[str, Any], progress: ProgressOption) -> Sweep:
    """Every feasible shape: counted first, so that the columns are made once and of the right length."""
    text = _library.encoded(request)
    library = _library.LIBRARY

    def work(control: int) -> Sweep:
        handle = ctypes.c_uint64()
        _library.check(library.isoflop_rows_open(text, len(text), control, handle))
        try:
            count, info, length = ctypes.c_int64(), ctypes.c_char_p(), ctypes.c_size_t()
            _library.check(library.isoflop_rows_info(handle, count, info, length))
            answer = json.loads(info.value or b"{}")
            names = answer.pop("columns")
            columns = {name: _memory.empty(count.value, np.dtype(np.int64)) for name in names}
            pointers = (ctypes.c_void_p * len(names))(*(column.ctypes.data for column in columns.values()))
            _library.check(library.isoflop_rows_fill(handle, pointers, len(names), count.value, control))
            if request.get("shard"):
                answer["shard"] = request["shard"]
            return Sweep(columns, count.value, answer, {"grid": request["grid"]})
        finally:
            library.isoflop_free(handle)

    result: Sweep = _library.watched(work, progress)
    return result


class WrittenRows(TypedDict):
    """What `write_rows` made: the file, its rows and bytes, the names of its columns."""

    path: str
    rows: int
    bytes: int
    columns: list[str]
    #: Seconds that it took.
    seconds: float
    #: Whether there is more to write: `resume` goes on.
    partial: bool


def write_rows(
    grid: Grid | None,
    path: str | os.PathLike[str],
    *,
    around: Config | None = None,
    vary: Mapping[str, Any] | None = None,
    sequence_length: Any = None,
    attention: str | None = None,
    constraints: Mapping[str, Any] | None = None,
    shard: str | None = None,
    resume: bool = False,
    progress: ProgressOption = None,
) -> WrittenRows:
    """Writes every feasible shape to a .csv or .npy file, in constant memory; `resume` goes on after a kill.

    >>> write_rows({"axes": {"n_layers": [8, 16], "d_model": range(512, 1025, 64)}}, "rows.csv")["rows"]
    18

    With `around` (and None for the grid) the models around a config, to a .csv file.
    """
    source = _source(grid, around, vary, sequence_length, attention, constraints)
    request = {**source, "rows": os.fspath(path), "shard": shard, "resume": resume or None}
    return cast(WrittenRows, _library.long_call("sweep", request, progress))


@overload
def merge(parts: Iterable[Sweep]) -> Sweep: ...


@overload
def merge(parts: Iterable[Histogram]) -> Histogram: ...


def merge(parts: Iterable[Sweep] | Iterable[Histogram]) -> Sweep | Histogram:
    """Joins what all shards of one sweep answered, in any order, into the answer of the whole.

    >>> grid = {"axes": {"n_layers": range(1, 33), "d_model": range(64, 2049, 64)}}
    >>> shards = [sweep(grid, nearest=1e9, top=2, shard=f"{i}/2") for i in (1, 2)]
    >>> merge(shards)["M"].tolist()
    [998080512, 997392384]

    :param parts: `Sweep`s of a search, or `Histogram`s, each with its shard.
    :raises InputError: where a shard is missing, there twice, or of another request.
    """
    given: list[Sweep | Histogram] = list(parts)
    if not given:
        raise InputError("parts: are none (the answers of all shards)", field="parts")
    for part in given:
        if not isinstance(part, (Sweep, Histogram)):
            raise TypeError(f"parts: what `sweep` gave for each shard, not {type(part).__name__}")
    request = given[0].request
    if any(part.request != request for part in given):
        raise InputError("parts: are of different requests", field="parts")
    if set(request) <= {"grid"}:
        raise InputError("parts: are rows (concatenate their columns)", field="parts")
    answer = _library.call("merge", {"request": request, "parts": [part.json for part in given]})
    return _of_answer(answer, request)
