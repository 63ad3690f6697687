"""Representations of the rotation group."""
