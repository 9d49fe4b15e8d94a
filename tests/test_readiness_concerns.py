"""What needs a waiver with a reason; each rule in English, and in Spanish where words matter."""

from typing import Any

import pytest

from tests.drafts import found, make_context, make_source, sentences_of

# Claims and their marks


@pytest.mark.parametrize(
    "body",
    [
        "HER2 is a protein. It can drive growth.",
        "# What is it?[^a]\n\nHER2 is a protein.",
        "::: pitfall Too much[^a]\nHER2 is a protein.\n:::",
        "- It grows.\n- It spreads.",
        "| what | where |\n|--|--|\n| a protein | on cells |",
    ],
)
def test_an_answer_with_sources_of_which_no_claim_bears_a_mark_is_told(body: str) -> None:
    assert [(each.grade, each.field) for each in found("claims-without-mark", body)] == [("concern", "body")]
    assert found("claims-without-mark", body, language="es")
    assert found("claims-without-mark", body, key_facts=[{"label": "Dose", "value": "As told", "source": "a"}])


@pytest.mark.parametrize("body", ["HER2 is a protein.[^a] It grows.", "HER2 is a protein. [^a]", "- It grows.[^a]\n- It spreads.", ""])
def test_one_mark_in_a_claim_is_enough_for_the_whole_and_no_words_claim_nothing(body: str) -> None:
    assert found("claims-without-mark", body) == []


def test_an_answer_without_sources_is_told_that_alone() -> None:
    assert found("claims-without-mark", "HER2 is a protein.", citations=[]) == []


# Figures and their marks


def test_a_figure_needs_a_mark_in_its_own_sentence() -> None:
    assert sentences_of("figure-without-mark", "It is common.[^a] About 12 in 100 people have it. Ask.") == [
        "About 12 in 100 people have it."
    ]
    assert sentences_of("figure-without-mark", "About 12 in 100 people have it.[^a] About 9 in 100 have it [^a].") == []


def test_a_figure_cited_elsewhere_in_the_body_still_needs_its_mark() -> None:
    assert sentences_of("figure-without-mark", "It takes 3 weeks.[^a] So plan for 3 weeks.") == ["So plan for 3 weeks."]


@pytest.mark.parametrize(
    "text", ["Take 5 mg.", "It takes 3 weeks.", "It was approved in 2019.", "It helps 12 % of people.", "One in eight women has it."]
)
def test_every_kind_of_figure_needs_a_mark(text: str) -> None:
    assert sentences_of("figure-without-mark", text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "It is stage 2, grade 3, IHC 3+.",
        "A tumour of 2–5 cm.",
        "Call 1-800-422-6237.",
        "Call the 24-hour line.",
        "A woman of 48 years of age.",
    ],
)
def test_names_sizes_ages_and_telephone_numbers_need_none(text: str) -> None:
    assert found("figure-without-mark", text) == []


@pytest.mark.parametrize(
    "text", ["Tome 5 mg.", "Dura 3 semanas.", "Se aprobó en 2019.", "Le pasa a 12 de cada 100 personas.", "Ayuda al 12 % de las personas."]
)
def test_spanish_figures_need_a_mark(text: str) -> None:
    assert sentences_of("figure-without-mark", text, language="es") == [text]


def test_an_entry_of_a_list_and_a_row_of_a_table_are_sentences() -> None:
    body = "- 5 weeks[^a]\n- 6 weeks\n\n| time | what |\n|--|--|\n| 7 weeks | x[^a] |\n| 8 weeks | y |"
    assert sentences_of("figure-without-mark", body) == ["6 weeks", "8 weeks | y"]


def test_a_marked_introduction_vouches_for_its_list_and_a_header_row_for_its_table() -> None:
    assert found("figure-without-mark", "It takes:[^a]\n- 5 weeks\n- 6 weeks\n\n| time[^a] |\n|--|\n| 7 weeks |") == []


@pytest.mark.parametrize(("mark", "count"), [("[^a]", 0), ("", 2)])
def test_a_heading_may_repeat_a_cited_figure(mark: str, count: int) -> None:
    assert len(found("figure-without-mark", f"## For 3 weeks\n\nIt takes 3 weeks{mark}.")) == count


def test_the_short_answer_may_repeat_a_cited_figure() -> None:
    short = "It is in about 9 in 10 people."
    assert found("figure-without-mark", "It is in 91.3 % of people, about 9 in 10.[^a]", short_answer=short) == []
    assert [each.field for each in found("figure-without-mark", "It is common.[^a]", short_answer=short)] == ["short_answer"]


def test_a_key_fact_needs_its_source() -> None:
    facts = [{"label": "How long", "value": "3 weeks", "source": "a"}, {"label": "How often", "value": "1 in 8"}]
    assert [each.field for each in found("figure-without-mark", key_facts=facts)] == ["key_facts.1"]


