"""Chromium for tests: the program that CHROMIUM names, else Debian's. Where there is none these tests are skipped aloud (.ci/suite.py)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium, and stop it afterwards."""
    program = shutil.which(os.environ.get("CHROMIUM") or "/usr/bin/chromium")
    if program is None:
        pytest.skip("there is no Chromium: install the package chromium, or name its program in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
