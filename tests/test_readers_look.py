"""The words in the admin have the readers' colours and type: readers.css repeats those of ground.css, and may not drift from them."""

import re
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).resolve().parent.parent / "faq/static/faq"


def properties(sheet: str, selector: str) -> list[dict[str, str]]:
    """Return the custom properties of each rule of `selector` in a style sheet, in order."""
    rules = re.findall(rf"(?<![\w.-]){re.escape(selector)} {{(.*?)}}", (STATIC / sheet).read_text(), re.DOTALL)
    return [dict(re.findall(r"(--[\w-]+): ([^;]+);", rule)) for rule in rules]


def test_the_light_colours_and_the_type_are_the_readers() -> None:
    (light, *_) = properties("ground.css", ":root")
    assert light
    assert properties("readers.css", ".readers")[0] == light


def test_the_dark_colours_are_the_readers_chosen_or_of_the_system() -> None:
    dark = properties("ground.css", ":root")[1]
    assert dark
    assert properties("readers.css", 'html[data-theme="dark"] .readers') == [dark]
    assert properties("readers.css", 'html:not([data-theme="light"]) .readers') == [dark]
