"""Forty errors planted in the demonstration's AI drafts: each is flagged, or stands in a sentence that wants a tick beside its source.

After the study in which 13 to 15 of 20 physicians missed or half mended each error that had been planted in an AI's draft. Thirty-eight of
forty is the least that counts as enough; one that nothing notices is named in MISSED, with its reason.
"""

from typing import Final, NamedTuple

import pytest

from faq.content.words import Words, read_words
from faq.models import Publication, Question
from faq.readiness import Finding
from faq.workflow import statements_of
from faq.workflow.readiness_context import findings_in, version_before
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]


class Planted(NamedTuple):
    """In the words of the entry `slug`, `old` becomes `new`."""

    kind: str
    slug: str
    old: str
    new: str


CALL, LUNGS, HEART = "when-must-i-call-and-whom", "lung-symptoms-to-report-on-enhertu", "can-treatment-harm-my-heart"
HELPS, OUTLOOK, LLAMAR = "how-does-trastuzumab-help", "what-is-the-outlook-today", "cuando-debo-llamar-y-a-quien"
PLANTED: Final = (
    Planted("figure", CALL, "Many UK units use 37.5 °C", "Many UK units use 38.5 °C"),
    Planted("figure", LUNGS, "About 12 in 100 people got ILD", "About 2 in 100 people got ILD"),
    Planted("figure", LUNGS, "came before 5 months", "came before 15 months"),
    Planted("figure", HEART, "it came in 0.4 to 4 in 100 people", "it came in 0.4 to 40 in 100 people"),
    Planted("figure", HEART, "every 3 months during", "every 8 months during"),
    Planted("figure", HELPS, "for 7 months after", "for 1 month after"),
    Planted("figure", HELPS, "about 9 fewer per 100 women had", "about 19 fewer per 100 women had"),
    Planted("figure", OUTLOOK, "about 91 in 100 were alive", "about 61 in 100 were alive"),
    Planted("figure", CALL, "choose option 2", "choose option 3"),
    Planted("figure", HEART, "71 in 100 people with severe", "17 in 100 people with severe"),
    Planted("not", LUNGS, "Please do not wait for the next visit", "Please do wait for the next visit"),
    Planted("not", LUNGS, "Do not stop or change a medicine", "Stop or change a medicine"),
    Planted("not", CALL, "Do not stop a medicine on your own", "Stop a medicine on your own"),
    Planted("not", LUNGS, "about 88 in 100 people did not get it", "about 88 in 100 people did get it"),
    Planted("not", OUTLOOK, "about 99 in 100 had not died", "about 99 in 100 had died"),
    Planted("not", HELPS, "There was no clear rise in other deaths", "There was a clear rise in other deaths"),
    Planted("not", LLAMAR, "No deje ningún medicamento", "Deje el medicamento"),
    Planted("medicine", HELPS, "Trastuzumab can be given as a drip", "Pertuzumab can be given as a drip"),
    Planted("medicine", HEART, "after the chemo drug doxorubicin", "after the chemo drug paclitaxel"),
    Planted("medicine", HEART, "With trastuzumab and no doxorubicin", "With trastuzumab and no paclitaxel"),
    Planted("medicine", OUTLOOK, "They had paclitaxel, a chemo drug", "They had docetaxel, a chemo drug"),
    Planted("medicine", LUNGS, "As a first treatment after spread, with pertuzumab", "As a first treatment after spread, with tucatinib"),
    Planted("unit", CALL, "5 pounds (2.3 kg) more in a day", "5 pounds (2.3 kg) more in a month"),
    Planted("unit", HELPS, "takes 2 to 5 minutes", "takes 2 to 5 hours"),
    Planted("unit", OUTLOOK, "a cancer of 3 cm or less", "a cancer of 3 mm or less"),
    Planted("unit", LLAMAR, "Muchos centros del Reino Unido usan 37,5 °C", "Muchos centros del Reino Unido usan 37,5 °F"),
    Planted("unit", HEART, "every 6 months for 2 years", "every 6 weeks for 2 years"),
    Planted("people", HELPS, "looked at 13,864 women with early disease", "looked at 13,864 women with metastatic disease"),
    Planted("people", OUTLOOK, "with hormone receptors: about 92 in 100", "without hormone receptors: about 92 in 100"),
    Planted("people", HELPS, "If you are pregnant, or may be, call", "If you are breastfeeding, call"),
    Planted("people", HEART, "people with severe heart failure recovered", "people with mild heart failure recovered"),
    Planted("condition", CALL, "If you also have breathlessness or chest pain", "If you also have breathlessness"),
    Planted("condition", CALL, " or more, or the lower limit your team gave you", " or more"),
    Planted("condition", LUNGS, "fever or a tight chest", "fever"),
    Planted("condition", CALL, "swollen legs or face, a racing heart, or", "swollen legs or face, or"),
    Planted("condition", HELPS, "When it is given with chemo in early disease, it", "When it is given in early disease, it"),
    Planted("source", HEART, "[^hera-2013]", "[^label-hylecta]"),
    Planted(
        "source",
        LUNGS,
        "In the pooled studies this happened to 65 in 100 people[^label-enhertu]",
        "In the pooled studies this happened to 65 in 100 people[^fda-2025-12]",
    ),
    Planted("sign lost", LUNGS, "- breathlessness\n", ""),
    Planted("sign lost", CALL, "- You bleed heavily", "- You bleed a little"),
)
MISSED: Final[dict[tuple[str, str], str]] = {}


def planted(words: Words, error: Planted) -> Words:
    """Return `words` with the error in them, wherever it stands."""
    text = words.model_dump_json()
    old, new = (part.replace("\n", "\\n") for part in (error.old, error.new))
    assert old in text, f"{error.slug} no longer says “{error.old}”"
    return Words.model_validate_json(text.replace(old, new))


def notices(words: Words, error: Planted) -> str:
    """Return what notices the error: a finding that was not there before, or the tick that a changed sentence wants; "" for nothing."""
    question = Question.objects.get(slug=error.slug)
    before = version_before(question) if Publication.objects.filter(question=question).count() > 1 else None
    wrong = planted(words, error)
    old, new = (set(told(findings_in(each, question, NOW, before))) for each in (words, wrong))
    if new - old:
        return "flagged: " + ", ".join(sorted({code for code, _ in new - old}))
    known = {each.place for each in statements_of(words, NOW)}
    ticks = [each for each in statements_of(wrong, NOW) if each.place not in known and each.reasons and each.sources]
    return "to be ticked: " + ", ".join(sorted({reason for each in ticks for reason in each.reasons})) if ticks else ""


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, finding.sentence) for finding in findings if finding.grade != "advice"]


def test_forty_errors_are_planted_of_every_kind() -> None:
    assert len(PLANTED) == 40
    assert {error.kind for error in PLANTED} == {"figure", "not", "medicine", "unit", "people", "condition", "source", "sign lost"}


def test_at_least_38_of_40_are_noticed() -> None:
    rows = []
    for error in PLANTED:
        words = read_words(Publication.objects.current().get(slug=error.slug).words)
        rows.append((error, notices(words, error)))
    assert {(error.kind, error.slug) for error, noticed in rows if not noticed} == MISSED.keys()
    assert sum(bool(noticed) for _, noticed in rows) >= 38
