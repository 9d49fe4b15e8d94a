"""The sorting desk, reports and opinions in the admin: what most people ask stands on top, and whoever sees readers' words is noted."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from faq import workflow
from faq.models import Answer, InboxLook, MissedSearch, Report, SubmittedQuestion, User
from tests.admin_client import done, page_of, refusals, see, send, signed_in, verb_of
from tests.factories import NOW, a, make_author, make_lead, make_publication, make_reviewer, make_topic, make_user, reviewer_row
from tests.inbox import ASKED, make_asked, make_feedback, make_report

pytestmark = pytest.mark.django_db
DESK = "/admin/faq/submittedquestion/"


def waiting(user: User) -> dict[str, list[tuple[str, str]]]:
    """Return what readers sent that the first page lists for `user`: {title: (label, address)}."""
    queues = signed_in(user).get("/admin/").context["queues"]
    return {queue.title: [(row.label, row.url) for row in queue.rows] for queue in queues if "eader" in queue.title}


# The desk.


def test_what_most_people_ask_stands_on_top_and_together() -> None:
    other = make_asked("Is a tattoo allowed?")
    first = make_asked()
    make_asked("What may I eat?")
    second = make_asked("can I swim during the treatment")
    rows = signed_in(a("author")).get(DESK).context["cl"].result_list
    assert [(row.pk, row.times) for row in rows[:3]] == [(first.pk, 2), (second.pk, 2), (other.pk, 1)]


def test_what_was_sorted_leaves_the_list() -> None:
    asked = make_asked()
    workflow.reject_question(asked, by=a("author"), at=NOW, reason="No.")
    assert list(signed_in(a("author")).get(DESK).context["cl"].result_list) == []
    assert list(signed_in(a("author")).get(f"{DESK}?sorted=rejected").context["cl"].result_list) == [asked]


def test_a_question_shows_those_like_it_and_what_a_reader_finds_today() -> None:
    make_publication("swimming", question="Can I swim?")
    make_publication("flying", question="May I fly?")
    asked, like = make_asked(), make_asked("can I swim during the treatment")
    page = see(a("author"), page_of(asked))
    assert "1 more ask nearly the same" in page
    assert like.text in page
    assert "<code>swimming</code>" in page
    assert "<code>flying</code>" not in page


def test_it_is_linked_with_its_own_words_filled_in_as_the_way_of_asking() -> None:
    make_publication("swimming")
    done(send(a("reviewer"), verb_of(make_asked(), "link_question"), slug="swimming"))
    row = SubmittedQuestion.objects.get()
    assert (row.question and row.question.slug, row.phrasing) == ("swimming", ASKED)


def test_the_nearest_entries_need_no_typing() -> None:
    make_publication("swimming", question="Can I swim?")
    done(send(a("reviewer"), verb_of(make_asked(), "link_question"), nearest="swimming"))
    row = SubmittedQuestion.objects.get()
    assert row.question is not None
    assert row.question.slug == "swimming"


def test_a_letter_is_not_filled_in() -> None:
    make_publication("swimming")
    done(send(a("reviewer"), verb_of(make_asked(f"{ASKED} {'And then? ' * 30}"), "link_question"), slug="swimming"))
    assert SubmittedQuestion.objects.get().phrasing == ""


def test_an_entry_that_readers_cannot_see_is_refused_and_nothing_typed_is_lost() -> None:
    answer = send(a("reviewer"), verb_of(make_asked(), "link_question"), slug="nothing", phrasing="May I swim?")
    assert refusals(answer) == ["Readers cannot see an entry nothing; choose one that is in force."]
    assert "May I swim?" in answer.content.decode()


def test_a_new_question_opens_with_its_draft() -> None:
    make_topic("sport")
    done(send(a("author"), verb_of(make_asked(), "open_question"), wording="Is swimming safe?", topics=["sport"]))
    answer = Answer.objects.get()
    assert (answer.wording, [topic.slug for topic in answer.question.topics.all()]) == ("Is swimming safe?", ["sport"])


def test_a_draft_takes_in_how_readers_ask() -> None:
    publication = make_publication("swimming")
    draft = workflow.start_revision(publication.question, by=a("author"), at=timezone.now())
    workflow.link_question(make_asked(), by=a("author"), at=NOW, slug="swimming", phrasing=ASKED)
    assert "Take in how readers ask" in see(a("author"), page_of(draft))
    done(send(a("author"), verb_of(draft, "take_phrasings")))
    assert ASKED in Answer.objects.get(pk=draft.pk).words


# Who looked.


@pytest.mark.parametrize(
    "make", [make_asked, lambda: make_report(make_publication()), lambda: make_feedback(make_publication(), comment="Hm")]
)
def test_whoever_sees_readers_words_is_noted(make: Any) -> None:
    row, author = make(), make_author()
    name = row._meta.model_name
    see(author, f"/admin/faq/{name}/")
    see(author, page_of(row))
    looks = InboxLook.objects.order_by("pk")
    assert [(look.by, look.kind, look.rows) for look in looks] == [(author, name, [row.pk])] * 2
    assert f"{author}" in see(make_user("auditor"), "/admin/faq/inboxlook/")


def test_the_page_of_one_is_a_look_at_all_that_it_shows() -> None:
    asked, like = make_asked(), make_asked()
    see(a("author"), verb_of(asked, "reject_question"))
    assert InboxLook.objects.get().rows == [asked.pk, like.pk]


def test_an_empty_list_is_no_look() -> None:
    see(a("author"), DESK)
    assert not InboxLook.objects.exists()


def test_the_first_page_tells_how_many_ask_and_none_of_their_words() -> None:
    make_asked("Is a tattoo allowed?")
    asked = make_asked()
    make_asked()
    author = make_author()
    titles = waiting(author)["Readers' questions to sort"]
    assert titles[0] == ("2 readers ask nearly the same, in English", page_of(asked))
    assert "swimming" not in see(author, "/admin/")
    assert not InboxLook.objects.exists()


@pytest.mark.parametrize("role", ["publisher", "auditor"])
def test_who_does_not_sort_is_not_asked_to(role: str) -> None:
    make_asked()
    assert waiting(make_user(role)) == {}


# Reports.


def test_harm_stands_before_all_else_for_those_who_may_decide() -> None:
    for slug in ("hearts", "lungs"):
        make_topic(slug)
    report = make_report(make_publication(topics=["hearts"]), harm=True)
    hearts, lungs = make_reviewer(topics=["hearts"]), make_reviewer(topics=["lungs"])
    assert list(waiting(hearts)) == ["Readers report harm"]
    assert waiting(lungs) == {}
    assert waiting(make_lead())["Readers report harm"][0][1] == page_of(report)
    workflow.put_on_duty(reviewer_row(hearts), by=a("lead"), at=NOW)
    assert list(waiting(hearts)) == ["Readers report harm: you are on duty"]


def test_beside_a_report_stand_the_buttons_that_stop_the_entry() -> None:
    publication = make_publication("heart")
    report = make_report(publication, harm=True)
    page = see(a("reviewer"), page_of(report))
    assert verb_of(publication, "hold") in page
    assert verb_of(publication, "withdraw") in page
    assert "The number is wrong." in page
    assert verb_of(publication, "hold") not in see(a("author"), page_of(report))


def test_of_a_newer_version_the_one_in_force_is_stopped() -> None:
    report = make_report(make_publication("heart"))
    newer = make_publication("heart")
    page = see(a("reviewer"), page_of(report))
    assert verb_of(newer, "hold") in page
    assert "In force is version 2." in page


def test_of_an_entry_that_is_gone_nothing_is_left_to_stop() -> None:
    publication = make_publication("heart")
    report = make_report(publication)
    workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="error")
    page = see(a("reviewer"), page_of(report))
    assert "No version of it is in force now." in page
    assert "/do/hold/" not in page


def test_a_report_is_closed_with_a_reason() -> None:
    report = make_report(make_publication(), harm=True)
    done(send(a("reviewer"), verb_of(report, "close_report"), comment="It is right."))
    assert Report.objects.get().reason == "It is right."
    assert "Readers report harm" not in waiting(a("reviewer"))


def test_who_is_on_duty_is_a_button_of_the_lead() -> None:
    reviewer = reviewer_row(make_reviewer())
    done(send(a("lead"), verb_of(reviewer, "put_on_duty")))
    reviewer.refresh_from_db()
    assert reviewer.is_on_duty
    done(send(a("lead"), verb_of(reviewer, "take_off_duty")))


# Opinions and searches.


def test_beside_a_version_stands_how_often_it_helped_month_by_month() -> None:
    publication = make_publication("heart")
    for days, helpful, comment in ((0, True, ""), (1, False, "Too long."), (40, True, ""), (41, True, "")):
        make_feedback(publication, helpful=helpful, comment=comment, at=NOW + timedelta(days=days))
    make_report(publication)
    newer = make_publication("heart")
    page = see(a("reviewer"), page_of(publication))
    assert "It helped 3 of 4 who said so (75 %)." in page
    assert "<td>2026-04</td><td>2</td><td>2</td>" in page
    assert "<td>2026-03</td><td>1</td><td>2</td>" in page
    assert "1 comment on it" in page
    assert "1 open report on this version" in page
    assert "Too long." not in page
    assert "who said so" not in see(a("reviewer"), page_of(newer))


def test_comments_are_listed_by_version() -> None:
    publication = make_publication("heart")
    make_feedback(publication, comment="Too long.")
    make_feedback(make_publication("lungs"), comment="Too short.")
    page = see(a("reviewer"), f"/admin/faq/feedback/?publication__id__exact={publication.pk}")
    assert ("Too long." in page, "Too short." in page) == (True, False)


def test_searches_that_found_nothing_are_listed_once_their_words_are_kept() -> None:
    MissedSearch.objects.create(digest="1", words="purple rash", days=5, last_on=NOW.date())
    MissedSearch.objects.create(digest="2", days=4, last_on=NOW.date())
    rows = signed_in(a("author")).get("/admin/faq/missedsearch/").context["cl"].result_list
    assert [(row.words, row.days) for row in rows] == [("purple rash", 5)]
