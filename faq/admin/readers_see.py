"""What readers see of a version at a moment, in sentences: said on its page, so that whoever took it down or held it knows."""

from collections.abc import Iterator
from datetime import datetime

from faq.content.state import State, load_state
from faq.models import Publication, StandingText

Status = Publication.Status


def readers_see(publication: Publication, at: datetime) -> list[str]:
    """Return what readers see where they ask for the entry, then what they see where they ask for this version by its number."""
    state = load_state(publication.last_change.state)
    if publication.status == Status.CURRENT:
        return [*of_the_current(publication, state, at)]
    newest = Publication.objects.filter(question=publication.question_id).order_by("-version").select_related("last_change").first()
    if newest is not None and newest.pk != publication.pk:
        instead = (
            f"version {newest.version}" if newest.status == Status.CURRENT else f"what stands in the place of version {newest.version}"
        )
        return [f"Where readers ask for the entry they see {instead}.", by_number(publication)]
    return [*of_what_is_down(publication, state, at), by_number(publication)]


def of_the_current(publication: Publication, state: State, at: datetime) -> Iterator[str]:
    if publication.is_erased:
        yield "Readers see that the words were erased, and none of them."
    elif state.held:
        yield f"Readers see these words under the warning “{notice(state.held.notice, publication.language, at)}”."
    else:
        yield "Readers see these words."
    if state.alerts:
        yield "Beside them they read that a source no longer stands."


def of_what_is_down(publication: Publication, state: State, at: datetime) -> Iterator[str]:
    """What stands in the place of an entry that was taken down, or expired."""
    ended = state.ended
    text = (ended.notice_text or notice(ended.notice, publication.language, at)) if ended else ""
    yield f"Readers see a notice in its place, “{text}”, and the urgent advice of the entry."
    if ended and ended.replacement:
        yield f"It leads them to “{wording_of(ended.replacement)}”."


def by_number(publication: Publication) -> str:
    if publication.is_erased or publication.is_withheld:
        return "Of the words of this version they see none, in no form."
    return "Where they ask for this version by its number they see its words, under a note that they no longer stand."


def notice(key: str, language: str, at: datetime) -> str:
    """Return the text of an approved notice in force, or its key where none is."""
    text = StandingText.objects.in_force(at).filter(kind=StandingText.Kind.NOTICE, key=key, language=language).first()
    return text.text if text else key


def wording_of(slug: str) -> str:
    return Publication.objects.current().filter(slug=slug).values_list("wording", flat=True).first() or slug
