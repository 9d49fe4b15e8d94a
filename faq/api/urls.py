"""The addresses of version 1, below /api/v1/."""

from django.urls import path

from faq.api import catalogue, changes, diffs, search, views, write

urlpatterns = [
    path("entries/", views.EntryList.as_view(), name="entries"),
    path("entries/<slug:slug>/", views.EntryDetail.as_view(), name="entry"),
    path("entries/<slug:slug>/versions/", views.VersionList.as_view(), name="versions"),
    path("entries/<slug:slug>/versions/<int:number>/", views.VersionDetail.as_view(), name="version"),
    path("changes/", changes.ChangeFeed.as_view(), name="changes"),
    path("entries/<slug:slug>/versions/<int:number>/diff/", diffs.VersionDiff.as_view(), name="diff"),
    path("search/", search.Search.as_view(), name="search"),
    path("questions/", write.Questions.as_view(), name="questions"),
    path("reports/", write.Reports.as_view(), name="reports"),
    path("feedback/", write.FeedbackView.as_view(), name="feedback"),
    path("topics/", catalogue.TopicList.as_view(), name="topics"),
    path("topics/<slug:slug>/", catalogue.TopicDetail.as_view(), name="topic"),
    path("sources/", catalogue.SourceList.as_view(), name="sources"),
    path("sources/<str:key>/", catalogue.SourceDetail.as_view(), name="source"),
    path("standing-texts/", catalogue.StandingTextList.as_view(), name="standing-texts"),
    path("hashes/<str:sha256>/", catalogue.HashDetail.as_view(), name="hash"),
]
