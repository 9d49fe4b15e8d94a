"""The net: no word of an entry is lost on its way to those who are owed it.

Words with a mark in every leaf (tests/marked.py) are put on each face, and each mark is looked for in what the face says. A leaf that
takes no mark (a choice, a number) is told by its difference: the face must say something else where that leaf alone is another.
A face need not say the leaves that EXCEPTIONS names, each with its reason.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.template import engines
from pytest_django.plugin import DjangoDbBlocker

from faq import workflow
from faq.admin import panels
from faq.clock import local_date
from faq.content import diff
from faq.content.words import Words, as_draft, canonical_text, flat
from faq.integrity.ledger import backdating
from faq.interchange.writing import write_folder, write_jsonl
from faq.models import Answer, Question, Source, Submission, User
from faq.workflow.drafts import words_of
from tests.admin_client import form_in, page_of, signed_in, verb_of
from tests.browsing import Part, parsed
from tests.factories import NOW, a, approve, make_publication, make_standing_texts, make_text, make_user, waive
from tests.interchange import run
from tests.marked import Marked, marked, replaced
from tests.reading import ask
from tests.test_promise import words_in

pytestmark = pytest.mark.django_db
SLUG: Final = "marked"
NUMBERED = "made from the marks of the body, whose numbers tests/test_markdown.py looks at"
SCHEMA = "says how the bytes are read and nothing to a person"
FOR_APPS = "for apps, which may tell a correction from news; readers get the change note"
EVERYWHERE: Final = {"schema_version": SCHEMA, "citations.number": NUMBERED}
OF_THE_QUESTION = "the question's own, for ever: a draft cannot change it"
EXCEPTIONS: Final[dict[str, dict[str, str]]] = {
    "reviewer": EVERYWHERE,
    "approval": EVERYWHERE,
    "diff": {"schema_version": SCHEMA, "language": OF_THE_QUESTION},
    "preview": EVERYWHERE | {"language": OF_THE_QUESTION},
    "page": EVERYWHERE
    | {
        "phrasings": "search finds them; readers do not see them",
        "translation_of.slug": "readers find the original under “Also in”, as long as it is in force",
        "translation_of.version": "as its slug; that a newer one came is said there",
        "citations.key": "a name for authors; readers get number and title",
        "resources.Service.kind": "what it offers says it: a telephone number, an address, a description",
        "update_type": FOR_APPS,
    },
    "markdown": EVERYWHERE
    | {
        "phrasings": "search finds them; readers do not see them",
        "translation_of.version": "that a newer one came is said where readers find the original, under “Also in”",
        "citations.key": "a name for authors; readers get number and title",
        "resources.Service.kind": "what it offers says it: a telephone number, an address, a description",
        "update_type": FOR_APPS,
    },
    "jsonld": EVERYWHERE
    | {
        "translation_of.version": "of a version that is not there nobody publishes a translation; tests/test_form_jsonld.py looks",
        "update_type": FOR_APPS,
    },
}
"""By face: leaves that it need not say, and why. The JSON and the files have none: there the Words must come back whole."""


# Words on their way.


def whole(letter: str = "a", *, is_ready: bool = False) -> Marked:
    """Return marked Words that hold together: the body cites the source, and the original has a first version.

    `is_ready`: they can be approved, for the key fact names the source that is cited.
    """
    made = marked(letter, language=("en", "es"), translation_of__version=(1, 2))
    made.raw["body"] += f" [^{made.marks['citations.key']}]"
    if is_ready:
        made.raw["key_facts"][0]["source"] = made.marks["citations.key"]
        del made.marks["key_facts.source"]
    return made


def without_addresses() -> Marked:
    """Return marked Words in which nothing has an address, so that names stand where links would."""
    made = whole()
    for place in (("citations", "0", "url"), ("resources", "0", "url"), ("resources", "1", "url")):
        made.raw = replaced(made.raw, place, "")
    made.marks = {leaf: mark for leaf, mark in made.marks.items() if not leaf.endswith(".url") or leaf == "call_to_action.url"}
    return made


def prepare(words: Words) -> None:
    """Put into the library what `words` name: their original, their cards and their sources, with all that is told of a source."""
    for language in ("en", "es"):
        make_standing_texts(language)
    if words.translation_of and not Question.objects.filter(slug=words.translation_of.slug).exists():
        make_publication(words.translation_of.slug, language="es")
    for key in words.advice_cards:
        make_text(kind="advice_card", key=key, language=words.language, level="urgent", title=f"Signs of {key}", text="Call.")
    for cited in words.citations:
        told = cited.model_dump(include={"key", "title", "publisher", "year", "url", "doi"})
        workflow.edit_source(by=a("author"), at=NOW, **told)


def drafted(words: Words, slug: str = SLUG) -> Answer:
    """Return a draft with `words`: a new question's, or a revision."""
    prepare(words)
    question = Question.objects.filter(slug=slug).first()
    if question is None:
        workflow.create_question(slug=slug, language=words.language, wording=words.question, by=a("author"), at=NOW)
    else:
        workflow.start_revision(question, by=a("author"), at=NOW)
    return workflow.edit(Answer.objects.get(question__slug=slug, status="draft"), by=a("author"), at=NOW, changes=flat(as_draft(words)))


