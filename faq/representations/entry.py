"""One entry as JSON: the shape that the API promises, and what is left of it where the entry is gone.

Every field of the Words is here under a name of its own and unchanged, so that a client can compute `content_hash` again.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from faq import payload
from faq.clock import local_date
from faq.models import Publication, StandingText
from faq.representations import addresses
from faq.representations.assembly import Entry, Gone, Neighbour, Shown, notice_text
from faq.representations.languages import direction

Json = dict[str, Any]
SAME_NAME = (
    *("schema_version", "language", "audience", "region", "applies_to", "translation_of", "question", "phrasings", "short_answer"),
    *("status_lines", "advice_cards", "key_facts", "care_team_questions", "quotations", "resources", "call_to_action", "update_type"),
    "change_note",
)
"""The fields of the Words that the JSON carries as they are. Beside them: body, citations and provenance."""


def moment(at: datetime) -> str:
    """Return an aware moment as RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def entry_json(entry: Entry) -> Json:
    """Return `entry` whole. Texts are never null: an empty one is an empty string, as in the Words."""
    publication, words = entry.shown.publication, entry.words.model_dump(mode="json")
    return {
        "slug": publication.slug,
        "version": publication.version,
        "status": entry.shown.status,
        "direction": direction(publication.language),
        **{name: words[name] for name in SAME_NAME},
        "translations": translations_json(entry),
        "urgent_advice": [advice_json(card) for card in entry.urgent_advice],
        "answer": {"markdown": words["body"], "html": publication.html},
        "disclaimers": [disclaimer_json(text) for text in entry.texts.disclaimers],
        "topics": [topic.model_dump(include={"slug", "name", "kind"}) for topic in entry.shown.state.topics if topic.name],
        "citations": citations_json(entry, words["citations"]),
        "related": [{"slug": each.slug, "question": each.wording} for each in entry.related],
        "provenance": {**words["provenance"], "disclosure": payload.DISCLOSURES[words["provenance"]["origin"]]},
        "review": review_json(entry),
        "published_at": moment(publication.published_at),
        "ended_at": moment(entry.shown.ended_at) if entry.shown.ended_at else None,
        "ended": ended_json(entry),
        "content_hash": hash_json(publication),
        "library_status": settings.LIBRARY_STATUS,
        "links": links_json(entry.shown),
    }


def hash_json(publication: Publication) -> str:
    """Return the hash of a version's Words with the name of its algorithm."""
    return f"sha256:{publication.content_hash}"


def translations_json(entry: Entry) -> list[Json]:
    """Return the same entry in other languages."""
    return [
        {"language": each.language, "slug": each.slug, "version": each.version, "behind": is_behind}
        for each, is_behind in entry.translations
    ]


def citations_json(entry: Entry, citations: list[Json]) -> list[Json]:
    """Return the citations, each with how its source stands."""
    states = entry.shown.state.source_states
    return [{**each, "source_state": states.get(each["key"], "current")} for each in citations]


def advice_json(card: StandingText) -> Json:
    """Return one urgent-advice card: `level` is emergency, urgent or routine."""
    return {"level": card.level, "signs": card.title, "action": card.text}


def disclaimer_json(text: StandingText) -> Json:
    """Return one disclaimer; `placement` is before or after the answer, `version` the number of this text."""
    return {"key": text.key, "placement": text.placement, "text": text.text, "version": text.number}


def review_json(entry: Entry) -> Json:
    """Return how the entry was reviewed and how that stands. An attested version was approved by nobody here: those fields are null."""
    state, publication = entry.shown.state, entry.shown.publication
    attested_on = publication.attested_on
    return {
        "state": entry.shown.review_state,
        "decision": "attested" if attested_on else "approved",
        "approved_by": None if attested_on else {"role": publication.decided_by_role, "name": publication.decided_by_name or None},
        "approved_at": None if attested_on else moment(publication.decided_at),
        "attested_by": publication.attested_by or None,
        "attested_on": attested_on.isoformat() if attested_on else None,
        "document": publication.document or None,
        "last_reviewed_on": state.last_reviewed_on.isoformat(),
        "next_review_due_on": state.next_review_due_on.isoformat(),
        "expires_on": state.expires_on.isoformat() if state.expires_on else None,
        "alerts": [{**alert.model_dump(), "raised_at": moment(alert.raised_at)} for alert in state.alerts],
        "held": {"since": moment(state.held.since), "notice": entry.held_notice} if state.held else None,
    }


def ended_json(entry: Entry) -> Json | None:
    """Return why a version that is still open to readers was taken down; None where it was not."""
    ended = entry.shown.state.ended
    return {"reason": ended.reason, "notice": ended.notice_text or notice_text(entry.texts, ended.notice)} if ended else None


def links_json(shown: Shown) -> Json:
    """Return where this version, its page and its neighbours in time are found."""
    publication = shown.publication
    slug, number = publication.slug, publication.version
    return {
        "self": own_address(shown),
        "html": addresses.page(slug, publication.language, number if shown.is_numbered else None),
        "versions": addresses.versions(slug),
        "latest": addresses.entry(slug),
        "previous": addresses.version(slug, number - 1) if number > 1 else None,
        "next": addresses.version(slug, number + 1) if number < shown.newest_version else None,
    }


def own_address(shown: Shown) -> str:
    """Return the address at which this answer is found again."""
    publication = shown.publication
    if shown.is_numbered:
        return addresses.version(publication.slug, publication.version)
    return addresses.entry(publication.slug) + (f"?as_of={local_date(shown.then)}" if shown.then else "")


def gone_json(gone: Gone) -> Json:
    """Return the members that the 410 of `gone` carries beside those of any problem."""
    publication = gone.publication
    return {
        "notice": gone.notice,
        "reason": gone.ended.reason,
        "withdrawn_at": moment(gone.ended.at),
        "replacement": gone.replacement.slug if gone.replacement else None,
        "urgent_advice": [advice_json(card) for card in gone.urgent_advice],
        "disclaimers": [disclaimer_json(text) for text in gone.disclaimers],
        "language": publication.language,
        "library_status": settings.LIBRARY_STATUS,
        "links": {"versions": addresses.versions(publication.slug), "replacement": replacement_link(gone.replacement)},
    }


def replacement_link(replacement: Neighbour | None) -> str | None:
    """Return where the entry that replaces a gone one is found."""
    return addresses.entry(replacement.slug) if replacement else None


def version_json(publication: Publication) -> Json:
    """Return one line of an entry's history. Of a withheld version it holds no word: question and notes are null."""
    words = None if publication.is_withheld else payload.read(publication.words)
    return {
        "slug": publication.slug,
        "version": publication.version,
        "status": publication.status,
        "withheld": publication.is_withheld,
        "language": publication.language,
        "question": words.question if words else None,
        "update_type": words.update_type if words else None,
        "change_note": words.change_note if words else None,
        "published_at": moment(publication.published_at),
        "ended_at": moment(publication.ended_at) if publication.ended_at else None,
        "content_hash": hash_json(publication),
        "links": {"self": addresses.version(publication.slug, publication.version)},
    }
