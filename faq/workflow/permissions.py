"""Who may use a verb: tests of a person against a thing at a moment. Each returns why not, or ""; transitions.TABLE names them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q

from faq.clock import local_date
from faq.models import (
    Answer,
    Edit,
    Erasure,
    EvidenceAlert,
    Publication,
    Question,
    QuestionTopic,
    Report,
    ReviewDecision,
    Reviewer,
    Submission,
    SubmissionEditor,
    Topic,
    TopicPlacement,
    User,
)
from faq.models.people import CLINICAL

PersonTest = Callable[[User, Any, datetime], str]
Kind = ReviewDecision.Kind


def roles(user: User) -> set[str]:
    """Return the names of the person's groups; none for an account that is switched off."""
    return {group.name for group in user.groups.all()} if user.is_active else set()


def needs(*names: str) -> PersonTest:
    asked = " or ".join(names)

    def who(user: User, thing: Any, at: datetime) -> str:
        return "" if roles(user) & set(names) else f"This needs the role of {asked}; a lead can give it."

    return who


def holds_answer(user: User, answer: Answer, at: datetime) -> str:
    if answer.author_id != user.pk:
        return f"{answer.author} holds this answer; take it over first."
    return needs("author")(user, answer, at)


def another_author(user: User, answer: Answer, at: datetime) -> str:
    return "You hold this draft already." if answer.author_id == user.pk else needs("author")(user, answer, at)


def any_role(user: User, thing: Any, at: datetime) -> str:
    """Any part in writing or reviewing will do: a role, or an active review scope."""
    return any_of(needs("author", "publisher", "importer", "lead"), is_reviewer)(user, thing, at)


def reviewer_of(user: User) -> Reviewer | None:
    """Read afresh: `user.reviewer` may have been remembered before a lead revoked it."""
    return Reviewer.objects.filter(user=user).first()


def is_reviewer(user: User, thing: Any, at: datetime) -> str:
    """Test for an active reviewer, whatever the scope; the day `verified_until` is the last. A superuser is none by that alone."""
    reviewer = reviewer_of(user) if user.is_active else None
    if reviewer is None or reviewer.revoked_at is not None:
        return "This needs an active reviewer; a lead can grant a review scope."
    if reviewer.verified_until < local_date(at):
        return f"Your verification as a reviewer ended on {reviewer.verified_until}; a lead can renew it."
    return ""


def may_review(user: User, thing: Any, at: datetime) -> str:
    """Test for an active reviewer whose languages and topics cover `thing`, a Submission or Publication."""
    return is_reviewer(user, thing, at) or out_of_scope(user, thing.question)


def out_of_scope(user: User, question: Question) -> str:
    reviewer = reviewer_of(user)
    if reviewer is None or question.language not in reviewer.languages:
        return f"Your review scope does not cover the language {question.language}."
    if reviewer.all_topics:
        return ""
    # Every topic of the question must be covered: one who knows hearts does not decide about what is said of lungs.
    topics = set(question.topics.values_list("pk", flat=True))
    outside = topics - with_descendants(set(reviewer.topics.values_list("pk", flat=True)))
    if not topics:
        return "Your review scope covers certain topics, and this question has none; ask a reviewer of all topics."
    names = sorted(Topic.objects.filter(pk__in=outside).values_list("slug", flat=True))
    return f"Your review scope does not cover the topics {', '.join(names)}." if names else ""


def within_scope(reviewer: Reviewer) -> Q:
    """Return the condition on questions against which `out_of_scope` has nothing to say, for lists of many."""
    spoken = Q(language__in=reviewer.languages)
    if reviewer.all_topics:
        return spoken
    rows = QuestionTopic.objects.filter(topic__in=with_descendants(set(reviewer.topics.values_list("pk", flat=True))))
    outside = QuestionTopic.objects.exclude(pk__in=rows.values("pk"))
    return spoken & Q(pk__in=rows.values("question")) & ~Q(pk__in=outside.values("question"))


def with_descendants(topics: set[int]) -> set[int]:
    family, layer = set(topics), set(topics)
    while layer:
        layer = set(Topic.objects.filter(parents__in=layer).values_list("pk", flat=True)) - family
        family |= layer
    return family


