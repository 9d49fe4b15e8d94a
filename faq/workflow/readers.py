"""The verbs on what readers see: taking down, warning, restoring, reaffirming, expiring, erasing, and evidence that moved."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from faq import payload, publishing
from faq.clock import local_date
from faq.ledger import Hand, ledger
from faq.models import (
    Answer,
    Change,
    Edit,
    Erasure,
    Publication,
    Question,
    ReviewDecision,
    StandingText,
    Submission,
    User,
    Waiver,
)
from faq.models.answers import OPEN
from faq.state import Ended, Held, load
from faq.workflow.drafting import Places, given, lock_question, lock_questions, place_in_topics, refuse_newcomers
from faq.workflow.reviewing import refuse_errors
from faq.workflow.rules import Kind, TransitionRefused, pending_notice, require
from faq.workflow.surroundings import readiness_of

REASONS: Final = ("unsafe", "outdated", "source_retracted", "duplicate", "legal", "error", "other")
CONFIRM_WITHIN: Final = timedelta(days=3)
"""How long a restored version stands unheld without a second person (DESIGN, `restore`)."""
EXPIRY_FLOOR: Final = 5
EXPIRY_SHARE: Final = 0.02
"""A run that would expire more than the larger of 5 and 2 % of the current entries stops and asks (CONTRACTS)."""


def lock_publication(pk: int) -> Publication:
    """Lock the question of a Publication and return the version as it is now."""
    lock_question(Publication.objects.values_list("question_id", flat=True).get(pk=pk))
    return Publication.objects.select_related("question", "last_change", "submission").get(pk=pk)


def decide(hand: Hand, publication: Publication, kind: ReviewDecision.Kind, by: User | None, **columns: Any) -> ReviewDecision:
    """Append a decision about one version."""
    about: dict[str, Any] = {"question": publication.question, "submission": publication.submission, "version": publication.version}
    return hand.decide(kind, by, content_hash=publication.content_hash, **about, **columns)


def need_notice(key: str, language: str, at: datetime) -> None:
    """Raise TransitionRefused unless the notice `key` is in force in `language`."""
    if not StandingText.objects.in_force(at).filter(kind=StandingText.Kind.NOTICE, key=key, language=language).exists():
        raise TransitionRefused(f"There is no approved notice “{key}” in {language}; choose another, or have one approved.")


def translations_of(publication: Publication) -> list[Publication]:
    """Return the current entries that translate any version of this one."""
    rows = Publication.objects.current().filter(translation_of_slug=publication.slug)
    return list(rows.select_related("question", "last_change", "submission").order_by("question_id"))


@transaction.atomic
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
    """Take an entry down at once, with its translations unless `keep_translations` gives {slug: why it stays}.

    `notice` is the key of an approved standing text; `notice_text` replaces it once a second person confirms it. `replacement` is
    the slug of a current entry. `withhold` lists the versions whose text is served in no form any more. Returns what was taken down.
    """
    kept = dict(keep_translations or {})
    locked = lock_questions([publication.question_id, *(each.question_id for each in translations_of(publication))])
    publication = lock_publication(publication.pk)
    require("withdraw", publication, by, at)
    translations = translations_of(publication)
    check_withdrawal(publication, translations, reason, replacement, withhold, kept)
    going = [publication, *(each for each in translations if each.slug not in kept)]
    for each in going:
        need_notice(notice, each.language, at)
    asked = {"notice_text": payload.clean_text(notice_text)} if notice_text.strip() else {}
    told: dict[str, Any] = {"reason": reason, "notice": notice, "replacement": replacement}
    details = told | {"withhold": sorted(withhold), "keep_translations": kept, **asked}
    with ledger(at) as hand:
        refuse_newcomers([question.pk for question in locked], [each.question_id for each in translations_of(publication)])
        for each in going:
            first = each is publication
            ended = Ended(at=each.ended_at or hand.at, reason=reason, notice=notice, replacement=replacement if first else "")
            text = sorted({*load(each.last_change.state).withheld, *(withhold if first else every_version(each, withhold))})
            status = Publication.Status.WITHDRAWN
            publishing.move(
                hand, each, Change.Kind.WITHDRAWN, reason=reason, status=status, ended=ended, held=None, confirm_by=None, withheld=text
            )
            decide(hand, each, Kind.WITHDRAW, by, comment=payload.clean_text(comment), details=details | {"with": publication.slug})
    return going


def every_version(translation: Publication, withhold: Collection[int]) -> list[int]:
    """Return the versions of a translation to withhold: those made from a withheld version of the original."""
    rows = Publication.objects.filter(question=translation.question_id, translation_of_version__in=withhold)
    return list(rows.values_list("version", flat=True))


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
        given(why, f"why the translation {slug} stays")


@transaction.atomic
def hold(publication: Publication, *, by: User, at: datetime, comment: str, notice: str = "held") -> Publication:
    """Leave an entry up under an approved warning while it is being checked."""
    publication = lock_publication(publication.pk)
    require("hold", publication, by, at)
    put_on_hold(publication, by, at, given(comment, "what is being checked"), notice)
    return publication


def put_on_hold(publication: Publication, by: User | None, at: datetime, comment: str, notice: str = "held") -> None:
    """Hold a locked, current publication; by None it is the clock that does."""
    need_notice(notice, publication.language, at)
    with ledger(at) as hand:
        publishing.move(hand, publication, Change.Kind.HELD, held=Held(since=hand.at, notice=notice), confirm_by=None)
        decide(hand, publication, Kind.HOLD, by, comment=comment)


@transaction.atomic
def release(publication: Publication, *, by: User, at: datetime, comment: str) -> Publication:
    """Take the warning off again."""
    publication = lock_publication(publication.pk)
    require("release", publication, by, at)
    with ledger(at) as hand:
        publishing.move(hand, publication, Change.Kind.RELEASED, held=None)
        decide(hand, publication, Kind.RELEASE, by, comment=given(comment, "what the check found"))
    return publication


@transaction.atomic
def restore(publication: Publication, *, by: User, at: datetime, comment: str) -> Publication:
    """Make an earlier version's words the next version; a second person confirms within CONFIRM_WITHIN, or the clock holds it.

    Raises TransitionRefused where the text is withheld or readiness finds an error today, a retracted source among them.
    """
    publication = lock_publication(publication.pk)
    require("restore", publication, by, at)
    submission = Submission.objects.select_related("question").get(pk=publication.submission_id)
    with ledger(at) as hand:
        refuse_errors(readiness_of(submission, at))
        dates = {name: getattr(publication, name) for name in ("last_reviewed_on", "next_review_due_on", "expires_on")}
        confirm_by = hand.at + CONFIRM_WITHIN
        restored = publishing.publish(hand, submission, publication.decision, Change.Kind.RESTORED, confirm_by=confirm_by, **dates)
        details = {"from_version": publication.version}
        decide(hand, restored, Kind.RESTORE, by, comment=given(comment, "why this version is shown again"), details=details)
    return restored


@transaction.atomic
def confirm(thing: Publication | Erasure, *, by: User, at: datetime) -> Publication:
    """Be the second person of a restored version, of a notice in somebody's own words, or of an erasure."""
    if isinstance(thing, Erasure):
        return confirm_erasure(thing, by=by, at=at)
    publication = lock_publication(thing.pk)
    require("confirm", publication, by, at)
    notice = pending_notice(publication)
    with ledger(at) as hand:
        if notice and publication.status != Publication.Status.CURRENT:
            text = publishing.details_of(notice)["notice_text"]
            ended = load(publication.last_change.state).how_it_ended()
            publishing.move(
                hand, publication, Change.Kind.WITHDRAWN, reason=ended.reason, ended=ended.model_copy(update={"notice_text": text})
            )
        else:
            publishing.move(hand, publication, Change.Kind.REAFFIRMED, confirm_by=None)
        decide(hand, publication, Kind.CONFIRM, by)
    return publication


