"""The admin, one file per desk: authors write, reviewers decide, publishers publish; auditors read everything."""

from faq.admin import audit, imports, library, people, review

__all__ = ["audit", "imports", "library", "people", "review"]
