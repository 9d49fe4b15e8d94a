"""One screen on which a submission is read and decided: what was typed and ticked stays, and a decision is signed."""

import re
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from faq import workflow
from faq.models import ReviewDecision, SignInAttempt, Submission, User
from faq.sign_in import TRIES
from tests.admin_client import done, form_in, page_of, refusals, see, send, signed_in, verb_of
from tests.factories import NOW, PASSWORD, a, make_publication, make_reviewer, make_revision, make_submission
from tests.test_sentence_checks import QUOTED, make_ai, places

pytestmark = pytest.mark.django_db
NOT_YOURS = "This is not your password. Nothing was decided; type it again."


def decide(reviewer: User, submission: Submission, verb: str = "approve", **changes: Any) -> Any:
    """Open the screen, fill in its form and press the button of `verb`."""
    client = signed_in(reviewer)
    entered = form_in(client.get(page_of(submission)).content.decode())
    return client.post(verb_of(submission, verb), entered | {"password": PASSWORD} | changes)


def is_decided() -> bool:
    return ReviewDecision.objects.exclude(kind__in=["create_question", "submit", "edit_source", "propose", "approve_text"]).exists()


class TestSigning:
    """An approval asks for the password again."""

    def test_it_is_signed_on_the_screen_itself(self) -> None:
        submission, reviewer = make_submission(), make_reviewer()
        done(decide(reviewer, submission))
        assert ReviewDecision.objects.get(kind="approve").by == reviewer

    @pytest.mark.parametrize(("password", "reason"), [("", "Sign with your password."), ("another one", NOT_YOURS)])
    def test_another_password_decides_nothing_and_keeps_what_was_typed(self, password: str, reason: str) -> None:
        refused = decide(make_reviewer(), make_submission(), password=password, comment="Fine by me.")
        assert refusals(refused) == [reason]
        assert form_in(refused.content.decode())["comment"] == "Fine by me."
        assert not ReviewDecision.objects.filter(kind="approve").exists()

    def test_no_page_holds_a_password(self) -> None:
        assert PASSWORD not in decide(make_reviewer(), make_submission(), next_review_due_on="").content.decode()

    def test_after_too_many_tries_none_is_looked_at(self) -> None:
        submission, reviewer = make_submission(), make_reviewer()
        for _ in range(TRIES):
            decide(reviewer, submission, password="a guess")
        assert "Too many tries" in " ".join(refusals(decide(reviewer, submission)))
        assert SignInAttempt.objects.count() == TRIES

    def test_a_signature_clears_the_tries_before_it(self) -> None:
        submission, reviewer = make_submission(), make_reviewer()
        decide(reviewer, submission, password="a guess")
        done(decide(reviewer, submission))
        assert not SignInAttempt.objects.exists()

    def test_the_screen_says_what_is_signed(self) -> None:
        submission = make_ai()
        page = " ".join(strip_tags(see(make_reviewer(), page_of(submission))).split())
        assert f"that readers may be shown these words as they stand here (hash {submission.content_hash[:12]}" in page
        assert "that you held each ticked sentence against its source" in page

    def test_to_send_words_back_needs_no_signature(self) -> None:
        done(decide(make_reviewer(), make_submission(), "request_changes", comment="Shorter.", password=""))


class TestTicks:
    """A tick for each sentence, behind the source that it rests on."""

    def test_each_tick_stands_behind_the_source_that_has_to_be_opened_first(self) -> None:
        page = see(make_reviewer(), page_of(make_ai()))
        notes = re.findall(r"<details class=\"note wants\"(.*?)</details>", page, re.DOTALL)
        assert len(notes) == 2
        assert all(" open" not in note[: note.index(">")] for note in notes)
        assert all("20 mg a day; call the line for a fever." in note and 'name="checked"' in note for note in notes)
        assert page.count('name="checked"') == 2

    def test_a_tick_sends_the_place_of_its_sentence_alone(self) -> None:
        submission = make_ai()
        sent = re.findall(r'name="checked" value="([^"]+)"', see(make_reviewer(), page_of(submission)))
        assert sent == list(places(submission).values())

    def test_without_all_ticks_nothing_is_decided_and_the_missing_ones_are_led_to(self) -> None:
        submission = make_ai()
        first, _ = places(submission).values()
        refused = decide(make_reviewer(), submission, checked=[first])
        assert refusals(refused) == ["1 sentence was not ticked yet: hold each against its source, then tick it."]
        page = refused.content.decode()
        assert '<a href="#check-2">1 sentence was not ticked yet' in page
        assert re.search(r'id="check-2" open', page)
        assert re.findall(r'value="([^"]+)" checked', page) == [first]

    def test_with_all_ticks_it_goes_through(self) -> None:
        submission = make_ai()
        done(decide(make_reviewer(), submission, checked=list(places(submission).values())))
        assert ReviewDecision.objects.filter(kind="approve").exists()

    def test_what_was_ticked_stays_when_words_are_sent_back_and_come_again(self) -> None:
        submission, reviewer = make_ai(), make_reviewer()
        first, _ = places(submission).values()
        done(decide(reviewer, submission, "request_changes", comment="Shorter.", checked=[first]))
        answer = submission.answer
        answer.refresh_from_db()
        page = see(reviewer, page_of(make_submission(answer)))
        assert "Checked by you" in page
        assert page.count('name="checked"') == 1

    @pytest.mark.parametrize(
        ("body", "count"),
        [
            ("Take 20 mg [^s1].\n\nTake 20 mg [^s2].", 2),  # the same words beside different sources
            ("Take 20 mg [^s1].\n\nTake 20 mg [^s1].", 1),
            ("If you have a fever, take 20 mg [^s1].\n\n- take 20 mg [^s1]", 2),  # one sentence within another
            ("| Dose | For whom |\n|---|---|\n| 20 mg | children [^s1] |\n| 20 mg | children [^s2] |", 3),
        ],
    )
    def test_whatever_wants_a_tick_can_be_ticked(self, body: str, count: int) -> None:
        submission = make_ai(body, citations=[*QUOTED, {"key": "s2", "supporting_quote": "20 mg."}])
        sent = re.findall(r'name="checked" value="([^"]+)"', see(make_reviewer(), page_of(submission)))
        assert len(sent) == count
        assert set(sent) == {each.place for each in workflow.to_be_checked(submission, NOW)}

    def test_who_may_not_decide_sees_the_sources_and_no_tick(self) -> None:
        submission = make_ai()
        page = see(submission.submitted_by, page_of(submission))
        assert "call the line for a fever." in page
        assert 'name="checked"' not in page

    def test_a_text_of_people_has_its_sources_beside_it_and_no_tick(self) -> None:
        page = see(make_reviewer(), page_of(make_submission()))
        assert 'class="note"' in page
        assert 'name="checked"' not in page


