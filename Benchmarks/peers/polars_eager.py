"""polars: expressions over a data frame; the grid as a cross join."""
from common import *
import polars as pl

L, d, S = columns(TABLE_LAYERS)
frame = pl.DataFrame({"L": L, "d": d, "S": S})
whole = [pl.LazyFrame({k: v}) for k, v in (("L", LAYERS), ("d", WIDTH), ("S", SEQUENCE))]
small = [pl.LazyFrame({"L": TABLE_LAYERS})] + whole[1:]
c = pl.col
m = 72 * c("L") * c("d") * c("d") + 12 * c("L") * c("d") * c("S")
n1 = 12 * c("L") * c("d") * c("d")
three = [m.alias("M"), n1.alias("N1"), (n1 + V * c("d")).alias("N2")]
ratio = c("d") / c("L")


def grid():
    rows = small[0].join(small[1], how="cross").join(small[2], how="cross")
    return rows.select(three).collect(engine="streaming")


def search():
    pairs = whole[0].join(whole[1], how="cross").filter((ratio >= LOW) & (ratio <= HIGH))
    rows = pairs.join(whole[2], how="cross").with_columns((m - TARGET).abs().alias("e"))
    return rows.bottom_k(1, by="e").collect(engine="streaming").rows()[0]


serve({
    "columns": (lambda: frame.select(three), lambda r: checksum(r["M"].to_numpy())),
    "grid": (grid, lambda r: checksum(r["M"].to_numpy())),
    "search": (search, lambda r: [int(r[3]), int(r[0]), int(r[1]), int(r[2])]),
})
