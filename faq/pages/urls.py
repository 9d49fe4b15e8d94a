"""The addresses of the pages for patients; each exists in every interface language (`/es/…`)."""

from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from faq.pages import read

app_name = "pages"

urlpatterns = [
    path("", read.home, name="home"),
    path("favicon.ico", RedirectView.as_view(url=static("faq/favicon.ico"), permanent=True)),  # browsers look there by themselves
    path("topics/<slug:slug>/", read.topic, name="topic"),
    path("questions/<slug:slug>/", read.entry, name="entry"),
    path("questions/<slug:slug>/versions/", read.versions, name="versions"),
    path("questions/<slug:slug>/versions/<int:number>/", read.version, name="version"),
]
