"""A plain text is shown with the line ends that its author typed: an empty line begins a paragraph, any other is a line break."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from pydantic import ValidationError

from faq import workflow
from faq.content.words import Words
from faq.interchange.rows import SourceRow
from faq.models import ReviewDecision
from faq.templatetags.texts import paragraphs
from faq.workflow import TransitionRefused, WordsRefused
from tests.admin_client import page_of, signed_in, verb_of
from tests.factories import NOW, a, make_draft, make_publication, make_standing_texts, make_submission, make_text, make_topic
from tests.marked import Path, replaced
from tests.reading import LATER, ask
from tests.test_every_word import IN_HTML, SLUG, published, submitted, typed, whole
from tests.test_unkept_texts import CALLS

TYPED = "{}1 first\n- {}2 second\n \n{}3 last & least"
SHOWN = "<p>{0}1 first<br>- {0}2 second</p>\n<p>{0}3 last &amp; least</p>"


def flat(html: str) -> str:
    """Return `html` without line ends, which show nothing, and without what a sentence is found by."""
    return re.sub(r"<span [^>]*statement[^>]*>|</span>|\n", "", html)


def texts_in(raw: Any, place: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the place and the text of every text of some raw Words but the body, which is Markdown."""
    members = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for name, value in members:
        yield from texts_in(value, (*place, str(name)))
    if isinstance(raw, str) and place != ("body",):
        yield place, raw


def with_lines() -> tuple[Words, dict[Path, str]]:
    """Return Words in which every text has several lines that may have them, and {place: what those begin with}."""
    made, given = whole(is_ready=True).raw, {}
    for place, text in list(texts_in(made)):
        several = replaced(made, place, TYPED.format(text, text, text))
        try:
            Words.model_validate(several)
        except ValidationError:
            continue
        made, given[place] = several, text
    return Words.model_validate(made), given


def html_of(face: str, words: Words) -> str:
    """Return what a face answers."""
    if face == "page":
        published(words)
        return str(ask("GET", f"/questions/{SLUG}/").content.decode())
    if face == "preview":
        return str(typed(words, _preview="1").content.decode().split('<div id="preview">')[1])
    submission = submitted(words)
    address = page_of(submission) if face == "reviewer" else verb_of(submission, "approve")
    return str(signed_in(a("reviewer")).get(address).content.decode())


def test_these_texts_of_an_entry_may_have_several_lines() -> None:
    assert {place[-1] for place in with_lines()[1]} == {
        *("short_answer", "value", "why", "text", "supporting_quote", "hours", "description", "transcript", "attribution", "change_note")
    }


@pytest.mark.django_db
@pytest.mark.parametrize("face", IN_HTML)
def test_every_one_of_them_is_shown_line_by_line(face: str) -> None:
    words, given = with_lines()
    a("author").groups.add(Group.objects.get(name="lead"))  # whose alone it is to change who answers for the words
    html = flat(html_of(face, words))
    assert {place: text for place, text in given.items() if flat(SHOWN.format(text)) not in html} == {}


@pytest.mark.parametrize("place", [place for place, _ in texts_in(whole().raw) if place not in with_lines()[1]], ids=".".join)
def test_any_other_text_takes_no_line_end(place: Path) -> None:
    made = whole().raw
    with pytest.raises(ValidationError):
        Words.model_validate(replaced(made, place, "one\ntwo"))


def test_a_line_end_after_a_text_of_one_line_is_not_part_of_it() -> None:
    # A folded text of YAML ends with one.
    made = whole().raw
    assert Words.model_validate(made | {"question": "\nWhat is it?\n "}).question == "What is it?"


@pytest.mark.django_db
@pytest.mark.parametrize("call", [("attest", "attested_by"), ("attest", "document"), ("grant_reviewer", "profession")], ids="-".join)
def test_who_reviewed_is_said_in_one_line(call: tuple[str, str]) -> None:
    with pytest.raises(TransitionRefused, match="must be one line"):
        CALLS[call]("Dr\nWho")


