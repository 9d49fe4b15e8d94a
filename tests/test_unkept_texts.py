"""What one of the databases cannot keep, a NUL or half of a letter, is refused by every verb with a sentence that says what to do."""

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from faq import workflow
from faq.clock import local_date
from faq.content.texts import clean_text
from faq.models import AudiencePolicy, EvidenceAlert, Publication, Source
from faq.workflow import TransitionRefused, WordsRefused
from tests.factories import (
    NOW,
    a,
    approve,
    make_draft,
    make_lead,
    make_publication,
    make_reviewer,
    make_source,
    make_standing_texts,
    make_submission,
    make_text,
    make_topic,
    make_user,
    reviewer_row,
    waive,
)

pytestmark = pytest.mark.django_db
UNKEPT = {"remove it.": "a NUL\x00", "save the text as UTF-8 again.": "half a letter \ud83d"}
"""{how the refusal ends: what is refused}"""
NEXT_YEAR = local_date(NOW) + timedelta(days=365)
CONCERN: dict[str, Any] = {"body": "HER2 is a protein [^s1]. It is found in 15 of 100 people."}
REVIEW: dict[str, Any] = {"attested_by": "Somebody", "attested_on": local_date(NOW), "document": "Minutes", "next_review_due_on": NEXT_YEAR}


@pytest.mark.parametrize("sign", ["\x01", "\x07", "\x1b", "\x1f", "\ufffe", "\uffff"])
def test_what_xml_cannot_hold_is_refused_in_words(sign: str) -> None:
    answer = make_draft()
    for field in ("body", "short_answer", "question"):
        with pytest.raises(WordsRefused, match=rf"contains the .*character U\+{ord(sign):04X}.*; remove it"):
            workflow.edit(answer, by=a("author"), at=NOW, changes={field: f"HER2{sign} is a protein."})


def test_tabs_and_line_ends_are_characters() -> None:
    assert clean_text("a\tb\r\nc\rd") == "a\tb\nc\nd"


def objected() -> Any:
    """Return a submission with an open objection."""
    submission = make_submission()
    workflow.object(submission, by=a("reviewer"), at=NOW, comment="Too short.")
    return submission


def cited() -> Source:
    make_publication()
    return Source.objects.get(key="s1")


def held() -> Publication:
    """Return an entry under a warning."""
    return workflow.hold(make_publication(), by=a("reviewer"), at=NOW, comment="Checking.")


def alert() -> EvidenceAlert:
    """Return an alert that waits."""
    make_publication("entry")
    workflow.mark_source(make_source("s1"), by=a("reviewer"), at=NOW, state="superseded", comment="A newer one is out.")
    return EvidenceAlert.objects.get()


def translation(original: Publication) -> Publication:
    """Return a current translation."""
    make_standing_texts("es")
    words = {"slug": original.slug, "version": 1}
    return make_publication(f"{original.slug}-es", language="es", translation_of=words, citations=[{"key": "s1"}])


def withdraw(**arguments: Any) -> Any:
    """Take down an entry that was translated."""
    original = make_publication("entry")
    translation(original)
    return workflow.withdraw(original, by=a("reviewer"), at=NOW, reason="unsafe", **arguments)


def grant(**arguments: Any) -> Any:
    """Grant somebody a review scope."""
    scope: dict[str, Any] = {"profession": "Oncologist", "languages": ["en"], "verified_until": NEXT_YEAR} | arguments
    return workflow.grant_reviewer(make_user(), by=make_lead(), at=NOW, **scope)


def policy() -> AudiencePolicy:
    """Return a sign-off that is asked for."""
    return workflow.ask_sign_off(audience="patient", sign_off="translation", by=a("lead"), at=NOW)


def reaffirm(text: str) -> Any:
    """Reaffirm an entry."""
    publication = make_publication()
    seen = {publication.pk: publication.content_hash}
    return workflow.reaffirm(seen, by=a("reviewer"), at=NOW, next_review_due_on=NEXT_YEAR, comment=text)


def attest(**arguments: Any) -> Any:
    """Record a review done elsewhere."""
    return workflow.attest(make_submission(), by=a("importer"), at=NOW, **REVIEW | arguments)


