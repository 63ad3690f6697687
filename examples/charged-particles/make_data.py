"""Write data.npz: charged particles in space, integrated with the velocity Verlet scheme."""

from pathlib import Path

import numpy as np

SAMPLES, PARTICLES, STEPS, DT, SOFTENING = 1500, 5, 1000, 1e-3, 0.2

rng = np.random.default_rng(0)
start = rng.normal(size=(SAMPLES, PARTICLES, 3))
start -= start.mean(1, keepdims=True)
velocity = 0.5 * rng.normal(size=start.shape)
charge = rng.choice([-1.0, 1.0], size=(SAMPLES, PARTICLES, 1))


def force(pos: np.ndarray) -> np.ndarray:
    """Coulomb's law, softened at short distances; unit masses."""
    apart = pos[:, :, None] - pos[:, None]
    cubed = ((apart**2).sum(-1, keepdims=True) + SOFTENING**2) ** 1.5
    return (charge[:, :, None] * charge[:, None] * apart / cubed).sum(2)


pos, speed, pull = start, velocity, force(start)
for _ in range(STEPS):
    speed = speed + DT / 2 * pull
    pos = pos + DT * speed
    pull = force(pos)
    speed = speed + DT / 2 * pull
np.savez_compressed(
    Path(__file__).with_name("data.npz"),
    pos=start.astype(np.float32),
    x=np.concatenate([charge, velocity], -1).astype(np.float32),
    y=(pos - start).astype(np.float32),
)
