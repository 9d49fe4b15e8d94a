"""What a reader of the pages sees: the page's parts, found without a browser."""

from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from faq.models import Publication
from tests.factories import make_publication, make_source, make_topic
from tests.reading import LATER, ask

VOID = {"meta", "link", "br", "hr", "path", "input"}


@dataclass
class Part:
    """One element: its name, attributes, parts and text, in the order of the page."""

    name: str
    attributes: dict[str, str]
    parent: "Part | None" = None
    parts: list["Part | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words in this part, with single spaces."""
        return " ".join("".join(f"{part.text} " if isinstance(part, Part) else part for part in self.parts).split())

    @property
    def language(self) -> str:
        """The language this part is said to be in."""
        return self.attributes.get("lang") or (self.parent.language if self.parent else "")

    def all(self, tag: str = "", /, **attributes: str) -> list["Part"]:
        """Every part below with that name and those attributes (`class_` holds one of the classes)."""
        below = [part for part in self.parts if isinstance(part, Part)]
        return [each for part in below for each in ([part] if part.matches(tag, attributes) else []) + part.all(tag, **attributes)]

    def one(self, tag: str = "", /, **attributes: str) -> "Part":
        """The only such part."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, (tag, attributes, len(found))
        return found[0]

    def matches(self, tag: str, attributes: dict[str, str]) -> bool:
        """Whether the part has this name and these attributes."""
        own = self.attributes
        same = all(value in own.get("class", "").split() if key == "class_" else own.get(key) == value for key, value in attributes.items())
        return same and tag in ("", self.name)


class Builder(HTMLParser):
    """Reads HTML into Parts and complains about a tag that is not closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.here = self.page = Part("page", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        part = Part(tag, {key: value or "" for key, value in attrs}, self.here)
        self.here.parts.append(part)
        if tag not in VOID:
            self.here = part

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.parts.append(Part(tag, {key: value or "" for key, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        assert self.here.parent, f"</{tag}> closes nothing"
        assert self.here.name == tag, f"</{tag}> closes <{self.here.name}>"
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.parts.append(data)


def parsed(html: str) -> Part:
    """Return the page as Parts; fail where its tags do not match."""
    builder = Builder()
    builder.feed(html)
    builder.close()
    assert builder.here is builder.page, f"<{builder.here.name}> is not closed"
    return builder.page


def visit(path: str, *, at: datetime = LATER, status: int = 200, **headers: str) -> Any:
    """Return the answer to a GET of a page."""
    answer = ask("GET", path, at=at, **headers)
    assert answer.status_code == status, (answer.status_code, answer.content[:300])
    return answer


def see(path: str, *, at: datetime = LATER, status: int = 200) -> Part:
    """Return a page as a reader meets it."""
    return parsed(visit(path, at=at, status=status).content.decode())


def in_order(page: Part, *texts: str) -> bool:
    """Whether the page says all of `texts`, each after the one before."""
    whole, place = page.one("main").text, 0
    for text in texts:
        assert text in whole, text
        place = whole.find(text, place)
        if place == -1:
            return False
        place += len(text)
    return True


WHOLE: dict[str, Any] = {
    "question": "Is this an emergency?",
    "short_answer": "Call when you are not sure.",
    "advice_cards": ["routine", "fever"],
    "status_lines": [{"item": "The new medicine", "status": "trial_only", "as_of": "2026-01"}],
    "body": "A fever is a sign [^s1].\n\n::: sensitive Figures\nOne in a hundred [^s2].\n:::\n",
    "citations": [
        {"key": "s1", "locator": "page 4", "supporting_quote": "A fever counts from 38 °C."},
        {"key": "s2", "locator": "table 2"},
        {"key": "s3", "locator": "top"},
    ],
    "key_facts": [{"label": "Limit", "value": "38 °C", "source": "s1"}, {"label": "Number", "value": "112", "source": "s3"}],
    "care_team_questions": [{"question": "Whom do I call?", "why": "You then know the number."}],
    "quotations": [{"text": "I called and it helped.", "who": "Ana", "role": "patient", "source": "A talk"}],
    "resources": [
        {"kind": "helpline", "name": "Help line", "phone": "116 123", "hours": "Day and night", "region": "UK", "description": "Talk."},
        {"kind": "video", "name": "A film", "url": "https://film.example", "duration_s": 61, "captions": True, "transcript": "Hello."},
    ],
    "call_to_action": {"label": "Find a nurse", "url": "https://nurse.example"},
    "origin": "ai_generated",
    "byline": "The night team",
    "generator": {"name": "A model", "generated_on": "2026-02-01", "grounded_in": ["A fact sheet"]},
    "licence": "CC BY 4.0",
    "change_note": "First version.",
}


def make_whole_entry() -> Publication:
    """Make the entry `emergency`, which has everything, in the topic `fever` and related to `next-step`."""
    for key in ("s1", "s2", "s3"):
        make_source(key)
    make_topic("fever", name="Fever")
    make_publication("next-step", question="What comes next?")
    return make_publication("emergency", topics=["fever"], related=["next-step"], **WHOLE)
