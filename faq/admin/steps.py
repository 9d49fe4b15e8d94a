"""One table: which form asks for a verb's arguments, and how the verb is called. The buttons come from workflow.available."""

from datetime import datetime
from typing import Any, Final

from django.db import models
from django.utils import timezone

from faq import workflow
from faq.admin import verb_forms as forms
from faq.admin.forms import Step
from faq.models import (
    Answer,
    AudiencePolicy,
    Erasure,
    EvidenceAlert,
    Publication,
    Question,
    Reviewer,
    Source,
    StandingText,
    Submission,
    TopicName,
    User,
)
from faq.workflow import rules

ON_THE_PAGE: Final = {"edit", "edit_topic", "edit_source"}
"""Verbs whose form is the row's own page."""


def reaffirm_one(publication: Publication, *, seen_hash: str, **arguments: Any) -> list[Publication]:
    """Reaffirm one version as it was seen."""
    return workflow.reaffirm({publication.pk: seen_hash}, **arguments)


STEPS: Final[dict[tuple[type[models.Model], str], Step]] = {
    (Question, "start_revision"): Step(
        workflow.start_revision,
        forms.Plain,
        "The draft is open.",
        says="A new draft opens with the newest published words. Readers keep seeing the version in force.",
        follows=True,
    ),
    (Question, "reclassify"): Step(workflow.reclassify, forms.Reclassify, "Topics and related entries were changed."),
    (Answer, "take_over"): Step(
        workflow.take_over,
        forms.Plain,
        "You hold the draft now.",
        says="You become the one who edits this draft. Both of you count as its editors, so neither may approve it.",
    ),
    (Answer, "comment"): Step(workflow.comment, forms.Remark, "Your colleagues see your comment beside the answer."),
    (Answer, "discard"): Step(
        workflow.discard, forms.Discard, "The draft was given up.", says="A discarded draft is kept for the record and never opened again."
    ),
    (Answer, "submit"): Step(
        workflow.submit,
        forms.WithNote,
        "The words were submitted; a second person decides about them.",
        says="The words below are frozen for review. You can take them back to draft.",
        follows=True,
    ),
    (Answer, "recall"): Step(
        workflow.recall,
        forms.Plain,
        "The answer is a draft again.",
        says="The submitted words are kept for the record, and nobody decides about them any more.",
    ),
    (Submission, "request_changes"): Step(
        workflow.request_changes, forms.WithComment, "The words went back to their author.", ask="What has to change?", reads_first=True
    ),
    (Submission, "approve"): Step(workflow.approve, forms.Approve, "You approved these words.", reads_first=True),
    (Submission, "attest"): Step(workflow.attest, forms.Attest, "The review done elsewhere was recorded.", reads_first=True),
    (Submission, "object"): Step(
        workflow.object,
        forms.WithComment,
        "Your objection is open.",
        says="Nothing is published while an objection is open.",
        ask="What do you object to?",
        reads_first=True,
    ),
    (Submission, "resolve"): Step(workflow.resolve, forms.WithComment, "The objections are resolved.", ask="How was it resolved?"),
    (Submission, "publish"): Step(
        workflow.publish, forms.Plain, "Published. Readers see these words now.", says="Readers see the words below at once.", follows=True
    ),
    (Submission, "schedule"): Step(workflow.schedule, forms.Schedule, "Scheduled."),
    (Submission, "unschedule"): Step(workflow.unschedule, forms.Plain, "Taken off the schedule."),
    (Publication, "withdraw"): Step(
        workflow.withdraw, forms.Withdraw, "The entry was taken down.", says="Readers see a notice in its place at once."
    ),
    (Publication, "hold"): Step(
        workflow.hold, forms.Hold, "The entry stands under a warning.", says="The entry stays up, under a warning, while it is checked."
    ),
    (Publication, "release"): Step(workflow.release, forms.WithComment, "The warning is gone.", ask="What did the check find?"),
    (Publication, "restore"): Step(
        workflow.restore,
        forms.WithComment,
        "These words are in force again. A second person must confirm it within three days.",
        says="The words above become the next version at once. Unless a second person confirms within three days, it is held.",
        ask="Why is this version shown again?",
        follows=True,
        reads_first=True,
    ),
    (Publication, "confirm"): Step(workflow.confirm, forms.Plain, "Confirmed.", reads_first=True),
    (Publication, "reaffirm"): Step(
        reaffirm_one, forms.Reaffirm, "Reaffirmed.", says="You say that every word above still stands.", reads_first=True
    ),
    (Publication, "erase"): Step(
        workflow.erase,
        forms.Erase,
        "The erasure was asked for. A second person must confirm it.",
        says="Once a second person confirms, the words of this version are blanked everywhere, for good.",
        follows=True,
    ),
    (Erasure, "confirm"): Step(
        workflow.confirm, forms.Plain, "The words were erased.", says="The words of this version are blanked everywhere, for good."
    ),
    (Source, "mark_source"): Step(
        workflow.mark_source,
        forms.MarkSource,
        "The source was marked.",
        says="Every current entry that cites it gets an alert and a place in the triage queue.",
    ),
    (EvidenceAlert, "triage_alert"): Step(workflow.triage_alert, forms.Triage, "The alert was looked at.", reads_first=True),
    (StandingText, "approve_text"): Step(
        workflow.approve_text, forms.Plain, "The text is in force.", says="The text comes into force at once.", reads_first=True
    ),
    (StandingText, "end_text"): Step(workflow.end_text, forms.WithComment, "The text has ended.", ask="Why does it end?"),
    (TopicName, "approve_text"): Step(
        workflow.approve_text, forms.Plain, "The name is in force.", says="The name comes into force at once.", reads_first=True
    ),
    (TopicName, "end_text"): Step(workflow.end_text, forms.WithComment, "The name has ended.", ask="Why does it end?"),
    (AudiencePolicy, "drop_sign_off"): Step(
        workflow.drop_sign_off,
        forms.WithComment,
        "The sign-off is asked for no more.",
        says="Words for this audience are published without this sign-off from now on. The clinical one is always asked for.",
        ask="Why is it asked for no more?",
        follows=True,
    ),
    (Reviewer, "revoke_reviewer"): Step(
        workflow.revoke_reviewer,
        forms.WithComment,
        "The review scope was revoked.",
        says="The person may decide nothing from now on. What they decided stands.",
        ask="Why?",
    ),
}


def buttons(thing: models.Model, user: User) -> list[tuple[str, str]]:
    """Return the (verb, label) of what `user` may do with `thing` now, but for what its own page does."""
    return [(rule.verb, rule.label) for rule in workflow.available(thing, user) if rule.verb not in ON_THE_PAGE]


def label_of(thing: models.Model, verb: str) -> str:
    """Return the button's words for a verb."""
    return rules.RULES[type(thing), verb].label


def refusal(thing: models.Model, verb: str, user: User, at: datetime | None = None) -> str:
    """Return why `user` may not do `verb` with `thing` now, or an empty string."""
    return rules.refusal(verb, thing, user, at or timezone.now())
