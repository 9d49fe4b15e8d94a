"""Where ` #` cuts a value of YAML off, the import says in which field and line, in place of taking half of it."""

from pathlib import Path

import pytest

from faq.interchange.errors import Place, RowErrors
from faq.interchange.files import read_entry, read_yaml

CUT = {
    "in a sentence": ("a: 1\nquestion: What is the #1 sign?\n", "one.md:3: question"),
    "at its beginning": ("question: #1 sign\na: 1\n", "one.md:2: question"),
    "behind a tab": ("question: What\t#1\n", "one.md:2: question"),
    "at its end": ("question: What #", "one.md:2: question"),
    "on its second line": ("question: What is\n  the #1 sign\n", "one.md:3: question"),
    "in a row": ("sources:\n  - key: a\n    title: Book #2\n", "one.md:4: sources.0.title"),
    "in a list": ("phrasings:\n  - one\n  - the #2\n", "one.md:4: phrasings.1"),
    "in brackets": ("call: {label: Ask #1\n  , url: x}\n", "one.md:2: call.label"),
    "in a row of a file of rows": ("- key: a\n- key: b\n  title: Book #2\n", "one.md:4: title"),
    "behind a number, as nobody knows what it was": ("year: 2024 #2\n", "one.md:2: year"),
}
WHOLE = {
    "a comment on a line of its own": "# one\nquestion: What?\n# two\n",
    "behind a value in quotes": "question: \"What?\" # why\nother: 'x'  # y\n",
    "behind a list": "phrasings: # many\n  - one\nothers: [a, b] # few\n",
    "a sign in quotes": 'question: "What is the #1 sign?"\n',
    "a sign within a word": "url: https://x.example/#part\nkey: a#b\n",
    "a block": "question: >-\n  What is the #1 sign?\nother: | # why\n  the #2\n",
}


@pytest.mark.parametrize("case", CUT)
def test_a_value_that_is_cut_off_is_refused(case: str) -> None:
    text, place = CUT[case]
    with pytest.raises(RowErrors) as refused:
        read_yaml(text, Place("one.md", 2))
    assert [str(error).startswith(f"{place}: “#” begins a comment here") for error in refused.value.errors] == [True]


@pytest.mark.parametrize("case", WHOLE)
def test_what_is_whole_is_taken(case: str) -> None:
    assert read_yaml(WHOLE[case], Place("one.md", 2))[0]


def test_every_cut_is_told_at_once() -> None:
    with pytest.raises(RowErrors) as refused:
        read_yaml("a: x #1\nb: y #2\nc: z\n", Place("one.md", 2))
    assert [(error.field, error.line) for error in refused.value.errors] == [("a", 2), ("b", 3)]


def test_an_entrys_front_matter_is_refused_and_its_body_may_say_what_it_likes(tmp_path: Path) -> None:
    file = tmp_path / "one.md"
    file.write_text("---\nslug: one\nquestion: Who is #1?\n---\nNobody is #1 # here.\n")
    with pytest.raises(RowErrors, match=r"one\.md:3: question: “#”"):
        read_entry(file, tmp_path)
    file.write_text('---\nslug: one\nquestion: "Who is #1?"\n---\nNobody is #1 # here.\n')
    row, _ = read_entry(file, tmp_path)
    assert (row["question"], row["body"]) == ("Who is #1?", "Nobody is #1 # here.")
