"""Write data.npz: digits of scikit-learn (which this needs) drawn around a random point of the sphere."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

BANDWIDTH = 8
WIDTH = 1.6  # of a picture in the plane that touches the sphere of radius 1

rng = np.random.default_rng(0)
colatitude = (np.arange(2 * BANDWIDTH) + 0.5) * np.pi / (2 * BANDWIDTH)
longitude = np.arange(2 * BANDWIDTH) * np.pi / BANDWIDTH
theta, phi = np.meshgrid(colatitude, longitude, indexing="ij")
# The polar axis is y, and longitude 0 lies on z.
points = np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], -1)


def project(image: np.ndarray) -> np.ndarray:
    """Sample a picture (8, 8), bilinearly, at the directions of the grid after a random turn."""
    turn, upper = np.linalg.qr(rng.normal(size=(3, 3)))
    turn *= np.sign(np.diag(upper))
    turn[:, 0] *= np.linalg.det(turn)
    x, y, height = np.moveaxis(points @ turn, -1, 0)
    place = np.stack([-y, x]) / np.maximum(height, 0.1) / WIDTH * 7 + 3.5
    seen = (height > 0.1) & (place > -1).all(0) & (place < 8).all(0)
    padded = np.pad(image, 1)
    row, column = np.clip(place + 1, 0, 8.999)
    i, j = row.astype(int), column.astype(int)
    u, v = row - i, column - j
    near = (1 - u) * ((1 - v) * padded[i, j] + v * padded[i, j + 1])
    far = u * ((1 - v) * padded[i + 1, j] + v * padded[i + 1, j + 1])
    return np.where(seen, near + far, 0)


digits = load_digits()
chosen = np.flatnonzero(digits.target < 5)[:800]
x = np.stack([project(image) for image in digits.images[chosen] / 16])
x = np.round(255 * x).astype(np.uint8)[:, None]
y = digits.target[chosen].astype(np.uint8)
np.savez_compressed(Path(__file__).with_name("data.npz"), x=x, y=y)
