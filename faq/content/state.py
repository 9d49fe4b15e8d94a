"""The State of an entry: everything about it that can change without new words. Each Change carries it whole."""

from datetime import date, datetime

import rfc8785
from pydantic import BaseModel, ConfigDict


class StatePart(BaseModel):
    """A frozen piece of State."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TopicPlace(StatePart):
    """A topic the entry belongs to; `name` is its name in the entry's language, empty while none is approved."""

    slug: str
    name: str
    kind: str
    position: int = 0
    is_safety: bool = False


class Held(StatePart):
    """Since when the entry stands under a warning, and the key of that notice."""

    since: datetime
    notice: str


class Alert(StatePart):
    """A cited source that no longer stands, and what triage found (empty: not looked at yet)."""

    source: str
    state: str
    raised_at: datetime
    outcome: str = ""


class Ended(StatePart):
    """When and why the entry was taken down. `notice_text` is set where a second person confirmed words of their own."""

    at: datetime
    reason: str
    notice: str
    notice_text: str = ""
    replacement: str = ""


class State(StatePart):
    """The entry as a whole after a Change: which version, its status, and all that hangs on it."""

    version: int
    status: str
    topics: list[TopicPlace] = []
    related: list[str] = []
    last_reviewed_on: date
    next_review_due_on: date
    expires_on: date | None = None
    held: Held | None = None
    alerts: list[Alert] = []
    source_states: dict[str, str] = {}
    ended: Ended | None = None
    withheld: list[int] = []
    erased: list[int] = []

    def how_it_ended(self) -> Ended:
        """Return how the entry ended; raise ValueError for one that is in force."""
        if self.ended is None:
            raise ValueError(f"version {self.version} is in force")
        return self.ended

    def dump(self) -> str:
        # Canonical, as the Words are: the bytes go into the hash of the Change.
        return rfc8785.dumps(self.model_dump(mode="json")).decode()


def load_state(text: str) -> State:
    return State.model_validate_json(text)