def test_the_invented_person_of_a_worked_example_has_no_source() -> None:
    example = "::: worked-example Anna\nTwo weeks later her tumour is ER 0 %. Then come 3 months of drips.\n:::"
    assert found("figure-without-mark", example) == []


@pytest.mark.parametrize(
    "text", ["About 12 in 100 people have it.", "It helps 80 % of people.", "She takes 5 mg.", "It was approved in 2019."]
)
def test_what_a_worked_example_says_about_the_world_needs_a_source(text: str) -> None:
    assert sentences_of("figure-without-mark", f"::: worked-example Anna\n{text}\n:::") == [text]


def test_the_title_of_a_pitfall_names_the_mistake() -> None:
    assert found("figure-without-mark", "::: pitfall Saying 7 in 100\nWrong.\n:::") == []


def test_a_waiver_can_hold_on_to_the_sentence_without_its_layout() -> None:
    plain, marked_up = "About 12 in 100 people have it.", "About **12 in 100**\npeople   have [it](https://a.example)."
    assert sentences_of("figure-without-mark", marked_up) == sentences_of("figure-without-mark", plain) == [plain]


# Percentages and relative risks


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("It helps 12.4 % of people.[^a]", 1),
        ("It helps 12.4 % of people, about 12 in 100.[^a]", 0),
        ("It helps 12.4 % of people.[^a]\n\nThat is about 12 of 100.[^a]", 0),
        ("It helps 50 % of people.[^a] So about half.", 0),
        ("It helps 12.4 % of people, not 30 in 100.[^a]", 1),
        ("The pump works at 55 %.[^a]", 0),
        ("The risk is 46 % lower.[^a]", 0),
    ],
)
def test_a_percentage_of_people_is_also_said_as_a_count(body: str, count: int) -> None:
    assert len(found("percentage-without-count", body)) == count


def test_the_message_offers_the_count() -> None:
    assert "“about 4 in 1,000”" in found("percentage-without-count", "It is seen in 0.4 % of people.[^a]")[0].message


def test_clinicians_may_read_percentages() -> None:
    assert found("percentage-without-count", "It helps 12.4 % of patients.[^a]", audience="clinician") == []


def test_spanish_percentages_need_a_count() -> None:
    assert len(found("percentage-without-count", "Ayuda al 12 % de las personas.[^a]", language="es")) == 1
    assert found("percentage-without-count", "Ayuda al 12 % de las personas: 12 de cada 100.[^a]", language="es") == []


@pytest.mark.parametrize(
    "text", ["It cut the risk by a third.", "Deaths were 46 % lower.", "It halved the risk.", "It is twice as likely.", "The HR was 0.47."]
)
def test_a_relative_risk_needs_an_absolute_size(text: str) -> None:
    assert sentences_of("relative-without-absolute", f"{text}[^a]") == [text]


@pytest.mark.parametrize("text", ["Redujo el riesgo en un tercio.", "Es el doble de probable.", "Hubo un 46 % menos de muertes."])
def test_a_spanish_relative_risk_needs_an_absolute_size(text: str) -> None:
    assert sentences_of("relative-without-absolute", f"{text}[^a]", language="es") == [text]


@pytest.mark.parametrize(
    "near",
    [
        "It halved the risk, from 4 in 100 to 2 in 100.[^a]",
        "It halved the risk.[^a]\n\nThat is 2 fewer in 100.[^a]",
        "- It halved the risk.[^a]\n- With it 2 in 100 had it.[^a]",
        "It halved the risk, from 4 % to 2 %.[^a]",
    ],
)
def test_an_absolute_size_close_by_is_enough(near: str) -> None:
    assert found("relative-without-absolute", near) == []


def test_an_absolute_size_in_another_section_is_too_far() -> None:
    assert len(found("relative-without-absolute", "It halved the risk.[^a]\n\n## Other\n\nIt is 2 in 100.[^a]")) == 1


def test_the_short_answer_is_read_alone() -> None:
    body = "It halved the risk, from 4 in 100 to 2 in 100.[^a]"
    assert [each.field for each in found("relative-without-absolute", body, short_answer="It halved the risk.")] == ["short_answer"]


# Sources and the whole


def test_a_superseded_source_is_a_concern_of_its_own() -> None:
    context = make_context(source_states={"a": "superseded"})
    assert [(each.field, each.sentence) for each in found("source-superseded", context=context)] == [("citations.0", "a")]


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"url": "https://a.example"}, 0),
        ({"url": "", "doi": "10.1000/1"}, 0),
        ({"url": "", "publisher": "A house", "year": 2020}, 0),
        ({"url": "", "publisher": "A house"}, 1),
        ({"url": "", "year": 2020}, 1),
    ],
)
def test_a_source_must_be_found_again(fields: dict[str, Any], count: int) -> None:
    assert len(found("source-not-findable", citations=[make_source(**fields)])) == count


