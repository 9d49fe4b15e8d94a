"""The verbs on what readers see: taking down, warning, restoring, reaffirming, expiring, erasing, and evidence that moved."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from faq.clock import local_date
from faq.content.state import Ended, Held, load_state
from faq.content.words import read_words
from faq.integrity.ledger import LedgerWriter, ledger_moment, lock_ledger
from faq.models import Change, Publication, Question, Source, StandingText, Submission, User
from faq.workflow import safety
from faq.workflow.drafts import Places, check_related, place_in_topics
from faq.workflow.errors import TransitionRefused, require_text, stored_text, verb
from faq.workflow.locks import check_all_locked, lock_publication, lock_question, lock_questions
from faq.workflow.publishing import (
    about_version,
    add_version,
    check_original_stands,
    decide_on_version,
    details_of,
    entry_changes,
    next_version,
    places_of_each,
    update_state,
)
from faq.workflow.readiness_context import ENTRY_NOTICES, errors_in, refuse_errors, refuse_errors_around
from faq.workflow.reopening import lock_waiting, reopen, reopen_uncovered
from faq.workflow.review_dates import check_review_day, offered_review_day
from faq.workflow.transitions import Kind, pending_notice, require, to_hold
from faq.workflow.translations import reached_by, translation_tree, translations_of, withheld_texts

REASONS: Final = ("unsafe", "outdated", "source_retracted", "duplicate", "legal", "error", "other")
EXPIRY_FLOOR: Final = 5
EXPIRY_SHARE: Final = 0.02
"""A run that would expire more than the larger of 5 and 2 % of the current entries stops and asks (CONTRACTS)."""


def fitting_notices(usual: str, language: str, at: datetime) -> QuerySet[StandingText]:
    """Return the notices in force in `language` that fit where `usual` does: a held entry is not said to have been taken down."""
    others = [key for key in ENTRY_NOTICES if key != usual]
    return StandingText.objects.in_force(at).filter(kind=StandingText.Kind.NOTICE, language=language).exclude(key__in=others)


def require_notice(key: str, usual: str, language: str, at: datetime) -> None:
    """Raise TransitionRefused unless the notice `key` fits and is in force in `language` at the moment that will be recorded."""
    if not fitting_notices(usual, language, ledger_moment(at)).filter(key=key).exists():
        raise TransitionRefused(f"There is no approved notice “{key}” in {language}; choose another, or have one approved.")


@verb
def withdraw(
    publication: Publication,
    *,
    by: User,
    at: datetime,
    reason: str,
    notice: str = "withdrawn",
    notice_text: str = "",
    replacement: str = "",
    withhold: Collection[int] = (),
    keep_translations: Mapping[str, str] | None = None,
    comment: str = "",
) -> list[Publication]:
    """Take an entry down at once, with its translations and theirs, unless `keep_translations` gives {slug: why it stays}.

    `notice` is the key of an approved standing text; `notice_text` replaces it once a second person confirms it. `replacement` is
    the slug of a current entry. `withhold` lists the versions whose text is served in no form any more, nor are the same words under
    another number, nor what was translated from them. New words that wait for publication are asked about again. Returns what was taken
    down.
    """
    kept = {slug: stored_text(why) for slug, why in (keep_translations or {}).items()}
    locked = [each.pk for each in lock_questions([publication.question_id, *(each.question_id for each in translation_tree(publication))])]
    waiting = lock_waiting(locked)
    publication = lock_publication(publication.pk)
    require("withdraw", publication, by, at)
    check_withdrawal(publication, translations_of(publication), reason, replacement, withhold, kept)
    reached = reached_by(publication, translation_tree(publication), kept)
    texts = withheld_texts(publication, reached, withhold)
    going = [publication, *(each for each in reached if each.status == Publication.Status.CURRENT)]
    for each in going:
        require_notice(notice, "withdrawn", each.language, at)
    own_notice = stored_text(notice_text)
    asked = {"notice_text": own_notice} if own_notice else {}
    told: dict[str, Any] = {"reason": reason, "notice": notice, "replacement": replacement}
    details = told | {"withhold": sorted(withhold), "keep_translations": kept, "with": publication.slug, **asked}
    with entry_changes(at) as ledger:
        check_all_locked(locked, [each.question_id for each in translation_tree(publication)])
        for each in going:
            first = each is publication
            ended = Ended(at=each.ended_at or ledger.at, reason=reason, notice=notice, replacement=replacement if first else "")
            text = sorted({*load_state(each.last_change.state).withheld, *texts[each.slug]})
            status = Publication.Status.WITHDRAWN
            state: dict[str, Any] = {"status": status, "ended": ended, "held": None, "withheld": text}
            decision = decide_on_version(ledger, each, Kind.WITHDRAW, by, comment=stored_text(comment), details=details)
            update_state(ledger, each, Change.Kind.WITHDRAWN, decision, reason=reason, **state)
        for each in reached:
            if each not in going:
                withhold_locked(ledger, each, texts[each.slug], by, told | {"with": publication.slug})
        gone = {each.question_id for each in going}
        reopen(ledger, [each for each in waiting if each.question_id in gone], by, f"{publication} was taken down ({reason})")
    return going


def withhold_locked(
    ledger: LedgerWriter, publication: Publication, versions: Collection[int], by: User, details: Mapping[str, Any]
) -> None:
    """Withhold the text of `versions` of a translation that is down already; how it ended stays as it was."""
    state = load_state(publication.last_change.state)
    text = sorted({*state.withheld, *versions})
    if text != state.withheld:
        decision = decide_on_version(ledger, publication, Kind.WITHDRAW, by, details={**details, "withhold": text})
        update_state(ledger, publication, Change.Kind.WITHDRAWN, decision, reason=state.how_it_ended().reason, withheld=text)


def check_withdrawal(
    publication: Publication,
    translations: Sequence[Publication],
    reason: str,
    replacement: str,
    withhold: Collection[int],
    kept: Mapping[str, str],
) -> None:
    """Raise TransitionRefused for an unknown reason, replacement, version or translation, and for a translation kept without a reason."""
    if reason not in REASONS:
        raise TransitionRefused(f"Choose a reason: {', '.join(REASONS)}.")
    if replacement and (replacement == publication.slug or not Publication.objects.current().filter(slug=replacement).exists()):
        raise TransitionRefused(f"“{replacement}” is no other current entry; name one, or none.")
    versions = set(Publication.objects.filter(question=publication.question).values_list("version", flat=True))
    if set(withhold) - versions:
        raise TransitionRefused(f"There is no version {min(set(withhold) - versions)} to withhold.")
    strangers = kept.keys() - {each.slug for each in translations}
    if strangers:
        raise TransitionRefused(f"“{min(strangers)}” is no current translation of this entry.")
    for slug, why in kept.items():
        require_text(why, f"why the translation {slug} stays")


@verb
def hold(publication: Publication, *, by: User, at: datetime, comment: str, notice: str = "held") -> Publication:
    """Leave an entry up under an approved warning while it is being checked; new words that wait for it are asked about again."""
    publication = lock_publication(publication.pk)
    waiting = lock_waiting([publication.question_id])
    require("hold", publication, by, at)
    with entry_changes(at) as ledger:
        put_under_warning(ledger, publication, by, comment, notice)
        reopen(ledger, waiting, by, f"{publication} was held under a warning")
    return publication


def put_under_warning(ledger: LedgerWriter, publication: Publication, by: User, comment: str, notice: str, **details: Any) -> None:
    """Hold a locked entry under the approved `notice`; `details` go into the decision."""
    require_notice(notice, "held", publication.language, ledger.at)
    said = {"comment": require_text(comment, "what is being checked")} | ({"details": details} if details else {})
    decision = decide_on_version(ledger, publication, Kind.HOLD, by, **said)
    update_state(ledger, publication, Change.Kind.HELD, decision, held=Held(since=ledger.at, notice=notice))


@verb
def hold_citing(source: Source, *, by: User, at: datetime, comment: str, notice: str = "held") -> list[Publication]:
    """Recall by source: hold every entry in force that cites `source` and stands under no warning yet; all or none."""
    source = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    locked = [question.pk for question in lock_questions(list(to_hold(source).values_list("question_id", flat=True)))]
    waiting = lock_waiting(locked)
    require("hold_citing", source, by, at)
    with entry_changes(at) as ledger:
        citing = list(to_hold(source).select_related("question", "last_change", "submission").order_by("question_id"))
        check_all_locked(locked, [publication.question_id for publication in citing])
        for publication in citing:
            put_under_warning(ledger, publication, by, comment, notice, source=source.key)
        reopen(ledger, waiting, by, f"entries that cite {source.key} were held under a warning")
    return citing


@verb
def release(publication: Publication, *, by: User, at: datetime, comment: str) -> Publication:
    """Take the warning off again. A restored version keeps its own until another person's `confirm`."""
    publication = lock_publication(publication.pk)
    require("release", publication, by, at)
    with entry_changes(at) as ledger:
        decision = decide_on_version(ledger, publication, Kind.RELEASE, by, comment=require_text(comment, "what the check found"))
        update_state(ledger, publication, Change.Kind.RELEASED, decision, held=None)
    return publication


