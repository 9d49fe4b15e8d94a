"""What programs are told of the part that an AI had in an entry: computed from its origin, never typed."""

from typing import Any, Final

from faq.content.words import Origin

VOCABULARY: Final = "w3c-cg-ai-content-disclosure"
AS_OF: Final = "2026-09"
"""The state of the W3C group's vocabulary that is meant, for it still moves."""
VALUES: Final[dict[Origin, str]] = {"human": "human-only", "ai_assisted": "ai-assisted", "ai_generated": "ai-assisted"}
"""`ai-assisted`: AI was involved and a person reviewed the text before it came out, as with every entry here. So none is
`ai-autonomous`, not even one that an AI drafted whole."""

IPTC: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"  # the concepts' own addresses, which begin with http
SOURCE_TYPES: Final[dict[Origin, str]] = {
    # “Media created by a human using non-generative tools”.
    "human": IPTC + "digitalCreation",
    # “Edited using Generative AI”: people's and a model's words stand beside each other, whoever began.
    "ai_assisted": IPTC + "compositeWithTrainedAlgorithmicMedia",
    # “Created using Generative AI”. A reviewer approves or refuses and writes nothing: the words stay the model's.
    "ai_generated": IPTC + "trainedAlgorithmicMedia",
}
"""IPTC's Digital Source Type NewsCodes."""


def disclosure_json(origin: Origin) -> dict[str, Any]:
    """Return the disclosure of an entry with the vocabulary that its value is from."""
    return {"vocabulary": VOCABULARY, "as_of": AS_OF, "value": VALUES[origin]}
