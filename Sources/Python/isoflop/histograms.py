"""How the shapes of a grid spread over a quantity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import plots
from ._shown import table

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Histogram:
    """How many shapes of a grid have a quantity within each interval `edges[i] <= value < edges[i + 1]`."""

    def __init__(self, json: Mapping[str, Any], request: Mapping[str, Any]) -> None:
        self.json = json
        self.request = request
        self.quantity: str = json["quantity"]
        self.edges = np.array(json["edges"], dtype=np.int64)
        self.counts = np.array(json["counts"], dtype=np.int64)

    @property
    def shard(self) -> str | None:
        return self.json.get("shard")

    def plot(self, axes: Axes | None = None) -> Axes:
        labels = [f"{edge:.3g}" for edge in self.edges[:-1].tolist()]
        values = dict(zip(labels, self.counts.tolist()))
        return plots.bars(values, f"shapes by {self.quantity}", "shapes", axes)

    def __eq__(self, other: object) -> bool:
        """The same quantity with the same edges and counts."""
        if not isinstance(other, Histogram):
            return NotImplemented
        return (
            self.quantity == other.quantity
            and np.array_equal(self.edges, other.edges)
            and np.array_equal(self.counts, other.counts)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Histogram of {int(self.counts.sum()):,} shapes by {self.quantity}>"

    def _repr_html_(self) -> str:
        return table(zip(self.edges.tolist(), self.counts.tolist()), head=(f"{self.quantity} from", "shapes"))
