"""Two windows, two people: what was saved meanwhile stands beside what was typed, and nothing is written over unasked."""

import json
from typing import Any

import pytest

from faq import workflow
from faq.models import Answer, Edit
from faq.workflow.drafts import draft_of
from tests.admin_client import done, form_in, page_of, refusals, see, send, signed_in, verb_of
from tests.browsing import parsed
from tests.factories import NOW, a, make_author, make_draft, make_lead, make_source

pytestmark = pytest.mark.django_db


class Tab:
    """A window in which the form stands open, as it was when it was opened or sent last."""

    def __init__(self, answer: Answer) -> None:
        self.address = page_of(answer)
        self.client = signed_in(answer.author)
        self.answer: Any = self.client.get(self.address)

    @property
    def page(self) -> str:
        return str(self.answer.content.decode())

    def form(self) -> dict[str, Any]:
        return form_in(self.page)

    def send(self, **changes: str) -> Any:
        """Send the form as it stands, with `changes`; return the answer, which stands there from now on."""
        self.answer = self.client.post(self.address, self.form() | {name.replace("__", "-"): value for name, value in changes.items()})
        return self.answer

    def save_over(self, **changes: str) -> Any:
        return self.send(_over=self.answer.context["form"].over, **changes)

    def sides(self) -> dict[str, list[str]]:
        """Return {label: what is saved, what was typed} of what the page shows beside each other."""
        shown = parsed(self.page).all("div", class_="both")
        return {field.one("h3").text: [side.text for side in field.all("pre")] for field in shown}


def stored(answer: Answer) -> Any:
    return draft_of(Answer.objects.get(pk=answer.pk))


def two_windows(**first: str) -> tuple[Answer, Tab]:
    """Return an answer, and a window that was opened before another one saved `first`."""
    answer = make_draft()
    late = Tab(answer)
    done(send(answer.author, page_of(answer), **first))
    return answer, late


# Side by side


def test_what_was_saved_meanwhile_stands_beside_what_was_typed_and_nothing_is_written() -> None:
    answer, late = two_windows(body="Saved in the first window [^s1].")
    edits = Edit.objects.count()
    late.send(body="From the second [^s1].")
    assert "Other words were saved since you opened these: by the-author" in " ".join(refusals(late.answer))
    assert late.sides() == {"Body": ["Saved in the first window [^s1].", "From the second [^s1]."]}
    assert late.form()["body"] == "From the second [^s1]."
    assert (stored(answer).body, Edit.objects.count()) == ("Saved in the first window [^s1].", edits)


def test_pressing_save_again_writes_over_nothing() -> None:
    answer, late = two_windows(body="First [^s1].")
    for _ in range(3):
        assert late.send(body="Second [^s1].").status_code == 200
    assert stored(answer).body == "First [^s1]."


def test_the_button_that_says_so_puts_mine_in_the_place_of_what_was_shown() -> None:
    answer, late = two_windows(body="First [^s1].")
    late.send(body="Second [^s1].")
    done(late.save_over())
    assert stored(answer).body == "Second [^s1]."


def test_what_is_saved_after_both_were_shown_is_shown_again() -> None:
    answer, late = two_windows(body="First [^s1].")
    late.send(body="Second [^s1].")
    done(send(answer.author, page_of(answer), body="Third [^s1]."))
    assert late.save_over().status_code == 200
    assert late.sides() == {"Body": ["Third [^s1].", "Second [^s1]."]}
    assert stored(answer).body == "Third [^s1]."
    done(late.save_over())
    assert stored(answer).body == "Second [^s1]."


