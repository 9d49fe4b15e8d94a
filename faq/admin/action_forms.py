"""The confirmation pages' forms: exactly the arguments that each verb takes."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django import forms
from django.utils.text import Truncator
from django.utils.translation import get_language

from faq import workflow
from faq.admin.forms import (
    Action,
    CheckboxesField,
    ChecksField,
    CommentField,
    DayField,
    LongTextField,
    TextField,
    VerbForm,
    choices,
)
from faq.admin.readers_see import wording_of
from faq.admin.related_field import RelatedField
from faq.clock import zone
from faq.models import EvidenceAlert, Publication, Question, Source, StandingText, Submission, Topic, TopicName, User
from faq.workflow.published import REASONS, fitting_notices
from faq.workflow.review_dates import latest_review_day, offered_review_day

SURE: Final = "_sure"
"""The button that says of which outcome, shown before, a person is sure."""


class ConfirmForm(VerbForm):
    """Nothing to say: the confirmation alone."""


class CommentForm(VerbForm):
    """A comment that must say something."""

    comment = CommentField()


class ReturnForm(CommentForm):
    """Why submitted words cannot stay as they are; what was ticked so far need not be ticked again in what stays."""

    checked = ChecksField()


class NoteForm(VerbForm):
    """A comment that may be empty."""

    comment = CommentField(required=False, label="Note for the reviewer")


class RemarkForm(VerbForm):
    """A remark for colleagues."""

    text = CommentField(label="What do you want to tell your colleagues?", help_text="Readers never see it.")


class DiscardForm(VerbForm):
    """Why a draft is given up."""

    reason = CommentField(label="Why is the draft given up?")


class ReclassifyForm(VerbForm):
    """Topics and related entries of a question; the form replaces both."""

    topics = CheckboxesField()
    related = RelatedField()

    def prepare(self) -> None:
        question: Question = self.thing
        self.offer("topics", topic_choices(self.at))
        self.initial.update({"topics": list(question.topics.values_list("slug", flat=True)), "related": question.related})


def topic_choices(at: datetime) -> list[tuple[str, str]]:
    """Return (slug, label) of all topics by kind, then position, then slug: called as in the admin's language, else in English."""
    topics = list(Topic.objects.order_by("kind", "position", "slug"))
    names = TopicName.objects.in_force(at).filter(language__in=["en", get_language()])
    # The admin's language comes last, so that it stays.
    rows = sorted(names.values_list("language", "topic", "name"), key=lambda row: row[0] == get_language())
    called = {topic: name for _, topic, name in rows}
    labels = {topic.slug: f"{called.get(topic.pk, topic.slug)} ({topic.get_kind_display()})" for topic in topics}
    doubles = {label for label, times in Counter(labels.values()).items() if times > 1}
    return [(slug, f"{label}: {slug}" if label in doubles else label) for slug, label in labels.items()]


def offer_review_day(form: VerbForm, origins: Iterable[str]) -> None:
    """Fill in the day of the next review that words of these `origins` usually get, the soonest of them, and say which is the last one."""
    latest = latest_review_day(form.at)
    offered = min((offered_review_day(origin, form.at) for origin in origins), default=latest)
    form.initial.setdefault("next_review_due_on", offered)
    form.fields["next_review_due_on"].help_text = f"The last day on which these words count as reviewed; {latest} at the latest."


class AttestForm(VerbForm):
    """A review that somebody made elsewhere."""

    attested_by = TextField(label="Reviewed by", help_text="Name and profession of the person outside.")
    attested_on = DayField(label="Reviewed on")
    document = TextField(label="Document", help_text="Where the review is written down.")
    next_review_due_on = DayField(label="Next review on")

    def prepare(self) -> None:
        offer_review_day(self, [self.thing.origin])


class ScheduleForm(VerbForm):
    """When the clock publishes."""

    moment = forms.DateTimeField(label="Publish at", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))

    def prepare(self) -> None:
        self.fields["moment"].help_text = f"Day and time in the library's time zone, {zone().key}."

    def arguments(self) -> dict[str, Any]:
        """Return the moment in the library's time zone: browsers send a local time without one, and Django takes it for UTC."""
        moment: datetime = self.cleaned_data["moment"]
        return {"moment": moment.replace(tzinfo=zone())}


