"""Rules of the server for assistants, which a language model quotes."""

from typing import Final

from tests.mutations.mutant import Mutant

SERVER, QUOTED = "examples/mcp_server.py", "examples/mcp_words.py"
HERE = "tests/test_mcp_server.py::"
SHIPPED = f"{HERE}TestDemonstration::"

MUTANTS: Final = (
    Mutant(
        "an answer that lost its disclaimers on the way is not told",
        "none are as good as some",
        QUOTED,
        "    disclaimers: list[Disclaimer] = Field(min_length=1)",
        "    disclaimers: list[Disclaimer] = []",
        (f"{HERE}test_nothing_is_told_of_an_entry_whose_disclaimers_were_lost_on_the_way",),
    ),
    Mutant(
        "words of another place are not told as the library's",
        "every redirect is followed",
        SERVER,
        "            if origin(request.url) != origin(url):",
        "            if not request.url.host:",
        (f"{HERE}test_a_library_that_cannot_answer_is_told_with_what_to_do",),
    ),
    Mutant(
        "an answer is read over a connection that nobody changes",
        "http is taken of any host",
        SERVER,
        '    if parts.scheme == "http" and parts.hostname not in LOOPBACK:',
        '    if parts.scheme == "ftp":',
        (f"{HERE}test_what_is_no_safe_address_is_refused_at_the_start",),
    ),
    Mutant(
        "a library that drips is not waited for",
        "each piece has its own time",
        SERVER,
        "        with anyio.fail_after(PATIENCE):",
        "        with anyio.fail_after(60):",
        (f"{HERE}test_a_library_that_is_away_or_dawdles_is_told_so",),
    ),
    Mutant(
        "a page that is checked late says so to a model too",
        "it is told as if it were not",
        QUOTED,
        '    if entry.review.state == "overdue":',
        '    if entry.review.state == "expired":',
        (f"{HERE}test_a_page_that_is_checked_late_says_so_and_a_source_that_moved",),
    ),
    Mutant(
        "words under a warning are not repeated without it",
        "they are in force, so they may be",
        SERVER,
        'row.status == "current" and not (row.held or row.withheld or row.erased)',
        'row.status == "current"',
        (f"{SHIPPED}test_one_under_a_warning_is_led_by_it",),
    ),
    Mutant(
        "danger in a question stands before all that was found",
        "it is left to the entries",
        SERVER,
        "if found.urgent_advice else",
        "if found.urgent_advice and not found.results else",
        (f"{SHIPPED}test_danger_in_the_question_comes_before_all_else",),
    ),
)
