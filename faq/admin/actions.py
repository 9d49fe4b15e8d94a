"""The table of buttons: which form asks for a verb's arguments, and how the verb is called.

Who sees which button, and what it is called, is for `workflow.available` to say. A test holds the table to that of the workflow.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db import models
from django.urls import reverse
from django.utils import timezone

from faq import workflow
from faq.admin import action_forms as forms
from faq.admin.approve_form import ApproveForm
from faq.admin.forms import Action
from faq.admin.inbox_forms import CloseForm, LinkForm, OpenForm, RejectForm
from faq.models import (
    Answer,
    AudiencePolicy,
    Erasure,
    EvidenceAlert,
    Publication,
    Question,
    Report,
    Reviewer,
    Source,
    StandingText,
    Submission,
    SubmittedQuestion,
    TopicName,
    TopicPlacement,
    User,
)
from faq.models.answers import OPEN
from faq.workflow import transitions

ERASED: Final = (
    "The words of this version are blanked, and with them all drafts, submissions, edits and waivers of this question on which no other"
    " version stands, and whatever people said beside them or with their decisions; files that wait to be imported are thrown away."
    " An erasure does not reach: other versions and other entries, translations among them, each of which needs an order of its own;"
    " the legal basis you give; backups, and the logs of the database; files that were exported; caches and apps until they ask again;"
    " mails; printed pages. See to those by hand."
)
"""What an erasure does, and what it cannot do."""

ON_THE_PAGE: Final = {"edit", "edit_topic", "edit_source", "edit_checklist"}
"""Verbs without a button, since their form is the row's own page."""


def assign_one(submission: Submission, **arguments: Any) -> list[Submission]:
    return workflow.assign([submission], **arguments)


# The verb takes several at once, as {key: hash}.
def reaffirm_one(publication: Publication, *, seen_hash: str, **arguments: Any) -> list[Publication]:
    return workflow.reaffirm({publication.pk: seen_hash}, **arguments)


ASKED_AGAIN: Final = "New words of the entry that were approved and wait for publication go back to be approved anew."

