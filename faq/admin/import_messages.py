"""What an import would do and has done, in sentences."""

from collections.abc import Mapping
from typing import Final

from faq.admin.import_file import ChosenOptions, Contents
from faq.interchange.options import Stage

ENDS: Final = {
    Stage.DRAFT: "as drafts of yours. Readers see no difference.",
    Stage.SUBMITTED: "as drafts of yours, and submitted for review; a second person decides about them.",
    Stage.ATTESTED: "with the review by {review} recorded; they wait for a publisher.",
    Stage.PUBLISHED: "with the review by {review} recorded, and published: readers see them at once.",
}


def count_of(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def what_would_happen(options: ChosenOptions, counts: Mapping[str, int], contents: Contents) -> str:
    """Return what an import of `contents` would do; `counts`: {one of importing.OUTCOMES: what its rehearsal counted}."""
    wrong = count_of(counts["refused"], "row is wrong", "rows are wrong")
    if counts["refused"] and not options.skip_invalid:
        return f"Nothing can be imported: {wrong}. Correct the file, or choose it again with wrong rows left out."
    said = [brought(counts, how_far_entries_go(options))]
    if contents.drafts and options.stage > Stage.DRAFT:
        said.append(
            f"{count_of(contents.drafts, 'entry that the file calls a draft stays', 'entries that the file calls drafts stay')} so."
        )
    if counts["unchanged"]:
        said.append(
            f"{count_of(counts['unchanged'], 'entry is', 'entries are')} here already, or replaced by a later row; nothing is done."
        )
    said.append(shared(contents.kinds))
    if counts["refused"]:
        said.append(f"{wrong} and left out.")
    return " ".join(filter(None, said))


def brought(counts: Mapping[str, int], end: str) -> str:
    """Return the sentence about entries that come or change; `end` is how far they go."""
    parts = [count_of(counts["created"], "entry will be made", "entries will be made")] if counts["created"] else []
    parts += [count_of(counts["new_version"], "entry will get new words", "entries will get new words")] if counts["new_version"] else []
    return f"{' and '.join(parts)}, {end}" if parts else "No entry will change."


def shared(kinds: Mapping[str, int]) -> str:
    """Return the sentence about what entries share; `kinds`: {one of records.KINDS: rows of the file}. Empty where it has none."""
    names = {"topic": ("topic", "topics"), "source": ("source", "sources"), "standing_text": ("standing text", "standing texts")}
    described = [count_of(kinds[kind], *name) for kind, name in names.items() if kinds.get(kind)]
    if not described:
        return ""
    return f"The file describes {', '.join(described)}: what the library lacks is made, names and standing texts as proposals."


def how_far_entries_go(options: ChosenOptions) -> str:
    review = options.attestation
    named = f"{review.attested_by} on {review.attested_on} ({review.document})" if review else ""
    return ENDS[options.stage].format(review=named)


def tally(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return (what, how many) for each of `counts`; those of an imported history have other names than OUTCOMES, which stay."""
    names = {"created": "made", "new_version": "with new words", "unchanged": "unchanged", "refused": "refused"}
    return [(names.get(key, key), count) for key, count in counts.items()]
