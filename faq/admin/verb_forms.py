"""The confirmation pages' forms: exactly the arguments that each verb takes."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.text import Truncator

from faq import workflow
from faq.admin.forms import Comment, Day, Lines, Long, Section, Text, Ticks, VerbForm, choices
from faq.clock import zone
from faq.models import EvidenceAlert, Publication, Question, Reviewer, Source, StandingText, Submission, Topic
from faq.models.people import SIGN_OFFS
from faq.readiness import Finding
from faq.workflow.readers import REASONS
from faq.workflow.rules import sign_offs_lacking


class Plain(VerbForm):
    """Nothing to say: the confirmation alone."""


class WithComment(VerbForm):
    """A comment that must say something."""

    comment = Comment()


class WithNote(VerbForm):
    """A comment that may be empty."""

    comment = Comment(required=False, label="Note for the reviewer")


class Remark(VerbForm):
    """A remark for colleagues."""

    text = Comment(label="What do you want to tell your colleagues?", help_text="Readers never see it.")


class Discard(VerbForm):
    """Why a draft is given up."""

    reason = Comment(label="Why is the draft given up?")


class Reclassify(VerbForm):
    """Topics and related entries of a question."""

    topics = Ticks()
    related = Lines(label="Related entries", help_text="One slug per line, in the order readers see them.")

    def prepare(self) -> None:
        """Offer every topic, the question's own ticked."""
        question: Question = self.thing
        self.fields["topics"].choices = topic_choices()  # type: ignore[attr-defined]
        self.initial.update({"topics": list(question.topics.values_list("slug", flat=True)), "related": question.related})


def topic_choices() -> list[tuple[str, str]]:
    """Return all topics by kind, then slug."""
    rows = Topic.objects.order_by("kind", "position", "slug")
    return [(topic.slug, f"{topic.slug} ({topic.get_kind_display()})") for topic in rows]


class Approve(VerbForm):
    """The approval of exactly the words that were shown, with a reason for each concern that stands."""

    seen_hash = forms.CharField(widget=forms.HiddenInput)
    sign_off = forms.ChoiceField(label="Sign-off")
    next_review_due_on = Day(label="Next review on", help_text="The last day on which these words count as reviewed.")
    expires_on = Day(required=False, label="Expires on", help_text="Leave empty, unless the entry should leave by itself on that day.")
    comment = Comment(required=False, help_text="For colleagues; readers do not see it.")

    def prepare(self) -> None:
        """Ask for a reason per concern; those of earlier waivers stand there already."""
        submission: Submission = self.thing
        self.initial["seen_hash"] = submission.content_hash
        self.fields["sign_off"].choices = choices(sign_offs_of(submission, self.by.pk))  # type: ignore[attr-defined]
        if not submission.question.topics.filter(may_expire=True).exists():
            del self.fields["expires_on"]
        self.findings = workflow.readiness_of(submission, self.at) if submission.words else []
        self.earlier = workflow.carried(submission.question)
        self.concerns = {waiver_name(each): each for each in self.findings if each.grade == "concern"}
        for name, finding in self.concerns.items():
            self.add_waiver(name, finding)
        self.order_fields([*self.concerns, "sign_off", "next_review_due_on"])

    def add_waiver(self, name: str, finding: Finding) -> None:
        """Add the field for the reason why `finding` may stand."""
        known = self.earlier.get((finding.code, finding.sentence))
        quoted = f"“{Truncator(finding.sentence).chars(300)}” " if finding.sentence else ""
        carried = "Given before for the same sentence; change it or leave it." if known else ""
        missing = {"required": "Say why this may stand, or request changes instead."}
        help_text = f"{quoted}[{finding.code}] {carried}".strip()
        self.fields[name] = Comment(label=finding.message, help_text=help_text, error_messages=missing)
        self.fields[name].widget.attrs["rows"] = 2
        self.initial[name] = known.reason if known else ""

    def waivers(self) -> list[workflow.Waive]:
        """Return the waivers that are new or say something else than before; the verb itself carries the others over."""
        given = ((each, self.cleaned_data[name]) for name, each in self.concerns.items())
        return [workflow.Waive(each.code, each.sentence, reason) for each, reason in given if reason != self.known_reason(each)]

    def known_reason(self, finding: Finding) -> str:
        """Return the reason of the waiver that would be carried over, or an empty string."""
        known = self.earlier.get((finding.code, finding.sentence))
        return known.reason if known else ""

    def arguments(self) -> dict[str, Any]:
        """Return the fields and the waivers."""
        asked = {name: value for name, value in self.cleaned_data.items() if name not in self.concerns}
        return asked | {"waivers": self.waivers()}

    def sections(self) -> list[Section]:
        """Put the concerns under a heading of their own."""
        concerns = [self[name] for name in self.concerns]
        others = [field for field in self.visible_fields() if field.name not in self.concerns]
        first = [Section("Concerns: why may each stand?", concerns)] if concerns else []
        return [*first, Section("Your decision", others)]