CALLS: dict[tuple[str, str], Callable[[str], Any]] = {
    ("approve", "comment"): lambda text: approve(make_submission(), comment=text),
    ("approve", "waivers"): lambda text: approve(
        make_submission(**CONCERN), waivers=[waive("figure-without-mark", "It is found in 15 of 100 people.", reason=text)]
    ),
    ("attest", "attested_by"): lambda text: attest(attested_by=text),
    ("attest", "document"): lambda text: attest(document=text),
    ("comment", "text"): lambda text: workflow.comment(make_draft(), by=a("author"), at=NOW, text=text),
    ("discard", "reason"): lambda text: workflow.discard(make_draft(), by=a("author"), at=NOW, reason=text),
    ("drop_sign_off", "comment"): lambda text: workflow.drop_sign_off(policy(), by=a("lead"), at=NOW, comment=text),
    ("end_text", "comment"): lambda text: workflow.end_text(
        make_text(kind="glossary", key="gene", title="Gene", text="A part."), by=a("lead"), at=NOW, comment=text
    ),
    ("erase", "legal_basis"): lambda text: workflow.erase(superseded(), by=a("lead"), at=NOW, legal_basis=text),
    ("grant_reviewer", "profession"): lambda text: grant(profession=text),
    ("grant_reviewer", "register"): lambda text: grant(register=text),
    ("hold", "comment"): lambda text: workflow.hold(make_publication(), by=a("reviewer"), at=NOW, comment=text),
    ("hold_citing", "comment"): lambda text: workflow.hold_citing(cited(), by=a("reviewer"), at=NOW, comment=text),
    ("lower_origin", "comment"): lambda text: workflow.lower_origin(
        make_draft(origin="ai_generated"), by=a("author"), at=NOW, comment=text
    ),
    ("mark_source", "comment"): lambda text: workflow.mark_source(make_source(), by=a("reviewer"), at=NOW, state="retracted", comment=text),
    ("object", "comment"): lambda text: workflow.object(make_submission(), by=a("reviewer"), at=NOW, comment=text),
    ("reaffirm", "comment"): reaffirm,
    ("release", "comment"): lambda text: workflow.release(held(), by=a("reviewer"), at=NOW, comment=text),
    ("request_changes", "comment"): lambda text: workflow.request_changes(make_submission(), by=a("reviewer"), at=NOW, comment=text),
    ("resolve", "comment"): lambda text: workflow.resolve(objected(), by=a("reviewer"), at=NOW, comment=text),
    ("restore", "comment"): lambda text: workflow.restore(superseded(), by=a("reviewer"), at=NOW, comment=text),
    ("revoke_reviewer", "comment"): lambda text: workflow.revoke_reviewer(
        reviewer_row(make_reviewer()), by=a("lead"), at=NOW, comment=text
    ),
    ("submit", "comment"): lambda text: workflow.submit(make_draft(), by=a("author"), at=NOW, comment=text),
    ("triage_alert", "note"): lambda text: workflow.triage_alert(alert(), by=a("reviewer"), at=NOW, outcome="minor", note=text),
    ("withdraw", "comment"): lambda text: withdraw(comment=text),
    ("withdraw", "notice_text"): lambda text: withdraw(notice_text=text),
    ("withdraw", "keep_translations"): lambda text: withdraw(keep_translations={"entry-es": text}),
}
TOLD = {"comment", "note", "text", "notice_text", "legal_basis", "attested_by", "document", "profession", "register"}
"""What the arguments are called in which somebody tells something in their own words."""


def superseded() -> Publication:
    """Return a version that another has replaced."""
    old = make_publication("entry")
    make_publication("entry")
    return Publication.objects.get(pk=old.pk)


def test_no_verb_that_takes_a_text_is_left_out_here() -> None:
    verbs = {name: getattr(workflow, name) for name in workflow.__all__}
    functions = {name: verb for name, verb in verbs.items() if inspect.isfunction(verb)}
    parameters = [(name, each) for name, verb in functions.items() for each in inspect.signature(verb).parameters.values()]
    # `text` alone in front is the thing itself.
    asked = {(name, each.name) for name, each in parameters if each.name in TOLD and each.kind == inspect.Parameter.KEYWORD_ONLY}
    assert asked - CALLS.keys() == set()


@pytest.mark.parametrize("ending", UNKEPT)
@pytest.mark.parametrize("call", CALLS, ids="-".join)
def test_a_text_that_cannot_be_kept_is_refused_with_what_to_do(call: tuple[str, str], ending: str) -> None:
    with pytest.raises(TransitionRefused) as refused:
        CALLS[call](UNKEPT[ending])
    assert str(refused.value).startswith("The text contains ")
    assert str(refused.value).endswith(ending)


COLUMNS: dict[str, Callable[[str], Any]] = {
    "sources": lambda text: workflow.edit_source(key="s1", by=a("author"), at=NOW, title="A sheet", note=text),
    "kind": lambda text: workflow.edit_source(key="s1", by=a("author"), at=NOW, title="A sheet", kind=text),
    "codes": lambda text: workflow.edit_topic(slug="hearts", by=a("author"), at=NOW, kind="condition", codes=[("ICD", text)]),
    "text": lambda text: workflow.propose(by=a("lead"), at=NOW, kind="notice", key="held", language="en", text=text),
    "key": lambda text: workflow.propose(by=a("lead"), at=NOW, kind="notice", key=text[-20:], language="en", text="Held."),
    "cited": lambda text: workflow.propose(by=a("lead"), at=NOW, kind="notice", key="held", language="en", text="Held.", sources=[text]),
    "synonyms": lambda text: workflow.propose(by=a("lead"), at=NOW, topic=make_topic(), language="en", name="A receptor", synonyms=[text]),
    "name": lambda text: workflow.propose(by=a("lead"), at=NOW, topic=make_topic(), language="en", name=text),
    "related": lambda text: workflow.create_question(slug="her2", language="en", wording="What?", by=a("author"), at=NOW, related=[text]),
}


@pytest.mark.parametrize("unkept", UNKEPT.values(), ids=["NUL", "half a letter"])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_of_what_entries_share_takes_no_such_text(column: str, unkept: str) -> None:
    with pytest.raises(WordsRefused):
        COLUMNS[column](unkept)


@pytest.mark.parametrize("unkept", UNKEPT.values(), ids=["NUL", "half a letter"])
def test_related_entries_are_slugs(unkept: str) -> None:
    question = make_draft().question
    with pytest.raises(WordsRefused, match="related"):
        workflow.reclassify(question, by=a("author"), at=NOW, topics=[], related=[unkept])
