# %% [markdown]
# # M against 6N
#
# "Six FLOPs a parameter and token" leaves attention out, and it is not agreed whether the vocabulary counts. DeepSeek
# LLM (arXiv 2401.02954, section 3.2) measures size by M instead, the exact FLOPs a token without the vocabulary, and
# calls the two usual counts 6 N1 (without) and 6 N2 (with it). How far off are they, and where?
#
#     pip install 'isoflop[plot]' && python m_against_6n.py picture.png

# %%
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

import isoflop

# %% [markdown]
# Shapes from small to large: a layer for every 128 of width, heads of 128, 4096 tokens a sequence.

# %%
layers = list(range(4, 97, 4))
models = isoflop.count_many(
    {"n_layers": layers, "d_model": [128 * n for n in layers], "vocab_size": 102400, "sequence_length": 4096},
    quantities=["M", "six_n1", "six_n2", "parameters"],
)
under, over = models["six_n1"] / models["M"], models["six_n2"] / models["M"]

# %%
figure, axes = pyplot.subplots(layout="constrained")
axes.axhline(1, color="black", linewidth=0.8)
axes.plot(models["M"], under, "o-", label="6 N1: no vocabulary", color="#0072B2")
axes.plot(models["M"], over, "s-", label="6 N2: with the vocabulary", color="#D55E00")
axes.set_xscale("log")
axes.set_yscale("log")
axes.set_xlabel("M, training FLOPs per token")
axes.set_ylabel("over M")
axes.set_title("What 6N makes of the same models, at 4,096 tokens")
axes.legend()
picture = sys.argv[1] if len(sys.argv) > 1 else "m_against_6n.png"
figure.savefig(picture, dpi=150)

# %% [markdown]
# A longer sequence moves M and leaves 6N where it was.

# %%
for name in ("deepseek-llm-7b", "deepseek-llm-67b"):
    for length in (4096, 32768):
        accounts = isoflop.compare(name, sequence_length=length)
        print(f"{name} at {length:>6,} tokens: 6 N1 = {accounts['6 N1'].over_M:.3f} M")
print(f"6 N1 is {under.min():.2f} to {under.max():.2f} of M, 6 N2 {over.min():.2f} to {over.max():.2f}: see {picture}")
