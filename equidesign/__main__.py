"""``python -m equidesign``."""

from equidesign.cli.app import main

main()
