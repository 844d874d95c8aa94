"""A search by Optuna: isoflop is the cost in the objective, and the constraint.

A budget of training FLOPs buys fewer tokens the more a token costs, so every trial pays its own exact price. A shape
may keep so many bytes of key-value cache a token, and be so wide for its depth. The loss is a published law's here; in
a real search it is what a short training run gave.

    pip install 'isoflop[examples]' && python optuna_search.py
"""

from typing import Any

import numpy as np
import optuna

import isoflop

BUDGET = 1e21  # training FLOPs
CACHE = 64 * 1024  # bytes a token, at two bytes an element
ASPECT = 128  # d_model over n_layers, at most
LAYERS, HEADS, KV_HEADS = range(8, 49), range(8, 49), [1, 2, 4, 8]


def shape(n_layers: Any, n_heads: Any, n_kv_heads: Any) -> dict[str, Any]:
    """Heads of 128 and a gated MLP of 8/3 of the width; of numbers, or of columns."""
    return {
        "n_layers": n_layers,
        "d_model": 128 * n_heads,
        "n_heads": n_heads,
        "n_kv_heads": n_kv_heads,
        "d_ff": 128 * (n_heads * 8 // 3),
    }


def costs(shapes: dict[str, Any]) -> isoflop.Columns:
    return isoflop.count_many(shapes, quantities=["M", "parameters", "kv_elements_per_token"])


def loss(M: float, parameters: float) -> float:
    return isoflop.predict("besiroglu", size=parameters, tokens=BUDGET / M).loss


def objective(trial: optuna.Trial) -> float:
    layers = trial.suggest_int("n_layers", LAYERS[0], LAYERS[-1])
    heads = trial.suggest_int("n_heads", HEADS[0], HEADS[-1])
    kv_heads = trial.suggest_categorical("n_kv_heads", KV_HEADS)
    if heads % kv_heads:
        raise optuna.TrialPruned
    cost = costs(shape(layers, heads, kv_heads)).row(0)
    trial.set_constraint("cache", 2 * cost["kv_elements_per_token"] - CACHE)
    trial.set_constraint("aspect", 128 * heads / layers - ASPECT)
    return loss(cost["M"], cost["parameters"])


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))
study.optimize(objective, n_trials=200)

# The same space whole: it is small enough for that.
layers, heads, kv_heads = (axis.ravel() for axis in np.meshgrid(LAYERS, HEADS, KV_HEADS))
cost = costs(shape(layers, heads, np.where(heads % kv_heads, 1, kv_heads)))
fits = (2 * cost["kv_elements_per_token"] <= CACHE) & (128 * heads <= ASPECT * layers)
best = min(map(loss, cost["M"][fits].tolist(), cost["parameters"][fits].tolist()))

print(f"Optuna found {study.best_trial.params}")
print(f"its loss is {study.best_value:.5f}; the lowest of all shapes that fit is {best:.5f}")
