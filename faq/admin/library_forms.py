"""The forms that make or change what entries share, each calling one verb: questions, topics, sources, standing texts, reviewers."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from faq import workflow
from faq.admin.forms import Comment, Lines, Step, Text, Ticks, VerbForm, choices, columns
from faq.admin.verb_forms import topic_choices
from faq.models import Reviewer, Source, StandingText, Topic, User
from faq.models.people import PROFESSIONS, SIGN_OFFS
from faq.workflow.library import AUDIENCES, SOURCE_FIELDS, TEXT_FIELDS, TOPIC_FIELDS

ORIGINS: Final = ("human", "ai_assisted", "ai_generated")


class QuestionForm(VerbForm):
    """A question with its first draft."""

    wording = Text(max_length=500, label="Question", help_text="As readers see it. Each version may word it anew.")
    slug = forms.CharField(
        max_length=100, help_text="Its public address, for ever: lower-case letters, digits and single hyphens, such as what-is-her2."
    )
    language = forms.CharField(max_length=20, initial="en", help_text="A language code, such as en or es; it never changes.")
    topics = Ticks()
    related = Lines(label="Related entries", help_text="One slug per line, in the order readers see them.")

    def prepare(self) -> None:
        """Offer every topic."""
        self.fields["topics"].choices = topic_choices()  # type: ignore[attr-defined]

    def refuse(self, problems: Any) -> None:
        """Show what is wrong with the Words' `question` beside the wording."""
        super().refuse([("wording" if field == "question" else field, reason) for field, reason in problems])


class TopicForm(VerbForm):
    """A topic's place, its rules and its codes. Its names are proposed apart, for a second person to approve."""

    slug = forms.CharField(max_length=100, help_text="Its public address, for ever: lower-case letters, digits and single hyphens.")

    def prepare(self) -> None:
        """Take the columns' own fields; the slug is asked for once."""
        topic: Topic | None = self.thing
        self.fields |= columns(Topic, TOPIC_FIELDS)
        self.fields["parents"] = Ticks(
            help_text="The topics above it.", choices=[each for each in topic_choices() if not self.is_self(each[0])]
        )
        self.fields["codes"] = Lines(help_text="One per line, as system | code, such as: ICD-10-CM | C50.-")
        if topic:
            del self.fields["slug"]
            self.initial.update({name: getattr(topic, name) for name in TOPIC_FIELDS})
            self.initial["parents"] = [parent.slug for parent in topic.parents.all()]
            self.initial["codes"] = [f"{row.system} | {row.code}" for row in topic.codes.all()]

    def is_self(self, slug: str) -> bool:
        """Return whether `slug` is this topic's own."""
        return self.thing is not None and bool(self.thing.slug == slug)

    def clean_codes(self) -> list[tuple[str, str]]:
        """Return the codes as (system, code)."""
        return [code_of(line) for line in self.cleaned_data["codes"]]


def code_of(line: str) -> tuple[str, str]:
    """Return the (system, code) of a line; raise ValidationError where it is none."""
    system, mark, code = (part.strip() for part in line.partition("|"))
    if not (system and mark and code) or len(system) > 40 or len(code) > 60:
        raise ValidationError(f"“{line}” is no code; write it like ICD-10-CM | C50.-")
    return system, code


class TopicNameForm(VerbForm):
    """The next version of a topic's name in one language."""

    topic = forms.ModelChoiceField(Topic.objects.order_by("slug"))
    language = forms.CharField(max_length=20, help_text="A language code, such as en or es.")
    name = Text(max_length=300)
    synonyms = Lines(help_text="Other words people use for it, one per line. For a medicine, a brand begins with a capital.")


class SourceForm(VerbForm):
    """A source as it can be cited. Published words keep the title they were approved with."""

    key = forms.CharField(
        max_length=120, help_text="The name that marks in the text use, as in [^key], for ever: letters, digits, dots and hyphens."
    )

    def prepare(self) -> None:
        """Take the columns' own fields; the key is asked for once."""
        self.fields |= columns(Source, SOURCE_FIELDS)
        self.fields["read_on"].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        if self.thing:
            del self.fields["key"]
            self.initial.update({name: getattr(self.thing, name) for name in SOURCE_FIELDS})


