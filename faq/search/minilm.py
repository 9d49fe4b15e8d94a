"""The sentence encoder all-MiniLM-L6-v2 in numpy: texts that mean alike become vectors that point alike, whatever their words.

A BERT of six layers (Devlin et al. 2019), distilled (Wang et al. 2020) and trained on a billion pairs of English sentences (Reimers and
Gurevych 2019). Its folder holds `model.safetensors` and `tokenizer.json`; both are only read, and nothing is fetched from anywhere. The
libraries that read them, those of requirements-vectors.txt, are imported with the first encoder: search does without them where there is
none.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"
LIBRARIES: Final = ("safetensors", "tokenizers")
WIDTH: Final = 384
"""Floats of a vector."""
LAYERS, HEADS = 6, 12
EPSILON: Final = np.float32(1e-12)
"""Of the layers' normalisation, by the model's configuration."""
LONGEST: Final = 128
"""Tokens of a text that are read, the two that frame it included: the model was trained on as many."""
BATCH: Final = 8
"""Texts of one length that are encoded at once: what lies between the products of more does not fit into a processor's cache."""


class Encoder:
    """The model of one folder. It is never changed, and so is safe for threads."""

    def __init__(self, folder: Path) -> None:
        """Read the model; raise OSError or ValueError where the folder holds none, ImportError where the libraries are missing."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self.identity = identity(folder)
        try:
            weights = load_file(folder / WEIGHTS)
            self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            self.embeddings = Embeddings(weights)
            self.layers = [Layer(weights, f"encoder.layer.{number}.") for number in range(LAYERS)]
        except Exception as fault:  # each library has its own, and tokenizers raises Exception itself
            raise ValueError(f"{folder} does not hold the model all-MiniLM-L6-v2: {fault}") from fault
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LONGEST)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a vector of length 1 for each text, as rows. Texts of one length go together, so that none is padded."""
        # One by one: a batch would start threads of the tokenizer's own, which do not outlive a fork.
        tokens = [self.tokenizer.encode(text).ids for text in texts]
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(tokens[place]))
        for places in batches(order, tokens):
            vectors[places] = self.forward(np.array([tokens[place] for place in places], np.int64))
        return vectors

    def forward(self, tokens: Ints) -> Floats:
        """Return the vectors of texts of one length, the rows of `tokens`: the mean of what the last layer says of each token."""
        hidden = self.embeddings.of(tokens)
        for layer in self.layers:
            hidden = layer.of(hidden)
        mean = hidden.mean(axis=1)
        unit: Floats = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit


def identity(folder: Path) -> str:
    """Return what tells a model from others: the SHA-256 of its files, and of how much is read of a text."""
    told = hashlib.sha256(str(LONGEST).encode())
    for name in (WEIGHTS, TOKENIZER):
        with (folder / name).open("rb") as file:
            told.update(hashlib.file_digest(file, "sha256").digest())
    return told.hexdigest()


def batches(order: Sequence[int], tokens: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return `order`, in which the shortest texts come first, in pieces of one length and at most BATCH texts each."""
    pieces: list[list[int]] = []
    for place in order:
        last = pieces[-1] if pieces else []
        if last and len(last) < BATCH and len(tokens[last[0]]) == len(tokens[place]):
            last.append(place)
        else:
            pieces.append([place])
    return pieces


class Linear:
    """A matrix and what is added: `weight` is stored as (outputs, inputs)."""

    def __init__(self, weights: Mapping[str, Floats], name: str) -> None:
        self.weight, self.bias = weights[f"{name}.weight"].T, weights[f"{name}.bias"]

    def of(self, rows: Floats) -> Floats:
        """Multiply the last axis; all rows at once, for one large product is quicker than one for each text."""
        flat: Floats = rows.reshape(-1, rows.shape[-1]) @ self.weight
        flat += self.bias
        return flat.reshape(*rows.shape[:-1], -1)


class Norm:
    """Normalises the last axis to mean 0 and variance 1, then stretches and shifts it (Ba et al. 2016)."""

    def __init__(self, weights: Mapping[str, Floats], name: str) -> None:
        self.stretch, self.shift = weights[f"{name}.weight"], weights[f"{name}.bias"]

    def of(self, rows: Floats) -> Floats:
        centred: Floats = rows - rows.mean(axis=-1, keepdims=True)
        variance = np.mean(centred * centred, axis=-1, keepdims=True)
        centred *= self.stretch / np.sqrt(variance + EPSILON)
        centred += self.shift
        return centred


class Embeddings:
    """What the model knows of each token by itself, and of each place in a text."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        self.words = weights["embeddings.word_embeddings.weight"]
        # A text is one sentence to the model, never a pair: of the two kinds of sentences it has the first.
        self.places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        self.norm = Norm(weights, "embeddings.LayerNorm")

    def of(self, tokens: Ints) -> Floats:
        return self.norm.of(self.words[tokens] + self.places[: tokens.shape[1]])


class Layer:
    """Attention of each token to all, then two products with a bend between them; what comes in is added to either."""

    def __init__(self, weights: Mapping[str, Floats], name: str) -> None:
        own = f"{name}attention.self."
        self.query, self.key, self.value = (Linear(weights, f"{own}{part}") for part in ("query", "key", "value"))
        self.mixed, self.mixed_norm = Linear(weights, f"{name}attention.output.dense"), Norm(weights, f"{name}attention.output.LayerNorm")
        self.wide, self.narrow = Linear(weights, f"{name}intermediate.dense"), Linear(weights, f"{name}output.dense")
        self.norm = Norm(weights, f"{name}output.LayerNorm")

    def of(self, hidden: Floats) -> Floats:
        hidden = self.mixed_norm.of(hidden + self.mixed.of(self.attended(hidden)))
        return self.norm.of(hidden + self.narrow.of(gelu(self.wide.of(hidden))))

    def attended(self, hidden: Floats) -> Floats:
        """Return what each token takes from all tokens of its text: (texts, tokens, WIDTH), each head a slice of the last axis."""
        texts, length, _ = hidden.shape
        said = [part.of(hidden) for part in (self.query, self.key, self.value)]
        query, key, value = (rows.reshape(texts, length, HEADS, -1).swapaxes(1, 2) for rows in said)
        scores = query @ key.swapaxes(2, 3)
        scores *= np.float32((WIDTH // HEADS) ** -0.5)
        scores -= scores.max(axis=-1, keepdims=True)
        shares = np.exp(scores, out=scores)
        shares /= shares.sum(axis=-1, keepdims=True)
        taken: Floats = (shares @ value).swapaxes(1, 2).reshape(texts, length, WIDTH)
        return taken


def gelu(values: Floats) -> Floats:
    """Return x times the share of a normal distribution that lies below x (Hendrycks and Gimpel 2016), by `erf`."""
    share = erf(values * np.float32(0.5**0.5))
    share += 1
    share *= values
    share *= np.float32(0.5)
    return share


ERF: Final = tuple(map(np.float32, (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)))


def erf(values: Floats) -> Floats:
    """Return the error function, which numpy lacks, to 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26)."""
    size = np.abs(values)
    t = 1 / (1 + np.float32(0.3275911) * size)
    total = np.zeros_like(t)
    for factor in reversed(ERF):
        total = (total + factor) * t
    total *= np.exp(-size * size)
    return np.copysign(1 - total, values)