class NoticeForm(VerbForm):
    """Which approved notice readers see; `usual` is the key of the one that is chosen at first."""

    notice = forms.ChoiceField(help_text="What readers see; only approved texts that fit are offered.")
    usual = ""

    def prepare(self) -> None:
        publication: Publication = self.thing
        texts = fitting_notices(self.usual, publication.language, self.at).order_by("key")
        self.offer("notice", [(text.key, f"{text.key}: {Truncator(text.text).chars(120)}") for text in texts])
        self.initial.setdefault("notice", self.usual)


class HoldForm(NoticeForm):
    """What is being checked, and the warning readers see meanwhile."""

    usual = "held"
    comment = CommentField(label="What is being checked?", help_text="For colleagues.")


class RestoreForm(NoticeForm):
    """Why an earlier version is shown again, and the warning readers see until another person confirms it."""

    usual = "held"
    comment = CommentField(label="Why is this version shown again?", help_text="For colleagues.")


class WithdrawForm(NoticeForm):
    """Why an entry is taken down, what readers see in its place, and what goes with it."""

    usual = "withdrawn"
    reason = forms.ChoiceField(choices=choices(REASONS, "Choose a reason"))
    notice_text = LongTextField(
        required=False,
        label="Notice in your own words",
        help_text="Leave empty, or replace the approved notice; readers see it once a second person confirms it.",
    )
    replacement = TextField(required=False, help_text="The slug of the current entry that readers should read instead; may be empty.")
    comment = CommentField(required=False, help_text="For colleagues; readers do not see it.")

    def prepare(self) -> None:
        """Ask about each version's text and each translation, in a field named after the translation's key."""
        super().prepare()
        publication: Publication = self.thing
        # Nobody is asked about a text that is withheld already, for that cannot be undone.
        versions = Publication.objects.filter(question=publication.question_id, is_withheld=False).order_by("-version")
        self.fields["withhold"] = CheckboxesField(
            label="Withhold the text of",
            choices=[(str(row.version), f"version {row.version} ({row.get_status_display()})") for row in versions],
            help_text="A withheld text is served in no form any more, to nobody. This cannot be undone.",
        )
        self.translations = {f"keep_{translation.pk}": translation.slug for translation in workflow.translations_of(publication)}
        for name, slug in self.translations.items():
            self.fields[name] = TextField(
                required=False,
                label=f"Keep the translation {slug}?",
                help_text="It is taken down too, unless you say here why it stays.",
            )
        self.order_fields(["reason", "notice", "notice_text", "replacement", "withhold", *self.translations, "comment"])

    def arguments(self) -> dict[str, Any]:
        """Return versions as numbers and the reasons for translations by slug."""
        cleaned = self.cleaned_data
        kept = {slug: cleaned[name] for name, slug in self.translations.items() if cleaned[name]}
        plain = {name: cleaned[name] for name in ("reason", "notice", "notice_text", "replacement", "comment")}
        # A box sends its value as text.
        return plain | {"withhold": [int(version) for version in cleaned["withhold"]], "keep_translations": kept}

    def fingerprint(self) -> str:
        """Return what stands for exactly these arguments: whoever says that they are sure has seen what comes of them, and of no others."""
        return sha256(json.dumps(self.arguments(), sort_keys=True).encode()).hexdigest()

    def outcome(self) -> list[tuple[str, str]]:
        """Return (what, how it will be) of all that the withdrawal does, in words; the form is valid."""
        asked, publication = self.arguments(), self.thing
        text = StandingText.objects.in_force(self.at).get(kind=StandingText.Kind.NOTICE, key=asked["notice"], language=publication.language)
        withheld = [f"version {version}" for version in asked["withhold"]]
        lines = [("Readers see at once", text.text)]
        if asked["notice_text"]:
            lines.append(("And once a second person confirms it", asked["notice_text"]))
        lines.append(("They are led to", wording_of(asked["replacement"]) or "no other entry"))
        lines.append(("Text served in no form any more, for good", ", ".join(withheld) or "none: old versions can be read, under a note"))
        for slug in self.translations.values():
            why = asked["keep_translations"].get(slug)
            lines.append((f"The translation {slug}", f"stays: {why}" if why else "is taken down too"))
        return lines


