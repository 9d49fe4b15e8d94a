"""What readers may send in: questions, reports, opinions. Nobody is signed in; what is taken is kept for the team alone."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from pydantic import BaseModel, ValidationError
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from faq import alarms, throttle
from faq.api import write_shapes as shapes
from faq.api.search import advice_for, hit_rows
from faq.api.views import JSON
from faq.content.reasons import UNKNOWN, problems_in
from faq.models import Publication
from faq.public import caching
from faq.public.caching import LibraryState
from faq.public.documents import encoded
from faq.public.entry_json import Json
from faq.public.errors import InvalidParams
from faq.public.languages import interface_of
from faq.public.origin import REFUSED, is_from_elsewhere
from faq.search.library import LIBRARY
from faq.search.results import OFFERED, search_for_readers
from faq.sign_in import address_of
from faq.workflow import inbox
from faq.workflow.errors import WordsRefused

LARGEST: Final = 64_000
"""Bytes of a body: the longest text, with every letter escaped, and room beside it."""
SHOWN: Final = ("question", "short_answer")
LONGEST_KEY: Final = 255


class TooLarge(APIException):
    status_code = 413
    default_detail = f"The body is longer than {LARGEST:,} bytes. Send less."


class Forbidden(APIException):
    status_code = 403
    default_detail = REFUSED


class TooMany(APIException):
    """Nothing more is taken for now; `wait` in seconds."""

    status_code = 429

    def __init__(self, wait: int) -> None:
        super().__init__(f"Too much was sent from where you are. Send it again in {-(-wait // 60)} minutes; nothing of it was kept.")
        self.wait = wait  # REST framework's view tells it as Retry-After


class KeyReused(APIException):
    status_code = 422
    default_detail = "This Idempotency-Key came with another opinion before. Send a new one with a new key."


class BodyParser(JSONParser):
    """JSON, and nothing that has no end."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error


class ReaderView(APIView):
    """A POST of somebody who reads: JSON of one shape, from a program or a page of ours."""

    http_method_names = ["post", "options"]
    parser_classes = (BodyParser,)
    renderer_classes = (JSONRenderer,)
    body: ClassVar[type[BaseModel]]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what other sites' pages send, parameters, and bodies that nobody writes by hand, before any of it is read."""
        super().initial(request, *args, **kwargs)
        if is_from_elsewhere(request._request):
            raise Forbidden
        if request.query_params:
            raise InvalidParams([(name, "Unknown parameter. Known here: none.") for name in request.query_params])
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > LARGEST:
            raise TooLarge

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Say with `Allow` alone what may be asked here."""
        return Response(status=204)

    def asked(self, request: Request) -> Any:
        """Return the body in its shape; raise InvalidParams where it has another."""
        data = request.data
        if not isinstance(data, dict):
            raise InvalidParams([("body", f"Must be an object with {', '.join(self.body.model_fields)}.")])
        try:
            return self.body.model_validate(data)
        except ValidationError as error:
            raise InvalidParams([(name, self.sentence(reason)) for name, reason in problems_in(error)]) from error

    def sentence(self, reason: str) -> str:
        known = f"; known are {', '.join(self.body.model_fields)}" if reason == UNKNOWN else ""
        return f"{reason[:1].upper()}{reason[1:]}{known}."

    def keep(self, what: str, request: Request, at: datetime, receive: Callable[[], Any]) -> Any:
        """Count what is sent, and keep it, or neither; raise what the API answers where it is refused."""
        try:
            return throttle.take(what, address_of(request._request), at, lambda: self.checked(receive))
        except throttle.TooMany as refused:
            raise TooMany(refused.wait) from refused
        except inbox.KeyReused as refused:
            raise KeyReused from refused

    def checked(self, take: Callable[[], Any]) -> Any:
        """Return what `take` returns; raise InvalidParams where it finds something wrong with the words."""
        try:
            return take()
        except WordsRefused as refused:
            raise InvalidParams(refused.problems) from refused


def answer(status: int, **members: Any) -> HttpResponse:
    """Return what was taken as an answer, which nobody keeps."""
    told = {**members, "notice": inbox.no_reply(), "library_status": settings.LIBRARY_STATUS}
    return HttpResponse(encoded(told), status=status, content_type=JSON, headers={"Cache-Control": "no-store"})


class Questions(ReaderView):
    """A question in a patient's own words. Entries that may answer it come first (200, and nothing is kept); nobody replies to it."""

    body = shapes.AskedQuestion

    def post(self, request: Request) -> HttpResponse:
        """Answer 200 with entries that may answer it; where there are none, or none does, keep it and answer 202."""
        now = timezone.now()
        state = caching.library_state(now)
        asked = self.asked(request)
        known = sorted({*dict(settings.LANGUAGES), *LIBRARY.at(state)})
        if asked.language not in known:
            raise InvalidParams([("language", f"Must be one of {', '.join(known)}.")])
        with translation.override(interface_of(asked.language)):
            text = self.checked(lambda: inbox.check_question(asked.text))
            advice = advice_for(text, [], state, now)
            matches = [] if asked.none_of_these else matching(text, asked.language, state, now)
            if matches:
                return answer(200, matches=matches, urgent_advice=advice)
            self.keep("question", request, now, lambda: inbox.receive_question(text, language=asked.language, at=now))
            return answer(202, received=inbox.received(), matches=[], urgent_advice=advice)


