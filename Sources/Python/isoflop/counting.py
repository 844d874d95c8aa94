"""What a model costs: parameters and FLOPs of one config, by component, by length, and as others count."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from . import _library, plots
from ._library import listed
from ._shown import table
from .options import TrainingOptions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from typing_extensions import Unpack

class TransformersConfig(Protocol):
    """A config of transformers (`AutoConfig.from_pretrained(…)`), or whatever else has `to_dict`."""

    def to_dict(self) -> dict[str, Any]: ...


#: A known model's name, the path of a config.json or of its folder, the object of a config.json, or a config of
#: transformers.
Config = str | os.PathLike[str] | Mapping[str, Any] | TransformersConfig


def config_request(config: Config) -> dict[str, Any]:
    """The members `config` and `name` of a request."""
    if isinstance(config, (str, os.PathLike)):
        return {"config": os.fspath(config)}
    if isinstance(config, Mapping):
        name = config.get("_name_or_path") or config.get("name_or_path")
        return {"config": config, "name": name if isinstance(name, str) else None}
    if callable(getattr(config, "to_dict", None)):
        return {"config": config.to_dict(), "name": getattr(config, "name_or_path", None) or None}
    raise TypeError(f"a name, a path, a dict or a transformers config, not {type(config).__name__}")


@dataclass(frozen=True)
class Parameters:
    """Exact parameters. `active`: less the routed experts that a token does not visit."""

    total: int
    active: int
    embedding: int
    output_head: int
    position_embedding: int
    non_embedding: int


@dataclass(frozen=True)
class ForwardFLOPs:
    """Exact FLOPs of one forward pass over a sequence; None where no closed formula is known."""

    total: int | None
    weights: int | None
    attention_scores: int | None
    output_head: int | None
    convolution: int | None
    state_mixing: int | None
    other: int | None


@dataclass(frozen=True)
class FLOPsPerToken:
    """Training FLOPs per token. M: attention included, vocabulary left out; None where it is no integer or not known."""

    M: int | None
    six_n1: int
    six_n2: int
    M_paper: int | None
    six_n1_paper: int | None
    six_n2_paper: int | None
    convention: str
    M_per_sequence: int | None = None
    six_n1_active: int | None = None
    six_n2_active: int | None = None
    per: str | None = None


@dataclass(frozen=True)
class Component:
    """One kind of part of a model: what all its calls in a forward pass hold and do, and the formula of one call."""

    component: str
    role: str | None
    calls: int
    parameters: int
    #: None where no closed formula is known.
    forward_flops_per_sequence: int | None
    formula: str


@dataclass(frozen=True)
class Training:
    """FLOPs of a training sequence that the model needs and the hardware runs, and the weights that learn."""

    model_flops_per_sequence: int
    hardware_flops_per_sequence: int
    trainable_parameters: int


@dataclass(frozen=True)
class Count:
    """What one model costs. `json` is the whole answer, as `isoflop count --json` gives it."""

    name: str
    family: str
    sequence_length: int
    parameters: Parameters
    forward: ForwardFLOPs
    flops_per_token: FLOPsPerToken
    attention_pairs: tuple[int, ...] = field(repr=False)
    notes: tuple[str, ...]
    #: What the conventions that were asked for say, training FLOPs per token.
    conventions: Mapping[str, float]
    #: Where something of `TrainingOptions` was asked for.
    training: Training | None
    #: Where `explain` was asked for.
    components: tuple[Component, ...] = field(repr=False)
    json: Mapping[str, Any] = field(repr=False)

    @property
    def M(self) -> float:
        """Training FLOPs per token, attention included and vocabulary left out.

        :raises ValueError: where a part of the model has no closed formula.
        """
        M = self._M()
        if M is None:
            raise ValueError(f"{self.name}: a part of it has no closed formula, so its M is not known")
        return M

    def _M(self) -> float | None:
        exact = self.flops_per_token
        if exact.M is not None or exact.M_per_sequence is None:
            return exact.M
        return exact.M_per_sequence / self.sequence_length

    def plot(self, axes: Axes | None = None) -> Axes:
        """Where the forward FLOPs go, as bars. Needs matplotlib: `pip install 'isoflop[plot]'`."""
        parts = self.json["forward_flops_per_sequence"]
        shares = {name: value for name, value in parts.items() if name != "total" and value}
        return plots.bars(shares, f"{self.name}: forward FLOPs of {self.sequence_length:,} tokens", "FLOPs", axes)

    def _repr_html_(self) -> str:
        M = self._M()
        rows = [("M", "not known" if M is None else M)]
        rows += [("6 N1", self.flops_per_token.six_n1), ("6 N2", self.flops_per_token.six_n2)]
        rows += [("parameters", self.parameters.total), ("active", self.parameters.active)]
        return table(rows, f"{self.name} ({self.family}), {self.sequence_length:,} tokens")


_Kind = TypeVar("_Kind")


def _known(kind: type[_Kind], values: Mapping[str, Any]) -> _Kind:
    names: Any = getattr(kind, "__dataclass_fields__")
    return kind(**{name: values[name] for name in names if name in values})


def count(
    config: Config,
    *,
    sequence_length: int | None = None,
    decoder_length: int | None = None,
    attention: str | None = None,
    documents: Sequence[int] | None = None,
    conventions: str | Sequence[str] = (),
    mtp: bool = False,
    vision: bool = False,
    explain: bool = False,
    **training: Unpack[TrainingOptions],
) -> Count:
    """Parameters and FLOPs of a model, exactly.

    >>> count("deepseek-llm-67b").flops_per_token.M
    432726343680

    :param config: a known model's name, a path, the dict of a config.json, or a config of transformers.
    :param sequence_length: tokens of a sequence; by default what a named model was trained at, else the smaller of
        max_position_embeddings and 4096.
    :param attention: ``"full"`` (S x S) or ``"causal"`` (the pairs that the masks let through).
    :param decoder_length: tokens of the decoder, of encoder-decoder models; by default as many as of the encoder.
    :param documents: lengths of the documents packed into a sequence.
    :param mtp: count extra prediction modules too.
    :param conventions: also what these conventions say (``"megatron"``, ``"palm"``, …).
    :param vision: count the image encoder of a multimodal config instead of its language model.
    :param explain: also each component with its formula: ``components``.
    :param training: what a training step runs, see `TrainingOptions`: then ``training`` says what that costs.
    :raises InputError: for what cannot be counted: never a guess.
    """
    answer = _library.call(
        "count",
        {
            **config_request(config),
            "sequence_length": sequence_length,
            "decoder_length": decoder_length,
            "attention": attention,
            "documents": listed(documents),
            "as": listed(conventions) or None,
            "mtp": mtp or None,
            "vision": vision or None,
            "explain": explain or None,
            **training,
        },
    )
    return Count(
        name=answer["name"],
        family=answer["family"],
        sequence_length=answer["sequence_length"],
        parameters=_known(Parameters, answer["parameters"]),
        forward=_known(ForwardFLOPs, answer["forward_flops_per_sequence"]),
        flops_per_token=_known(FLOPsPerToken, answer["flops_per_token"]),
        attention_pairs=tuple(answer["attention_pairs"]["per_layer"]),
        notes=tuple(answer.get("notes", ())),
        conventions=answer.get("as", {}),
        training=Training(**answer["training"]) if "training" in answer else None,
        components=tuple(Component(**row) for row in answer.get("components", ())),
        json=answer,
    )


@dataclass(frozen=True)
class AttentionCost:
    """What attention costs a model by sequence length; None where a part of M has no closed formula.

    `at` has a column a quantity (M_full, M_causal, attention_share, six_n1_over_M, …), a row a length.
    """

    name: str
    lengths: tuple[int, ...]
    #: The length at which the scores cost as much as the rest of M, over all pairs and over those let through.
    overtakes: int | None
    overtakes_causal: int | None
    at: Mapping[str, tuple[float | None, ...]] = field(repr=False)
    json: Mapping[str, Any] = field(repr=False)

    def plot(self, axes: Axes | None = None) -> Axes:
        """The share of M that attention has, against the sequence length."""
        shares = {f"{S:,}": share for S, share in zip(self.lengths, self.at["attention_share"]) if share is not None}
        return plots.bars(shares, f"{self.name}: attention in M", "share of M", axes)

    def _repr_html_(self) -> str:
        shares = ("" if share is None else f"{share:.1%}" for share in self.at["attention_share"])
        return table(zip(self.lengths, self.at["M_full"], shares), f"{self.name}: S, M, attention's share")


def attention(config: Config, *, lengths: int | Sequence[int] | None = None) -> AttentionCost:
    """What attention costs at each sequence length, and where it overtakes the rest of M.

    >>> attention("gpt2", lengths=[1024]).overtakes
    4608

    :param lengths: sequence lengths; by default powers of two from 512 to 1,048,576.
    """
    answer = _library.call("attention", {**config_request(config), "lengths": listed(lengths)})
    rows = answer["lengths"]
    overtakes = answer["attention_overtakes"]
    names = [name for name in (rows[0] if rows else {}) if name != "sequence_length"]
    return AttentionCost(
        name=answer["name"],
        lengths=tuple(row["sequence_length"] for row in rows),
        overtakes=overtakes["full"],
        overtakes_causal=overtakes["causal"],
        at={name: tuple(row[name] for row in rows) for name in names},
        json=answer,
    )


@dataclass(frozen=True)
class Account:
    """What one way to count says of a model: training FLOPs per token."""

    name: str
    flops_per_token: float
    over_M: float
    meaning: str
    #: Tokens that the budget buys by this account, and the share of the budget that they really cost.
    tokens: float | None = None
    true_compute: float | None = None


@dataclass(frozen=True)
class Comparison:
    """One model by every account."""

    name: str
    family: str
    sequence_length: int
    accounts: tuple[Account, ...]
    json: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, name: str) -> Account:
        for account in self.accounts:
            if account.name == name:
                return account
        raise KeyError(name)

    def plot(self, axes: Axes | None = None) -> Axes:
        """The accounts over M, as bars."""
        shares = {account.name: account.over_M for account in self.accounts}
        return plots.bars(shares, f"{self.name}: training FLOPs per token over M", "over M", axes)

    def _repr_html_(self) -> str:
        return table(((a.name, a.flops_per_token, f"{a.over_M - 1:+.1%}") for a in self.accounts), self.name)


def compare(
    config: Config,
    *,
    sequence_length: int | None = None,
    compute: float | None = None,
    conventions: str | Sequence[str] = (),
    mtp: bool = False,
) -> Comparison:
    """M against 6N and other tools' conventions, and what each does to a budget of `compute` FLOPs.

    >>> round(compare("llama-3-8b").accounts[3].over_M, 3)  # 6 N1 against M
    0.765

    :param compute: FLOPs: each account then has the tokens that it says they buy, and what share of them those cost.
    :param conventions: tools' conventions beside ours (``"megatron"``, …), or ``"all"``.
    :param mtp: count extra prediction modules too.
    """
    request = {
        "sequence_length": sequence_length, "compute": compute, "as": listed(conventions) or None, "mtp": mtp or None,
    }
    answer = _library.call("compare", {**config_request(config), **request})
    accounts = tuple(
        Account(
            name=row["account"],
            flops_per_token=row["flops_per_token"],
            over_M=row["over_M"],
            meaning=row["meaning"],
            tokens=row.get("tokens"),
            true_compute=row.get("true_compute"),
        )
        for row in answer["accounts"]
    )
    return Comparison(answer["name"], answer["family"], answer["sequence_length"], accounts, answer)


def models() -> list[dict[str, Any]]:
    """The models known by name.

    >>> models()[0]["name"]
    'deepseek-llm-7b'
    """
    return list(_library.call("models", {}))


def families() -> list[str]:
    """The model types that can be counted.

    >>> "llama" in families()
    True
    """
    return list(_library.call("families", {}))


def conventions() -> list[dict[str, str]]:
    """The counting conventions known by name, with their sources.

    >>> conventions()[0]["name"]
    'deepseek'
    """
    return list(_library.call("conventions", {}))


def machine(*, workers: int | None = None, smt: bool = False) -> dict[str, Any]:
    """Cores, caches, where the workers of a sweep would run, and which kernels.

    >>> machine()["implementations"][-1]["name"]
    'baseline'

    :param workers: plan for so many; by default one for every core.
    :param smt: two workers on a core that runs two threads.
    """
    return dict(_library.call("machine", {"workers": workers, "smt": smt or None}))