class StandingTextForm(VerbForm):
    """The next version of a standing text."""

    def prepare(self) -> None:
        """Take the columns' own fields."""
        self.fields |= columns(StandingText, TEXT_FIELDS)
        self.fields["audience"] = forms.ChoiceField(choices=choices(AUDIENCES, "every audience"), required=False)
        self.fields["origin"] = forms.ChoiceField(choices=choices(ORIGINS, "text of every origin"), required=False)
        self.fields["text"] = Comment(
            help_text="The definition, the action of a card, the notice or the disclaimer. Plain text; an empty line begins a paragraph."
        )
        self.fields["sources"] = Lines(help_text="One per line.")
        self.fields["key"].help_text = "The same key in each language and version, such as fever or withdrawn."


class ReviewerForm(VerbForm):
    """What a person may decide, and until when that was verified."""

    user = forms.ModelChoiceField(User.objects.none(), label="Person")
    languages = Lines(required=True, help_text="Language codes, one per line, such as en.")
    topics = Ticks(help_text="With all topics below them; not needed with all topics.")
    sign_offs = Ticks(required=True, choices=choices(SIGN_OFFS), label="Sign-offs", initial=["clinical"])

    def prepare(self) -> None:
        """Ask for the person once; a change replaces the whole scope."""
        self.fields |= columns(Reviewer, ("profession", "register", "all_topics", "verified_until"))
        self.fields[
            "profession"
        ].help_text = f"Shown to readers as the role. The pages say these in each language: {', '.join(PROFESSIONS)}."
        self.fields["verified_until"].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        self.fields["topics"].choices = topic_choices()  # type: ignore[attr-defined]
        self.order_fields(["user", "profession", "register", "languages", "all_topics", "topics", "sign_offs", "verified_until"])
        reviewer: Reviewer | None = self.thing
        if reviewer:
            del self.fields["user"]
            names = ("profession", "register", "languages", "all_topics", "sign_offs", "verified_until")
            self.initial.update({name: getattr(reviewer, name) for name in names})
            self.initial["topics"] = list(reviewer.topics.values_list("slug", flat=True))
        else:
            people = User.objects.filter(is_active=True, reviewer=None).exclude(pk=self.by.pk)
            self.fields["user"].queryset = people.order_by("username")  # type: ignore[attr-defined]


# How each verb is called: the row is named by its slug, key or person.


def edit_topic(topic: Topic, *, by: User, at: datetime, **arguments: Any) -> Topic:
    """Change a topic that exists."""
    return workflow.edit_topic(slug=topic.slug, by=by, at=at, **arguments)


def edit_source(source: Source, *, by: User, at: datetime, **arguments: Any) -> Source:
    """Correct a source that exists."""
    return workflow.edit_source(key=source.key, by=by, at=at, **arguments)


def renew_reviewer(reviewer: Reviewer, *, by: User, at: datetime, **arguments: Any) -> Reviewer:
    """Replace the scope of a reviewer."""
    return workflow.grant_reviewer(reviewer.user, by=by, at=at, **arguments)


def grant_reviewer(*, user: User, by: User, at: datetime, **arguments: Any) -> Reviewer:
    """Make somebody a reviewer."""
    return workflow.grant_reviewer(user, by=by, at=at, **arguments)


class SignOffForm(VerbForm):
    """A sign-off that an audience's texts need."""

    audience = forms.ChoiceField(choices=choices(AUDIENCES))
    sign_off = forms.ChoiceField(choices=choices(SIGN_OFFS), help_text="Beside the clinical one, which every text needs.")


PROPOSED: Final = "Proposed. A second person approves it before readers see it."
ADD_QUESTION: Final = Step(workflow.create_question, QuestionForm, "The question has its first draft.", follows=True)
ADD_TOPIC: Final = Step(
    workflow.edit_topic, TopicForm, "The topic was made. Propose its name next.", says="Readers see a topic once its name is approved."
)
EDIT_TOPIC: Final = Step(edit_topic, TopicForm, "The topic was changed.")
ADD_NAME: Final = Step(workflow.propose, TopicNameForm, PROPOSED, follows=True)
ADD_SOURCE: Final = Step(workflow.edit_source, SourceForm, "The source can be cited now.", follows=True)
EDIT_SOURCE: Final = Step(edit_source, SourceForm, "The source was corrected.")
ADD_SIGN_OFF: Final = Step(
    workflow.ask_sign_off, SignOffForm, "Words for this audience need this sign-off from now on.", says="Words that wait need it too."
)
ADD_TEXT: Final = Step(workflow.propose, StandingTextForm, PROPOSED, follows=True)
ADD_REVIEWER: Final = Step(grant_reviewer, ReviewerForm, "This person is a reviewer now.", follows=True)
EDIT_REVIEWER: Final = Step(renew_reviewer, ReviewerForm, "The review scope was replaced.")
