"""Markdown: all that the page of an entry says, read by anybody's CommonMark, with every plain text as it was typed."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from hypothesis import given, settings

from faq import workflow
from faq.public.markdown_form import entry_markdown, gone_markdown
from tests.browsing import Part, make_whole_entry, parsed
from tests.factories import NOW, a, go_live, make_draft, make_importer, make_publication, make_submission, make_text, make_topic
from tests.reading import LATER, get
from tests.test_commonmark import THEIRS, TYPED
from tests.test_every_word import published
from tests.test_markup_seen import Page
from tests.test_plain_fields import with_lines

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PLAIN = {
    *("action", "attribution", "byline", "change_note", "contact", "description", "hours", "item", "label", "licence", "locator", "name"),
    *("notice", "phone", "publisher", "question", "role", "short_answer", "signs", "supporting_quote", "text", "title", "transcript"),
    *("value", "who", "why"),
}
"""Members of a document that are plain texts."""
ONE_LINE = TYPED.map(lambda text: re.sub(r"[\0\r\n\ud800-\udfff]", " ", text))


def written(path: str = "emergency/", *, status: int = 200, at: Any = LATER) -> str:
    """Return an entry as Markdown."""
    answer = get(f"entries/{path}", at=at, accept="text/markdown")
    assert answer.status_code == status, answer.content
    return str(answer.content.decode())


def read(markdown: str) -> Part:
    """Return it as somebody else's program shows it."""
    return parsed(THEIRS.render(markdown).replace(" />", ">"))


def in_order(text: str, *parts: str) -> bool:
    """Whether `text` says all `parts`, each after the one before."""
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    return places == sorted(places)


def test_parts_come_in_the_order_of_the_page() -> None:
    make_whole_entry()
    assert in_order(
        written(),
        *(
            "# Is this an emergency?",
            "This is a demonstration.",
            "## When to get help",
            "### Emergency",
            "Fever of 38 °C",
            "### Not urgent",
        ),
        *("(before, en)", "Drafted by AI, reviewed by a person", "The night team", "Drafted with: A model, 1 February 2026", "## In short"),
        *("## Where things stand", "(as of January 2026)", "## The answer", "A fever is a sign", "Figures that can be hard to read"),
        *("## Key facts", "## Questions to ask your care team", "## In somebody’s own words", "## Where to turn", "[Find a nurse]"),
        *("(after, en)", "## Sources", "Used for the text as a whole", "## Related questions", "## Topics", "## Who checked it, and when"),
        *("next check by 2 March 2027", "Version 1, published on 2 March 2026", "First version.", "CC BY 4.0", "sha256:", "on the web"),
    )


def test_a_mark_is_a_number_that_leads_to_its_source() -> None:
    make_whole_entry()
    text = written()
    assert "A fever is a sign [\\[1\\]][1]." in text
    assert "- **Limit**: 38 °C [\\[1\\]][1]\n- **Number**: 112 (Source: Source s3)\n" in text
    assert "- \\[1\\] [Source s1](https://sources.example/s1). A publisher, 2024. page 4\n\n  > A fever counts from 38 °C." in text
    links = {link.text: link.attributes["href"] for link in read(text).all("a")}
    assert (links["[1]"], links["[2]"]) == ("https://sources.example/s1", "https://sources.example/s2")


@pytest.mark.parametrize(
    ("url", "doi", "told"),
    [("https://a.example/", "", "[\\[1\\]][1]"), ("", "10.1000/182", "[\\[1\\]][1]"), ("", "", "\\[1\\]"), ("", "none", "\\[1\\]")],
)
def test_a_mark_is_a_link_where_its_source_has_an_address(url: str, doi: str, told: str) -> None:
    make_publication("cited")
    entry = get("entries/cited/").json()
    entry["citations"][0] |= {"url": url, "doi": doi}
    assert f"makes cells grow {told}." in entry_markdown(entry, {"held_title": "", "related_languages": []})


def test_lists_and_headings_of_the_body_do_not_run_into_those_around_it() -> None:
    make_publication("one", body="- Cells grow [^s1].\n- They divide.\n\n# Heading\n\nMore.", status_lines=[STATUS])
    assert "(as of January 2026)\n\n## The answer\n\n- Cells grow" in written("one/")
    assert "\n### Heading\n" in written("one/")


STATUS = {"item": "Testing", "status": "established", "as_of": "2026-01"}


def test_a_telephone_number_can_be_dialled_and_a_recording_be_read() -> None:
    make_whole_entry()
    assert "Telephone: [116 123](tel:116123)" in written()
    assert (
        "- Video: [A film](https://film.example)\n\n  Length: 1 minute 1 second. With captions.\n\n  Read it as text:\n\n  > Hello."
        in written()
    )


@pytest.mark.parametrize(("body", "variant"), [("Cells | grow [^s1].", "CommonMark"), ("| a | b |\n|---|---|\n| 1 | 2 [^s1] |", "GFM")])
def test_its_variant_is_githubs_where_there_is_a_table(body: str, variant: str) -> None:
    make_publication("one", body=body)
    answer = get("entries/one/?format=md")
    assert answer["Content-Type"] == f"text/markdown; charset=utf-8; variant={variant}"


