"""Other groups, representations and shapes of images, sequences, spheres and points."""

import torch
from torch import nn
from torch.nn import functional


def spherical(lmax, side):
    """Harmonics on the grid and quadrature weights; the polar axis is y."""
    from e3nn import o3

    step = torch.arange(side, dtype=torch.float64)
    beta, alpha = (step + 0.5) * torch.pi / side, step * 2 * torch.pi / side
    b, a = torch.meshgrid(beta, alpha, indexing="ij")
    place = torch.stack([b.sin() * a.sin(), b.cos(), b.sin() * a.cos()], -1)
    y = o3.spherical_harmonics(list(range(lmax + 1)), place, False)
    k = torch.arange(side // 2, dtype=torch.float64)
    weights = (torch.sin(beta[:, None] * (2 * k + 1)) / (2 * k + 1)).sum(1) * beta.sin()
    return y, weights


class CNN(nn.Module):
    def __init__(self, i=1, o=3, pixels=False):
        super().__init__()
        self.one, self.two = nn.Conv2d(i, 6, 3, padding=1), nn.Conv2d(6, o, 3, padding=1)
        self.pixels = pixels

    def forward(self, x):
        y = torch.tanh(self.two(torch.tanh(self.one(x))))
        return y if self.pixels else y.mean((-2, -1))


class HalfTurn(nn.Module):
    """The mean over a half turn."""

    def __init__(self, mirror=False):
        super().__init__()
        self.net, self.mirror = CNN(), mirror

    def forward(self, x):
        made = [self.net(x), self.net(x.flip(-1, -2))]
        if self.mirror:
            made += [self.net(x.flip(-1)), self.net(x.flip(-2))]
        return torch.stack(made).mean(0)


class Lift(nn.Module):
    """A lifting convolution of C4: channel k sees the kernel turned by k quarters; a regular field."""

    def __init__(self, turns=1):
        super().__init__()
        self.kernel, self.turns = nn.Parameter(torch.randn(1, 1, 3, 3)), turns

    def forward(self, x):
        kernels = [torch.rot90(self.kernel, self.turns * k, (-2, -1)) for k in range(4)]
        return torch.relu(functional.conv2d(x, torch.cat(kernels), padding=1))


class Spectral(nn.Module):
    """A convolution by FFT: complex numbers inside. Per position."""

    def __init__(self, cut=False):
        super().__init__()
        self.gain = nn.Parameter(torch.randn(4, 2, 7))
        self.cut = cut

    def forward(self, x):
        f = torch.fft.rfft(x, dim=-1)
        gain = self.gain[..., : f.shape[-1]].to(f)
        made = torch.fft.irfft(torch.einsum("oik,bik->bok", gain, f), n=x.shape[-1], dim=-1)
        return (
            torch.tanh(made * torch.linspace(1, 1.2, x.shape[-1]).to(x))
            if self.cut
            else made.tanh()
        )


class Moments(nn.Module):
    """Points in the plane to a field of frequency two and a pseudoscalar."""

    def __init__(self, swap=False):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 2))
        self.swap = swap

    def forward(self, pos, batch):
        b = int(batch.max()) + 1
        total = pos.new_zeros(b, 2).index_add(0, batch, pos)
        count = pos.new_zeros(b, 1).index_add(0, batch, torch.ones_like(pos[:, :1]))
        away = pos - (total / count)[batch]
        m = self.net(away.norm(dim=-1, keepdim=True))
        x, y = away[:, :1], away[:, 1:]
        two = torch.cat([2 * x * y, x * x - y * y] if self.swap else [x * x - y * y, 2 * x * y], -1)
        p, q = (pos.new_zeros(b, 2).index_add(0, batch, m[:, k : k + 1] * away) for k in (0, 1))
        return {
            "two": pos.new_zeros(b, 2).index_add(0, batch, m[:, :1] * two),
            "turn": p[:, :1] * q[:, 1:] - p[:, 1:] * q[:, :1],
        }


class Octupole(nn.Module):
    """The l = 3 moment of a cloud, in e3nn's basis."""

    def __init__(self, roll=False):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, 8), nn.SiLU(), nn.Linear(8, 1))
        self.roll = roll

    def forward(self, pos, batch):
        from e3nn import o3

        b = int(batch.max()) + 1
        total = pos.new_zeros(b, 3).index_add(0, batch, pos)
        count = pos.new_zeros(b, 1).index_add(0, batch, torch.ones_like(pos[:, :1]))
        away = pos - (total / count)[batch]
        y = o3.spherical_harmonics(3, away.roll(1, -1) if self.roll else away, False)
        return pos.new_zeros(b, 7).index_add(
            0, batch, self.net(away.norm(dim=-1, keepdim=True)) * y
        )


class SphereFilter(nn.Module):
    """A filter in the spectrum, signal to signal."""

    def __init__(self):
        super().__init__()
        self.y, self.weights = spherical(5, 12)
        self.gain = nn.Parameter(torch.randn(6))

    def forward(self, x):
        analysis = self.y * self.weights[:, None, None]
        gain = self.gain.repeat_interleave(torch.arange(1, 13, 2))
        spectrum = torch.einsum("bchw,hwk->bck", x, analysis.to(x)) * gain
        return torch.einsum("bck,hwk->bchw", spectrum, self.y.to(x))


class SphereSmooth(nn.Module):
    """A convolution on the map, periodic in longitude: signal to signal."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 3, padding=0)

    def forward(self, x):
        wide = functional.pad(x, (1, 1, 0, 0), mode="circular")
        return self.conv(functional.pad(wide, (0, 0, 1, 1), mode="replicate"))


def half_turn():
    return HalfTurn()


def half_turn_mirrors():
    return HalfTurn(True)


def lift():
    return Lift()


def lift_backwards():
    return Lift(-1)


def lift_same_kernel():
    return Lift(0)


def spectral():
    return Spectral()


def spectral_window():
    return Spectral(True)


def moments_swapped():
    return Moments(True)


def octupole_rolled():
    return Octupole(True)


def two_images():
    return HalfTurn()


moments, octupole, sphere_filter, sphere_smooth = Moments, Octupole, SphereFilter, SphereSmooth
