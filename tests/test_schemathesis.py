"""Schemathesis asks for everything that the OpenAPI document allows, and for much that it does not, and finds no fault.

In the ordinary run few examples a path; THOROUGH=1 asks for hundreds. All checks of the library run, but for one that cannot hold:
which languages, topics and sources there are stands in the library and not in the document, so a value that the document allows may
still be one that this library does not know, and is then refused with a 400 that says so (API: "a 400 that names the known ones").
"""

import os
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from faq import throttle
from faq_service.wsgi import application

THOROUGH = bool(os.environ.get("THOROUGH"))
load_all_checks()
CANNOT_HOLD: Any = [positive_data_acceptance]
SCHEMA = schemathesis.openapi.from_wsgi("/api/schema/", app=application)
QUIET: Any = {"deadline": None, "suppress_health_check": list(HealthCheck), "derandomize": not THOROUGH}


class Machine(SCHEMA.as_state_machine()):  # type: ignore[misc]  # a class made of the document
    """Goes along the links, with the same checks left out as without them."""

    def validate_response(self, response: Any, case: Any, additional_checks: Any = None, **kwargs: Any) -> None:
        case.validate_response(
            response,
            additional_checks=additional_checks,
            excluded_checks=CANNOT_HOLD,
            transport_kwargs=kwargs or None,
            recorder=self.recorder,
        )


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the test's connection over the end of a request, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def unthrottled() -> Iterator[None]:
    """Take whatever is sent in, so that answers are more than a 429."""
    with mock.patch.dict(throttle.FROM_ONE, dict.fromkeys(throttle.FROM_ONE, 100_000)):
        yield


@pytest.mark.usefixtures("shipped", "db", "one_connection", "unthrottled")
class TestSchemathesis:
    """Against the demonstration library, in one process."""

    @SCHEMA.parametrize()
    @settings(max_examples=300 if THOROUGH else 25, **QUIET)
    def test_whatever_is_asked_is_answered_as_the_document_says(self, case: Any) -> None:
        case.call_and_validate(excluded_checks=CANNOT_HOLD)

    def test_so_it_is_along_the_links_from_answer_to_answer(self) -> None:
        run_state_machine_as_test(
            Machine, settings=settings(max_examples=100 if THOROUGH else 10, stateful_step_count=6, phases=[Phase.generate], **QUIET)
        )


def test_all_its_checks_run() -> None:
    assert {check.__name__ for check in CHECKS.get_all()} >= {
        "not_a_server_error",
        "response_schema_conformance",
        "negative_data_rejection",
        "unsupported_method",
    }