@transaction.atomic
def hold_unconfirmed(publication: Publication, *, at: datetime) -> bool:
    """Hold a restored version that nobody confirmed in time; return whether it was held now. The clock's verb."""
    publication = lock_publication(publication.pk)
    late = publication.confirm_by is not None and publication.confirm_by <= at
    if not late or publication.status != Publication.Status.CURRENT or publication.is_held:
        return False
    put_on_hold(publication, None, at, "No second person confirmed the restored version in time.")
    return True


@transaction.atomic
def reaffirm(seen: Mapping[int, str], *, by: User, at: datetime, next_review_due_on: date, comment: str = "") -> list[Publication]:
    """Say that each entry still stands, and when it is looked at again. `seen` maps a Publication's key to the hash the reviewer saw.

    All or none: one refusal, naming the entry, leaves every date as it was.
    """
    lock_questions(list(Publication.objects.filter(pk__in=seen).values_list("question_id", flat=True)))
    if next_review_due_on <= local_date(at):
        raise TransitionRefused("The next review must lie ahead; choose a later day.")
    publications = [lock_publication(pk) for pk in sorted(seen)]
    for each in publications:
        require("reaffirm", each, by, at)
        if seen[each.pk] != each.content_hash:
            raise TransitionRefused(f"{each.slug} is not the version you opened; read it again.")
        if each.expires_on and each.expires_on < next_review_due_on:
            raise TransitionRefused(f"{each.slug} expires on {each.expires_on}; choose an earlier day, or publish a new version.")
    today = local_date(at)
    with ledger(at) as hand:
        for each in publications:
            publishing.move(hand, each, Change.Kind.REAFFIRMED, last_reviewed_on=today, next_review_due_on=next_review_due_on)
            decide(hand, each, Kind.REAFFIRM, by, next_review_due_on=next_review_due_on, comment=payload.clean_text(comment))
    return publications


