"""Figures that moved: since the version before, away from the passage they rest on, apart from each other; and sums that do not add up.

The sentences are invented, and about nothing: the green ailment, its drops and its grey cats are in no book.
"""

from itertools import pairwise
from time import process_time
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq import workflow
from faq.content.words import Words
from faq.models import Publication
from faq.readiness import findings
from faq.readiness.figure_rules import Neighbour
from faq.readiness.quantities import agrees, quantities, same
from faq.workflow import TransitionRefused
from faq.workflow.readiness_context import errors_in
from tests.drafts import found, make_context, make_source, make_words, sentences_of
from tests.factories import NOW, a, approve, make_draft, make_publication, make_revision, make_submission, make_topic, waive

# Numbers


@pytest.mark.parametrize(
    ("text", "language", "read"),
    [
        ("It helps 91.3 % of cats", "en", [("percent", 91.3, "%")]),
        ("about 12 in 100, one in eight, 1/800", "en", [("count", 12, "%"), ("count", 12.5, "%"), ("count", 0.125, "%")]),
        ("6.4 fewer cats per 100", "en", [("count", 6.4, "%")]),
        ("half of the cats, a third of them", "en", [("count", 50, "%"), ("count", 100 / 3, "%")]),
        ("5 mg/kg twice a day for 3 weeks", "en", [("measure", 5, "mg/kg"), ("measure", 2, "time"), ("measure", 21, "day")]),
        ("38.5 °C (101.3 °F), −5 °C", "en", [("measure", 38.5, "°C"), ("measure", 38.5, "°C"), ("measure", -5, "°C")]),
        ("twenty-five drops in two hundred ml", "en", [("measure", 25, "drop"), ("measure", 200, "ml")]),
        ("on 15 May 2026, but it may 5", "en", [("day", 515, ""), ("number", 2026, ""), ("number", 5, "")]),
        ("Call 0800 123 4567", "en", [("code", 8001234567, "")]),
        ("el 8,5 %, una de cada ocho, la mitad", "es", [("percent", 8.5, "%"), ("count", 12.5, "%"), ("count", 50, "%")]),
        ("treinta y cinco gotas, dos veces, 12 meses", "es", [("measure", 35, "drop"), ("measure", 2, "time"), ("measure", 12, "month")]),
        ("15 de mayo de 2026 y 1.000 gatos", "es", [("day", 515, ""), ("number", 2026, ""), ("number", 1000, "")]),
    ],
)
def test_every_number_is_read_with_its_unit(text: str, language: str, read: list[tuple[str, float, str]]) -> None:
    found_there = quantities(text, language)
    assert [(each.kind, each.unit) for each in found_there] == [(kind, unit) for kind, _, unit in read]
    assert [each.value for each in found_there] == pytest.approx([value for _, value, _ in read])


@pytest.mark.parametrize(
    "text",
    ["HER2 and PD-L1", "COVID-19", "the 2nd visit", "v1.2.3", "https://a.example/5-mg", "NCT03696030", "a third try", "its half-life"],
)
def test_numbers_in_names_and_addresses_are_none(text: str) -> None:
    assert quantities(text, "en") == []


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("12 %", "12 in 100", True),
        ("five drops", "5 drops", True),
        ("1 year", "12 months", True),
        ("52 weeks", "1 year", True),
        ("24 hours", "1 day", True),
        ("0.5 g", "500 mg", True),
        ("4 weeks", "1 month", False),
        ("12 %", "13 %", False),
        ("5 mg", "5 ml", False),
        ("5 mg", "5 mg/kg", False),
    ],
)
def test_the_same_figure_in_other_units_is_the_same(one: str, other: str, is_same: bool) -> None:
    (first,), (second,) = quantities(one, "en"), quantities(other, "en")
    assert (same(first, second), same(second, first)) == (is_same, is_same)


@pytest.mark.parametrize(
    ("stated", "given", "is_rounded"),
    [
        ("81 %", "80.8 %", True),
        ("about 9 in 10", "91.3 %", True),
        ("12 months", "11.8 months", True),
        ("about 60 %", "62 %", True),
        ("80.8 %", "81 %", False),
        ("5 mg", "5.4 mg", False),
        ("20 weeks", "21 weeks", False),
    ],
)
def test_a_figure_may_be_rounded_but_not_a_dose(stated: str, given: str, is_rounded: bool) -> None:
    assert agrees(quantities(stated, "en")[0], quantities(given, "en")[0]) is is_rounded


