"""What people who listen are told: lists are lists, words in another language say so, and sources lead back to each of their marks."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from faq import workflow
from tests.admin_client import page_of, signed_in
from tests.browsing import Part, make_whole_entry, parsed, see
from tests.factories import NOW, a, make_publication, make_reviewer, make_source, make_submission
from tests.reading import LATER, ask

pytestmark = pytest.mark.django_db
STYLES = Path(settings.BASE_DIR) / "faq/static/faq"
UNMARKED = re.compile(r"([^{}]+)\{[^}]*list-style: none")


def unmarked_lists() -> set[str]:
    """Return the selectors of lists, or of their entries, that a style sheet takes the marks from."""
    sheets = [re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in STYLES.glob("*.css")]
    return {selector.strip() for sheet in sheets for rule in UNMARKED.findall(sheet) for selector in rule.split(",")}


def is_styled(part: Part, selector: str) -> bool:
    """Return whether a list, or an entry of it, is what `selector` says, such as `.trail ul`, `.cards` or `.verbs li`."""
    *outer, last = selector.split(" ")
    if last in ("li", ".row"):
        return all(is_within(part, each) for each in outer)
    return is_called(part, last) and all(is_within(part, each) for each in outer)


def is_within(part: Part | None, selector: str) -> bool:
    return part is not None and (is_called(part, selector) or is_within(part.parent, selector))


def is_called(part: Part, selector: str) -> bool:
    return part.name == selector or selector.removeprefix(".") in part.attributes.get("class", "").split()


def lists(html: str) -> list[Part]:
    page = parsed(html)
    return [*page.all("ul"), *page.all("ol")]


def public_pages() -> list[str]:
    make_whole_entry()
    make_publication("gone")
    workflow.withdraw(make_publication("gone"), by=a("reviewer"), at=NOW, reason="outdated")
    addresses = ["/", "/topics/fever/", "/questions/emergency/", "/questions/emergency/versions/", "/questions/gone/", "/nothing/"]
    return [ask("GET", address, at=LATER).content.decode() for address in addresses]


def admin_pages() -> list[str]:
    submission = make_submission(citations=[{"key": "s1"}])
    reviewer, author = signed_in(a("reviewer")), signed_in(a("author"))
    read = [reviewer.get(address).content.decode() for address in ("/admin/", page_of(submission))]
    # Django's own part of a list leaves tags open, as HTML lets it.
    read += re.findall(r'<nav class="list-filters".*?</nav>', reviewer.get("/admin/faq/submission/").content.decode(), re.DOTALL)
    workflow.recall(submission.answer, by=a("author"), at=NOW)
    return [*read, author.get(page_of(submission.answer)).content.decode()]


def test_a_list_without_marks_says_that_it_is_one() -> None:
    # VoiceOver takes a list without marks for no list, unless its role says it.
    selectors, met = unmarked_lists(), set()
    assert len(selectors) > 10
    for html in [*public_pages(), *admin_pages()]:
        for each in lists(html):
            styled = {selector for selector in selectors if is_styled(each, selector)}
            met |= styled
            assert not styled or each.attributes.get("role") == "list", (styled, each.attributes, each.text[:80])
    assert selectors - met == set()


# The way back


def backs(page: Part) -> list[list[tuple[str, str, str]]]:
    """Return, source by source, (address, name, what is seen) of its ways back."""
    entries = page.one("section", id="sources").all("li")
    return [[(a.attributes["href"], a.attributes["aria-label"], a.text) for a in each.all("a", class_="back")] for each in entries]


def test_a_source_leads_back_to_each_of_its_marks_and_key_facts() -> None:
    for key in ("s1", "s2", "s3"):
        make_source(key)
    cited: list[dict[str, Any]] = [{"key": "s1"}, {"key": "s2"}, {"key": "s3"}]
    facts = [{"label": "A", "value": "1", "source": "s1"}, {"label": "B", "value": "2", "source": "s3"}]
    make_publication("one", body="One [^s1]. Two [^s2]. Three [^s1].", citations=cited, key_facts=facts)
    page = see("/questions/one/")
    name = "Back to where source 1 is used"
    assert backs(page) == [
        [("#mark-1-1", f"{name}, place 1", "↑ 1"), ("#mark-1-2", f"{name}, place 2", "↑ 2"), ("#fact-1", f"{name}, place 3", "↑ 3")],
        [("#mark-2-1", "Back to where source 2 is used", "↑")],
        [("#fact-2", "Back to where this source is used", "↑")],
    ]
    identifiers = [part.attributes["id"] for part in page.all() if "id" in part.attributes]
    assert len(identifiers) == len(set(identifiers))
    assert {address[1:] for each in backs(page) for address, _, _ in each} <= set(identifiers)


def test_it_says_so_in_spanish() -> None:
    make_publication("one", body="Uno [^s1]. Dos [^s1].", language="es")
    assert [name for _, name, _ in backs(see("/es/questions/one/"))[0]] == [
        "Volver a donde se usa la fuente 1, lugar 1",
        "Volver a donde se usa la fuente 1, lugar 2",
    ]


# Languages


def test_labels_beside_words_in_another_language_are_in_that_of_the_page() -> None:
    make_reviewer(user=a("reviewer"), languages=["en", "ar"])
    publication = make_publication("arabic", language="ar", question="ما هذا؟")
    for is_gone in (False, True):
        if is_gone:
            workflow.withdraw(publication, by=a("reviewer"), at=NOW, reason="outdated")
        page = parsed(ask("GET", "/questions/arabic/", at=LATER).content.decode())
        # The body's own labels are the renderer's.
        named = [part for part in page.one("main").all() if "aria-label" in part.attributes and not is_in_body(part)]
        assert named
        assert [part.attributes for part in named if part.language != "en"] == []


def is_in_body(part: Part | None) -> bool:
    return part is not None and ("body" in part.attributes.get("class", "").split() or is_in_body(part.parent))


def test_a_reviewer_hears_english_labels_in_english_from_left_to_right() -> None:
    make_reviewer(user=a("reviewer"), languages=["en", "ar"])
    submission = make_submission(
        language="ar", question="ما هذا؟", short_answer="هذا.", resources=[{"kind": "audio", "name": "صوت", "transcript": "نص"}]
    )
    page = parsed(signed_in(a("reviewer")).get(page_of(submission)).content.decode())
    words = page.one("article", class_="words")
    assert words.attributes["lang"] == "ar"
    labels = [part for part in words.all() if part.attributes.get("lang") == "en" and not part.attributes.get("aria-label")]
    assert {"In short", "Sources", "Transcript", "audio:"} <= {part.text for part in labels}
    assert {part.attributes.get("dir") for part in labels} == {"ltr"}
