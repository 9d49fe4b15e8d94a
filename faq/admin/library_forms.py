"""The forms that make or change what entries share, each calling one verb: questions, topics, sources, standing texts, reviewers."""

from datetime import datetime
from typing import Any, Final, get_args

from django import forms
from django.core.exceptions import ValidationError

from faq import workflow
from faq.admin.action_forms import topic_choices
from faq.admin.forms import Action, CheckboxesField, CommentField, DayInput, LinesField, TextField, VerbForm, choices, column_fields
from faq.admin.related_field import RelatedField
from faq.content.words import Origin
from faq.models import Checklist, Reviewer, Source, StandingText, Topic, User
from faq.models.people import PROFESSIONS, SIGN_OFFS
from faq.workflow.catalogue import SOURCE_FIELDS, TOPIC_FIELDS
from faq.workflow.checklists import USUAL
from faq.workflow.people import AUDIENCES
from faq.workflow.standing_texts import TEXT_FIELDS


class QuestionForm(VerbForm):
    """A question with its first draft."""

    wording = TextField(max_length=500, label="Question", help_text="As readers see it. Each version may word it anew.")
    slug = forms.CharField(
        required=False,
        max_length=100,
        help_text=(
            "Its public address, for ever. Empty: made from the question. Or lower-case letters, digits and single hyphens,"
            " such as what-is-her2."
        ),
    )
    language = forms.CharField(max_length=20, initial="en", help_text="A language code, such as en or es; it never changes.")
    topics = CheckboxesField()
    related = RelatedField()

    def prepare(self) -> None:
        self.offer("topics", topic_choices(self.at))

    def refuse(self, problems: Any) -> None:
        # The wording becomes the field `question` of the first draft's words, and is refused under that name.
        super().refuse([("wording" if field == "question" else field, reason) for field, reason in problems])


class CodesField(LinesField):
    """Codes, one per line, as system | code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text="One per line, as system | code, such as: ICD-10-CM | C50.-", **options)

    def clean(self, value: Any) -> list[tuple[str, str]]:
        return [code_of(line) for line in super().clean(value)]


class TopicForm(VerbForm):
    """A topic's rules, and, while it is made, its first place. Names, and other places, are proposed apart."""

    slug = forms.CharField(max_length=100, help_text="Its public address, for ever: lower-case letters, digits and single hyphens.")

    def prepare(self) -> None:
        """Take the columns' own fields; the slug is asked for once, since it never changes."""
        topic: Topic | None = self.thing
        self.fields |= column_fields(Topic, TOPIC_FIELDS)
        if topic:
            del self.fields["slug"]
            self.initial.update({name: getattr(topic, name) for name in TOPIC_FIELDS})
        else:
            self.fields["parents"] = CheckboxesField(help_text=f"The topics above it. {COUNTS_LATER}", choices=topic_choices(self.at))
            self.fields["codes"] = CodesField()


COUNTS_LATER: Final = "Parents and codes count once a second person has approved them."


class PlacementForm(VerbForm):
    """The topics above one and its codes, as a whole."""

    topic = forms.ModelChoiceField(Topic.objects.order_by("slug"))
    parents = CheckboxesField(help_text="The topics above it. A reviewer of a topic decides about all that stands below it.")
    codes = CodesField()

    def prepare(self) -> None:
        self.offer("parents", topic_choices(self.at))


def code_of(line: str) -> tuple[str, str]:
    """Return the (system, code) of a line `system | code`; raise ValidationError where it is none, or longer than the columns."""
    # Only the first bar parts: a code may have one of its own.
    system, mark, code = (part.strip() for part in line.partition("|"))
    if not (system and mark and code) or len(system) > 40 or len(code) > 60:
        raise ValidationError(f"“{line}” is no code; write it like ICD-10-CM | C50.-")
    return system, code


