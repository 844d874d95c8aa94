"""Columns in and out: exact, in place, and taken by Arrow readers without a copy."""

from __future__ import annotations

import ctypes
import gc
from typing import Any

import isoflop
import numpy as np
import pytest
from isoflop import _arrow, _memory

GRID = {"n_layers": range(8, 41), "d_model": range(512, 4097, 64), "head_dim": [64, 128], "d_ff": "8/3 multiple of 256"}


def paper(L: Any, d: Any, S: Any = 4096) -> Any:
    return 72 * L * d * d + 12 * L * d * S


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.float64, np.int16, np.uint8, np.uint32, np.float32, ">i8"])
def test_dtypes(dtype: Any) -> None:
    L, d = np.array([1, 30, 95], dtype=dtype), np.array([64, 128, 192], dtype=dtype)
    columns = isoflop.count_many({"n_layers": L, "d_model": d})
    assert columns["M"].dtype == np.int64
    assert columns["M"].tolist() == [paper(int(a), int(b)) for a, b in zip(L, d)]


def test_scalars_lists_and_strides() -> None:
    wide = np.arange(1, 41).reshape(10, 4)
    columns = isoflop.count_many({"n_layers": wide[:, 2], "d_model": 64, "sequence_length": [2048]})
    assert columns["M"].tolist() == [paper(int(L), 64, 2048) for L in wide[:, 2]]
    frozen = np.array([5, 6])
    frozen.flags.writeable = False
    assert isoflop.count_many({"n_layers": frozen, "d_model": [64, 64]}).rows == 2
    assert isoflop.count_many({"n_layers": [], "d_model": []}).rows == 0
    assert isoflop.count_many({"n_layers": 30, "d_model": 4096})["M"].tolist() == [paper(30, 4096)]


def test_numbers_of_other_kinds() -> None:
    sizes = np.array([1, 30, 95])
    shifted = np.frombuffer(b"x" + sizes.tobytes(), dtype=np.uint8)[1:]
    records = np.rec.fromarrays([sizes, np.full(3, 64)], names="n_layers,d_model")
    for column in (shifted.view(np.int64), sizes.astype("f2"), sizes.astype(object), np.array([1.0, 30, 95], dtype=object)):
        assert isoflop.count_many({"n_layers": column, "d_model": 64})["M"].tolist() == [paper(L, 64) for L in (1, 30, 95)]
    assert isoflop.count_many(records)["M"].tolist() == [paper(L, 64) for L in (1, 30, 95)]


def test_results_do_not_share_memory() -> None:
    sizes = {"n_layers": np.array([1, 2, 3]), "d_model": np.full(3, 64)}
    memory = np.zeros(6, np.int64)
    for out in ({"M": memory[:3], "parameters": memory[2:5]}, {"M": memory[:3], "parameters": memory[:3]}):
        with pytest.raises(isoflop.InputError, match="parameters: shares memory with the column M"):
            isoflop.count_many(sizes, out=out)
    wide = np.full(6, 64)
    with pytest.raises(isoflop.InputError, match="M: shares memory with the column d_model"):
        isoflop.count_many(sizes | {"d_model": wide[:3]}, out={"M": wide[1:4]})
    # Each in the place of the size that it is made of.
    assert isoflop.count_many(sizes | {"d_model": wide[:3]}, out={"M": wide[:3]})["M"].tolist() == [
        paper(L, 64) for L in (1, 2, 3)
    ]


def test_out() -> None:
    sizes = {"n_layers": np.array([1, 2]), "d_model": np.array([64, 64])}
    m, n = np.zeros(2, np.int64), np.zeros(2, np.float64)
    columns = isoflop.count_many(sizes, out={"M": m, "six_n1": n})
    assert columns["M"] is m
    assert m.tolist() == [paper(1, 64), paper(2, 64)]
    assert n.tolist() == [72.0 * 64 * 64, 144.0 * 64 * 64]
    frozen = np.zeros(2, np.int64)
    frozen.flags.writeable = False
    for bad, why in [
        (np.zeros(3, np.int64), "shape"), (np.zeros(2, np.int32), "int64 or float64"), (np.zeros(4, np.int64)[::2], "contiguous"),
        (frozen, "read-only"), ([0, 0], "no array"), (np.zeros((2, 1), np.int64), "shape"),
    ]:
        with pytest.raises(isoflop.InputError, match=why):
            isoflop.count_many(sizes, out={"M": bad})  # type: ignore[dict-item]


