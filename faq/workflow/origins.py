"""Where words come from only moves towards AI: what a question's drafts and versions may still say of it.

Origins are ordered human < ai_assisted < ai_generated. The floor of a question is the least that its next words may say:

- once any of its drafts, published or given up, was of AI origin, none is `human` again, for words typed anew were read before;
- between the other two it is what the newest draft says, and only `lower_origin`, whose reason the reviewer reads, takes that from
  ai_generated to ai_assisted;
- a translation says at least what the version that it translates says; a reason given for the translation's own question lowers that too.

`edit`, `create_question` and `submit` refuse less, `start_revision` begins with it, `publish` asks again about a translation's original,
`restore` brings no human version back over one of AI origin. Guards of the database refuse the fall to `human` once more.
"""

from typing import Any, Final, get_args

from faq.content.words import DraftWords, Fields, Origin, TranslationOf
from faq.models import Answer, Publication, Question, ReviewDecision
from faq.workflow.errors import WordsRefused

ORIGINS: Final[tuple[str, ...]] = get_args(Origin)
"""From the least to the most."""


def higher(*origins: str) -> str:
    return max(origins, key=ORIGINS.index)


def floor_of(question: Question) -> str:
    """Return the least that a question's drafts leave for the next one; one that is not stored yet has none."""
    if question.pk is None:
        return "human"
    said = list(Answer.objects.filter(question=question).order_by("pk").values_list("origin", flat=True))
    return higher("ai_assisted", said[-1]) if set(said) - {"human"} else "human"


def floor_of_translation(question: Question, original: TranslationOf | None) -> str:
    """Return the least that a translation of `original` may say; `human` where nothing was published that one could ask."""
    rows = Publication.objects.filter(slug=original.slug, version=original.version) if original else Publication.objects.none()
    origin = rows.values_list("origin", flat=True).first() or "human"
    return "ai_assisted" if origin == "ai_generated" and reasons(question) else origin


def reasons(question: Question) -> list[ReviewDecision]:
    """Return the decisions that lowered the origin of a question's words, the newest first; their comments say why."""
    rows = ReviewDecision.objects.filter(question=question, kind=ReviewDecision.Kind.LOWER_ORIGIN) if question.pk else ()
    return sorted(rows, key=lambda decision: -decision.sequence)


def refusal(question: Question, words: Fields[Any]) -> str:
    """Return why words of `question` may not have the origin that they have, as a reason beside that field, or an empty string."""
    origin, floors = words.provenance.origin, (floor_of(question), floor_of_translation(question, words.translation_of))
    floor = higher(*floors)
    if ORIGINS.index(origin) >= ORIGINS.index(floor):
        return ""
    original = words.translation_of
    if floor == floors[0]:
        because = "words of this question came from an AI before"
    else:
        because = f"{original.slug} version {original.version}, which this translates, came from an AI" if original else ""
    todo = "" if floor == "ai_assisted" else "; “Mark as AI-assisted” in the admin lowers it, with a reason"
    return f"cannot be {origin}, for {because}: say {floor}{todo}"


def check(question: Question, words: Fields[Any]) -> None:
    if reason := refusal(question, words):
        raise WordsRefused([("origin", reason)])


def refusal_to_restore(publication: Publication) -> str:
    """Return why a version may not come back over those that came after it, or an empty string.

    Drafts do not count here: the same bytes come back that were approved before, so nothing of a later draft can be in them.
    """
    versions = Publication.objects.filter(question=publication.question_id).exclude(origin="human")
    if publication.origin == "human" and versions.exists():
        return "A person wrote this version, and a version of AI origin came after it: write a revision that says so, or withdraw it."
    return ""


def raised(question: Question, draft: DraftWords) -> DraftWords:
    """Return `draft` with the least origin that it may have."""
    floor = higher(draft.provenance.origin, floor_of(question), floor_of_translation(question, draft.translation_of))
    return draft.model_copy(update={"provenance": draft.provenance.model_copy(update={"origin": floor})})
