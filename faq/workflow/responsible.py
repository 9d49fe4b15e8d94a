"""Who answers for an entry (AI Act, article 50(4)): named when a draft begins, changed by a lead alone, frozen with the words.

A draft begins with what the settings name. A revision keeps whom the version before it names, for a lead may have chosen another
organisation for that entry; where it names nobody, the settings do.
"""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, TypeVar

from django.conf import settings

from faq.content.texts import STORED
from faq.content.words import EDITABLE, DraftWords, Responsible, Words, upcast
from faq.models import Answer, Publication, Question, User
from faq.models.answers import OPEN
from faq.workflow.errors import WordsRefused, raise_if_refused
from faq.workflow.locks import lock_person
from faq.workflow.permissions import holds_answer, needs

FIELD: Final = "responsible"
REFUSED: Final = "only a lead changes who answers for an entry: ask one, or leave it as it is here"
lead = needs("lead")
W = TypeVar("W", DraftWords, Words)


def of_settings() -> Responsible | None:
    """Return whom the settings name, if anybody."""
    name, contact = settings.RESPONSIBLE_NAME, settings.RESPONSIBLE_CONTACT
    return Responsible(name=name, contact=contact) if name else None


def at_the_beginning() -> dict[str, Any]:
    """Return what `edit` would be given for the first words of a draft."""
    named = of_settings()
    return {FIELD: named.model_dump() if named else None}


def begun(draft: DraftWords) -> DraftWords:
    """Return `draft` with whom the settings name where it names nobody."""
    return draft if draft.provenance.responsible else answered(draft, of_settings())


def answered(words: W, named: Responsible | None) -> W:
    return words.model_copy(update={"provenance": words.provenance.model_copy(update={FIELD: named})})


def of_question(question: Question) -> Responsible | None:
    """Return whom the open draft of `question` names, or the draft that a revision would begin with."""
    drafts = Answer.objects.filter(question=question, status__in=OPEN).values_list("words", flat=True)
    if drafts:
        return named_in(drafts[0])
    newest = Publication.objects.filter(question=question).exclude(words="").order_by("-version").values_list("words", flat=True).first()
    return (named_in(newest) if newest else None) or of_settings()


def named_in(text: str) -> Responsible | None:
    """Return whom stored Words, or a stored draft, name; those of an older release name nobody."""
    raw = upcast(json.loads(text))["provenance"].get(FIELD)
    return Responsible.model_validate(raw, context=STORED) if raw else None


def open_to(person: User, answer: Answer, at: datetime) -> set[str]:
    """Return the names that `edit` takes from a person: the words from who holds the draft, who answers for them from a lead."""
    words = set() if holds_answer(person, answer, at) else set(EDITABLE) - {FIELD}
    return words if lead(person, answer, at) else words | {FIELD}


def check_edit(names: Collection[str], draft: DraftWords, answer: Answer, person: User, at: datetime) -> None:
    """Raise TransitionRefused or WordsRefused where `person` may not change `names` of `answer`, which would make it `draft`."""
    changed = set(names) if draft.provenance.responsible != named_in(answer.words) else set(names) - {FIELD}
    closed = changed - open_to(person, answer, at)
    if closed - {FIELD}:
        raise_if_refused(holds_answer(person, answer, at))
    if closed:
        raise WordsRefused([(FIELD, REFUSED)])


def check_beginning(draft: DraftWords, by: User, at: datetime) -> None:
    """Raise WordsRefused where anybody but a lead begins a draft that names another than the settings do."""
    if draft.provenance.responsible != of_settings() and lead(lock_person(by), None, at):
        raise WordsRefused([(FIELD, REFUSED)])


def refusal(before: Responsible | None, after: Responsible | None, person: User, at: datetime) -> str:
    """Return why `person` may not name another in the place of `before`, or an empty string."""
    return REFUSED if before != after and lead(person, None, at) else ""
