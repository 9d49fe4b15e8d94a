"""Where a link leads is seen by the reviewer in full, and asked about where it seems to lead elsewhere."""

import re

import pytest

from faq.readiness import findings
from tests.admin_client import page_of, see, verb_of
from tests.drafts import make_context, make_words
from tests.factories import a, make_draft, make_submission

SPOOF = "https://www.cancer.gov@evil.example/"


def doubts(link: str) -> list[str]:
    words = make_words(body=f"Read {link} for more [^s1].")
    return [each.message for each in findings(words, make_context()) if each.code == "link-misleading"]


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (f"[www.cancer.gov]({SPOOF})", "before the @"),
        (f"[the institute]({SPOOF})", "before the @"),
        ("[www.cancer.gov](https://evil.example/)", "is called www.cancer.gov"),
        ("[https://cancer.gov/her2](https://cancer.gov.evil.example/her2)", "is called https://cancer.gov"),
        ("[See cancer.gov today](https://evil.example/cancer.gov)", "is called cancer.gov"),
        ("[the institute](https://xn--cncer-2ve.example/)", "may look like others"),
        ("[the institute](https://c\u0430ncer.example/)", "may look like others"),
    ],
)
def test_a_link_that_seems_to_lead_elsewhere_is_a_concern_with_its_whole_address(link: str, reason: str) -> None:
    [message] = doubts(link)
    assert reason in message
    assert "https://" in message


@pytest.mark.parametrize(
    "link",
    [
        "[the institute](https://www.cancer.gov/her2)",
        "[www.cancer.gov](https://www.cancer.gov/her2)",
        "[Cancer.gov](https://www.cancer.gov/)",
        "[https://www.cancer.gov/her2?a=b@c](https://www.cancer.gov/her2?a=b@c)",
        "[Dr. Roe's page, e.g. on HER2](https://roe.example/)",
    ],
)
def test_a_link_that_leads_where_it_says_is_none(link: str) -> None:
    assert doubts(link) == []


@pytest.mark.django_db
def test_every_address_stands_beside_its_link_where_people_decide() -> None:
    body = f"Read [www.cancer.gov]({SPOOF}) and [more](https://b.example/?a=1&b=2) [^s1]."
    submission = make_submission(make_draft(body=body))
    for address in (page_of(submission), verb_of(submission, "approve"), page_of(submission.answer)):
        # Without what a sentence is found by.
        page = re.sub(r"<span [^>]*statement[^>]*>|</span>", "", see(a("reviewer"), address))
        assert f'</a> <code class="address">{SPOOF}</code>' in page
        assert '</a> <code class="address">https://b.example/?a=1&amp;b=2</code>' in page
        assert '<code class="address">#source' not in page