def editors_of(answer: Answer) -> dict[int, User]:
    """Return {pk: person} of all who wrote since the last approved version: authors and editors of this and later-discarded answers."""
    # Discarded drafts count: their words may have been taken into this one by hand.
    published = Answer.objects.filter(question=answer.question, status=Answer.Status.PUBLISHED, pk__lt=answer.pk).order_by("-pk").first()
    answers = Answer.objects.filter(question=answer.question, pk__lte=answer.pk, pk__gt=published.pk if published else 0)
    people = User.objects.filter(pk__in=Edit.objects.filter(answer__in=answers).values("by")) | User.objects.filter(answers__in=answers)
    # With groups and Reviewer rows at hand, of which the copied role of each is made (ledger.role_of).
    return {person.pk: person for person in people.distinct().prefetch_related("groups").select_related("reviewer")}


def wrote(user: User, submission: Submission) -> bool:
    return SubmissionEditor.objects.filter(submission=submission, user=user).exists()


def may_decide(user: User, thing: Any, at: datetime) -> str:
    """Test four eyes: an active reviewer in scope who wrote none of the words. `thing` is a Submission or Publication."""
    # Before the scope, which would not help: an editor is told that it takes somebody else.
    submission = thing if isinstance(thing, Submission) else thing.submission
    if wrote(user, submission):
        return "You wrote part of these words; a second person must decide about them."
    return may_review(user, thing, at)


def clinical(test: PersonTest) -> PersonTest:
    """Return `test` for those alone whose review scope has the clinical sign-off.

    A patient reader or translator may give their own sign-off, stop words and warn, and lift neither.
    """

    def who(user: User, thing: Any, at: datetime) -> str:
        refused = test(user, thing, at)
        reviewer = None if refused else reviewer_of(user)
        if reviewer is not None and CLINICAL not in reviewer.sign_offs:
            return "This needs a reviewer with the clinical sign-off; a lead can add it."
        return refused

    return who


def second_person(user: User, thing: Any, at: datetime) -> str:
    if asked_by(thing) == user.pk:
        return "You asked for this; a second person must confirm it."
    return is_reviewer(user, thing, at)


def confirms(user: User, publication: Publication, at: datetime) -> str:
    """Test for the second person in scope of a restored version, who wrote none of it, or of a notice in somebody's own words."""
    in_scope = may_decide if publication.status == Publication.Status.CURRENT else may_review
    return second_person(user, publication, at) or in_scope(user, publication, at)


def asked_by(thing: Any) -> int | None:
    """Return the primary key of who asked for an erasure; of a Publication, of who restored or withdrew it last."""
    if isinstance(thing, Erasure):
        return thing.requested_by_id
    kinds = [Kind.RESTORE, Kind.WITHDRAW]
    asked = ReviewDecision.objects.filter(question=thing.question, version=thing.version, kind__in=kinds).order_by("-sequence").first()
    return asked.by_id if asked else None


def another_reviewer(user: User, text: Any, at: datetime) -> str:
    if text.proposed_by_id == user.pk:
        return "You proposed this text; a second person must approve it."
    reviewer = reviewer_of(user)
    refused = is_reviewer(user, text, at)
    if not refused and reviewer and text.language not in reviewer.languages:
        return f"Your review scope does not cover the language {text.language}."
    return refused


def another_places(user: User, placement: TopicPlacement, at: datetime) -> str:
    """Test for another reviewer than who proposed the place of a topic, and one whose own scope it leaves as it is."""
    if placement.proposed_by_id == user.pk:
        return "You proposed this place; a second person must approve it."
    return is_reviewer(user, placement, at) or widens_scope(user, placement)


def widens_scope(user: User, placement: TopicPlacement) -> str:
    reviewer = reviewer_of(user)
    if reviewer is None or reviewer.all_topics:
        return ""
    scope = with_descendants(set(reviewer.topics.values_list("pk", flat=True)))
    enters = placement.topic_id not in scope and Topic.objects.filter(slug__in=placement.parent_slugs, pk__in=scope).exists()
    return f"This would bring {placement.topic} into your own review scope; ask a reviewer of all topics." if enters else ""


def may_triage(user: User, alert: EvidenceAlert, at: datetime) -> str:
    return may_review(user, alert.publication, at)


def may_close(user: User, report: Report, at: datetime) -> str:
    """Test for who may say what came of a report; that nobody comes to harm takes a clinical reviewer within their scope."""
    if report.is_harmful:
        return clinical(may_review)(user, report.publication, at)
    return any_of(needs("lead"), is_reviewer)(user, report, at)


def any_of(*tests: PersonTest) -> PersonTest:
    """Where no test passes, the first one's reason is given."""

    def who(user: User, thing: Any, at: datetime) -> str:
        reasons = [test(user, thing, at) for test in tests]
        return "" if "" in reasons else reasons[0]

    return who
