from __future__ import annotations

import ctypes
import json
from pathlib import Path
from typing import Any

import isoflop
import numpy as np
import pytest
from isoflop import _library


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


def profiles(budgets: int = 6) -> list[dict[str, float]]:
    """IsoFLOP runs about the same law, with M and both parameter counts."""
    random = np.random.default_rng(2)
    rows = []
    for C in 1e18 * 4.0 ** np.arange(budgets):
        for N in 0.09 * C**0.51 * 1.5 ** np.arange(-3.0, 4.0):
            D = C / (6 * N)
            loss = (1.8 + 480 / N**0.35 + 2000 / D**0.37) * np.exp(0.001 * random.standard_normal())
            sizes = {"params_total": 1.1 * N, "params_nonembedding": N, "flops_per_token": 6.6 * N}
            rows.append({**sizes, "tokens": D, "budget": C, "loss": loss})
    return rows


def test_a_fit_says_what_it_predicts() -> None:
    fit = isoflop.fit(runs(), bootstrap=50, starts=16, at=[1e21, 1e22], predict=[(7e9, 2e12)])
    assert [round(p.compute / 1e21, 6) for p in fit.predictions] == [1, 10, 84]
    for prediction in fit.predictions:
        assert prediction.interval is not None and prediction.interval[0] < prediction.loss < prediction.interval[1]
    assert fit.predictions[0].scale_interval is not None and fit.predictions[2].scale_interval is None
    by_profiles = isoflop.fit(profiles(), "isoflop", bootstrap=50, at=1e22)
    assert by_profiles.predictions[0].interval is not None
    assert by_profiles.intervals["model_exponent"][0] < by_profiles["model_exponent"]


def test_accounts_and_groups() -> None:
    accounts = isoflop.compare_accounts(profiles(), compute=1e23, bootstrap=20)
    assert [account.account for account in accounts] == ["M", "6N1", "6N2"]
    assert all(account.prediction and account.interval for account in accounts)
    choices = isoflop.compare_counting(profiles(), 1e22)
    assert [choice.account for choice in choices] == ["M", "6N1", "6N2"] and all(choice.M > 0 for choice in choices)
    data = {**runs(), "dataset": np.tile(["one", "other"], 15)}
    groups = isoflop.compare_groups(data, "dataset", bootstrap=20, starts=8, comparable="validation-sets")
    assert [group["name"] for group in groups.groups] == ["one", "other"] and len(groups.pairs) == 1
    with pytest.raises(isoflop.InputError, match="compare_groups"):
        isoflop.fit(data, group="dataset")  # type: ignore[call-arg]
    with pytest.raises(isoflop.InputError, match="compare_accounts"):
        isoflop.fit(data, "accounts")


def test_an_envelope_gives_no_law() -> None:
    curves = [
        {"run_id": f"m{N:.0f}", "params_total": N, "tokens": D, "loss": 1.8 + 480 / N**0.35 + 2000 / D**0.37}
        for N in 1e8 * 2.0 ** np.arange(6)
        for D in 1e9 * 1.25 ** np.arange(1, 31)
    ]
    fit = isoflop.fit(curves, "envelope", bootstrap=20)
    assert fit["model_exponent"] == pytest.approx(0.37 / 0.72, abs=0.08)
    assert fit.law is None and "model_exponent" in fit.intervals
    with pytest.raises(isoflop.InputError, match="no law"):
        isoflop.predict(fit, size=1e9, tokens=1e11)


def test_seed_noise_and_schemes() -> None:
    twice = [row | {"loss": row["loss"] * factor} for row in isoflop.scaling.runs_request(runs()) for factor in (1, 1.001)]
    noise = isoflop.fit(twice, bootstrap=20, starts=8, scheme="noise").json["parametric"]["seed_noise"]["relative"]
    assert noise == pytest.approx(np.log(1.001) / 2**0.5)
    for scheme in ("pooled-runs", "residuals", "noise=0.002"):
        assert isoflop.fit(profiles(), "isoflop", bootstrap=20, scheme=scheme).intervals
    with pytest.raises(isoflop.InputError, match="noise"):
        isoflop.fit(runs(), starts=8, scheme="noise")