def test_a_field_that_i_left_alone_keeps_what_the_other_window_made_of_it() -> None:
    answer, late = two_windows(
        short_answer="Shorter.", key_facts__0__label="Age", key_facts__0__value="Any", applies_to="early\nlate", licence=""
    )
    late.send(body="Mine [^s1].")
    assert late.sides().keys() == {"Short answer", "Key facts", "Applies to", "Licence"}
    form = late.form()
    assert (form["short_answer"], form["key_facts-0-label"], form["applies_to"]) == ("Shorter.", "Age", "early\r\nlate")
    assert 'name="_over"' not in late.page
    done(late.send())
    kept = stored(answer)
    assert (kept.body, kept.short_answer, kept.key_facts[0].label, kept.provenance.licence) == ("Mine [^s1].", "Shorter.", "Age", "")


def test_of_two_fields_the_one_that_both_changed_waits_and_the_other_is_taken() -> None:
    answer, late = two_windows(body="First [^s1].", short_answer="Shorter.")
    late.send(body="Second [^s1].")
    done(late.save_over())
    kept = stored(answer)
    assert (kept.body, kept.short_answer) == ("Second [^s1].", "Shorter.")


def test_rows_are_shown_beside_each_other_in_lines() -> None:
    make_source("s2")
    _, late = two_windows(citations__1__key="s2", citations__1__locator="p. 3")
    late.send(citations__0__locator="p. 9")
    saved, typed = late.sides()["Sources"]
    assert ("key: s2 locator: p. 3" in saved, "locator: p. 9" in typed) == (True, True)


def test_taking_what_is_saved_as_it_is_goes_through() -> None:
    answer, late = two_windows(body="First [^s1].")
    late.send(body="Second [^s1].")
    done(late.send(body="First [^s1].", short_answer="And mine."))
    kept = stored(answer)
    assert (kept.body, kept.short_answer) == ("First [^s1].", "And mine.")


def test_a_form_that_is_sent_twice_is_no_other_window() -> None:
    answer = make_draft()
    first, twice = Tab(answer), Tab(answer)
    done(first.send(body="Once [^s1]."))
    done(twice.send(body="Once [^s1]."))


@pytest.mark.parametrize("seen", ["", "{", "[1]", "2026-03-02T12:00:00+00:00", '{"body": 3}'])
def test_a_page_that_carries_nonsense_writes_over_nothing(seen: str) -> None:
    answer = make_draft()
    before = stored(answer)
    late = Tab(answer)
    assert late.send(seen=seen, body="Mine [^s1].").status_code == 200
    assert stored(answer) == before
    assert set(late.sides()) == {"Body"}
    done(late.save_over())
    assert stored(answer).body == "Mine [^s1]."


def test_what_a_lead_changes_at_the_same_time_is_not_lost_either() -> None:
    answer = make_draft()
    late = Tab(answer)
    fields = {"responsible__name": "The library", "responsible__contact": "desk@faq.example"}
    done(send(make_lead(), page_of(answer), **fields))
    late.send(body="Mine [^s1].")
    done(late.send())
    kept = stored(answer)
    assert (kept.body, kept.provenance.responsible.name) == ("Mine [^s1].", "The library")


def test_a_preview_asks_nothing_of_other_windows() -> None:
    _, late = two_windows(body="First [^s1].")
    late.send(body="Second [^s1].", _preview="")
    assert "Second" in parsed(late.page).one("div", id="preview").text
    assert late.sides() == {}


# Saved while somebody types


def autosave(tab: Tab, **changes: str) -> dict[str, str]:
    """Send what the page's script sends, and let the page carry what it was told."""
    form = tab.form() | {name.replace("__", "-"): value for name, value in changes.items()}
    told: dict[str, str] = tab.client.post(tab.address, form | {"_autosave": "1"}).json()
    return told


def test_a_save_while_typing_is_an_edit_like_any_other_and_says_when() -> None:
    answer = make_draft()
    told = autosave(Tab(answer), body="Typed so far [^s1].")
    assert told["message"].startswith("Saved ")
    assert stored(answer).body == "Typed so far [^s1]."
    assert json.loads(Edit.objects.latest("pk").changes) == {"body": "Typed so far [^s1]."}