class TopicNameForm(VerbForm):
    """The next version of a topic's name in one language."""

    topic = forms.ModelChoiceField(Topic.objects.order_by("slug"))
    language = forms.CharField(max_length=20, help_text="A language code, such as en or es.")
    name = TextField(max_length=300)
    synonyms = LinesField(help_text="Other words people use for it, one per line. For a medicine, a brand begins with a capital.")


class SourceForm(VerbForm):
    """A source as it can be cited. Published words keep the title they were approved with."""

    key = forms.CharField(
        max_length=120, help_text="The name that marks in the text use, as in [^key], for ever: letters, digits, dots and hyphens."
    )

    def prepare(self) -> None:
        """Take the columns' own fields; the key is asked for once, since it never changes."""
        self.fields |= column_fields(Source, SOURCE_FIELDS)
        self.fields["read_on"].widget = DayInput()
        if self.thing:
            del self.fields["key"]
            self.initial.update({name: getattr(self.thing, name) for name in SOURCE_FIELDS})


class StandingTextForm(VerbForm):
    """The next version of a standing text."""

    def prepare(self) -> None:
        self.fields |= column_fields(StandingText, TEXT_FIELDS)
        self.fields["audience"] = forms.ChoiceField(choices=choices(AUDIENCES, "every audience"), required=False)
        self.fields["origin"] = forms.ChoiceField(choices=choices(get_args(Origin), "text of every origin"), required=False)
        self.fields["text"] = CommentField(
            help_text="The definition, the action of a card, the notice or the disclaimer. Plain text; an empty line begins a paragraph."
        )
        self.fields["sources"] = LinesField(help_text="One per line.")
        self.fields["key"].help_text = "The same key in each language and version, such as fever or withdrawn."


class ReviewerForm(VerbForm):
    """What a person may decide, and until when that was verified."""

    # The people to choose from depend on who asks: `prepare` fills them in.
    user = forms.ModelChoiceField(User.objects.none(), label="Person")
    languages = LinesField(required=True, help_text="Language codes, one per line, such as en.")
    topics = CheckboxesField(help_text="With all topics below them; not needed with all topics.")
    sign_offs = CheckboxesField(required=True, choices=choices(SIGN_OFFS), label="Sign-offs", initial=["clinical"])

    def prepare(self) -> None:
        """Ask for the person once; a change replaces the whole scope. Nobody finds themselves among the people."""
        self.fields |= column_fields(Reviewer, ("profession", "register", "all_topics", "verified_until"))
        known = ", ".join(PROFESSIONS)
        self.fields["profession"].help_text = f"Shown to readers as the role. The pages say these in each language: {known}."
        self.fields["verified_until"].widget = DayInput()
        self.offer("topics", topic_choices(self.at))
        self.order_fields(["user", "profession", "register", "languages", "all_topics", "topics", "sign_offs", "verified_until"])
        reviewer: Reviewer | None = self.thing
        if reviewer:
            del self.fields["user"]
            names = ("profession", "register", "languages", "all_topics", "sign_offs", "verified_until")
            self.initial.update({name: getattr(reviewer, name) for name in names})
            self.initial["topics"] = list(reviewer.topics.values_list("slug", flat=True))
        else:
            # Who has a scope already is changed on the page of that row; nobody grants one to themselves.
            people = User.objects.filter(is_active=True, reviewer=None).exclude(pk=self.by.pk)
            self.fields["user"].queryset = people.order_by("username")  # type: ignore[attr-defined]


# These verbs name the row by its slug, its key or the person, for they make it as well.


def edit_this_topic(topic: Topic, *, by: User, at: datetime, **arguments: Any) -> Topic:
    return workflow.edit_topic(slug=topic.slug, by=by, at=at, **arguments)


def edit_this_source(source: Source, *, by: User, at: datetime, **arguments: Any) -> Source:
    return workflow.edit_source(key=source.key, by=by, at=at, **arguments)


