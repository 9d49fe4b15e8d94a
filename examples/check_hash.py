"""Check that an entry holds the very words that were approved: `python3 check_hash.py ADDRESS_OF_AN_ENTRY …`.

Needs nothing but Python's standard library. `content_hash` is the SHA-256 of the entry's words as canonical JSON (RFC 8785): the
members below under their names, `body` for what the answer shows as `answer.markdown`, and citations and provenance without the members
that are computed. Whoever keeps the hash can tell years later whether these are still the words.
"""

import hashlib
import json
import sys
import urllib.request
from typing import Any

WORDS = (
    *("schema_version", "question", "language", "audience", "region", "applies_to", "translation_of", "phrasings", "short_answer"),
    *("status_lines", "advice_cards", "key_facts", "care_team_questions", "quotations", "resources", "call_to_action"),
    *("update_type", "change_note"),
)
"""Members that are hashed as they stand."""
COMPUTED = {"citations": {"source_state"}, "provenance": {"disclosure", "digital_source_type"}}
"""Members of members that are not hashed: they are not part of the words."""


def words_of(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the words of an entry as they were approved."""
    words = {name: entry[name] for name in WORDS}
    words["body"] = entry["answer"]["markdown"]
    words["citations"] = [without(cited, COMPUTED["citations"]) for cited in entry["citations"]]
    words["provenance"] = without(entry["provenance"], COMPUTED["provenance"])
    return words


def without(members: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """Return an object without some of its members."""
    return {name: value for name, value in members.items() if name not in names}


def content_hash(entry: dict[str, Any]) -> str:
    """Return the hash of the words, written as `content_hash` is.

    The words hold no fractions, and their names are ASCII: so Python's own JSON, sorted and without spaces, is canonical.
    """
    canonical = json.dumps(words_of(entry), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def main(addresses: list[str]) -> int:
    """Fetch each entry and say whether its words are those of its hash; 1 where one's are not."""
    wrong = 0
    for address in addresses:
        with urllib.request.urlopen(address) as answer:
            entry = json.load(answer)
        is_right = content_hash(entry) == entry["content_hash"]
        wrong += not is_right
        print(f"{entry['slug']} version {entry['version']}: {'ok' if is_right else 'NOT the words of its hash'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