def test_a_save_while_typing_writes_nothing_where_nothing_was_changed() -> None:
    answer = make_draft()
    edits = Edit.objects.count()
    assert autosave(Tab(answer))["message"].startswith("Saved ")
    assert Edit.objects.count() == edits


def test_the_page_goes_on_from_what_it_was_told() -> None:
    answer = make_draft()
    tab = Tab(answer)
    first = autosave(tab, body="One [^s1].")
    second = autosave(tab, body="Two [^s1].", seen=first["seen"])
    done(tab.send(body="Three [^s1].", seen=second["seen"]))
    assert stored(answer).body == "Three [^s1]."


def test_a_row_that_a_mark_made_stays_however_often_the_page_saves() -> None:
    make_source("christie")
    answer = make_draft()
    tab = Tab(answer)
    tab.send(body="One [^s1]. Two [^christie].", _preview="")
    told = autosave(tab)
    for n in range(3):
        told = autosave(tab, short_answer=f"{n}", seen=told["seen"])
    assert [cited.key for cited in stored(answer).citations] == ["s1", "christie"]


def test_a_row_that_both_windows_added_alike_is_not_lost() -> None:
    fact = {"key_facts__0__label": "Age", "key_facts__0__value": "Any"}
    answer, late = two_windows(**fact)
    done(late.send(**fact, body="Mine [^s1]."))
    assert [fact.label for fact in stored(answer).key_facts] == ["Age"]


def test_a_save_while_typing_never_writes_over_anothers_words() -> None:
    answer, late = two_windows(body="First [^s1].")
    told = autosave(late, body="Second [^s1].")
    assert told == {"message": "Not saved: other words were saved meanwhile. Press Save to see both, and choose."}
    assert stored(answer).body == "First [^s1]."


def test_a_save_while_typing_says_what_is_not_finished() -> None:
    answer = make_draft()
    assert autosave(Tab(answer), question="")["message"] == "Not saved: Question: This field is required."
    told = autosave(Tab(answer), key_facts__0__label="Half")
    assert told["message"] == "Not saved: a row under “Key facts” is not complete, or wrong. Press Save to see what it lacks."


def test_no_save_while_typing_submits() -> None:
    answer = make_draft()
    autosave(Tab(answer), body="One [^s1].", _submit="")
    assert Answer.objects.get(pk=answer.pk).status == Answer.Status.DRAFT


# Words that cannot be saved any more


def test_whoever_types_while_another_takes_over_gets_their_words_back() -> None:
    answer = make_draft()
    late = Tab(answer)
    other = make_author()
    done(send(other, verb_of(answer, "take_over")))
    late.send(body="What I typed: <b>15</b> & more", key_facts__0__label="And a row")
    assert (late.answer.status_code, "holds this answer; take it over first." in late.page) == (200, True)
    texts = [text.text for text in parsed(late.page).all("pre", class_="typed")]
    assert texts == ["What I typed: <b>15</b> & more", "And a row"]
    assert Answer.objects.get(pk=answer.pk).author == other


def test_whoever_types_while_the_words_are_submitted_elsewhere_gets_them_back() -> None:
    answer = make_draft()
    late = Tab(answer)
    workflow.submit(answer, by=answer.author, at=NOW)
    assert "message" in autosave(late, body="Mine [^s1].")
    late.send(body="Mine [^s1].")
    assert "copy what you need" in late.page
    assert "Mine [^s1]." in late.page
    assert stored(answer).body != "Mine [^s1]."


def test_a_form_that_is_none_of_ours_is_refused_as_ever() -> None:
    answer = workflow.submit(make_draft(), by=a("author"), at=NOW).answer
    assert signed_in(answer.author).post(page_of(answer), {"body": "x"}).status_code == 403


def test_saving_while_typing_is_the_holders_alone() -> None:
    answer = make_draft()
    assert 'data-autosave="yes"' in see(answer.author, page_of(answer))
    assert "data-autosave" not in see(make_lead(), page_of(answer))