@verb
def restore(publication: Publication, *, by: User, at: datetime, comment: str, notice: str = "held") -> Publication:
    """Make an earlier version's words the next version, held under the approved `notice` until another person's `confirm`.

    Raises TransitionRefused where the text is withheld, readiness finds an error today (a retracted source among them), or what they
    translate is down.
    """
    wrong = errors_in(publication.submission, at)
    publication = lock_publication(publication.pk)
    require("restore", publication, by, at)
    refuse_errors(wrong)
    submission = Submission.objects.select_related("question").get(pk=publication.submission_id)
    with entry_changes(at) as ledger:
        words = read_words(submission.words)
        refuse_errors_around(words, submission.question, at)
        check_original_stands(words)
        require_notice(notice, "held", publication.language, ledger.at)
        about: dict[str, Any] = {"question": submission.question, "submission": submission, "version": next_version(submission.question)}
        said = {"comment": require_text(comment, "why this version is shown again"), "details": {"from_version": publication.version}}
        decision = ledger.decide(Kind.RESTORE, by, content_hash=submission.content_hash, **about, **said)
        held = Held(since=ledger.at, notice=notice)
        kept = {"reading_grade": publication.reading_grade, **dates_kept(publication, at)}
        return add_version(ledger, submission, decision, Change.Kind.RESTORED, held=held, **kept)


