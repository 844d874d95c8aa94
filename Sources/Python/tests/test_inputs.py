"""What scripts pass: every kind of column, frame, number and config that a user has at hand, and what is none."""

from __future__ import annotations

import copy
import os
import pickle
from collections import UserDict, UserList
from pathlib import Path
from typing import Any

import isoflop
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

GRID: dict[str, Any] = {"n_layers": [8, 16], "d_model": [512, 1024]}
N, D = (axis.ravel() for axis in np.meshgrid(np.geomspace(1e8, 1e10, 6), np.geomspace(1e9, 1e11, 5)))
LOSS = 1.8 + 480 / N**0.35 + 2000 / D**0.37
RUNS: dict[str, Any] = {"params_total": N, "tokens": D, "loss": LOSS}
QUICK: dict[str, Any] = {"bootstrap": 0, "starts": 2, "progress": False}
RUN_FILE = Path(__file__).parents[3] / "Tests/Golden/runs/deepseek-fig4a.csv"


@pytest.mark.parametrize("axis", [
    [8, 16], (8, 16), range(8, 17, 8), range(16, 7, -8), np.array([8, 16]), np.array([8.0, 16.0]),
    np.array([8, 16], dtype=object), np.array([8, 16], dtype=">i2"), [np.int64(8), np.int32(16)], pd.Series([8, 16]),
    pl.Series([8, 16]), pa.array([8, 16]), pa.chunked_array([[8], [16]]), UserList([8, 16]), "8:16:8", "8,16",
    {"from": np.int64(8), "to": 16, "step": 8}, {8: "", 16: ""}.keys(), np.array([8, 16], dtype="f2"), {8, 16},
    np.array([16, 8])[::-1], np.array([8, 16], dtype=np.longdouble), pd.Series([8, 16], index=[5, 3]), pa.array([1, 8, 16])[1:],
], ids=lambda axis: type(axis).__name__)
def test_axes(axis: Any) -> None:
    found = isoflop.sweep({"n_layers": axis, "d_model": 512})
    assert found["n_layers"].tolist() == [8, 16]
    around = isoflop.sweep(around="gpt2", vary={"n_layer": axis})
    assert around["n_layer"].tolist() == [8, 16]


def test_an_iterator_is_an_axis() -> None:
    assert isoflop.sweep({"n_layers": iter([8, 16]), "d_model": [512]}).rows == 2


@pytest.mark.parametrize("axis", [
    [], range(0), None, [8.5], [float("nan")], [-8], [2**70], [True], np.array([8.5]), np.array(["8"]), ["eight"],
    np.ones((2, 2), dtype=int), np.ma.array([8, 16], mask=[0, 1]), [object()], np.array([2**63], dtype=np.uint64),
], ids=repr)
def test_what_is_no_axis(axis: Any) -> None:
    with pytest.raises(isoflop.InputError, match="n_layers"):
        isoflop.sweep({"n_layers": axis, "d_model": [512]})


def test_bytes_are_no_axis() -> None:
    for axis in (b"8", [b"8"]):
        with pytest.raises(TypeError, match="decode"):
            isoflop.sweep({"n_layers": axis, "d_model": [512]})


@pytest.mark.parametrize("grid", [5, [1], None, {}, {"n_layers": [8]}, {"axes": [8]}])
def test_what_is_no_grid(grid: Any) -> None:
    with pytest.raises((isoflop.InputError, TypeError), match="grid|axes"):
        isoflop.sweep(grid)


@pytest.mark.parametrize(("options", "why"), [
    ({"count": 5}, "count"), ({"count": (2, 1)}, "count"), ({"nearest": float("nan")}, "nearest: NaN"),
    ({"nearest": 1e9, "top": 0}, "top"), ({"nearest": 1e9, "top": 2.5}, "top"), ({"nearest": 1e9, "top": True}, "top"),
    ({"histogram": 0}, "per_decade"), ({"histogram": True}, "per_decade"), ({"pareto": "min M"}, "pareto"),
    ({"nearest": 1e9, "threads": -1}, "threads"), ({"nearest": 1e9, "shard": "0/3"}, "shard"),
])
def test_wrong_numbers(options: Any, why: str) -> None:
    with pytest.raises(isoflop.InputError, match=why):
        isoflop.sweep(GRID, **options)


