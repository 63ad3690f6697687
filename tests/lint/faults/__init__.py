"""Planted faults and legal edits: the examination of ``equidesign lint``, written without looking at its rules."""
