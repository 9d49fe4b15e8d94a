"""Danger in what people type: examples that reviewers approve lead to the advice card that somebody needs now."""

import json
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np
import pytest

from faq import workflow
from faq.interchange.demo import FOLDER
from faq.interchange.files import read_rows
from faq.search import danger
from faq.search.danger import MOST, Detector, Vectors, detector_of, solved
from tests.factories import NOW, a, make_publication, make_standing_texts, make_text
from tests.reading import get

SET: Final = [json.loads(line) for line in (Path(__file__).parent / "search" / "danger.jsonl").read_text(encoding="utf-8").splitlines()]
"""What people type: `cards` of which one has to be shown, none where it is harmless. The half “tuned” was at hand while the examples were
written; the half “aside” was kept apart, and figures alone were taken of it."""


RECALL, ALARMS = 0.95, 0.05
"""What is asked for on that half."""


def taught(examples: Mapping[str, list[str]], language: str = "en") -> Detector:
    return Detector(language, examples)


FEW: Final = {
    "fever": ["I have a fever since chemo", "my temperature is 38.5 after chemo", "shivering and hot on chemo", "fever of 101 on chemo"],
    "distress": ["I want to die", "I can't go on living", "thinking of ending my life", "I don't want to live any more"],
    "harmless": [
        "I have no fever, when is chemo",
        "what does fever mean",
        "can chemo start later",
        "I want to know how long people live",
        "I went to the clinic and I am well",
        "do I have to shave before chemo",
    ],
}


@pytest.fixture(scope="module")
def shipped_detectors() -> dict[str, Detector]:
    """The examples of the demonstration, taken as they stand in its files."""
    found = {}
    for language in ("en", "es"):
        rows = read_rows(FOLDER / "standing" / f"danger.{language}.yaml", FOLDER)
        found[language] = detector_of(language, tuple((row["key"], row["text"]) for row, _ in rows))
    return found


def lines_of(language: str) -> list[str]:
    return [line for row, _ in read_rows(FOLDER / "standing" / f"danger.{language}.yaml", FOLDER) for line in row["text"].splitlines()]


def heard(detectors: dict[str, Detector], row: dict[str, Any]) -> list[str]:
    return detectors[row["language"]].cards(row["text"])


def shares(detectors: dict[str, Detector], half: str) -> tuple[float, float]:
    """Return the share of what speaks of danger that leads to a right card, and that of what is harmless that leads to one."""
    rows = [row for row in SET if row["half"] == half]
    told = [bool(set(row["cards"]) & set(heard(detectors, row))) for row in rows if row["cards"]]
    alarms = [bool(heard(detectors, row)) for row in rows if not row["cards"]]
    assert (len(told), len(alarms)) == (55, 45)
    return sum(told) / len(told), sum(alarms) / len(alarms)


def test_of_phrasings_that_nothing_was_learned_from_nearly_all_that_speak_of_danger_are_heard(
    shipped_detectors: dict[str, Detector],
) -> None:
    recall, alarms = shares(shipped_detectors, "aside")
    assert recall >= RECALL
    assert alarms <= ALARMS


def test_phrasings_that_were_at_hand_are_judged_rightly(shipped_detectors: dict[str, Detector]) -> None:
    recall, alarms = shares(shipped_detectors, "tuned")
    assert recall > 0.98
    assert alarms < 0.03


def test_nothing_of_what_is_kept_aside_is_among_the_examples() -> None:
    aside = {row["text"].casefold() for row in SET if row["half"] == "aside"}
    learned = [line.casefold() for language in ("en", "es") for line in lines_of(language)]
    # A number and no more: whoever reads why it failed has not read what is kept aside.
    assert sum(line in aside for line in learned) == 0


