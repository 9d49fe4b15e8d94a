"""Words with a mark of its own in every leaf, made by walking the model: a field that is added is marked without anybody's doing.

A leaf is named by its path without positions: `citations.title`, `resources.Media.transcript`. A text gets a mark that stands nowhere
else. What no mark fits into (a choice, a number, a yes or no) is told by its difference: `variants` changes one such leaf at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from faq.content.words import Words

Path = tuple[str, ...]


@dataclass
class Marked:
    """Raw Words; the mark to look for by leaf; and by leaf the place and another value of each leaf that takes no mark."""

    letter: str
    given: Mapping[str, Any]
    raw: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    others: dict[str, tuple[Path, Any]] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """The Words themselves."""
        return Words.model_validate(self.raw)

    def variants(self) -> Iterator[tuple[str, Words]]:
        """Yield (leaf, Words in which it alone is another) for each leaf without a mark."""
        for leaf, (place, other) in self.others.items():
            yield leaf, Words.model_validate(replaced(self.raw, place, other))

    def leaves(self) -> set[str]:
        """Return the names of all leaves."""
        return self.marks.keys() | self.others.keys()


def marked(letter: str = "a", **given: Any) -> Marked:
    """Return Words whose marks begin with `letter`; `given` has values for leaves, by name with `__` for a dot, and another value each."""
    made = Marked(letter, {name.replace("__", "."): value for name, value in given.items()})
    made.raw = build(made, Words, (), "", ())
    return made


def build(made: Marked, shape: Any, metadata: tuple[Any, ...], leaf: str, place: Path) -> Any:
    """Return a value of `shape` with every leaf below marked, and note the marks."""
    if get_origin(shape) is Annotated:
        base, *more = get_args(shape)
        return build(made, base, (*more, *metadata), leaf, place)
    if get_origin(shape) is list:
        return [build(made, each, (), name, (*place, str(n))) for n, (each, name) in enumerate(alternatives(get_args(shape)[0], leaf))]
    if get_origin(shape) in (Union, UnionType):
        return build(made, next(each for each in get_args(shape) if each is not NoneType), metadata, leaf, place)
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return {
            name: build(made, each.annotation, tuple(each.metadata), f"{leaf}.{name}".lstrip("."), (*place, name))
            for name, each in shape.model_fields.items()
        }
    return mark(made, Annotated.__class_getitem__((shape, *metadata)) if metadata else shape, leaf, place)  # type: ignore[attr-defined]


def alternatives(shape: Any, leaf: str) -> list[tuple[Any, str]]:
    """Return each shape that a member of a list may have, with its name where there are several."""
    base = get_args(shape)[0] if get_origin(shape) is Annotated else shape
    several = [each for each in get_args(base) if each is not NoneType] if get_origin(base) in (Union, UnionType) else []
    return [(each, f"{leaf}.{each.__name__}") for each in several] or [(shape, leaf)]


def mark(made: Marked, shape: Any, leaf: str, place: Path) -> Any:
    """Return a value of a leaf: the first of several texts that its rules take, or, where none is taken, one of two other values."""
    if leaf in made.given:
        value, other = made.given[leaf]
        made.others[leaf] = place, other
        return value
    number = 1 + len(made.marks)
    name = f"z{made.letter}{number:03}"
    for text, looked_for in (
        (name, name),
        (f"https://{name}.example/", name),
        (f"10.1000/{name}", name),
        (f"{1900 + 100 * (ord(made.letter) - ord('a')) + number}-05", ""),
    ):
        if is_taken(shape, text):
            made.marks[leaf] = looked_for or text[:4]
            return text
    values = [each for each in (*choices(shape), True, False, 1234, 1432) if is_taken(shape, each)]
    made.others[leaf] = place, values[1] if len(values) > 1 else values[0]
    return values[0]


def choices(shape: Any) -> tuple[Any, ...]:
    """Return what a Literal offers, the usual first choice last."""
    base = get_args(shape)[0] if get_origin(shape) is Annotated else shape
    return tuple(reversed(get_args(base))) if get_origin(base) is Literal else ()


def is_taken(shape: Any, value: Any) -> bool:
    """Return whether `value` is a value of `shape`, strictly."""
    try:
        TypeAdapter(shape).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def replaced(raw: Any, place: Path, value: Any) -> Any:
    """Return a copy of `raw` with another `value` at `place`."""
    if not place:
        return value
    first, *rest = place
    if isinstance(raw, list):
        return [replaced(each, tuple(rest), value) if str(number) == first else each for number, each in enumerate(raw)]
    return {name: replaced(each, tuple(rest), value) if name == first else each for name, each in raw.items()}
