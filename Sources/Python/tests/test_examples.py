"""The examples run, and the answers that they print are right."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import isoflop

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(name: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in: {text}"
    return float(found[1].replace(",", ""))


def test_optuna_search() -> None:
    pytest.importorskip("optuna")
    said = run("optuna_search.py")
    found, best = number(r"its loss is ([\d.]+)", said), number(r"that fit is ([\d.]+)", said)
    assert best <= found < 1.002 * best
    layers, heads, kv_heads = (int(number(rf"'{name}': (\d+)", said)) for name in ("n_layers", "n_heads", "n_kv_heads"))
    model = isoflop.count(
        {
            "model_type": "llama",
            "hidden_size": 128 * heads,
            "intermediate_size": 128 * (heads * 8 // 3),
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": kv_heads,
            "vocab_size": 102400,
        },
        sequence_length=4096,
    )
    assert 2 * 2 * layers * kv_heads * 128 <= 64 * 1024
    assert 128 * heads <= 128 * layers
    # The shape's own price, counted from a config: the paper's M has no norms, the parameters have them.
    predicted = isoflop.predict("besiroglu", size=model.parameters.total, tokens=1e21 / model.M).loss
    assert predicted == pytest.approx(found, abs=2e-4)


def test_random_search() -> None:
    said = run("random_search.py")
    random, best = number(r"random: .*off by ([\d,]+)", said), number(r"built in: .*off by ([\d,]+)", said)
    assert 0 <= best < random
    assert number(r"built in: +M = ([\d,]+)", said) == pytest.approx(4.3e10, abs=best)


def test_mfu_callback() -> None:
    said = run("mfu_callback.py")
    assert number(r"a step makes ([\d,]+)", said) == number(r"isoflop says ([\d,]+)", said)
    assert 0 < number(r"MFU ([\d.]+)%", said)


def test_m_against_6n(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "picture.png"
    said = run("m_against_6n.py", str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 10_000
    count = isoflop.count("deepseek-llm-67b", sequence_length=4096)
    exact = count.flops_per_token.six_n1 / count.M
    assert number(r"67b at +4,096 tokens: 6 N1 = ([\d.]+) M", said) == pytest.approx(exact, abs=5e-4)
