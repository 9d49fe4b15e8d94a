"""The page that tries the API out: under the same Content-Security-Policy as every other page, with nothing from elsewhere."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.factories import make_publication
from tests.test_admin_in_browser import browser as browser
from tests.windows import Window

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("threads_see_it")]


def test_a_stranger_tries_an_address_out_and_the_browser_has_nothing_to_object_to(
    browser: Browser, live_server: Any, settings: Any
) -> None:
    settings.PUBLIC_URL = live_server.url
    make_publication("her2")
    window = Window(browser, live_server.url)
    elsewhere: list[str] = []
    window.page.on("request", lambda request: None if request.url.startswith(live_server.url) else elsewhere.append(request.url))
    page = window.open("/api/docs/")
    tried = page.locator("#operations-entries-read_entry")
    tried.get_by_role("button").first.click()
    tried.get_by_role("button", name="Try it out").click()
    tried.get_by_placeholder("slug").fill("her2")
    tried.get_by_role("button", name="Execute").click()
    expect(tried.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    assert elsewhere == []
    assert window.wrongs == []