def submitted(words: Words) -> Submission:
    """Return a submission of `words`."""
    return workflow.submit(drafted(words), by=a("author"), at=NOW)


def published(words: Words) -> str:
    """Publish `words`, every concern waived."""
    submission = submitted(words)
    concerns = [each for each in workflow.readiness_of(submission, NOW) if each.grade == "concern"]
    due = local_date(NOW) + timedelta(days=30)
    approve(submission, waivers=[waive(each.code, each.sentence) for each in concerns], next_review_due_on=due)
    workflow.publish(submission, by=a("publisher"), at=NOW)
    return submission.content_hash


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back what is done inside, so that the next words find the same library."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def said(part: Part) -> str:
    """Return what a person is told by a part of a page: its words, and where its links to elsewhere lead."""
    return " ".join([part.text, *(link.attributes["href"] for link in part.all("a") if "://" in link.attributes.get("href", ""))])


def opened(user: User, address: str) -> Part:
    """Return a page of the admin."""
    answer = signed_in(user).get(address)
    assert answer.status_code == 200, answer.status_code
    return parsed(answer.content.decode()).one("main")


# The faces: what each says of some words.


def reviewer(words: Words) -> str:
    """The submission's page in the admin."""
    return said(opened(a("reviewer"), page_of(submitted(words))))


def approval(words: Words) -> str:
    """The page on which it is approved."""
    return said(opened(a("reviewer"), verb_of(submitted(words), "approve")))


def preview(words: Words) -> str:
    """What an author sees who typed everything into an empty draft and has saved nothing."""
    answer = typed(words, _preview="1")
    assert answer.context["form"].errors == {}
    return said(parsed(answer.content.decode()).one("div", id="preview"))


def typed(words: Words, **button: str) -> Any:
    """Type `words` into the form of the empty draft `empty`, press a button, and return the answer."""
    author = signed_in(a("author"))
    entered = form_in(author.get(page_of(drafted(words))).content.decode())
    address = page_of(drafted(Words.model_validate(BARE), slug="empty"))
    seen = form_in(author.get(address).content.decode())["seen"]
    return author.post(address, entered | {"seen": seen} | button)


def page(words: Words) -> str:
    """The patients' page."""
    published(words)
    answer = ask("GET", f"/questions/{SLUG}/")
    assert answer.status_code == 200
    return said(parsed(answer.content.decode()).one("main"))


def markdown(words: Words) -> str:
    """The same as Markdown, as it is typed: with the addresses of its links."""
    return form(words, "md")


def jsonld(words: Words) -> str:
    """The same as JSON-LD."""
    return form(words, "jsonld")


def form(words: Words, name: str) -> str:
    published(words)
    answer = ask("GET", f"/api/v1/entries/{SLUG}/?format={name}")
    assert answer.status_code == 200
    return str(answer.content.decode())


READY: Final = {"page", "markdown", "jsonld"}
"""The faces on which words stand that were approved."""
BARE: Final[dict[str, Any]] = {"language": "en", "audience": "patient", "question": "?", "body": "", "provenance": {"origin": "human"}}
IN_HTML: Final[dict[str, Callable[[Words], str]]] = {"reviewer": reviewer, "approval": approval, "preview": preview, "page": page}
FACES: Final = IN_HTML | {"markdown": markdown, "jsonld": jsonld}


def unsaid(text: str, made: Marked, face: str) -> set[str]:
    """Return the leaves whose mark `text` lacks, but for the exceptions of `face`."""
    return {leaf for leaf, mark in made.marks.items() if mark not in text} - EXCEPTIONS[face].keys()


def plain(text: str) -> str:
    """Return `text` without hashes, whole or shortened, which change with every word."""
    return re.sub("[0-9a-f]{64}|[0-9a-f]{12}…", "", text)


