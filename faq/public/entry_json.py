"""One entry as JSON: the shape that the API promises, and what is left of it where the entry is gone.

Every field of the Words is here under a name of its own and unchanged, so that a client can compute `content_hash` again.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings

from faq.clock import local_date
from faq.content.sections import sections
from faq.content.words import Words, read_words
from faq.models import Publication, StandingText
from faq.public.disclosure import SOURCE_TYPES, disclosure_json
from faq.public.entries import Entry, Gone, RelatedEntry, VersionView, notice_text
from faq.public.languages import direction
from faq.public.links import entry_url, page_url, version_url, versions_url

Json = dict[str, Any]
SAME_NAME = tuple(name for name in Words.model_fields if name not in ("body", "citations", "provenance"))
"""The fields of the Words that the JSON carries as they are. Beside them: body, citations and provenance."""
ORDER: Final = (
    *("slug", "version", "schema_version", "status", "language", "direction", "audience", "region", "applies_to"),
    *("translation_of", "translations", "question", "phrasings", "short_answer", "status_lines", "advice_cards", "urgent_advice"),
    *("answer", "key_facts", "care_team_questions", "quotations", "disclaimers", "topics", "citations", "resources"),
    *("call_to_action", "related", "provenance", "review", "published_at", "ended_at", "ended", "offline_days"),
    *("update_type", "change_note", "content_hash", "library_status", "links"),
)
"""The members of an entry as a person reads them."""
CITATION_ORDER: Final = ("number", "key", "title", "publisher", "year", "url", "doi", "locator", "supporting_quote", "source_state")


def ordered(members: Json, names: Sequence[str]) -> Json:
    """Return `members` in the order of `names`, those that it leaves out last."""
    known = {name: members[name] for name in names if name in members}
    return known | members


def moment_json(at: datetime) -> str:
    """Return an aware moment as RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def entry_json(entry: Entry) -> Json:
    """Return `entry` whole. Texts are never null: an empty one is an empty string, as in the Words."""
    publication, words = entry.view.publication, entry.words.model_dump(mode="json")
    members = {
        "slug": publication.slug,
        "version": publication.version,
        "status": entry.view.status,
        "direction": direction(publication.language),
        **{name: words[name] for name in SAME_NAME},
        "translations": translations_json(entry),
        "urgent_advice": [advice_json(card) for card in entry.urgent_advice],
        "answer": answer_json(entry),
        "disclaimers": [disclaimer_json(text) for text in entry.texts.disclaimers],
        "topics": [topic.model_dump(include={"slug", "name", "kind"}) for topic in entry.view.state.topics if topic.name],
        "citations": citations_json(entry, words["citations"]),
        "related": [{"slug": each.slug, "question": each.wording} for each in entry.related],
        "provenance": provenance_json(entry, words["provenance"]),
        "review": review_json(entry),
        "published_at": moment_json(publication.published_at),
        "ended_at": moment_json(entry.view.ended_at) if entry.view.ended_at else None,
        "ended": ended_json(entry),
        "offline_days": offline_days(entry.view),
        "content_hash": hash_json(publication),
        "library_status": settings.LIBRARY_STATUS,
        "links": links_json(entry.view),
    }
    return ordered(members, ORDER)


def offline_days(view: VersionView) -> int:
    """Return for how many days an app that cannot ask goes on showing the entry: one where it belongs to a safety topic."""
    return 1 if any(topic.is_safety for topic in view.state.topics) else settings.OFFLINE_DAYS


def hash_json(publication: Publication) -> str:
    """Return the hash of a version's Words with the name of its algorithm."""
    return f"sha256:{publication.content_hash}"


def answer_json(entry: Entry) -> Json:
    """Return the body, as it was written and as HTML, whole and in sections.

    Every link of the HTML works wherever it is shown: it is an address of its own, or `#source-N`, the citation whose `number` is N.
    """
    words, parts = entry.words, sections(entry.words.body, entry.words.citations, language=entry.words.language)
    return {"markdown": words.body, "html": "".join(part.html for part in parts), "sections": [part._asdict() for part in parts]}


def provenance_json(entry: Entry, provenance: Json) -> Json:
    """Return where the words come from, with what is computed of their origin."""
    origin = entry.words.provenance.origin
    told = {"origin": origin, "disclosure": disclosure_json(origin), "digital_source_type": SOURCE_TYPES[origin]}
    return told | provenance


def translations_json(entry: Entry) -> list[Json]:
    """Return the same entry in other languages."""
    return [
        {"language": each.language, "slug": each.slug, "version": each.version, "behind": is_behind}
        for each, is_behind in entry.translations
    ]


def citations_json(entry: Entry, citations: list[Json]) -> list[Json]:
    """Return the citations, each with how its source stands."""
    states = entry.view.state.source_states
    return [ordered({**each, "source_state": states.get(each["key"], "current")}, CITATION_ORDER) for each in citations]