@pytest.mark.parametrize("sizes, why", [
    ({"n_layers": [1, 2], "d_model": [64, 64, 64]}, "length"),
    ({"n_layers": [1.5, 2], "d_model": 64}, "n_layers, row 0: 1.5"),
    ({"n_layers": [1, np.nan], "d_model": 64}, "n_layers, row 1: nan"),
    ({"n_layers": [1, np.inf], "d_model": 64}, "row 1"),
    ({"n_layers": [1, 0], "d_model": 64}, "n_layers, row 1: 0"),
    ({"n_layers": [1, -1], "d_model": 64}, "n_layers, row 1: -1"),
    ({"n_layers": [1]}, "d_model"),
    ({"n_layers": ["many"], "d_model": 64}, "no type"),
    ({"n_layers": [None], "d_model": 64}, "n_layers, row 0: None is no integer"),
    ({"n_layers": [3, None], "d_model": 64}, "n_layers, row 1: None is no integer"),
    ({"n_layers": [3, 10**30], "d_model": 64}, "n_layers, row 1: 10+ is beyond Int64"),
    ({"n_layers": np.array([1, True], dtype=object), "d_model": 64}, "n_layers, row 1: True is no integer"),
    ({"n_layers": np.ma.array([1, 2], mask=[0, 1]), "d_model": 64}, "n_layers, row 1: is masked"),
    ({"n_layers": [[1], [2, 3]], "d_model": 64}, "n_layers: is no column"),
    ({"n_layers": (n for n in range(3)), "d_model": 64}, "n_layers: .* is no integer, and no column"),
    ({"n_layers": {1, 2}, "d_model": 64}, "n_layers: .* is no integer, and no column"),
    ({"n_layers": [1.5, None], "d_model": 64}, "n_layers, row 0: 1.5 is no integer"),
    ({"n_layers": np.array([1 + 0j]), "d_model": 64}, "complex128 is no type"),
    ({"n_layers": [True], "d_model": 64}, "no type"),
    ({"n_layers": [[1, 2]], "d_model": 64}, "dimensions"),
    ({"layers": [1], "d_model": 64}, "no axis"),
    ({"n_layers": np.array([2**63 + 1], dtype=np.uint64), "d_model": 64}, "beyond Int64"),
    ({"n_layers": [2**45], "d_model": 64}, "2\\^40"),
    ({"n_layers": [3], "d_model": 100, "head_dim": 64}, "row 0"),
])
def test_bad_sizes(sizes: dict[str, Any], why: str) -> None:
    with pytest.raises(isoflop.InputError, match=why):
        isoflop.count_many(sizes)


def test_bad_options() -> None:
    sizes = {"n_layers": [1], "d_model": [64]}
    for options, why in [
        ({"quantities": ["m"]}, "no quantity"), ({"mlp": "round"}, "MLP"), ({"dtype": np.int32}, "no type"),
        ({"dtype": "junk"}, "no type"), ({"threads": 0}, "threads: 0"), ({"threads": 1.5}, "threads: 1.5"),
        ({"threads": -1}, "threads: -1"), ({"first_k_dense_replace": -1}, "first_k_dense_replace: -1"),
        ({"first_k_dense_replace": 2**70}, "first_k_dense_replace"), ({"tie_word_embeddings": "yes"}, "'yes' is neither"),
        ({"pin": 1}, "pin: 1"),
    ]:
        with pytest.raises(isoflop.InputError, match=why):
            isoflop.count_many(sizes, **options)  # type: ignore[arg-type]
    for columns in (None, [1, 2], np.ones(3), "n_layers"):
        with pytest.raises(TypeError, match="columns: a dict"):
            isoflop.count_many(columns)
    for out in ([], np.zeros(1)):
        with pytest.raises(TypeError, match="out: a dict"):
            isoflop.count_many(sizes, out=out)  # type: ignore[arg-type]


