"""The addresses of version 1, below /api/v1/."""

from django.urls import path

from faq.api import read

urlpatterns = [
    path("entries/", read.EntryList.as_view(), name="entries"),
    path("entries/<slug:slug>/", read.EntryDetail.as_view(), name="entry"),
    path("entries/<slug:slug>/versions/", read.VersionList.as_view(), name="versions"),
    path("entries/<slug:slug>/versions/<int:number>/", read.VersionDetail.as_view(), name="version"),
]