@transaction.atomic
def reclassify(question: Question, *, by: User, at: datetime, topics: Places, related: Sequence[str]) -> Question:
    """Change the topics, with the place in each, and the related entries (slugs, in order); a published entry tells it with a Change.

    Raises TransitionRefused where a current entry without urgent advice would enter a safety topic.
    """
    question = lock_question(question.pk)
    require("reclassify", question, by, at)
    place_in_topics(question, topics)
    question.related = list(dict.fromkeys(related))
    question.save(update_fields=["related"])
    tell_places(question, by, at)
    return question


def tell_places(question: Question, by: User, at: datetime) -> None:
    """Record where a locked question stands now, and tell it if the entry is current."""
    publication = Publication.objects.current().filter(question=question).select_related("question", "last_change", "submission").first()
    with ledger(at) as hand:
        if publication is None:
            hand.decide(Kind.RECLASSIFY, by, question=question)
            return
        if question.topics.filter(is_safety=True).exists() and not payload.read(publication.words).advice_cards:
            raise TransitionRefused("A safety topic takes only entries with urgent advice; add an advice card in a new version first.")
        publishing.move(
            hand, publication, Change.Kind.RECLASSIFIED, topics=publishing.topic_places(question, hand.at), related=question.related
        )
        decide(hand, publication, Kind.RECLASSIFY, by)


# Expiry.


def expiring(at: datetime) -> list[Publication]:
    """Return the current entries whose day of expiry has passed and whose topics let them go: one opts in, none is about safety."""
    passed = Publication.objects.current().filter(expires_on__lt=local_date(at), topics__may_expire=True)
    return list(passed.exclude(topics__is_safety=True).distinct().order_by("question_id"))


def expire_due(*, at: datetime) -> list[Publication]:
    """Expire what is due, each entry in a transaction of its own; the clock's verb.

    Raises TransitionRefused, and expires nothing, where more would go than EXPIRY_FLOOR and EXPIRY_SHARE allow.
    """
    due = expiring(at)
    allowed = max(EXPIRY_FLOOR, int(EXPIRY_SHARE * Publication.objects.current().count()))
    if len(due) > allowed:
        raise TransitionRefused(f"{len(due)} entries would expire, and one run may expire {allowed}. Reaffirm or withdraw some first.")
    return [each for each in due if expire(each, at=at)]


