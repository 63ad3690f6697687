"""equidesign: from a symmetry to an architecture, its code, and the proof that the code has it."""

__version__ = "0.1.0"