def test_numbers_of_numpy() -> None:
    exact = isoflop.sweep(GRID, nearest=10**9, top=2)
    assert isoflop.sweep(GRID, nearest=np.float64(1e9), top=np.int32(2)) == exact
    # An exact count is asked for, so the ends are whole numbers however they are written.
    count: Any = np.array([1, 10**10])
    assert isoflop.sweep(GRID, count=count).matches == 4
    assert isoflop.sweep(GRID, histogram=np.int64(2)) == isoflop.sweep(GRID, histogram=2)
    assert isoflop.sweep(GRID, histogram=np.array([1, 10**10])).counts.tolist() == [4]  # type: ignore[call-overload]
    assert isoflop.sweep(GRID, pareto="min M, max parameters") == isoflop.sweep(
        GRID, pareto=("min M", "max parameters")
    )
    assert isoflop.sweep(GRID, histogram=np.array(2)) == isoflop.sweep(GRID, histogram=2)  # type: ignore[call-overload]
    assert isoflop.size(np.float64(1e9), top=np.int64(2)) == isoflop.size("1B", top=2)  # type: ignore[arg-type]
    assert isoflop.plan(np.array([1e18]), shapes=3) == isoflop.plan(1e18, shapes=3)  # type: ignore[arg-type]
    config = isoflop.count("gpt2").json
    assert isoflop.count("gpt2", sequence_length=np.int64(1024)).json == config  # type: ignore[arg-type]
    for lengths in (np.array([512]), np.array(512), np.int64(512), range(512, 513), iter([512])):
        assert isoflop.attention("gpt2", lengths=lengths) == isoflop.attention("gpt2", lengths=512)  # type: ignore[arg-type]
    assert isoflop.plan(np.float32(1e18), shapes=3).law == isoflop.plan(1e18, shapes=3).law  # type: ignore[arg-type]


@pytest.mark.parametrize(("options", "why"), [
    ({"pareto": 5}, "pareto"), ({"pareto": {"min": "M"}}, "pareto"), ({"histogram": 2.5}, "per_decade"),
    ({"count": {1: 2, 3: 4}}, "count"), ({"kernel": "best"}, "best is no kernel"), ({"progress": 5}, "progress: True"),
])
def test_what_is_no_option(options: Any, why: str) -> None:
    with pytest.raises((isoflop.InputError, TypeError), match=why):
        isoflop.sweep(GRID, **options)


def test_fields_that_are_varied_are_called_as_here() -> None:
    with pytest.raises(isoflop.InputError) as caught:
        isoflop.sweep(around="gpt2", vary={"depth": [6]})
    assert caught.value.field == "vary" and "--" not in str(caught.value)


@pytest.mark.skipif("debug" in os.environ.get("ISOFLOP_LIBRARY", ""), reason="a debug build counts rows too slowly")
def test_a_grid_beyond_memory_says_the_way_out() -> None:
    huge = {"n_layers": range(1, 2001), "d_model": range(64, 65000), "sequence_length": range(64, 100000)}
    with pytest.raises(isoflop.InputError, match="memory.*write the rows to a file"):
        isoflop.sweep(huge, progress=False)


FRAMES: dict[str, Any] = {
    "columns": RUNS,
    "lists": {name: values.tolist() for name, values in RUNS.items()},
    "series": {name: pd.Series(values) for name, values in RUNS.items()},
    "mapping": UserDict(RUNS),
    "pandas": pd.DataFrame(RUNS),
    "polars": pl.DataFrame(RUNS),
    "pyarrow": pa.table(RUNS),
    "records": np.rec.fromarrays([N, D, LOSS], names="params_total,tokens,loss"),
    "rows": pd.DataFrame(RUNS).to_dict("records"),
    "one text for all": {**RUNS, "dataset": "c4"},
    "long doubles": {name: values.astype(np.longdouble) for name, values in RUNS.items()},
    "a table": isoflop.Columns(RUNS, 30),
}


@pytest.mark.parametrize("runs", FRAMES.values(), ids=FRAMES)
def test_frames(runs: Any) -> None:
    assert isoflop.fit(runs, **QUICK)["E"] == pytest.approx(1.8)


