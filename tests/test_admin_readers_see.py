"""The page of a version says what readers see now, and the page of an alert what rests on the source that moved."""

import re
from datetime import timedelta

import pytest
from django.utils.html import strip_tags

from faq import workflow
from faq.models import EvidenceAlert, Publication
from tests.admin_client import page_of, see
from tests.factories import NOW, a, make_publication, make_reviewer, make_source, make_text
from tests.reading import ask

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
BY_NUMBER = "Where they ask for this version by its number they see its words, under a note that they no longer stand."


def told(publication: Publication) -> str:
    """Return what the page of a version says that readers see."""
    page = see(make_reviewer(), page_of(publication))
    found = re.search(r'<section class="says" aria-label="What readers see now">(.*?)</section>', page, re.DOTALL)
    assert found
    return " ".join(strip_tags(found[1].replace("<", " <")).split())


def fresh(publication: Publication) -> Publication:
    return Publication.objects.get(pk=publication.pk)


class TestVersions:
    """What readers see of a version."""

    def test_words_in_force_are_seen(self) -> None:
        assert told(make_publication("her2")) == "Readers see these words. The entry on the site"

    def test_words_on_hold_are_seen_under_the_warning(self) -> None:
        publication = make_publication("her2")
        make_text(key="held", text="We are checking this.")
        workflow.hold(publication, by=a("reviewer"), at=LATER, comment="A figure.")
        assert told(fresh(publication)).startswith("Readers see these words under the warning “We are checking this.”.")

    def test_an_old_version_is_seen_by_its_number_alone(self) -> None:
        first = make_publication("her2")
        make_publication("her2")
        assert told(fresh(first)) == f"Where readers ask for the entry they see version 2. {BY_NUMBER}"
        assert ask("GET", "/questions/her2/versions/1/").status_code == 200

    def test_of_an_entry_taken_down_its_notice_is_seen_and_what_to_read_instead(self) -> None:
        make_publication("other", question="What else is there?")
        publication = make_publication("her2")
        workflow.withdraw(publication, by=a("reviewer"), at=LATER, reason="outdated", replacement="other")
        notice = ask("GET", "/api/v1/entries/her2/").json()["notice"]
        instead = "It leads them to “What else is there?”."
        advice = "and the urgent advice of the entry."
        assert told(fresh(publication)) == f"Readers see a notice in its place, “{notice}”, {advice} {instead} {BY_NUMBER}"

    def test_of_withheld_words_nothing_is_seen(self) -> None:
        publication = make_publication("her2")
        workflow.withdraw(publication, by=a("reviewer"), at=LATER, reason="unsafe", withhold=[1])
        assert told(fresh(publication)).endswith("Of the words of this version they see none, in no form.")

    def test_of_an_older_version_of_what_was_taken_down_the_newest_is_named(self) -> None:
        first = make_publication("her2")
        workflow.withdraw(make_publication("her2"), by=a("reviewer"), at=LATER, reason="outdated")
        assert "they see what stands in the place of version 2." in told(fresh(first))


class TestAlerts:
    """What rests on a source that moved."""

    def alert(self, body: str) -> str:
        make_source("s2")
        publication = make_publication("her2", body=body, citations=[{"key": "s1"}, {"key": "s2"}])
        source = publication.sources.get(key="s2")
        workflow.mark_source(source, by=a("reviewer"), at=LATER, state="superseded", comment="The edition of 2027 replaced it.")
        return see(make_reviewer(), page_of(EvidenceAlert.objects.get()))

    def test_it_names_the_sentences_and_what_replaced_the_source(self) -> None:
        page = self.alert("Cells grow [^s1]. They divide [^s2]. They rest [^s1][^s2].")
        found = re.findall(r'<li><q lang="en">(.*?)</q>(.*?)</li>', page)
        assert [(sentence, "on nothing else" in rest) for sentence, rest in found] == [("They divide.", True), ("They rest.", False)]
        assert "The edition of 2027 replaced it." in page

    def test_it_says_where_no_sentence_bears_its_mark(self) -> None:
        assert "No sentence bears its mark" in self.alert("Cells grow [^s1].")
