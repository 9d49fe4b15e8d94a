"""What a mutant is, and the names that several of them share."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """One break: in `file` the text `old`, which stands there once, becomes `new`; `tests` are those meant to notice."""

    rule: str
    broken: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    on_postgresql: bool = False


DOCUMENTS, CACHING = "faq/public/documents.py", "faq/public/caching.py"
TRANSITIONS, PERMISSIONS = "faq/workflow/transitions.py", "faq/workflow/permissions.py"
GUARDS, TRIGGERS = "faq/integrity/guards/__init__.py", "faq/integrity/triggers.py"
REVIEWS, PUBLISHED, LEDGER = "faq/workflow/reviews.py", "faq/workflow/published.py", "faq/integrity/ledger.py"
CLOCK, REVIEW_DATES = "faq/clock.py", "faq/workflow/review_dates.py"
CHECKS, STATEMENTS = "faq/workflow/sentence_checks.py", "faq/readiness/statements.py"
RENDERED, RENDERED_DIFF = "faq/content/rendered.py", "faq/content/rendered_diff.py"
ALL_GUARDS = "GUARDS: Final = (*words_guards(), *review_guards(), *publication_guards(), *standing_guards(), *deletion_guards())"


def without_guard(rule: str, name: str, *tests: str) -> Mutant:
    """Return the mutant that leaves the trigger `name` out."""
    fewer = ALL_GUARDS.replace("= (", "= tuple(guard for guard in (") + f' if guard.name != "{name}")'
    return Mutant(rule, f"trigger {name} dropped", GUARDS, ALL_GUARDS, fewer, tests)


CUT = {
    "phrasings": '<q lang="{{ words.language }}">{{ phrasing }}</q>',
    "the change note": "{{ words.change_note|paragraphs }}",
    "the licence": "{{ words.provenance.licence }}",
    "the attribution": "{{ words.provenance.attribution|paragraphs }}",
    "the region": "region {{ words.region }}",
    "what it applies to": '{{ words.applies_to|join:", " }}',
    "quotations": "{{ quotation.text|paragraphs }}",
    "the original of a translation": "{{ words.translation_of.slug }}",
    "the call to action": "{{ words.call_to_action.label|numbers }}",
    "status lines": "{{ line.item|numbers }}",
    "supporting quotes": "{{ source.supporting_quote|paragraphs }}",
    "a status": "{{ line.status }}",
    "whether there are captions": "With captions.",
}
"""What can be cut from the reviewer's page; tests/test_every_word.py cuts every other place of the template in turn."""


def without_leaf(name: str, text: str) -> Mutant:
    """Return the mutant that cuts `text` from the page on which reviewers read."""
    test = "tests/test_every_word.py::TestEveryFace"
    return Mutant("the reviewer's page leaves no word out", f"{name} cut", "templates/admin/faq/_entry.html", text, "", (test,))


LOOKED_AT_LOCKED = """    answer = lock_answer(answer.pk)
    person = require("edit", answer, by, at)
    if seen is not None:
        changes = new_in(answer, changes, seen)
"""
LOOKED_AT_BEFORE = """    changes = changes if seen is None else new_in(answer, changes, seen)
    answer = lock_answer(answer.pk)
    person = require("edit", answer, by, at)
    if seen is not None:
"""
