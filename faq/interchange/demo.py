"""The demonstration library: invented people, and the past that fixtures/her2 tells. None of it may stand in a live library."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from faq import workflow
from faq.clock import local_date
from faq.integrity.ledger import backdating
from faq.interchange.files import read_rows
from faq.interchange.play import play, read_steps
from faq.interchange.rows import SourceRow, TopicRow, read_row
from faq.interchange.shared_texts import Topics, guides_of, in_order, propose_names, save_source, save_topic
from faq.interchange.transactions import lift_timeouts
from faq.models import Ledger, Question, ReviewDecision, StandingText, Topic, User
from faq.models.people import CLINICAL
from faq.workflow import publishing
from faq.workflow.checklists import USUAL

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
GROUPS: Final = {"demo-author": "author", "demo-reviewer": "publisher", "demo-publisher": "publisher", "demo-lead": "lead"}
REVIEWERS: Final = {"demo-reviewer": ("en", "es"), "demo-reviewer-2": ("en", "es"), "demo-reviewer-es": ("es", "en")}


class DemoRefused(Exception):
    """The demonstration cannot be loaded here; the text says why and what to do."""


def load_library(folder: Path = FOLDER) -> int:
    """Return how many rows of history were played, 0 where the demonstration was loaded already. All of it is loaded, or nothing.

    Two calls at once queue up: the second finds it loaded. Raises DemoRefused in a live library and beside other people's work,
    RowErrors for an error in the files.
    """
    if settings.LIBRARY_STATUS == "live":
        raise DemoRefused("This library is live: demo decisions would bar it. Set LIBRARY_STATUS to demonstration to load the demo.")
    if is_loaded():
        return 0
    token = backdating.set(True)  # the Ledger takes no moment but the present one otherwise
    try:
        with transaction.atomic():
            wait_for_other_load()
            if is_loaded():
                return 0
            rows = fill_library(folder)
            publishing.compose_outdated(timezone.now())  # the past has ended: what it left is told as of today
            return rows
    finally:
        backdating.reset(token)


def is_loaded() -> bool:
    """By its lead, who does not come alone: everything comes in one transaction."""
    return User.objects.filter(username="demo-lead", is_demo=True).exists()


def wait_for_other_load() -> None:
    """SQLite's transaction keeps other writers out from its beginning (IMMEDIATE); on PostgreSQL the lock on the Ledger's row does."""
    lift_timeouts()
    Ledger.objects.select_for_update().get(pk=1)


def fill_library(folder: Path) -> int:
    refuse_beside_others()
    people = make_people()
    topics = {row["slug"]: (read_row(TopicRow, row, place), place) for row, place in read_rows(folder / "topics.yaml", folder)}
    # The Ledger's moments never go back: were people and sources of today, so would be all that is played after them.
    first_moment = read_steps(folder / "history.yaml", people, {})[0].at
    for username, languages in REVIEWERS.items():
        grant_scope(people[username], people["demo-lead"], first_moment, languages)
    for row, place in read_rows(folder / "sources.yaml", folder):
        save_source(read_row(SourceRow, row, place), place, by=people["demo-author"], at=first_moment)
    create_topics(topics, people, first_moment)
    rows = play(folder / "history.yaml", people, guides_of(topics))
    # After the past, of which nobody ticked a point; the Ledger gives it its own moment.
    workflow.edit_checklist(sign_off=CLINICAL, items=USUAL[CLINICAL], by=people["demo-lead"], at=first_moment)
    return rows


def refuse_beside_others() -> None:
    if any(model.objects.exists() for model in (ReviewDecision, Question, Topic, StandingText)):
        raise DemoRefused("This database holds other people's work. Load the demo into an empty one: set DATABASE_URL to another.")
    taken = User.objects.filter(username__in=NAMES).values_list("username", flat=True).first()
    if taken:
        raise DemoRefused(f"There is an account {taken} that load_demo did not make. Rename it, or use another database.")


def make_people() -> dict[str, User]:
    passwords = {username: password for _, username, password in LOGINS}
    return {name: make_person(name, passwords.get(name)) for name in NAMES}


def make_person(username: str, password: str | None) -> User:
    """Without a password nobody can sign in."""
    first, last = NAMES[username]
    user = User.objects.create_user(username, password=password, first_name=first, last_name=last, is_staff=True, is_demo=True)
    if username in GROUPS:
        user.groups.set(Group.objects.filter(name=GROUPS[username]))
    return user


def grant_scope(user: User, lead: User, at: datetime, languages: tuple[str, ...]) -> None:
    verified_until = local_date(at + VERIFIED_FOR)
    workflow.grant_reviewer(
        user, by=lead, at=at, profession=PROFESSION, languages=languages, verified_until=verified_until, all_topics=True
    )


def create_topics(topics: Topics, people: dict[str, User], at: datetime) -> None:
    """Their places and names are proposed by the lead; a reviewer approves each, of its language where it is a name: a second person."""
    for row, place in (topics[slug] for slug in in_order(topics)):
        topic = save_topic(row, place, by=people["demo-lead"], at=at)
        for placement in topic.placements.proposed():
            workflow.approve_text(placement, by=people["demo-reviewer"], at=at)
        for name in propose_names(topic, row.names, place, by=people["demo-lead"], at=at):
            workflow.approve_text(name, by=people["demo-reviewer-es" if name.language == "es" else "demo-reviewer"], at=at)