@pytest.mark.parametrize("text", ["5 mın", "Aprıl 5", "twİce", "5 µg", "5 μg", "mİl gatos", "5 Kg", "la mİtad", "º", "5 º F"])
def test_letters_that_fold_otherwise_break_nothing(text: str) -> None:
    assert [each.kind for language in ("en", "es") for each in quantities(text, language)].count("percent") == 0


@settings(deadline=None)
@given(st.one_of(st.text(), st.text(alphabet="0123456789., -/%()inofpergmayéİıſKJ°µ", max_size=60)), st.sampled_from(["en", "es", "fr"]))
def test_no_text_breaks_the_reading_and_each_figure_stands_where_it_says(text: str, language: str) -> None:
    read = quantities(text, language)
    assert all(text[each.start : each.end] == each.text for each in read)
    assert all(one.end <= other.start for one, other in pairwise(read))


# A figure that changed while its source did not


def changed(now: str, was: str, *, before: dict[str, Any] | None = None, **fields: Any) -> list[str]:
    """Return the sentences told as changed in a body `now` after a body `was`; `before` and `fields` differ beside it."""
    return [each.sentence for each in findings_since(make_words(was, **(fields if before is None else before)), now, **fields)]


def findings_since(before: Words, now: str, **fields: Any) -> list[Any]:
    return found("figure-changed", now, context=make_context(before=before, version=1), **fields)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("It helps 12 % of cats.[^a]", "It helps 14 % of cats.[^a]"),
        ("Give 5 drops.[^a]", "Give 6 drops.[^a]"),
        ("Give it for 3 weeks.[^a]", "Give it for 3 months.[^a]"),
        ("Give it once a day.[^a]", "Give it twice a day.[^a]"),
        ("Call above 38 °C.[^a]", "Call above 38.5 °C.[^a]"),
        ("It was approved in 2019.[^a]", "It was approved in 2020.[^a]"),
        ("It was approved on 15 May 2026.[^a]", "It was approved on 15 June 2026.[^a]"),
        ("It is for cats aged 5 to 9 years.[^a]", "It is for cats aged 5 to 8 years.[^a]"),
        ("There are two kinds.[^a]", "There are three kinds.[^a]"),
        ("Call 0800 123 4567.[^a]", "Call 0800 123 4568.[^a]"),
        ("It helps about 12 % of cats.[^a]", "It helps nearly 14 % of the cats.[^a]"),
        ("With it 12 % had it, and 9 % without.[^a]", "With it 9 % had it, and 12 % without.[^a]"),
        ("The usual course of green drops takes 3 full weeks.[^a]", "The common course of green drops takes 4 full weeks.[^a]"),
        ("- Week 1: 5 drops[^a]\n- Week 2: 9 drops[^a]", "- Week 1: 5 drops[^a]\n- Week 2: 8 drops[^a]"),
        ("| age | n |\n|--|--|\n| 1[^a] | 10 |\n| 2[^a] | 20 |", "| age | n |\n|--|--|\n| 1[^a] | 10 |\n| 2[^a] | 25 |"),
    ],
)
def test_a_figure_that_changed_while_its_source_did_not_is_told(was: str, now: str) -> None:
    assert len(changed(now, was)) == 1
    assert changed(now, now) == []


@pytest.mark.parametrize(
    ("was", "now"),
    [("Ayuda al 12 % de los gatos.[^a]", "Ayuda al 14 % de los gatos.[^a]"), ("Tome dos gotas.[^a]", "Tome tres gotas.[^a]")],
)
def test_so_it_is_in_spanish(was: str, now: str) -> None:
    assert len(changed(now, was, language="es")) == 1