def renew_reviewer(reviewer: Reviewer, *, by: User, at: datetime, **arguments: Any) -> Reviewer:
    return workflow.grant_reviewer(reviewer.user, by=by, at=at, **arguments)


def grant_to_user(*, user: User, by: User, at: datetime, **arguments: Any) -> Reviewer:
    return workflow.grant_reviewer(user, by=by, at=at, **arguments)


class SignOffForm(VerbForm):
    """A sign-off that an audience's texts need."""

    audience = forms.ChoiceField(choices=choices(AUDIENCES))
    sign_off = forms.ChoiceField(choices=choices(SIGN_OFFS), help_text="Beside the clinical one, which every text needs.")


class ChecklistForm(VerbForm):
    """The points that are ticked before one sign-off."""

    items = LinesField(rows=8, label="Points", help_text="One per line, in order.")
    nothing = forms.BooleanField(required=False, label="Ask nothing before this sign-off any more")

    def prepare(self) -> None:
        self.initial["items"] = self.thing.items

    def clean(self) -> dict[str, Any]:
        if bool(self.cleaned_data.get("items")) == self.cleaned_data.get("nothing"):
            self.add_error("items", "Write the points, or take all of them out and tick that nothing is asked.")
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        return {"items": self.cleaned_data["items"]}


class NewChecklistForm(VerbForm):
    """A checklist for a sign-off that has none."""

    sign_off = forms.ChoiceField()
    items = LinesField(rows=8, label="Points", help_text="One per line, in order. Empty: the usual ones, which can be changed afterwards.")

    def prepare(self) -> None:
        taken = set(Checklist.objects.values_list("sign_off", flat=True))
        self.offer("sign_off", choices([kind for kind in SIGN_OFFS if kind not in taken]))


def begin_checklist(*, sign_off: str, items: list[str], **arguments: Any) -> Checklist:
    return workflow.edit_checklist(sign_off=sign_off, items=items or USUAL[sign_off], **arguments)


def edit_this_checklist(checklist: Checklist, **arguments: Any) -> Checklist:
    return workflow.edit_checklist(sign_off=checklist.sign_off, **arguments)


PROPOSED: Final = "Proposed. A second person approves it before readers see it."
ADD_QUESTION: Final = Action(workflow.create_question, QuestionForm, "The question has its first draft.", follows=True)
ADD_TOPIC: Final = Action(
    workflow.edit_topic, TopicForm, "The topic was made. Propose its name next.", says="Readers see a topic once its name is approved."
)
EDIT_TOPIC: Final = Action(edit_this_topic, TopicForm, "The topic was changed.")
ADD_PLACEMENT: Final = Action(workflow.propose, PlacementForm, PROPOSED, says=COUNTS_LATER, follows=True)
ADD_NAME: Final = Action(workflow.propose, TopicNameForm, PROPOSED, follows=True)
ADD_SOURCE: Final = Action(workflow.edit_source, SourceForm, "The source can be cited now.", follows=True)
EDIT_SOURCE: Final = Action(edit_this_source, SourceForm, "The source was corrected.")
ADD_SIGN_OFF: Final = Action(
    workflow.ask_sign_off, SignOffForm, "Words for this audience need this sign-off from now on.", says="Words that wait need it too."
)
ASKED_FROM_NOW: Final = "Whoever gives this sign-off ticks each point from now on."
ADD_CHECKLIST: Final = Action(begin_checklist, NewChecklistForm, ASKED_FROM_NOW, says="Approvals that were given stand.", follows=True)
EDIT_CHECKLIST: Final = Action(edit_this_checklist, ChecklistForm, ASKED_FROM_NOW, says="Approvals that were given stand.")
ADD_TEXT: Final = Action(workflow.propose, StandingTextForm, PROPOSED, follows=True)
ADD_REVIEWER: Final = Action(grant_to_user, ReviewerForm, "This person is a reviewer now.", follows=True)
EDIT_REVIEWER: Final = Action(renew_reviewer, ReviewerForm, "The review scope was replaced.")