@pytest.fixture(scope="module")
def library(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The people and standing texts that every one of these tests needs, made once."""
    token = backdating.set(True)
    with django_db_blocker.unblock(), transaction.atomic():
        prepare(whole().words)
        for role in ("author", "reviewer", "publisher"):
            a(role)
        a("author").groups.add(Group.objects.get(name="lead"))  # whose alone it is to change who answers for the words
        yield
        transaction.set_rollback(True)
    backdating.reset(token)


@pytest.mark.usefixtures("library")
class TestEveryFace:
    """Each leaf on each face."""

    @pytest.mark.parametrize("face", FACES)
    def test_it_says_every_mark(self, face: str) -> None:
        made = whole(is_ready=face in READY)
        with taken_back():
            assert unsaid(FACES[face](made.words), made, face) == set()

    @pytest.mark.parametrize("face", sorted(FACES.keys() - {"preview"}))  # whose form carries each leaf, as the next test tells
    def test_it_says_something_else_where_one_leaf_is_another(self, face: str) -> None:
        made = whole(is_ready=face in READY)
        with taken_back():
            before = plain(FACES[face](made.words))
        for leaf, other in made.variants():
            if leaf not in EXCEPTIONS[face]:
                with taken_back():
                    assert plain(FACES[face](other)) != before, f"{leaf} is not said"

    def test_the_authors_form_carries_the_words_whole(self) -> None:
        with taken_back():
            assert typed(whole().words).status_code == 302
            typed_in, there = (words_of(Answer.objects.get(question__slug=slug)) for slug in ("empty", SLUG))
        assert typed_in == there

    @pytest.mark.parametrize("face", FACES)
    def test_it_has_no_exception_that_it_does_not_need(self, face: str) -> None:
        made = whole(is_ready=face in READY)
        with taken_back():
            text = FACES[face](made.words)
        assert {leaf for leaf in EXCEPTIONS[face] if made.marks.get(leaf, "\0") in text} == set()

    def test_the_diff_shows_every_mark_that_went_and_every_one_that_came(self) -> None:
        old, new = whole("a", is_ready=True), whole("b")
        with taken_back():
            published(old.words)
            changed = opened(a("reviewer"), page_of(submitted(new.words))).one("section", **{"aria-labelledby": "changed"})
            gone, came = (" ".join(part.text for part in changed.all(tag)) for tag in ("del", "ins"))
        assert unsaid(gone, old, "diff") == set()
        assert unsaid(came, new, "diff") == set()

    def test_the_json_holds_the_words_whole(self) -> None:
        with taken_back():
            content_hash = published(whole(is_ready=True).words)
            entry = ask("GET", f"/api/v1/entries/{SLUG}/").json()
            kept = Submission.objects.get(content_hash=content_hash, question__slug=SLUG).words
        assert canonical_text(words_in(entry)) == kept

    @pytest.mark.parametrize(("write", "name"), [(write_folder, "folder"), (write_jsonl, "rows.jsonl")], ids=["folder", "jsonl"])
    def test_files_bring_the_words_whole_to_another_library(self, write: Callable[..., int], name: str, tmp_path: Path) -> None:
        made = whole()
        with taken_back():
            before = words_of(drafted(made.words))
            write(tmp_path / name, drafts=True, slugs={SLUG})
        with taken_back():
            Source.objects.filter(key=made.marks["citations.key"]).delete()
            run(tmp_path / name, by=make_user("author", "importer", "lead"))
            after = words_of(Answer.objects.get(question__slug=SLUG))
        assert after == before


def test_the_diff_tells_every_leaf_that_takes_no_mark() -> None:
    made = whole()
    for leaf, other in made.variants():
        if leaf not in EXCEPTIONS["diff"]:
            found = diff.differences(made.words, other)
            assert [each.field for each in found] == [leaf.split(".")[0]], leaf
            assert {piece.change for piece in found[0].pieces} - {"same"}, leaf


def test_exceptions_name_leaves_that_there_are() -> None:
    leaves = whole().leaves()
    assert {leaf for each in EXCEPTIONS.values() for leaf in each} - leaves == set()


# The net itself: whatever is cut from the reviewer's template, it is noticed.

TEMPLATE: Final = Path(__file__).resolve().parent.parent / "templates/admin/faq/_entry.html"
SHOWS: Final = re.compile(r"\{\{ (?!(?:text|card|key|reason|forloop)\b)[^}]*\}\}")
"""The places of the template that say a leaf, in its text: all but those of the disclaimers (text), the cards (card, key)
and why an origin was lowered (reason).

What stands in an attribute is said by the text beside it.
"""


def places() -> list[tuple[int, int]]:
    """Return where the template says a leaf."""
    text = TEMPLATE.read_text()
    return [
        found.span()
        for found in SHOWS.finditer(text)
        if not re.search(r' (?:lang|id|class|href|data-field)="[^"]*$', text[: found.start()])
    ]


@cache
def made_once() -> tuple[Marked, Marked, tuple[Words, ...]]:
    """Return marked Words with and without addresses, and those that differ from the first in one leaf each."""
    made = whole()
    made.raw["body"] = made.marks["body"]  # a mark in it would say the number that the list of sources must say
    return made, without_addresses(), tuple(other for leaf, other in made.variants() if leaf != "schema_version")


def is_whole(template: str) -> bool:
    """Return whether a template says every mark, and something else of Words that differ in one leaf."""
    made, unlinked, others = made_once()
    compiled = engines["django"].from_string(template)

    def read(words: Words) -> str:
        alone = replace(panels.words_panel(words, Question(), NOW), before=[], after=[], cards=[], cards_missing=words.advice_cards)
        return str(parsed(compiled.render({"panel": alone})).text)

    first = read(made.words)
    lost = unsaid(first, made, "reviewer") | unsaid(read(unlinked.words), unlinked, "reviewer")
    return not lost and all(read(other) != first for other in others)


def test_whatever_is_cut_from_the_reviewers_template_is_noticed() -> None:
    text = TEMPLATE.read_text()
    assert is_whole(text)
    assert [text[start:end] for start, end in places() if is_whole(text[:start] + text[end:])] == []