class TestLooking:
    """Comparing with other words decides nothing."""

    def test_it_keeps_what_was_typed_and_ticked_and_finds_no_fault(self) -> None:
        first = make_ai()
        workflow.request_changes(first, by=a("reviewer"), at=NOW, comment="Shorter.")
        first.answer.refresh_from_db()
        submission = make_submission(first.answer)
        (place, _) = places(submission).values()
        looked = decide(make_reviewer(), submission, checked=[place], comment="So far good.", _look="ai")
        page = looked.content.decode()
        assert "What changed since the AI’s first text" in page
        assert (form_in(page)["comment"], re.findall(r'value="([^"]+)" checked', page)) == ("So far good.", [place])
        assert "errornote" not in page
        assert not ReviewDecision.objects.filter(kind="approve").exists()

    def test_an_unknown_comparison_shows_the_first_one(self) -> None:
        make_publication("her2")
        submission = make_submission(make_revision("her2"))
        assert "What changed since version 1" in see(make_reviewer(), f"{page_of(submission)}?against=nonsense")


class TestErrors:
    """A refusal leads to its field, and no button of the screen loses what another one needs."""

    def test_an_empty_comment_is_led_to_and_ticks_stay(self) -> None:
        submission = make_ai()
        (place, _) = places(submission).values()
        refused = decide(make_reviewer(), submission, "request_changes", checked=[place], comment=" ")
        page = refused.content.decode()
        assert '<a href="#id_comment">' in page
        assert re.findall(r'value="([^"]+)" checked', page) == [place]
        assert "Sign with your password" not in page

    def test_the_date_that_was_typed_stays_when_another_button_is_refused(self) -> None:
        refused = decide(make_reviewer(), make_submission(), "object", next_review_due_on="2027-01-02", comment="")
        assert form_in(refused.content.decode())["next_review_due_on"] == "2027-01-02"

    def test_a_title_says_first_that_something_is_wrong(self) -> None:
        assert "<title>Error: " in decide(make_reviewer(), make_submission(), password="").content.decode()


class TestHead:
    """What a reviewer reads first."""

    def test_it_tells_how_much_there_is_to_do(self) -> None:
        make_publication("her2")
        submission = make_submission(make_revision("her2", body="HER2 is found in 15 of 100 people.", short_answer="HER2 is a protein."))
        page = see(make_reviewer(), page_of(submission))
        head = " ".join(strip_tags(page[page.index('class="review-head"') : page.index('class="reading')]).split())
        assert "4 changes 3 concerns Written by people." in head

    def test_it_tells_the_authors_note(self) -> None:
        submission = make_submission()
        note = workflow.recall(submission.answer, by=submission.submitted_by, at=NOW)
        again = workflow.submit(note, by=submission.submitted_by, at=timezone.now(), comment="The second sentence is new.")
        page = see(make_reviewer(), page_of(again))
        assert page.index("The author’s note") < page.index("The second sentence is new.") < page.index('class="words entry"')

    def test_hash_and_number_stand_in_the_foot(self) -> None:
        submission = make_submission()
        page = see(make_reviewer(), page_of(submission))
        assert page.index(submission.content_hash, page.index('class="record"')) > page.index('class="words entry"')


def test_a_concern_leads_to_its_sentence_and_takes_its_reason_there() -> None:
    submission = make_submission(body="HER2 is a protein on cells [^s1]. It is found in 15 of 100 people.")
    page = see(make_reviewer(), page_of(submission))
    number = re.search(r'<a href="#statement-(\d+)">“It is found in 15 of 100 people.”</a>', page)
    assert number
    assert f'id="statement-{number[1]}"' in page


def test_the_pages_of_other_verbs_show_the_words_too() -> None:
    submission, reviewer = make_submission(), make_reviewer()
    done(decide(reviewer, submission))
    page = see(a("publisher"), verb_of(submission, "publish"))
    assert 'class="words entry"' in page
    assert "Readers see the words below at once." in page
    assert send(a("publisher"), verb_of(submission, "publish")).status_code == 302
