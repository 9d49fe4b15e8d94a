"""Choosing a file to import, how far its entries go, and which review done elsewhere they rest on."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

from faq.admin.forms import DayField, Section, TextField, VerbForm
from faq.admin.import_file import LARGEST, LONGEST_NAME, ON_THE_SERVER, ChosenOptions, InvalidUpload, inspect_file
from faq.clock import local_date
from faq.interchange.errors import RowErrors
from faq.interchange.options import Attestation, ImportOptions, ImportRefused, Stage
from faq.models import User

LABELS: Final = {
    Stage.DRAFT: "Drafts of yours",
    Stage.SUBMITTED: "Submitted for review here",
    Stage.ATTESTED: "Reviewed elsewhere: the review is recorded, and they wait for a publisher",
    Stage.PUBLISHED: "Reviewed elsewhere: the review is recorded, and they are published at once",
}
REVIEW: Final = ("attested_by", "attested_on", "document")
"""The fields of an Attestation, in their order."""
TOO_LARGE: Final = f"This file has more than {LARGEST // 1_000_000} MB. Split it, {ON_THE_SERVER}."
TOLD: Final = 20
"""Faults shown beside the field, of a file that cannot even be read; there is no preview with room for more."""


def import_refusal(by: User, stage: Stage, at: datetime, attestation: Attestation | None = None) -> str:
    """Return why `by` may not import to `stage`, or an empty string; without an attestation, whether any would do."""
    if attestation is None and stage >= Stage.ATTESTED:
        # A review of today, which only its kind can speak against: attestation may be switched off.
        attestation = Attestation("somebody", local_date(at), "something")
    try:
        ImportOptions(by, stage, attestation).check(at)
    except ImportRefused as refused:
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
    attested_by = TextField(label="Reviewed by", required=False, max_length=300, help_text="Name and profession of the person outside.")
    attested_on = DayField(label="Reviewed on", required=False)
    document = TextField(label="Document", required=False, max_length=500, help_text="Where the review is written down.")

    def prepare(self) -> None:
        """Offer what the person may choose, and say why the rest is not offered."""
        reasons = {stage: import_refusal(self.by, stage, self.at) for stage in LABELS}
        field = self.fields["stage"]
        field.initial = int(Stage.DRAFT)
        # The widget's choices alone: the field still knows every stage, and `clean` refuses one that was sent all the same with its reason.
        field.widget.choices = [(int(stage), label) for stage, label in LABELS.items() if not reasons[stage]]
        field.help_text = " ".join(f"Not offered: “{LABELS[stage]}”. {reason}" for stage, reason in reasons.items() if reason)
        if reasons[Stage.ATTESTED]:
            for name in REVIEW:
                del self.fields[name]

    def sections(self) -> list[Section]:
        review = [self[name] for name in REVIEW if name in self.fields]
        return [Section("", [self["file"], self["stage"], self["skip_invalid"]]), Section("The review done elsewhere", review)]

    def clean_file(self) -> UploadedFile[Any]:
        """Return the file; raise ValidationError, with all that is known to be wrong, for one that cannot be imported here."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        name = file.name or ""
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(TOO_LARGE)
        # max_length counts characters, and a file system bytes.
        if len(name.encode()) > 255:
            raise forms.ValidationError("The name of this file is too long. Shorten it.")
        self.content = file.read()
        try:
            inspect_file(name, self.content)
        except InvalidUpload as error:
            raise forms.ValidationError(str(error)) from error
        except RowErrors as refused:
            raise forms.ValidationError([str(error) for error in refused.errors[:TOLD]]) from refused
        return file

    def clean(self) -> dict[str, Any]:
        """Refuse a stage that is not this person's, and a review that is half told, or entered where none is recorded."""
        cleaned: dict[str, Any] = super().clean() or {}
        stage = cleaned.get("stage")
        refused = "" if stage is None else import_refusal(self.by, stage, self.at)
        if refused:
            self.add_error("stage", refused)
        elif stage is not None and stage >= Stage.ATTESTED:
            self.clean_review(stage)
        elif any(cleaned.get(name) for name in REVIEW):
            self.add_error("stage", "You named a review done elsewhere: choose that here, or empty its fields below.")
        return cleaned

    def clean_review(self, stage: Stage) -> None:
        """Refuse a review that lacks one of REVIEW, or that lies ahead."""
        missing = [name for name in REVIEW if not self.cleaned_data.get(name) and name not in self.errors]
        for name in missing:
            self.add_error(name, "Without this no review is recorded.")
        if not missing and not any(name in self.errors for name in REVIEW):
            refused = import_refusal(self.by, stage, self.at, self.attestation())
            if refused:
                self.add_error("attested_on", refused)

    def attestation(self) -> Attestation:
        return Attestation(*(self.cleaned_data[name] for name in REVIEW))

    def arguments(self) -> dict[str, Any]:
        """Return the `name`, the `content` and the `options` that `import_file.keep` takes."""
        stage: Stage = self.cleaned_data["stage"]
        review = self.attestation() if stage >= Stage.ATTESTED else None
        options = ChosenOptions(stage, review, self.cleaned_data["skip_invalid"])
        return {"name": self.cleaned_data["file"].name, "content": self.content, "options": options}