@transaction.atomic
def expire(publication: Publication, *, at: datetime) -> bool:
    """Let one entry go if it is still due; return whether it went."""
    publication = lock_publication(publication.pk)
    if publication.pk not in {each.pk for each in expiring(at)}:
        return False
    need_notice("expired", publication.language, at)
    with ledger(at) as hand:
        ended = Ended(at=hand.at, reason="expired", notice="expired")
        status = Publication.Status.EXPIRED
        publishing.move(hand, publication, Change.Kind.EXPIRED, reason="expired", status=status, ended=ended, held=None, confirm_by=None)
        decide(hand, publication, Kind.EXPIRE, None)
    return True


# Erasure.


@transaction.atomic
def erase(publication: Publication, *, by: User, at: datetime, legal_basis: str) -> Erasure:
    """Ask that a version's words be blanked, naming the legal basis; a second person confirms it."""
    publication = lock_publication(publication.pk)
    require("erase", publication, by, at)
    basis = given(legal_basis, "the legal basis")
    with ledger(at) as hand:
        erasure = Erasure.objects.create(
            question=publication.question,
            submission=publication.submission,
            version=publication.version,
            legal_basis=basis,
            requested_by=by,
            requested_at=hand.at,
        )
        decide(hand, publication, Kind.ERASE, by, comment=basis)
    return erasure


def confirm_erasure(erasure: Erasure, *, by: User, at: datetime) -> Publication:
    """Blank the words of an erasure wherever they are kept; the hashes and the fact stay, and readers are told."""
    lock_question(erasure.question_id)
    erasure = Erasure.objects.select_related("question", "submission__answer").get(pk=erasure.pk)
    require("confirm", erasure, by, at)
    same = Publication.objects.filter(submission=erasure.submission_id)
    if same.current().exists():
        raise TransitionRefused("These words are in force again; withdraw the entry first.")
    newest = (
        Publication.objects.filter(question=erasure.question)
        .select_related("question", "last_change", "submission")
        .order_by("-version")[0]
    )
    with ledger(at) as hand:
        erasure.confirmed_by, erasure.confirmed_at = by, hand.at
        erasure.save()
        state = load(newest.last_change.state)
        gone = sorted({*state.erased, *same.values_list("version", flat=True)})
        publishing.move(hand, newest, Change.Kind.ERASED, reason="legal", erased=gone, withheld=sorted({*state.withheld, *gone}))
        decide(hand, newest, Kind.CONFIRM, by, about=f"erasure of version {erasure.version}")
    blank(erasure)
    return Publication.objects.get(question=erasure.question, version=erasure.version)


def blank(erasure: Erasure) -> None:
    """Blank every copy of the erased words. The guards let this pass for a confirmed erasure alone."""
    answer = erasure.submission.answer
    Publication.objects.filter(submission=erasure.submission).update(words="", wording="", sort_key="", html="", reading_grade=None)
    Submission.objects.filter(pk=erasure.submission_id).update(words="")
    Waiver.objects.filter(submission=erasure.submission).update(sentence="")
    if answer.status not in OPEN:
        Edit.objects.filter(answer=answer).update(changes="")
        for rows in (answer.phrasings, answer.citations, answer.resources):
            rows.all().delete()
        Answer.objects.filter(pk=answer.pk).update(**blank_answer())


def blank_answer() -> dict[str, Any]:
    """Return the empty value of every words column of an Answer."""
    texts = ("wording", "region", "short_answer", "body", "byline", "licence", "attribution", "change_note")
    lists = ("status_lines", "advice_cards", "key_facts", "care_team_questions", "quotations", "applies_to")
    return {**dict.fromkeys(texts, ""), **{name: [] for name in lists}, "call_to_action": None, "generator": None}


def due_reviews(at: datetime, days: int) -> list[Publication]:
    """Return the current entries whose review is due within `days` days of `at` or overdue, the oldest first."""
    last = local_date(at) + timedelta(days=days)
    rows = Publication.objects.current().filter(next_review_due_on__lte=last).select_related("question")
    return list(rows.order_by("next_review_due_on", "sort_key"))
