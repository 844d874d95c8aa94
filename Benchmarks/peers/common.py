"""What every peer computes, and how it is asked.

The paper's form over the grid L 1..200, d and S 64..32000 in steps of 64, S fastest:
  columns  M = 72 L d^2 + 12 L d S, N1 = 12 L d^2, N2 = N1 + V d from three columns of 16 million rows (L up to 64)
  grid     the same columns from the three axes
  search   the shape with the least |M - 4.3e10| among those with 64 <= d/L <= 160, of all 50 million

A peer reads one task name a line and answers {"seconds": ..., "answer": ...}: the work without the checking, and a
checksum of M (for the search: M's distance, and the shape). `ready` first: arrays made, code compiled, all tasks run
once. The number of threads is the first argument.
"""
import json
import os
import sys
import time

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 1
for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "POLARS"):
    os.environ[name + ("_MAX_THREADS" if name == "POLARS" else "_NUM_THREADS")] = str(THREADS)

import numpy as np  # noqa: E402  (the number of threads has to be set before)

V, TARGET, LOW, HIGH = 102400.0, 4.3e10, 64.0, 160.0
LAYERS = np.arange(1, 201, dtype=np.float64)
WIDTH = np.arange(1, 501, dtype=np.float64) * 64
SEQUENCE = np.arange(1, 501, dtype=np.float64) * 64
TABLE_LAYERS = LAYERS[:64]


def columns(layers):
    """The three input columns of the grid over these layers."""
    rows = len(WIDTH) * len(SEQUENCE)
    return (
        np.repeat(layers, rows),
        np.tile(np.repeat(WIDTH, len(SEQUENCE)), len(layers)),
        np.tile(SEQUENCE, len(layers) * len(WIDTH)),
    )


def checksum(m):
    """The sum of all M in 64-bit integers that wrap around: independent of the order of the rows.

    Piece by piece: a column of integers would be written to the caches, and whoever comes next would have to wait until
    it is out of them.
    """
    m, piece, total = np.asarray(m).reshape(-1), 1 << 14, np.int64(0)
    with np.errstate(over="ignore"):
        for start in range(0, len(m), piece):
            total += m[start:start + piece].astype(np.int64).sum()
    return int(total)


def shape(index):
    """The answer of a search: the distance and the shape at this place of the whole grid."""
    index = int(index)
    s = SEQUENCE[index % len(SEQUENCE)]
    d = WIDTH[index // len(SEQUENCE) % len(WIDTH)]
    layers = LAYERS[index // (len(SEQUENCE) * len(WIDTH))]
    m = 72 * layers * d * d + 12 * layers * d * s
    return [int(abs(m - TARGET)), int(layers), int(d), int(s)]


def serve(tasks, repeated=(), before=0, counted=1):
    """`tasks`: name to a pair of functions: the work, and what makes the answer of its result.

    `repeated`: the names of those whose work is done `counted` times, after `before` times that do not count.
    """
    for work, answer in tasks.values():
        answer(work())
    print("ready", flush=True)
    for line in sys.stdin:
        name = line.strip()
        work, answer = tasks[name]
        for _ in range(before if name in repeated else 0):
            work()
        start = time.perf_counter()
        for _ in range(counted if name in repeated else 1):
            result = work()
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, "answer": answer(result)}), flush=True)
