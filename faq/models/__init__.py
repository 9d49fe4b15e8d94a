"""The tables: shape, constraints and querysets. Nothing here imports the rest of the application."""

from faq.models.answers import Answer, Comment, Edit, Phrasing
from faq.models.catalogue import Question, QuestionTopic, Topic, TopicCode, TopicName
from faq.models.evidence import Citation, EvidenceAlert, Resource, Source
from faq.models.imports import ImportFile
from faq.models.people import Reviewer, User
from faq.models.publications import Change, ImportRun, Ledger, Publication, PublicationTopic
from faq.models.reviews import AudiencePolicy, Erasure, ReviewDecision, ReviewReminder, Submission, SubmissionEditor, Waiver
from faq.models.standing import StandingText

__all__ = [
    "Answer",
    "AudiencePolicy",
    "Change",
    "Citation",
    "Comment",
    "Edit",
    "Erasure",
    "EvidenceAlert",
    "ImportFile",
    "ImportRun",
    "Ledger",
    "Phrasing",
    "Publication",
    "PublicationTopic",
    "Question",
    "QuestionTopic",
    "Resource",
    "ReviewDecision",
    "ReviewReminder",
    "Reviewer",
    "Source",
    "StandingText",
    "Submission",
    "SubmissionEditor",
    "Topic",
    "TopicCode",
    "TopicName",
    "User",
    "Waiver",
]
