"""A rule of readiness about sums that do not add up: "30 of 50 people (70 %)", parts of a whole, and the total of a table.

Only plain forms are looked at, in which the text itself says what is to be the sum of what.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final

from markdown_it.token import Token

from faq.content.letters import as_seen
from faq.content.markdown_parser import inline_text
from faq.readiness.figures import base, number
from faq.readiness.quantities import Quantity, Statement, decimals_of
from faq.readiness.quantity_patterns import CELL, RANGE, SUMS, YEAR, Sums
from faq.readiness.reading import Found, Reading


def sums(reading: Reading) -> Iterator[Found]:
    """Sums that are wrong by more than rounding explains."""
    known = SUMS[base(reading.language)]
    earlier: list[Statement] = []
    for statement in reading.statements:
        if earlier and not is_together(earlier[-1], statement):
            earlier = []
        if statement.sentence.box != "pitfall" and (wrong := wrong_in(statement, earlier, known, reading.language)):
            yield "sum-wrong", f"{wrong}: correct a figure, or say what else there is.", statement.sentence.where, statement.sentence.text
        if any(each.is_share for each in statement.quantities):
            earlier = [*earlier, statement][-2:]
    rows_of_body = iter([sentence.text for sentence in reading.body if sentence.kind == "row"])
    for table in tables(reading.tokens):
        texts = [next(rows_of_body, "") if any(row) else "" for row in table]
        for n, wrong in wrong_totals(table, known, reading.language):
            yield "sum-wrong", f"{wrong}: correct a figure, or say what else there is.", "body", texts[n]


def wrong_in(statement: Statement, earlier: Sequence[Statement], known: Sums, language: str) -> str:
    """Return what is wrong in a sentence, or ""; `earlier`: those with shares before it in its paragraph, two at most."""
    text = statement.sentence.text
    if "(" in text and (wrong := wrong_share(text, known, language) or wrong_groups(text, known, language)):
        return wrong
    return wrong_rest(statement, earlier, known) or wrong_people(statement, known)


def wrong_share(text: str, known: Sums, language: str) -> str:
    """Look at "30 of 50 people (60 %)" and "60 % (30 of 50)"."""
    for said in known.share.finditer(text):
        part, whole, percent = (said[name] or said[f"{name}2"] for name in ("part", "whole", "percent"))
        a, b, c = (number(each, language) for each in (part, whole, percent))
        is_name = known.name.search(text, max(0, said.start() - 20), said.start()) is not None
        if is_name or not 0 <= a <= b or b <= 1 or (YEAR.fullmatch(whole) and known.year.search(said[0])):
            continue
        # A digit cut off counts as rounded; "about" may miss by more.
        is_near = known.about.search(text, max(0, said.start() - 16), said.end()) is not None
        leeway = max(10.0 ** -decimals_of(percent), 2.5 if is_near else 0)
        if abs(100 * a / b - c) > leeway + 1e-9:
            return f"{part} of {whole} are {100 * a / b:.3g} %, not {percent} %"
    return ""


def wrong_groups(text: str, known: Sums, language: str) -> str:
    """Look at "120 people (70 women and 50 men)", where the groups leave nobody out."""
    for said in known.groups.finditer(text):
        whole, one, other = (number(said[name], language) for name in ("whole", "one", "other"))
        pair = {said["who"].lower(), said["whom"].lower()}
        if pair in known.pairs and one + other != whole:
            return f"{said['one']} and {said['other']} make {one + other:g}, not {said['whole']}"
    return ""


MOST_PARTS: Final = 10
"""Nobody says in one sentence into how many more parts a whole falls."""


def wrong_rest(statement: Statement, earlier: Sequence[Statement], known: Sums) -> str:
    """Look at "60 % had …, 30 % had … and the remaining 10 % …", also where the one other part stands in a sentence before."""
    found = [each for each in statement.quantities if each.is_share]
    place = next((n for n, each in enumerate(found) if is_rest(statement.sentence.text, each, known)), None)
    if place is None:
        return ""
    parts, sides = found[: place + 1], [statement]
    if not place and len(earlier) == 1:
        parts = [*(each for each in earlier[0].quantities if each.is_share), *parts]
        sides.append(earlier[0])
        if len(parts) > 2:
            return ""
    if not 2 <= len(parts) <= MOST_PARTS or not all(is_plain(side) for side in sides):
        return ""
    # "80 % have it: of these 30 % … and the remaining 70 %" adds up from the second on.
    for several in accumulate(reversed(parts), lambda some, one: [*some, one], initial=list[Quantity]()):
        if len(several) > 1 and abs(sum(each.value for each in several) - 100) <= leeway_of(several):
            return ""
    total = sum(each.value for each in parts)
    # Far from a hundred they are parts of different things.
    return f"{', '.join(f'“{each.text}”' for each in parts)} make {total:.3g} %, not 100 %" if 80 <= total <= 120 else ""


def is_rest(text: str, figure: Quantity, known: Sums) -> bool:
    """Tell whether a figure is said to be all that is left: "the remaining 10 %", "the rest (10 %)"."""
    return (
        known.rest_before.search(text, max(0, figure.start - 40), figure.start) is not None
        or known.rest_after.match(text, figure.end) is not None
    )


def leeway_of(parts: Sequence[Quantity]) -> float:
    return 1e-9 + sum(each.half + (1.5 if each.lead == "about" else 0) for each in parts)


def is_together(one: Statement, other: Statement) -> bool:
    """Tell whether two sentences stand in one paragraph; entries of a list are cases of their own."""
    places = [(each.sentence.where, each.sentence.block, each.sentence.kind) for each in (one, other)]
    return places[0] == places[1] and one.sentence.kind == "paragraph"


def is_plain(statement: Statement) -> bool:
    """Tell whether no figure of a sentence is a bound or the end of a range."""
    text = statement.sentence.text
    between = (text[one.end : other.start] for one, other in pairwise(statement.quantities))
    return not any(each.lead in ("over", "under") for each in statement.quantities) and not any(RANGE.fullmatch(gap) for gap in between)


def wrong_people(statement: Statement, known: Sums) -> str:
    """Look at "Of 20 people, 12 got better, 5 did not and the other 3 left": whole numbers alone, the first of them the sum."""
    text, found = statement.sentence.text, statement.quantities
    if len(found) < 3 or not known.of.fullmatch(text[: found[0].start]) or not is_rest(text, found[-1], known):
        return ""
    if any(each.kind != "number" or each.lead or each.value % 1 for each in found) or not is_plain(statement):
        return ""
    total = sum(each.value for each in found[1:])
    return f"{', '.join(f'“{each.text}”' for each in found[1:])} make {total:g}, not {found[0].text}" if total != found[0].value else ""


# Tables

Row = list[str]


def tables(tokens: Sequence[Token]) -> Iterator[list[Row]]:
    """Yield the rows of each table, the header first; a cell is its plain text without marks."""
    rows: list[Row] = []
    is_inside = False
    for token in tokens:
        if token.type == "table_open":
            rows, is_inside = [], True
        elif token.type == "table_close":
            is_inside = False
            yield rows
        elif token.type == "tr_open":
            rows.append([])
        elif is_inside and token.type == "inline":
            children = [child for child in token.children or [] if child.type != "citation"]
            rows[-1].append(as_seen(inline_text(children)).strip())


def wrong_totals(rows: Sequence[Row], known: Sums, language: str) -> Iterator[tuple[int, str]]:
    """Yield (row, what is wrong): a last row named total over each column, and a last column named so along the rows."""
    if len(rows) > 3 and is_total(rows[-1][0], known):
        for column in range(1, min(map(len, rows))):
            cells = [cell_of(row[column], language) for row in rows[1:]]
            if wrong := wrong_total(cells[:-1], cells[-1]):
                yield len(rows) - 1, wrong
    if len(rows) > 2 and len(rows[0]) > 3 and is_total(rows[0][-1], known):
        yield from wrong_rows(rows, language)


def wrong_rows(rows: Sequence[Row], language: str) -> Iterator[tuple[int, str]]:
    """Yield the rows that do not add up where others do: a column named total may be something else."""
    read = {n: [cell_of(cell, language) for cell in row[1:]] for n, row in enumerate(rows) if n and len(row) == len(rows[0])}
    wrong = {n: wrong_total(cells[:-1], cells[-1]) for n, cells in read.items() if all(cells)}
    if sum(not each for each in wrong.values()) > sum(bool(each) for each in wrong.values()):
        yield from ((n, each) for n, each in wrong.items() if each)


def is_total(cell: str, known: Sums) -> bool:
    return known.total.fullmatch(cell) is not None


def cell_of(cell: str, language: str) -> tuple[float, float, bool] | None:
    """Return the number of a cell, half of its last digit and whether it is a percentage; None where more or less stands there."""
    found = CELL.fullmatch(cell)
    return (number(found["n"], language), 0.5 * 10.0 ** -decimals_of(found["n"]), bool(found["percent"])) if found else None


def wrong_total(cells: Sequence[tuple[float, float, bool] | None], total: tuple[float, float, bool] | None) -> str:
    """Tell what is wrong with the sum of two cells or more; an average stands among its parts, and rates have no sum but 100 %."""
    parts = [cell for cell in cells if cell]
    if total is None or len(parts) != len(cells) or len(parts) < 2 or any(cell[2] != total[2] for cell in parts):
        return ""
    value, half, is_percent = total
    summed = sum(cell[0] for cell in parts)
    is_whole = all(each % 1 == 0 for each in (value, *(cell[0] for cell in parts)))
    leeway = 0.0 if is_whole and not is_percent else half + sum(cell[1] for cell in parts)
    if value <= max(cell[0] for cell in parts) or (is_percent and (value != 100 or not 70 <= summed <= 130)):
        return ""
    sign = " %" if is_percent else ""
    return f"The parts make {summed:,.10g}{sign}, the total says {value:,.10g}{sign}" if abs(summed - value) > leeway + 1e-9 else ""
