"""A cluster of several nodes, one of which dies in the middle."""

from __future__ import annotations

import os
from typing import Any

import pytest

import isoflop

ray = pytest.importorskip("ray")
pytest.importorskip("pyarrow")

import isoflop.ray  # noqa: E402

heavy = pytest.mark.skipif(os.environ.get("ISOFLOP_CHECK") != "1", reason="takes minutes: ISOFLOP_CHECK=1")

GRID = {
    "n_layers": range(8, 72),
    "d_model": range(512, 8704, 64),
    "n_heads": range(1, 65),
    "d_ff": range(256, 16384, 256),
}
FRONT: dict[str, Any] = {"pareto": ("min M", "max parameters")}


@heavy
def test_a_node_that_dies_is_done_without() -> None:
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    try:
        nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
        deaths = []

        def kill(done: int, total: int) -> None:
            if done >= 4 and not deaths:
                deaths.append((done, total))
                cluster.remove_node(nodes[0], allow_graceful=False)

        found = isoflop.ray.sweep(GRID, shards=16, address=cluster.address, progress=kill, **FRONT)
        assert not ray.is_initialized()
    finally:
        cluster.shutdown()
    assert deaths and deaths[0][0] < 16
    whole = isoflop.sweep(GRID, **FRONT)
    assert found.json["results"] == whole.json["results"]
