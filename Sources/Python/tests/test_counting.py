from __future__ import annotations

from pathlib import Path

import isoflop
import pytest


class TransformersConfig:
    """The part of a transformers config that is used."""

    name_or_path = "mine/model"

    def to_dict(self) -> dict[str, object]:
        class DType:
            def __str__(self) -> str:
                return "torch.bfloat16"

        return {
            "model_type": "llama", "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008,
            "num_hidden_layers": 32, "num_attention_heads": 32, "max_position_embeddings": 4096, "torch_dtype": DType(),
        }


def test_what_may_be_counted(tmp_path: Path) -> None:
    known = isoflop.count("llama-2-7b")
    assert known.flops_per_token.M is not None
    assert isoflop.count(TransformersConfig()).parameters.total == known.parameters.total == 6_738_415_616
    assert isoflop.count(TransformersConfig()).name == "mine/model"
    import json

    config = {key: value for key, value in TransformersConfig().to_dict().items() if key != "torch_dtype"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    for path in (tmp_path, tmp_path / "config.json", str(tmp_path)):
        assert isoflop.count(path).parameters == known.parameters
    with pytest.raises(TypeError):
        isoflop.count(7)


def test_options() -> None:
    full, causal = isoflop.count("llama-2-7b"), isoflop.count("llama-2-7b", attention="causal")
    assert causal.flops_per_token.convention == "deepseek+causal"
    assert causal.M < full.M
    assert isoflop.count("llama-2-7b", documents=[1024] * 4, attention="causal").M < causal.M
    assert isoflop.count("llama-2-7b", conventions=["palm", "megatron"]).conventions.keys() == {"palm", "megatron"}
    assert isoflop.count("llama-2-7b").forward.total == full.json["forward_flops_per_sequence"]["total"]


def test_comparison_and_memory() -> None:
    comparison = isoflop.compare("deepseek-llm-67b", compute=9.946e23, conventions=["all"])
    assert comparison["M"].flops_per_token == 432_726_343_680
    assert comparison["M (paper)"].true_compute == pytest.approx(0.870, abs=1e-3)
    assert {"megatron", "palm"} <= {account.name for account in comparison.accounts}
    with pytest.raises(KeyError):
        comparison["M (poem)"]
    memory = isoflop.memory("llama-2-7b", context=4096)
    assert memory.cache_bytes == 4096 * memory.cache_bytes_per_token == 4096 * 2 * 2 * 32 * 4096


def test_components_explain_the_whole() -> None:
    count = isoflop.count("gpt2", sequence_length=1024, explain=True)
    assert sum(part.parameters for part in count.components) == count.parameters.total
    assert sum(part.forward_flops_per_sequence or 0 for part in count.components) == count.forward.total
    scores = next(part for part in count.components if part.component.endswith(".scores"))
    assert scores.formula == "2 x 1024 x 1024 pairs x 12 heads x (64 key + 64 value)"
    assert isoflop.count("gpt2").components == ()


def test_attention_by_length() -> None:
    cost = isoflop.attention("llama-3-8b", lengths=[8192, 131072])
    assert cost.lengths == (8192, 131072)
    assert cost.at["M_full"][0] == isoflop.count("llama-3-8b", sequence_length=8192).M
    assert cost.at["M_causal"][0] == isoflop.count("llama-3-8b", sequence_length=8192, attention="causal").M
    # Where the scores are half of M, to one token.
    assert cost.overtakes is not None and cost.overtakes_causal is not None
    share = isoflop.attention("llama-3-8b", lengths=[cost.overtakes - 1, cost.overtakes]).at["attention_share"]
    assert share[0] is not None and share[1] is not None and share[0] < 0.5 <= share[1]
    assert isoflop.attention("llama-3-8b").lengths[-1] == 1_048_576


def test_lists() -> None:
    assert "llama-2-7b" in [model["name"] for model in isoflop.models()]
    assert "llama" in isoflop.families()
    assert any(convention["name"] == "deepseek" for convention in isoflop.conventions())
    assert isoflop.machine()["implementations"]
    assert isoflop.laws("deepseek")[0]["id"] == "deepseek"


def test_html() -> None:
    for result in (isoflop.count("llama-2-7b"), isoflop.compare("llama-2-7b"), isoflop.attention("gpt2"), isoflop.size("7B", top=2),
                   isoflop.allocate(1e20, top=2), isoflop.count_many({"n_layers": range(1, 40), "d_model": 64})):
        assert result._repr_html_().startswith("<table>")


def test_errors_carry_the_command_lines_words(tmp_path: Path) -> None:
    with pytest.raises(isoflop.InputError) as caught:
        isoflop.count({"model_type": "lama"})
    assert isinstance(caught.value, ValueError)
    assert caught.value.field == "model_type"
    assert caught.value.hint == "did you mean llama?"
    assert str(caught.value).endswith('model_type: "lama" is not a model type that isoflop can count (did you mean llama?)')
    with pytest.raises(isoflop.InputError, match="did you mean llama-2-7b"):
        isoflop.count("lama-2-7b")
    bad = tmp_path / "config.json"
    bad.write_text("{")
    with pytest.raises(isoflop.InputError, match="line 1"):
        isoflop.count(bad)
    with pytest.raises(isoflop.InputError, match="sequence_length"):
        isoflop.count("llama-2-7b", sequence_length=-1)
    with pytest.raises(isoflop.WorkError, match="cannot be written"):
        isoflop.write_rows({"n_layers": [1], "d_model": [64]}, tmp_path / "none" / "rows.csv")