def test_every_set_of_examples_leads_to_a_card_of_its_language() -> None:
    for language in ("en", "es"):
        cards = {row["key"] for row, _ in read_rows(FOLDER / "standing" / f"{language}.yaml", FOLDER) if row["kind"] == "advice_card"}
        keys = {row["key"] for row, _ in read_rows(FOLDER / "standing" / f"danger.{language}.yaml", FOLDER)}
        assert {key for key in keys if not key.startswith("harmless")} <= cards - {"routine"}


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("I have a fever since chemo", ["fever"]),
        ("since my CHEMO a fever", ["fever"]),
        ("my temperature is 39.1 after chemo", ["fever"]),
        ("my temperature is 38,9 °C after chemo", ["fever"]),
        ("I do not want to live any more", ["distress"]),
        ("I dont want to live anymore", ["distress"]),
        ("The food was good. I want to die. When is my appointment?", ["distress"]),
        ("what does fever mean", []),
        ("I have no fever, when is chemo", []),
        ("When is my appointment?", []),
        ("", []),
        ("?!", []),
    ],
)
def test_what_is_like_the_examples_is_heard_and_what_is_like_the_harmless_ones_is_not(text: str, cards: list[str]) -> None:
    assert taught(FEW).cards(text) == cards


@pytest.mark.parametrize(
    ("text", "language", "card"),
    [
        ("cant breath propely", "en", "lungs|heart"),
        ("i have a feaver of 38.9 and had kemo on monday", "en", "fever"),
        ("i want too kill my self", "en", "distress"),
        ("no puedo respirar", "es", "lungs|heart"),
        ("kiero morirme", "es", "distress"),
        ("TENGO FIEBRE DE 38,5 DESDE LA QUIMIO", "es", "fever"),
    ],
)
def test_the_plainest_dangers_are_heard_in_the_demonstration(
    shipped_detectors: dict[str, Detector], text: str, language: str, card: str
) -> None:
    assert set(card.split("|")) & set(shipped_detectors[language].cards(text))


def test_two_dangers_in_one_letter_are_both_heard() -> None:
    assert sorted(taught(FEW).cards("I have a fever since chemo. I want to die.")) == ["distress", "fever"]


@pytest.mark.parametrize("denial", ["no", "not", "never", "without"])
def test_a_word_that_is_denied_is_another_word(denial: str) -> None:
    detector = taught({"fever": ["here fever", "fever there", "fever"], "harmless": ["nothing like fever", "pain there", "here it is"]})
    assert detector.cards("fever") == ["fever"]
    assert detector.cards(f"{denial} fever") == []


def test_a_sentence_leads_to_a_few_cards_at_the_most() -> None:
    assert len(taught({**{str(number): ["help me"] for number in range(9)}, "harmless": ["when is it"]}).cards("help me")) == MOST


def test_texts_are_compared_gram_by_gram_however_common_a_gram_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(danger, "RARE", 3)
    chance = np.random.default_rng(7)
    dense = np.where(chance.random((12, 30)) < np.linspace(0.9, 0, 30), chance.random((12, 30)), 0)
    dense = dense[:, np.argsort(-np.count_nonzero(dense, axis=0))]
    vectors = [(np.flatnonzero(row), row[row > 0]) for row in dense]
    assert np.allclose(Vectors(vectors, 30).alike(), dense @ dense.T + 1, atol=1e-5)


def test_the_model_is_solved_as_exactly_as_it_needs_to_be() -> None:
    chance = np.random.default_rng(7)
    texts = chance.random((40, 90))
    matrix, answers = (texts @ texts.T + np.eye(40)).astype(np.float32), np.sign(chance.random((40, 3)) - 0.5)
    assert np.allclose(matrix @ solved(matrix, answers), answers, atol=0.02)


def test_the_same_examples_make_the_same_model_in_whatever_order_they_come() -> None:
    other = taught({key: lines[::-1] for key, lines in reversed(FEW.items())})
    for text in ("fever since chemo", "what does it mean", "I want to live"):
        assert other.cards(text) == taught(FEW).cards(text)


