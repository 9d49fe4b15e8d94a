"""THE rules: the transition table, who may do what, and the verbs. A status changes here and nowhere else.

Each verb is keyword-only but for its thing, takes `by` and `at`, locks what it changes, consults the table (`rules.py`), and writes
status, decision and Change in one transaction. A face calls one verb and translates TransitionRefused (and WordsRefused).
"""

from faq.publishing import WordsRefused
from faq.workflow.arriving import Arrival, bring_in
from faq.workflow.drafting import comment, create_question, discard, edit, recall, start_revision, submit, take_over
from faq.workflow.evidence import mark_source, triage_alert
from faq.workflow.library import (
    NewTopic,
    approve_text,
    ask_sign_off,
    drop_sign_off,
    edit_source,
    edit_topic,
    end_text,
    grant_reviewer,
    propose,
    revoke_reviewer,
    shelve,
)
from faq.workflow.readers import (
    confirm,
    due_reviews,
    erase,
    expire,
    expire_due,
    hold,
    hold_unconfirmed,
    reaffirm,
    reclassify,
    release,
    restore,
    translations_of,
    withdraw,
)
from faq.workflow.reviewing import (
    Attested,
    Waive,
    approve,
    attest,
    carried,
    object,  # noqa: A004  (the verb's name)
    publish,
    publish_scheduled,
    request_changes,
    resolve,
    schedule,
    unschedule,
)
from faq.workflow.rules import Rule, TransitionRefused, available, open_objections
from faq.workflow.surroundings import draft_readiness, readiness_of
from faq.workflow.who import editors_of

__all__ = [
    "Arrival",
    "Attested",
    "NewTopic",
    "Rule",
    "TransitionRefused",
    "Waive",
    "WordsRefused",
    "approve",
    "approve_text",
    "ask_sign_off",
    "attest",
    "available",
    "bring_in",
    "carried",
    "comment",
    "confirm",
    "create_question",
    "discard",
    "draft_readiness",
    "drop_sign_off",
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
    "shelve",
    "start_revision",
    "submit",
    "take_over",
    "translations_of",
    "triage_alert",
    "unschedule",
    "withdraw",
]
