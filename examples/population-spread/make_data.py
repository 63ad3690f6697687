"""Write data.npz: draws from normal distributions, of which a tenth is spoilt, and their standard deviations."""

from pathlib import Path

import numpy as np

SAMPLES, LARGEST = 2000, 24

rng = np.random.default_rng(0)
size = rng.integers(8, LARGEST + 1, size=SAMPLES)
mask = np.arange(LARGEST) < size[:, None]
spread = rng.uniform(0.2, 2.0, size=(SAMPLES, 1))
draws = rng.normal(size=(SAMPLES, 1)) + spread * rng.normal(size=mask.shape)
spoilt = rng.random(mask.shape) < 0.1
draws = np.where(spoilt, rng.uniform(-8, 8, size=mask.shape), draws)
np.savez_compressed(
    Path(__file__).with_name("data.npz"),
    x=np.where(mask, draws, 0)[..., None].astype(np.float32),
    mask=mask,
    y=spread.astype(np.float32),
)
