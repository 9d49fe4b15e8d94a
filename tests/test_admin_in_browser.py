"""Two people do the whole job in a browser, under the strict Content-Security-Policy, and axe finds nothing to object to."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from faq import verify, workflow
from faq.models import Answer, Publication, Question, ReviewDecision, User, Waiver
from faq.public.links import page_path
from faq.workflow.drafts import words_of
from tests.chromium import chromium
from tests.factories import (
    NOTICES,
    PASSWORD,
    a,
    approve,
    make_author,
    make_draft,
    make_publication,
    make_publisher,
    make_reviewer,
    make_revision,
    make_source,
    make_standing_texts,
    make_submission,
    make_topic,
    waive,
)
from tests.reading import ask
from tests.windows import Window

BODY = "HER2 is a protein on cells [^s1].\n\nIt is found in 15 of 100 people."


@pytest.fixture
def browser(live_server: Any, threads_see_it: None) -> Iterator[Browser]:
    """Chromium beside a server of the library."""
    with chromium() as found:
        yield found
        # Beside Playwright's event loop Django opens connections of their own, which would keep PostgreSQL from dropping the database.
        connections.close_all()


def sign_in(browser: Browser, server: Any, user: User, **options: Any) -> Window:
    """Open a window in which `user` has signed in."""
    window = Window(browser, server.url, **options)
    page = window.open("/admin/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    window.look()
    page.get_by_role("button", name="Log in").click()
    return window


def write(author: Window) -> None:
    """Make a question, look at a preview, save and submit."""
    page = author.open("/admin/")
    author.look()
    page.get_by_role("row", name="Questions").get_by_role("link", name="Add").click()
    page.get_by_label("Question", exact=True).fill("What is HER2?")
    page.get_by_label("her2 (Condition)").check()
    author.look()
    page.get_by_role("button", name="Save").click()
    fill_in(page)
    page.get_by_role("button", name="Preview without saving").click()
    expect(page.get_by_role("article")).to_contain_text("It is found in 15 of 100 people.")
    expect(page.get_by_label("Body")).to_have_value(BODY)
    author.look()
    page.get_by_role("button", name="Save and submit for review").click()
    author.look()
    page.get_by_label("Note for the reviewer").fill("Ready, I think.")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("a second person decides about them")).to_be_visible()
    assert page.get_by_role("link", name="Approve", exact=True).count() == 0


def fill_in(page: Page) -> None:
    """Write the words."""
    page.get_by_label("Short answer").fill("HER2 is a protein that can make cells grow.")
    page.get_by_label("Body").fill(BODY)
    page.get_by_text("Key facts", exact=True).click()
    page.locator("#id_key_facts-0-label").fill("How common")
    page.locator("#id_key_facts-0-value").fill("Not rare")


def turn_down(reviewer: Window, button: str, why: str, done: str) -> None:
    """Find the submission in the queue, read it, and send it back or object to it, which takes a reason."""
    page = reviewer.open("/admin/")
    page.get_by_role("region", name="Waiting for my decision").get_by_role("link", name="What is HER2?").click()
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("This was not done")).to_be_visible()
    reviewer.look()
    page.get_by_label("Comment").fill(why)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text(done)).to_be_visible()


def correct(author: Window, why: str) -> None:
    """Read above the form why the words came back, change them, and submit again."""
    page = author.page
    expect(page.get_by_role("region", name="Why earlier words were sent back")).to_contain_text(why)
    page.get_by_label("Short answer").fill(f"HER2 is a protein that can make cells grow. {why}")
    page.get_by_role("button", name="Save and submit for review").click()
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("a second person decides about them")).to_be_visible()


def take_back(author: Window) -> None:
    """Take the words that were objected to back to draft."""
    page = author.open("/admin/")
    page.get_by_role("region", name="Submitted by me").get_by_role("link", name="What is HER2?").click()
    author.look()
    page = author.open(f"/admin/faq/answer/{Answer.objects.get().pk}/change/")
    page.get_by_role("link", name="Take back to draft").click()
    page.get_by_role("button", name="Take back to draft").click()
    expect(page.get_by_text("The answer is a draft again.")).to_be_visible()


def decide(reviewer: Window) -> None:
    """Find the submission in the queue, read it, say why the concern may stand, approve."""
    page = reviewer.open("/admin/")
    page.get_by_role("region", name="Waiting for my decision").get_by_role("link", name="What is HER2?").click()
    expect(page.get_by_role("article")).to_contain_text("HER2 is a protein on cells")
    reviewer.look()
    page.get_by_label("“15 of 100” has no source").fill("The sentence before names it.")
    page.get_by_label("Next review on").fill(str((timezone.now() + timedelta(days=300)).date()))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("You approved these words.")).to_be_visible()


def bring_out(publisher: Window) -> None:
    """Publish what was approved."""
    page = publisher.open("/admin/")
    page.get_by_role("region", name="Approved, awaiting publication").get_by_role("link", name="What is HER2?").click()
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Readers see these words now.")).to_be_visible()
    publisher.look()


def take_down(reviewer: Window) -> None:
    """Withdraw the entry at once."""
    page = reviewer.open("/admin/faq/publication/")
    reviewer.look()
    page.get_by_role("link", name="What is HER2?").click()
    page.get_by_role("link", name="Withdraw").click()
    reviewer.look()
    page.get_by_role("button", name="Look at what will happen").click()  # the browser asks for the reason first
    page.get_by_label("Reason").select_option("unsafe")
    page.get_by_label("Comment").fill("The dose was wrong.")
    page.get_by_role("button", name="Look at what will happen").click()
    expect(page.get_by_role("region", name="What will happen; nothing was done yet")).to_contain_text("Readers see at once")
    reviewer.look()
    page.get_by_role("button", name="Take it down now").click()
    expect(page.get_by_text("The entry was taken down.")).to_be_visible()


def warn_and_release(reviewer: Window) -> None:
    """Hold the entry under a warning, and take the warning off again."""
    page = reviewer.open("/admin/faq/publication/")
    page.get_by_role("link", name="What is HER2?").click()
    page.get_by_role("link", name="Hold under a warning").click()
    page.get_by_label("What is being checked?").fill("A reader wrote.")
    reviewer.look()
    page.get_by_role("button", name="Hold under a warning").click()
    expect(page.get_by_text("The entry stands under a warning.")).to_be_visible()
    assert NOTICES["held"] in readers_page()
    reviewer.look()
    page.get_by_role("link", name="Release the hold").click()
    page.get_by_label("What did the check find?").fill("All is right.")
    page.get_by_role("button", name="Release the hold").click()
    expect(page.get_by_text("The warning is gone.")).to_be_visible()
    assert NOTICES["held"] not in readers_page()


def bring_back(reviewer: Window, second: Window) -> None:
    """Restore what was taken down; until another person confirms it, it stands under a warning."""
    page = reviewer.page
    page.get_by_role("link", name="Restore this version").click()
    page.get_by_label("Why is this version shown again?").fill("The dose was right.")
    reviewer.look()
    page.get_by_role("button", name="Restore this version").click()
    expect(page.get_by_text("under a warning, until another person confirms it.").first).to_be_visible()
    assert NOTICES["held"] in readers_page()
    assert page.get_by_role("link", name="Confirm", exact=True).count() == 0
    other = second.open("/admin/")
    other.get_by_role("region", name="To be confirmed by a second person").get_by_role("link").first.click()
    other.get_by_role("link", name="Confirm", exact=True).click()
    second.look()
    other.get_by_role("button", name="Confirm").click()
    expect(other.get_by_text("Confirmed.")).to_be_visible()
    assert NOTICES["held"] not in readers_page()


def readers_page() -> str:
    """Return what readers get at the entry's address."""
    return str(ask("GET", page_path(Question.objects.get().slug, "en")).content.decode())