# Every plain text as it was typed.


OTHERWISE = ("links", "review", "answer", "disclosure")
"""Members that hold no plain text, or in a form of its own: the body and its sections are Markdown and HTML, a disclosure is a term."""


def with_texts(value: Any, name: str, typed: str, made: list[str]) -> Any:
    """Return a copy of a document in which every plain text is `typed` with a number, and note the texts in `made`."""
    if isinstance(value, dict):
        return {key: with_texts(each, key, typed, made) for key, each in value.items() if key not in OTHERWISE} | {
            key: value[key] for key in OTHERWISE if key in value
        }
    if isinstance(value, list):
        return [with_texts(each, name, typed, made) for each in value]
    if isinstance(value, str) and value and name in PLAIN:
        made.append(f"{typed} x{len(made)}x")
        return made[-1]
    return value


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_plain_text_is_shown_as_it_was_typed() -> None:
    make_whole_entry()
    entry = get("entries/emergency/").json()
    entry["provenance"]["responsible"] = {"name": "The library", "contact": "desk@faq.example"}
    beside = {"held_title": "", "related_languages": ["en"]}

    @settings(deadline=None, max_examples=60)
    @given(ONE_LINE)
    def check(typed: str) -> None:
        made: list[str] = []
        shown = squeezed(Page(THEIRS.render(entry_markdown(with_texts(entry, "", typed, made), beside))).text)
        assert len(made) > 40
        assert [text for text in made if squeezed(text) not in shown] == []

    check()


def test_so_is_every_one_in_the_place_of_what_is_gone() -> None:
    published_entry = make_publication("gone", advice_cards=["fever"])
    workflow.withdraw(published_entry, by=a("reviewer"), at=NOW, reason="unsafe")
    gone = get("entries/gone/").json()
    gone["title"] = ""  # the problem's own, which stands in the status line

    @settings(deadline=None, max_examples=40)
    @given(ONE_LINE)
    def check(typed: str) -> None:
        made: list[str] = []
        beside = {"is_erased": False, "question": f"{typed} y", "replacement_question": "", "replacement_language": ""}
        shown = squeezed(Page(THEIRS.render(gone_markdown(with_texts(gone, "", typed, made), beside))).text)
        assert [text for text in (*made, f"{typed} y") if squeezed(text) not in shown] == []

    check()


def test_texts_of_several_lines_are_shown_line_by_line() -> None:
    lines, given_texts = with_lines()
    a("author").groups.add(Group.objects.get(name="lead"))  # whose alone it is to change who answers for the words
    published(lines)
    shown = re.sub(r"\s*\n\s*", "", THEIRS.render(written("marked/")))
    expected = "<p>{0}1 first<br />- {0}2 second</p><p>{0}3 last &amp; least"
    assert {place for place, text in given_texts.items() if expected.format(text) not in shown} - {("key_facts", "0", "value")} == set()
    assert "1 first<br />- " in shown


# What stands before the answer.


def test_a_warning_stands_before_everything_but_the_question() -> None:
    published_entry = make_publication("held")
    workflow.hold(published_entry, by=a("reviewer"), at=NOW, comment="A reader wrote.")
    assert in_order(written("held/"), "# What is held?", "> This answer is being checked. Ask the care team", "## In short")


def test_a_late_review_and_a_source_that_moved_are_told() -> None:
    published_entry = make_publication("late", review_in_days=20)
    workflow.mark_source(published_entry.sources.get(), by=a("reviewer"), at=NOW, state="retracted", comment="The journal says so.")
    text = written("late/", at=NOW + 40 * DAY)
    assert "> **We are late checking this page**\n>\n> It was to be checked again by 22 March 2026." in text
    assert "> A source of this answer has changed since it was written." in text
    assert "This source has since been taken back by those who published it." in text


def test_an_old_version_says_so_and_where_the_new_one_is() -> None:
    make_publication("twice")
    make_publication("twice", at=NOW + DAY, short_answer="Shorter.", change_note="Shorter.")
    text = written("twice/versions/1/", at=NOW + 2 * DAY)
    assert "> **This is an old version**\n>\n> It was replaced on 3 March 2026 and may be wrong today." in text
    assert "[Go to what we say now](http://testserver/api/v1/entries/twice/)" in text
    assert "[The version after this one](http://testserver/api/v1/entries/twice/versions/2/)" in text
    assert "[The version before this one](http://testserver/api/v1/entries/twice/versions/1/)" in written("twice/", at=NOW + 2 * DAY)


def test_a_version_that_was_taken_down_says_why() -> None:
    published_entry = make_publication("gone")
    workflow.withdraw(published_entry, by=a("reviewer"), at=NOW, reason="outdated")
    text = written("gone/versions/1/")
    assert "> We have not stood behind it since 2 March 2026. Please do not rely on it." in text
    assert "> This answer was taken down. Ask the care team." in text
    assert "> We took it down because it was out of date." in text


