"""Choosing a file to import, how far its entries go, and which review done elsewhere they rest on."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

from faq.admin.forms import Day, Section, Text, VerbForm
from faq.admin.import_file import LARGEST, LONGEST_NAME, ON_THE_SERVER, Options, Unfit, look_over
from faq.clock import local_date
from faq.interchange.faults import Faulty
from faq.interchange.wanted import Attestation, Refused, Stage, Wanted
from faq.models import User

LABELS: Final = {
    Stage.DRAFT: "Drafts of yours",
    Stage.SUBMITTED: "Submitted for review here",
    Stage.ATTESTED: "Reviewed elsewhere: the review is recorded, and they wait for a publisher",
    Stage.PUBLISHED: "Reviewed elsewhere: the review is recorded, and they are published at once",
}
REVIEW: Final = ("attested_by", "attested_on", "document")
TOO_LARGE: Final = f"This file has more than {LARGEST // 1_000_000} MB. Split it, {ON_THE_SERVER}."
TOLD: Final = 20
"""Faults shown beside the field, of a file that cannot even be read."""


def refusal(by: User, stage: Stage, at: datetime, attestation: Attestation | None = None) -> str:
    """Return why `by` may not import to `stage`, or an empty string; without an attestation, whether any would do."""
    if attestation is None and stage >= Stage.ATTESTED:
        attestation = Attestation("somebody", local_date(at), "something")
    try:
        Wanted(by, stage, attestation).check(at)
    except Refused as refused:
        return str(refused)
    return ""


class ImportForm(VerbForm):
    """A file and what becomes of it. Stages that the person may not use are not offered, and refused when they are sent all the same."""

    file = forms.FileField(
        label="File",
        max_length=LONGEST_NAME,
        help_text=f"A .md, .jsonl or .jsonl.gz file, or a folder packed as .zip; at most {LARGEST // 1_000_000} MB.",
        error_messages={
            "required": "Choose a file.",
            "missing": "Choose a file.",
            "empty": "This file is empty. Choose another one.",
            "max_length": f"The name of this file is longer than {LONGEST_NAME} characters. Shorten it.",
        },
    )
    stage = forms.TypedChoiceField(
        label="How far the entries go", choices=list(LABELS.items()), coerce=lambda value: Stage(int(value)), widget=forms.RadioSelect
    )
    skip_invalid = forms.BooleanField(label="Leave out rows that are wrong, and import the others", required=False)
    attested_by = Text(label="Reviewed by", required=False, max_length=300, help_text="Name and profession of the person outside.")
    attested_on = Day(label="Reviewed on", required=False)
    document = Text(label="Document", required=False, max_length=500, help_text="Where the review is written down.")

    def prepare(self) -> None:
        """Offer what the person may choose, and say why the rest is not offered."""
        reasons = {stage: refusal(self.by, stage, self.at) for stage in LABELS}
        stage = self.fields["stage"]
        stage.initial = int(Stage.DRAFT)
        stage.widget.choices = [(int(stage), label) for stage, label in LABELS.items() if not reasons[stage]]
        stage.help_text = " ".join(f"Not offered: “{LABELS[stage]}”. {reason}" for stage, reason in reasons.items() if reason)
        if reasons[Stage.ATTESTED]:
            for name in REVIEW:
                del self.fields[name]

    def sections(self) -> list[Section]:
        """Return the file and what becomes of it, then the review done elsewhere."""
        review = [self[name] for name in REVIEW if name in self.fields]
        return [Section("", [self["file"], self["stage"], self["skip_invalid"]]), Section("The review done elsewhere", review)]

    def clean_file(self) -> UploadedFile[Any]:
        """Return the file; raise ValidationError, with all that is known to be wrong, for one that cannot be imported here."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        name = file.name or ""
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(TOO_LARGE)
        if len(name.encode()) > 255:
            raise forms.ValidationError("The name of this file is too long. Shorten it.")
        self.content = file.read()
        try:
            look_over(name, self.content)
        except Unfit as unfit:
            raise forms.ValidationError(str(unfit)) from unfit
        except Faulty as faulty:
            raise forms.ValidationError([str(fault) for fault in faulty.faults[:TOLD]]) from faulty
        return file

    def clean(self) -> dict[str, Any]:
        """Refuse a stage that is not this person's, and a review that is half told, or told for nothing."""
        cleaned: dict[str, Any] = super().clean() or {}
        stage = cleaned.get("stage")
        refused = "" if stage is None else refusal(self.by, stage, self.at)
        if refused:
            self.add_error("stage", refused)
        elif stage is not None and stage >= Stage.ATTESTED:
            self.clean_review(stage)
        elif any(cleaned.get(name) for name in REVIEW):
            self.add_error("stage", "You named a review done elsewhere: choose that here, or empty its fields below.")
        return cleaned

    def clean_review(self, stage: Stage) -> None:
        """Refuse a review that is not told whole, or that lies ahead."""
        missing = [name for name in REVIEW if not self.cleaned_data.get(name) and name not in self.errors]
        for name in missing:
            self.add_error(name, "Without this no review is recorded.")
        if not missing and not any(name in self.errors for name in REVIEW):
            refused = refusal(self.by, stage, self.at, self.attestation())
            if refused:
                self.add_error("attested_on", refused)

    def attestation(self) -> Attestation:
        """Return the review that was entered."""
        return Attestation(*(self.cleaned_data[name] for name in REVIEW))

    def arguments(self) -> dict[str, Any]:
        """Return the name, the bytes and the Options that `import_file.keep` takes."""
        stage: Stage = self.cleaned_data["stage"]
        review = self.attestation() if stage >= Stage.ATTESTED else None
        options = Options(stage, review, self.cleaned_data["skip_invalid"])
        return {"name": self.cleaned_data["file"].name, "content": self.content, "options": options}
