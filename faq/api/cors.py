"""Any site's script may read the API, without credentials; so the answer is the same for every origin."""

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class AnyOrigin(CorsMiddleware):
    """The library's middleware but for `Vary: Origin`, which would make shared caches keep an answer for each site that asks."""

    def add_response_headers(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the CORS headers, and leave Vary as the view set it."""
        vary = response.get("Vary")
        super().add_response_headers(request, response)
        if vary is None:
            del response["Vary"]
        else:
            response["Vary"] = vary
        return response