def test_the_message_names_the_old_figure_and_the_new() -> None:
    (told,) = findings_since(make_words("Some rest. It helps 12 % of cats.[^a]"), "It helps 14 % of cats.[^a] Some rest.")
    assert told.message.startswith("“14 %” was “12 %” in the version before")
    assert (told.grade, told.field, told.sentence) == ("concern", "body", "It helps 14 % of cats.")


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("It helps 12 % of cats.[^a]", "It helps 12 in 100 cats.[^a]"),
        ("Give it for 1 year.[^a]", "Give it for 12 months.[^a]"),
        ("Give five drops.[^a]", "Give 5 drops.[^a]"),
        ("It helps 12 % of cats.[^a]", "It helps 12 % of cats. It also helps 14 % of dogs.[^a]"),
        ("It helps 12 % of cats.[^a]", "It helps 14 % of dogs.[^a]"),
        ("It helps cats.[^a]", "It helps 14 % of cats.[^a]"),
        ("It helps 12 % of cats.[^a]", "It helps cats.[^a]"),
        ("Week 1: 5 drops.[^a]", "Week 1: 5 drops.[^a]\n\nWeek 2: 6 drops.[^a]"),
        ("A.\n\nIt helps 12 % of cats.[^a]", "It helps 12 % of cats.[^a]\n\nB."),
        ("12 of them | 5", "It takes 5 steps, and then 7 more to reach the door.[^a]"),
    ],
)
def test_what_says_the_same_or_something_else_has_not_changed(was: str, now: str) -> None:
    assert changed(now, was) == []


WAS, NOW_SAID = "It helps 12 % of cats.[^a]", "It helps 14 % of cats.[^a]"


@pytest.mark.parametrize(
    "source",
    [{"year": 2026}, {"title": "New edition"}, {"locator": "Page 9"}, {"supporting_quote": "Helps."}, {"url": "https://b.example"}],
)
def test_with_another_edition_page_or_quotation_of_the_source_a_figure_may_move(source: dict[str, Any]) -> None:
    assert changed(NOW_SAID, WAS, before={}, citations=[make_source(**source)]) == []


def test_a_source_that_got_another_number_is_the_same() -> None:
    assert len(changed(NOW_SAID, WAS, before={"citations": [make_source(number=2)]}, citations=[make_source(number=1)])) == 1


def test_a_figure_may_move_to_another_source() -> None:
    both = [make_source(), make_source("b")]
    assert changed("It helps 14 % of cats.[^b]", WAS, citations=both) == []
    assert len(changed(NOW_SAID, WAS, before={}, citations=both)) == 1, "a source that came elsewhere is not this sentence's"


def test_what_shows_no_mark_rests_on_all_sources_of_the_entry() -> None:
    short = {"short_answer": "It helps 12 % of cats."}, {"short_answer": "It helps 14 % of cats."}
    assert changed("X.[^a]", "X.[^a]", before=short[0], **short[1]) == ["It helps 14 % of cats."]
    assert changed("X.[^a]", "X.[^a]", before=short[0], **short[1], citations=[make_source(), make_source("b")]) == []


def fact(value: str, source: str | None = "a", label: str = "Given for") -> dict[str, Any]:
    return {"key_facts": [{"label": label, "value": value, "source": source}]}


@pytest.mark.parametrize(
    ("was", "now", "count"),
    [
        (fact("3 weeks"), fact("4 weeks"), 1),
        (fact("3 weeks"), fact("As a rule 4 weeks, in the green ward"), 1),
        (fact("3 weeks", label="given  for"), fact("4 weeks"), 1),
        (fact("3 weeks"), fact("21 days"), 0),
        (fact("3 weeks"), fact("3 weeks, for 9 in 10 cats"), 0),
        (fact("3 weeks"), fact("4 weeks", source="b"), 0),
        (fact("3 weeks"), fact("4 drops", label="Taken as"), 0),
    ],
)
def test_a_key_fact_is_known_by_its_label(was: dict[str, Any], now: dict[str, Any], count: int) -> None:
    sources = {"citations": [make_source(), make_source("b")]}
    assert len(changed("X.[^a]", "X.[^a]", before=was | sources, **now, **sources)) == count


def test_lines_on_where_things_stand_hold_dates_and_no_figures() -> None:
    lines = [{"status_lines": [{"item": f"Drop {n} of the green row", "status": "established", "as_of": "2026-01"}]} for n in (1, 2)]
    assert changed("X.[^a]", "X.[^a]", before=lines[0], **lines[1]) == []


@pytest.mark.parametrize(
    ("now", "count"),
    [({"phone": "124"}, 1), ({"phone": "1 2 3"}, 0), ({"phone": "124", "url": "https://b.example/"}, 0), ({"name": "B"}, 0)],
)
def test_a_telephone_number_that_moved_is_told(now: dict[str, str], count: int) -> None:
    line = {"kind": "helpline", "name": "Green line", "phone": "123", "url": "https://a.example/"}
    told = changed("X.[^a]", "X.[^a]", before={"resources": [line]}, resources=[line | now])
    assert told == ["124"] * count


