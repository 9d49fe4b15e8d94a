"""Who may use a verb: tests of a person against a thing at a moment. Each returns why not, or ""; the table in rules.py names them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from faq.clock import local_date
from faq.models import (
    Answer,
    Edit,
    Erasure,
    EvidenceAlert,
    Question,
    ReviewDecision,
    Reviewer,
    Submission,
    SubmissionEditor,
    Topic,
    User,
)

Who = Callable[[User, Any, datetime], str]
Kind = ReviewDecision.Kind


def lock_people(*pks: int) -> dict[int, User]:
    """Lock accounts in the order of their primary keys; return them by key as they are now, with nothing remembered of their roles.

    A verb locks who uses it after the entries and before the Ledger. What gives or takes a right to review locks whom it concerns, so
    that nobody loses a right between being asked for it and the decision, which the guards would refuse without a word to say why.
    """
    return {user.pk: user for user in User.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")}


def roles(user: User) -> set[str]:
    """Return the names of the groups of an account that is switched on."""
    return {group.name for group in user.groups.all()} if user.is_active else set()


def needs(*names: str) -> Who:
    """Return the test that a person has one of the groups `names`."""
    asked = " or ".join(names)

    def who(user: User, thing: Any, at: datetime) -> str:
        return "" if roles(user) & set(names) else f"This needs the role of {asked}; a lead can give it."

    return who


def holds_answer(user: User, answer: Answer, at: datetime) -> str:
    """Test that an author holds `answer`; another author takes it over first."""
    if answer.author_id != user.pk:
        return f"{answer.author} holds this answer; take it over first."
    return needs("author")(user, answer, at)


def another_author(user: User, answer: Answer, at: datetime) -> str:
    """Test that an author does not hold `answer` already."""
    return "You hold this draft already." if answer.author_id == user.pk else needs("author")(user, answer, at)


def colleague(user: User, thing: Any, at: datetime) -> str:
    """Test that a person has any part in the work: a role, or an active review scope."""
    return any_of(needs("author", "publisher", "importer", "lead"), is_reviewer)(user, thing, at)


def reviewer_of(user: User) -> Reviewer | None:
    """Return the person's Reviewer row, read afresh, or None."""
    return Reviewer.objects.filter(user=user).first()


def is_reviewer(user: User, thing: Any, at: datetime) -> str:
    """Test that a person is an active reviewer on the day of `at`, whatever the scope."""
    reviewer = reviewer_of(user) if user.is_active else None
    if reviewer is None or reviewer.revoked_at is not None:
        return "This needs an active reviewer; a lead can grant a review scope."
    if reviewer.verified_until < local_date(at):
        return f"Your verification as a reviewer ended on {reviewer.verified_until}; a lead can renew it."
    return ""


def may_review(user: User, thing: Any, at: datetime) -> str:
    """Test that a person is an active reviewer whose languages and topics cover `thing` (a Submission or Publication)."""
    return is_reviewer(user, thing, at) or out_of_scope(user, thing.question)


def out_of_scope(user: User, question: Question) -> str:
    """Return why the reviewer's languages or topics do not cover `question`, or an empty string."""
    reviewer = reviewer_of(user)
    if reviewer is None or question.language not in reviewer.languages:
        return f"Your review scope does not cover the language {question.language}."
    if reviewer.all_topics:
        return ""
    topics = set(question.topics.values_list("pk", flat=True))
    outside = topics - with_descendants(set(reviewer.topics.values_list("pk", flat=True)))
    if not topics:
        return "Your review scope covers certain topics, and this question has none; ask a reviewer of all topics."
    names = sorted(Topic.objects.filter(pk__in=outside).values_list("slug", flat=True))
    return f"Your review scope does not cover the topics {', '.join(names)}." if names else ""


def with_descendants(topics: set[int]) -> set[int]:
    """Return the primary keys `topics` and those of all topics below them."""
    found, layer = set(topics), set(topics)
    while layer:
        layer = set(Topic.objects.filter(parents__in=layer).values_list("pk", flat=True)) - found
        found |= layer
    return found


def editors_of(answer: Answer) -> dict[int, User]:
    """Return {pk: person} of all who wrote since the last approved version: authors and editors of this and later-discarded answers."""
    published = Answer.objects.filter(question=answer.question, status=Answer.Status.PUBLISHED, pk__lt=answer.pk).order_by("-pk").first()
    answers = Answer.objects.filter(question=answer.question, pk__lte=answer.pk, pk__gt=published.pk if published else 0)
    people = User.objects.filter(pk__in=Edit.objects.filter(answer__in=answers).values("by")) | User.objects.filter(answers__in=answers)
    return {person.pk: person for person in people.distinct().prefetch_related("groups").select_related("reviewer")}


def wrote(user: User, submission: Submission) -> bool:
    """Return whether `user` is an editor of `submission`."""
    return SubmissionEditor.objects.filter(submission=submission, user=user).exists()


def may_decide(user: User, thing: Any, at: datetime) -> str:
    """Test four eyes: an active reviewer in scope who wrote none of the words. `thing` is a Submission or Publication."""
    submission = thing if isinstance(thing, Submission) else thing.submission
    if wrote(user, submission):
        return "You wrote part of these words; a second person must decide about them."
    return may_review(user, thing, at)


def second_person(user: User, thing: Any, at: datetime) -> str:
    """Test that a reviewer confirms what somebody else asked for."""
    if asked_by(thing) == user.pk:
        return "You asked for this; a second person must confirm it."
    return is_reviewer(user, thing, at)


def asked_by(thing: Any) -> int | None:
    """Return the primary key of the person who asked for an erasure, a restored version or a notice."""
    if isinstance(thing, Erasure):
        return thing.requested_by_id
    kinds = [Kind.RESTORE, Kind.WITHDRAW]
    asked = ReviewDecision.objects.filter(question=thing.question, version=thing.version, kind__in=kinds).order_by("-sequence").first()
    return asked.by_id if asked else None


def another_reviewer(user: User, text: Any, at: datetime) -> str:
    """Test that a reviewer of the text's language approves what somebody else proposed."""
    if text.proposed_by_id == user.pk:
        return "You proposed this text; a second person must approve it."
    reviewer = reviewer_of(user)
    refused = is_reviewer(user, text, at)
    if not refused and reviewer and text.language not in reviewer.languages:
        return f"Your review scope does not cover the language {text.language}."
    return refused


def may_triage(user: User, alert: EvidenceAlert, at: datetime) -> str:
    """Test that a reviewer's scope covers the entry an alert is about."""
    return may_review(user, alert.publication, at)


def any_of(*tests: Who) -> Who:
    """Return the test that passes where one of `tests` does; it gives the first one's reason."""

    def who(user: User, thing: Any, at: datetime) -> str:
        reasons = [test(user, thing, at) for test in tests]
        return "" if "" in reasons else reasons[0]

    return who
