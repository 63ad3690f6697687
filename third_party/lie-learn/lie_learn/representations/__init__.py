"""Representations of groups."""