def test_a_mark_before_a_list_vouches_for_its_entries_also_where_they_alone_moved() -> None:
    listing = "Filler.\n\nIt takes:[^{}]\n\n- {} weeks of green drops"
    assert changed(listing.format("a", 6), listing.format("a", 5)) == ["6 weeks of green drops"]
    both = [make_source(), make_source("b")]
    assert changed(listing.format("b", 6), listing.format("a", 5), citations=both) == []


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(["It helps {} % of cats.[^a]", "Give {} drops.[^a]", "Rest.", "- Ward {}", ""]), max_size=12), st.data())
def test_exactly_the_sentence_whose_figure_moved_is_told(lines: list[str], data: st.DataObject) -> None:
    said = [line.format(10 + 3 * n) for n, line in enumerate(lines)]
    now = list(said)
    holds = [n for n, line in enumerate(lines) if "{}" in line and "[^a]" in line]
    moved = data.draw(st.sampled_from(holds)) if holds else None
    if moved is not None:
        now[moved] = lines[moved].format(11 + 3 * moved)
    expected = [] if moved is None else [now[moved].removesuffix("[^a]")]
    assert changed("\n\n".join(now) or "X.", "\n\n".join(said) or "X.") == expected


# A figure that its quoted passage does not contain


def unquoted(sentence: str, quote: str, **fields: Any) -> list[str]:
    return sentences_of("figure-not-in-quote", f"{sentence}[^a]", citations=[make_source(supporting_quote=quote)], **fields)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("It helps 14 % of cats.", "It helped 12 % of cats."),
        ("Give 5 drops.", "Give six drops."),
        ("Give it for 3 weeks.", "It was given for 3 months."),
        ("Give 5 mg.", "The amount was 5.4 mg."),
        ("Call above 39 °C.", "Call at a temperature above 38 °C."),
        ("It was approved in 2019.", "Approved in 2020."),
        ("Up to 10 mg is given.", "Up to 15 mg was given."),
        ("It helps more than 80 % of cats.", "It helped 64 % of cats."),
        ("It helps 14 % of cats.", "It helped most cats."),
    ],
)
def test_a_figure_that_its_passage_does_not_have_is_told(sentence: str, quote: str) -> None:
    assert unquoted(sentence, quote) == [sentence]
    assert unquoted(sentence, sentence) == []


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("It helps about 9 in 10 cats.", "It helped 91.3 % of cats."),
        ("It helps 12 in 100 cats.", "It helped 12% (12 of 100)."),
        ("It helps 81 % of cats.", "It helped 80.8 percent."),
        ("Give five drops.", "Give 5 drops."),
        ("Give it for 1 year.", "It was given for 12 months."),
        ("Give it for 3 weeks.", "Duration (weeks): 3"),
        ("It helps more than 80 % of cats.", "It helped 84 % of cats."),
        ("It does not help 20 % of cats.", "It helped 80 % of cats."),
        ("That is 14 more in 100 cats.", "81 % with and 67 % without."),
        ("It helps 60 % of cats.", "Of 50 cats, 30 were helped."),
        ("It helps 8.5 % of cats.", "Ayudó al 8,5 % de los gatos."),
        ("It helps one in eight cats.", "Ayudó a una de cada ocho."),
        ("Ask for grade 2, at 48 years of age, on the 24-hour line.", "Ask."),
        ("One day you may ask about 5-year survival.", "Ask."),
        ("In 2019 they met.", "They met."),
    ],
)
def test_a_figure_may_be_rounded_turned_or_follow_in_one_step(sentence: str, quote: str) -> None:
    assert unquoted(sentence, quote) == []


def test_so_it_is_with_spanish_words_and_an_english_passage() -> None:
    assert unquoted("Ayuda al 14 % de los gatos.", "It helped 12 % of cats.", language="es") == ["Ayuda al 14 % de los gatos."]
    assert unquoted("Ayuda al 12,5 % de los gatos durante tres semanas.", "It helped 12.5 % for 3 weeks.", language="es") == []


