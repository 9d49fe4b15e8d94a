"""The rules that `make mutants` breaks, and how, a file per subject. Add rules as the code grows; never remove one."""

from typing import Final

from tests.mutations import (
    admin,
    assistants,
    documents,
    drafting,
    exchange,
    forms,
    guards,
    inbox,
    names,
    publishing,
    readiness,
    review_page,
    reviewing,
    rights,
    searching,
    words,
)
from tests.mutations.mutant import Mutant

__all__ = ["MUTANTS", "Mutant"]
MUTANTS: Final[tuple[Mutant, ...]] = (
    *admin.MUTANTS,
    *assistants.MUTANTS,
    *documents.MUTANTS,
    *drafting.MUTANTS,
    *exchange.MUTANTS,
    *forms.MUTANTS,
    *guards.MUTANTS,
    *inbox.MUTANTS,
    *names.MUTANTS,
    *publishing.MUTANTS,
    *readiness.MUTANTS,
    *review_page.MUTANTS,
    *reviewing.MUTANTS,
    *rights.MUTANTS,
    *searching.MUTANTS,
    *words.MUTANTS,
)
