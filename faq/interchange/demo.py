"""The demonstration library: invented people, and the past that fixtures/her2 tells. None of it may stand in a live library."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from faq import workflow
from faq.clock import local_date
from faq.interchange.files import read_rows
from faq.interchange.play import play, steps_of
from faq.interchange.rows import SourceRow, TopicRow, read
from faq.interchange.shared_texts import Topics, guides_of, in_order, propose_names, save_source, save_topic
from faq.interchange.transactions import take_time
from faq.ledger import backdating
from faq.models import Ledger, Question, ReviewDecision, StandingText, Topic, User

FOLDER: Final = Path(settings.BASE_DIR) / "fixtures" / "her2"
PROFESSION: Final = "Demo reviewer, not a clinician"
VERIFIED_FOR: Final = timedelta(days=3650)
"""From the first row of the history: long after any demonstration."""

LOGINS: Final = [
    ("author", "demo-author", "demo-author-writes"),
    ("reviewer", "demo-reviewer", "demo-reviewer-decides"),
    ("second reviewer", "demo-reviewer-2", "demo-reviewer-2-decides"),
    ("publisher", "demo-publisher", "demo-publisher-publishes"),
    ("lead", "demo-lead", "demo-lead-leads"),
]
"""(role, username, password), known to everybody: `make run` prints them."""
NAMES: Final = {
    "demo-author": ("Demo author,", "not a clinician"),
    "demo-reviewer": ("Demo reviewer,", "not a clinician"),
    "demo-reviewer-2": ("Second demo reviewer,", "not a clinician"),
    "demo-reviewer-es": ("Demo reviewer for Spanish,", "not a clinician"),
    "demo-publisher": ("Demo publisher,", "not a clinician"),
    "demo-lead": ("Demo lead,", "not a clinician"),
}
GROUPS: Final = {"demo-author": "author", "demo-publisher": "publisher", "demo-lead": "lead"}
REVIEWERS: Final = {"demo-reviewer": ("en", "es"), "demo-reviewer-2": ("en", "es"), "demo-reviewer-es": ("es", "en")}


class DemoRefused(Exception):
    """The demonstration cannot be loaded here; the text says why and what to do."""


def load(folder: Path = FOLDER) -> int:
    """Load the demonstration of `folder` in one transaction; return how many rows of history were played, 0 where it stood already.

    Two calls at once queue up: the second finds it loaded. Raises DemoRefused in a live library and beside other people's work,
    Faulty for a fault in the files.
    """
    if settings.LIBRARY_STATUS == "live":
        raise DemoRefused("This library is live: demo decisions would bar it. Set LIBRARY_STATUS to demonstration to load the demo.")
    if is_loaded():
        return 0
    token = backdating.set(True)
    try:
        with transaction.atomic():
            take_turn()
            return 0 if is_loaded() else fill(folder)
    finally:
        backdating.reset(token)


def is_loaded() -> bool:
    """Return whether the demonstration stands: it comes in one transaction, so its lead does not come alone."""
    return User.objects.filter(username="demo-lead", is_demo=True).exists()


def take_turn() -> None:
    """Wait for another load to end: SQLite's transaction is exclusive from its beginning, on PostgreSQL the Ledger row is."""
    take_time()
    Ledger.objects.select_for_update().get(pk=1)


def fill(folder: Path) -> int:
    """Make people, topics, sources and the past; the library's tables must be empty."""
    refuse_beside_others()
    people = make_people()
    topics = {row["slug"]: (read(TopicRow, row, place), place) for row, place in read_rows(folder / "topics.yaml", folder)}
    first = steps_of(folder / "history.yaml", people, {})[0].at
    for username, languages in REVIEWERS.items():
        grant(people[username], people["demo-lead"], first, languages)
    for row, place in read_rows(folder / "sources.yaml", folder):
        save_source(read(SourceRow, row, place), place, by=people["demo-author"], at=first)
    make_topics(topics, people, first)
    return play(folder / "history.yaml", people, guides_of(topics))


def refuse_beside_others() -> None:
    """Raise DemoRefused where the database holds anybody's work, or an account with a demo person's name."""
    if any(model.objects.exists() for model in (ReviewDecision, Question, Topic, StandingText)):
        raise DemoRefused("This database holds other people's work. Load the demo into an empty one: set DATABASE_URL to another.")
    taken = User.objects.filter(username__in=NAMES).values_list("username", flat=True).first()
    if taken:
        raise DemoRefused(f"There is an account {taken} that load_demo did not make. Rename it, or use another database.")


def make_people() -> dict[str, User]:
    """Make the demo accounts and return them by username."""
    passwords = {username: password for _, username, password in LOGINS}
    return {name: make_person(name, passwords.get(name)) for name in NAMES}


def make_person(username: str, password: str | None) -> User:
    """Make one demo account; without a password nobody can sign in to it."""
    first, last = NAMES[username]
    user = User.objects.create_user(username, password=password, first_name=first, last_name=last, is_staff=True, is_demo=True)
    if username in GROUPS:
        user.groups.set(Group.objects.filter(name=GROUPS[username]))
    return user


def grant(user: User, lead: User, at: datetime, languages: tuple[str, ...]) -> None:
    """Make `user` a demo reviewer of all topics."""
    verified_until = local_date(at + VERIFIED_FOR)
    workflow.grant_reviewer(
        user, by=lead, at=at, profession=PROFESSION, languages=languages, verified_until=verified_until, all_topics=True
    )


def make_topics(topics: Topics, people: dict[str, User], at: datetime) -> None:
    """Make the topics, their names proposed by the lead and approved by a reviewer."""
    for row, place in (topics[slug] for slug in in_order(topics)):
        topic = save_topic(row, place, by=people["demo-lead"], at=at)
        for name in propose_names(topic, row.names, place, by=people["demo-lead"], at=at):
            workflow.approve_text(name, by=people["demo-reviewer-es" if name.language == "es" else "demo-reviewer"], at=at)