def test_where_one_of_the_sources_has_no_passage_nothing_can_be_said() -> None:
    quoted, plain = make_source(supporting_quote="It helped 12 %."), make_source("b")
    body = "It helps 14 % of cats.[^a][^b]"
    assert sentences_of("figure-not-in-quote", body, citations=[quoted, plain]) == []
    other = make_source("b", supporting_quote="It helped 14 %.")
    assert sentences_of("figure-not-in-quote", body, citations=[quoted, other]) == []
    assert sentences_of("figure-not-in-quote", "It helps 14 % of cats.[^b] So it is.[^a]", citations=[quoted, plain]) == []


def test_a_key_fact_rests_on_its_own_source() -> None:
    quoted = [make_source(supporting_quote="It was given for 3 weeks.")]
    assert found("figure-not-in-quote", citations=quoted, **fact("3 weeks")) == []
    (told,) = found("figure-not-in-quote", citations=quoted, **fact("4 weeks"))
    assert (told.field, told.sentence) == ("key_facts.0", "Given for: 4 weeks")
    assert found("figure-not-in-quote", citations=quoted, **fact("4 weeks", source=None)) == []


def test_all_figures_that_are_missing_are_named_once() -> None:
    (told,) = found("figure-not-in-quote", "It helps 14 % for 5 weeks.[^a]", citations=[make_source(supporting_quote="It helps.")])
    assert "“14 %”, “5 weeks” is not in the words quoted from a" in told.message


def test_an_invented_example_is_in_no_passage() -> None:
    example = "::: worked-example Ana\nAfter 3 weeks her count is 14 %.[^a]\n:::"
    assert sentences_of("figure-not-in-quote", example, citations=[make_source(supporting_quote="It helps.")]) == []


FIGURES = st.sampled_from(["{} %", "{} in 1000", "{} weeks", "{} mg", "{} °C", "{},5 %", "{} drops"])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(FIGURES, st.integers(2, 900)), min_size=1, max_size=5), st.sampled_from(["en", "es"]))
def test_a_sentence_that_is_its_own_passage_has_every_figure(said: list[tuple[str, int]], language: str) -> None:
    sentence = "Green drops, " + ", or ".join(form.format(number) for form, number in said) + "."
    assert unquoted(sentence, sentence, language=language) == []


# A figure that another part contradicts

BODY_SAYS = "The green ailment affects about {} in 100 grey cats.[^a]"


@pytest.mark.parametrize(
    ("short", "body"),
    [
        ("The green ailment affects 12 in 100 grey cats.", BODY_SAYS.format(15)),
        ("The green ailment affects about 12 % of grey cats.", BODY_SAYS.format(15)),
        ("Now, the green ailment usually affects 12 in 100 grey cats.", BODY_SAYS.format(15)),
        ("Green drops heal a grey paw in 3 weeks.", "Green drops heal a grey paw in 4 weeks.[^a]"),
        ("Green drops for a grey paw: 3 mg.", "- Green drops for a grey paw: 5 mg.[^a]"),
    ],
)
def test_a_short_answer_that_says_otherwise_than_the_body_is_told(short: str, body: str) -> None:
    (told,) = found("figure-contradicted", body, short_answer=short)
    assert (told.grade, told.field, told.sentence) == ("concern", "short_answer", short)
    assert "in the body: correct one, or say by what they differ." in told.message


def test_so_is_a_spanish_one() -> None:
    short, body = "El mal verde afecta a 12 de cada 100 gatos grises.", "El mal verde afecta a unos 15 de cada 100 gatos grises.[^a]"
    assert sentences_of("figure-contradicted", body, short_answer=short, language="es") == [short]
    assert sentences_of("figure-contradicted", body.replace("15", "12"), short_answer=short, language="es") == []


