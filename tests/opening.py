"""The library with which every example of the property test begins: people of each kind, an entry in force, words in the queue."""

from datetime import timedelta
from typing import Any

from faq import workflow
from faq.models import Question, Reviewer, StandingText, Submission, User
from tests.books import CLINICAL, Books, Entry, Person, Text, Waiting
from tests.factories import (
    BODY,
    NOW,
    a,
    approve,
    make_author,
    make_draft,
    make_reviewer,
    make_revision,
    make_source,
    make_standing_texts,
    make_submission,
    make_topic,
    make_user,
)

SLUGS = ("one", "two", "uno")
TOPICS = ("hearts", "lungs")
SOURCES = ("s1", "s2")
MARKER = "quokka"
"""How each word begins that is typed to be looked for once it was erased."""


def open_library() -> tuple[list[User], Books]:
    """Make the library; return its people, whom the rules know by their places, and what the machine knows of it."""
    for language in ("en", "es"):
        make_standing_texts(language)
    for key in SOURCES:
        make_source(key)
    for slug in TOPICS:
        make_topic(slug)
    people = make_people()
    books = Books(recorded=NOW, people={user.pk: person_of(user) for user in people}, sources=dict.fromkeys(SOURCES, "current"))
    books.texts = {row.pk: text_of(row) for row in StandingText.objects.all()}
    for slug in ("one", "two"):  # the first one published twice, the second one in the reviewers' queue
        bring(books, slug, published=slug == "one")
    bring(books, "one", published=True)
    return people, books


def make_people() -> list[User]:
    both = make_reviewer(user=make_author(username="writes-and-reviews"))
    soon = make_reviewer(user=make_user(username="verified-for-a-month"), verified_until=(NOW + timedelta(days=30)).date())
    hearts = make_reviewer(user=make_user(username="hearts-only"), topics=["hearts"])
    english = make_reviewer(user=make_user(username="english-only"), languages=["en"])
    left = make_reviewer(user=make_user(username="deactivated"))
    left.is_active = False
    left.save()
    root = make_user("author", "publisher", username="root", is_superuser=True)
    patient = make_reviewer(user=make_user(username="patient-reader"), sign_offs=["patient_reader"])
    return [a("author"), a("reviewer"), a("publisher"), a("lead"), both, soon, hearts, english, left, root, make_author(), patient]


def bring(books: Books, slug: str, *, published: bool) -> None:
    """Write and submit a version of `slug`, and publish it if asked to."""
    revised = Question.objects.filter(slug=slug).exists()
    marked: dict[str, Any] = {} if revised else {"body": f"{BODY} Some call it {MARKER}{slug} [^s1]."}
    draft = make_revision(slug, body=BODY) if revised else make_draft(slug, topics=["hearts"], **marked)
    submission = make_submission(draft)
    entry = books.entries.setdefault(slug, Entry("en", {"hearts"}, set(), typed={f"{MARKER}{slug}"}))
    entry.wrote = {a("author").pk}
    entry.waiting = waiting_of(submission, entry)
    if published:
        approve(submission)
        books.approve(slug, a("reviewer").pk, CLINICAL)
        workflow.publish(submission, by=a("publisher"), at=NOW)
        books.publish(slug)


def waiting_of(submission: Submission, entry: Entry) -> Waiting:
    """Return what the books keep of words that were submitted just now."""
    return Waiting(submission.pk, submission.content_hash, submission.words, frozenset(entry.wrote))


def person_of(user: User) -> Person:
    person = Person(frozenset(group.name for group in user.groups.all()), user.is_active)
    scope = Reviewer.objects.filter(user=user).first()
    if scope:
        topics = None if scope.all_topics else frozenset(topic.slug for topic in scope.topics.all())
        person.scope(scope.languages, topics, scope.sign_offs, scope.verified_until)
    return person


def text_of(row: StandingText) -> Text:
    columns = {name: getattr(row, name) for name in ("kind", "key", "language", "number", "text", "title", "level", "required")}
    return Text(proposed_by=row.proposed_by_id, starts=row.starts_at, ends=row.ends_at, **columns)
