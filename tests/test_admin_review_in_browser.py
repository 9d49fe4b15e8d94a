"""The review screen in a browser: from the queue to a signed approval, on a desk, on a phone, in the dark, without script, by keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, ViewportSize, expect

from faq import workflow
from faq.models import Answer, ReviewDecision, Submission
from tests.chromium import chromium
from tests.factories import NOW, PASSWORD, a, approve, make_reviewer, make_submission
from tests.test_admin_in_browser import sign_in
from tests.test_sentence_checks import BODY, make_ai

DESK: ViewportSize = {"width": 1280, "height": 800}
LONG = "\n\n".join(f"Cells of the kind {letter} can grow in many places of the body [^s1]." for letter in "ABCDEFGHIJKLMNOPQRST")


@pytest.fixture
def browser(live_server: Any, threads_see_it: None) -> Iterator[Browser]:
    """Chromium beside a server of the library."""
    with chromium() as found:
        yield found
        connections.close_all()


def make_long() -> Submission:
    """Submit the revision of a long AI text in which one sentence near the end changed."""
    first = make_ai(f"{LONG}\n\n{BODY}")
    approve(first)
    workflow.publish(first, by=a("publisher"), at=NOW)
    answer = workflow.start_revision(first.question, by=a("author"), at=NOW)
    return make_submission(
        workflow.edit(answer, by=a("author"), at=NOW, changes={"body": f"{LONG}\n\n{BODY.replace('Call the line', 'Ring the line')}"})
    )


def tick_everything(page: Page) -> None:
    """Open each note and tick its sentence, as somebody does who reads them all."""
    page.get_by_label("Full text").check()
    for note in page.locator("details.note.wants").all():
        note.locator("summary").click()
        note.get_by_label("I held this sentence against its source").check()


def in_view(page: Page, selector: str) -> bool:
    """Tell whether all of the first such element is in the window."""
    top, bottom = page.evaluate(f"(({{top, bottom}}) => [top, bottom])(document.querySelector('{selector}').getBoundingClientRect())")
    return bool(top >= 0 and bottom <= DESK["height"])


def test_from_the_queue_to_a_signed_approval_it_is_two_clicks_and_one_page(browser: Browser, live_server: Any) -> None:
    make_long()
    window = sign_in(browser, live_server, make_reviewer(), viewport=DESK)
    page, loads = window.page, []
    page.wait_for_load_state("load")
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.get_by_role("region", name="Waiting for my decision").get_by_role("link").first.click()
    page.wait_for_url("**/faq/submission/*/change/")  # with its styles: a click returns when the page has begun
    for part in (".decide .signs", ".decide button.verb-approve", "#change-1 ~ ins, #change-1 ~ del"):
        assert in_view(page, part), part
    assert len(loads) == 1
    tick_everything(page)
    expect(page.get_by_text("Every sentence is ticked")).to_be_visible()
    window.look()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("You approved these words.")).to_be_visible()
    assert window.wrongs == []
    assert ReviewDecision.objects.filter(kind="approve").count() == 2


def test_of_two_who_review_at_once_the_second_is_told_and_loses_nothing(browser: Browser, live_server: Any) -> None:
    submission = make_ai()
    one, two = (sign_in(browser, live_server, make_reviewer(), viewport=DESK) for _ in range(2))
    first, second = (window.open(f"/admin/faq/submission/{submission.pk}/change/") for window in (one, two))
    tick_everything(second)
    second.get_by_label("Comment").fill("Every figure stands in its source.")
    first.get_by_label("Comment").fill("Shorter, please.")
    first.get_by_role("button", name="Request changes").click()
    expect(first.get_by_text("The words went back to their author.")).to_be_visible()
    second.get_by_label("Your password").fill(PASSWORD)
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_text("The answer is draft; this needs submitted.").first).to_be_visible()
    assert "Every figure stands in its source." in second.content()
    assert list(ReviewDecision.objects.filter(submission=submission).values_list("kind", flat=True)) == ["submit", "request_changes"]
    assert one.wrongs + two.wrongs == []


def test_a_tick_cannot_be_reached_before_its_source_is_open(browser: Browser, live_server: Any) -> None:
    submission = make_ai()
    page = sign_in(browser, live_server, make_reviewer(), viewport=DESK).open(f"/admin/faq/submission/{submission.pk}/change/")
    box = page.get_by_label("I held this sentence against its source").first
    expect(box).to_be_hidden()
    page.locator("details.note.wants summary").first.click()
    expect(page.get_by_text("20 mg a day; call the line for a fever.").first).to_be_visible()
    box.check()
    expect(page.get_by_text("1 of 2 sentences still to be ticked")).to_be_visible()


def test_it_weighs_less_than_150_kilobytes(browser: Browser, live_server: Any) -> None:
    submission = make_long()
    window = sign_in(browser, live_server, make_reviewer(), viewport=DESK)
    sizes: dict[str, int] = {}
    window.page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    window.open(f"/admin/faq/submission/{submission.pk}/change/")
    window.page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < 150_000, sizes


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 375, "height": 740}},
        {"viewport": {"width": 640, "height": 400}},  # 1280 × 800 at 200 %
        {"viewport": DESK, "color_scheme": "dark"},
    ],
    ids=["phone", "zoom", "dark"],
)
def test_it_is_in_order_everywhere(browser: Browser, live_server: Any, options: dict[str, Any]) -> None:
    submission = make_long()
    window = sign_in(browser, live_server, make_reviewer(), **options)
    page = window.open(f"/admin/faq/submission/{submission.pk}/change/")
    window.look()
    page.get_by_label("Full text").check()
    for note in page.locator("details.note.wants").all()[:2]:
        note.locator("summary").click()
    window.look()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert window.wrongs == []


def test_without_script_it_decides_too(browser: Browser, live_server: Any) -> None:
    submission = make_ai()
    page = browser.new_context(viewport=DESK, java_script_enabled=False).new_page()  # in which axe could not look
    page.goto(f"{live_server.url}/admin/faq/submission/{submission.pk}/change/")
    page.get_by_label("Username").fill(make_reviewer().username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    tick_everything(page)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("You approved these words.")).to_be_visible()


def test_by_keyboard_alone_a_note_is_opened_ticked_and_signed(browser: Browser, live_server: Any) -> None:
    submission = make_ai("Take 20 mg a day [^s1].")
    page = sign_in(browser, live_server, make_reviewer(), viewport=DESK).open(f"/admin/faq/submission/{submission.pk}/change/")
    page.locator("details.note.wants summary").focus()
    page.keyboard.press("Enter")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('input[name=checked]')"):
            page.keyboard.press("Space")
            break
    page.get_by_label("Your password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("You approved these words.")).to_be_visible()
    assert Answer.objects.get().status == Answer.Status.APPROVED


def test_an_error_leads_to_its_sentence(browser: Browser, live_server: Any) -> None:
    submission = make_ai()
    workflow.edit_checklist(sign_off="clinical", items=["It says what its sources say."], by=a("lead"), at=NOW)
    page = sign_in(browser, live_server, make_reviewer(), viewport=DESK).open(f"/admin/faq/submission/{submission.pk}/change/")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(3)
    assert in_view(page, ".decide button.verb-approve")
    page.get_by_role("alert").get_by_role("link", name="2 sentences were not ticked yet").click()
    expect(page.get_by_label("I held this sentence against its source").first).to_be_in_viewport()
