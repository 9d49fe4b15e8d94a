"""Which address leads where. What stands under `v1:` is the contract with clients."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/v1/", include(("faq.api.urls", "api"), namespace="v1")),
    path("health/", include("faq.api.health")),
    path("admin/", admin.site.urls),
    *i18n_patterns(path("", include("faq.pages.urls")), prefix_default_language=False),
]

handler400 = "faq.api.problems.bad_request"
handler403 = "faq.api.problems.forbidden"
handler404 = "faq.api.problems.not_found"
handler500 = "faq.api.problems.server_error"
