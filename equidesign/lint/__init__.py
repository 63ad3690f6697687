"""Lint: type-checks specifications, requests and bundles, and says at which line what is wrong."""
