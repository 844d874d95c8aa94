from __future__ import annotations

from pathlib import Path
from typing import Any

import isoflop
import numpy as np
import pytest


def runs() -> dict[str, Any]:
    """A world whose law is known, with a little noise."""
    random = np.random.default_rng(1)
    N = np.repeat([1e8, 3e8, 1e9, 3e9, 1e10], 6)
    D = np.tile([2e9, 5e9, 1e10, 3e10, 1e11, 3e11], 5)
    loss = (1.8 + 480 / N**0.35 + 2000 / D**0.37) * np.exp(0.001 * random.standard_normal(30))
    return {"params_total": N, "tokens": D, "loss": loss}


def test_fit_finds_the_law() -> None:
    fit = isoflop.fit(runs(), bootstrap=100, starts=16)
    low, high = fit.intervals["a"]
    assert low < 0.37 / 0.72 < high
    assert fit["E"] == pytest.approx(1.8, abs=0.1)
    forecast = isoflop.predict(fit, size=7e9, tokens="2T")
    assert forecast.low is not None and forecast.high is not None
    assert forecast.low < 1.8 + 480 / 7e9**0.35 + 2000 / 2e12**0.37 < forecast.high
    assert isoflop.fit(runs(), bootstrap=100, starts=16, seed=1).json == fit.json
    assert "<table>" in fit._repr_html_()


def test_frames_say_the_same(tmp_path: Path) -> None:
    data = runs()
    expected = isoflop.fit(data, bootstrap=0, starts=16).coefficients
    frames: list[Any] = [[dict(zip(data, row)) for row in zip(*data.values())]]
    for module, make in [
        ("pandas", lambda m: m.DataFrame(data)), ("polars", lambda m: m.DataFrame(data)),
        ("pyarrow", lambda m: m.table(data)),
    ]:
        frames.append(make(pytest.importorskip(module)))
    file = tmp_path / "runs.csv"
    file.write_text(
        ",".join(data) + "\n" + "\n".join(",".join(repr(float(cell)) for cell in row) for row in zip(*data.values()))
    )
    for frame in [*frames, file, str(file)]:
        assert isoflop.fit(frame, bootstrap=0, starts=16).coefficients == expected


def test_laws_travel(tmp_path: Path) -> None:
    fit = isoflop.fit(runs(), bootstrap=20, starts=16)
    fit.save(tmp_path / "my.law.json")
    by_file = isoflop.predict(tmp_path / "my.law.json", size=1e9, tokens=1e11)
    assert by_file.loss == isoflop.predict(fit, size=1e9, tokens=1e11).loss
    allocation = isoflop.allocate(1e21, law=fit)
    assert allocation.law == "fit" and allocation.loss is not None


@pytest.mark.parametrize("data, options, why", [
    ({}, {}, "runs"), ([], {}, "runs"), ({"loss": [1], "tokens": [1, 2]}, {}, "lengths"), ("none.csv", {}, "cannot be read"),
    (runs(), {"los": "huber"}, "loss"), (runs(), {"loss": "hubert"}, "huber"), (runs(), {"seed": -1}, "seed"),
    (runs(), {"level": 2}, "level"), (runs(), {"method": "magic"}, "method"), ({"tokens": [1e9] * 9}, {}, "params_total"),
])
def test_bad_fits(data: Any, options: dict[str, Any], why: str) -> None:
    with pytest.raises(isoflop.InputError, match=why):
        isoflop.fit(data, **options)


def test_nan_losses_are_named() -> None:
    data = runs()
    data["loss"][3] = np.nan
    fit = isoflop.fit(data, bootstrap=0, starts=16)
    assert len(fit.skipped) == 1 and "loss" in fit.skipped[0]["reason"]


def test_allocation_is_the_papers() -> None:
    allocation = isoflop.allocate(8.455716864e22)
    assert allocation.M_opt == pytest.approx(1.7987e11, rel=1e-4)
    assert allocation.D_opt == pytest.approx(4.7015e11, rel=1e-4)
    assert allocation.learning_rate == pytest.approx(4.2460e-4, rel=1e-4)
    rented = isoflop.allocate(accelerators=512, accelerator="h100", hours=720, price=2)
    assert rented.json["economics"]["cost"] == pytest.approx(512 * 720 * 2)
    shapes = isoflop.allocate(1e20, grid={"n_layers": range(8, 41), "d_model": range(512, 4097, 64)}).architectures
    assert shapes[0]["M_over_M_opt"] == pytest.approx(1, abs=0.02)
    for bad in ({"compute": -1}, {"compute": float("nan")}, {}, {"compute": 1e20, "law": "depseek"}):
        with pytest.raises(isoflop.InputError):
            isoflop.allocate(**bad)  # type: ignore[arg-type]
    assert len(isoflop.compare_laws(1e21)["laws"]) > 3


def test_sizes_and_plans() -> None:
    sizes = isoflop.size("7B", style="llama", top=3)
    assert len(sizes.shapes) == 3 and sizes.candidates > 3
    plan = isoflop.plan((1e17, 1e19), count=3, shapes=5)
    assert len(plan.runs) == 15
    assert plan.csv.splitlines()[0].startswith("run_id,budget")
    assert isoflop.plan([1e17, 1e18], shapes=4).runs[0]["budget"] == 1e17
    with pytest.raises(isoflop.InputError, match="count"):
        isoflop.plan([1e17, 1e18, 1e19], count=3)