@verb
def confirm(publication: Publication, *, by: User, at: datetime) -> Publication:
    """Be the second person of a restored version, or of a notice in somebody's own words."""
    publication = lock_publication(publication.pk)
    require("confirm", publication, by, at)
    notice = pending_notice(publication)
    with entry_changes(at) as ledger:
        decision = decide_on_version(ledger, publication, Kind.CONFIRM, by)
        if notice and publication.status != Publication.Status.CURRENT:
            text = details_of(notice)["notice_text"]
            ended = load_state(publication.last_change.state).how_it_ended().model_copy(update={"notice_text": text})
            update_state(ledger, publication, Change.Kind.WITHDRAWN, decision, reason=ended.reason, ended=ended)
        else:
            update_state(ledger, publication, Change.Kind.RELEASED, decision, held=None)
    return publication


def dates_kept(publication: Publication, at: datetime) -> dict[str, Any]:
    """Return the dates with which a version's words come back: those of the newest look at the same words, under whatever number.

    A day of review that has passed gives way to the one that is usual for a review today: two people read the words now.
    """
    same = Publication.objects.filter(question=publication.question_id, content_hash=publication.content_hash)
    newest = same.order_by("-last_reviewed_on", "-version")[0]
    due_on, expires_on = newest.next_review_due_on, newest.expires_on
    if expires_on and expires_on < local_date(at):
        raise TransitionRefused(f"These words expired on {expires_on}; write a new version.")
    if due_on <= local_date(at):
        due_on = min(offered_review_day(publication.origin, at), expires_on or date.max)
    return {"last_reviewed_on": newest.last_reviewed_on, "next_review_due_on": due_on, "expires_on": expires_on}


@verb
def reaffirm(seen: Mapping[int, str], *, by: User, at: datetime, next_review_due_on: date, comment: str = "") -> list[Publication]:
    """Say that each entry still stands, and when it is looked at again. `seen` maps a Publication's key to the hash the reviewer saw.

    All or none: one refusal, naming the entry, leaves every date as it was.
    """
    lock_questions(list(Publication.objects.filter(pk__in=seen).values_list("question_id", flat=True)))
    check_review_day(next_review_due_on, at)
    publications = [lock_publication(pk) for pk in sorted(seen)]
    for each in publications:
        require("reaffirm", each, by, at)
        if seen[each.pk] != each.content_hash:
            raise TransitionRefused(f"{each.slug} is not the version you opened; read it again.")
        if each.expires_on and each.expires_on < next_review_due_on:
            raise TransitionRefused(f"{each.slug} expires on {each.expires_on}; choose an earlier day, or publish a new version.")
    today = local_date(at)
    with entry_changes(at) as ledger:
        for each in publications:
            said: dict[str, Any] = {"next_review_due_on": next_review_due_on, "comment": stored_text(comment)}
            decision = decide_on_version(ledger, each, Kind.REAFFIRM, by, **said)
            update_state(ledger, each, Change.Kind.REAFFIRMED, decision, last_reviewed_on=today, next_review_due_on=next_review_due_on)
    return publications


