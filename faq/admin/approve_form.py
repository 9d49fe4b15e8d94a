"""The form in which a reviewer approves: the words as they were shown, a day for the next review, and each concern one by one."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from django import forms
from django.db.models import Prefetch, prefetch_related_objects

from faq import workflow
from faq.admin.action_forms import offer_review_day
from faq.admin.forms import CheckboxesField, ChecksField, CommentField, DayField, Section, choices
from faq.admin.signed_form import SignedForm
from faq.models import Publication, Reviewer, Submission, Waiver
from faq.models.people import CLINICAL, SIGN_OFFS
from faq.readiness import Finding
from faq.workflow.transitions import sign_offs_lacking

POINTS: Final = "points_"
"""What the names of the fields of checklists begin with."""


class ApproveForm(SignedForm):
    """The approval of exactly the words that were shown, with a reason for each concern and a tick for each checked sentence."""

    seen_hash = forms.CharField(widget=forms.HiddenInput)
    checked = ChecksField()
    sign_off = forms.ChoiceField(label="Sign-off")
    next_review_due_on = DayField(label="Next review on")
    expires_on = DayField(required=False, label="Expires on", help_text="Leave empty, unless the entry should leave by itself on that day.")
    comment = CommentField(required=False, help_text="For colleagues; readers do not see it.")

    def prepare(self) -> None:
        """Ask for a reason per concern; what was said last time is shown beside it, and nothing of it is filled in."""
        submission: Submission = self.thing
        # The verb compares it with the hash of the words that it is about to approve.
        self.initial["seen_hash"] = submission.content_hash
        sign_offs = sign_offs_of(submission, self.by.pk)
        self.offer("sign_off", choices(sign_offs))
        offer_review_day(self, [submission.origin])
        # The verb refuses such a day for any other topic (reviews.check_dates).
        if not submission.question.topics.filter(may_expire=True).exists():
            del self.fields["expires_on"]
        # The words may have been erased since the button was shown.
        findings = workflow.readiness_of(submission, self.at) if submission.words else []
        self.concerns = {waiver_name(finding): finding for finding in findings if finding.grade == "concern"}
        self.last = said_last_time(submission, self.concerns)
        for name, finding in self.concerns.items():
            self.add_concern(name, finding)
        self.points = {f"{POINTS}{sign_off}": workflow.points_of(sign_off) for sign_off in sign_offs}
        for name, points in self.points.items():
            self.add_checklist(name, points)
        asked = [field for name in self.concerns for field in (name, tick_name(name))]
        self.order_fields([*asked, "sign_off", "next_review_due_on"])

    def add_checklist(self, name: str, points: Sequence[str]) -> None:
        if points:
            label = f"Checklist, {name.removeprefix(POINTS).replace('_', ' ')}"
            self.fields[name] = CheckboxesField(label=label, choices=[(point, point) for point in points])

    def checklists(self) -> list[forms.BoundField]:
        """Return the fields of the points to tick, one for each sign-off that the person may give."""
        return [field for field in self.visible_fields() if field.name.startswith(POINTS)]

    def add_concern(self, name: str, finding: Finding) -> None:
        last = self.last.get(name)
        box = LastTimeField(last) if last and finding.sentence else None
        told = [f"[{finding.code}]"]
        if last and not box:
            told.append(f"{last_time(last)} That was about the text as a whole: say anew why it may stand.")
        missing = {"required": "Say why this may stand, or request changes instead."}
        # Where a tick does instead, no browser may ask for the text.
        self.fields[name] = CommentField(label=finding.message, help_text=" ".join(told), required=not box, error_messages=missing)
        self.fields[name].widget.attrs["rows"] = 2
        if box:
            self.fields[tick_name(name)] = box

    def clean(self) -> dict[str, Any]:
        """Ask for a reason or a tick where there is neither, and for the sentences that were not checked yet."""
        for name in self.concerns:
            # A reason that cannot be kept is not among them, and was refused in words already.
            if self.cleaned_data.get(name) == "" and self.cleaned_data.get(tick_name(name)) is None:
                self.add_error(name, "Tick that the reason of last time still holds, say why this may stand, or request changes instead.")
        missing = workflow.unchecked(self.thing, self.by, self.cleaned_data.get("checked", ()), self.at)
        if missing and self.cleaned_data.get("sign_off") == CLINICAL:
            sentences = "1 sentence was" if len(missing) == 1 else f"{len(missing)} sentences were"
            self.add_error("checked", f"{sentences} not ticked yet: hold each against its source, then tick it.")
        name = f"{POINTS}{self.cleaned_data.get('sign_off')}"
        if len(self.cleaned_data.get(name, ())) < len(self.points.get(name, ())):
            self.add_error(name, "Tick each point once you have looked, or request changes.")
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        asked = {name: value for name, value in self.cleaned_data.items() if not name.startswith(("waive_", POINTS)) and name != "password"}
        ticked = self.cleaned_data.get(f"{POINTS}{self.cleaned_data['sign_off']}", [])
        return asked | {"checklist": ticked, "waivers": [self.waiver(name, finding) for name, finding in self.concerns.items()]}

    def waiver(self, name: str, finding: Finding) -> workflow.GivenWaiver:
        again = self.cleaned_data.get(tick_name(name))
        return workflow.GivenWaiver(finding.code, finding.sentence, self.cleaned_data[name], again)

    def sections(self) -> list[Section]:
        concerns = [field for field in self.visible_fields() if field.name.startswith("waive_")]
        others = [field for field in self.visible_fields() if field not in concerns]
        first = [Section("Concerns: why may each stand?", concerns)] if concerns else []
        return [*first, Section("Your decision", others)]


class LastTimeField(CheckboxesField):
    """One box, never ticked beforehand, for the reason of an earlier Waiver; its value is that Waiver's key, or 0 for another one's.

    So a tick is about the reason that was read: where the page comes back with another one, its box is not ticked any more.
    """

    def __init__(self, last: Waiver) -> None:
        super().__init__(label=last_time(last), choices=[(str(last.pk), "The same reason still holds")])
        self.last = last

    def valid_value(self, value: str) -> bool:
        return True  # the verb says in words what is wrong with another one (waivers.waiver_again)

    def clean(self, value: Any) -> int | None:
        ticked = super().clean(value)
        return None if not ticked else self.last.pk if ticked == [str(self.last.pk)] else 0


def waiver_name(finding: Finding) -> str:
    """Return the form's name for the waiver of `finding`: the same on every page for the same code and sentence.

    A reason that was typed stays with its sentence, though a change of the library in between may bring other findings.
    """
    return "waive_" + sha256(f"{finding.code} {finding.sentence}".encode()).hexdigest()[:12]


def tick_name(name: str) -> str:
    """Return the name of the box beside the reason `name`."""
    return f"{name}_again"


def said_last_time(submission: Submission, concerns: dict[str, Finding]) -> dict[str, Waiver]:
    """Return {form's name: the newest earlier waiver of the same concern}, each with what `last_time` tells."""
    earlier = workflow.earlier_waivers(submission.question) if concerns else {}
    found = {name: earlier.get((finding.code, finding.sentence)) for name, finding in concerns.items()}
    last = {name: waiver for name, waiver in found.items() if waiver}
    # All but the words, which nothing here reads.
    submissions = Prefetch("submission", Submission.objects.only("number"))
    versions = Prefetch("submission__publications", Publication.objects.only("submission", "version").order_by("version"))
    prefetch_related_objects(list(last.values()), "decision", submissions, versions)
    return last


def last_time(waiver: Waiver) -> str:
    """Return where, by whom and when a waiver was given, with its reason."""
    versions = [f"version {publication.version}" for publication in waiver.submission.publications.all()]
    where = versions[0] if versions else f"submission {waiver.submission.number}"
    return f"Last time ({where}, {waiver.decision.by_name}, {waiver.decision.at:%Y-%m-%d}): {waiver.reason}"


def sign_offs_of(submission: Submission, reader: int) -> list[str]:
    """Return the sign-offs that the person with the key `reader` may give, those still lacking first."""
    reviewer = Reviewer.objects.filter(user=reader).first()
    own = reviewer.sign_offs if reviewer else []
    lacking = sign_offs_lacking(submission)
    return sorted((sign_off for sign_off in SIGN_OFFS if sign_off in own), key=lambda sign_off: sign_off not in lacking)
