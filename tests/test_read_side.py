"""Public reads know no table and no module in which a draft could stand."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from faq import workflow
from faq.models import Publication
from tests.factories import NOW, a, make_draft, make_publication, make_revision, make_submission, make_topic
from tests.reading import ask

FAQ = Path(__file__).resolve().parent.parent / "faq"
FACES = sorted(
    {*FAQ.glob("public/*.py"), *FAQ.glob("pages/*.py"), *FAQ.glob("api/*.py"), *FAQ.glob("search/*.py")}
    - {FAQ / "api/health.py", FAQ / "api/write.py", FAQ / "pages/write.py"}
)

MODELS = {
    *("Change", "Document", "DocumentLink", "DocumentTerm", "EntryVectors", "Ledger", "Publication", "PublicationTopic"),
    *("Source", "StandingText", "Topic", "TopicCode", "TopicName"),
    "MissedSearch",  # counts days and holds no draft
}
MODULES = {"faq.clock"}
PACKAGES = ("faq.api", "faq.content", "faq.pages", "faq.public", "faq.search")
TABLES = {
    *("faq_publication", "faq_publicationtopic", "faq_publication_sources", "faq_change", "faq_ledger", "faq_standingtext", "faq_document"),
    *("faq_documentterm", "faq_entryvectors", "faq_missedsearch"),
    *("faq_topic", "faq_topicname", "faq_topiccode", "faq_topic_parents", "faq_source"),
}
MARKER = "zebrafinch-draft"
API = [
    *("/api/v1/entries/", "/api/v1/entries/?audience=any&language=en&page_size=1&page=1", "/api/v1/entries/?language=xx"),
    *("/api/v1/entries/?topic=her2&code=ICD-10-CM|C50&page_size=1", "/api/v1/entries/?topic=unseen-topic", "/api/v1/entries/?code=x|y"),
    *("/api/v1/entries/?source=s1&region=US", "/api/v1/entries/?q=zebrafinch&review_state=due&fields=question&ordering=-published_at"),
    *("/api/v1/entries/told/", "/api/v1/entries/told/?as_of=2026-03-02", "/api/v1/entries/told/?as_of=2026-03-01"),
    *("/api/v1/entries/told/versions/", "/api/v1/entries/told/versions/1/", "/api/v1/entries/told/versions/2/"),
    *("/api/v1/entries/gone/", "/api/v1/entries/gone/versions/1/", "/api/v1/entries/unseen/", "/api/v1/entries/unseen/versions/"),
    *("/api/v1/changes/", "/api/v1/changes/?topic=her2&language=en&include=entry", "/api/v1/changes/?topic=unseen-topic"),
    *("/api/v1/entries/told/versions/2/diff/", "/api/v1/entries/gone/versions/1/diff/?against=1", f"/api/v1/hashes/{'0' * 64}/"),
    *("/api/v1/topics/", "/api/v1/topics/her2/", "/api/v1/topics/unseen-topic/", "/api/v1/sources/", "/api/v1/sources/s1/"),
    *("/api/v1/standing-texts/", "/api/v1/standing-texts/?kind=notice&language=en"),
    *("/api/v1/search/?q=her2", "/api/v1/search/?q=zebrafinch&topic=her2&page_size=1", "/api/v1/search/?q=fever+since+chemo"),
    *(f"/api/v1/entries/{slug}/?format={form}" for slug in ("told", "told/versions/1", "gone") for form in ("json", "jsonld", "md")),
]
PAGES = [
    *("/", "/es/", "/topics/", "/topics/her2/", "/topics/unseen-topic/", "/questions/told/", "/questions/told/versions/"),
    *("/questions/told/versions/1/", "/questions/told/versions/2/", "/questions/gone/", "/questions/unseen/", "/es/questions/told/"),
    *("/search/?q=her2", "/search/?q=zebrafinch", "/guides/her2/", "/glossary/", "/about/", "/feed/", "/sitemap.xml"),
    *("/robots.txt", "/llms.txt", "/favicon.ico"),
]


def imports(file: Path) -> Iterator[tuple[str, str]]:
    """Every (module, name) of ours that a file imports; the name is empty for a whole module."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", each.name) for each in node.names)


def is_allowed(module: str, name: str) -> bool:
    """Whether a read face may import it."""
    if not f"{module}.".startswith("faq."):
        return True
    if module in ("faq", "faq.models"):
        return name in MODELS if module == "faq.models" else is_allowed(f"faq.{name}", "")
    if module.startswith("faq.models."):
        return name in MODELS or name.endswith("QuerySet")
    return module in MODULES or module.startswith(PACKAGES)


@pytest.mark.parametrize("file", FACES, ids=lambda file: str(file.relative_to(FAQ)))
def test_a_read_face_imports_the_read_side_alone(file: Path) -> None:
    assert [pair for pair in imports(file) if not is_allowed(*pair)] == []


def test_the_rule_about_imports_bites() -> None:
    assert not is_allowed("faq.models", "Answer")
    assert not is_allowed("faq", "workflow")
    assert not is_allowed("faq.models.answers", "Answer")


@pytest.fixture
def library(db: None) -> None:
    """A library whose drafts and submissions hold the marker: an entry under revision, one taken down, one never shown."""
    make_topic("her2", name="HER2", codes=[("ICD-10-CM", "C50")])
    make_topic("unseen-topic", name=MARKER, codes=[(MARKER, "1")])
    make_publication("told", topics=["her2"], related=["gone", "unseen"], advice_cards=["fever"])
    make_publication("told", at=NOW, short_answer="HER2 is a protein on cells.")
    make_submission(make_revision("told", short_answer=MARKER, question=f"What is {MARKER}?"))
    workflow.withdraw(make_publication("gone"), by=a("reviewer"), at=NOW, reason="unsafe", withhold=[1], replacement="told")
    make_draft("unseen", question=f"What is {MARKER}?", topics=["unseen-topic"])


class Watch:
    """Notes the tables that statements name, and whether one began a transaction."""

    def __init__(self) -> None:
        self.tables: set[str] = set()
        self.statements: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Pass a statement on."""
        self.statements.append(sql)
        self.tables.update(re.findall(r'"((?:faq|auth|django)_\w+)"', sql))
        return execute(sql, params, many, context)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("paths", [API, PAGES], ids=["api", "pages"])
def test_public_reads_touch_the_read_side_alone(paths: list[str]) -> None:
    seen = {path: watched(path) for path in paths}
    assert {path: sorted(watch.tables - TABLES) for path, (_, watch) in seen.items() if watch.tables - TABLES} == {}
    assert [path for path, (_, watch) in seen.items() if any(sql.startswith(("SAVEPOINT", "BEGIN")) for sql in watch.statements)] == []
    assert [path for path, (text, _) in seen.items() if MARKER in text] == []


def watched(path: str) -> tuple[str, Watch]:
    """What a GET answers, and what it asked the database."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        answer = ask("GET", path)
    assert answer.status_code in {200, 301, 302, 400, 404, 410}, path
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(), watch


@pytest.mark.usefixtures("library")
def test_the_watch_sees_tables() -> None:
    watch = Watch()
    with connection.execute_wrapper(watch):
        list(Publication.objects.select_related("submission"))
    assert watch.tables == {"faq_publication", "faq_submission"}
