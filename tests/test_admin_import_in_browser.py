"""Somebody imports a file in a browser: every page of it is in order for axe, wide and narrow, and works without JavaScript."""

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from faq.models import Publication
from tests.admin_import import CHOOSE, rows
from tests.factories import make_standing_texts
from tests.interchange import entry, make_importer
from tests.test_admin_in_browser import browser as browser
from tests.test_admin_in_browser import sign_in


def choose(page: Page, *found: Mapping[str, Any]) -> None:
    """Choose a file with a long name, to be published on a review done elsewhere."""
    page.get_by_label("File").set_input_files({"name": f"{'rows-' * 20}.jsonl", "mimeType": "text/plain", "buffer": rows(*found)})
    page.get_by_label("published at once").check()
    page.get_by_label("Leave out rows that are wrong").check()
    page.get_by_label("Reviewed by").fill("Dr Roe, oncologist")
    page.get_by_label("Reviewed on").fill("2026-01-15")
    page.get_by_label("Document").fill("Minutes 7")
    page.get_by_role("button", name="Preview").click()


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"viewport": {"width": 400, "height": 800}}], ids=["dark", "narrow"])
def test_a_file_is_chosen_previewed_and_imported(browser: Browser, live_server: Any, options: dict[str, Any]) -> None:
    make_standing_texts()
    window = sign_in(browser, live_server, make_importer(), **options)
    page = window.page
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Choose a file.", exact=True)).to_be_visible()
    look(window)
    choose(page, entry("good"), entry("b" * 100, audience="everybody"))
    expect(page.get_by_text("1 entry will be made, with the review by Dr Roe, oncologist")).to_be_visible()
    expect(page.get_by_role("cell", name="audience")).to_be_visible()
    look(window)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Imported.")).to_be_visible()
    look(window)
    page.get_by_role("link", name="good", exact=True).click()
    assert Publication.objects.get().slug == "good"
    assert window.wrongs == []


def look(window: Any) -> None:
    """Let axe look at the page, and see that nothing stands beyond its edge."""
    window.look()
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), window.page.url


def test_it_works_without_javascript(browser: Browser, live_server: Any) -> None:
    make_standing_texts()
    window = sign_in(browser, live_server, make_importer())
    with browser.new_context(java_script_enabled=False, storage_state=window.page.context.storage_state()) as context:
        page = context.new_page()
        page.goto(live_server.url + CHOOSE)
        choose(page, entry("good"))
        page.get_by_role("button", name="Import").click()
        expect(page.get_by_text("Imported.")).to_be_visible()
    assert Publication.objects.get().slug == "good"
