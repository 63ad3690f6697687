"""Image models: escnn networks, group averages, plain CNNs, pads and strides."""

import torch
from escnn import gspaces
from escnn import nn as enn
from torch import nn


class Steerable(nn.Module):
    """Two regular group convolutions of escnn, group pooling, a mean over pixels: logits (B, 3)."""

    def __init__(self, space, stride=1, one_sided=False, width=4):
        super().__init__()
        self.one_sided = one_sided
        regular = enn.FieldType(space, width * [space.regular_repr])
        self.input = enn.FieldType(space, [space.trivial_repr])
        pad = 0 if one_sided else 1
        self.body = enn.SequentialModule(
            enn.R2Conv(self.input, regular, kernel_size=3, padding=pad, stride=stride),
            enn.ReLU(regular),
            enn.R2Conv(regular, regular, kernel_size=3, padding=1),
            enn.ReLU(regular),
            enn.GroupPooling(regular),
        )
        self.head = nn.Linear(width, 3)

    def forward(self, x):
        if self.one_sided:
            x = nn.functional.pad(x, (0, 2, 0, 2))
        return self.head(self.body(self.input(x)).tensor.mean((-2, -1)))


class SteerableFine(nn.Module):
    """An SO(2) or C8 network for smooth images: a disk mask, kernels of five, norms at the end."""

    def __init__(self, space, size=33):
        super().__init__()
        self.input = enn.FieldType(space, [space.trivial_repr])
        regular = enn.FieldType(space, 4 * [space.regular_repr])
        self.mask = enn.MaskModule(self.input, size, margin=2)
        self.body = enn.SequentialModule(
            enn.R2Conv(self.input, regular, kernel_size=5, padding=2),
            enn.ReLU(regular),
            enn.R2Conv(regular, regular, kernel_size=5, padding=2),
            enn.ReLU(regular),
            enn.GroupPooling(regular),
        )
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        return self.head(self.body(self.mask(self.input(x))).tensor.mean((-2, -1)))


class Harmonic(nn.Module):
    """SO(2) irreps with norm nonlinearities."""

    def __init__(self, size=33):
        super().__init__()
        space = gspaces.rot2dOnR2(-1, maximum_frequency=2)
        self.input = enn.FieldType(space, [space.trivial_repr])
        fields = [space.irrep(0), space.irrep(1), space.irrep(2)]
        hidden = enn.FieldType(space, 3 * fields)
        self.out = enn.FieldType(space, 4 * [space.trivial_repr])
        self.mask = enn.MaskModule(self.input, size, margin=2)
        self.body = enn.SequentialModule(
            enn.R2Conv(self.input, hidden, kernel_size=5, padding=2),
            enn.NormNonLinearity(hidden),
            enn.R2Conv(hidden, self.out, kernel_size=5, padding=2),
        )
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        y = self.body(self.mask(self.input(x))).tensor
        return self.head(torch.tanh(y).mean((-2, -1)))


class CNN(nn.Module):
    """A plain CNN with a head on the mean of the pixels, or on all of them, or per pixel."""

    def __init__(self, out=3, pad="zeros", head="mean", size=9, stride=1):
        super().__init__()
        self.one = nn.Conv2d(1, 6, 3, padding=1, padding_mode=pad, stride=stride)
        self.two = nn.Conv2d(6, 6, 3, padding=1, padding_mode=pad)
        self.kind = head
        wide = 6 * size * size if head == "flatten" else 6
        self.head = nn.Conv2d(6, out, 1) if head == "pixels" else nn.Linear(wide, out)

    def forward(self, x):
        y = torch.tanh(self.two(torch.tanh(self.one(x))))
        if self.kind == "pixels":
            return self.head(y)
        return self.head(y.flatten(1) if self.kind == "flatten" else y.mean((-2, -1)))


class Averaged(nn.Module):
    """The mean over quarter turns (and mirrors) of a plain network: invariant, or equivariant per pixel."""

    def __init__(self, net, mirrors=False, back=False, turns=(0, 1, 2, 3)):
        super().__init__()
        self.net, self.mirrors, self.back, self.turns = net, mirrors, back, turns

    def one(self, x, k):
        y = self.net(torch.rot90(x, k, (-2, -1)))
        return torch.rot90(y, -k, (-2, -1)) if self.back else y

    def forward(self, x):
        made = [self.one(x, k) for k in self.turns]
        if self.mirrors:
            for k in self.turns:
                y = self.one(x.flip(-1), k)
                made.append(y.flip(-1) if self.back else y)
        return torch.stack(made).mean(0)


class Gradient(nn.Module):
    """A vector per pixel, the gradient of an averaged map by central differences: (x, y), y up."""

    def __init__(self, order="xy", mirrors=False):
        super().__init__()
        self.map, self.order = Averaged(CNN(1, head="pixels"), mirrors, back=True), order

    def forward(self, x):
        y = nn.functional.pad(self.map(x), (1, 1, 1, 1))
        right = y[..., 1:-1, 2:] - y[..., 1:-1, :-2]
        up = y[..., :-2, 1:-1] - y[..., 2:, 1:-1]
        parts = {"xy": (right, up), "rowcol": (-up, right), "xdown": (right, -up)}[self.order]
        return torch.cat(parts, dim=1)


class PoolEven(nn.Module):
    """Maximum over pairs of pixels, then an averaged network: right at even sizes only."""

    def __init__(self):
        super().__init__()
        self.net = Averaged(CNN())

    def forward(self, x):
        return self.net(nn.functional.max_pool2d(x, 2))


def escnn_c4():
    return Steerable(gspaces.rot2dOnR2(4))


def escnn_d4():
    return Steerable(gspaces.flipRot2dOnR2(4), width=2)


def escnn_c4_stride():
    return Steerable(gspaces.rot2dOnR2(4), stride=2)


def escnn_c4_one_sided():
    return Steerable(gspaces.rot2dOnR2(4), one_sided=True)


def escnn_c4_fine():
    return SteerableFine(gspaces.rot2dOnR2(4))


def escnn_c8():
    return SteerableFine(gspaces.rot2dOnR2(8))


harmonic = Harmonic


def plain():
    return CNN()


def segmenter():
    return Averaged(CNN(2, head="pixels"), back=True)


def segmenter_no_way_back():
    return Averaged(CNN(2, head="pixels"))


def averaged():
    return Averaged(CNN())


def averaged_d4():
    return Averaged(CNN(), mirrors=True)


def averaged_halves():
    return Averaged(CNN(), turns=(0, 2))


def averaged_flatten():
    return Averaged(CNN(head="flatten"))


def averaged_33():
    return Averaged(CNN(head="flatten", size=33))


def averaged_circular():
    return Averaged(CNN(pad="circular"))


def gradient():
    return Gradient()


def gradient_d4():
    return Gradient(mirrors=True)


def gradient_rowcol():
    return Gradient("rowcol")


def gradient_y_down():
    return Gradient("xdown")


pool_even = PoolEven


def shifts():
    return CNN(pad="circular")


def shifts_pixels():
    return CNN(2, pad="circular", head="pixels")


def shifts_flatten():
    return CNN(pad="circular", head="flatten")


def shifts_zero_padding():
    return CNN()


def shifts_stride():
    return CNN(pad="circular", stride=2, size=8)