def test_the_whole_path_of_an_answer(browser: Browser, live_server: Any) -> None:
    make_standing_texts()
    make_source()
    make_topic()
    author, publisher = make_author(), make_publisher()
    writing, publishing = sign_in(browser, live_server, author), sign_in(browser, live_server, publisher)
    reading = sign_in(browser, live_server, make_reviewer(), color_scheme="dark")
    second = sign_in(browser, live_server, make_reviewer())
    write(writing)
    turn_down(reading, "Request changes", "Say who has it.", "The words went back to their author.")
    page = writing.open("/admin/")
    page.get_by_role("region", name="Sent back to me").get_by_role("link", name="What is HER2?").click()
    correct(writing, "Say who has it.")
    turn_down(second, "Object", "Say where it is.", "Your objection is open.")
    take_back(writing)
    correct(writing, "Say where it is.")
    decide(reading)
    bring_out(publishing)
    assert [each.submission.number for each in Publication.objects.all()] == [3]
    assert Waiver.objects.get().reason == "The sentence before names it."
    assert "Say where it is." in readers_page()
    warn_and_release(reading)
    take_down(reading)
    assert Publication.objects.get().status == Publication.Status.WITHDRAWN
    assert "Say where it is." not in readers_page()
    bring_back(reading, second)
    assert "Say where it is." in readers_page()
    decided = ReviewDecision.objects.filter(question__isnull=False).order_by("sequence").values_list("kind", flat=True)
    assert [kind for kind in decided if kind not in ("propose", "approve_text")] == PATH
    assert writing.wrongs + reading.wrongs + second.wrongs + publishing.wrongs == []
    assert list(verify.faults()) == []


PATH = [
    *("create_question", "submit", "request_changes", "submit", "object", "recall", "submit", "approve", "publish"),
    *("hold", "release", "withdraw", "restore", "confirm"),
]


LISTS = ("question/", "submission/?standing=all", "standingtext/", "reviewdecision/", "user/")


