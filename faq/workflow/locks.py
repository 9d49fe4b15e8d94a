"""The one place for the order of locks: source or topic, questions by key, answer, text, what readers sent in, accounts by
key, Ledger last and once.

Whoever follows it waits for others in the same order as they do, so that nobody waits in a circle. Rows nobody else can see yet may
follow the Ledger.

Locks are `no_key`, for PostgreSQL takes a weaker one on a row whenever another comes to point at it; a plain lock would make those
wait too. On SQLite these calls lock nothing: there one transaction at a time may write. Each returns rows as they are now.
"""

from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from faq.models import Answer, Feedback, Publication, Question, Report, Submission, SubmittedQuestion, User
from faq.workflow.errors import TransitionRefused


def lock_question(pk: int) -> Question:
    """Every verb on an entry begins here, so verbs on one entry queue up."""
    return Question.objects.select_for_update(no_key=True).get(pk=pk)


def lock_questions(pks: Sequence[int]) -> list[Question]:
    return list(Question.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))


def check_all_locked(locked: Collection[int], concerned: Collection[int]) -> None:
    """Raise TransitionRefused where a verb concerns a question that it has not locked.

    Asked with the Ledger in hand: what came to be concerned while the verb was waiting is seen, and nothing more can come.
    """
    if set(concerned) - set(locked):
        raise TransitionRefused("Another entry came to be concerned at this very moment; look again, then do it again.")


def lock_answer(pk: int) -> Answer:
    lock_question(Answer.objects.values_list("question_id", flat=True).get(pk=pk))
    # `of`: without it the rows that are joined would be locked as well, and the author's account comes later in the order.
    return Answer.objects.select_for_update(no_key=True, of=("self",)).select_related("question", "author").get(pk=pk)


def lock_publication(pk: int) -> Publication:
    """Lock the question and return the version as it is now: its State moves only in hands that have locked the question."""
    lock_question(Publication.objects.values_list("question_id", flat=True).get(pk=pk))
    return Publication.objects.select_related("question", "last_change", "submission").get(pk=pk)


def lock_submission(pk: int) -> Submission:
    """Lock question and answer, and return the Submission with them; nothing but an erasure ever changes it."""
    submission = Submission.objects.select_related("question").get(pk=pk)
    submission.answer = lock_answer(submission.answer_id)
    return submission


def lock_asked(rows: QuerySet[SubmittedQuestion]) -> list[SubmittedQuestion]:
    """Lock questions of readers in the order of their primary keys; return those that are still there."""
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def lock_report(pk: int) -> Report:
    return Report.objects.select_for_update(no_key=True, of=("self",)).select_related("publication__question").get(pk=pk)


def lock_sent_in(question: Question) -> None:
    """Lock all that readers sent in about an entry, so that an erasure, which blanks it, waits for nobody with the Ledger in hand."""
    lock_asked(SubmittedQuestion.objects.filter(question=question))
    for sent in (Report, Feedback):
        list(sent.objects.filter(publication__question=question).select_for_update(no_key=True, of=("self",)).order_by("pk"))


def lock_people(*pks: int) -> dict[int, User]:
    """Lock accounts in the order of their primary keys; return them by key as they are now, with nothing remembered of their roles.

    A verb locks who uses it after the entries and before the Ledger. What gives or takes a right to review locks whom it concerns, so
    that nobody loses a right between being asked for it and the decision, which the guards would refuse without a word to say why.
    """
    return {user.pk: user for user in User.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")}


def lock_person(person: User) -> User:
    """Lock one account and return it as it is now; raise TransitionRefused where there is none any more."""
    fresh = lock_people(person.pk).get(person.pk)
    if fresh is None:
        raise TransitionRefused("This account is not there any more; sign in with one that is.")
    return fresh
