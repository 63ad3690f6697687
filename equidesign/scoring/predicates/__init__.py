"""The predicates of the rubrics: one function each, in modules that say what they are about."""