@pytest.mark.parametrize(
    "fields", [{"title": "one\ntwo"}, {"publisher": "one\u2028two"}, {"kind": "one\rtwo"}, {"doi": "10.1000/1\n10.1000/2"}]
)
@pytest.mark.django_db
def test_a_source_says_what_it_is_in_one_line(fields: dict[str, str]) -> None:
    told: dict[str, Any] = {"key": "s1", "title": "A source"} | fields
    with pytest.raises(ValidationError):
        SourceRow(**told)
    with pytest.raises(WordsRefused):
        workflow.edit_source(by=a("author"), at=NOW, **told)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("One.", "<p>One.</p>"),
        ("\n\nOne.\n", "<p>One.</p>"),
        ("One.\nTwo.", "<p>One.<br>Two.</p>"),
        ("One.\n\u00a0\t\n\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("<b> & 'c'", "<p>&lt;b&gt; &amp; &#x27;c&#x27;</p>"),
    ],
)
def test_paragraphs(text: str, html: str) -> None:
    assert paragraphs(text) == html


# Standing texts, and what people tell each other.

LINES = TYPED.format("x", "x", "x")
HTML = SHOWN.format("x")


def held() -> str:
    make_text(key="own", text=LINES)
    workflow.hold(make_publication("one"), by=a("reviewer"), at=NOW, comment="Checking.", notice="own")
    return "/questions/one/"


def taken_down() -> str:
    make_text(key="own", text=LINES)
    workflow.withdraw(make_publication("one"), by=a("reviewer"), at=NOW, reason="outdated", notice="own")
    return "/questions/one/"


def disclaimed(placement: str) -> Callable[[], str]:
    def make() -> str:
        make_publication("one")
        make_text(kind="disclaimer", key="own", placement=placement, text=LINES)
        return "/questions/one/"

    return make


def disclaimed_when_gone() -> str:
    taken_down()
    make_text(kind="disclaimer", key="own", placement="before", text=LINES + " again")
    return "/questions/one/"


def carded() -> str:
    make_text(kind="advice_card", key="own", level="urgent", title="Signs", text=LINES)
    make_publication("one", advice_cards=["own"])
    return "/questions/one/"


def introduced() -> str:
    make_topic("her2")
    make_text(kind="topic_text", key="her2", text=LINES)
    make_publication("one", topics=["her2"])
    return "/topics/her2/"


def listed() -> str:
    make_publication("one", short_answer=LINES)
    return "/"


def noted() -> str:
    make_publication("one", change_note=LINES)
    return "/questions/one/versions/"


PLACES: dict[str, Callable[[], str]] = {
    "a warning": held,
    "a notice": taken_down,
    "a disclaimer before": disclaimed("before"),
    "a disclaimer after": disclaimed("after"),
    "an advice card": carded,
    "an introduction": introduced,
    "a short answer in a list": listed,
    "a change note among versions": noted,
}


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
def test_readers_see_the_lines_of(place: str) -> None:
    make_standing_texts()
    assert HTML in ask("GET", PLACES[place](), at=LATER).content.decode()


@pytest.mark.django_db
def test_disclaimers_beside_a_notice_have_their_lines() -> None:
    make_standing_texts()
    assert HTML.replace("least", "least again") in ask("GET", disclaimed_when_gone(), at=LATER).content.decode()


@pytest.mark.django_db
def test_reviewers_see_them_in_standing_texts_beside_the_words() -> None:
    make_text(kind="advice_card", key="own", level="urgent", title="Signs", text=LINES)
    make_text(kind="disclaimer", key="own", placement="after", text=TYPED.format("y", "y", "y"))
    html = flat(signed_in(a("reviewer")).get(page_of(make_submission(advice_cards=["own"]))).content.decode())
    assert flat(HTML) in html
    assert flat(SHOWN.format("y")) in html


@pytest.mark.django_db
def test_colleagues_see_them_in_comments_and_reasons() -> None:
    answer = make_draft()
    workflow.comment(answer, by=a("author"), at=NOW, text=LINES)
    submission = make_submission(answer)
    workflow.request_changes(submission, by=a("reviewer"), at=NOW, comment=TYPED.format("y", "y", "y"))
    assert ReviewDecision.objects.exclude(comment="").count() == 1
    html = signed_in(a("author")).get(page_of(answer)).content.decode()
    assert HTML in html
    assert SHOWN.format("y") in html
