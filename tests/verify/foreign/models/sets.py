"""Sets: x (B, N, F) with mask (B, N), true where an element exists."""

import torch
from torch import nn


class DeepSets(nn.Module):
    def __init__(self, how="sum"):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Linear(8, 8))
        self.outer = nn.Sequential(nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, 2))
        self.how = how

    def embed(self, x):
        return self.inner(x)

    def forward(self, x, mask):
        h, m = self.embed(x), mask[..., None]
        if self.how == "sum":
            pooled = (h * m).sum(1)
        elif self.how == "mean":
            pooled = (h * m).sum(1) / m.sum(1).clamp(min=1)
        elif self.how == "max":
            pooled = h.masked_fill(~m, -1e4).amax(1)
        elif self.how == "mean-with-padding":
            pooled = (h * m).mean(1)
        elif self.how == "leak":
            pooled = h.sum(1)
        else:
            pooled = (h * m)[:, 0]
        return self.outer(pooled)


class Positional(DeepSets):
    """A positional encoding, as in language models."""

    def embed(self, x):
        place = torch.arange(x.shape[1], dtype=x.dtype)
        return super().embed(x) + 0.1 * torch.sin(place)[:, None]


class Attention(nn.Module):
    """Self-attention with a padding mask, one answer per element."""

    masked, ids, causal = True, False, False

    def __init__(self):
        super().__init__()
        self.up = nn.Linear(3, 8)
        self.attend = nn.MultiheadAttention(8, 2, batch_first=True)
        self.norm, self.head = nn.LayerNorm(8), nn.Linear(8, 2)
        self.place = nn.Embedding(256, 8)

    def forward(self, x, mask):
        h = self.up(x)
        if self.ids:
            h = h + self.place(torch.arange(x.shape[1]))
        n = x.shape[1]
        block = torch.ones(n, n, dtype=torch.bool).triu(1) if self.causal else None
        hidden = ~mask if self.masked else None
        made, _ = self.attend(h, h, h, key_padding_mask=hidden, attn_mask=block, need_weights=False)
        return self.head(self.norm(h + made)) * mask[..., None]


class Unmasked(Attention):
    """Padding is attended to."""

    masked = False


class Places(Attention):
    ids = True


class Causal(Attention):
    """A causal mask, left over from a language model."""

    causal = True


class Recurrent(nn.Module):
    """A GRU over the elements."""

    def __init__(self):
        super().__init__()
        self.gru, self.head = nn.GRU(3, 8, batch_first=True), nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.gru(x)[0].mean(1))


class NoMask(nn.Module):
    """DeepSets on full sets, one answer per element."""

    def __init__(self, leak=False):
        super().__init__()
        self.own, self.all = nn.Linear(3, 2), nn.Linear(3, 2)
        self.leak = leak

    def forward(self, x):
        everybody = x.amax((0, 1)) if self.leak else x.amax(1, keepdim=True)
        return torch.tanh(self.own(x) + self.all(everybody))


class Sorted(nn.Module):
    """Elements sorted by their first feature, then an MLP on the list: invariant, though not smooth."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(15, 8), nn.SiLU(), nn.Linear(8, 2))

    def forward(self, x):
        order = x[..., 0].argsort(1)
        return self.net(x.gather(1, order[..., None].expand_as(x)).flatten(1))


def deepsets():
    return DeepSets()


def mean_set():
    return DeepSets("mean")


def max_set():
    return DeepSets("max")


def mean_with_padding():
    return DeepSets("mean-with-padding")


def leak():
    return DeepSets("leak")


def first_element():
    return DeepSets("first")


def leaky_max():
    return NoMask(leak=True)


positional, attention, unmasked, places, causal = Positional, Attention, Unmasked, Places, Causal
recurrent, no_mask, sorted_set = Recurrent, NoMask, Sorted
