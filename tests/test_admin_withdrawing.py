"""An entry is taken down in two steps: what exactly will happen is shown first, and done once somebody is sure of just that."""

from typing import Any

import pytest

from faq.models import Publication, User
from tests.admin_client import done, form_in, refusals, signed_in, verb_of
from tests.factories import make_author, make_publication, make_reviewer, make_text

pytestmark = pytest.mark.django_db


def ask(user: User, publication: Publication, **changes: Any) -> Any:
    """Fill in the form of a withdrawal and send it."""
    client, address = signed_in(user), verb_of(publication, "withdraw")
    entered = form_in(client.get(address).content.decode())
    return client.post(address, entered | {"reason": "outdated"} | changes)


def is_in_force(publication: Publication) -> bool:
    return Publication.objects.current().filter(pk=publication.pk).exists()


def test_the_first_step_shows_what_will_happen_and_does_nothing() -> None:
    make_publication("other", question="What else is there?")
    publication = make_publication("her2")
    make_publication("que-es", language="es", translation_of={"slug": "her2", "version": 1})
    make_text(key="withdrawn", text="Ask your team.")
    answer = ask(make_reviewer(), publication, replacement="other", withhold=["1"], notice_text="In my own words.")
    assert dict(answer.context["outcome"]) == {
        "Readers see at once": "Ask your team.",
        "And once a second person confirms it": "In my own words.",
        "They are led to": "What else is there?",
        "Text served in no form any more, for good": "version 1",
        "The translation que-es": "is taken down too",
    }
    assert "nothing was done yet" in answer.content.decode()
    assert is_in_force(publication)


def test_a_translation_that_stays_is_told_with_its_reason() -> None:
    publication = make_publication("her2")
    translation = make_publication("que-es", language="es", translation_of={"slug": "her2", "version": 1})
    outcome = dict(ask(make_reviewer(), publication, **{f"keep_{translation.pk}": "It says less."}).context["outcome"])
    assert outcome["The translation que-es"] == "stays: It says less."
    assert outcome["They are led to"] == "no other entry"


def test_whoever_is_sure_of_it_takes_it_down() -> None:
    publication, reviewer = make_publication("her2"), make_reviewer()
    sure = ask(reviewer, publication).context["sure"]
    done(ask(reviewer, publication, _sure=sure))
    assert not is_in_force(publication)


def test_what_was_changed_since_is_shown_again_first() -> None:
    publication, reviewer = make_publication("her2"), make_reviewer()
    sure = ask(reviewer, publication).context["sure"]
    answer = ask(reviewer, publication, _sure=sure, withhold=["1"])
    assert dict(answer.context["outcome"])["Text served in no form any more, for good"] == "version 1"
    assert is_in_force(publication)


def test_what_was_typed_stays_in_the_form() -> None:
    answer = ask(make_reviewer(), make_publication("her2"), comment="The dose was wrong.")
    assert form_in(answer.content.decode())["comment"] == "The dose was wrong."


def test_who_may_not_and_what_is_wrong_is_told_at_once() -> None:
    publication = make_publication("her2")
    assert refusals(ask(make_reviewer(), publication, reason="")) == ["This field is required."]
    author = signed_in(make_author()).post(verb_of(publication, "withdraw"), {"reason": "unsafe", "notice": "withdrawn"})
    assert refusals(author)