class ReaffirmForm(VerbForm):
    """That a version still stands, as read: the hash of the words that were shown goes with the form."""

    seen_hash = forms.CharField(widget=forms.HiddenInput)
    next_review_due_on = DayField(label="Next review on")
    comment = CommentField(required=False, help_text="For colleagues.")

    def prepare(self) -> None:
        self.initial["seen_hash"] = self.thing.content_hash
        offer_review_day(self, [self.thing.origin])


class EraseForm(VerbForm):
    """On which legal basis a version's words are blanked."""

    legal_basis = CommentField(
        label="Legal basis", help_text="Which law or order asks for it. Readers are told that the words were removed."
    )


class MarkSourceForm(VerbForm):
    """What became of a source."""

    state = forms.ChoiceField()
    comment = CommentField(label="How do you know?")

    def prepare(self) -> None:
        source: Source = self.thing
        # The verb refuses the state that the source has already.
        others = [state for state in Source.State.values if state != source.state]
        self.offer("state", choices(others, "Choose what it became"))


class HoldCitingForm(VerbForm):
    """What is being checked in all entries that cite a source."""

    comment = CommentField(label="What is being checked?", help_text="For colleagues.")


class AssignForm(VerbForm):
    """Who is to decide about submissions, and by when; `thing` is their list, or one of them."""

    reviewer = forms.ChoiceField(
        required=False, help_text="Those alone are offered whose review scope covers all of it, and who wrote none."
    )
    due_on = DayField(required=False, label="Decide by", help_text="The last day; none where it is not urgent.")

    def prepare(self) -> None:
        things: list[Submission] = self.thing if isinstance(self.thing, list) else [self.thing]
        offered = [(str(person.pk), str(person)) for person in workflow.may_be_assigned(things, self.at)]
        self.offer("reviewer", [("", "Whoever may decide"), *offered])
        assignment = workflow.assignment_of(things[0].answer) if len(things) == 1 else None
        if assignment:
            self.initial.update({"reviewer": assignment.reviewer_id, "due_on": assignment.due_on})

    def arguments(self) -> dict[str, Any]:
        chosen = self.cleaned_data["reviewer"]
        return {"reviewer": User.objects.get(pk=chosen) if chosen else None, "due_on": self.cleaned_data["due_on"]}


class TriageForm(VerbForm):
    """What a moved source means for one entry."""

    outcome = forms.ChoiceField(
        choices=[
            ("", "Choose what it means"),
            (EvidenceAlert.Outcome.UNAFFECTED.value, "unaffected: the answer stands, the alert is cleared"),
            (EvidenceAlert.Outcome.MINOR.value, "minor: the answer stands, but should be revised"),
            (EvidenceAlert.Outcome.AFFECTED.value, "affected: the answer is wrong or unsafe; hold or withdraw it next"),
        ]
    )
    note = CommentField(label="Why?")


class ReaffirmSeveralForm(VerbForm):
    """That each of several versions still stands; `thing` is their list."""

    next_review_due_on = DayField(label="Next review on")
    comment = CommentField(required=False, help_text="For colleagues.")

    def prepare(self) -> None:
        """Add a box and the hash of the shown words for each entry: one box for all could be ticked without reading."""
        offer_review_day(self, [publication.origin for publication in self.thing])
        for publication in self.thing:
            # A box that is not ticked stops all of them: to leave an entry out is to open the page without it.
            missing = {"required": "Read this entry, or leave it out."}
            label = f"I have read {publication} and it still stands"
            self.fields[f"read_{publication.pk}"] = forms.BooleanField(label=label, error_messages=missing)
            self.fields[f"seen_{publication.pk}"] = forms.CharField(widget=forms.HiddenInput, initial=publication.content_hash)

    def arguments(self) -> dict[str, Any]:
        """Return the day, the comment and, as `seen`, {key: hash of the words that were shown}."""
        publications: list[Publication] = self.thing
        seen = {publication.pk: self.cleaned_data[f"seen_{publication.pk}"] for publication in publications}
        return {"seen": seen} | {name: self.cleaned_data[name] for name in ("next_review_due_on", "comment")}


def reaffirm_several(publications: list[Publication], *, seen: dict[int, str], **arguments: Any) -> list[Publication]:
    return workflow.reaffirm(seen, **arguments)


ASSIGN: Final = Action(workflow.assign, AssignForm, "Assigned.", says="Others who may decide still may; nobody gains or loses a right.")
REAFFIRM: Final = Action(reaffirm_several, ReaffirmSeveralForm, "Reaffirmed.", says="You say that every word above still stands.")
