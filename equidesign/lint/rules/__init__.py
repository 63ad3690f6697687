"""The rules, one file each: ``eq401_pointwise_on_irreps.py`` registers ``RULE``, and its docstring is its page."""
