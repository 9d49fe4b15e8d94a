"""Which figures need a source, which only look like one, and what counts as a relative risk."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.readiness.figures import Figure, absolute, figures, number, relative


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("It helps 91.3 % of people", "percent", 91.3),
        ("in 5 per cent", "percent", 5),
        ("About 12 in 100 people", "count", 12),
        ("one in eight women", "count", 12.5),
        ("1 in 10,000 births", "count", 0.01),
        ("81 of 100 recovered", "count", 81),
        ("9 fewer in 100 women", "count", 9),
        ("6.4 fewer deaths per 100", "count", 6.4),
        ("1/800 live births", "count", 0.125),
        ("13 to 20 per 100,000 people", "count", 0.02),
        ("5.4 mg/kg", "dose", 5.4),
        ("two tablets", "dose", 2),
        ("every 3 months", "time", 3),
        ("a six-month course", "time", 6),
        ("within 2–5 minutes", "time", 5),
        ("approved by the FDA in 2019", "approval", 2019),
    ],
)
def test_figures_in_english(text: str, kind: str, value: float) -> None:
    (figure,) = figures(text, "en")
    assert figure.kind == kind
    assert figure.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("el 8,5 % de las personas", "percent", 8.5),
        ("el 12 por ciento", "percent", 12),
        ("12 de cada 100 personas", "count", 12),
        ("una de cada ocho mujeres", "count", 12.5),
        ("0,5 mg", "dose", 0.5),
        ("dos comprimidos", "dose", 2),
        ("durante 5 años", "time", 5),
        ("cada 3 meses", "time", 3),
        ("aprobado en 2019", "approval", 2019),
    ],
)
def test_figures_in_spanish(text: str, kind: str, value: float) -> None:
    (figure,) = figures(text, "es")
    assert figure.kind == kind
    assert figure.value == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "stage 2 and grade 3",
        "IHC 3+ or 2+",
        "a tumour of 2–5 cm",
        "1-800-422-6237",
        "0808 808 00 00",
        "the 24-hour line",
        "24 hours a day",
        "38.0 °C / 100.4 °F",
        "5 lb (2.3 kg) more in a day",
        "48 years old",
        "women aged 50 to 69 years",
        "5-year relative survival",
        "in 2019",
        "two years ago",
        "3 in 2019",
        "126 mg/dL",
        "one day you may",
        "HER2 and PD-L1",
        "NCT03696030",
        "https://a.example/5-mg",
        "call 911",
    ],
)
def test_what_only_looks_like_a_figure_in_english(text: str) -> None:
    assert figures(text, "en") == []


@pytest.mark.parametrize(
    "text",
    ["estadio 2", "mujeres de 50 a 69 años", "48 años de edad", "la línea de 24 horas", "hace dos años", "un día", "2 a 5 cm", "37,5 °C"],
)
def test_what_only_looks_like_a_figure_in_spanish(text: str) -> None:
    assert figures(text, "es") == []


@pytest.mark.parametrize(
    "text",
    [
        "recurrence was cut by about a third",
        "46 % lower",
        "a 46 % relative reduction",
        "it halved the risk",
        "the risk was halved",
        "twice as likely",
        "three times more likely",
        "hazard ratio",
        "HR 0.47",
        "half the risk",
        "risk cut 46 %",
        "a two-fold increase",
        "reduced deaths by 30 per cent",
    ],
)
def test_relative_risks_in_english(text: str) -> None:
    assert relative(text, "en")


@pytest.mark.parametrize(
    "text",
    [
        "redujo el riesgo en un tercio",
        "un 46 % menor",
        "reduce el riesgo a la mitad",
        "el doble de probabilidades",
        "duplica el riesgo",
        "dos veces más probable",
        "cociente de riesgos",
        "HR 0,47",
    ],
)
def test_relative_risks_in_spanish(text: str) -> None:
    assert relative(text, "es")


@pytest.mark.parametrize(
    "text",
    [
        "twice a day",
        "a double mastectomy",
        "12 in 100",
        "50 percent or more",
        "three times a week",
        "lower than 5 cm",
        "an acid pH of 5.0 or 6.0",
        "Photophobia 50% Absent lower eyelashes",
        "losing 5 percent can lower blood pressure",
        "Triple X syndrome and the risk of delay",
        "the risk in triple-negative disease",
    ],
)
def test_what_is_no_relative_risk(text: str) -> None:
    assert relative(text, "en") == ""


@pytest.mark.parametrize("text", ["9 fewer in 100", "from 16 % to 11 %", "5 percentage points", "92.4 v 83.7 of 100"])
def test_absolute_sizes(text: str) -> None:
    assert absolute(text, "en")
    assert not absolute("46 % lower", "en")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,000", 1000), ("13.864", 13864), ("0,5", 0.5), ("2.5", 2.5), ("1,234.5", 1234.5), ("a million", 1e6), ("twelve", 12)],
)
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    assert number(text, "en") == value


@pytest.mark.parametrize(
    ("percent", "count", "same"),
    [(12.4, 12, True), (91.3, 90, True), (12.5, 12.5, True), (57, 50, False), (60, 57, False), (4, 5, False), (0.4, 1, False)],
)
def test_a_percentage_may_be_rounded_to_a_plain_count(percent: float, count: float, same: bool) -> None:
    assert Figure("percent", percent, "", "").same_as(Figure("count", count, "", "")) is same


@settings(deadline=None)
@given(st.text(), st.sampled_from(["en", "es", "fr"]))
def test_no_text_breaks_the_patterns(text: str, language: str) -> None:
    assert isinstance(figures(text, language), list)
    assert isinstance(relative(text, language), str)


@settings(deadline=None)
@given(st.text(alphabet="0123456789., inofper%/-mgyears", max_size=40))
def test_no_row_of_digits_breaks_the_patterns(text: str) -> None:
    assert isinstance(figures(text, "en") + figures(text, "es"), list)
