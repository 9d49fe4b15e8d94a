"""The verbs on what entries share: standing texts, topic names, topics, sources, and who may review."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, get_args

from django.core.exceptions import ValidationError
from django.db import models, transaction
from pydantic import ValidationError as InvalidWords

from faq import payload
from faq.clock import local_date
from faq.ledger import ledger
from faq.models import (
    AudiencePolicy,
    Publication,
    Question,
    ReviewDecision,
    Reviewer,
    Source,
    StandingText,
    Topic,
    TopicCode,
    TopicName,
    User,
)
from faq.models.people import SIGN_OFFS
from faq.models.standing import VersionedQuerySet
from faq.publishing import WordsRefused
from faq.workflow.drafting import given, lock_questions, refuse_newcomers
from faq.workflow.readers import tell_places
from faq.workflow.rules import Kind, TransitionRefused, allow, curator, lead, require
from faq.workflow.who import any_of, is_reviewer, lock_people

AUDIENCES: Final = get_args(payload.Audience)
TEXT_FIELDS: Final = ("kind", "key", "language", "audience", "origin", "placement", "required", "level", "title", "text", "sources")
SOURCE_FIELDS: Final = ("kind", "title", "publisher", "year", "url", "doi", "read_on", "note")
TOPIC_FIELDS: Final = ("kind", "position", "is_safety", "may_expire")


@transaction.atomic
def propose(*, by: User, at: datetime, topic: Topic | None = None, **fields: Any) -> StandingText | TopicName:
    """Propose the next version of a standing text (TEXT_FIELDS), or of the name of `topic` (language, name, synonyms).

    Raises TransitionRefused without a role, WordsRefused for fields that break their schema.
    """
    refused = any_of(curator, is_reviewer)(by, None, at)
    if refused:
        raise TransitionRefused(refused)
    row = new_name(topic, fields) if topic else new_text(fields)
    row.proposed_by, row.proposed_at = by, at
    check_row(row)
    row.save(force_insert=True)
    with ledger(at) as hand:
        hand.decide(Kind.PROPOSE, by, about=str(row)[:300])
    return row


def new_text(fields: Mapping[str, Any]) -> StandingText:
    """Return an unsaved StandingText with the next number of its line."""
    row = StandingText(**{name: fields[name] for name in TEXT_FIELDS if name in fields})
    row.title, row.text = cleaned("title", row.title), cleaned("text", row.text)
    row.number = same_line(row).count() + 1
    return row


def new_name(topic: Topic, fields: Mapping[str, Any]) -> TopicName:
    """Return an unsaved TopicName with the next number of its line."""
    row = name_row(topic, fields)
    row.number = same_line(row).count() + 1
    return row


def name_row(topic: Topic, fields: Mapping[str, Any]) -> TopicName:
    """Return an unsaved TopicName without a number."""
    name, synonyms = cleaned("name", fields["name"]), list(fields.get("synonyms", ()))
    return TopicName(topic=topic, language=fields["language"], name=name, synonyms=synonyms)


def cleaned(field: str, value: str) -> str:
    """Return `value` as payload.clean_text has it; raise WordsRefused naming `field` otherwise."""
    try:
        return payload.clean_text(value).strip()
    except ValueError as error:
        raise WordsRefused([(field, str(error))]) from error


def check_row(row: models.Model) -> None:
    """Raise WordsRefused with a reason per field where `row` breaks its columns' own rules, or an advice card lacks its level."""
    try:
        row.clean_fields(exclude=[field.name for field in row._meta.concrete_fields if field.is_relation])
    except ValidationError as error:
        raise WordsRefused([(field, " ".join(reasons)) for field, reasons in error.message_dict.items()]) from error
    if isinstance(row, StandingText) and row.kind == StandingText.Kind.ADVICE_CARD and not (row.level and row.title):
        raise WordsRefused([("level", "an advice card needs its level and, as its title, the signs")])
    if isinstance(row, StandingText) and row.kind == StandingText.Kind.DISCLAIMER and not row.placement:
        raise WordsRefused([("placement", "a disclaimer stands before or after the answer")])


def same_line(row: StandingText | TopicName) -> VersionedQuerySet:
    """Return all versions of the text that `row` is one of."""
    if isinstance(row, TopicName):
        return TopicName.objects.filter(topic=row.topic, language=row.language)
    line = ("kind", "key", "language", "audience", "origin")
    return StandingText.objects.filter(**{name: getattr(row, name) for name in line})


