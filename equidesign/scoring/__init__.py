"""Scoring: a specification measured against a rubric, with the evidence of every predicate."""
