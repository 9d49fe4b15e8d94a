"""Telephone numbers: each that is surely one can be tapped, and all are read from left to right, whatever the text around them."""

from typing import Any

import pytest

from faq.content.telephone import isolated, pieces
from faq.templatetags.texts import phone
from tests.admin_client import page_of, signed_in
from tests.browsing import parsed, see
from tests.factories import a, make_publication, make_reviewer, make_submission
from tests.reading import LATER, ask

ONE = {
    "988": "988",
    "116 123": "116123",
    "000": "000",
    "1-800-227-2345": "18002272345",
    "01.23.45.67.89": "0123456789",
    "+1 (301) 555-0100": "+13015550100",
    "+44 20 7946 0958": "+442079460958",
    "+44 (0)20 7946 0958": "+442079460958",
    "+44(0)20 7946 0958": "+442079460958",
    "+44 ( 0 ) 20 7946 0958": "",
    "+44 (0) 20 7946 0958": "+442079460958",
    "0044 (0)20 7946 0958": "00442079460958",
    "＋44 （0）20 7946 0958": "+442079460958",
    "+44\u00a020\u202f7946\u20110958": "+442079460958",
    "١١٢": "112",
    "+٤٤ ٢٠ ٧٩٤٦ ٠٩٥٨": "+442079460958",
    "۰۲۱ ۱۲۳۴ ۵۶۷۸": "02112345678",
    "+39 06 1234567": "+39061234567",
}
NONE = [
    *("", "12", "5-6", "9-17", "8.30-17.00", "24/7", "01.02.2026", "2026-02-01"),  # too short, hours, days
    *("1-800-4-CANCER", "1-800-CANCER", "CALL 112 NOW", "(020) 7946-0000"),  # letters, and brackets that may be left out
    *("44 (0)20 7946 0958", "(0)20 7946 0958", "+44 020 7946 0958", "+39 (0)6 1234567"),  # a zero that may or may not be dialled
    *("988/111", "112 999", "0800,123,456", "030/123456", "0800 123 456 0900 456 789", "0800 123 456  0900 456"),  # one or two?
]
SEVERAL = {
    "0800 123, 0900 456": ["0800123", "0900456"],
    "112 / 999": ["112", "999"],
    "112 or 999": ["112", "999"],
    "112 o 061": ["112", "061"],
    "١١٢ أو ٩٩٩": ["112", "999"],
    "١١٢، ٩٩٩": ["112", "999"],
    "0800 1111; 116 111": ["08001111", "116111"],
    "+44 20 7946 0958 | +44 20 7946 0959": ["+442079460958", "+442079460959"],
    "0800 123 456, or letters: 1-800-CANCER": ["0800123456"],
    "111, option 2": ["111"],
    "020 7946 0958, 0959": ["02079460958"],
    "020 7946 0958 or 112": ["02079460958", "112"],
    "030 / 123456": [],
    "024 / 016": ["024", "016"],
    "020 7946 0958 ext. 5": ["02079460958"],
    "020 7946 0958 x5": ["02079460958"],
    "+1 800 555 0100#12": ["+18005550100"],
}


def dialled(field: str) -> list[str]:
    return [piece.address.removeprefix("tel:") for piece in pieces(field) if piece.address]


@pytest.mark.parametrize("field", ONE)
def test_one_number_is_one_link_without_what_is_not_dialled(field: str) -> None:
    assert dialled(field) == ([ONE[field]] if ONE[field] else [])


@pytest.mark.parametrize("field", NONE)
def test_what_a_wrong_number_could_come_of_is_none(field: str) -> None:
    assert dialled(field) == []


@pytest.mark.parametrize("field", SEVERAL)
def test_several_numbers_are_several_links(field: str) -> None:
    assert dialled(field) == SEVERAL[field]


@pytest.mark.parametrize("field", [*ONE, *NONE, *SEVERAL])
def test_nothing_that_was_typed_is_lost(field: str) -> None:
    assert "".join(piece.text for piece in pieces(field)) == field
    assert "".join(parsed(phone(field)).text.split()) == "".join(field.split())


