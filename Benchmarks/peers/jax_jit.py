"""JAX on the CPU, jitted, 64-bit."""
from common import *

os.environ["JAX_PLATFORMS"] = "cpu"
if THREADS == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)
L, d, S = (jnp.asarray(x) for x in columns(TABLE_LAYERS))
small = [jnp.asarray(x) for x in (TABLE_LAYERS[:, None, None], WIDTH[None, :, None], SEQUENCE[None, None, :])]
large = [jnp.asarray(LAYERS[:, None, None])] + small[1:]


@jax.jit
def table(L, d, S):
    n1 = 12 * L * d * d
    return 72 * L * d * d + 12 * L * d * S, n1, n1 + V * d


@jax.jit
def grid(l, w, s):
    n1, m = 12 * l * w * w, 72 * l * w * w + 12 * l * w * s
    return m, jnp.broadcast_to(n1, m.shape), jnp.broadcast_to(n1 + V * w, m.shape)


@jax.jit
def search(l, w, s):
    distance = jnp.abs(72 * l * w * w + 12 * l * w * s - TARGET)
    return jnp.argmin(jnp.where((w / l >= LOW) & (w / l <= HIGH), distance, jnp.inf).reshape(-1))


def done(result):
    return jax.block_until_ready(result)


serve({
    "columns": (lambda: done(table(L, d, S)), lambda r: checksum(r[0])),
    "grid": (lambda: done(grid(*small)), lambda r: checksum(r[0])),
    "search": (lambda: done(search(*large)), shape),
})
