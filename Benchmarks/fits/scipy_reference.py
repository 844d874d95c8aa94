#!/usr/bin/env python3
"""The parametric fit the usual way, with SciPy, beside `isoflop fit`: CPU seconds and what each found.

The usual way: L-BFGS-B with finite differences on the summed Huber loss of ln L, from a grid of 4500 starts, then one
refit from the optimum for each of 4000 resamples. Both take minutes, so by default an even sample of the starts and as
many resamples are run and the time is scaled up; --full runs all.

    python3 Benchmarks/fits/scipy_reference.py RUNS.csv [--isoflop .build/release/isoflop] [--sample 30] [--full]

RUNS.csv: params_total, tokens, loss (the 240 points of Besiroglu et al. 2024 are chinchilla-epoch.csv with the five
highest losses left out).
"""
import argparse
import csv
import itertools
import json
import os
import resource
import subprocess
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

DELTA = 1e-3


def residuals(p, n, d, log_loss):
    a, b, e, alpha, beta = p
    terms = np.stack([a - alpha * n, b - beta * d, np.full_like(n, e)])
    return logsumexp(terms, axis=0) - log_loss


def huber(r):
    size = np.abs(r)
    return np.where(size <= DELTA, r * r / 2, DELTA * (size - DELTA / 2))


def fit(start, data):
    return minimize(lambda p: huber(residuals(p, *data)).sum(), start, method="L-BFGS-B")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs")
    parser.add_argument("--drop-highest", type=int, default=5)
    parser.add_argument("--isoflop", default=".build/release/isoflop")
    parser.add_argument("--sample", type=int, default=30, help="how many starts and how many resamples")
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()

    with open(options.runs, newline="") as file:
        rows = [(float(r["params_total"]), float(r["tokens"]), float(r["loss"])) for r in csv.DictReader(file)]
    rows = sorted(rows, key=lambda row: row[2])[: len(rows) - options.drop_highest]
    data = tuple(np.log(np.array(rows)).T)

    # Hoffmann et al. 2022, appendix D.3: 6 x 6 x 5 x 5 x 5 starts.
    grid = list(
        itertools.product(
            np.linspace(0, 25, 6), np.linspace(0, 25, 6), np.linspace(-1, 1, 5), np.linspace(0, 2, 5), np.linspace(0, 2, 5)
        )
    )
    starts = grid if options.full else grid[:: len(grid) // options.sample]
    begin = time.process_time()
    results = [fit(start, data) for start in starts]
    search = (time.process_time() - begin) * len(grid) / len(starts)
    best = min(results, key=lambda result: result.fun)
    agree = sum(r.fun <= best.fun * (1 + 1e-6) for r in results)

    random = np.random.default_rng(1)
    resamples = 4000 if options.full else options.sample
    begin = time.process_time()
    for _ in range(resamples):
        drawn = random.integers(0, len(rows), len(rows))
        fit(best.x, tuple(column[drawn] for column in data))
    bootstrap = (time.process_time() - begin) * 4000 / resamples

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [options.isoflop, "fit", options.runs, "--parametric", "--drop-highest", str(options.drop_highest)]
    out = json.loads(subprocess.run([*command, "--json"], check=True, capture_output=True).stdout)["parametric"]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    ours = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    a, b, e, alpha, beta = best.x
    total = huber(residuals(best.x, *data)).sum()
    print(f"SciPy    objective {total:.9f}  A {np.exp(a):.2f} B {np.exp(b):.2f} E {np.exp(e):.5f}"
          f" alpha {alpha:.5f} beta {beta:.5f}; {agree} of {len(starts)} starts agree")
    print(f"isoflop  objective {out['objective']:.9f}  A {out['A']:.2f} B {out['B']:.2f} E {out['E']:.5f}"
          f" alpha {out['alpha']:.5f} beta {out['beta']:.5f}; {out['starts']['agree']} of {out['starts']['total']} agree")
    how = "measured" if options.full else f"scaled up from {len(starts)} and {resamples}"
    print(f"CPU seconds: SciPy {search:.0f} (4500 starts) + {bootstrap:.0f} (4000 resamples), {how};"
          f" isoflop {ours:.2f} (starts, 4000 resamples, second method, profile, influence): {(search + bootstrap) / ours:.0f} x")
    if out["objective"] > total * (1 + 1e-9):
        raise SystemExit("isoflop's objective is above SciPy's: a fast wrong answer")


if __name__ == "__main__":
    main()
