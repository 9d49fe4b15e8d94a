"""The OpenAPI 3.1 document, made from the views, and its page for trying out. Both follow the rules of every other public answer."""

import hashlib
import json
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import include, path
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.renderers import JSONRenderer, TemplateHTMLRenderer
from rest_framework.request import Request

from faq.api.views import JSON, PublicView
from faq.public import caching
from faq.public.caching import Answer
from faq.public.guide import guide

MEDIA_TYPE: Final = "application/vnd.oai.openapi+json;version=3.1"


@cache
def document(public_url: str) -> bytes:
    """Return the document as JSON; it changes with the program alone, and with the address it names."""
    contract = [path("api/v1/", include(("faq.api.urls", "api"), namespace="v1"))]
    generator: Any = SchemaGenerator
    made = generator(api_version="v1", patterns=contract).get_schema(request=None, public=True)
    made["info"]["description"] = guide()
    made["servers"] = [{"url": public_url}]
    return json.dumps(made, ensure_ascii=False, indent=1).encode()


class OpenApiRenderer(JSONRenderer):
    """The media type under which tools look for the document."""

    media_type = MEDIA_TYPE.partition(";")[0]
    format = "openapi"


class SchemaDocument(PublicView):
    """The OpenAPI document."""

    renderer_classes = [JSONRenderer, OpenApiRenderer]

    def get(self, request: Request) -> HttpResponse:
        """Answer with the document, finished."""
        body = document(settings.PUBLIC_URL)
        headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Vary": caching.VARY}
        return Answer(body, headers, None).to(request, JSON if request.accepted_renderer.media_type == JSON else MEDIA_TYPE, timezone.now())


class TryItOut(SpectacularSwaggerSplitView):
    """A page on which each path can be tried; all that it loads comes from here."""

    template_name = "api/docs.html"
    title = "API of the question library"
    renderer_classes = [TemplateHTMLRenderer]
    schema = None
