"""Comparison: two specifications side by side, in terms of symmetry, types, parameters and cost."""
