"""The admin's search finds words as people type them: whatever their case, accents and quotes, the same on both databases."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faq.admin.searching import pattern_of
from faq.content.folding import searchable
from tests.admin_client import signed_in
from tests.factories import NOW, make_draft, make_publication, make_standing_texts, make_topic, make_user
from tests.inbox import make_asked

KEPT = [
    ("Paget's", "Is it Paget’s disease?"),
    ("Paget’s", "Is it Paget's disease?"),
    ("MAMOGRAFÍA", "¿Cada cuánto una mamografía?"),
    ("mamografia", "¿Cada cuánto una mamografía?"),
    ("ángel", "Ángel pregunta por su madre"),
    ("Angel", "Ángel pregunta por su madre"),
    ("STRASSE", "Wo ist die Straße?"),
    ("µg", "How many μg a day?"),
    ("efficacy", "What eﬃcacy does it have?"),
    ("t-dm1", "Was ist T‑DM1?"),
    ("grade 3", "Ｇｒａｄｅ ３ or less?"),
    ("mastectomy", "Is a mas\u00adtectomy needed?"),
    ("ά", "ΆΛΦΑ"),
    ("'care team'", "Ask your care  team"),
    ('say "yes"', "May I say “yes”?"),
    ("100% (sure)", "Am I 100% (sure)?"),
]


@pytest.mark.parametrize(("typed", "kept"), KEPT)
@pytest.mark.django_db
def test_what_is_typed_finds_what_is_written(typed: str, kept: str) -> None:
    make_draft("found", question=kept)
    make_draft("missed", question="Something else?")
    rows = signed_in(make_user("lead")).get("/admin/faq/answer/", {"q": typed}).context["cl"].result_list
    assert [row.question.slug for row in rows] == ["found"]


@pytest.mark.django_db
def test_it_looks_into_all_words_of_an_entry_and_asks_for_each_that_is_typed() -> None:
    make_publication("one", body="HER2 is a protein [^s1].\n\nThe “second” line.", short_answer="Ångström.")
    make_publication("two", body="HER2 is a protein [^s1].", short_answer="Something.")
    lead = signed_in(make_user("lead"))

    def found(typed: str) -> list[str]:
        return [row.slug for row in lead.get("/admin/faq/publication/", {"q": typed}).context["cl"].result_list]

    assert found("angstrom PROTEIN") == ["one"]
    assert found('"second" line') == ["one"]
    assert found("protein") == ["one", "two"]
    assert found("angstrom nothing") == []
    assert found("") == ["one", "two"]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [".*", "[a", "(", "\\", "a{9}", "^", "$", "'", '"', "%_", "😀", "\u00ad", "x" * 2_000, "' OR 1=1 --"])
def test_signs_of_patterns_are_signs(typed: str) -> None:
    make_draft("entry", question="Is it?")
    answer = signed_in(make_user("lead")).get("/admin/faq/answer/", {"q": typed})
    assert answer.status_code == 200
    assert [row.question.slug for row in answer.context["cl"].result_list] in ([], ["entry"])


@pytest.mark.django_db
def test_lists_that_look_into_other_rows_show_each_once() -> None:
    make_topic("heart", name="Corazón")
    make_topic("lung", name="Pulmón")
    make_standing_texts("es")
    asked = make_asked("¿Y el CORAZÓN?", language="es", at=NOW)
    lead = signed_in(make_user("lead"))
    for model, slug in (("topic", "heart"), ("submittedquestion", asked.pk)):
        rows = lead.get(f"/admin/faq/{model}/", {"q": "corazon"}).context["cl"].result_list
        assert [getattr(row, "slug", row.pk) for row in rows] == [slug]


def finds(typed: str, kept: Any) -> bool:
    return re.search(pattern_of(typed), kept) is not None


@example("fﬁ", 0, 2)
@example("ﬀi", 0, 2)
@example("ﬃ", 0, 1)
@example("fﬃ", 0, 2)
@example("ssßss", 0, 5)
@example("1 \u03011", 0, 4)
@given(st.text(alphabet="aAáÁñÑßﬁfiIİsSσςΣµμ’'\"“-‑ e\u0301\u00ad1½", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_every_part_of_a_text_finds_it(kept: str, start: int, end: int) -> None:
    part = kept[start:end].strip("\u0301\u00ad ")
    assert finds(part, kept.strip()) or not searchable(part) or searchable(part) not in searchable(kept)
