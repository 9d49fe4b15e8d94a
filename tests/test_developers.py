"""The page for developers, and the OpenAPI document's description: each command in them works, in both languages."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from examples import check_hash
from faq.content.words import CitedSource, Provenance, Words
from faq.public.guide import FOLDER, WRITTEN_FOR, guide, guide_html
from tests.factories import make_publication

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = sorted(
    {
        line
        for file in FOLDER.glob("guide.*.md")
        for block in re.findall("```sh\n(.*?)```", file.read_text(), re.DOTALL)
        for line in block.splitlines()
    }
)
CURL = re.compile(rf'curl (?:-i )?"{re.escape(WRITTEN_FOR)}(\S+)"')
GONE = "/which-order-are-medicines-given/"


def test_both_languages_give_the_same_commands_and_names() -> None:
    english, spanish = ((FOLDER / f"guide.{code}.md").read_text() for code in ("en", "es"))
    for pattern in ("```sh\n(.*?)```", "`([^`\n]+)`"):
        assert sorted(set(re.findall(pattern, english, re.DOTALL))) == sorted(set(re.findall(pattern, spanish, re.DOTALL)))
    assert len(re.findall("^## ", english, re.MULTILINE)) == len(re.findall("^## ", spanish, re.MULTILINE))


@pytest.mark.usefixtures("shipped", "db")
class TestCommands:
    """Against what `make run` serves."""

    @pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("curl")])
    def test_an_address_answers(self, client: Client, command: str) -> None:
        found = CURL.fullmatch(command)
        assert found
        assert client.get(found[1]).status_code == (410 if GONE in found[1] else 200)

    def test_the_hash_of_every_entry_is_that_of_its_words(self, client: Client) -> None:
        rows = client.get("/api/v1/entries/?audience=any&page_size=100").json()["results"]
        assert rows
        assert [row["slug"] for row in rows if check_hash.content_hash(row) != row["content_hash"]] == []

    def test_another_word_has_another_hash(self, client: Client) -> None:
        entry = client.get("/api/v1/entries/?page_size=1").json()["results"][0]
        entry["change_note"] += "."
        assert check_hash.content_hash(entry) != entry["content_hash"]


def test_the_hash_covers_the_words_and_nothing_computed() -> None:
    assert {*check_hash.WORDS, "body", "citations", "provenance"} == set(Words.model_fields)
    assert not check_hash.COMPUTED["citations"] & set(CitedSource.model_fields)
    assert not check_hash.COMPUTED["provenance"] & set(Provenance.model_fields)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("threads_see_it")
@pytest.mark.parametrize("command", [each for each in COMMANDS if not each.startswith("curl")])
def test_an_example_runs(command: str, live_server: Any, settings: Any, tmp_path: Path) -> None:
    settings.PUBLIC_URL = live_server.url
    make_publication("what-does-her2-positive-mean")
    program, *arguments = command.replace(WRITTEN_FOR, live_server.url).removeprefix("python3 ").split()
    done = subprocess.run(  # noqa: S603  (commands of our own guide)
        [sys.executable, ROOT / program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_library_reads_its_own_address_and_the_members_that_are_hashed(settings: Any) -> None:
    settings.PUBLIC_URL = "https://faq.example.org"
    assert WRITTEN_FOR not in guide("en") + guide("es")
    assert "https://faq.example.org/api/v1/entries/" in guide("en")
    assert "`question`" in guide("en")
    assert 'id="check-a-hash"' in guide_html("en")


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "words"), [("/developers/", "Check a hash"), ("/es/developers/", "Comprobar un hash")])
def test_the_page_stands_in_each_language(client: Client, path: str, words: str) -> None:
    answer = client.get(path)
    assert words in answer.content.decode()
    assert client.get(path, headers={"if-none-match": answer["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_every_page_leads_there(client: Client) -> None:
    assert 'href="/developers/"' in client.get("/").content.decode()
    assert 'href="/es/developers/"' in client.get("/es/").content.decode()


@pytest.mark.django_db
def test_the_document_says_the_same(client: Client) -> None:
    assert json.loads(client.get("/api/schema/").content)["info"]["description"] == guide("en")
