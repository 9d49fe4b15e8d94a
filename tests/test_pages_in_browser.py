"""The pages in a real browser: for people who use a keyboard, a small screen, a screen reader, dark colours, paper, or no script."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize

from faq import workflow
from tests.browsing import make_whole_entry
from tests.chromium import chromium
from tests.factories import NOW, a, make_publication, make_text, make_topic

pytestmark = pytest.mark.usefixtures("library")

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATHS = [
    *("/", "/es/", "/topics/fever/", "/es/topics/fever/", "/questions/emergency/", "/es/questions/emergency/", "/es/questions/fiebre/"),
    *("/questions/changed/", "/questions/changed/versions/", "/questions/changed/versions/1/", "/questions/doubted/", "/questions/late/"),
    *("/questions/gone/", "/questions/gone/versions/1/", "/nothing/", "/es/nada/"),
    *("/ask/", "/es/ask/?q=fiebre", "/report/?slug=late&version=1", "/es/feedback/?slug=fiebre&version=1"),
    *("/search/", "/search/?q=hart+emergency", "/search/?q=zzzz", "/search/?q=fiebre", "/es/search/?q=fiebre+desde+la+quimio"),
]
PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)


@pytest.fixture
def library(threads_see_it: None, live_server: Any) -> None:
    """A library in which every kind of page can be met."""
    make_topic("safety", name="Safety", kind="symptom", is_safety=True)
    make_whole_entry()
    drafted: dict[str, Any] = {"origin": "ai_generated", "generator": {"name": "A program", "generated_on": "2026-01"}}
    original = {"slug": "emergency", "version": 1}
    make_publication("fiebre", language="es", question="¿Es fiebre?", topics=["fever"], translation_of=original, **drafted)
    table = "| Trastuzumab | Pertuzumab | Capecitabine | Doxorubicin | Margetuximab |\n|---|--:|---|---|---|\n| 1 | 2 | 3 | 4 | 5 |\n"
    boxes = "::: pitfall Too soon\nWait.\n:::\n\n::: worked-example A day\nInvented.\n:::\n"
    make_publication("changed", topics=["safety"], advice_cards=["fever"], audience="clinician", body=f"Words [^s1].\n\n{table}\n{boxes}")
    make_publication("changed", short_answer="HER2 is a protein on cells.")
    doubted = make_publication("doubted", topics=["safety"], advice_cards=["fever", "routine"])
    make_text(key="held", title="We are checking this", text="Ask the care team first.")
    workflow.hold(doubted, by=a("reviewer"), at=timezone.now(), comment="A reader wrote.")
    make_publication("late", review_in_days=1)
    make_text(kind="danger_phrases", key="fever", language="es", title="Fiebre", text="fiebre desde la quimio\nfiebre")
    gone = make_publication("gone", advice_cards=["fever"])
    workflow.withdraw(gone, by=a("reviewer"), at=NOW + timedelta(hours=1), reason="unsafe", replacement="emergency", withhold=[1])


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as started:
        yield started


def pages(browser: Browser, live_server: Any, **settings: Any) -> Iterator[tuple[str, Page]]:
    """Each of the PATHS, open in a browser with `settings` (colours, size of the screen, script)."""
    page = browser.new_page(**settings)
    for path in PATHS:
        page.goto(f"{live_server.url}{path}")
        yield path, page
    page.close()


@pytest.mark.parametrize(("colours", "screen"), [("light", DESK), ("dark", PHONE)])
def test_axe_finds_nothing(browser: Browser, live_server: Any, colours: str, screen: ViewportSize) -> None:
    found = {}
    for path, page in pages(browser, live_server, color_scheme=colours, viewport=screen):
        assert is_dark(page) == (colours == "dark")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        found[path] = [(each["id"], [node["html"][:90] for node in each["nodes"]]) for each in violations]
    assert {path: rules for path, rules in found.items() if rules} == {}


def is_dark(page: Page) -> bool:
    """Whether the page's ground is dark."""
    return bool(page.evaluate("Math.max(...getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)) < 50"))


def test_nothing_breaks_the_content_security_policy_or_comes_from_elsewhere(browser: Browser, live_server: Any) -> None:
    page, said, asked = browser.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for path in PATHS:
        page.goto(f"{live_server.url}{path}")
    assert [text for text in said if "status of 404" not in text and "status of 410" not in text] == []
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    assert {url.rpartition("/")[2] for url in asked if url.endswith(".js")} == {"search.js"}
    assert page.context.cookies() == []


def test_everything_works_without_script(browser: Browser, live_server: Any) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{live_server.url}/")
    page.click("text=Is this an emergency?")
    figures = page.locator("details.sensitive p")
    assert not figures.is_visible()
    page.click("details.sensitive summary")
    assert figures.is_visible()
    page.click("sup.citation a >> nth=0")
    assert page.url.endswith("/questions/emergency/#source-1")


def test_a_keyboard_reaches_everything_and_shows_where_it_is(browser: Browser, live_server: Any) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto(f"{live_server.url}/questions/emergency/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
    reached = [focused(page) for _ in range(page.locator("a:visible, summary:visible, [tabindex='0']:visible").count())]
    assert [each["what"] for each in reached if not each["outlined"]] == []
    assert [each["what"] for each in reached if not each["seen"]] == []
    assert len({each["what"] for each in reached}) == len(reached)
    page.locator(".skip").press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


FOCUSED = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it);
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {what: it.outerHTML.slice(0, 120) + box.top, outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
          seen: box.width > 0 && (it === top || it.contains(top) || top?.contains(it))};
}"""


def focused(page: Page) -> Any:
    """What has the focus, whether that shows, and whether something covers it; then move on."""
    found = page.evaluate(FOCUSED)
    page.keyboard.press("Tab")
    return found


SPACED = "* { letter-spacing: .12em !important; word-spacing: .16em !important; line-height: 1.5 !important }"
"""What readers may set for themselves without losing anything (WCAG 1.4.12)."""


def test_no_page_scrolls_sideways_on_the_smallest_screen(browser: Browser, live_server: Any) -> None:
    wide = {}
    for path, page in pages(browser, live_server, viewport=ViewportSize(width=320, height=700), bypass_csp=True):
        plain = page.evaluate("document.documentElement.scrollWidth")
        page.add_style_tag(content=SPACED)
        wide[path] = max(plain, page.evaluate("document.documentElement.scrollWidth"))
    assert {path: found for path, found in wide.items() if found > 320} == {}


def test_paper_gets_the_words_and_where_they_are_from_in_black_on_white(browser: Browser, live_server: Any) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{live_server.url}/questions/emergency/")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.level h3')).color") == "rgb(0, 0, 0)"
    assert page.locator(".only-print").is_visible()
    assert not page.locator(".on-this-page").is_visible()


def test_questions_that_may_fit_are_offered_while_one_types(browser: Browser, live_server: Any) -> None:
    page = browser.new_page()
    page.goto(f"{live_server.url}/search/")
    page.get_by_label("Your question, in your own words").press_sequentially("emergancy", delay=10)
    offered = page.get_by_role("list", name="Questions that may fit")
    offered.get_by_role("link").first.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('ul').id") == "suggestions"
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/emergency/")
    page.close()