ACTIONS: Final[dict[tuple[type[models.Model], str], Action]] = {
    (Question, "start_revision"): Action(
        workflow.start_revision,
        forms.ConfirmForm,
        "The draft is open.",
        says="A new draft opens with the newest published words. Readers keep seeing the version in force.",
        follows=True,
    ),
    (Question, "reclassify"): Action(workflow.reclassify, forms.ReclassifyForm, "Topics and related entries were changed."),
    (Answer, "take_over"): Action(
        workflow.take_over,
        forms.ConfirmForm,
        "You hold the draft now.",
        says="You become the one who edits this draft. Both of you count as its editors, so neither may approve it.",
    ),
    (Answer, "take_phrasings"): Action(
        workflow.take_phrasings,
        forms.ConfirmForm,
        "The draft has the ways of asking that readers used.",
        says="Ways of asking that waited for the next version stand among the phrasings of this draft. Look them over before you submit.",
    ),
    (Answer, "lower_origin"): Action(
        workflow.lower_origin,
        forms.CommentForm,
        "The words are marked as AI-assisted.",
        says="Words that an AI drafted never count as written by a person. The reviewer reads your reason beside them.",
        ask="What did people do to the words that the AI drafted?",
    ),
    (Answer, "comment"): Action(workflow.comment, forms.RemarkForm, "Your colleagues see your comment beside the answer."),
    (Answer, "discard"): Action(
        workflow.discard,
        forms.DiscardForm,
        "The draft was given up.",
        says="A discarded draft is kept for the record and never opened again.",
    ),
    (Answer, "submit"): Action(
        workflow.submit,
        forms.NoteForm,
        "The words were submitted; a second person decides about them.",
        says="The words below are frozen for review. You can take them back to draft.",
        follows=True,
    ),
    (Answer, "recall"): Action(
        workflow.recall,
        forms.ConfirmForm,
        "The answer is a draft again.",
        says="The submitted words are kept for the record, and nobody decides about them any more.",
    ),
    (Submission, "assign"): replace(forms.ASSIGN, call=assign_one),
    (Submission, "request_changes"): Action(
        workflow.request_changes, forms.ReturnForm, "The words went back to their author.", ask="What has to change?", reads_first=True
    ),
    (Submission, "approve"): Action(workflow.approve, ApproveForm, "You approved these words.", reads_first=True),
    (Submission, "attest"): Action(workflow.attest, forms.AttestForm, "The review done elsewhere was recorded.", reads_first=True),
    (Submission, "object"): Action(
        workflow.object,
        forms.ReturnForm,
        "Your objection is open.",
        says="Nothing is published while an objection is open.",
        ask="What do you object to?",
        reads_first=True,
    ),
    (Submission, "resolve"): Action(workflow.resolve, forms.CommentForm, "The objections are resolved.", ask="How was it resolved?"),
    (Submission, "publish"): Action(
        workflow.publish,
        forms.ConfirmForm,
        "Published. Readers see these words now.",
        says="Readers see the words below at once.",
        follows=True,
    ),
    (Submission, "schedule"): Action(workflow.schedule, forms.ScheduleForm, "Scheduled."),
    (Submission, "unschedule"): Action(workflow.unschedule, forms.ConfirmForm, "Taken off the schedule."),
    (Publication, "withdraw"): Action(
        workflow.withdraw,
        forms.WithdrawForm,
        "The entry was taken down.",
        says="Readers see a notice in its place at once. " + ASKED_AGAIN,
        sure="Take it down now",
    ),
    (Publication, "hold"): Action(
        workflow.hold,
        forms.HoldForm,
        "The entry stands under a warning.",
        says="The entry stays up, under a warning, while it is checked. " + ASKED_AGAIN,
    ),
    (Publication, "release"): Action(workflow.release, forms.CommentForm, "The warning is gone.", ask="What did the check find?"),
    (Publication, "restore"): Action(
        workflow.restore,
        forms.RestoreForm,
        "These words are in force again, under a warning, until another person confirms it.",
        says="The words above become the next version at once, under a warning, until another person confirms it.",
        follows=True,
        reads_first=True,
    ),
    (Publication, "confirm"): Action(workflow.confirm, forms.ConfirmForm, "Confirmed.", reads_first=True),
    (Publication, "reaffirm"): Action(
        reaffirm_one, forms.ReaffirmForm, "Reaffirmed.", says="You say that every word above still stands.", reads_first=True
    ),
    (Publication, "erase"): Action(
        workflow.erase,
        forms.EraseForm,
        "The erasure was asked for. A second person must confirm it.",
        says=f"Once a second person confirms, for good: {ERASED}",
        follows=True,
    ),
    (Erasure, "confirm_erasure"): Action(
        workflow.confirm_erasure,
        forms.ConfirmForm,
        "The words were erased.",
        says=f"For good: {ERASED}",
    ),
    (Source, "mark_source"): Action(
        workflow.mark_source,
        forms.MarkSourceForm,
        "The source was marked.",
        says="Every current entry that cites it gets an alert and a place in the triage queue.",
    ),
    (Source, "hold_citing"): Action(
        workflow.hold_citing,
        forms.HoldCitingForm,
        "All entries in force that cite it stand under a warning.",
        says="Every entry below stays up, under the library's usual warning, while it is checked. " + ASKED_AGAIN,
    ),
    (EvidenceAlert, "triage_alert"): Action(workflow.triage_alert, forms.TriageForm, "The alert was looked at.", reads_first=True),
    (StandingText, "approve_text"): Action(
        workflow.approve_text, forms.ConfirmForm, "The text is in force.", says="The text comes into force at once.", reads_first=True
    ),
    (StandingText, "end_text"): Action(workflow.end_text, forms.CommentForm, "The text has ended.", ask="Why does it end?"),
    (TopicName, "approve_text"): Action(
        workflow.approve_text, forms.ConfirmForm, "The name is in force.", says="The name comes into force at once.", reads_first=True
    ),
    (TopicName, "end_text"): Action(workflow.end_text, forms.CommentForm, "The name has ended.", ask="Why does it end?"),
    (TopicPlacement, "approve_text"): Action(
        workflow.approve_text,
        forms.ConfirmForm,
        "The topic stands there now.",
        says="The topic has these parents and codes at once. Readers find entries by them; reviewers of the topics above may decide here.",
        reads_first=True,
    ),
    (TopicPlacement, "end_text"): Action(workflow.end_text, forms.CommentForm, "The place was refused.", ask="Why is it refused?"),
    (AudiencePolicy, "drop_sign_off"): Action(
        workflow.drop_sign_off,
        forms.CommentForm,
        "The sign-off is asked for no more.",
        says="Words for this audience are published without this sign-off from now on. The clinical one is always asked for.",
        ask="Why is it asked for no more?",
        follows=True,  # the decision: the row itself is gone
    ),
    (Reviewer, "revoke_reviewer"): Action(
        workflow.revoke_reviewer,
        forms.CommentForm,
        "The review scope was revoked.",
        says="The person may decide nothing from now on. What they decided stands.",
        ask="Why?",
    ),
    (Reviewer, "put_on_duty"): Action(
        workflow.put_on_duty,
        forms.ConfirmForm,
        "On duty.",
        says="The person is mailed at once when a reader reports harm by an entry within their scope.",
    ),
    (Reviewer, "take_off_duty"): Action(
        workflow.take_off_duty,
        forms.ConfirmForm,
        "Off duty.",
        says="Where nobody is on duty, all who may decide about the entry are mailed, and the leads.",
    ),
    (SubmittedQuestion, "link_question"): Action(
        workflow.link_question,
        LinkForm,
        "The question leads to its entry.",
        says="Nobody is told: the reader may find the entry. The way of asking goes into its next version, which a second person approves.",
        reads_first=True,
    ),
    (SubmittedQuestion, "open_question"): Action(
        workflow.open_question,
        OpenForm,
        "The question is open; its draft is yours.",
        says="A new question opens with an empty draft, which you hold.",
        reads_first=True,
        follows=True,
    ),
    (SubmittedQuestion, "reject_question"): Action(
        workflow.reject_question, RejectForm, "The question was rejected.", says="Nothing comes of it.", reads_first=True
    ),
    (Report, "close_report"): Action(
        workflow.close_report,
        CloseForm,
        "The report is closed.",
        says="Closing it changes nothing for readers: hold, withdraw or revise the entry first where that is needed.",
        ask="What came of it?",
        reads_first=True,
    ),
}


