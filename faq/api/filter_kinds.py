"""Kinds of filters of lists of entries, over the columns and terms of documents: which values each takes, and what it keeps.

A value of no meaning is refused at once (`read`); one that no entry in force has, where the list begins (`stranger`). A filter given
several times keeps what any of its values keeps.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import ClassVar, Final, get_args

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django_filters import Filter

from faq.api.params import calendar_day
from faq.clock import calendar_fault, days_in_review_state, end_of_day, start_of_day
from faq.content.folding import searchable
from faq.content.words import Audience
from faq.models import Document, DocumentTerm
from faq.public.caching import COUNTS
from faq.public.catalogue import PublicTopic, public_sources, public_topics
from faq.public.links import absolute_url
from faq.public.topic_tree import all_families, code_systems, topics_coded

Documents = QuerySet[Document]
Values = tuple[str, ...]
Kind = DocumentTerm.Kind
AUDIENCES: Final = get_args(Audience)
OPEN_AUDIENCES: Final = tuple(audience for audience in AUDIENCES if audience != "clinician")
ANY: Final = "any"
MOST_NAMED: Final = 50
"""Known values that a refusal names."""
CODE: Final = re.compile(r"\s*([^|\s][^|]{0,39}?)\s*\|\s*(\S.{0,59}?)\s*")
"""A system and a code, as long as the columns of TopicCode take them."""


def known(values: Collection[str]) -> str:
    """Return the sentence that names known values."""
    named, more = list(values)[:MOST_NAMED], len(values) - MOST_NAMED
    return f"Known: {', '.join(named) or 'none yet'}{f' and {more} more' if more > 0 else ''}."


def in_force() -> Documents:
    """Return the documents of the entries in force."""
    return Document.objects.filter(is_listed=True).order_by()


class ValuesField(forms.Field):
    """The values given for one filter."""

    widget = forms.MultipleHiddenInput  # takes them as they come

    def __init__(self, values: "ValuesFilter") -> None:
        super().__init__(required=False, label="")
        self.values = values

    def clean(self, given: Sequence[str]) -> Values:
        """Return each value once and in order, so that all ways of asking for the same look alike; raise ValidationError."""
        if len(given) > self.values.most:
            raise forms.ValidationError(f"Give it {self.values.most} times at most.")
        try:
            return self.values.settle(sorted({self.values.checked(value) for value in given}))
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from None


class ValuesFilter(Filter):  # type: ignore[misc]  # django-filter has no types
    """Keeps entries of which a column has one of the values given. `parent`, the EntryFilters, knows the moment and the library's state.

    It may be given `most` times, each value with at most `longest` characters: as many as a region can have.
    """

    most: ClassVar = 50
    longest: ClassVar = 500

    @property
    def field(self) -> ValuesField:
        return ValuesField(self)

    def checked(self, value: str) -> str:
        """Return a value as it is looked for; raise ValueError, with a sentence, for one that is none."""
        if not value:
            raise ValueError("Must not be empty.")
        if len(value) > self.longest:
            raise ValueError(f"Must have {self.longest} characters at most.")
        return self.read(value)

    def read(self, value: str) -> str:
        """The same for a value of a possible length."""
        return value

    def settle(self, values: Sequence[str]) -> Values:
        """Return the fewest values that keep the same as `values`."""
        return tuple(values)

    def filter(self, documents: Documents, values: Values) -> Documents:
        return documents.filter(**{f"{self.field_name}__in": values})

    def stranger(self, values: Values) -> str:
        """Return what is wrong where an entry in force has none of one of `values`; else an empty string."""
        return ""


class ChoicesFilter(ValuesFilter):
    """The same for a column with few possible values: `choices`, in their order."""

    def __init__(self, choices: Sequence[str]) -> None:
        super().__init__()
        self.choices = choices

    def read(self, value: str) -> str:
        if value not in self.choices:
            raise ValueError(f"Unknown value. {known(self.choices)}")
        return value

    def settle(self, values: Sequence[str]) -> Values:
        return tuple(choice for choice in self.choices if choice in values)


class AudienceFilter(ChoicesFilter):
    """Keeps entries for one of the audiences; where none is named, all but those for clinicians."""

    def settle(self, values: Sequence[str]) -> Values:
        audiences = AUDIENCES if ANY in values else super().settle(values)
        return {AUDIENCES: (ANY,), OPEN_AUDIENCES: ()}.get(audiences, audiences)

    def filter(self, documents: Documents, values: Values) -> Documents:
        return documents if values == (ANY,) else super().filter(documents, values or OPEN_AUDIENCES)


class LanguageFilter(ValuesFilter):
    """Keeps entries in one of the languages. A language that the library has nothing in is more likely a slip than a wish."""

    def stranger(self, values: Values) -> str:
        languages = COUNTS.get(self.parent.state, "languages", lambda: sorted(in_force().values_list("language", flat=True).distinct()))
        return f"No entry is in this language. {known(languages)}" if set(values) - set(languages) else ""


class TermsFilter(ValuesFilter):
    """Keeps entries that have one of the terms of a `kind`; `unknown` says what is wrong with one that none in force has."""

    def __init__(self, kind: Kind, unknown: str) -> None:
        super().__init__()
        self.kind, self.unknown = kind, unknown

    def terms(self, values: Values) -> Collection[str]:
        """Return the terms that `values` stand for."""
        return values

    def filter(self, documents: Documents, values: Values) -> Documents:
        return documents.filter(slug__in=DocumentTerm.objects.filter(kind=self.kind, value__in=self.terms(values)).values("document"))

    def stranger(self, values: Values) -> str:
        found = DocumentTerm.objects.filter(kind=self.kind).values_list("value", flat=True).distinct()
        return f"{self.unknown} {known(sorted(found))}" if set(values) - set(found.filter(value__in=values)) else ""


class TopicFilter(TermsFilter):
    """Keeps entries of one of the topics or of one below it. Known are the topics that readers are told of."""

    @property
    def families(self) -> dict[str, set[str]]:
        return COUNTS.get(self.parent.state, "families", all_families)

    @property
    def told(self) -> list[PublicTopic]:
        return COUNTS.get(self.parent.state, "topics", public_topics)

    def terms(self, values: Values) -> set[str]:
        return union(self.families.get(value, set()) for value in values)

    def stranger(self, values: Values) -> str:
        slugs = {topic.slug for topic in self.told}
        return f"{self.unknown} {absolute_url(reverse('v1:topics'))} has the known ones." if set(values) - slugs else ""


class CodeFilter(TopicFilter):
    """Keeps entries of topics that have one of the codes or one above it, or stand below such a topic.

    A code that no topic has keeps nothing, and is no mistake: whoever asks for a diagnosis does not know which ones have entries.
    """

    def read(self, value: str) -> str:
        code = CODE.fullmatch(value)
        if code is None:
            raise ValueError("Must be a system and a code, as in ICD-10-CM|C50.911.")
        return f"{code[1]}|{code[2]}"

    def terms(self, values: Values) -> set[str]:
        codes = [(system, code) for system, _, code in (value.partition("|") for value in values)]
        return union(self.families[topic] for topic in topics_coded(codes))

    def stranger(self, values: Values) -> str:
        systems = COUNTS.get(self.parent.state, "code systems", lambda: code_systems({topic.pk for topic in self.told}))
        asked = {value.partition("|")[0].casefold() for value in values}
        return f"{self.unknown} {known(systems)}" if asked - {system.casefold() for system in systems} else ""


class SourceFilter(TermsFilter):
    """Keeps entries that cite one of the sources. Known are the sources that readers are told of; those of older versions keep nothing."""

    def stranger(self, values: Values) -> str:
        told = set(public_sources().filter(key__in=values).order_by().values_list("key", flat=True))
        return f"{self.unknown} {absolute_url(reverse('v1:sources'))} has the known ones." if set(values) - told else ""


class ReviewStateFilter(ChoicesFilter):
    """Keeps entries whose review stands so today."""

    def filter(self, documents: Documents, values: Values) -> Documents:
        days = (days_in_review_state(value, self.parent.now) for value in values)
        return documents.filter(any_of(Q(next_review_due_on__range=each) for each in days))


class DayFilter(ValuesFilter):
    """Keeps entries of a day and after it, or of a day and before it (`is_last`), by a column of days, or of moments in the local day."""

    def __init__(self, field_name: str, *, is_last: bool = False) -> None:
        super().__init__(field_name)
        self.is_last = is_last

    def read(self, value: str) -> str:
        day = calendar_day(value)
        if day is None:
            raise ValueError("Must be a day, as YYYY-MM-DD.")
        if fault := calendar_fault(day):
            raise ValueError(f"{fault.capitalize()}.")
        return value

    def settle(self, values: Sequence[str]) -> Values:
        return tuple(values[-1:] if self.is_last else values[:1])

    def filter(self, documents: Documents, values: Values) -> Documents:
        day: date | datetime = date.fromisoformat(values[0])
        if self.field_name.endswith("_at"):
            day = end_of_day(day) if self.is_last else start_of_day(day)
        return documents.filter(**{f"{self.field_name}__{'lte' if self.is_last else 'gte'}": day})


class TextFilter(ValuesFilter):
    """Keeps entries that contain one of the texts, whatever the case, the accents and the white space. There is no index of them."""

    most = 5
    longest = 200

    def read(self, value: str) -> str:
        if not (folded := searchable(value)):
            raise ValueError("Must hold a letter, a figure or a sign.")
        return folded

    def filter(self, documents: Documents, values: Values) -> Documents:
        return documents.filter(any_of(Q(**{f"{self.field_name}__contains": value}) for value in values))


def union(sets: Iterable[set[str]]) -> set[str]:
    return set[str]().union(*sets)


def any_of(conditions: Iterable[Q]) -> Q:
    """Return the condition that one of `conditions` holds."""
    first, *others = conditions
    for other in others:
        first |= other
    return first
