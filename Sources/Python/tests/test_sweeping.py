from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import isoflop
import numpy as np
import pytest

GRID: dict[str, Any] = {"n_layers": range(1, 61), "d_model": np.arange(64, 4097, 64), "sequence_length": [2048, 8192]}


def test_all_rows() -> None:
    sweep = isoflop.sweep({**GRID, "constraints": {"aspect_ratio": "16...200"}})
    L, d, S = sweep["n_layers"], sweep["d_model"], sweep["sequence_length"]
    assert np.array_equal(sweep["M"], 72 * L * d * d + 12 * L * d * S)
    everything = [(a, b) for a in range(1, 61) for b in range(64, 4097, 64) if 16 <= b / a <= 200]
    assert sweep.rows == 2 * len(everything)
    assert sweep.shapes == 60 * 64 * 2
    parts = [isoflop.sweep({**GRID, "constraints": {"aspect_ratio": "16...200"}}, shard=f"{i}/3") for i in (1, 2, 3)]
    assert np.array_equal(np.concatenate([part["M"] for part in parts]), sweep["M"])


def test_axes_may_be_written_in_many_ways() -> None:
    grids: list[Any] = [
        {"n_layers": [1, 2, 3], "d_model": [64, 128]},
        {"axes": {"n_layers": range(3, 0, -1), "d_model": "64:128:64"}},
        {"n_layers": np.array([1.0, 2.0, 3.0]), "d_model": {"from": 64, "to": 128, "step": 64}},
        {"axes": {"n_layers": (1, 2, 3)}, "d_model": np.array([64, 128], dtype=np.int32)},
    ]
    answers = [isoflop.sweep(grid)["M"].tolist() for grid in grids]
    assert all(answer == answers[0] for answer in answers) and len(answers[0]) == 6
    huge = isoflop.sweep({"n_layers": range(1, 10**5), "d_model": [4096]}, nearest=4.3e10, top=1)
    assert huge.shapes == 10**5 - 1


def test_numbers_may_have_a_letter() -> None:
    grid = {"n_layers": range(8, 49), "d_model": range(1024, 8193, 128), "head_dim": 128}
    whole = isoflop.sweep(grid, nearest=7_000_000_000, of="parameters", within=200_000_000, top=2)
    assert isoflop.sweep(grid, nearest="7B", of="parameters", within="200M", top=2) == whole and whole.rows == 2
    few = {**grid, "constraints": {"parameters": "6.9B...7.1B", "aspect_ratio": "64...160"}}
    same = {**grid, "constraints": {"parameters": {"from": 6.9e9, "to": "7.1B"}, "aspect_ratio": "64...160"}}
    found = isoflop.sweep(few)
    assert found == isoflop.sweep(same) and 0 < found.rows
    assert (abs(found["parameters"] - 7_000_000_000) <= 100_000_000).all()
    with pytest.raises(isoflop.InputError, match="64000 or 65536"):
        isoflop.sweep({**grid, "constraints": {"kv_bytes_per_token": "...64k"}})


def test_around_a_config() -> None:
    found = isoflop.sweep(
        around="mistral-7b",
        vary={"sliding_window": [1024, 4096], "num_hidden_layers": range(24, 33), "tie_word_embeddings": [False, True]},
        attention="causal",
    )
    assert found.rows == found.shapes == 36 and found["tie_word_embeddings"].dtype == np.bool_
    assert found["num_hidden_layers"].dtype == found["M"].dtype == np.int64
    config = {
        "model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 32000, "sliding_window": 4096,
    }
    for index in (0, 17, 35):
        row = found.row(index)
        fields = {name: row[name] for name in ("sliding_window", "num_hidden_layers", "tie_word_embeddings")}
        model = isoflop.count({**config, **fields}, sequence_length=row["sequence_length"], attention="causal")
        assert (model.M, model.parameters.total) == (row["M"], row["parameters"])
    nearest = isoflop.sweep(around=config, vary={"num_hidden_layers": range(24, 33)}, nearest=4e10, top=2)
    assert nearest.rows == 2 and abs(nearest["M"] - 4e10)[0] <= abs(nearest["M"] - 4e10)[1]
    shares = [
        isoflop.sweep(around=config, vary={"num_hidden_layers": range(24, 33)}, nearest=4e10, top=2, shard=f"{i}/3")
        for i in (2, 3, 1)
    ]
    assert isoflop.merge(shares) == nearest
    # 4096 is no multiple of 24 heads: no model, and said so.
    heads = isoflop.sweep(around=config, vary={"num_attention_heads": [24, 32]}, sequence_length=[1024, 2048])
    assert heads.rows == 2 and heads.json["refused"] == 2 and "no model" in heads.notes[0]


def test_around_is_written_to_a_file(tmp_path: Path) -> None:
    vary = {"num_hidden_layers": range(24, 33)}
    told = isoflop.write_rows(None, tmp_path / "rows.csv", around="mistral-7b", vary=vary)
    lines = (tmp_path / "rows.csv").read_text().splitlines()
    assert told["rows"] == 9 == len(lines) - 1 and lines[0].startswith("num_hidden_layers,sequence_length,M")
    whole = isoflop.sweep(around="mistral-7b", vary=vary)
    assert [int(line.split(",")[2]) for line in lines[1:]] == whole["M"].tolist()


