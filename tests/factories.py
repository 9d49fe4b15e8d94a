"""Plain makers of test rows with sensible defaults. Everything goes through the real workflow, with people who may do it.

But for what nearly every test stands on: tests/short_ways.py stores the same rows in fewer queries.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group

from faq import workflow
from faq.clock import local_date
from faq.models import Answer, Publication, Question, ReviewDecision, Reviewer, Source, StandingText, Submission, Topic, TopicName, User
from faq.workflow import GivenWaiver
from tests.short_ways import give_scope, put_into_force, with_role

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
counter = itertools.count(1)

BODY = "HER2 is a protein on cells. Too much of it makes cells grow [^s1]. Tests show how much there is. Ask the team what it means."
CARDS = {
    "fever": ("emergency", "Fever of 38 °C or more", "Call the 24-hour line at once."),
    "routine": ("routine", "Tiredness", "Tell the team at the next visit."),
}
NOTICES = {
    "withdrawn": "This answer was taken down. Ask the care team.",
    "held": "This answer is being checked. Ask the care team before acting on it.",
    "expired": "This answer is too old to be shown.",
    "erased": "The words of this version were removed.",
}


def make_user(*roles: str, username: str = "", **columns: Any) -> User:
    """Make an account in the groups `roles`, staff so that it can open the admin."""
    name = username or f"{(roles or ('person',))[0]}-{next(counter)}"
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **columns)
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return user


def make_author(**columns: Any) -> User:
    """Make somebody who writes."""
    return make_user("author", **columns)


def make_publisher(**columns: Any) -> User:
    """Make somebody who publishes."""
    return make_user("publisher", **columns)


def make_lead(**columns: Any) -> User:
    """Make somebody who leads."""
    return make_user("lead", **columns)


def make_importer(**columns: Any) -> User:
    """Make somebody who imports and attests."""
    return make_user("importer", **columns)


def make_reviewer(
    *, at: datetime = NOW, languages: Sequence[str] = ("en", "es"), topics: Sequence[str] = (), user: User | None = None, **scope: Any
) -> User:
    """Make a reviewer, of all topics unless `topics` are named, verified for three years; the grant goes through the workflow."""
    user = user or make_user(username=f"reviewer-{next(counter)}")
    until = local_date(at) + timedelta(days=1095)
    defaults: dict[str, Any] = {"profession": "Oncology nurse", "verified_until": until, "all_topics": not topics}
    workflow.grant_reviewer(user, by=make_lead(), at=at, languages=languages, topics=topics, **defaults | scope)
    return User.objects.get(pk=user.pk)


def a(role: str) -> User:
    """Return the one standing person of a role, made when first asked for: author, reviewer, publisher, lead or importer."""
    found = User.objects.filter(username=f"the-{role}").first()
    if found:
        return found
    user = make_user(*(() if role == "reviewer" else (role,)), username=f"the-{role}")
    if role == "reviewer":
        give_scope(user, by=make_lead(), at=NOW, **the_scope())
    return User.objects.get(pk=user.pk)


def the_scope() -> dict[str, Any]:
    """Return what the standing reviewer may do: what make_reviewer gives unless told otherwise."""
    until = local_date(NOW) + timedelta(days=1095)
    return {
        "profession": "Oncology nurse",
        "languages": ["en", "es"],
        "all_topics": True,
        "sign_offs": ["clinical"],
        "verified_until": until,
    }


def make_text(*, at: datetime = NOW, **fields: Any) -> StandingText:
    """Make a standing text in force, proposed by the lead and approved by the reviewer."""
    text = workflow.propose(by=a("lead"), at=at, **{"kind": "notice", "key": "withdrawn", "language": "en", "text": "Gone."} | fields)
    approved = workflow.approve_text(text, by=a("reviewer"), at=at)
    assert isinstance(approved, StandingText)
    return approved


def standing_fields(language: str) -> Iterator[dict[str, Any]]:
    """Yield what any entry of `language` needs: two disclaimers, the notices, and the cards `fever` and `routine`."""
    for key, placement in (("not-medical-advice", "before"), ("ask-your-team", "after")):
        text = f"General facts, not medical advice ({placement}, {language})."
        yield {"kind": "disclaimer", "key": key, "language": language, "placement": placement, "required": True, "text": text}
    for key, text in NOTICES.items():
        yield {"kind": "notice", "key": key, "language": language, "text": text}
    for key, (level, signs, action) in CARDS.items():
        yield {"kind": "advice_card", "key": key, "language": language, "level": level, "title": signs, "text": action}


def make_standing_texts(language: str = "en", *, at: datetime = NOW) -> None:
    """Put into force what any entry of `language` needs; the first by the verbs, which ask whether the people may."""
    if StandingText.objects.filter(language=language).exists():
        return
    first, *others = standing_fields(language)
    make_text(at=at, **first)
    put_into_force(others, proposed_by=with_role(a("lead")), approved_by=with_role(a("reviewer")), at=at)


def make_source(key: str = "s1", *, at: datetime = NOW, **fields: Any) -> Source:
    """Make a source that anybody can find again, or return the one there is."""
    defaults = {"title": f"Source {key}", "publisher": "A publisher", "year": 2024, "url": f"https://sources.example/{key}"}
    return Source.objects.filter(key=key).first() or workflow.edit_source(key=key, by=a("author"), at=at, **defaults | fields)


def make_topic(slug: str = "her2", *, name: str = "", language: str = "en", at: datetime = NOW, **fields: Any) -> Topic:
    """Make a topic with a name in force, and its place where `fields` give one, or return the one there is."""
    found = Topic.objects.filter(slug=slug).first()
    if found:
        return found
    topic = place_topic(slug, at=at, **{"kind": "condition"} | fields)
    proposal = workflow.propose(by=a("lead"), at=at, topic=topic, language=language, name=name or slug.capitalize())
    assert isinstance(workflow.approve_text(proposal, by=a("reviewer"), at=at), TopicName)
    return topic


def place_topic(slug: str, *, at: datetime = NOW, **fields: Any) -> Topic:
    """Make or change a topic, as the author does it; its parents and codes are approved by the reviewer."""
    topic = workflow.edit_topic(slug=slug, by=a("author"), at=at, **fields)
    for placement in topic.placements.proposed():
        workflow.approve_text(placement, by=a("reviewer"), at=at)
    return topic


def words(**changes: Any) -> dict[str, Any]:
    """Return changes for `edit` that make an answer ready for approval without any concern."""
    start: dict[str, Any] = {
        "short_answer": "HER2 is a protein that can make cells grow.",
        "body": BODY,
        "citations": [{"key": "s1"}],
        "phrasings": ["what is her2"],
        "licence": "CC BY 4.0",
    }
    return start | changes


def make_draft(
    slug: str = "", *, by: User | None = None, at: datetime = NOW, topics: Sequence[str] = (), language: str = "en", **changes: Any
) -> Answer:
    """Make a question with a draft that is ready for submission; `changes` are those of `edit`. What it relates to may come later."""
    by = by or a("author")
    slug = slug or f"question-{next(counter)}"
    make_standing_texts(language, at=at)
    for each in changes.get("citations", [{"key": "s1"}]):
        make_source(each["key"], at=at)
    wording = changes.pop("question", f"What is {slug}?")
    related = changes.pop("related", ())
    about: dict[str, Any] = {"topics": topics, "related": related, "coming": related}
    answer = workflow.create_question(slug=slug, language=language, wording=wording, by=by, at=at, **about)
    return workflow.edit(answer, by=by, at=at, changes=words(**changes))


def make_revision(slug: str, *, by: User | None = None, at: datetime = NOW, **changes: Any) -> Answer:
    """Make a changed draft of a question that exists."""
    by = by or a("author")
    answer = workflow.start_revision(Question.objects.get(slug=slug), by=by, at=at)
    changed = changes or {"short_answer": "HER2 is a protein on cells.", "change_note": "Shorter."}
    return workflow.edit(answer, by=by, at=at, changes=changed)


def make_submission(answer: Answer | None = None, *, at: datetime = NOW, **changes: Any) -> Submission:
    """Make a submission of `answer`, or of a new draft."""
    answer = answer or make_draft(at=at, **changes)
    return workflow.submit(answer, by=answer.author, at=at)


def approve(submission: Submission, *, by: User | None = None, at: datetime = NOW, **arguments: Any) -> ReviewDecision:
    """Approve what is stored, every sentence that wants it checked, reviewed again in a year."""
    defaults: dict[str, Any] = {"seen_hash": submission.content_hash, "next_review_due_on": local_date(at) + timedelta(days=365)}
    defaults["checked"] = [statement.place for statement in workflow.to_be_checked(submission, at)]
    return workflow.approve(submission, by=by or a("reviewer"), at=at, **defaults | arguments)


def make_approved(answer: Answer | None = None, *, at: datetime = NOW, **changes: Any) -> Submission:
    """Make an approved submission that nobody published yet."""
    submission = make_submission(answer, at=at, **changes)
    approve(submission, at=at)
    return Submission.objects.get(pk=submission.pk)


def make_publication(slug: str = "", *, at: datetime = NOW, review_in_days: int = 365, **changes: Any) -> Publication:
    """Make a first version, or the next one where the question exists, through submit, approve and publish."""
    exists = bool(slug) and Question.objects.filter(slug=slug).exists()
    answer = make_revision(slug, at=at, **changes) if exists else make_draft(slug, at=at, **changes)
    submission = make_submission(answer, at=at)
    approve(submission, at=at, next_review_due_on=local_date(at) + timedelta(days=review_in_days))
    return workflow.publish(submission, by=a("publisher"), at=at)


def waive(code: str, sentence: str = "", reason: str = "True as it stands.") -> GivenWaiver:
    """Make a waiver."""
    return GivenWaiver(code, sentence, reason)


def reviewer_row(user: User) -> Reviewer:
    """Return a person's Reviewer row."""
    return Reviewer.objects.get(user=user)


def go_live(settings: Any) -> None:
    """Make the library live, with an organisation that answers for what is written from now on."""
    settings.LIBRARY_STATUS = "live"
    settings.RESPONSIBLE_NAME, settings.RESPONSIBLE_CONTACT = "The library", "desk@faq.example"
