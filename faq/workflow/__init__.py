"""THE rules: the transition table, who may do what, and the verbs. A status changes here and nowhere else.

Each verb is keyword-only but for its thing, takes `by` and `at`, locks what it changes, consults the table (`rules.py`), and writes
status, decision and Change in one transaction. A face calls one verb and translates TransitionRefused (and WordsRefused).
"""

from faq.publishing import WordsRefused
from faq.workflow.drafting import create_question, discard, edit, recall, start_revision, submit, take_over
from faq.workflow.library import approve_text, edit_source, edit_topic, end_text, grant_reviewer, propose, revoke_reviewer
from faq.workflow.readers import (
    confirm,
    due_reviews,
    erase,
    expire,
    expire_due,
    hold,
    hold_unconfirmed,
    mark_source,
    reaffirm,
    reclassify,
    release,
    restore,
    translations_of,
    triage_alert,
    withdraw,
)
from faq.workflow.reviewing import (
    Waive,
    approve,
    attest,
    carried,
    draft_readiness,
    object,  # noqa: A004  (the verb's name)
    publish,
    publish_scheduled,
    readiness_of,
    request_changes,
    resolve,
    schedule,
    unschedule,
)
from faq.workflow.rules import Rule, TransitionRefused, available, editors_of, open_objections

__all__ = [
    "Rule",
    "TransitionRefused",
    "Waive",
    "WordsRefused",
    "approve",
    "approve_text",
    "attest",
    "available",
    "carried",
    "confirm",
    "create_question",
    "discard",
    "draft_readiness",
    "due_reviews",
    "edit",
    "edit_source",
    "edit_topic",
    "editors_of",
    "end_text",
    "erase",
    "expire",
    "expire_due",
    "grant_reviewer",
    "hold",
    "hold_unconfirmed",
    "mark_source",
    "object",
    "open_objections",
    "propose",
    "publish",
    "publish_scheduled",
    "readiness_of",
    "reaffirm",
    "recall",
    "reclassify",
    "release",
    "request_changes",
    "resolve",
    "restore",
    "revoke_reviewer",
    "schedule",
    "start_revision",
    "submit",
    "take_over",
    "translations_of",
    "triage_alert",
    "unschedule",
    "withdraw",
]
