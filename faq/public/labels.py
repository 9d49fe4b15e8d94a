"""The library's own words beside a text: for values of its vocabularies, for days and lengths, in the active language.

What people type freely (`region`, `role`, `applies_to`) has plain words where it is usual, and is shown as typed where it is not.
"""

from datetime import date, datetime
from typing import Final

from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_noop as _

from faq.clock import local_date

LABELS: Final[dict[str, dict[str, str]]] = {
    "level": {
        "emergency": _("Emergency"),
        "urgent": _("Urgent"),
        "routine": _("Not urgent"),
    },
    "origin": {
        "human": _("Written by a person, reviewed by another"),
        "ai_assisted": _("Written with the help of AI, reviewed by another person"),
        "ai_generated": _("Drafted by AI, reviewed by a person"),
    },
    "standing": {
        "established": _("Established"),
        "expanding": _("Its use is expanding"),
        "investigational": _("Still being studied"),
        "trial_only": _("Only in clinical trials"),
        "not_recommended": _("Not recommended"),
    },
    "reason": {
        "unsafe": _("We took it down because following it might not be safe."),
        "outdated": _("We took it down because it was out of date."),
        "source_retracted": _("We took it down because a source it rested on was taken back."),
        "duplicate": _("We took it down because another answer covers the same question."),
        "legal": _("We took it down for legal reasons."),
        "error": _("We took it down because it held a mistake."),
        "expired": _("It is no longer shown because nobody checked it in time."),
    },
    "source_state": {
        "superseded": _("This source has since been replaced by a newer one."),
        "retracted": _("This source has since been taken back by those who published it."),
    },
    "alert": {
        "": _("A source of this answer has changed since it was written. We are checking what that means."),
        "minor": _("A source of this answer has changed since it was written. A reviewer found that this touches small points only."),
        "affected": _(
            "A source of this answer has changed since it was written, and a reviewer found that this matters. "
            "Ask your care team before you rely on this answer."
        ),
    },
    "version_status": {
        "current": _("Shown now"),
        "superseded": _("Replaced"),
        "withdrawn": _("Taken down"),
        "expired": _("No longer shown"),
    },
    "topic_kind": {
        "condition": _("Conditions"),
        "medicine": _("Medicines"),
        "test": _("Tests"),
        "symptom": _("Symptoms and side effects"),
        "living_with": _("Living with it"),
        "research": _("Research"),
        "guide": _("Guides"),
    },
    "audience": {
        "caregiver": _("For family and carers"),
        "clinician": _("For health professionals"),
    },
    "applies_to": {
        "early": _("early disease"),
        "metastatic": _("disease that has spread"),
    },
    "region": {
        "US": _("the United States"),
        "UK": _("the United Kingdom"),
        "EU": _("the European Union"),
    },
    "role": {
        "Physician": _("Physician"),
        "General practitioner": _("General practitioner"),
        "Oncologist": _("Oncologist"),
        "Medical oncologist": _("Medical oncologist"),
        "Radiation oncologist": _("Radiation oncologist"),
        "Surgeon": _("Surgeon"),
        "Pathologist": _("Pathologist"),
        "Cardiologist": _("Cardiologist"),
        "Nurse": _("Nurse"),
        "Oncology nurse": _("Oncology nurse"),
        "Pharmacist": _("Pharmacist"),
        "Oncology pharmacist": _("Oncology pharmacist"),
        "Physiotherapist": _("Physiotherapist"),
        "Dietitian": _("Dietitian"),
        "Psychologist": _("Psychologist"),
        "Medical translator": _("Medical translator"),
        "Patient reader": _("Patient reader"),
        "Demo reviewer, not a clinician": _("Demo reviewer, not a clinician"),
    },
    "media": {
        "video": _("Video"),
        "audio": _("Sound recording"),
        "animation": _("Animation"),
    },
}


def in_words(value: str, kind: str) -> str:
    """Return what readers are told for a `value` of the vocabulary `kind`: "" where there is nothing to say."""
    return gettext(LABELS[kind][value]) if value in LABELS[kind] else ""


def stage(key: str) -> str:
    """Return a stage that has plain words as it is, any other with spaces between its words."""
    return key if key in LABELS["applies_to"] else key.replace("_", " ").replace("-", " ")


def day(value: date | datetime | str) -> str:
    """Return a date written out; `value` may be ISO text, also of a year or a month alone.

    A moment is shown as its day in the library's time zone.
    """
    if isinstance(value, str):
        if len(value) < 10:
            return partial_day(value)
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = local_date(value)
    return date_format(value, pgettext("date format", "j F Y"))


def partial_day(value: str) -> str:
    """Return YYYY or YYYY-MM written out."""
    year, _, month = value.partition("-")
    if not month:
        return year
    return pgettext("date format", "%(month)s %(year)s") % {"month": MONTHS[int(month)], "year": year}


def duration(seconds: int) -> str:
    """Return a length in seconds as minutes and seconds in words."""
    minutes, rest = divmod(seconds, 60)
    parts = []
    if minutes:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    if rest or not minutes:
        parts.append(ngettext("%(count)d second", "%(count)d seconds", rest) % {"count": rest})
    return " ".join(parts)
