"""The addresses of the pages for patients; each exists in every interface language (`/es/…`)."""

from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from faq.pages import search, views, write

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("favicon.ico", RedirectView.as_view(url=static("faq/favicon.ico"), permanent=True)),  # browsers look there by themselves
    path("developers/", views.developers, name="developers"),
    path("search/", search.search_page, name="search"),
    path("ask/", write.ask, name="ask"),
    path("report/", write.report, name="report"),
    path("feedback/", write.feedback, name="feedback"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("questions/<slug:slug>/", views.entry, name="entry"),
    path("questions/<slug:slug>/versions/", views.versions, name="versions"),
    path("questions/<slug:slug>/versions/<int:number>/", views.version, name="version"),
]