@transaction.atomic
def approve_text(text: StandingText | TopicName, *, by: User, at: datetime) -> StandingText | TopicName:
    """Put a proposed text into force at once, as the second person; the one before ends at the same moment."""
    text, locked = lock_text(text)
    require("approve_text", text, by, at)
    with ledger(at) as hand:
        questions = naming(text)
        refuse_newcomers(locked, [question.pk for question in questions])
        same_line(text).in_force(hand.at).update(ends_at=hand.at)
        text.approved_by, text.approved_at, text.starts_at = by, hand.at, hand.at
        text.save(update_fields=["approved_by", "approved_at", "starts_at"])
        if isinstance(text, StandingText):
            hand.tell_standing(text, "started")
        hand.decide(Kind.APPROVE_TEXT, by, about=str(text)[:300])
    for question in questions:
        tell_places(question, by, at)
    return text


def lock_text(text: StandingText | TopicName) -> tuple[StandingText | TopicName, list[int]]:
    """Lock a standing text or topic name; return it as it is now, and the keys of the locked questions that a topic name shows on."""
    questions = lock_questions([question.pk for question in naming(text)])
    locked: StandingText | TopicName = type(text).objects.select_for_update(no_key=True).get(pk=text.pk)
    return locked, [question.pk for question in questions]


def naming(text: StandingText | TopicName) -> list[Question]:
    """Return the questions with a current entry on which a topic name shows."""
    if isinstance(text, StandingText):
        return []
    current = Publication.objects.current().filter(topics=text.topic, language=text.language)
    return list(Question.objects.filter(pk__in=current.values("question")).order_by("pk"))


@transaction.atomic
def end_text(text: StandingText | TopicName, *, by: User, at: datetime, comment: str) -> StandingText | TopicName:
    """End a text in force, or refuse a proposed one. What current entries need is replaced, not ended."""
    text, locked = lock_text(text)
    require("end_text", text, by, at)
    with ledger(at) as hand:
        if isinstance(text, StandingText) and text.approved_at and needed(text):
            raise TransitionRefused("Current entries need this text; propose its next version and have that approved instead.")
        questions = naming(text) if text.approved_at else []
        refuse_newcomers(locked, [question.pk for question in questions])
        text.ends_at = hand.at
        text.save(update_fields=["ends_at"])
        if isinstance(text, StandingText) and text.approved_at:
            hand.tell_standing(text, "ended")
        hand.decide(Kind.END_TEXT, by, about=str(text)[:300], comment=given(comment, "why it ends"))
    for question in questions:
        tell_places(question, by, at)
    return text


def needed(text: StandingText) -> bool:
    """Return whether current entries would lose a required disclaimer, an advice card or a notice without `text`."""
    current = Publication.objects.current().filter(language=text.language)
    if text.audience:
        current = current.filter(audience=text.audience)
    if text.kind == StandingText.Kind.ADVICE_CARD:
        return any(text.key in payload.read(each.words).advice_cards for each in current.iterator())
    return (text.required or text.kind == StandingText.Kind.NOTICE) and current.exists()


@transaction.atomic
def edit_topic(
    *, slug: str, by: User, at: datetime, parents: Sequence[str] = (), codes: Sequence[tuple[str, str]] = (), **fields: Any
) -> Topic:
    """Make the topic `slug`, or change it: TOPIC_FIELDS, parents (slugs) and codes ((system, code) pairs)."""
    allow(curator(by, None, at))
    topic = Topic.objects.select_for_update(no_key=True).filter(slug=slug).first() or Topic(slug=slug)
    put_topic(topic, fields)
    is_new = topic.pk is None
    topic.save()
    if parents or not is_new:
        topic.parents.set(known_parents(topic, parents))
    set_codes(topic, set(codes), {} if is_new else {(row.system, row.code): row.pk for row in topic.codes.all()})
    with ledger(at) as hand:
        hand.decide(Kind.EDIT_TOPIC, by, **about_topic(slug, parents, codes, fields))
    return topic


def put_topic(topic: Topic, fields: Mapping[str, Any]) -> None:
    """Put TOPIC_FIELDS into an unsaved or locked topic; raise WordsRefused for values that are none of its columns'."""
    for name in TOPIC_FIELDS:
        setattr(topic, name, fields.get(name, getattr(topic, name)))
    check_row(topic)
    check_slug(topic.slug)


