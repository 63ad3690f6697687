"""The part of lie-learn that escnn needs: ``representations.SO3.wigner_d``."""