@verb
def reclassify(
    question: Question, *, by: User, at: datetime, topics: Places, related: Sequence[str], coming: Collection[str] = ()
) -> Question:
    """Change the topics, with the place in each, and the related entries (slugs, in order); a published entry tells it with a Change.

    What waits with an approval of somebody who reviews none of these topics is asked about again.
    `coming`: slugs that come with what the caller does, beside those that it relates to already. Raises TransitionRefused where a
    current entry without urgent advice would enter a safety topic, or one would leave its last, WordsRefused for an unknown related entry.
    """
    question = lock_question(question.pk)
    lock_waiting([question.pk])
    require("reclassify", question, by, at)
    safety.check_places(question, list(topics), by, at)
    check_related(related, {*question.related, *coming})
    place_in_topics(question, topics)
    question.related = list(dict.fromkeys(related))
    question.save(update_fields=["related"])
    record_topics([question], by, at)
    with lock_ledger(at) as ledger:
        reopen_uncovered(ledger, [question.pk], Q(question=question), by)
    return question


def record_topics(questions: Sequence[Question], by: User, at: datetime) -> None:
    """Record where locked questions stand now, and tell it of those whose entry is current."""
    if not questions:
        return
    rows = Publication.objects.current().filter(question__in=questions).select_related("question", "last_change", "submission")
    current = {publication.question_id: publication for publication in rows}
    with entry_changes(at) as ledger:
        places = places_of_each(questions, ledger.at)
        safety.check_urgent_advice(current[key] for key in current if any(place.is_safety for place in places[key]))
        about = [about_version(current[each.pk]) if each.pk in current else {"question": each} for each in questions]
        for question, decision in zip(questions, ledger.decide_each(Kind.RECLASSIFY, by, about), strict=True):
            if publication := current.get(question.pk):
                said: dict[str, Any] = {"topics": places[question.pk], "related": question.related}
                update_state(ledger, publication, Change.Kind.RECLASSIFIED, decision, **said)


# Expiry.


def due_to_expire(at: datetime) -> list[Publication]:
    """Return the current entries whose day of expiry has passed and whose topics let them go: one opts in, none is about safety."""
    passed = Publication.objects.current().filter(expires_on__lt=local_date(at), topics__may_expire=True)
    return list(passed.exclude(topics__is_safety=True).distinct().order_by("question_id"))


def allowed_to_expire(at: datetime) -> list[Publication]:
    """Return what is due; raise TransitionRefused where more would go at once than EXPIRY_FLOOR and EXPIRY_SHARE allow."""
    due = due_to_expire(at)
    allowed = max(EXPIRY_FLOOR, int(EXPIRY_SHARE * Publication.objects.current().count()))
    if len(due) > allowed:
        raise TransitionRefused(f"{len(due)} entries would expire, and one run may expire {allowed}. Reaffirm or withdraw some first.")
    return due


@verb
def expire(publication: Publication, *, at: datetime) -> bool:
    """Let one entry go if it is still due; return whether it went."""
    publication = lock_publication(publication.pk)
    if publication.pk not in {each.pk for each in due_to_expire(at)}:
        return False
    require_notice("expired", "expired", publication.language, at)
    with entry_changes(at) as ledger:
        ended = Ended(at=ledger.at, reason="expired", notice="expired")
        state: dict[str, Any] = {"status": Publication.Status.EXPIRED, "ended": ended, "held": None}
        decision = decide_on_version(ledger, publication, Kind.EXPIRE, None)
        update_state(ledger, publication, Change.Kind.EXPIRED, decision, reason="expired", **state)
    return True


def due_reviews(at: datetime, days: int) -> list[Publication]:
    """Return the current entries whose review is due within `days` days of `at` or overdue, the oldest first."""
    last = local_date(at) + timedelta(days=days)
    rows = Publication.objects.current().filter(next_review_due_on__lte=last).select_related("question")
    return list(rows.order_by("next_review_due_on", "sort_key"))
