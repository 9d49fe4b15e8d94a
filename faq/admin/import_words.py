"""What an import would do and has done, in sentences."""

from collections.abc import Mapping
from typing import Final

from faq.admin.import_file import Contents, Options
from faq.interchange.wanted import Stage

ENDS: Final = {
    Stage.DRAFT: "as drafts of yours. Readers see no difference.",
    Stage.SUBMITTED: "as drafts of yours, and submitted for review; a second person decides about them.",
    Stage.ATTESTED: "with the review by {review} recorded; they wait for a publisher.",
    Stage.PUBLISHED: "with the review by {review} recorded, and published: readers see them at once.",
}


def counted(count: int, one: str, several: str) -> str:
    """Return `count` with its word."""
    return f"{count} {one if count == 1 else several}"


def coming(options: Options, counts: Mapping[str, int], contents: Contents) -> str:
    """Return what an import of `contents` with these options would do; `counts`: what its rehearsal counted (importing.OUTCOMES)."""
    wrong = counted(counts["refused"], "row is wrong", "rows are wrong")
    if counts["refused"] and not options.skip_invalid:
        return f"Nothing can be imported: {wrong}. Correct the file, or choose it again with wrong rows left out."
    said = [brought(counts, ends(options))]
    if contents.drafts and options.stage > Stage.DRAFT:
        said.append(f"{counted(contents.drafts, 'entry that the file calls a draft stays', 'entries that the file calls drafts stay')} so.")
    if counts["unchanged"]:
        said.append(f"{counted(counts['unchanged'], 'entry is', 'entries are')} here already, or replaced by a later row; nothing is done.")
    said.append(shared(contents.kinds))
    if counts["refused"]:
        said.append(f"{wrong} and left out.")
    return " ".join(filter(None, said))


def brought(counts: Mapping[str, int], end: str) -> str:
    """Return the sentence about entries that come or change."""
    parts = [counted(counts["created"], "entry will be made", "entries will be made")] if counts["created"] else []
    parts += [counted(counts["new_version"], "entry will get new words", "entries will get new words")] if counts["new_version"] else []
    return f"{' and '.join(parts)}, {end}" if parts else "No entry will change."


def shared(kinds: Mapping[str, int]) -> str:
    """Return the sentence about what entries share, where rows of the file describe it."""
    names = {"topic": ("topic", "topics"), "source": ("source", "sources"), "standing_text": ("standing text", "standing texts")}
    found = [counted(kinds[kind], *name) for kind, name in names.items() if kinds.get(kind)]
    if not found:
        return ""
    return f"The file describes {', '.join(found)}: what the library lacks is made, names and standing texts as proposals."


def ends(options: Options) -> str:
    """Return how far entries go."""
    review = options.attestation
    named = f"{review.attested_by} on {review.attested_on} ({review.document})" if review else ""
    return ENDS[options.stage].format(review=named)


def tallied(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return (what, how many) for each of `counts`; those of a history have other names, which stay."""
    names = {"created": "made", "new_version": "with new words", "unchanged": "unchanged", "refused": "refused"}
    return [(names.get(key, key), count) for key, count in counts.items()]
