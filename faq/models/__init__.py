"""The tables: shape, constraints and querysets. Nothing here imports the rest of the application."""

from faq.models.answers import Answer, Comment, Edit
from faq.models.catalogue import Question, QuestionTopic, Topic, TopicCode, TopicName, TopicPlacement
from faq.models.documents import Document, DocumentLink, DocumentTerm, EntryVectors
from faq.models.evidence import Citation, EvidenceAlert, Source
from faq.models.imports import ImportFile
from faq.models.inbox import Feedback, InboxLook, MissedSearch, ReaderWrite, Report, SubmittedQuestion
from faq.models.people import Reviewer, SignInAttempt, User
from faq.models.publications import Change, ImportRun, Ledger, Publication, PublicationTopic
from faq.models.reviews import (
    Assignment,
    AudiencePolicy,
    Checklist,
    Erasure,
    ReviewDecision,
    ReviewReminder,
    Submission,
    SubmissionEditor,
    Waiver,
)
from faq.models.standing import StandingText

__all__ = [
    "Answer",
    "Assignment",
    "AudiencePolicy",
    "Change",
    "Checklist",
    "Citation",
    "Comment",
    "Document",
    "DocumentLink",
    "DocumentTerm",
    "Edit",
    "EntryVectors",
    "Erasure",
    "EvidenceAlert",
    "Feedback",
    "ImportFile",
    "ImportRun",
    "InboxLook",
    "Ledger",
    "MissedSearch",
    "Publication",
    "PublicationTopic",
    "Question",
    "QuestionTopic",
    "ReaderWrite",
    "Report",
    "ReviewDecision",
    "ReviewReminder",
    "Reviewer",
    "SignInAttempt",
    "Source",
    "StandingText",
    "Submission",
    "SubmissionEditor",
    "SubmittedQuestion",
    "Topic",
    "TopicCode",
    "TopicName",
    "TopicPlacement",
    "User",
    "Waiver",
]