@pytest.mark.parametrize(
    ("short", "body"),
    [
        ("The green ailment affects 12 in 100 grey cats.", BODY_SAYS.format(12)),
        ("The green ailment affects 12.4 % of grey cats.", BODY_SAYS.format(12)),
        ("The green ailment affects 12 in 100 grey cats.", BODY_SAYS.format(15).replace("grey", "old grey")),
        ("The green ailment affects 12 in 100 grey cats.", BODY_SAYS.format(15).replace("affects", "does not affect")),
        ("The green ailment affects more than 12 in 100 grey cats.", "The green ailment affects more than 15 in 100 grey cats.[^a]"),
        ("At 3 years, 12 in 100 grey cats had it.", "At 5 years, 15 in 100 grey cats had it.[^a]"),
        ("Stage 2 of the green ailment lasts here.", "Stage 3 of the green ailment lasts here.[^a]"),
        ("It takes 3 weeks.", "It takes 4 weeks.[^a]"),
        ("Green drops heal a grey paw in 3 weeks.", "Green drops heal a grey paw in 21 days.[^a]"),
        ("Green drops heal a grey paw in 3 weeks.", "Green drops heal 9 in 10 grey paws.[^a]"),
        ("The green ailment affects 12 in 100 grey cats.", "::: pitfall Wrong\n" + BODY_SAYS.format(15) + "\n:::"),
        ("The green ailment affects 12 in 100 grey cats.", "::: worked-example Ana\n" + BODY_SAYS.format(15) + "\n:::"),
        ("The green ailment affects 12 in 100 grey cats.", "## The green ailment affects 15 in 100 grey cats"),
    ],
)
def test_what_may_be_about_something_else_contradicts_nothing(short: str, body: str) -> None:
    assert found("figure-contradicted", body, short_answer=short) == []


@pytest.mark.parametrize(
    ("label", "value", "sentence", "count"),
    [
        ("Usual healing of a paw", "3 weeks", "The usual healing of a paw takes 4 weeks.", 1),
        ("Healing of a paw", "3 weeks", "A paw usually takes 4 weeks of healing.", 1),
        ("Healing of a paw", "3 weeks", "Healing of a paw takes about 21 days.", 0),
        ("Healing of a paw", "3 weeks", "Healing of a paw takes 4 drops.", 0),
        ("Healing of a paw", "3 weeks", "Healing of a green paw takes 4 weeks.", 0),
        ("Healing", "3 weeks", "Healing takes 4 weeks.", 0),
        ("Healing of a paw", "3 weeks with drops", "Healing of a paw takes 4 weeks.", 0),
        ("Healing of a paw", "3 to 5 weeks", "Healing of a paw takes 4 weeks.", 0),
    ],
)
def test_a_key_fact_is_held_against_the_sentences_with_its_words(label: str, value: str, sentence: str, count: int) -> None:
    told = found("figure-contradicted", f"{sentence}[^a]", **fact(value, label=label))
    assert [each.field for each in told] == ["key_facts.0"] * count


def test_in_the_body_only_sentences_that_name_their_subject_are_compared() -> None:
    plain = "The green drops heal a grey paw in {} weeks.[^a]"
    assert len(found("figure-contradicted", f"{plain.format(3)}\n\n## Later\n\n{plain.format(4)}")) == 1
    assert found("figure-contradicted", f"- {plain.format(3)}\n- {plain.format(4)}") == []
    without = plain.replace("The green drops", "They")
    assert found("figure-contradicted", f"{without.format(3)}\n\n## Later\n\n{without.format(4)}") == []


def test_many_sentences_of_the_same_words_are_a_list_of_cases() -> None:
    cases = "\n\n".join(f"The green drops heal a grey paw in {weeks} weeks.[^a]" for weeks in range(2, 14))
    assert found("figure-contradicted", cases) == []


THEIRS = "The green ailment affects 15 in 100 grey cats."


@pytest.mark.parametrize("theirs", [Neighbour("green-cats", THEIRS), Neighbour("green-cats", "", (f"Fact: {THEIRS}", THEIRS))])
def test_another_entry_that_says_otherwise_is_named(theirs: Neighbour) -> None:
    (told,) = found("figure-contradicted", BODY_SAYS.format(12), context=make_context(neighbours=(theirs,)))
    assert "“12 in 100” here, “15 in 100” in the entry green-cats" in told.message
    assert (told.field, told.sentence) == ("body", BODY_SAYS.format(12).removesuffix("[^a]"))


@pytest.mark.parametrize(
    "theirs", [THEIRS.replace("15", "12"), THEIRS.replace("The green ailment", "This"), THEIRS.replace("cats", "dogs")]
)
def test_another_entry_that_says_the_same_or_speaks_of_another_thing_is_not(theirs: str) -> None:
    context = make_context(neighbours=(Neighbour("green-cats", theirs),))
    assert found("figure-contradicted", BODY_SAYS.format(12), context=context) == []


# Sums


