"""The application a WSGI server serves: `faq_service.wsgi:application`. It does not start as live on a demonstration."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faq_service.settings")
application = get_wsgi_application()

from django.db import connections  # noqa: E402 (these need the apps, which are there from here on)

from faq.checks import refuse_demonstration  # noqa: E402

try:
    refuse_demonstration()
finally:
    connections.close_all()  # workers may be forks of this process, and must not share its connection