def test_an_iterator_of_runs() -> None:
    runs = (dict(zip(RUNS, row)) for row in zip(*RUNS.values()))
    assert isoflop.fit(runs, **QUICK)["E"] == pytest.approx(1.8)


@pytest.mark.parametrize(("runs", "why"), [
    (None, "not NoneType"), ([[1, 2]], "not of list"), (np.ones((3, 3)), "not ndarray"),
    (pl.DataFrame(RUNS).lazy(), r"collect\(\)"), ({**RUNS, "loss": LOSS[:5]}, "loss 5"), ({}, "no runs"),
    ({"loss": 1.0}, "no runs"), ([], "no runs"), (Path("none.csv"), "cannot be read"),
    ({**RUNS, "loss": set(LOSS)}, "loss is a set"), ({**RUNS, "dataset": [b"c4"] * 30}, "decode"),
    (pd.Series(LOSS), "not Series"), (pd.concat([pd.DataFrame(RUNS)] * 2, axis=1), "two columns of one name"),
    ("gpt\udcff", "no Unicode"),
])
def test_what_is_no_runs(runs: Any, why: str) -> None:
    with pytest.raises((isoflop.InputError, TypeError), match=why):
        isoflop.fit(runs, **QUICK)


def test_what_is_missing_and_what_is_wrong_in_a_row() -> None:
    def skipped(value: Any) -> str:
        found = isoflop.fit({**RUNS, "loss": [*LOSS[:3], value, *LOSS[4:]]}, **QUICK)
        return "; ".join(f"{row['line']} {row['reason']}" for row in found.skipped)

    assert skipped(None) == skipped(float("nan")) == "4 loss is empty"
    assert skipped(float("inf")) == "4 loss is Infinity, not a finite number"
    assert skipped(-1.0) == "4 loss is -1.0, not positive"
    missing = pd.DataFrame(RUNS).astype({"loss": "Float64"})
    missing.loc[3, "loss"] = pd.NA
    assert isoflop.fit(missing, **QUICK).skipped[0]["reason"] == "loss is empty"


def test_budgets_to_say_the_optimum_of() -> None:
    for at in (1e21, [1e21], np.array([1e21]), np.float64(1e21), pd.Series([1e21])):
        assert len(isoflop.fit(RUNS, at=at, **QUICK).predictions) == 1  # type: ignore[arg-type]
    assert len(isoflop.fit(RUNS, at=np.array([1e21, 1e22]), **QUICK).predictions) == 2  # type: ignore[arg-type]
    with pytest.raises(isoflop.InputError, match="at"):
        isoflop.fit(RUNS, at=0, **QUICK)


def test_curves() -> None:
    steps = np.arange(200, 8001, 200)
    columns = {"step": steps, "loss": 2 + 3 / np.sqrt(steps)}
    exact = isoflop.predict_end(columns, steps=20000, annealing=1e-4)
    assert 1.9 < exact.final_loss < 2.1
    for curve in (pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns)):
        assert isoflop.predict_end(curve, steps=20000, annealing=1e-4) == exact
    with pytest.raises(isoflop.InputError, match="step and loss"):
        isoflop.predict_end({"step": steps}, steps=20000)
    with pytest.raises(isoflop.WorkError, match="ends at no loss"):
        isoflop.predict_end(columns, steps=20000, annealing=0.2)


CONFIG: dict[str, Any] = {
    "model_type": "llama", "hidden_size": 512, "intermediate_size": 1024, "num_hidden_layers": 4,
    "num_attention_heads": 8, "num_key_value_heads": 8, "vocab_size": 1000, "max_position_embeddings": 512,
}


def test_configs() -> None:
    class Transformers:
        name_or_path = "mine"

        def to_dict(self) -> dict[str, Any]:
            return {**CONFIG, "torch_dtype": np.dtype("float32"), "eos_token_id": [1, 2]}

    exact = isoflop.count(CONFIG).M
    numbers = {**CONFIG, "hidden_size": np.int64(512), "vocab_size": np.int32(1000)}
    for config in (numbers, UserDict(CONFIG), Transformers(), {**CONFIG, "layer_types": UserList(["full_attention"] * 4)}):
        assert isoflop.count(config).M == exact
    for wrong in (None, 5, [1], b"gpt2"):
        with pytest.raises(TypeError, match="a name, a path, a dict"):
            isoflop.count(wrong)  # type: ignore[arg-type]
    with pytest.raises(isoflop.InputError, match="hidden_size"):
        isoflop.count({**CONFIG, "hidden_size": object()})
    assert isoflop.count("gpt2", conventions="palm").conventions.keys() == {"palm"}


