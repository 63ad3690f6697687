"""Symmetry groups and their representations as values: no matrices, no numpy, no torch.

``parse_group`` reads a group expression, ``Rep.parse`` a representation under a group.
"""

from __future__ import annotations

from equidesign.groups.group import Group
from equidesign.groups.names import known_groups, parse_group, spellings
from equidesign.groups.rep import Irrep, Rep

__all__ = ["Group", "Irrep", "Rep", "known_groups", "parse_group", "spellings"]