@pytest.mark.parametrize(
    "text",
    [
        "It helped 30 of 50 cats (70 %).",
        "It helped 30 out of the 50 cats (about 70 percent), and more.",
        "It helped 70 % (30 of 50).",
        "It helped 33.8 % of cats (1/3).",
        "Some 60 % slept, 30 % ate and the remaining 20 % ran.",
        "About half of them slept, 30 % ate and the other 5 % ran.",
        "About 85 % slept. The remaining 5 % ran.",
        "They took 120 patients (70 women and 60 men).",
        "Of 20 cats, 12 slept, 5 ate and the other 4 ran.",
    ],
)
def test_a_sum_that_is_wrong_is_told(text: str) -> None:
    (told,) = found("sum-wrong", f"{text}[^a]")
    assert told.grade == "concern"
    assert told.sentence in text


@pytest.mark.parametrize(
    "text",
    [
        "Ayudó a 30 de 50 gatos (el 70 %).",
        "El 60 % durmió, el 30 % comió y el 20 % restante corrió.",
        "El 60 % durmió, el 30 % comió y el otro 20 % corrió.",
        "Participaron 120 personas (70 mujeres y 60 hombres).",
        "De 20 gatos, 12 durmieron, 5 comieron y los otros 4 corrieron.",
    ],
)
def test_a_spanish_sum_that_is_wrong_is_told(text: str) -> None:
    assert sentences_of("sum-wrong", f"{text}[^a]", language="es") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "It helped 30 of 50 cats (60 %).",
        "It helped 2 of 3 cats (66 %), or 67 % (2 of 3).",
        "It helped 7 of 19 cats (about 35 %).",
        "It helped 3 to 5 of 10 cats (30 %).",
        "It helped 30 of 50 cats (95 % CI 45 to 74).",
        "It was grade 2 of 3 (10 %).",
        "It helped 3 in 2019 (30 %).",
        "Some 60 % slept, 30 % ate and the remaining 10 % ran.",
        "About 33 % slept, 33 % ate and the remaining 33 % ran.",
        "About 80 % had it: of these 30 % slept and the remaining 70 % ran.",
        "It helped 60 % of cats, 5 to 10 % of dogs and the remaining 20 % of birds.",
        "More than 60 % slept and the remaining 30 % ran.",
        "About 5 % slept. Some 80 % ate. The remaining 15 % ran.",
        "The other 20 % ran.",
        "About 40 % slept. The other 20 % of dogs ran.",
        "They took 120 patients (70 women and 50 men).",
        "They took 120 patients (70 women and 60 adults).",
        "Of 20 cats, 12 slept, 5 ate and the other 3 ran.",
        "Of 20 cats, 12 slept for 5 days and the other 4 ran.",
        "Of 20 cats, 12 slept and 5 ate.",
    ],
)
def test_a_sum_that_is_right_or_none_is_not(text: str) -> None:
    assert found("sum-wrong", f"{text}[^a]") == []


def table(*rows: str) -> str:
    head, *others = rows
    return "\n".join([f"| {head} |", "|" + "--|" * (head.count("|") + 1), *(f"| {row} |" for row in others)])


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("kind | n", "green | 10", "grey | 20", "Total | 40"), ["Total | 40"]),
        (("kind | n", "green | 10", "grey | 20", "**Total** | 30[^a]"), []),
        (("kind | share", "green | 60 %", "grey | 30 %", "Total | 100 %"), ["Total | 100 %"]),
        (("kind | share", "green | 33.3 %", "grey | 33.3 %", "red | 33.3 %", "Total | 100 %"), []),
        (("kind | rate", "green | 6 %", "grey | 4 %", "Total | 5 %"), []),
        (("kind | days", "green | 6", "grey | 4", "Total | 5"), []),
        (("kind | n", "green | 10", "grey | some", "Total | 40"), []),
        (("kind | n", "green | 10", "grey | 20", "All | 40"), []),
        (("kind | n | m | Total", "green | 1 | 2 | 3", "grey | 2 | 2 | 4", "red | 3 | 3 | 7"), ["red | 3 | 3 | 7"]),
        (("kind | year | m | Total", "green | 1 | 2 | 9", "grey | 2 | 2 | 8", "red | 3 | 3 | 6"), []),
    ],
)
def test_the_total_of_a_table_is_added_up(rows: tuple[str, ...], told: list[str]) -> None:
    assert sentences_of("sum-wrong", table(*rows)) == told