def results() -> dict[str, Any]:
    """One of each that a call gives."""
    groups = {**RUNS, "dataset": ["a", "b"] * 15}
    runs: Any = RUN_FILE if RUN_FILE.exists() else RUNS
    fit = isoflop.fit(RUNS, bootstrap=4, starts=2, progress=False)
    made = {
        "count": isoflop.count("gpt2", explain=True), "attention": isoflop.attention("gpt2"),
        "compare": isoflop.compare("gpt2"), "memory": isoflop.memory("gpt2"),
        "mfu": isoflop.mfu("gpt2", tokens_per_second=1e5, accelerators=8, peak="h100"), "rows": isoflop.sweep(GRID),
        "nearest": isoflop.sweep(GRID, nearest=1e9), "histogram": isoflop.sweep(GRID, histogram=2),
        "nothing": isoflop.sweep(GRID, count=(1, 10**10)), "around": isoflop.sweep(around="gpt2", vary={"n_layer": [6]}),
        "count_many": isoflop.count_many({"n_layers": [1], "d_model": 64}), "fit": fit,
        "groups": isoflop.compare_groups(groups, "dataset", **QUICK),
        "predict": isoflop.predict(fit, size=1e9, tokens=2e10), "returns": isoflop.returns("besiroglu", 1e20),
        "fusion": isoflop.predict_fusion("gpt2", tokens=1e10, images=1e8, vision=[12, 768, 256]),
        "allocate": isoflop.allocate(1e20, top=2), "size": isoflop.size("1B"), "plan": isoflop.plan(1e18, shapes=3),
    }
    return made | ({"backtest": isoflop.backtest(runs)} if RUN_FILE.exists() else {})


def test_results_are_shown_copied_and_sent() -> None:
    for name, result in results().items():
        for again in (pickle.loads(pickle.dumps(result)), copy.copy(result), copy.deepcopy(result)):
            assert again == result and type(again) is type(result), name
        assert result != 5 and repr(result), name
        shown = result._repr_html_()
        assert shown.startswith("<table>") and "object at 0x" not in shown, name


def test_what_a_save_that_fails_leaves(tmp_path: Path) -> None:
    fit = isoflop.fit(RUNS, **QUICK)
    fit.save(tmp_path / "law.json")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "none" / "law.json"):
        with pytest.raises(isoflop.WorkError, match="cannot be written"):
            fit.save(path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["folder", "law.json"]
    with pytest.raises(TypeError, match="method"):
        isoflop.fit(RUNS, None, **QUICK)  # type: ignore[arg-type]


def test_bytes_of_a_sweep() -> None:
    found = isoflop.sweep(GRID, nearest=1e9)
    assert isoflop.Sweep.from_bytes(found.to_bytes()) == found
    with pytest.raises(isoflop.InputError, match="columns only"):
        isoflop.sweep(GRID).to_bytes()
    for data in (b"{}", b"no", b"[1]"):
        with pytest.raises(isoflop.InputError, match="to_bytes"):
            isoflop.Sweep.from_bytes(data)
    with pytest.raises(KeyError, match="there are n_layers, d_model"):
        found["layers"]


def test_markup_is_shown_as_text() -> None:
    name = "<b>&'\"</b>"
    count = isoflop.count({**CONFIG, "_name_or_path": name})
    columns = isoflop.Columns({name: np.array([name], dtype=object)}, 1)
    others = [isoflop.compare({**CONFIG, "_name_or_path": name}), isoflop.attention({**CONFIG, "_name_or_path": name})]
    for shown in (result._repr_html_() for result in [count, columns, *others]):
        assert "<b>" not in shown and "&lt;b&gt;&amp;" in shown


def test_errors_are_copied_and_sent() -> None:
    with pytest.raises(isoflop.InputError) as caught:
        isoflop.count("no-such-model")
    for again in (pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value)):
        assert (str(again), again.hint) == (str(caught.value), caught.value.hint) and again.hint