def advice_json(card: StandingText) -> Json:
    """Return one urgent-advice card: `level` is emergency, urgent or routine."""
    return {"level": card.level, "signs": card.title, "action": card.text}


def disclaimer_json(text: StandingText) -> Json:
    """Return one disclaimer; `placement` is before or after the answer, `version` the number of this text."""
    return {"key": text.key, "placement": text.placement, "text": text.text, "version": text.number}


def review_json(entry: Entry) -> Json:
    """Return how the entry was reviewed and how that stands. An attested version was approved by nobody here: those fields are null."""
    state, publication = entry.view.state, entry.view.publication
    attested_on = publication.attested_on
    return {
        "state": entry.view.review_state,
        "decision": "attested" if attested_on else "approved",
        "approved_by": None if attested_on else {"role": publication.decided_by_role, "name": publication.decided_by_name or None},
        "approved_at": None if attested_on else moment_json(publication.decided_at),
        "attested_by": publication.attested_by or None,
        "attested_on": attested_on.isoformat() if attested_on else None,
        "document": publication.document or None,
        "last_reviewed_on": state.last_reviewed_on.isoformat(),
        "next_review_due_on": state.next_review_due_on.isoformat(),
        "expires_on": state.expires_on.isoformat() if state.expires_on else None,
        "alerts": [{**alert.model_dump(), "raised_at": moment_json(alert.raised_at)} for alert in state.alerts],
        "held": held_json(entry),
    }


def held_json(entry: Entry) -> Json | None:
    """Return since when the entry stands under a warning, and that notice; None where it stands under none."""
    held = entry.view.state.held
    return {"since": moment_json(held.since), "notice": notice_text(entry.texts, held.notice)} if held else None


def ended_json(entry: Entry) -> Json | None:
    """Return why a version that is still open to readers was taken down; None where it was not."""
    ended = entry.view.state.ended
    return {"reason": ended.reason, "notice": ended.notice_text or notice_text(entry.texts, ended.notice)} if ended else None


def links_json(view: VersionView) -> Json:
    """Return where this version, its page and its neighbours in time are found."""
    publication = view.publication
    slug, number = publication.slug, publication.version
    return {
        "self": own_address(view),
        "html": page_url(slug, publication.language, number if view.is_numbered else None),
        "versions": versions_url(slug),
        "latest": entry_url(slug),
        "previous": version_url(slug, number - 1) if number > 1 else None,
        "next": version_url(slug, number + 1) if number < view.newest_version else None,
    }


def own_address(view: VersionView) -> str:
    """Return the address at which this answer is found again."""
    publication = view.publication
    if view.is_numbered:
        return version_url(publication.slug, publication.version)
    return entry_url(publication.slug) + (f"?as_of={local_date(view.then)}" if view.then else "")


def gone_json(gone: Gone) -> Json:
    """Return the members that the 410 of `gone` carries beside those of any problem."""
    publication = gone.publication
    return {
        "notice": gone.notice,
        "reason": gone.ended.reason,
        "withdrawn_at": moment_json(gone.ended.at),
        "replacement": gone.replacement.slug if gone.replacement else None,
        "urgent_advice": [advice_json(card) for card in gone.urgent_advice],
        "disclaimers": [disclaimer_json(text) for text in gone.disclaimers],
        "language": publication.language,
        "library_status": settings.LIBRARY_STATUS,
        "links": {"versions": versions_url(publication.slug), "replacement": replacement_link(gone.replacement)},
    }


def beside_entry(entry: Entry) -> Json:
    """Return what a page tells of an entry and the API does not: the title of its warning, the languages of related entries."""
    held = entry.view.state.held
    notice = entry.texts.notices.get(held.notice) if held else None
    return {"held_title": notice.title if notice else "", "related_languages": [each.language for each in entry.related]}


def beside_gone(gone: Gone) -> Json:
    """Return what a page tells in the place of `gone` and the API does not: what was asked, and what to read instead."""
    publication, replacement = gone.publication, gone.replacement
    return {
        "is_erased": publication.is_erased,
        "question": "" if publication.is_withheld else publication.wording,
        "replacement_question": replacement.wording if replacement else "",
        "replacement_language": replacement.language if replacement else "",
    }


def replacement_link(replacement: RelatedEntry | None) -> str | None:
    """Return where the entry that replaces a gone one is found."""
    return entry_url(replacement.slug) if replacement else None


def version_json(publication: Publication) -> Json:
    """Return one line of an entry's history. Of a withheld version it holds no word: question and notes are null."""
    words = None if publication.is_withheld else read_words(publication.words)
    return {
        "slug": publication.slug,
        "version": publication.version,
        "status": publication.status,
        "withheld": publication.is_withheld,
        "language": publication.language,
        "question": words.question if words else None,
        "update_type": words.update_type if words else None,
        "change_note": words.change_note if words else None,
        "published_at": moment_json(publication.published_at),
        "ended_at": moment_json(publication.ended_at) if publication.ended_at else None,
        "content_hash": hash_json(publication),
        "links": {"self": version_url(publication.slug, publication.version)},
    }
