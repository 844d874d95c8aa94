"""A plain random search against the built-in one: which shape costs closest to 43 GFLOPs a token?

    pip install isoflop && python random_search.py
"""

import time

import numpy as np

import isoflop

TARGET = 43_000_000_000
DRAWS = 1_000_000
GRID = {
    "n_layers": range(8, 136),
    "d_model": range(512, 16384, 64),
    "d_ff": range(1024, 65536, 64),
    "head_dim": [128],
    "n_heads": range(8, 136, 8),
}

start = time.perf_counter()
random = np.random.default_rng(1)
draws = {name: random.choice(np.asarray(values), DRAWS) for name, values in GRID.items()}
M = isoflop.count_many(draws, quantities=["M"])["M"]
nearest = int(np.abs(M - TARGET).argmin())
seconds = time.perf_counter() - start
print(f"random:   M = {M[nearest]:,}, off by {abs(M[nearest] - TARGET):,}, {DRAWS:,} shapes in {seconds:.2f} s")

start = time.perf_counter()
found = isoflop.sweep(GRID, nearest=TARGET, top=1)
seconds = time.perf_counter() - start
print(
    f"built in: M = {found['M'][0]:,}, off by {abs(found['M'][0] - TARGET):,}, "
    f"the nearest of {found.shapes:,} shapes, in {seconds:.2f} s"
)