def about_topic(slug: str, parents: Sequence[str], codes: Sequence[tuple[str, str]], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the decision about a topic records."""
    return {"about": f"topic {slug}", "details": dict(fields) | {"parents": list(parents), "codes": list(codes)}}


def check_slug(slug: str) -> None:
    """Raise WordsRefused unless `slug` may be a public address."""
    if not payload.is_slug(slug):
        raise WordsRefused([("slug", "use lower-case letters, digits and hyphens between them, at most 100 characters")])


def known_parents(topic: Topic, slugs: Sequence[str]) -> list[Topic]:
    """Return the parent topics `slugs`; raise TransitionRefused for an unknown one, or one that is `topic` or below it."""
    parents = list(Topic.objects.filter(slug__in=slugs))
    unknown = set(slugs) - {parent.slug for parent in parents}
    allow(f"Unknown topic: {', '.join(sorted(unknown))}. Make it first." if unknown else "")
    above, layer = set(), {parent.pk for parent in parents}
    while layer:
        above |= layer
        layer = set(Topic.objects.filter(children__in=layer).values_list("pk", flat=True)) - above
    allow("A topic cannot stand below itself; choose other parents." if topic.pk in above else "")
    return parents


def set_codes(topic: Topic, wanted: Collection[tuple[str, str]], here: Mapping[tuple[str, str], int]) -> None:
    """Make the codes of `topic`, which are `here` with their keys, the (system, code) pairs `wanted`."""
    gone = [key for pair, key in here.items() if pair not in wanted]
    if gone:
        TopicCode.objects.filter(pk__in=gone).delete()
    new = sorted(pair for pair in wanted if pair not in here)
    TopicCode.objects.bulk_create(TopicCode(topic=topic, system=system, code=code) for system, code in new)


@transaction.atomic
def edit_source(*, key: str, by: User, at: datetime, **fields: Any) -> Source:
    """Make the source `key`, or correct it (SOURCE_FIELDS). Published words keep the title they were approved with."""
    allow(curator(by, None, at))
    source = Source.objects.select_for_update(no_key=True).filter(key=key).first() or Source(key=key)
    put_source(source, fields)
    source.save()
    with ledger(at) as hand:
        hand.decide(Kind.EDIT_SOURCE, by, **about_source(key, **fields))
    return source


def about_source(key: str, **fields: Any) -> dict[str, Any]:
    """Return the columns with which a decision tells what became of a source."""
    return {"about": f"source {key}", "details": fields}


def put_source(source: Source, fields: Mapping[str, Any]) -> None:
    """Put SOURCE_FIELDS into an unsaved or locked source; raise WordsRefused for values with which nobody could cite it."""
    for name in SOURCE_FIELDS:
        setattr(source, name, fields.get(name, getattr(source, name)))
    check_row(source)
    check_source(source)


def check_source(source: Source) -> None:
    """Raise WordsRefused unless `source` can be cited as it is."""
    try:
        names = ("key", "title", "publisher", "year", "url", "doi")
        payload.CitedSource.model_validate({name: getattr(source, name) for name in names} | {"number": None})
    except InvalidWords as error:
        raise WordsRefused(payload.problems(error)) from error


@dataclass(frozen=True)
class NewTopic:
    """A topic that is not there yet: TOPIC_FIELDS, parents (slugs), (system, code) pairs, and {language: {name, synonyms}}."""

    slug: str
    fields: Mapping[str, Any]
    parents: Sequence[str]
    codes: Sequence[tuple[str, str]]
    names: Mapping[str, Mapping[str, Any]]


@transaction.atomic
def shelve(topics: Sequence[NewTopic], sources: Sequence[Mapping[str, Any]], *, by: User, at: datetime) -> None:
    """Make many new topics, parents first, with their names proposed, and many new sources (`key` and SOURCE_FIELDS).

    The rows are those that edit_topic, propose and edit_source leave for each; names wait for a second person as ever.
    """
    allow(curator(by, None, at))
    rows = {new.slug: Topic(slug=new.slug) for new in topics}
    names = [name_row(rows[new.slug], {**name, "language": language}) for new in topics for language, name in new.names.items()]
    cited = [Source(key=fields["key"]) for fields in sources]
    for new in topics:
        put_topic(rows[new.slug], new.fields)
    for name in names:
        name.number, name.proposed_by, name.proposed_at = 1, by, at
        check_row(name)
    for source, fields in zip(cited, sources, strict=True):
        put_source(source, fields)
    store_shelf(topics, rows, names, cited)
    with ledger(at) as hand:
        hand.decide_each(Kind.EDIT_TOPIC, by, [about_topic(new.slug, new.parents, new.codes, new.fields) for new in topics])
        hand.decide_each(Kind.PROPOSE, by, [{"about": str(name)[:300]} for name in names])
        hand.decide_each(Kind.EDIT_SOURCE, by, [about_source(**fields) for fields in sources])


def store_shelf(topics: Sequence[NewTopic], rows: Mapping[str, Topic], names: Sequence[TopicName], sources: Sequence[Source]) -> None:
    """Store new topics with parents, codes and proposed names, and new sources; raise TransitionRefused for an unknown parent."""
    Topic.objects.bulk_create(rows.values())
    wanted = {parent for new in topics for parent in new.parents}
    parents = {topic.slug: topic for topic in Topic.objects.filter(slug__in=wanted)} if wanted else {}
    unknown = sorted(wanted - parents.keys())
    allow(f"Unknown topic: {', '.join(unknown)}. Make it first." if unknown else "")
    links = Topic.parents.through
    links._default_manager.bulk_create(
        links(from_topic_id=rows[new.slug].pk, to_topic_id=parents[parent].pk) for new in topics for parent in new.parents
    )
    TopicCode.objects.bulk_create(TopicCode(topic=rows[new.slug], system=system, code=code) for new in topics for system, code in new.codes)
    TopicName.objects.bulk_create(names)
    Source.objects.bulk_create(sources)


@transaction.atomic
def grant_reviewer(
    user: User,
    *,
    by: User,
    at: datetime,
    profession: str,
    languages: Sequence[str],
    verified_until: date,
    all_topics: bool = False,
    topics: Sequence[str] = (),
    register: str = "",
    sign_offs: Sequence[str] = ("clinical",),
) -> Reviewer:
    """Entitle `user` to decide within a scope until a day; a lead does it for somebody else. Granting again replaces the scope."""
    lock_people(user.pk, by.pk)
    allow(lead(by, None, at))
    allow("Nobody grants a review scope to themselves; ask another lead." if user.pk == by.pk else "")
    allow("The verification must not have ended already; choose a later day." if verified_until < local_date(at) else "")
    allow(f"Choose sign-offs among {', '.join(SIGN_OFFS)}." if not sign_offs or set(sign_offs) - set(SIGN_OFFS) else "")
    allow("Name at least one language." if not languages else "")
    scope = {"languages": list(languages), "all_topics": all_topics, "sign_offs": list(sign_offs), "verified_until": verified_until}
    titled = {"profession": given(profession, "the profession"), "register": register, "revoked_at": None}
    reviewer, _ = Reviewer.objects.update_or_create(user=user, defaults=scope | titled, create_defaults=scope | titled | {"granted_at": at})
    reviewer.topics.set(Topic.objects.filter(slug__in=topics))
    with ledger(at) as hand:
        hand.decide(Kind.GRANT_REVIEWER, by, about=f"reviewer {user.username}", details=scope | {"topics": list(topics)})
    return reviewer


@transaction.atomic
def revoke_reviewer(reviewer: Reviewer, *, by: User, at: datetime, comment: str) -> ReviewDecision:
    """End a person's right to decide, at once. What they decided stands."""
    lock_people(reviewer.user_id, by.pk)
    reviewer = Reviewer.objects.select_related("user").get(pk=reviewer.pk)
    require("revoke_reviewer", reviewer, by, at)
    reviewer.revoked_at = at
    reviewer.save(update_fields=["revoked_at"])
    with ledger(at) as hand:
        return hand.decide(Kind.REVOKE_REVIEWER, by, about=f"reviewer {reviewer.user.username}", comment=given(comment, "why"))


@transaction.atomic
def ask_sign_off(*, audience: str, sign_off: str, by: User, at: datetime) -> AudiencePolicy:
    """Ask for one more sign-off on every text for `audience`, from now on; the clinical one is asked for always."""
    allow(lead(by, None, at))
    allow(f"Choose a sign-off: {', '.join(SIGN_OFFS)}." if sign_off not in SIGN_OFFS else "")
    allow(f"Choose an audience: {', '.join(AUDIENCES)}." if audience not in AUDIENCES else "")
    with ledger(at) as hand:
        policy, made = AudiencePolicy.objects.get_or_create(audience=audience, sign_off=sign_off)
        allow("" if made else "This sign-off is asked for already.")
        hand.decide(Kind.ASK_SIGN_OFF, by, about=f"sign-off {policy}")
    return policy


@transaction.atomic
def drop_sign_off(policy: AudiencePolicy, *, by: User, at: datetime, comment: str) -> ReviewDecision:
    """Ask for a sign-off no more; what was approved stays as it is."""
    require("drop_sign_off", policy, by, at)
    with ledger(at) as hand:
        decision = hand.decide(Kind.DROP_SIGN_OFF, by, about=f"sign-off {policy}", comment=given(comment, "why it is asked for no more"))
        policy.delete()
    return decision
