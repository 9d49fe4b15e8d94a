"""The OpenAPI document tells everything that the API answers, member by member, and nothing else."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from faq.api import shapes, urls
from faq.api.openapi import HEADERS, OPERATIONS
from faq.api.schema_views import MEDIA_TYPE, document
from faq.models import Publication, Source, StandingText, Topic
from tests.reading import post

ADDRESS = "http://testserver"
DOCUMENT = json.loads(document(ADDRESS))


def strict(part: Any) -> Any:
    """Return a schema in which no object has a member that is not named: so nothing goes unsaid."""
    if isinstance(part, list):
        return [strict(each) for each in part]
    if not isinstance(part, dict):
        return part
    inner = {name: strict(each) for name, each in part.items()}
    return {**inner, "additionalProperties": False} if "properties" in part and isinstance(part.get("type"), str) else inner


STRICT = strict(DOCUMENT)
REGISTRY: Registry[Any] = Registry().with_resource(ADDRESS, DRAFT202012.create_resource(STRICT))


GETS = {path for path, item in DOCUMENT["paths"].items() if "get" in item}


def faults(template: str, answer: Any, method: str = "get") -> list[str]:
    """Return how an answer differs from what the document says of its path and status."""
    told = STRICT["paths"][f"/api/v1{template}"][method]["responses"][str(answer.status_code)]
    form = answer["Content-Type"].split(";")[0]
    if form not in told["content"]:
        return [f"{form} is not told"]
    missing = [name for name in told.get("headers", ()) if name != "Link" and name not in answer]
    schema = {
        "$ref": f"{ADDRESS}#/"
        + pointer("paths", f"/api/v1{template}", method, "responses", str(answer.status_code), "content", form, "schema")
    }
    wrong = Draft202012Validator(schema, registry=REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(answer.json())
    return [*(f"has no {name}" for name in missing), *(f"{error.json_path}: {error.message[:200]}" for error in wrong)]


def pointer(*steps: str) -> str:
    return "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)


def asked(client: Client) -> Iterator[tuple[str, str]]:
    """Yield (template, address) of every path with everything that the demonstration holds."""
    yield "/entries/", "/entries/?audience=any&page_size=100"
    for row in Publication.objects.order_by("slug", "version"):
        yield "/entries/{slug}/", f"/entries/{row.slug}/"
        yield "/entries/{slug}/versions/", f"/entries/{row.slug}/versions/"
        yield "/entries/{slug}/versions/{number}/", f"/entries/{row.slug}/versions/{row.version}/"
        yield "/entries/{slug}/versions/{number}/diff/", f"/entries/{row.slug}/versions/{row.version}/diff/"
        yield "/hashes/{sha256}/", f"/hashes/sha256:{row.content_hash}/"
    yield from asked_beside_entries(client)
    yield "/entries/{slug}/", "/entries/nothing/"
    yield "/entries/{slug}/", "/entries/nothing/?strange=1"
    yield "/entries/", "/entries/?page=0"
    yield "/entries/", "/entries/?page=999"


def asked_beside_entries(client: Client) -> Iterator[tuple[str, str]]:
    for path, name, template in (("/topics/", "slug", "/topics/{slug}/"), ("/sources/", "key", "/sources/{key}/")):
        yield path, f"{path}?page_size=100"
        rows = client.get(f"/api/v1{path}?page_size=100").json()["results"]
        yield from ((template, f"{path}{row[name]}/") for row in rows)
        yield template, f"{path}nothing/"
    yield "/standing-texts/", "/standing-texts/?page_size=100"
    yield from (("/search/", f"/search/?q={query}") for query in ("hart+problems", "fever+since+chemo&fields=question", "zzzz", ""))
    yield "/changes/", "/changes/?limit=500"
    yield "/changes/", "/changes/?limit=100&include=entry"
    yield "/changes/", "/changes/?since=9-0123456789abcdef"
    yield "/changes/", "/changes/?since=strange"
    yield "/hashes/{sha256}/", f"/hashes/{'0' * 64}/"
    yield "/hashes/{sha256}/", "/hashes/strange/"


@pytest.mark.usefixtures("shipped", "db")
class TestDemonstration:
    """Every answer of the library that comes with the project."""

    def test_every_answer_is_as_the_document_says_and_says_no_more(self, client: Client) -> None:
        wrong = {address: found for template, address in asked(client) if (found := faults(template, client.get(f"/api/v1{address}")))}
        assert wrong == {}

    def test_all_paths_were_asked(self, client: Client) -> None:
        assert {f"/api/v1{template}" for template, _ in asked(client)} == GETS

    def test_whatever_is_sent_in_is_answered_as_the_document_says(self) -> None:
        told = [(template, post(template.removeprefix("/"), body)) for template, body in sent()]
        assert {address: found for address, answer in told if (found := faults(address, answer, "post"))} == {}
        assert {(template, answer.status_code) for template, answer in told} >= {("/questions/", 200), ("/questions/", 202)}
        assert {f"/api/v1{template}" for template, _ in sent()} == set(DOCUMENT["paths"]) - GETS


def sent() -> Iterator[tuple[str, Any]]:
    """Yield (path, body) of what readers send in, and of what is refused."""
    version = {"slug": "what-does-her2-positive-mean", "version": 1}
    asked = {"text": "Can it harm my heart?", "language": "en"}
    bodies: list[Any] = [asked, {"text": "zzzz", "language": "es"}, {"text": ""}, [], b"{", b"\xff"]
    yield from (("/questions/", body) for body in bodies)
    for template, member in (("/reports/", {"text": "The number is wrong.", "harm": True}), ("/feedback/", {"helpful": True})):
        yield from ((template, body) for body in ({**version, **member}, {**version, "slug": "nothing", **member}, {"strange": 1}))


def test_it_is_valid_and_made_without_a_warning() -> None:
    GENERATOR_STATS.reset()
    validate: Any = validate_schema
    validate(json.loads(document.__wrapped__(ADDRESS)))
    assert not GENERATOR_STATS
    assert DOCUMENT["openapi"] == "3.1.0"


def test_every_path_of_the_contract_is_told() -> None:
    paths = {
        str(pattern.pattern).replace("<slug:", "{").replace("<int:", "{").replace("<str:", "{").replace(">", "}")
        for pattern in urls.urlpatterns
    }
    assert {f"/{path}" for path in paths} == set(OPERATIONS) == {path.removeprefix("/api/v1") for path in DOCUMENT["paths"]}


def filled(path: str) -> str:
    return path.replace("{slug}", "x").replace("{number}", "1").replace("{key}", "x").replace("{sha256}", "0" * 64)


@pytest.mark.django_db
def test_every_parameter_of_a_view_is_told_where_it_stands() -> None:
    for path in GETS:
        item = DOCUMENT["paths"][path]
        told = {each["name"] for each in item["get"]["parameters"] if each["in"] == "query"}
        answer = Client().get(filled(path) + "?strange=1")
        assert answer.status_code == 400, path
        named = answer.json()["errors"][0]["detail"].split("Known here: ")[1].rstrip(".")
        assert told == set(named.split(", ")) - {"none"}, path


def test_values_are_those_of_the_models() -> None:
    def values(part: Any) -> list[str]:
        return list(part.__args__)

    assert values(shapes.Level) == StandingText.Level.values
    assert values(shapes.Placement) == StandingText.Placement.values
    assert values(shapes.TopicKind) == Topic.Kind.values
    assert values(shapes.SourceState) == Source.State.values
    assert values(shapes.Status) == Publication.Status.values


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", MEDIA_TYPE])
def test_tools_get_it_as_they_ask(client: Client, accept: str) -> None:
    answer = client.get("/api/schema/", headers={"accept": accept} if accept else {})
    assert answer.status_code == 200
    assert json.loads(answer.content)["servers"] == [{"url": ADDRESS}]
    assert client.get("/api/schema/", headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert "Set-Cookie" not in answer


def test_it_takes_no_parameters_and_knows_no_other_form(client: Client) -> None:
    assert client.get("/api/schema/?strange=1").status_code == 400
    refused = client.get("/api/schema/", headers={"accept": "text/html"})
    assert (refused.status_code, refused["Content-Type"]) == (406, "application/problem+json")


def test_every_header_that_it_names_is_explained() -> None:
    named = {
        name
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        for answer in operation["responses"].values()
        for name in answer.get("headers", ())
    }
    assert named <= set(HEADERS)
