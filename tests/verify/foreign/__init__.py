"""Foreign models, right and broken, as users bring them; each held against a plain check."""