def test_frames_of_every_kind() -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    sizes = {"n_layers": [30, 95], "d_model": [4096, 8192]}
    expected = isoflop.count_many(sizes)
    frame = pandas.DataFrame(sizes)
    for columns in (
        frame, frame.astype(object), frame.astype("Int64"), frame.astype(np.float32),
        frame.convert_dtypes(dtype_backend="pyarrow"), polars.DataFrame(sizes), pyarrow.table(sizes),
        {name: pyarrow.array(values) for name, values in sizes.items()},
        {name: polars.Series(values) for name, values in sizes.items()},
    ):
        assert isoflop.count_many(columns) == expected
    with pytest.raises(isoflop.InputError, match="n_layers, row 1"):
        isoflop.count_many(polars.DataFrame({"n_layers": [1, None], "d_model": [64, 64]}))


def test_one_quantity_by_its_name() -> None:
    assert isoflop.count_many({"n_layers": 30, "d_model": 4096}, quantities="parameters").names == ["parameters"]


def test_equal_pickled_and_copied() -> None:
    import copy
    import pickle

    for columns in (isoflop.count_many({"n_layers": np.full(300_000, 30), "d_model": 64}), isoflop.sweep(GRID)):
        for other in (pickle.loads(pickle.dumps(columns)), copy.copy(columns), copy.deepcopy(columns)):
            assert type(other) is type(columns) and other == columns and repr(other) == repr(columns)
        other["M"][-1] += 1
        assert other != columns
        assert columns != columns["M"].tolist()


def test_past_two_to_the_53() -> None:
    sizes = {"n_layers": [99_991], "d_model": [999_983]}
    assert isoflop.count_many(sizes)["M"].tolist() == [paper(99_991, 999_983)]
    with pytest.raises(isoflop.InputError, match="2\\^53"):
        isoflop.count_many(sizes, dtype=np.float64)


def addresses(columns: isoflop.Columns) -> dict[str, int]:
    return {name: column.ctypes.data for name, column in columns.items()}


def test_pyarrow_takes_the_columns_as_they_are() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    sweep = isoflop.sweep(GRID)
    table = pyarrow.table(sweep)
    assert table.column_names == sweep.names
    found = {name: table[name].chunk(0).buffers()[1].address for name in table.column_names}
    assert found == addresses(sweep)
    batch = pyarrow.record_batch(sweep)
    assert batch["M"].buffers()[1].address == addresses(sweep)["M"]
    # The memory lives as long as whoever uses it.
    total = int(sweep["M"].sum())
    del sweep
    gc.collect()
    assert sum(table["M"].to_pylist()) == total


def test_polars_takes_the_columns_as_they_are() -> None:
    polars = pytest.importorskip("polars")
    sweep = isoflop.sweep(GRID)
    # from_arrow gives a series of structs of whatever is no pyarrow table, so that it is not what is recommended.
    for frame in (polars.DataFrame(sweep), polars.from_arrow(sweep).struct.unnest()):
        assert frame.columns == sweep.names
        for name in sweep:
            assert frame[name].to_numpy(allow_copy=False).ctypes.data == sweep[name].ctypes.data
    total = int(sweep["M"].sum())
    del sweep
    gc.collect()
    assert frame["M"].sum() == total


