"""Every measured case, through Python and through the command line: the same exact integers."""

from __future__ import annotations

import json
import os
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import isoflop
import pytest

ROOT = Path(__file__).resolve().parents[3]
CASES = sorted((ROOT / "Tests/Golden/cases").glob("*/*.json"))
COMMAND = os.environ.get("ISOFLOP_COMMAND", str(ROOT / ".build/debug/isoflop"))


def lengths(case: dict[str, Any]) -> dict[str, int]:
    if case["model_kind"] == "encoder-decoder":
        return {"sequence_length": case["seq_len"], "decoder_length": case["seq_len"] // 2}
    return {"sequence_length": case["seq_len"]}


@pytest.mark.skipif(not Path(COMMAND).exists(), reason=f"no command line at {COMMAND}: set ISOFLOP_COMMAND")
def test_cases_are_those_of_the_command_line(tmp_path: Path) -> None:
    groups: dict[tuple[int, ...], list[tuple[str, Any]]] = defaultdict(list)
    for path in CASES:
        case = json.loads(path.read_text())
        for spelling in ("config", "config_as_given"):
            if spelling not in case:
                continue
            file = tmp_path / f"{path.parent.name}-{path.stem}-{spelling}.json"
            file.write_text(json.dumps(case[spelling]))
            groups[tuple(lengths(case).values())].append((str(file), case[spelling]))
    assert len(CASES) > 400
    compared = 0
    for key, members in groups.items():
        names = [name for name, _ in members]
        options = ["--sequence-length", str(key[0])]
        if len(key) > 1:
            options += ["--decoder-length", str(key[1])]
        run = subprocess.run([COMMAND, "count", *names, *options, "--json"], capture_output=True, text=True, check=True)
        answers = json.loads(run.stdout)
        for answer, (name, config) in zip(answers if isinstance(answers, list) else [answers], members, strict=True):
            length = dict(zip(("sequence_length", "decoder_length"), key))
            for what in (config, name):
                counted = dict(isoflop.count(what, **length).json)
                counted.pop("unused_fields", None)
                counted["name"] = answer["name"]
                assert counted == answer, name
            compared += 1
    assert compared >= len(CASES)


def test_integers_are_exact() -> None:
    config = {"model_type": "llama", "vocab_size": 32_003, "hidden_size": 65_537, "intermediate_size": 8_388_593,
              "num_hidden_layers": 16_384, "num_attention_heads": 1}
    count = isoflop.count(config, sequence_length=1)
    d, f, L, V = 65_537, 8_388_593, 16_384, 32_003
    assert count.parameters.total == L * (4 * d * d + 3 * d * f + 2 * d) + d + 2 * V * d > 2**53