def waiver_name(finding: Finding) -> str:
    """Return the form's name for the waiver of `finding`: the same on every page for the same code and sentence."""
    return "waive_" + sha256(f"{finding.code} {finding.sentence}".encode()).hexdigest()[:12]


def sign_offs_of(submission: Submission, reader: int) -> list[str]:
    """Return the sign-offs the person `reader` may give, those still lacking first."""
    reviewer = Reviewer.objects.filter(user=reader).first()
    mine = reviewer.sign_offs if reviewer else []
    lacking = sign_offs_lacking(submission)
    return sorted((each for each in SIGN_OFFS if each in mine), key=lambda each: each not in lacking)


class Attest(VerbForm):
    """A review that somebody made elsewhere."""

    attested_by = Text(label="Reviewed by", help_text="Name and profession of the person outside.")
    attested_on = Day(label="Reviewed on")
    document = Text(label="Document", help_text="Where the review is written down.")
    next_review_due_on = Day(label="Next review on")


class Schedule(VerbForm):
    """When the clock publishes."""

    moment = forms.DateTimeField(label="Publish at", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))

    def prepare(self) -> None:
        """Say whose time is meant."""
        self.fields["moment"].help_text = f"Day and time in the library's time zone, {zone().key}."

    def arguments(self) -> dict[str, Any]:
        """Return the moment as the library's clock shows it."""
        moment: datetime = self.cleaned_data["moment"]
        return {"moment": moment.replace(tzinfo=zone())}


class Notice(VerbForm):
    """Which approved notice readers see."""

    notice = forms.ChoiceField(help_text="What readers see; only approved texts are offered.")
    usual = ""

    def prepare(self) -> None:
        """Offer the notices in force in the entry's language."""
        publication: Publication = self.thing
        texts = StandingText.objects.in_force(self.at).filter(kind=StandingText.Kind.NOTICE, language=publication.language).order_by("key")
        named = {text.key: f"{text.key}: {Truncator(text.text).chars(120)}" for text in texts}
        self.fields["notice"].choices = list(named.items())  # type: ignore[attr-defined]
        self.initial.setdefault("notice", self.usual)


class Hold(Notice):
    """What is being checked, and the warning readers see meanwhile."""

    usual = "held"
    comment = Comment(label="What is being checked?", help_text="For colleagues.")


class Withdraw(Notice):
    """Why an entry is taken down, what readers see in its place, and what goes with it."""

    usual = "withdrawn"
    reason = forms.ChoiceField(choices=choices(REASONS, "Choose a reason"))
    notice_text = Long(
        required=False,
        label="Notice in your own words",
        help_text="Leave empty, or replace the approved notice; readers see it once a second person confirms it.",
    )
    replacement = Text(required=False, help_text="The slug of the current entry that readers should read instead; may be empty.")
    comment = Comment(required=False, help_text="For colleagues; readers do not see it.")

    def prepare(self) -> None:
        """Ask about each version's text and each translation."""
        super().prepare()
        publication: Publication = self.thing
        rows = Publication.objects.filter(question=publication.question_id, is_withheld=False).order_by("-version")
        self.fields["withhold"] = Ticks(
            label="Withhold the text of",
            choices=[(str(row.version), f"version {row.version} ({row.get_status_display()})") for row in rows],
            help_text="A withheld text is served in no form any more, to nobody. This cannot be undone.",
        )
        self.translations = {f"keep_{each.pk}": each.slug for each in workflow.translations_of(publication)}
        for name, slug in self.translations.items():
            self.fields[name] = Text(
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
        return plain | {"withhold": [int(version) for version in cleaned["withhold"]], "keep_translations": kept}


class Reaffirm(VerbForm):
    """That a version still stands, as read."""

    seen_hash = forms.CharField(widget=forms.HiddenInput)
    next_review_due_on = Day(label="Next review on")
    comment = Comment(required=False, help_text="For colleagues.")

    def prepare(self) -> None:
        """Carry the hash of the words that are shown."""
        self.initial["seen_hash"] = self.thing.content_hash


class Erase(VerbForm):
    """On which legal basis a version's words are blanked."""

    legal_basis = Comment(label="Legal basis", help_text="Which law or order asks for it. Readers are told that the words were removed.")


class MarkSource(VerbForm):
    """What became of a source."""

    state = forms.ChoiceField()
    comment = Comment(label="How do you know?")

    def prepare(self) -> None:
        """Offer the states that the source does not have."""
        source: Source = self.thing
        others = [each for each in Source.State.values if each != source.state]
        self.fields["state"].choices = choices(others, "Choose what it became")  # type: ignore[attr-defined]


class Triage(VerbForm):
    """What a moved source means for one entry."""

    outcome = forms.ChoiceField(
        choices=[
            ("", "Choose what it means"),
            (EvidenceAlert.Outcome.UNAFFECTED.value, "unaffected: the answer stands, the alert is cleared"),
            (EvidenceAlert.Outcome.MINOR.value, "minor: the answer stands, but should be revised"),
            (EvidenceAlert.Outcome.AFFECTED.value, "affected: the answer is wrong or unsafe; hold or withdraw it next"),
        ]
    )
    note = Comment(label="Why?")
