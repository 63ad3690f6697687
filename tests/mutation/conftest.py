"""The modules beside the tests are imported by name, as those of the other folders are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
pytest.importorskip("e3nn")
pytest.importorskip("escnn")
