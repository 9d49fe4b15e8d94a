"""The filters of lists of entries: which there are, and how a request is read by them."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import get_args

from django.http import QueryDict
from django_filters import FilterSet

from faq.api.filter_kinds import (
    ANY,
    AUDIENCES,
    AudienceFilter,
    ChoicesFilter,
    CodeFilter,
    DayFilter,
    Kind,
    LanguageFilter,
    ReviewStateFilter,
    SourceFilter,
    TermsFilter,
    TextFilter,
    TopicFilter,
    in_force,
)
from faq.clock import REVIEW_STATES
from faq.content.words import Origin
from faq.models import Document
from faq.public.caching import LibraryState
from faq.public.errors import InvalidParams


class EntryFilters(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What a list of entries, and search, keeps, in the order in which links name the filters. Both days of a span belong to it."""

    topic = TopicFilter(Kind.TOPIC, "No entry in force has this topic.")
    code = CodeFilter(Kind.TOPIC, "No entry in force has a code of this system.")
    audience = AudienceFilter((*AUDIENCES, ANY))
    language = LanguageFilter()
    region = TermsFilter(Kind.REGION, "No entry in force is for this region.")
    applies_to = TermsFilter(Kind.APPLIES_TO, "No entry in force applies to this.")
    origin = ChoicesFilter(get_args(Origin))
    source = SourceFilter(Kind.SOURCE, "No entry cites this source.")
    review_state = ReviewStateFilter(REVIEW_STATES)
    published_after = DayFilter("published_at")
    published_before = DayFilter("published_at", is_last=True)
    reviewed_after = DayFilter("last_reviewed_on")
    reviewed_before = DayFilter("last_reviewed_on", is_last=True)

    class Meta:
        model = Document
        fields: Sequence[str] = ()

    def __init__(self, data: QueryDict, *, now: datetime, state: LibraryState) -> None:
        """Raises InvalidParams for values that mean nothing."""
        # Not by django-filter's own, which would make a form of all filters: that takes longer than the query does.
        self.is_bound, self.data, self.queryset, self.request, self.form_prefix = True, data, in_force(), None, None
        self.now, self.state = now, state
        self.filters = {name: copy(each) for name, each in self.base_filters.items() if name in data or name == "audience"}
        for each in self.filters.values():
            each.parent = self
        if self.errors:
            raise InvalidParams([(name, told[0]) for name, told in self.errors.items()])

    @cached_property
    def canonical(self) -> tuple[tuple[str, str], ...]:
        """The filters as pairs in a fixed order, the same for all ways of asking for the same."""
        return tuple((name, value) for name, values in self.form.cleaned_data.items() for value in values)

    def refuse_strangers(self) -> None:
        """Raise InvalidParams for values that no entry in force has."""
        told = {name: self.filters[name].stranger(values) for name, values in self.form.cleaned_data.items()}
        if strangers := [(name, sentence) for name, sentence in told.items() if sentence]:
            raise InvalidParams(strangers)


class ListFilters(EntryFilters):
    """The filters of the list of entries, with the one for contained text."""

    q = TextFilter("folded_text")