def exported(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The addresses of the value buffers that are handed out from here on, in the order in which they are."""
    seen: list[int] = []
    write = _arrow.write_array

    def noted(columns: Any, rows: int, address: int) -> None:
        write(columns, rows, address)
        array = _arrow.Array.from_address(address)
        for child in (ctypes.c_void_p * array.n_children).from_address(array.children):
            buffers = _arrow.Array.from_address(child).buffers
            seen.append((ctypes.c_void_p * 2).from_address(buffers)[1])

    monkeypatch.setattr(_arrow, "write_array", noted)
    return seen


def test_duckdb_scans_the_columns_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    sweep = isoflop.sweep(GRID)
    seen = exported(monkeypatch)
    assert duckdb.sql("select count(*), sum(M), min(d_model) from sweep").fetchall() == [
        (sweep.rows, int(sweep["M"].sum()), 512)
    ]
    # What duckdb was given to scan is the memory of the columns, each time that it asked.
    own = list(addresses(sweep).values())
    assert seen and seen == own * (len(seen) // len(own))
    # And it reads it then: a number that is changed in place is what the same query finds.
    relation = duckdb.sql("select max(M) from sweep")
    sweep["M"][7] = 2**62
    assert relation.fetchall() == [(2**62,)]


def test_duckdb_makes_no_copy_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    rows = 4_000_000
    columns = isoflop.count_many({"n_layers": np.full(rows, 30), "d_model": 4096})
    connection = duckdb.connect(config={"memory_limit": "16MB", "threads": 1})
    monkeypatch.chdir("/")
    # 64 MB of columns through an engine that may use 16.
    connection.execute("set temp_directory = ''")
    assert connection.sql("select count(*), sum(M) from columns").fetchall() == [(rows, rows * paper(30, 4096))]


def test_pandas_shares_the_columns() -> None:
    pytest.importorskip("pandas")
    sweep = isoflop.sweep(GRID)
    frame = sweep.to_pandas()
    assert all(frame[name].to_numpy().ctypes.data == sweep[name].ctypes.data for name in sweep)


def test_flags_and_texts_reach_arrow_readers() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    polars = pytest.importorskip("polars")
    flags, texts = np.array([True, False, True] * 7), np.empty(21, dtype=object)
    texts[:] = ["silu", "gelu é", ""] * 7
    columns = isoflop.Columns({"flag": flags, "text": texts, "n": np.arange(21)}, 21)
    table = pyarrow.table(columns)
    assert table.to_pydict() == {"flag": flags.tolist(), "text": texts.tolist(), "n": list(range(21))}
    table.validate(full=True)
    frame = polars.from_arrow(columns)
    assert frame.struct.unnest().to_dict(as_series=False) == table.to_pydict()
    assert columns.row(1) == {"flag": False, "text": "gelu é", "n": 1}
    assert "gelu" in columns._repr_html_()


def test_nothing_stays_behind() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    gc.collect()
    before = len(_arrow._alive)
    columns = isoflop.count_many({"n_layers": range(1, 9), "d_model": 64})
    for _ in range(50):
        columns.__arrow_c_array__()
        columns.__arrow_c_stream__()
        columns.__arrow_c_schema__()
        # A child that outlives its parent.
        child = pyarrow.record_batch(columns)["M"]
        assert child[7].as_py() == paper(8, 64)
        pyarrow.table(columns)
        del child
    gc.collect()
    assert len(_arrow._alive) == before


def test_memory_is_used_again_once_the_last_array_is_gone() -> None:
    sizes = {"n_layers": np.full(300_000, 30), "d_model": 64}
    columns = isoflop.count_many(sizes)
    place = columns["M"].ctypes.data
    tail = columns["M"][-3:].view(np.uint64)
    del columns
    gc.collect()
    # A view of a view holds it.
    others = [isoflop.count_many(sizes | {"d_model": 64 * k}) for k in range(2, 6)]
    assert all(other["M"].ctypes.data != place for other in others)
    assert tail.tolist() == [paper(30, 64)] * 3
    assert len({other["M"].ctypes.data for other in others}) == len(others)
    del tail, others
    gc.collect()
    assert isoflop.count_many(sizes)["M"].tolist() == [paper(30, 64)] * 300_000


def test_kept_memory_is_bounded() -> None:
    for rows in range(1_000_000, 9_000_000, 1_000_000):
        isoflop.count_many({"n_layers": np.full(rows, 30), "d_model": 64})
        kept = sum(size * len(stack) for size, stack in _memory._free.items())
        assert kept <= _memory._LIMIT


def test_kept_memory_is_of_the_last_size(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = 1_000_000
    monkeypatch.setattr(_memory, "_LIMIT", 3 * 8 * rows)
    monkeypatch.setattr(_memory, "_free", {})
    held = [_memory.empty(rows, np.dtype(np.int64)) for _ in range(5)]
    held.clear()
    # What is beyond the limit is freed, and does not take the others with it.
    assert {size: len(stack) for size, stack in _memory._free.items()} == {8 * rows: 3}
    held = [_memory.empty(2 * rows, np.dtype(np.int64))]
    held.clear()
    assert {size: len(stack) for size, stack in _memory._free.items()} == {16 * rows: 1}
    held = [_memory.empty(4 * rows, np.dtype(np.int64))]
    held.clear()
    assert {size: len(stack) for size, stack in _memory._free.items()} == {16 * rows: 1}