def test_the_end_of_a_run() -> None:
    steps = np.arange(100, 8001, 100)
    curve = {"step": steps, "loss": 2 + 8 * steps**-0.4}
    end = isoflop.predict_end(curve, steps=20_000, schedule="constant", warmup=0)
    assert end.final_loss == pytest.approx(2 + 8 * 20_000**-0.4, abs=0.01)
    assert end.low is not None and end.schedule["kind"] == "constant"
    with pytest.raises(isoflop.InputError, match="annealing"):
        isoflop.predict_end(curve, steps=20_000)
    assert isoflop.predict_end(curve, steps=20_000, drops=[(0.8, 0.316)], annealing=1e-6).C == 1e-6


def test_what_laws_say_beyond_a_run(tmp_path: Path) -> None:
    more = isoflop.returns("besiroglu", 1e22, target=2, value=1e6, price=1e-3)
    assert len(more.doublings) == 8 and more.compute_to_target is not None and more.uneconomic_from is not None
    assert isoflop.returns("besiroglu", 1e22, target=1).compute_to_target is None
    tested = isoflop.backtest(profiles(12))
    assert len(tested.steps) == 9 and tested.evidence is not None
    run = isoflop.predict_fusion("llama-2-7b", tokens=1e11, images=1e8, vision=(24, 1024, 576, 2))
    assert run.image_tokens == 144e8 and run.loss is None and run.compute == run.vision_compute + run.language_compute
    scores = {"loss": np.linspace(2, 3, 9), "score": 0.25 + 0.75 / (1 + np.exp(4 * (np.linspace(2, 3, 9) - 2.4)))}
    forecast = isoflop.predict("besiroglu", size=1e9, tokens=1e11, scores=scores)
    assert forecast.score is not None and 0.25 < forecast.score.value < 1
    assert len(isoflop.laws_of_model("llama-2-7b", tokens="2T")["laws"]) > 3


def test_a_ledger_grows(tmp_path: Path) -> None:
    ledger = isoflop.Ledger(tmp_path / "runs.ledger")
    assert ledger.runs == []
    for index in range(7):
        ledger.forecast(f"r{index}", "besiroglu", size=1e9, tokens=2e10, noise=0.003)
        alarms = ledger.result(f"r{index}", 1.002 * ledger.runs[-1]["forecast"])
        assert bool(alarms) == (index == 6)
    assert len(Path(ledger.path).read_text().splitlines()) == 14
    before = Path(ledger.path).read_bytes()
    with pytest.raises(isoflop.InputError, match="not rewritten"):
        ledger.forecast("r0", "besiroglu", size=1e9, tokens=2e10, noise=0.003)
    assert Path(ledger.path).read_bytes() == before
    # A file whose last line an editor left open.
    Path(ledger.path).write_bytes(before.rstrip(b"\n"))
    ledger.forecast("r7", "besiroglu", size=1e9, tokens=2e10, noise=0.003)
    assert len(ledger.runs) == 8 and ledger.score["results"] == 7


def known(function: str, names: Any) -> None:
    """Every name is an option of the library's function."""
    for name in names:
        text = json.dumps({name: None}).encode()
        reply = ctypes.c_uint64()
        status = _library.LIBRARY.isoflop_call(function.encode(), text, len(text), 0, reply)
        error = _library.error_of(status) if status else None
        assert error is None or "is no option" not in str(error), f"{function}: {name}: {error}"


def test_options_are_those_of_the_library() -> None:
    known("fit", isoflop.FitOptions.__annotations__)
    known("bootstrap", isoflop.FitOptions.__annotations__)
    known("allocate", isoflop.AllocateOptions.__annotations__)
    known("size", isoflop.SizeOptions.__annotations__)
    known("plan", isoflop.PlanOptions.__annotations__)
    for function in ("count", "memory", "mfu"):
        known(function, isoflop.TrainingOptions.__annotations__)


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
    given = isoflop.allocate(config="llama-2-7b", tokens="2T")
    assert given.compute == pytest.approx(isoflop.count("llama-2-7b").M * 2e12)
    by_money = isoflop.allocate(money=1e6, accelerators=512, accelerator="h100", price=2)
    assert by_money.json["economics"]["cost"] == pytest.approx(1e6)
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
    priced = isoflop.plan((1e18, 1e20), count=3, shapes=5, accelerators=64, accelerator="h100", price=2, simulate=5)
    assert priced.json["economics"]["cost"] > 0 and priced.json["simulation"]["worlds"] == 5
    with pytest.raises(isoflop.InputError, match="count"):
        isoflop.plan([1e17, 1e18, 1e19], count=3)
