"""A text in which nothing can be seen says nothing: where words are needed it is refused as empty, elsewhere it is kept as empty."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import rfc8785
from pydantic import ValidationError

from faq import workflow
from faq.admin.forms import TextField
from faq.admin.people import AccountForm
from faq.content.letters import is_blank
from faq.content.reasons import problems_in
from faq.content.texts import clean_text
from faq.content.words import Words, as_draft, canonical_text, read_words
from faq.interchange.entries import entry_from_row
from faq.interchange.errors import Place, RowErrors
from faq.interchange.options import Attestation, ImportRefused
from faq.interchange.rows import CodeRow, NameRow, SourceRow, TextRow
from faq.models import ReviewDecision, User
from faq.workflow import TransitionRefused, WordsRefused
from tests.drafts import found
from tests.factories import NOW, a, make_topic
from tests.interchange import entry
from tests.marked import Path, marked, replaced
from tests.test_unkept_texts import CALLS

BLANKS = {
    "nothing": "",
    "spaces": "   ",
    "spaces of every width": "\u00a0\u2003\u202f\u3000",
    "zero-width letters": "\u200b\u2060\ufeff",
    "soft hyphens": "\u00ad\u00ad",
    "marks of direction": "\u200e\u200f\u061c",
    "variation selectors": "\ufe0f\U000e0100",
    "fillers": "\u3164\u115f\u1160\uffa0",
    "empty braille": "\u2800",
    "tags": "\U000e0041\U000e0042",
    "marks without a letter": "\u0301\u0308",
    "line ends": " \n \n\u200b",
}
blank_texts = pytest.mark.parametrize("blank", BLANKS.values(), ids=BLANKS)
SIX = ["spaces", "spaces of every width", "zero-width letters", "soft hyphens", "marks of direction", "fillers"]
SEEN = [
    "a",
    "?",
    "5 %",
    "–",
    "ف",
    "क्ष",
    "👩\u200d⚕\ufe0f",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "e\u0301",
    "\U0001fae8",
]
OPTIONAL_VERB_TEXTS = {
    *(("approve", "comment"), ("grant_reviewer", "register"), ("reaffirm", "comment"), ("submit", "comment")),
    *(("withdraw", "comment"), ("withdraw", "notice_text")),
}


def leaves(raw: Any, place: Path = ()) -> Iterator[Path]:
    """Yield the place of every text of some raw Words."""
    members = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for name, value in members:
        yield from leaves(value, (*place, str(name)))
    if isinstance(raw, str):
        yield place


def outcome(made: dict[str, Any], place: Path, blank: str) -> str:
    """Return what became of Words with a blank text at `place`."""
    try:
        value: Any = Words.model_validate(replaced(made, place, blank)).model_dump(mode="json")
    except ValidationError as error:
        reasons = {reason for _, reason in problems_in(error)}
        return "refused as empty" if reasons == {"must not be empty"} else "refused"
    for step in place:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return "kept as empty" if value == "" else f"kept as {value!r}"


NEEDED = {
    *("question", "phrasings", "grounded_in", "item", "label", "value", "text", "who", "title", "name", "contact"),
    "url of call_to_action",
}


@blank_texts
def test_every_text_of_an_entry_is_refused_or_kept_as_empty(blank: str) -> None:
    made = marked(language=("en", "es")).raw
    for place in leaves(made):
        name = next(step for step in reversed(place) if not step.isdigit())
        is_needed = name in NEEDED or f"{name} of {place[0]}" in NEEDED
        # Keys, days and choices have forms of their own, which nothing blank has.
        wanted = {"refused as empty"} if is_needed else {"kept as empty", "refused"}
        assert outcome(made, place, blank) in wanted, place


def test_all_but_keys_days_and_choices_may_be_left_empty_or_must_say_something() -> None:
    made = marked(language=("en", "es")).raw
    refused = {place[-1] for place in leaves(made) if not place[-1].isdigit() and outcome(made, place, "\u200b") == "refused"}
    days_and_choices = {"as_of", "generated_on", "kind", "status", "origin", "audience", "update_type"}
    assert refused == days_and_choices | {"key", "slug", "language", "source"}


@pytest.mark.parametrize("text", SEEN)
def test_whatever_can_be_seen_says_something(text: str) -> None:
    assert not is_blank(text)
    assert clean_text(text) != ""


@pytest.mark.django_db
@pytest.mark.parametrize("blank", [BLANKS[kind] for kind in SIX], ids=SIX)
@pytest.mark.parametrize("call", sorted(CALLS.keys() - OPTIONAL_VERB_TEXTS), ids="-".join)
def test_every_verb_that_needs_a_text_asks_for_it(call: tuple[str, str], blank: str) -> None:
    with pytest.raises(TransitionRefused, match=r"^Say "):
        CALLS[call](blank)


@pytest.mark.django_db
@pytest.mark.parametrize("blank", ["  ", "\u200b", "\u3164"])
@pytest.mark.parametrize("call", sorted(OPTIONAL_VERB_TEXTS - {("grant_reviewer", "register"), ("withdraw", "notice_text")}), ids="-".join)
def test_a_comment_that_says_nothing_is_none(call: tuple[str, str], blank: str) -> None:
    CALLS[call](blank)
    assert not ReviewDecision.objects.exclude(comment="").filter(kind=call[0]).exists()


SHARED: dict[str, Callable[[str], Any]] = {
    "title of a source": lambda text: workflow.edit_source(key="s1", by=a("author"), at=NOW, title=text),
    "text": lambda text: workflow.propose(by=a("lead"), at=NOW, kind="notice", key="held", language="en", text=text),
    "source of a text": lambda text: workflow.propose(
        by=a("lead"), at=NOW, kind="notice", key="k", language="en", text="T.", sources=[text]
    ),
    "signs": lambda text: workflow.propose(
        by=a("lead"), at=NOW, kind="advice_card", key="fever", language="en", level="urgent", title=text, text="Call."
    ),
    "name of a topic": lambda text: workflow.propose(by=a("lead"), at=NOW, topic=make_topic(), language="es", name=text),
    "synonym": lambda text: workflow.propose(by=a("lead"), at=NOW, topic=make_topic(), language="es", name="A", synonyms=[text]),
    "code": lambda text: workflow.edit_topic(slug="hearts", by=a("author"), at=NOW, kind="condition", codes=[("ICD", text)]),
    "wording": lambda text: workflow.create_question(slug="one", language="en", wording=text, by=a("author"), at=NOW),
}


@pytest.mark.django_db
@blank_texts
@pytest.mark.parametrize("door", SHARED)
def test_what_entries_share_needs_its_words(door: str, blank: str) -> None:
    with pytest.raises(WordsRefused):
        SHARED[door](blank)


ROWS: dict[str, Callable[[str], Any]] = {
    "source": lambda text: SourceRow(key="s1", title=text),
    "name": lambda text: NameRow(name=text),
    "synonym": lambda text: NameRow(name="A", synonyms=[text]),
    "code": lambda text: CodeRow(system="ICD", code=text),
    "text": lambda text: TextRow(kind="notice", key="held", language="en", text=text),
}


@blank_texts
@pytest.mark.parametrize("row", ROWS)
def test_a_file_needs_them_too(row: str, blank: str) -> None:
    with pytest.raises(ValidationError, match="must not be empty"):
        ROWS[row](blank)


@blank_texts
def test_an_entry_in_a_file_needs_its_question(blank: str) -> None:
    with pytest.raises(RowErrors, match="question: must not be empty"):
        entry_from_row(entry("one", question=blank), Place("one.md"))


@blank_texts
@pytest.mark.parametrize("attestation", ["{}; 2026-01-02; Minutes", "Somebody; 2026-01-02; {}"])
def test_an_attestation_names_somebody_and_something(attestation: str, blank: str) -> None:
    with pytest.raises(ImportRefused, match="Name in the attestation"):
        Attestation.of(attestation.format(blank))


@pytest.mark.django_db
@blank_texts
def test_an_account_has_a_name_that_is_seen(blank: str) -> None:
    form = AccountForm({"username": blank, "first_name": blank, "last_name": blank}, instance=User(username="x"))
    assert "username" in form.errors
    assert (form.cleaned_data["first_name"], form.cleaned_data["last_name"]) == ("", "")


@blank_texts
def test_a_field_of_the_admin_takes_it_for_empty(blank: str) -> None:
    assert TextField(required=False).clean(blank) == ""


# Signs that nobody sees, within words.


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("mg\u200b5", "mg5"),
        ("\ufeffWords", "Words"),
        ("hyper\u00adtension", "hyper\u00adtension"),
        ("5\u00ad0 %", "50 %"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("me\u200cdi\u200dcine", "medicine"),
        ("👩\u200d⚕\ufe0f", "👩\u200d⚕\ufe0f"),
        ("a\U000e0068\U000e0069b", "ab"),
        ("dose\u200e: 5", "dose: 5"),
        ("اتصل\u200f!", "اتصل\u200f!"),
        ("اتصل\u200f\u200e\u200f!", "اتصل\u200f!"),
        ("a\u00ad\ufe0f\u00ad\ufe0f1", "a1"),
        ("👩\ufe0f\u200d\ufe0f\u200d⚕", "👩\ufe0f\u200d⚕"),
        ("ภาษา\u200bไทย", "ภาษา\u200bไทย"),
        ("a\ufeff\u200db", "ab"),
        ("one\u2028two\vthree\x85four", "one\ntwo\nthree\nfour"),
        ("one\u2029two", "one\n\ntwo"),
    ],
)
def test_what_nobody_sees_goes_unless_a_language_needs_it(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept
    assert clean_text(kept) == kept


@pytest.mark.parametrize("sign", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", "\x1b", "\x92", "\x7f", "\x01"])
def test_what_turns_the_order_of_letters_is_refused_by_its_number(sign: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"U+{ord(sign):04X}")):
        clean_text(f"Take {sign}38 mg")


@pytest.mark.parametrize(("body", "sign"), [("Take &#8238;38 mg [^a].", "U+202E"), ("Take 5&#8203;0 mg [^a].", "U+200B")])
def test_those_that_the_body_writes_out_are_a_concern(body: str, sign: str) -> None:
    assert [sign in each.message for each in found("unseen-letter", body)] == [True]


def test_a_soft_hyphen_within_a_word_is_none() -> None:
    assert found("unseen-letter", "Hyper&shy;tension [^a].") == []


def test_words_that_were_kept_under_older_rules_are_read_as_they_are() -> None:
    made = marked(language=("en", "es")).raw
    made["short_answer"], made["question"], made["region"], made["key_facts"][0]["value"] = "a\ufeffb", "Two\nlines", " ", "\u200b"
    old = rfc8785.dumps(made).decode()
    assert canonical_text(read_words(old)) == old
    assert as_draft(read_words(old)).question == "Two\nlines"