def test_a_lead_s_pages_are_in_order_on_a_narrow_dark_screen(browser: Browser, live_server: Any) -> None:
    publication, submission = make_publication(), make_submission()
    workflow.edit_checklist(sign_off="clinical", items=["It says what its sources say."], by=a("lead"), at=timezone.now())
    window = sign_in(browser, live_server, a("lead"), viewport={"width": 375, "height": 800}, color_scheme="dark")
    pages = (f"submission/assign/?entry={submission.pk}", "checklist/add/", f"source/{publication.sources.get().pk}/change/")
    for name in ("publication/?status=all&language=en", "evidencealert/", *pages):
        page = window.open(f"/admin/faq/{name}")
        window.look()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    page = window.open("/admin/faq/publication/")
    page.get_by_text("Reading grade:").press("Enter")
    expect(page.get_by_role("link", name="above 8")).to_be_visible()
    window.look()
    page.get_by_text("Status:").press("Enter")
    expect(page.get_by_role("link", name="above 8")).to_be_hidden()
    reading = sign_in(browser, live_server, make_reviewer(), viewport={"width": 375, "height": 800})
    reading.open(f"/admin/faq/submission/{submission.pk}/change/").get_by_label("It says what its sources say.").check()
    reading.look()
    assert window.wrongs + reading.wrongs == []


def test_lists_and_pages_for_reading_are_in_order_on_a_narrow_screen(browser: Browser, live_server: Any) -> None:
    publication = make_publication(advice_cards=["fever"])
    window = sign_in(browser, live_server, make_reviewer(), viewport={"width": 400, "height": 800})
    for name in LISTS:
        window.open(f"/admin/faq/{name}")
        window.look()
    for thing in (publication, publication.submission, publication.question, publication.submission.answer):
        window.open(f"/admin/faq/{thing._meta.model_name}/{thing.pk}/change/")
        window.look()
    assert window.wrongs == []


def test_a_reviewer_reads_why_words_came_back_and_ticks_the_concern_that_still_stands(browser: Browser, live_server: Any) -> None:
    first = make_submission(make_draft("her2", body=BODY))
    approve(first, waivers=[waive("figure-without-mark", "It is found in 15 of 100 people.", "The sentence before names it.\nI looked.")])
    workflow.publish(first, by=a("publisher"), at=timezone.now())
    refused = make_submission(make_revision("her2", body=BODY + " Ask."))
    workflow.request_changes(refused, by=a("reviewer"), at=timezone.now(), comment="Ask whom?")
    writing = sign_in(browser, live_server, refused.submitted_by, viewport={"width": 400, "height": 800})
    page = writing.open(f"/admin/faq/answer/{refused.answer_id}/change/")
    expect(page.get_by_role("region", name="Why earlier words were sent back")).to_contain_text("Ask whom?")
    writing.look()
    answer = workflow.edit(refused.answer, by=refused.submitted_by, at=timezone.now(), changes={"body": BODY + " Ask your team."})
    reading = sign_in(browser, live_server, make_reviewer(), viewport={"width": 400, "height": 800})
    page = reading.open(f"/admin/faq/submission/{make_submission(answer).pk}/do/approve/")
    expect(page.get_by_role("region", name="What changed since it was sent back on")).to_contain_text("your team")
    reading.look()
    last_time = page.get_by_role("group", name="Last time (version 1, the-reviewer")
    last_time.get_by_label("The same reason still holds").check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("You approved these words.")).to_be_visible()
    reading.look()
    assert Waiver.objects.latest("pk").carried_from == Waiver.objects.earliest("pk")
    assert writing.wrongs + reading.wrongs == []


def test_words_typed_after_the_session_ended_come_back(browser: Browser, live_server: Any) -> None:
    answer = make_draft(body="Old words.")
    window = sign_in(browser, live_server, answer.author)
    page = window.open(f"/admin/faq/answer/{answer.pk}/change/")
    page.get_by_label("Body").fill(BODY)
    Session.objects.all().delete()
    page.get_by_role("button", name="Save", exact=True).click()
    window.look()
    page.get_by_label("Username").fill(answer.author.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("What you typed stands in the form below")).to_be_visible()
    expect(page.get_by_label("Body")).to_have_value(BODY)
    window.look()
    assert words_of(Answer.objects.get()).body == "Old words."
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert words_of(Answer.objects.get()).body == BODY
    assert [wrong for wrong in window.wrongs if "403" not in wrong] == []


def test_words_typed_before_signing_in_anew_in_another_tab_come_back(browser: Browser, live_server: Any) -> None:
    answer = make_draft(body="Old words.")
    window = sign_in(browser, live_server, answer.author)
    # Without the script, which would save by itself as soon as the other tab is in front, and in time.
    window.page.context.route("**/writing*.js", lambda route: route.abort())
    page = window.open(f"/admin/faq/answer/{answer.pk}/change/")
    page.get_by_label("Body").fill(BODY)
    other = page.context.new_page()
    other.goto(f"{live_server.url}/admin/")
    other.get_by_role("button", name="Log out").click()
    other.goto(f"{live_server.url}/admin/")
    other.get_by_label("Username").fill(answer.author.username)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Log in").click()
    expect(other.get_by_role("heading", name="What waits")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("What you typed stands in the form below")).to_be_visible()
    expect(page.get_by_label("Body")).to_have_value(BODY)
    assert words_of(Answer.objects.get()).body == "Old words."
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert words_of(Answer.objects.get()).body == BODY
