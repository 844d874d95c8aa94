"""numba: explicit loops, compiled, over all threads; the search skips what the constraint rules out."""
from common import *
import numba
from numba import njit, prange

numba.set_num_threads(THREADS)
L, d, S = columns(TABLE_LAYERS)
M, N1, N2 = (np.zeros(len(L)) for _ in range(3))


@njit(parallel=True, fastmath=True)
def table(L, d, S, M, N1, N2, V):
    for i in prange(L.size):
        n1 = 12 * L[i] * d[i] * d[i]
        N1[i] = n1
        N2[i] = n1 + V * d[i]
        M[i] = 6 * n1 + 12 * L[i] * d[i] * S[i]


@njit(parallel=True, fastmath=True)
def grid(L, d, S, M, N1, N2, V):
    for q in prange(L.size * d.size):
        l, w = L[q // d.size], d[q % d.size]
        n1, b, o = 12 * l * w * w, 12 * l * w, q * S.size
        for k in range(S.size):
            M[o + k] = 6 * n1 + b * S[k]
            N1[o + k] = n1
            N2[o + k] = n1 + V * w


# Not `fastmath=True`: infinities are used.
@njit(parallel=True, fastmath={"nsz", "arcp", "contract", "reassoc", "afn"})
def search(L, d, S, target, low, high):
    best = np.full(L.size, np.inf)
    place = np.full(L.size, -1)
    for a in prange(L.size):
        e, at, l = np.inf, -1, L[a]
        for j in range(d.size):
            w = d[j]
            if w < low * l or w > high * l:
                continue
            first, b = 72 * l * w * w - target, 12 * l * w
            for k in range(S.size):
                x = abs(first + b * S[k])
                if x < e:
                    e, at = x, (a * d.size + j) * S.size + k
        best[a], place[a] = e, at
    return place[np.argmin(best)]


serve({
    "columns": (lambda: table(L, d, S, M, N1, N2, V), lambda _: checksum(M)),
    "grid": (lambda: grid(TABLE_LAYERS, WIDTH, SEQUENCE, M, N1, N2, V), lambda _: checksum(M)),
    "search": (lambda: search(LAYERS, WIDTH, SEQUENCE, TARGET, LOW, HIGH), shape),
})