def test_a_field_is_escaped() -> None:
    assert phone("<b>") == '<span class="phone"><bdi dir="ltr">&lt;b&gt;</bdi></span>'


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("اتصل على +44 20 7946 0958 فورًا.", 'اتصل على <bdi dir="ltr">+44 20 7946 0958</bdi> فورًا.'),
        ('<a href="tel:+44 20 7946">0800 123 456</a>', '<a href="tel:+44 20 7946"><bdi dir="ltr">0800 123 456</bdi></a>'),
        ('<p aria-label="> 0800 123 456">x', '<p aria-label="> 0800 123 456">x'),
        ("(020) 7946-0000, 116 123.", '<bdi dir="ltr">(020) 7946-0000</bdi>, <bdi dir="ltr">116 123</bdi>.'),
        ("1-800-4-CANCER", '<bdi dir="ltr">1-800-4-CANCER</bdi>'),
        ("+٤٤ ٢٠ ٧٩٤٦ ٠٩٥٨", '<bdi dir="ltr">+٤٤ ٢٠ ٧٩٤٦ ٠٩٥٨</bdi>'),
        ("020 7946 0958 ext. 5", '<bdi dir="ltr">020 7946 0958 ext. 5</bdi>'),
    ],
)
def test_a_number_is_kept_from_left_to_right(html: str, shown: str) -> None:
    assert isolated(html) == shown


@pytest.mark.parametrize("text", ["من 5-10 أيام", "2019-2024", "100 mg", "24-hour", "112", "1,000,000", "3 1 4", "&#128512;"])
def test_what_is_no_number_in_groups_runs_with_its_text(text: str) -> None:
    assert isolated(text) == text


def test_a_long_row_of_figures_costs_no_time() -> None:
    for row in ("1" * 50_000, "1 " * 25_000, "(" * 50_000, "1)" * 25_000, "<" * 10_000, '<a "' * 10_000):
        assert isolated(row).count("1") == row.count("1")


# On the pages, and where the words are reviewed.

NUMBER = "+44 20 7946 0958"
ARABIC: dict[str, Any] = {
    "language": "ar",
    "question": f"متى أتصل على {NUMBER}؟",
    "short_answer": f"اتصل على {NUMBER} فورًا.",
    "body": f"اتصل على {NUMBER} [أو هنا](tel:+442079460958) [^s1].\n\n[{NUMBER}](tel:+442079460958)",
    "key_facts": [{"label": "الهاتف", "value": NUMBER, "source": "s1"}],
    "care_team_questions": [{"question": f"لماذا {NUMBER}؟", "why": f"{NUMBER} مجاني."}],
    "resources": [{"kind": "helpline", "name": "خط", "phone": f"{NUMBER} / 112", "hours": f"{NUMBER}", "description": f"اتصل {NUMBER}."}],
}
PLACES = 10


@pytest.fixture
def arabic(db: None) -> None:
    make_reviewer(user=a("reviewer"), languages=["en", "ar"])


def isolated_numbers(html: str) -> int:
    return sum(part.text == NUMBER and part.attributes == {"dir": "ltr"} for part in parsed(html).all("bdi"))


@pytest.mark.usefixtures("arabic")
def test_every_number_of_a_page_that_runs_from_right_to_left_is_kept_whole() -> None:
    make_publication("numbers", **ARABIC)
    html = ask("GET", "/questions/numbers/", at=LATER).content.decode()
    assert isolated_numbers(html) == PLACES
    links = [link for link in see("/questions/numbers/").one("section", id="resources").all("a") if link.attributes["class"] == "phone"]
    assert [link.attributes["href"] for link in links] == ["tel:+442079460958", "tel:112"]


@pytest.mark.usefixtures("arabic")
def test_a_reviewer_sees_them_so_too() -> None:
    html = signed_in(a("reviewer")).get(page_of(make_submission(**ARABIC))).content.decode()
    assert isolated_numbers(html) >= PLACES
