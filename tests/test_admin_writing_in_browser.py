"""The author's form in a browser: what the script adds as somebody types, on a narrow screen, in the dark, and by keys alone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from faq import workflow
from faq.models import Answer
from faq.workflow.drafts import draft_of
from tests.chromium import chromium
from tests.factories import NOW, PASSWORD, make_draft, make_source
from tests.windows import Window


@pytest.fixture
def browser(live_server: Any, threads_see_it: None) -> Iterator[Browser]:
    """Chromium beside a server of the library."""
    with chromium() as found:
        yield found
        connections.close_all()  # as in test_admin_in_browser.py


def at_the_form(browser: Browser, server: Any, answer: Answer, **options: Any) -> tuple[Window, Page]:
    """Open a window in which the holder of `answer` has its form before them; its clock can be moved on."""
    window = Window(browser, server.url, **options)
    page = window.open("/admin/")
    page.get_by_label("Username").fill(answer.author.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.clock.install()
    return window, window.open(f"/admin/faq/answer/{answer.pk}/change/")


def stored(answer: Answer) -> Any:
    return draft_of(Answer.objects.get(pk=answer.pk))


def test_the_preview_the_findings_and_the_rows_follow_what_is_typed(browser: Browser, live_server: Any) -> None:
    make_source("christie", title="The Christie: A leaflet")
    answer = make_draft(body="HER2 is a protein [^s1].")
    window, page = at_the_form(browser, live_server, answer, viewport={"width": 1280, "height": 800})
    page.get_by_label("Body").fill("HER2 is a protein [^christie].\n\nIn all 62% have it.")
    page.clock.run_for(2000)
    expect(page.get_by_role("article")).to_contain_text("In all 62% have it.")
    expect(page.locator("#at-body")).to_contain_text("“62%” has no source")
    expect(page.locator("#id_citations-1-key")).to_have_value("christie")
    page.get_by_label("Body").press("End")
    page.get_by_role("button", name="Table").click()
    expect(page.get_by_label("Body")).to_have_value(re.compile(r"have it\.\n\n\| Heading \| Heading \|\n\| --- "))
    window.look()
    assert window.wrongs == []


def test_it_saves_while_somebody_types_and_never_over_anothers_words(browser: Browser, live_server: Any) -> None:
    answer = make_draft(body="HER2 is a protein [^s1].")
    window, page = at_the_form(browser, live_server, answer)
    page.get_by_label("Body").fill("Typed so far [^s1].")
    page.clock.run_for(6000)
    expect(page.get_by_role("status")).to_contain_text("Saved ")
    assert stored(answer).body == "Typed so far [^s1]."
    workflow.edit(answer, by=answer.author, at=NOW, changes={"body": "In the other window [^s1]."})
    page.get_by_label("Body").fill("Typed on [^s1].")
    page.clock.run_for(40000)
    expect(page.get_by_role("status")).to_contain_text("Not saved: other words were saved meanwhile.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("region", name="Saved meanwhile, beside what you typed")).to_contain_text("In the other window")
    assert stored(answer).body == "In the other window [^s1]."
    window.look()
    page.get_by_role("button", name="Save mine over the saved text").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert stored(answer).body == "Typed on [^s1]."
    assert window.wrongs == []


def test_by_keys_alone_on_a_narrow_dark_screen(browser: Browser, live_server: Any) -> None:
    answer = make_draft(body="HER2 is a protein [^s1].")
    window, page = at_the_form(browser, live_server, answer, viewport={"width": 375, "height": 700}, color_scheme="dark")
    page.locator("#rows-key_facts summary").focus()
    page.keyboard.press("Enter")
    page.locator("#id_key_facts-0-label").fill("Age")
    page.locator("#id_key_facts-0-value").fill("Any")
    page.get_by_role("button", name="Add a row to Key facts").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_key_facts-1-label")).to_be_focused()
    expect(page.locator("#id_key_facts-0-label")).to_have_value("Age")
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    window.look()
    page.locator("#id_question").press("Enter")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert [fact.label for fact in stored(answer).key_facts] == ["Age"]
    assert window.wrongs == []


def test_without_script_every_button_does_its_work(browser: Browser, live_server: Any) -> None:
    answer = make_draft(body="HER2 is a protein [^s1].")
    window, page = at_the_form(browser, live_server, answer, java_script_enabled=False)
    page.get_by_label("Body").fill("New words [^s1].")
    page.locator("#rows-key_facts summary").click()
    page.get_by_role("button", name="Add a row to Key facts").click()
    expect(page.locator("#id_key_facts-1-label")).to_be_visible()
    expect(page.get_by_label("Body")).to_have_value("New words [^s1].")
    page.get_by_role("button", name="Preview without saving").click()
    expect(page.get_by_role("article")).to_contain_text("New words")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert stored(answer).body == "New words [^s1]."
    assert window.wrongs == []