def test_spanish_is_heard_as_spanish() -> None:
    detector = taught(
        {"fever": ["tengo fiebre desde la quimio", "fiebre de 38,5"], "harmless": ["no tengo fiebre", "cuándo es la quimio"]}, "es"
    )
    assert detector.cards("TENGO FIEBRE desde la kimio") == ["fever"]
    assert detector.cards("no tengo fiebre") == []


def test_without_harmless_examples_or_without_any_it_works_all_the_same() -> None:
    assert taught({"fever": ["fever on chemo"]}).cards("fever on chemo") == ["fever"]
    assert taught({"harmless": ["hello"]}).cards("hello") == []
    assert taught({}).cards("hello") == []


@pytest.mark.parametrize("text", ["can not " * 250, "38.6 " * 400, "no " * 660, "🧬" * 2_000, "a" * 2_000, ". " * 1_000, "fever.\n" * 280])
def test_whatever_is_typed_it_takes_no_time(shipped_detectors: dict[str, Detector], text: str) -> None:
    start = perf_counter()
    for each in shipped_detectors.values():
        each.cards(text)
    assert perf_counter() - start < 1


@pytest.mark.django_db
class TestInForce:
    """What readers get of it."""

    def advice(self, query: str, **params: Any) -> list[str]:
        rest = "".join(f"&{name}={value}" for name, value in params.items())
        return [card["signs"] for card in get(f"search/?q={query}{rest}").json()["urgent_advice"]]

    @pytest.fixture(autouse=True)
    def harmless(self) -> None:
        """What looks alike: without it everything would be danger."""
        for language, text in (("en", "what is it\nwhen is it\nheart"), ("es", "qué es\ncuándo es")):
            make_standing_texts(language)
            make_text(kind="danger_phrases", key="harmless", language=language, title="H", text=text)

    def test_phrases_lead_to_the_card_of_their_key_once_they_are_in_force(self) -> None:
        make_publication("heart", question="Can treatment harm my heart?")
        proposed = workflow.propose(
            by=a("lead"), at=NOW, kind="danger_phrases", key="fever", language="en", title="F", text="fever & chemo"
        )
        assert self.advice("fever after chemo") == []
        workflow.approve_text(proposed, by=a("reviewer"), at=NOW)
        (signs,) = self.advice("fever after chemo")
        assert "ever" in signs

    def test_the_most_urgent_card_comes_first(self) -> None:
        make_publication("heart", question="Can treatment harm my heart?")
        for key in ("routine", "fever"):
            make_text(kind="danger_phrases", key=key, title=key, text="fever\nhave fever")
        answer = get("search/?q=fever").json()
        assert [card["level"] for card in answer["urgent_advice"]] == ["emergency", "routine"]

    def test_phrases_without_a_card_lead_nowhere(self) -> None:
        make_publication("heart", question="Can treatment harm my heart?")
        make_text(kind="danger_phrases", key="nothing", title="N", text="fever\nhave fever")
        assert self.advice("fever") == []

    def test_a_card_is_shown_in_the_language_in_which_danger_was_told(self) -> None:
        make_publication("heart", question="Can treatment harm my heart?")
        make_text(kind="danger_phrases", key="fever", language="es", title="F", text="tengo fiebre")
        assert len(self.advice("tengo fiebre")) == 1
        assert self.advice("tengo fiebre", language="en") == []

    def test_a_text_is_heard_in_the_language_that_it_is_in(self) -> None:
        make_publication("heart", question="Can treatment harm my heart?")
        for language, text in (("en", "I have 38.6 and chemo\n38.6 chemo"), ("es", "tengo 38.6 y quimio\n38.6 quimio")):
            make_text(kind="danger_phrases", key="fever", language=language, title="F", text=text)
        assert len(self.advice("I have 38.6 and chemo")) == 1
        assert len(self.advice("38.6 chemo quimio")) == 2
