"""THE rules: the transition table, who may do what, and the verbs. A status changes here and nowhere else.

A verb is what one person does to one thing: `approve(submission, by=reviewer, at=now, …)`. Its thing comes first, all else by name.
How one is made, in the order in which it runs:

1. `@verb` (errors.py) makes it all or nothing, and logs what it was refused with.
2. It locks what it will change and reads that afresh, in the order that locks.py gives.
3. `require` looks it up in the table (transitions.py), which tests the person (permissions.py) and the thing's status. A verb whose
   thing is still to be made has no line there and asks `require_right`. Both read the person afresh.
4. It writes: the new status, then with the Ledger in hand (integrity/ledger.py) the decision, and a Change where readers can notice.

A face (the admin, an import, the clock's jobs) calls one verb, and shows the sentence of TransitionRefused or WordsRefused as it is.
"""

from faq.workflow.assigning import assign, assignment_of, may_be_assigned
from faq.workflow.bulk import NewEntry, publish_new
from faq.workflow.catalogue import NewTopic, create_topics_and_sources, edit_source, edit_topic
from faq.workflow.checklists import edit_checklist, points_of
from faq.workflow.drafts import comment, create_question, discard, edit, lower_origin, recall, start_revision, submit, take_over
from faq.workflow.erasure import confirm_erasure, erase
from faq.workflow.errors import TransitionRefused, WordsRefused
from faq.workflow.people import ask_sign_off, drop_sign_off, grant_reviewer, revoke_reviewer
from faq.workflow.permissions import editors_of
from faq.workflow.published import (
    confirm,
    due_reviews,
    expire,
    hold,
    hold_citing,
    reaffirm,
    reclassify,
    release,
    restore,
    withdraw,
)
from faq.workflow.publishing import publish, publish_scheduled, schedule, unschedule
from faq.workflow.readiness_context import draft_readiness, preview, readiness_of
from faq.workflow.reviews import ExternalNameReview, ExternalReview, approve, attest, object, request_changes, resolve  # noqa: A004  (the verb's name)
from faq.workflow.seen import WordsMoved, seen_of
from faq.workflow.sentence_checks import checked_before, statements_of, to_be_checked, unchecked
from faq.workflow.sorting import (
    alike_to,
    close_report,
    link_question,
    open_question,
    put_on_duty,
    reject_question,
    take_off_duty,
    take_phrasings,
)
from faq.workflow.sources import mark_source, triage_alert
from faq.workflow.standing_texts import approve_names, approve_text, end_text, names_replaced, propose, seen_names
from faq.workflow.transitions import Rule, available, open_objections
from faq.workflow.translations import translations_of
from faq.workflow.waivers import GivenWaiver, earlier_waivers

__all__ = [
    "ExternalNameReview",
    "ExternalReview",
    "GivenWaiver",
    "NewEntry",
    "NewTopic",
    "Rule",
    "TransitionRefused",
    "WordsMoved",
    "WordsRefused",
    "alike_to",
    "approve",
    "approve_names",
    "approve_text",
    "ask_sign_off",
    "assign",
    "assignment_of",
    "attest",
    "available",
    "checked_before",
    "close_report",
    "comment",
    "confirm",
    "confirm_erasure",
    "create_question",
    "create_topics_and_sources",
    "discard",
    "draft_readiness",
    "drop_sign_off",
    "due_reviews",
    "earlier_waivers",
    "edit",
    "edit_checklist",
    "edit_source",
    "edit_topic",
    "editors_of",
    "end_text",
    "erase",
    "expire",
    "grant_reviewer",
    "hold",
    "hold_citing",
    "link_question",
    "lower_origin",
    "mark_source",
    "may_be_assigned",
    "names_replaced",
    "object",
    "open_objections",
    "open_question",
    "points_of",
    "preview",
    "propose",
    "publish",
    "publish_new",
    "publish_scheduled",
    "put_on_duty",
    "readiness_of",
    "reaffirm",
    "recall",
    "reclassify",
    "reject_question",
    "release",
    "request_changes",
    "resolve",
    "restore",
    "revoke_reviewer",
    "schedule",
    "seen_names",
    "seen_of",
    "start_revision",
    "statements_of",
    "submit",
    "take_off_duty",
    "take_over",
    "take_phrasings",
    "to_be_checked",
    "translations_of",
    "triage_alert",
    "unchecked",
    "unschedule",
    "withdraw",
]
