"""The admin, one file per subject: authors write, reviewers decide, publishers publish; auditors read everything."""

from faq.admin import audit, imports, inbox, library, people, placements, published, review, topic_names

__all__ = ["audit", "imports", "inbox", "library", "people", "placements", "published", "review", "topic_names"]