def test_what_stood_on_a_day_says_which() -> None:
    make_publication("then")
    notice = "> This is what stood here on 5 March 2026. It may have changed since."
    assert notice in written("then/?as_of=2026-03-05", at=NOW + 9 * DAY)
    assert notice not in written("then/", at=NOW + 9 * DAY)


def test_a_live_library_warns_of_no_demonstration(settings: Any) -> None:
    go_live(settings)
    make_publication("live")
    assert "demonstration" not in written("live/")


# Who stands behind it.


def test_who_answers_for_the_words_is_told() -> None:
    make_whole_entry()
    entry = get("entries/emergency/").json()
    entry["provenance"]["responsible"] = {"name": "The library", "contact": "desk@faq.example"}
    assert "- Responsible for this text: The library, desk@faq.example\n" in entry_markdown(
        entry, {"held_title": "", "related_languages": ["en"]}
    )


def test_a_review_from_elsewhere_is_told_as_such() -> None:
    submission = make_submission(make_draft("attested"))
    made: dict[str, Any] = {"attested_by": "Dr Else Where", "attested_on": date(2026, 1, 5), "document": "Minutes 7"}
    workflow.attest(submission, by=make_importer(), at=NOW, next_review_due_on=date(2027, 1, 5), **made)
    workflow.publish(submission, by=a("publisher"), at=NOW)
    assert "Reviewed elsewhere by Dr Else Where on 5 January 2026. On record: Minutes 7." in written("attested/")


def test_its_own_words_are_in_the_language_of_the_entry() -> None:
    make_publication("original")
    make_publication("urgencia", language="es", advice_cards=["fever"], translation_of={"slug": "original", "version": 1})
    text = written("urgencia/")
    assert in_order(
        text, "## Cuándo pedir ayuda", "### Emergencia", "2 de marzo de 2026", "[English](http://testserver/questions/original/)"
    )
    assert "[español](http://testserver/es/questions/urgencia/)" in written("original/")


def test_for_whom_where_and_at_which_stage_it_holds_is_told() -> None:
    make_publication("for-us", audience="clinician", region="US", applies_to=["early", "second_line"])
    text = written("for-us/")
    assert in_order(text, "- For health professionals\n", "- Written for: the United States\n", "- About: early disease, second line\n")


# What is gone.


def test_what_is_gone_keeps_notice_reason_advice_disclaimers_and_replacement() -> None:
    make_publication("better", question="What is better?")
    published_entry = make_publication("gone", body="Zebrafinch is a word [^s1].", advice_cards=["fever"])
    workflow.withdraw(published_entry, by=a("reviewer"), at=NOW, reason="unsafe", replacement="better")
    text = written("gone/", status=410)
    assert in_order(
        text,
        *(
            "# This answer was taken down",
            "What is gone?",
            "> **This is a demonstration.**",
            "> This answer was taken down. Ask the care team.",
        ),
        *("It has not been shown since 2 March 2026. We took it down because following it might not be safe.", "## Read this instead"),
        *("[What is better?](http://testserver/questions/better/)", "## When to get help", "Call the 24-hour line", "(before, en)"),
        *("(after, en)", "[All versions of this answer](http://testserver/api/v1/entries/gone/versions/)"),
    )
    assert "ebrafinch" not in text


def test_of_withheld_text_not_one_word_is_told() -> None:
    published_entry = make_publication("gone", question="What is a zebrafinch?", body="Zebrafinch is a word [^s1].")
    workflow.withdraw(published_entry, by=a("reviewer"), at=NOW, reason="unsafe", withhold=[1])
    for path in ("gone/", "gone/versions/1/", "gone/?as_of=2026-03-02"):
        assert "ebrafinch" not in written(path, status=410)
    text = written("gone/versions/1/", status=410)
    assert in_order(text, "# This version is no longer shown", "[Go to what we say now](http://testserver/api/v1/entries/gone/)")


def test_an_expired_entry_is_no_longer_shown_rather_than_taken_down() -> None:
    make_topic("news", may_expire=True)
    submission = make_submission(make_draft("what-is-her2", topics=["news"]))
    day = date(2026, 3, 3)
    due: dict[str, Any] = {"seen_hash": submission.content_hash, "next_review_due_on": day, "expires_on": day}
    workflow.approve(submission, by=a("reviewer"), at=NOW, **due)
    published = workflow.publish(submission, by=a("publisher"), at=NOW)
    workflow.expire(published, at=NOW + 2 * DAY)
    text = written("what-is-her2/", status=410, at=NOW + 3 * DAY)
    assert in_order(text, "# This answer is no longer shown", "This answer is too old to be shown.", "nobody checked it in time")


def test_it_is_made_of_the_document_alone(django_assert_num_queries: Any) -> None:
    make_whole_entry()
    found = get("entries/emergency/").json()
    make_text(kind="disclaimer", key="later", placement="before", text="Told later.")
    with django_assert_num_queries(0):
        text = entry_markdown(found, {"held_title": "", "related_languages": ["en"]})
    assert "Told later." not in text
