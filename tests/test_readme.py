"""The README tells the truth: every address it shows answers as it says, and every command it names exists."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.test import Client

from faq.models import Answer, Publication

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
ADDRESSES = re.findall(r"^curl (?:-i )?\"?http://127\.0\.0\.1:8000([^\s\"]+)", README, re.MULTILINE)
SENT = re.findall(
    r"^curl -X POST http://127\.0\.0\.1:8000(\S+) .*?-d '([^']+)'(?: +# (\d+).*)?$", README.replace(" \\\n", " "), re.MULTILINE
)
"""(address, body, status as it says) of what readers send in."""
SLUGS = dict(re.findall(r"^\| (.+?) \| `([a-z0-9-]+)` \|$", README, re.MULTILINE))


@pytest.mark.usefixtures("shipped", "db")
class TestReadme:
    """What `make run` serves, held against the README."""

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_an_address_answers_as_it_says(self, client: Client, address: str) -> None:
        withdrawn = SLUGS["one that was taken down, with a replacement"] in address
        assert client.get(address).status_code == (410 if withdrawn else 200)

    @pytest.mark.parametrize(("address", "body", "status"), SENT)
    def test_what_readers_send_in_is_taken_as_it_says(self, client: Client, address: str, body: str, status: str) -> None:
        assert client.post(address, body, content_type="application/json").status_code == int(status or 202)

    def test_the_slugs_are_what_the_table_says(self) -> None:
        entries = {slug: Publication.objects.filter(slug=slug).order_by("-version").first() for slug in SLUGS.values()}
        two, gone, spanish, clinicians, disputed = (entries[slug] for slug in SLUGS.values())
        assert two is not None
        assert (two.version, two.status) == (2, "current")
        assert gone is not None
        assert (gone.status, spanish and spanish.language, clinicians and clinicians.audience) == ("withdrawn", "es", "clinician")
        assert disputed is None
        assert Answer.objects.filter(question__slug=list(SLUGS.values())[-1]).exists()


def test_it_shows_every_door_through_which_readers_send_something_in() -> None:
    assert {address for address, _body, _status in SENT} == {f"/api/v1/{door}/" for door in ("questions", "reports", "feedback")}


def test_every_command_it_names_exists() -> None:
    named = set(re.findall(r"manage\.py (\w+)", README))
    assert named <= get_commands().keys()
    targets = set(re.findall(r"^make (\w+)", README, re.MULTILINE))
    assert targets <= set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_file_it_links_exists() -> None:
    assert all((ROOT / name).exists() for name in re.findall(r"\]\(([A-Z]+(?:\.md)?)\)", README))
