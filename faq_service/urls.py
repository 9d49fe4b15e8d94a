"""Which address leads where. What stands under `v1:` is the contract with clients."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from faq.api.schema_views import SchemaDocument, TryItOut

urlpatterns = [
    path("api/v1/", include(("faq.api.urls", "api"), namespace="v1")),
    path("api/schema/", SchemaDocument.as_view(), name="schema"),
    path("api/docs/", TryItOut.as_view(url_name="schema"), name="api-docs"),
    path("health/", include("faq.api.health")),
    path("admin/", admin.site.urls),
    *i18n_patterns(path("", include("faq.pages.urls")), prefix_default_language=False),
]

handler400 = "faq.public.errors.bad_request"
handler403 = "faq.public.errors.forbidden"
handler404 = "faq.public.errors.not_found"
handler500 = "faq.public.errors.server_error"