def test_a_short_answer_is_expected() -> None:
    assert [each.field for each in found("short-answer-missing", short_answer=" ")] == ["short_answer"]


HARD = "The doctor will measure how well the heart is working before the treatment, and again every season afterwards. " * 8  # grade 9.8


@pytest.mark.parametrize(("audience", "count"), [("patient", 1), ("caregiver", 1), ("clinician", 0)])
def test_a_text_above_grade_eight_is_a_concern_for_lay_readers(audience: str, count: int) -> None:
    assert [(each.sentence, each.message[:14]) for each in found("reading-grade-high", HARD, audience=audience)] == [
        ("", "Reads at grade")
    ] * count


# Personal data, tone, form


@pytest.mark.parametrize(
    "text",
    [
        "Write to jane.doe@mail.example.",
        "Call (301) 555-0100.",
        "Call +34 612 34 56 78.",
        "My name is Jane.",
        "Me llamo Juana.",
        "DOB: 12/03/1975",
        "She was born on 12 March 1975.",
        "NHS number 943 476 5919",
        "SSN 123-45-6789",
        "DNI 12345678Z",
        "MRN: 1234567",
        "Nació el 12 de marzo de 1975.",
    ],
)
def test_data_of_a_person_is_a_concern(text: str) -> None:
    assert sentences_of("personal-data", text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Call 1-800-422-6237 or 866-552-6729.",
        "Call 0808 800 6000.",
        "Call 988, 911 or 116 123.",
        "Write to info@charity.example.",
        "Between 2017–2021.",
        "You may be asked for your date of birth.",
        "See doi 10.1056/NEJMoa1234567 and NCT03696030.",
        "Born in 1975.",
        "Of 13,864 women in 7 trials.",
        "Batch 12345678A.",
    ],
)
def test_help_lines_years_and_offices_are_no_data_of_a_person(text: str) -> None:
    assert found("personal-data", text) == []


def test_numbers_listed_as_resources_are_known() -> None:
    line = {"kind": "helpline", "name": "Line", "phone": "0301 555 0100", "description": "Or jane@line.example."}
    assert found("personal-data", "Call +44 301 555 0100 or write to jane@line.example.", resources=[line]) == []


def test_phrasings_and_quotations_may_hold_personal_data_too() -> None:
    fields: dict[str, Any] = {
        "phrasings": ["my name is Jane, what now"],
        "quotations": [{"text": "Write to jane@mail.example.", "who": "Jane"}],
    }
    assert [each.field for each in found("personal-data", **fields)] == ["phrasings.0", "quotations.0"]


@pytest.mark.parametrize(
    "text",
    [
        "In your case, ask first.",
        "Your cancer may grow.",
        "Your prognosis is good.",
        "You should stop taking it.",
        "You must change the dose.",
        "En su caso, pregunte.",
        "Su cáncer puede crecer.",
        "Usted debe dejar de tomar la medicina.",
    ],
)
def test_talk_to_one_person_is_a_concern(text: str) -> None:
    assert sentences_of("talk-to-one-person", text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Ask your cancer team.",
        "Do not stop a medicine on your own.",
        "You should not stop taking it.",
        "Ask if you should stop taking it.",
        "You should start walking.",
        "If your results are unclear, ask.",
        "No debe dejar de tomar la medicina.",
        "Pregunte si debe dejar de tomarla.",
    ],
)
def test_general_advice_is_no_talk_to_one_person(text: str) -> None:
    assert found("talk-to-one-person", text) == []


@pytest.mark.parametrize(("text", "count"), [("✅ Approved", 1), ("⚠️ Call", 1), ("🟢 Good", 1), ("✔ Yes", 1), ("Herceptin® → ok ©", 0)])
def test_pictographs_in_place_of_words_are_a_concern(text: str, count: int) -> None:
    assert len(found("status-emoji", f"- {text}")) == count


def test_an_image_is_a_concern_because_only_its_words_are_shown() -> None:
    assert sentences_of("image", "See ![a cell](https://a.example/x.png).") == ["a cell"]


@pytest.mark.parametrize(("text", "count"), [("A <b>bold</b> word.", 1), ("x <!-- y -->", 1), ("A tumour <5 cm and >2 cm.", 0)])
def test_raw_html_is_a_concern(text: str, count: int) -> None:
    assert len(found("raw-html", text)) == count


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        ("::: sensitive\n1\n:::", []),
        (":::: worked-example\n::: pitfall\nx\n:::\n::::", []),
        ("::: sensitve Figures\nText.\n:::", ["::: sensitve Figures Text."]),
        ("::: sensitive Figures\nText.", ["::: sensitive Figures"]),
    ],
)
def test_a_box_that_is_misspelt_or_never_closed_is_a_concern(body: str, sentences: list[str]) -> None:
    assert sentences_of("box-broken", body) == sentences