def test_a_spanish_table_is_added_up_too() -> None:
    assert sentences_of("sum-wrong", table("clase | n", "verde | 1.000", "gris | 20", "Total | 1.030"), language="es") == ["Total | 1.030"]


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 5000), st.data(), st.integers(0, 2))
def test_a_share_that_was_rounded_or_cut_off_is_right(whole: int, data: st.DataObject, decimals: int) -> None:
    part = data.draw(st.integers(0, whole))
    share = 100 * part / whole
    cut = int(share * 10**decimals) / 10**decimals
    for said in (f"{share:.{decimals}f}", f"{cut:.{decimals}f}"):
        assert found("sum-wrong", f"It helped {part} of {whole} cats ({said} %).[^a]") == []


# However long


@pytest.mark.parametrize(
    "text", ["1/2/", "1-", "twenty-", "12 in ", "5 people (5 women and ", "1 of 2 a (1 % ", "the remaining 5 % ", "3 % "]
)
def test_a_text_that_is_all_numbers_takes_no_time(text: str) -> None:
    long, longer = (
        make_words(text * (20_000 // len(text))),
        make_words(f"a b {text * (20_000 // len(text))}\n\nb a {text.replace('5', '6')}"),
    )
    start = process_time()
    findings(longer, make_context(before=long, version=1))
    assert process_time() - start < 10, "seconds; a pattern that goes back and forth takes minutes"


# In the library


def moved(revision: Any) -> list[tuple[str, str]]:
    codes = ("figure-changed", "figure-not-in-quote", "figure-contradicted", "sum-wrong")
    return [(each.code, each.sentence) for each in workflow.draft_readiness(revision, NOW) if each.code in codes]


@pytest.mark.django_db
def test_a_figure_that_moved_is_approved_only_with_a_reason() -> None:
    make_publication("green", body="Green drops help 12 in 100 cats [^s1].")
    submission = make_submission(make_revision("green", body="Green drops help 14 in 100 cats [^s1]."))
    with pytest.raises(TransitionRefused, match=r"\[figure-changed\] “14 in 100” was “12 in 100”"):
        approve(submission)
    approve(submission, waivers=[waive("figure-changed", "Green drops help 14 in 100 cats.")])


def publish_theirs(source: str = "s1", **fields: Any) -> Publication:
    """Publish an entry that says THEIRS."""
    body = f"{THEIRS.removesuffix('.')} [^{source}]."
    return make_publication("green-cats", short_answer=THEIRS, body=body, citations=[{"key": source}], **fields)


def contradicted_now(**fields: Any) -> list[tuple[str, str]]:
    """Return what is said of a draft that rests on s1 and says 12 where THEIRS says 15."""
    return moved(make_draft("green", short_answer=THEIRS.replace("15", "12"), **fields))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("theirs", "ours", "count"),
    [
        ({}, {}, 1),
        ({"source": "s2"}, {}, 0),
        ({"source": "s2", "topics": ["drops"]}, {"topics": ["drops"]}, 1),
        ({"source": "s2", "topics": ["drops"]}, {"topics": ["paws"]}, 0),
        ({"language": "es"}, {}, 0),
    ],
)
def test_entries_in_force_of_one_topic_or_source_in_one_language_are_asked(
    theirs: dict[str, Any], ours: dict[str, Any], count: int
) -> None:
    make_topic("drops")
    make_topic("paws")
    publish_theirs(**theirs)
    assert contradicted_now(**ours) == [("figure-contradicted", THEIRS.replace("15", "12"))] * count


@pytest.mark.django_db
def test_an_entry_that_was_taken_down_contradicts_nothing_nor_does_an_entry_itself() -> None:
    version = publish_theirs()
    assert [code for code, _ in moved(make_revision("green-cats", short_answer=THEIRS.replace("15", "12"), body="X [^s1]."))] == [
        "figure-changed"
    ]
    workflow.withdraw(version, by=a("reviewer"), at=NOW, reason="error")
    assert contradicted_now() == []


@pytest.mark.django_db
def test_what_stops_a_publication_is_asked_without_the_other_entries() -> None:
    publish_theirs()
    submission = make_submission(short_answer=THEIRS.replace("15", "12"))
    with patch("faq.workflow.readiness_context.neighbours_of", side_effect=AssertionError):
        assert errors_in(submission, NOW) == []
