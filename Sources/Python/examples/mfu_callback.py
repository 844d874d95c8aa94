"""Model FLOPs utilisation in a training loop, from the FLOPs of exactly this config.json.

The loop is a toy in NumPy: it makes the matrix products of a step and nothing else. That shows that the number is
right: the FLOPs it makes, counted product by product, are those that isoflop says.

    pip install isoflop && python mfu_callback.py
"""

import time
from typing import Any

import numpy as np
import numpy.typing as npt

import isoflop

Matrix = npt.NDArray[np.float32]

CONFIG = {
    "model_type": "llama",
    "hidden_size": 256,
    "intermediate_size": 688,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 1024,
    "max_position_embeddings": 512,
}
SEQUENCE, STEPS = 256, 5


class MFU:
    """A callback: what share of the machine's peak the model's own FLOPs make up, step by step."""

    def __init__(self, config: dict[str, Any], sequence_length: int, peak: float) -> None:
        # Forward, and twice that for backward; with the output head, which M leaves out.
        forward = isoflop.count(config, sequence_length=sequence_length).forward.total
        if forward is None:
            raise ValueError("a part of this model has no closed formula")
        self.flops_per_token, self.peak = 3 * forward / sequence_length, peak
        self.steps: list[float] = []

    def on_step_end(self, tokens: int, seconds: float) -> None:
        self.steps.append(self.flops_per_token * tokens / seconds / self.peak)


def products(config: dict[str, Any], S: int) -> list[tuple[int, int, int, int]]:
    """Every matrix product of a forward pass over S tokens: rows, inner, columns, how often."""
    d, heads, layers = config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"]
    head = d // heads
    kv = config["num_key_value_heads"] * head
    ff = config["intermediate_size"]
    return [
        (S, d, d, 2 * layers),  # queries and output
        (S, d, kv, 2 * layers),  # keys and values
        (S, d, ff, 2 * layers),  # gate and up
        (S, ff, d, layers),  # down
        (S, head, S, heads * layers),  # scores
        (S, S, head, heads * layers),  # values by scores
        (S, d, config["vocab_size"], 1),
    ]


def step(work: list[tuple[Matrix, Matrix, int]]) -> int:
    """Each product forward, and the two that its gradients need. Returns the FLOPs made."""
    flops = 0
    for a, b, times in work:
        for _ in range(times):
            c = a @ b
            c @ b.T
            a.T @ c
            flops += 3 * 2 * a.shape[0] * a.shape[1] * b.shape[1]
    return flops


def peak_of_this_machine(n: int = 1024) -> float:
    """The best of a few large products: what the loop is measured against."""
    a = np.ones((n, n), np.float32)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        a @ a
        seconds.append(time.perf_counter() - start)
    return 2 * n**3 / min(seconds)


random = np.random.default_rng(1)
work = [
    (random.random((m, k), np.float32), random.random((k, n), np.float32), times)
    for m, k, n, times in products(CONFIG, SEQUENCE)
]
mfu = MFU(CONFIG, SEQUENCE, peak_of_this_machine())
for _ in range(STEPS):
    start = time.perf_counter()
    made = step(work)
    mfu.on_step_end(SEQUENCE, time.perf_counter() - start)

said = mfu.flops_per_token * SEQUENCE
print(f"a step makes {made:,} FLOPs; isoflop says {said:,.0f}")
print(f"MFU {np.median(mfu.steps):.1%} of {mfu.peak:.3g} FLOP/s, {mfu.flops_per_token:,.0f} FLOPs a token")
assert made == said
