"""Whether something was sent from a page of ours. Forms for readers use no cookie, and so no token: browsers say where they stand.

`Origin` and `Sec-Fetch-Site` are set by browsers and by no script (Fetch standard, W3C Fetch Metadata). Programs send neither, and are let
in: whoever writes one could send anything, and nobody is signed in whom it could speak for.
"""

from typing import Final

from django.conf import settings
from django.http import HttpRequest

FROM_HERE: Final = ("", "same-origin", "none")
REFUSED: Final = "This was sent from a page of another site. Open the library's own page, and send it from there."


def is_from_elsewhere(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin", "")
    own = (settings.PUBLIC_URL, f"{request.scheme}://{request.get_host()}")
    return request.headers.get("Sec-Fetch-Site", "") not in FROM_HERE or bool(origin and origin not in own)