@pytest.mark.parametrize("request_, why", [
    ({}, "grid: is missing"), ({"grid": GRID, "vary": {"a": 1}}, "goes with around"), ({"around": "mistral-7b"}, "vary"),
    ({"grid": GRID, "around": "mistral-7b", "vary": {"a": 1}}, "beside around"),
    ({"around": "mistral-7b", "vary": {"hiden_size": [1]}}, "hiden_size"),
    ({"around": "mistral-7b", "vary": {"hidden_size": [4096]}, "histogram": 3}, "histogram"),
])
def test_bad_sweeps_around(request_: dict[str, Any], why: str) -> None:
    with pytest.raises(isoflop.InputError, match=why):
        isoflop.sweep(**request_)


def test_the_lowest_loss() -> None:
    found = isoflop.sweep({"n_layers": range(8, 41), "d_model": range(512, 6145, 64)}, loss="besiroglu", compute=1e20, top=5)
    assert found["predicted_loss"].dtype == np.float64 and (np.diff(found["predicted_loss"]) >= 0).all()
    best = isoflop.predict("besiroglu", size=int(found["parameters"][0]), tokens=1e20 / int(found["M"][0]))
    assert best.loss == pytest.approx(found["predicted_loss"][0], rel=1e-9)


def test_nearest_is_that_of_numpy() -> None:
    rows = isoflop.sweep(GRID)
    order = np.lexsort((rows["sequence_length"], rows["d_model"], rows["n_layers"], abs(rows["M"] - 10**10)))[:20]
    for method in ("enumerate", "bound", "reference"):
        found = isoflop.sweep(GRID, nearest=10**10, top=20, method=method)
        assert found["M"].tolist() == rows["M"][order].tolist()
        assert found["n_layers"].tolist() == rows["n_layers"][order].tolist()


@pytest.mark.parametrize("job", [
    {"nearest": 1e10, "top": 30}, {"nearest": 1e10, "top": 5, "within": 1e8}, {"count": (1e9, 1e10)},
    {"pareto": ("min M", "max parameters")}, {"histogram": 3}, {"histogram": [1e8, 1e9, 1e10, 1e12]},
])
def test_shards_merge_in_any_order(job: dict[str, Any]) -> None:
    whole = isoflop.sweep(GRID, **job)
    parts = [isoflop.sweep(GRID, shard=f"{index}/5", **job) for index in range(1, 6)]
    random.Random(1).shuffle(parts)
    if isinstance(whole, isoflop.Sweep):
        parts = [isoflop.Sweep.from_bytes(part.to_bytes()) for part in parts]
    merged = isoflop.merge(parts)
    for member in ("results", "matches", "counts", "edges", "shapes"):
        assert merged.json.get(member) == whole.json.get(member)
    with pytest.raises(isoflop.InputError, match="missing"):
        isoflop.merge(parts[1:])
    with pytest.raises(isoflop.InputError, match="twice"):
        isoflop.merge([*parts, parts[0]])
    with pytest.raises(isoflop.InputError, match="none"):
        isoflop.merge([])


def test_rows_to_a_file(tmp_path: Path) -> None:
    answer = isoflop.write_rows(GRID, tmp_path / "rows.npy")
    table = np.load(tmp_path / "rows.npy")
    rows = isoflop.sweep(GRID)
    assert answer["rows"] == rows.rows
    assert all(np.array_equal(table[name], rows[name]) for name in rows)


def test_grids_of_files(tmp_path: Path) -> None:
    (tmp_path / "grid.yaml").write_text("axes: {n_layers: {from: 1, to: 3}, d_model: [64]}\n")
    assert isoflop.sweep(tmp_path / "grid.yaml").rows == 3
    (tmp_path / "grid.json").write_text(json.dumps({"axes": {"n_layers": [1], "d_model": [64]}}))
    assert isoflop.sweep(str(tmp_path / "grid.json")).rows == 1


@pytest.mark.parametrize("grid, options, why", [
    ({"n_layers": [1]}, {}, "d_model"), ({"n_layers": [], "d_model": [64]}, {}, "empty axis"),
    ({"n_layers": range(5, 1), "d_model": [64]}, {}, "empty axis"), ({"n_layer": [1], "d_model": [64]}, {}, "n_layers"),
    ({"n_layers": [1.5], "d_model": [64]}, {}, "not an integer"), ({"n_layers": [1, 1], "d_model": [64]}, {}, "twice"),
    ({"n_layers": np.array(["a"]), "d_model": [64]}, {}, "no type"), ("no.yaml", {}, "cannot be read"),
    ({"axes": {"n_layers": [1]}, "n_layers": [1], "d_model": [64]}, {}, "twice"),
    (GRID, {"nearest": -1}, "target"), (GRID, {"nearest": 1e10, "count": (1, 2)}, "one sweep"),
    (GRID, {"nearest": 1e10, "method": "magic"}, "method"), (GRID, {"nearest": 1e10, "shard": "4/3"}, "shard"),
    (GRID, {"pareto": ("M", "parameters")}, "min or max"), (GRID, {"nearest": float("nan")}, "nearest"),
    (GRID, {"histogram": [3, 2]}, "ascending"), (GRID, {"nearest": 1e10, "kernel": "abacus"}, "kernel"),
])
def test_bad_requests(grid: Any, options: dict[str, Any], why: str) -> None:
    with pytest.raises(isoflop.InputError, match=why):
        isoflop.sweep(grid, **options)


def test_plots() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    axes = [
        isoflop.sweep(GRID, nearest=1e10, top=20).plot(), isoflop.sweep(GRID, histogram=3).plot(),
        isoflop.count("llama-2-7b").plot(), isoflop.compare("llama-2-7b").plot(), isoflop.allocate(1e20).plot(),
    ]
    for one in axes:
        assert one.get_title() and (one.lines or one.patches)
    from matplotlib import pyplot

    pyplot.close("all")
