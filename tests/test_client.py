"""A client that none of us wrote: made from the OpenAPI document, type-checked against recorded answers, run against the service."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from faq import workflow
from faq.api.schema_views import document
from tests.factories import a, make_publication, make_topic
from tests.test_openapi import DOCUMENT, asked

HERE = Path(__file__).with_name("client")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client's sources and the types made from the document; skipped aloud where Node is missing."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("there is no Node: install the packages nodejs and npm")
    folder = tmp_path_factory.mktemp("client")
    for name in ("package.json", "package-lock.json", "tsconfig.json", "session.ts"):
        shutil.copy(HERE / name, folder)
    run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    (folder / "schema.json").write_bytes(document("http://testserver"))
    run(folder, "node_modules/.bin/openapi-typescript", "schema.json", "-o", "schema.d.ts")
    return folder


def run(folder: Path, *command: str) -> str:
    """Return what a command printed; it must end well."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def recorded(client: Client) -> Iterator[str]:
    """Yield the answers of every path as constants of the type that the document gives them, for the compiler to check."""
    yield 'import type { paths } from "./schema.js";'
    for number, (template, address) in enumerate(asked(client)):
        answer = client.get(f"/api/v1{address}")
        form = answer["Content-Type"].split(";")[0]
        if (
            form.endswith("json")
            and form in DOCUMENT["paths"][f"/api/v1{template}"]["get"]["responses"][str(answer.status_code)]["content"]
        ):
            kind = f'paths["/api/v1{template}"]["get"]["responses"][{answer.status_code}]["content"]["{form}"]'
            yield f"export const recorded{number}: {kind} = {json.dumps(answer.json())};"


@pytest.mark.usefixtures("shipped", "db")
class TestTypes:
    """The compiler holds what the demonstration answers against the types."""

    def test_every_recorded_answer_has_the_type_that_the_document_gives_it(self, client: Client, workshop: Path) -> None:
        lines = list(recorded(client))
        assert len(lines) > len(DOCUMENT["paths"])
        (workshop / "recorded.ts").write_text("\n".join(lines))
        run(workshop, "node_modules/.bin/tsc", "--noEmit")

    def test_a_wrong_answer_would_be_noticed(self, client: Client, workshop: Path) -> None:
        lines = [line.replace('"question":', '"query":') for line in recorded(client)][:2]
        (workshop / "recorded.ts").write_text("\n".join(lines))
        with pytest.raises(AssertionError, match=r"recorded\.ts"):
            run(workshop, "node_modules/.bin/tsc", "--noEmit")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("threads_see_it")
def test_it_holds_a_session_with_the_service(workshop: Path, live_server: Any, settings: Any) -> None:
    settings.PUBLIC_URL = live_server.url
    make_topic("hearts")
    for slug in ("one", "two", "three", "four", "five"):
        make_publication(slug, advice_cards=["fever"], topics=["hearts"])
    gone = make_publication("gone", advice_cards=["fever"])
    workflow.withdraw(gone, by=a("reviewer"), at=timezone.now(), reason="outdated", replacement="one")
    (workshop / "recorded.ts").write_text("export {};")
    run(workshop, "node_modules/.bin/tsc")
    found = json.loads(run(workshop, "node", "out/session.js", live_server.url, "gone"))
    assert sorted(found["slugs"]) == ["five", "four", "one", "three", "two"]
    assert found["feed"] == {"more": False, "rows": 0}
    assert found["again"] == 304
    assert found["gone"]["status"] == 410
    assert (found["gone"]["replacement"], found["gone"]["urgent"]) == ("one", 1)
    assert found["slip"] == ["page_size"]
    entry = Client().get("/api/v1/entries/one/").json()
    for text in [
        *(each["text"] for each in entry["disclaimers"]),
        entry["question"],
        *(each["html"] for each in entry["answer"]["sections"]),
    ]:
        assert text in found["shown"]["one"]
