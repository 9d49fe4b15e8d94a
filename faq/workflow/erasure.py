"""The one exception to keeping everything: a version's words are blanked when two people order it on a legal basis."""

from datetime import datetime
from typing import Final

from faq.content.state import load_state
from faq.integrity.ledger import lock_ledger
from faq.models import (
    Answer,
    Change,
    Citation,
    Comment,
    Edit,
    Erasure,
    EvidenceAlert,
    Feedback,
    ImportFile,
    ImportRun,
    Publication,
    Question,
    Report,
    ReviewDecision,
    Submission,
    SubmittedQuestion,
    User,
    Waiver,
)
from faq.workflow.errors import TransitionRefused, require_text, verb
from faq.workflow.locks import lock_publication, lock_question, lock_sent_in
from faq.workflow.publishing import decide_on_version, entry_changes, update_state
from faq.workflow.transitions import Kind, require

ERASURES: Final = (Kind.ERASE, Kind.CONFIRM_ERASURE)
"""What was said with these is the legal basis, and stays."""


@verb
def erase(publication: Publication, *, by: User, at: datetime, legal_basis: str) -> Erasure:
    """Ask that a version's words be blanked, naming the legal basis; a second person confirms it."""
    publication = lock_publication(publication.pk)
    require("erase", publication, by, at)
    basis = require_text(legal_basis, "the legal basis")
    with lock_ledger(at) as ledger:
        erasure = Erasure.objects.create(
            question=publication.question,
            submission=publication.submission,
            version=publication.version,
            legal_basis=basis,
            requested_by=by,
            requested_at=ledger.at,
        )
        decide_on_version(ledger, publication, Kind.ERASE, by, comment=basis)
    return erasure


@verb
def confirm_erasure(erasure: Erasure, *, by: User, at: datetime) -> Publication:
    """Blank the words of an erasure wherever they are kept; the hashes and the fact stay, and readers are told."""
    lock_sent_in(lock_question(erasure.question_id))
    erasure = Erasure.objects.select_related("question", "submission__answer").get(pk=erasure.pk)
    require("confirm_erasure", erasure, by, at)
    same = Publication.objects.filter(submission=erasure.submission_id)
    if same.current().exists():
        raise TransitionRefused("These words are in force again; withdraw the entry first.")
    newest = (
        Publication.objects.filter(question=erasure.question)
        .select_related("question", "last_change", "submission")
        .order_by("-version")[0]
    )
    with entry_changes(at) as ledger:
        erasure.confirmed_by, erasure.confirmed_at = by, ledger.at
        erasure.save()
        state = load_state(newest.last_change.state)
        gone = sorted({*state.erased, *same.values_list("version", flat=True)})
        withheld = sorted({*state.withheld, *gone})
        decision = decide_on_version(ledger, newest, Kind.CONFIRM_ERASURE, by, about=f"erasure of version {erasure.version}")
        update_state(ledger, newest, Change.Kind.ERASED, decision, reason="legal", erased=gone, withheld=withheld)
        blank_copies(erasure)
    return Publication.objects.get(question=erasure.question, version=erasure.version)


def blank_copies(erasure: Erasure) -> None:
    """Blank every copy of the erased words, and whatever may repeat them; no answer of the question is open (can_confirm_erasure).

    Words of other versions stay, for each is erased by an order of its own. All else that was written on the way to them goes: submissions
    that were never published, drafts that were given up, each edit, and what colleagues said beside them or with their decisions, of which
    the chain holds hashes. The guards let this pass for a confirmed erasure alone.
    """
    question = erasure.question
    Publication.objects.filter(submission=erasure.submission).update(words="", wording="", sort_key="", reading_grade=None)
    never_published = Submission.objects.filter(question=question, publications=None).values_list("pk", flat=True)
    submissions = Submission.objects.filter(pk__in=[erasure.submission_id, *never_published])
    submissions.update(words="")
    waivers = Waiver.objects.filter(submission__in=submissions)
    copied = list(waivers.values_list("pk", flat=True))
    waivers.update(sentence="", reason="")
    while copied:  # a reason that was taken on again is a copy, and may have been taken on from there
        taken_on = Waiver.objects.filter(carried_from__in=copied).exclude(reason="")
        copied = list(taken_on.values_list("pk", flat=True))
        Waiver.objects.filter(pk__in=copied).update(reason="")
    EvidenceAlert.objects.filter(publication__submission=erasure.submission).exclude(note="").update(note="")
    ReviewDecision.objects.filter(question=question).exclude(kind__in=ERASURES).exclude(comment="").update(comment="")
    blank_answers(question)
    blank_imports(question)
    blank_inbox(question)


def blank_answers(question: Question) -> None:
    answers = Answer.objects.filter(question=question)
    Edit.objects.filter(answer__in=answers).update(changes="")
    Comment.objects.filter(answer__in=answers).update(text="")
    gone = answers.exclude(pk__in=Submission.objects.filter(question=question).exclude(words="").values("answer"))
    Citation.objects.filter(answer__in=gone).delete()
    gone.update(words="", wording="")


def blank_inbox(question: Question) -> None:
    """Blank what readers wrote about the entry, which may repeat its words, and what was said when a report was closed."""
    Feedback.objects.filter(publication__question=question).update(comment="")
    Report.objects.filter(publication__question=question).update(text="", reason="")
    SubmittedQuestion.objects.filter(question=question).update(text="", terms="", phrasing="", reason="")


def blank_imports(question: Question) -> None:
    """Throw away files that wait for their import, which may bring the words (they can be chosen again), and what was said of others."""
    ImportFile.objects.filter(claimed_at=None).delete()
    for run in ImportRun.objects.all():
        entries = run.told.get("entries", [])
        if question.slug in entries and len(run.told) > 1:
            run.told = {"entries": entries}
            run.save(update_fields=["told"])