def matching(text: str, language: str, state: LibraryState, now: datetime) -> list[Json]:
    """Return the entries that may answer a question, as search has them."""
    found, _is_elsewhere = search_for_readers(text, language, state)
    return [json.loads(row) for row in hit_rows(found, found.hits[:OFFERED], SHOWN, now)]


class Reports(ReaderView):
    """That something is wrong with an entry. With `harm` whoever is on duty is told at once; nobody replies to it."""

    body = shapes.SentReport

    def post(self, request: Request) -> HttpResponse:
        """Keep it and answer 202, with what is urgent in it."""
        now = timezone.now()
        sent = self.asked(request)
        publication = version_named(sent.slug, sent.version)
        said = {"text": sent.text, "is_harmful": sent.harm}
        with translation.override(interface_of(publication.language)):
            report = self.keep("report", request, now, lambda: inbox.receive_report(publication, **said, at=now))
            if report.is_harmful:
                alarms.tell_of_harm(report, now)
            return answer(202, received=inbox.received(), urgent_advice=advice_for(sent.text, [], caching.library_state(now), now))


class FeedbackView(ReaderView):
    """Whether a version helped. Sent again under the same `Idempotency-Key` it is the same opinion."""

    body = shapes.SentFeedback

    def post(self, request: Request) -> HttpResponse:
        """Keep it and answer 202."""
        now = timezone.now()
        sent = self.asked(request)
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > LONGEST_KEY:
            raise InvalidParams([("Idempotency-Key", f"Has {LONGEST_KEY} characters at most.")])
        publication = version_named(sent.slug, sent.version)
        opinion = {"is_helpful": sent.helpful, "comment": sent.comment, "key": key}
        with translation.override(interface_of(publication.language)):
            self.keep("feedback", request, now, lambda: inbox.receive_feedback(publication, **opinion, at=now))
            return answer(202, received=inbox.received(), urgent_advice=advice_for(sent.comment, [], caching.library_state(now), now))


def version_named(slug: str, version: int) -> Publication:
    """Return a version that readers could see; raise InvalidParams for one that there never was."""
    found = Publication.objects.filter(slug=slug, version=version).select_related("question").first()
    if found is None:
        is_known = Publication.objects.filter(slug=slug).exists()
        raise InvalidParams([("version", "There is no such version.") if is_known else ("slug", "There is no such entry.")])
    return found
