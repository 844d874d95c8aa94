"""NumPy as it is usually written: whole-array expressions."""
from common import *

L, d, S = columns(TABLE_LAYERS)


def table():
    return 72 * L * d**2 + 12 * L * d * S, 12 * L * d**2, 12 * L * d**2 + V * d


def grid():
    l, w, s = TABLE_LAYERS[:, None, None], WIDTH[None, :, None], SEQUENCE[None, None, :]
    m = 72 * l * w**2 + 12 * l * w * s
    n1 = np.broadcast_to(12 * l * w**2, m.shape).copy()
    return m, n1, np.broadcast_to(12 * l * w**2 + V * w, m.shape).copy()


def search():
    l, w, s = LAYERS[:, None, None], WIDTH[None, :, None], SEQUENCE[None, None, :]
    m = 72 * l * w**2 + 12 * l * w * s
    ratio = w / l
    return np.argmin(np.where((ratio >= LOW) & (ratio <= HIGH), np.abs(m - TARGET), np.inf))


serve({
    "columns": (table, lambda r: checksum(r[0])),
    "grid": (grid, lambda r: checksum(r[0])),
    "search": (search, shape),
})
