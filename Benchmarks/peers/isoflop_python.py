"""isoflop's own Python package, asked for the same columns as the Swift library, and NumPy's usual expressions for them."""
from common import *

import isoflop

NAMES = ("M", "six_n1", "six_n2")
L, d, S = columns(LAYERS[:40])
FLOATS = {"n_layers": L, "d_model": d, "sequence_length": S}
INTEGERS = {name: column.astype(np.int64) for name, column in FLOATS.items()}
OUT = {dtype: {name: np.empty(len(L), dtype) for name in NAMES} for dtype in (np.float64, np.int64)}


def new(sizes, dtype):
    return lambda: isoflop.count_many(sizes, quantities=NAMES, dtype=dtype, threads=THREADS)["M"]


def out(sizes, dtype):
    return lambda: isoflop.count_many(sizes, out=OUT[dtype], threads=THREADS)["M"]


def usual():
    return 72 * L * d**2 + 12 * L * d * S, 72 * L * d**2, 72 * L * d**2 + 6 * V * d


def usual_integers():
    L, d, S = INTEGERS.values()
    return 72 * L * d**2 + 12 * L * d * S, 72 * L * d**2, 72 * L * d**2 + 6 * int(V) * d


ours = {
    "new, doubles": (new(FLOATS, np.float64), checksum),
    "out, doubles": (out(FLOATS, np.float64), checksum),
    "new, integers": (new(INTEGERS, np.int64), checksum),
    "out, integers": (out(INTEGERS, np.int64), checksum),
}
serve(ours | {
    "NumPy, doubles": (usual, lambda r: checksum(r[0])),
    "NumPy, integers": (usual_integers, lambda r: checksum(r[0])),
}, repeated=ours, before=5, counted=10)
