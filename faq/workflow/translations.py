"""Translations of an entry, and translations of those: what goes down with it, and whose text is withheld with its own."""

from collections.abc import Collection, Mapping, Sequence

from django.db.models import F

from faq.models import Publication


def translation_tree(publication: Publication) -> list[Publication]:
    """Return the newest versions of the entries that translate any version of this one, then of those that translate them, and so on."""
    newest = Publication.objects.with_newest_version().filter(version=F("newest_version"))
    found: list[Publication] = []
    reached, layer = {publication.slug}, {publication.slug}
    while layer:
        rows = newest.filter(translation_of_slug__in=layer).exclude(slug__in=reached)
        found += rows.select_related("question", "last_change", "submission").order_by("question_id")
        layer = {each.slug for each in found} - reached
        reached |= layer
    return found


def translations_of(publication: Publication) -> list[Publication]:
    """Return the current entries of the tree."""
    return [each for each in translation_tree(publication) if each.status == Publication.Status.CURRENT]


def reached_by(publication: Publication, tree: Sequence[Publication], kept: Collection[str]) -> list[Publication]:
    """Return those of `tree` that a withdrawal reaches: where a translation is kept, so are those that were made from it."""
    slugs = {publication.slug}
    reached = []
    for each in tree:
        if each.translation_of_slug in slugs and each.slug not in kept:
            slugs.add(each.slug)
            reached.append(each)
    return reached


def withheld_texts(publication: Publication, reached: Sequence[Publication], withhold: Collection[int]) -> Mapping[str, set[int]]:
    """Return {slug: versions} to withhold: those asked for, what was made from them, and the same words under other numbers."""
    texts = {publication.slug: same_words(publication, withhold)}
    for each in reached:
        rows = Publication.objects.filter(question=each.question_id, translation_of_version__isnull=False)
        named = rows.values_list("version", "translation_of_slug", "translation_of_version")
        texts[each.slug] = same_words(each, [version for version, slug, original in named if original in texts.get(slug, ())])
    return texts


def same_words(publication: Publication, versions: Collection[int]) -> set[int]:
    """Return `versions` of an entry and the others of its versions that have the same words: a restored one repeats another."""
    rows = Publication.objects.filter(question=publication.question_id)
    hashes = rows.filter(version__in=versions).values("content_hash")
    return set(rows.filter(content_hash__in=hashes).values_list("version", flat=True))
