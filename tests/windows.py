"""One person's window in a real browser, with a record of everything that went wrong in it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page


class Window:
    """A window of its own. `wrongs` holds what the console, the network and axe complained about."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.address = address
        self.wrongs: list[str] = []
        self.looking = False
        self.page: Page = browser.new_context(**options).new_page()
        self.page.on("console", lambda message: self.note(f"console: {message.text}") if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.note(f"script: {error}"))
        self.page.on("response", lambda answer: self.note(f"{answer.status} {answer.url}") if answer.status >= 400 else None)

    def note(self, wrong: str) -> None:
        """Keep a complaint, unless it is axe's own script that causes it."""
        if not self.looking:
            self.wrongs.append(f"{self.page.url} {wrong}")

    def open(self, path: str) -> Page:
        """Open a page of the library."""
        self.page.goto(self.address + path)
        return self.page

    def look(self) -> None:
        """Let axe look at the page, once it stands whole: a click returns as soon as the next page begins to arrive."""
        self.page.wait_for_load_state("load")
        self.looking = True
        found = Axe().run(self.page, options={"preload": False}).response["violations"]
        self.looking = False
        self.wrongs += [f"{self.page.url} axe {each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]
