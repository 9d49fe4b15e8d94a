"""The small words of the pages: dates, lengths, and Spanish for all of them."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.template import Template
from django.template.base import Node
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils import translation

from faq.interchange.demo import PROFESSION
from faq.models import EvidenceAlert, Publication, Source, StandingText, Topic
from faq.models.people import PROFESSIONS
from faq.public.labels import LABELS, day, duration, in_words
from faq.workflow.published import REASONS

ROOT = Path(settings.BASE_DIR)
PO = ROOT / "faq/locale/es/LC_MESSAGES/django.po"
TEMPLATES = [path for path in (ROOT / "templates").rglob("*.html") if "admin" not in path.parts]
MODULES = [path for folder in ("pages", "public", "templatetags") for path in (ROOT / "faq" / folder).glob("*.py")]
MODULES.append(ROOT / "faq/workflow/inbox.py")  # the one part of the workflow that speaks to readers
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        (date(2026, 3, 2), "2 March 2026", "2 de marzo de 2026"),
        (datetime(2026, 3, 2, 23, 30, tzinfo=UTC), "2 March 2026", "2 de marzo de 2026"),
        ("2026-03-02", "2 March 2026", "2 de marzo de 2026"),
        ("2026-03-02T10:00:00+00:00", "2 March 2026", "2 de marzo de 2026"),
        ("2026-03", "March 2026", "marzo de 2026"),
        ("2026", "2026", "2026"),
    ],
)
def test_dates_are_written_out_in_the_pages_language(value: Any, english: str, spanish: str) -> None:
    assert day(value) == english
    with translation.override("es"):
        assert day(value) == spanish


def test_a_moment_is_a_day_of_the_librarys_time_zone(settings: Any) -> None:
    settings.LIBRARY_TIME_ZONE = "Pacific/Auckland"
    assert day(datetime(2026, 3, 2, 23, 30, tzinfo=UTC)) == "3 March 2026"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 seconds"), (1, "1 second"), (60, "1 minute"), (61, "1 minute 1 second"), (150, "2 minutes 30 seconds")]
)
def test_a_length_is_told_in_words(seconds: int, words: str) -> None:
    assert duration(seconds) == words


VOCABULARIES = {
    "level": StandingText.Level.values,
    "origin": ["human", "ai_assisted", "ai_generated"],
    "standing": ["established", "expanding", "investigational", "trial_only", "not_recommended"],
    "reason": [*(reason for reason in REASONS if reason != "other"), "expired"],
    "source_state": [state for state in Source.State.values if state != "current"],
    "alert": [outcome for outcome in EvidenceAlert.Outcome.values if outcome != "unaffected"],
    "version_status": Publication.Status.values,
    "topic_kind": Topic.Kind.values,
    "audience": ["caregiver", "clinician"],
    "applies_to": ["early", "metastatic"],
    "region": ["US", "UK", "EU"],
    "role": [*PROFESSIONS, PROFESSION],
    "media": ["video", "audio", "animation"],
}


@pytest.mark.parametrize("kind", LABELS)
def test_every_value_that_readers_meet_has_plain_words(kind: str) -> None:
    assert set(LABELS[kind]) == set(VOCABULARIES[kind])
    assert all(in_words(value, kind) for value in LABELS[kind])


def test_a_value_without_words_is_not_shown() -> None:
    assert in_words("patient", "audience") == in_words("other", "reason") == ""


# Spanish


def in_templates() -> Iterator[tuple[str, str]]:
    """Every (context, message) that the templates translate; a plural counts as a message."""
    for path in TEMPLATES:
        template = Template(path.read_text())
        for node in template.nodelist.get_nodes_by_type(Node):
            yield from messages_of(node)


def messages_of(node: Node) -> Iterator[tuple[str, str]]:
    """The messages of one tag."""
    if isinstance(node, TranslateNode):
        yield "", str(node.filter_expression.var.literal)
    elif isinstance(node, BlockTranslateNode):
        for tokens in (node.singular, node.plural):
            if tokens:
                yield "", node.render_token_list(tokens)[0]


def in_code() -> Iterator[tuple[str, str]]:
    """Every (context, message) that the code of the pages translates."""
    for path in MODULES:
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in CALLS:
                texts = [str(each.value) for each in call.args if isinstance(each, ast.Constant)]
                context = texts.pop(0) if call.func.id == "pgettext" else ""
                yield from ((context, text) for text in texts)


def test_every_string_is_in_spanish_and_none_is_guessed() -> None:
    entries = [entry for entry in polib.pofile(str(PO)) if not entry.obsolete]
    translated = {
        (entry.msgctxt or "", text) for entry in entries if entry.translated() for text in (entry.msgid, entry.msgid_plural) if text
    }
    used = {*in_templates(), *in_code()}
    assert len(used) > 100
    assert sorted(used - translated) == []
    assert sorted(translated - used) == []
    assert [entry.msgid for entry in entries if entry.fuzzy] == []


def test_a_translation_keeps_the_places_of_what_is_filled_in() -> None:
    for entry in polib.pofile(str(PO)):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            places = [part.split(")")[0] for part in text.split("%(")[1:]]
            assert sorted(places) == sorted(part.split(")")[0] for part in entry.msgid.split("%(")[1:]) or not text, entry.msgid


def test_the_compiled_file_is_made_of_the_written_one() -> None:
    written, compiled = polib.pofile(str(PO)), polib.mofile(str(PO.with_suffix(".mo")))
    told = {(each.msgctxt, each.msgid): (each.msgstr, each.msgstr_plural) for each in compiled}
    assert told == {(each.msgctxt, each.msgid): (each.msgstr, each.msgstr_plural) for each in written if each.translated()}
