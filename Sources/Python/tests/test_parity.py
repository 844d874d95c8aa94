"""What the terminal can do the library can do: the options of the command line against those of the C ABI."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from isoflop import _library

PROGRAM = Path(os.environ.get("ISOFLOP_LIBRARY", "none")).parent / "isoflop"

#: Where answers go and how they look is the caller's.
OUTPUT = set("json csv markdown plot plot_data plot_size picture write_runs write_configs save no_pin help version".split())
#: A grid is an object here, and its conditions are in it.
GRID = set(
    "n_layers d_model n_heads head_dim n_kv_heads d_ff n_experts experts_per_token d_expert d_shared vocab_size "
    "sequence_length where mlp tie_word_embeddings first_k_dense_replace".split()
)
ELSEWHERE: dict[str, set[str]] = {
    # Functions of their own.
    "count": {"models", "families"},
    "compare": {"conventions"},
    "memory": {"recipes"},
    "mfu": {"peaks"},
    "allocate": GRID | {"model"},
    "sweep": GRID | {"merge"},
    # `method` here.
    "fit": {"parametric", "isoflop", "hyperparameters", "envelope", "accounts"},
    # A forecast is what has a law; a refit is a fit.
    "watch": {"forecast", "runs", "scale"},
}
#: What else has to be asked for some options to make sense.
ASKED: dict[str, list[dict[str, Any]]] = {
    "compare": [{"laws": True}, {"runs": []}],
    "predict": [{"returns": 1}, {"backtest": []}, {"curve": {}}, {"images": 1}],
    "sweep": [{"around": "none"}],
}


def refuses(function: str, name: str, asked: dict[str, Any]) -> bool:
    text = json.dumps({**asked, name: asked.get(name)}).encode()
    reply = ctypes.c_uint64()
    status = _library.LIBRARY.isoflop_call(function.encode(), text, len(text), 0, reply)
    if status == 0:
        _library.LIBRARY.isoflop_free(reply)
        return False
    return "is no option" in str(_library.error_of(status))


@pytest.mark.skipif(not os.access(PROGRAM, os.X_OK), reason="the program is not beside the library")
@pytest.mark.parametrize("command", "count attention compare memory mfu allocate size sweep plan fit predict watch laws machine".split())
def test_every_option_of_the_command_line_is_one_of_the_library(command: str) -> None:
    told = subprocess.run([PROGRAM, "--experimental-dump-help"], capture_output=True, check=True, timeout=60).stdout
    commands = {sub["commandName"]: sub for sub in json.loads(told)["command"]["subcommands"]}
    names = {
        argument["preferredName"]["name"].replace("-", "_")
        for argument in commands[command].get("arguments", ())
        if argument["kind"] != "positional" and argument["shouldDisplay"]
    }
    unknown = names - OUTPUT - ELSEWHERE.get(command, set())
    for asked in [{}, *ASKED.get(command, ())]:
        unknown = {name for name in unknown if refuses(command, name, asked)}
    assert not unknown, f"isoflop {command}: neither in Sources/IsoflopC/Calls nor told apart above"
