"""What would tell who somebody is, is found in what they write, and pointed at; a patient's own figures are none."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.content.personal import personal_data

PERSONAL = [
    ("mail", "write to jo.smith@example.org please", "jo.smith@example.org"),
    ("mail", "jo (at) example.org", "jo (at) example.org"),
    ("phone", "call me on 07700 900123", "07700 900123"),
    ("phone", "(212) 555-0147 after six", "(212) 555-0147"),
    ("phone", "llámeme al 612 345 678", "612 345 678"),
    ("phone", "+44 20 7946 0958", "+44 20 7946 0958"),
    ("number", "my SSN is 123-45-6789", "123-45-6789"),
    ("number", "MRN 12345678", "12345678"),
    ("name", "My name is Anna Smith and I", "My name is Anna Smith"),
    ("name", "me llamo María José", "me llamo María José"),
    ("name", "Dr Patel said so", "Dr Patel"),
    ("name", "my oncologist is dr. Ruiz", "my oncologist is dr. Ruiz"),
    ("birth", "born 3/4/1970", "born 3/4/1970"),
    ("birth", "DOB: 1970-04-03", "DOB: 1970-04-03"),
    ("birth", "nací el 3 de abril de 1970", "nací el 3 de abril de 1970"),
    ("place", "I live at 12 Green Park Road", "12 Green Park Road"),
    ("place", "SW1A 1AA", "SW1A 1AA"),
    ("place", "vivo en calle de Alcalá 45", "calle de Alcalá 45"),
    ("link", "see https://example.org/me", "https://example.org/me"),
    ("link", "I am @janedoe", "@janedoe"),
]
HARMLESS = [
    "My CA 15-3 is 37.5 and HER2 is 3+ since 2026-03-04.",
    "I had 600 mg every 3 weeks for 18 cycles, since 2024.",
    "my doctor is worried about my heart",
    "my name is on the waiting list",
    "I was born in 1970",
    "platelets 150,000 to 450,000",
    "1 in 1000000 people",
    "Tengo 38,5 °C desde ayer a las 22:30.",
    "stage IIIA, T2 N1 M0, ER 90 %, Ki-67 30 %",
    "Should I call 911 or 112?",
]


@pytest.mark.parametrize(("kind", "text", "told"), PERSONAL)
def test_it_is_found_and_pointed_at(kind: str, text: str, told: str) -> None:
    (found,) = personal_data(text)
    assert (found.kind, found.text, text[found.start : found.end]) == (kind, told, told)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_a_patient_tells_of_an_illness_is_none(text: str) -> None:
    assert personal_data(text) == []


def test_each_is_told_once_in_the_order_of_the_text() -> None:
    found = personal_data("I am Jo, jo@example.org, 07700 900123, born 3/4/1970.")
    assert [each.kind for each in found] == ["mail", "phone", "birth"]


@given(st.text(max_size=300))
def test_places_are_those_of_the_text_and_do_not_overlap(text: str) -> None:
    found = personal_data(text)
    assert all(text[each.start : each.end] == each.text for each in found)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))


@pytest.mark.parametrize("text", ["a" * 2_000, "a." * 1_000, "1 " * 1_000, "calle de " * 220, "Dr A" * 500, "@" * 2_000, "7" * 2_000])
def test_no_text_keeps_it_busy(text: str) -> None:
    began = time.perf_counter()
    personal_data(text)
    assert time.perf_counter() - began < 0.5
