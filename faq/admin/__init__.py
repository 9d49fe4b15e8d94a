"""The admin, one file per subject: authors write, reviewers decide, publishers publish; auditors read everything."""

from faq.admin import audit, imports, library, people, placements, published, review

__all__ = ["audit", "imports", "library", "people", "placements", "published", "review"]
