"""The sentence encoder in numpy says what the model says."""

from pathlib import Path
from typing import Final

import numpy as np
import pytest

from faq.search.minilm import LONGEST, WIDTH, Encoder, batches, erf, identity
from tests.meanings import model_folder

KNOWN: Final = {
    "Can this treatment mess up my heart?": (0.020891, 0.02959, 0.0024155, 0.0548449),
    "what is (are) huntington's disease ?": (-0.0129971, -0.0648957, -0.0214363, 0.0098516),
    "A fever of 38.5 °C since chemo, and café-au-lait spots": (0.0386076, -0.03888, 0.0107554, 0.0453556),
}
"""The first numbers of vectors, computed by the formulas of the papers in double precision, a token and a head at a time."""


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(model_folder())


@pytest.mark.parametrize("text", KNOWN)
def test_a_text_has_the_vector_that_the_model_gives_it(encoder: Encoder, text: str) -> None:
    (vector,) = encoder.encode([text])
    assert vector[: len(KNOWN[text])] == pytest.approx(KNOWN[text], abs=1e-6)
    assert vector.shape == (WIDTH,)
    assert float(np.linalg.norm(vector)) == pytest.approx(1)


def test_texts_of_many_lengths_are_encoded_as_each_by_itself(encoder: Encoder) -> None:
    texts = ["What is HER2?", "A cough.", "Does it hurt, and for how long?", "", "What is asthma?", "What is HER2?"]
    assert encoder.encode(texts) == pytest.approx(np.concatenate([encoder.encode([text]) for text in texts]), abs=1e-6)
    assert encoder.encode([]).shape == (0, WIDTH)


def test_what_means_the_same_is_nearer_than_what_shares_words(encoder: Encoder) -> None:
    asked, same, other = encoder.encode(["can it mess up my heart", "is there a risk of cardiac damage", "can it mess up my plans"])
    assert asked @ same > asked @ other


def test_of_a_long_text_the_beginning_is_read(encoder: Encoder) -> None:
    long, longer = encoder.encode(["fever " * LONGEST, "fever " * 2 * LONGEST + "and bills"])
    assert long == pytest.approx(longer, abs=1e-6)


@pytest.mark.parametrize(("everything", "ends"), [("1", pytest.fail.Exception), ("0", pytest.skip.Exception)])
def test_a_missing_model_fails_only_where_everything_is_required(
    monkeypatch: pytest.MonkeyPatch, everything: str, ends: type[BaseException]
) -> None:
    monkeypatch.setattr("tests.meanings.find_spec", lambda _: None)
    monkeypatch.setenv("REQUIRE_ALL", everything)
    with pytest.raises(ends, match=r"requirements-vectors\.txt"):
        model_folder()


def test_texts_of_one_length_go_together() -> None:
    tokens = [[1], [1], [1, 2], [1, 2, 3], [1, 2, 3]]
    assert batches(range(5), tokens) == [[0, 1], [2], [3, 4]]


def test_the_error_function_is_as_tables_have_it() -> None:
    values = np.array([-4, -1, -0.5, 0, 0.01, 1, 2], np.float32)
    assert erf(values) == pytest.approx([-1, -0.8427008, -0.5204999, 0, 0.0112834, 0.8427008, 0.9953223], abs=5e-7)


def test_a_folder_without_the_model_is_refused(tmp_path: Path) -> None:
    model_folder()
    with pytest.raises(OSError, match=r"model\.safetensors"):
        Encoder(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"not a model")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match="does not hold the model"):
        Encoder(tmp_path)


def test_another_file_is_another_model(tmp_path: Path) -> None:
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_text("one")
    first = identity(tmp_path)
    (tmp_path / "tokenizer.json").write_text("two")
    assert identity(tmp_path) != first