def buttons(thing: models.Model, user: User) -> list[tuple[str, str]]:
    """Return the (verb, label) of what `user` may do with `thing` now, but for ON_THE_PAGE."""
    return [(rule.verb, rule.label) for rule in workflow.available(thing, user) if rule.verb not in ON_THE_PAGE]


def ways_on(thing: models.Model, user: User) -> list[tuple[str, str]]:
    """Return (address, label) of what `user` may do next about an entry from the page of its version in force: revise it."""
    if not isinstance(thing, Publication) or thing.status != Publication.Status.CURRENT:
        return []
    question = thing.question
    if "start_revision" in {rule.verb for rule in workflow.available(question, user)}:
        return [(reverse("admin:faq_question_verb", args=[question.pk, "start_revision"]), "Revise")]
    opened = question.answers.filter(status__in=OPEN).first()
    return [(reverse("admin:faq_answer_change", args=[opened.pk]), "Open the revision")] if opened else []


def label_of(thing: models.Model, verb: str) -> str:
    return transitions.RULES[type(thing), verb].label


def refusal_of(thing: models.Model, verb: str, user: User, at: datetime | None = None) -> str:
    """Return why `user` may not do `verb` with `thing` now, or an empty string."""
    return transitions.refusal(verb, thing, user, at or timezone.now())
