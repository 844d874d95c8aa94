"""Arrow readers release what they read when they like: in the middle of an exception, and in threads of their own."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import duckdb
import isoflop
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from isoflop import _arrow

FOUND = isoflop.sweep({"n_layers": [8, 16], "d_model": [64, 128]}, nearest=1e9)


@pytest.mark.parametrize(("wrong", "kind"), [
    (lambda: pa.table(FOUND).foo, AttributeError), (lambda: pa.table(FOUND)["foo"], KeyError),
    (lambda: pa.record_batch(FOUND)["foo"], KeyError), (lambda: pa.RecordBatchReader.from_stream(FOUND).foo, AttributeError),
    (lambda: pa.table(FOUND, schema=pa.schema([("x", pa.int32())])), ValueError), (lambda: pl.DataFrame(FOUND)["foo"], Exception),
    (lambda: duckdb.sql("select foo from FOUND"), duckdb.Error), (lambda: FOUND.__arrow_c_stream__().foo, AttributeError),
    (lambda: FOUND.__arrow_c_array__()[1].foo, AttributeError), (lambda: FOUND.__arrow_c_schema__().foo, AttributeError),
])
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_an_exception_stays_what_it_is(wrong: Callable[[], Any], kind: type[Exception]) -> None:
    gc.collect()
    before = len(_arrow._alive)
    with pytest.raises(kind) as caught:
        wrong()
    assert not isinstance(caught.value, SystemError)
    del caught
    gc.collect()
    assert len(_arrow._alive) == before


def test_what_threads_release_is_let_go() -> None:
    columns = isoflop.count_many({"n_layers": np.arange(1, 500_000), "d_model": 64})
    gone = weakref.ref(columns["M"])
    table = [pa.table(columns)]
    want = int(columns["M"].sum())
    del columns
    gc.collect()
    assert gone() is not None and table[0]["M"].to_numpy().sum() == want
    thread = threading.Thread(target=table.clear)
    thread.start()
    thread.join()
    gc.collect()
    assert gone() is None


def test_many_exports_of_many_threads() -> None:
    gc.collect()
    before = len(_arrow._alive)
    totals: list[int] = []

    def read() -> None:
        for _ in range(50):
            totals.append(int(pa.table(FOUND)["M"].to_numpy().sum()))
            pl.DataFrame(FOUND)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals == [int(FOUND["M"].sum())] * 400
    gc.collect()
    assert len(_arrow._alive) == before


def test_columns_of_every_type_and_layout() -> None:
    base = np.arange(40)
    for kind in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", ">i4", ">f8"):
        for column in (base.astype(kind), base.astype(kind)[::2], base.astype(kind)[::-1]):
            columns = isoflop.Columns({"a": column}, column.size)
            assert pa.table(columns)["a"].to_pylist() == column.tolist()
            if kind != "f2":  # of which polars knows since a short time only
                assert pl.DataFrame(columns)["a"].to_list() == column.tolist()


def test_what_arrow_readers_are_not_given() -> None:
    with pytest.raises(TypeError, match="a: complex128 has no form"):
        pa.table(isoflop.Columns({"a": np.zeros(3, complex)}, 3))
    with pytest.raises(UnicodeEncodeError):
        pa.table(isoflop.Columns({"a": np.array(["\udc80"], dtype=object)}, 1))
    for column in (np.zeros(2), np.zeros((3, 1)), np.array(3)):
        with pytest.raises(isoflop.InputError, match="a: has shape"):
            isoflop.Columns({"a": column}, 3)
