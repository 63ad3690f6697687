"""Write data.npz: the digits of scikit-learn (which this needs) without the nines, each turned at random."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

digits = load_digits()
kept = digits.target < 9
x, y = digits.images[kept].astype(np.uint8), digits.target[kept].astype(np.uint8)
turns = np.random.default_rng(0).integers(4, size=len(x))
x = np.stack([np.rot90(image, turn) for image, turn in zip(x, turns, strict=True)])
np.savez_compressed(Path(__file__).with_name("data.npz"), x=x, y=y)
