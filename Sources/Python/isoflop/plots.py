"""The few pictures that results draw of themselves. matplotlib is an extra."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _axes(axes: Axes | None) -> Axes:
    if axes is not None:
        return axes
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError("a plot needs matplotlib: pip install 'isoflop[plot]'") from None
    return pyplot.figure(layout="constrained").add_subplot()


def bars(values: Mapping[str, float], title: str, unit: str, axes: Axes | None = None) -> Axes:
    """Horizontal bars, the first on top."""
    axes = _axes(axes)
    axes.barh(list(values), [float(value) for value in values.values()], color="#0072B2")
    axes.invert_yaxis()
    axes.set_title(title)
    axes.set_xlabel(unit)
    return axes


def points(
    x: Sequence[float], y: Sequence[float], labels: tuple[str, str], title: str, axes: Axes | None = None
) -> Axes:
    """Points on logarithmic axes."""
    axes = _axes(axes)
    axes.plot(x, y, ".", color="#0072B2")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    axes.set_title(title)
    return axes
