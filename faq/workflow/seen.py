"""What somebody saw of a draft as they began to type: no save writes over words that its author never saw.

A face hands `seen_of` to whoever opens a draft, and gives it back to `edit`. Asked under the Answer's lock, so that of two who save at the
same moment the second one is told. A save that was sent twice, or that another window has made already, takes nothing away and goes
through. All fields count, and not only those that are changed: a sentence may rest on what another field said.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from faq.content.words import flattened
from faq.models import Answer
from faq.workflow.errors import TransitionRefused


class WordsMoved(TransitionRefused):
    """Somebody saved other words since these were opened. `stored`: the words as they are now; `moved`: the names of what is new there."""

    def __init__(self, sentence: str, stored: Mapping[str, Any], moved: Sequence[str]) -> None:
        super().__init__(sentence)
        self.stored, self.moved = stored, moved


def seal(value: Any) -> str:
    """Return a short mark by which a value of a field, as JSON has it, is known again."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def sealed(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: seal(value) for name, value in fields.items()}


def seen_of(answer: Answer) -> dict[str, str]:
    """Return what somebody sees of `answer` now: a mark for each of its fields, by the names of EDITABLE."""
    return sealed(flattened(json.loads(answer.words)))


def new_in(answer: Answer, changes: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, Any]:
    """Return what of `changes` is not in the words of `answer` yet, which is locked.

    Raises WordsMoved where it holds words that are neither those `seen` nor those that `changes` would put there.
    """
    stored = flattened(json.loads(answer.words))
    new = {name: value for name, value in changes.items() if name not in stored or stored[name] != value}
    settled = changes.keys() - new.keys()
    moved = [name for name, value in stored.items() if name not in settled and seal(value) != seen.get(name)]
    if moved:
        last = answer.edits.order_by("-pk")[0]
        raise WordsMoved(
            f"Other words were saved since you opened these: by {last.by_name}, {last.at:%Y-%m-%d %H:%M} UTC. Yours were not saved yet.",
            stored,
            moved,
        )
    return new
