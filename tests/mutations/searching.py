"""Rules of search, and of hearing danger in what people type."""

from typing import Final

from tests.mutations.mutant import Mutant

INDEX, LIBRARY, RESULTS, DANGER = "faq/search/index.py", "faq/search/library.py", "faq/search/results.py", "faq/search/danger.py"
SPELLING, ANALYSIS, LISTING = "faq/search/spelling.py", "faq/content/analysis.py", "faq/public/listing.py"
FOLLOWS, RANKING, HEARD = "tests/test_search_follows.py::", "tests/test_search_ranking.py::", "tests/test_search_danger.py::"

MUTANTS: Final = (
    Mutant(
        "what is withdrawn leaves search at once",
        "hits are not looked for among what is in force",
        RESULTS,
        "    return [hit for hit in hits if hit.slug in kept]",
        "    return hits",
        ("tests/test_api_search.py::test_entries_for_clinicians_are_left_out_unless_asked_for",),
    ),
    Mutant(
        "a worker's index follows the feed",
        "it is made once",
        LIBRARY,
        "if state.change_head != self.head:",
        "if not self.head:",
        (f"{FOLLOWS}test_the_next_version_is_found_by_its_own_words_alone",),
    ),
    Mutant(
        "a restored backup is read anew",
        "whatever the chain was, it goes on",
        LIBRARY,
        "return Change.objects.filter(sequence=self.sequence, row_hash=self.head).exists()",
        "return True",
        (f"{FOLLOWS}test_a_library_that_was_restored_from_a_backup_is_read_anew",),
    ),
    Mutant(
        "only what has changed is read again",
        "all of it is",
        LIBRARY,
        "Document.objects.filter(last_change__gt=sequence)",
        "Document.objects.all()",
        (f"{FOLLOWS}test_only_what_has_changed_is_read_again",),
    ),
    Mutant(
        "nothing is suggested that no entry in force says",
        "words that once stood there are",
        SPELLING,
        "if counts[number] and may_be_a_slip(word)",
        "if may_be_a_slip(word)",
        ("tests/test_search_spelling.py::test_a_word_that_no_entry_has_any_more_is_suggested_no_more",),
    ),
    Mutant(
        "common words are no slips",
        "every unknown word is one",
        SPELLING,
        "        if word in self.common:\n",
        "        if False:\n",
        ("tests/test_search_spelling.py::test_what_is_known_common_short_or_near_to_nothing_stays",),
    ),
    Mutant(
        "ranks are the same in every worker",
        "terms of entries that are gone count",
        INDEX,
        "bool(self.answers.frequency[number] or self.wordings.frequency[number])",
        "True",
        (f"{RANKING}test_a_shelf_that_followed_changes_ranks_as_one_made_anew",),
    ),
    Mutant(
        "a wording that the query covers beats one that says more",
        "what it says beside does not matter",
        INDEX,
        "scores * covered",
        "scores",
        (f"{RANKING}test_a_way_of_asking_that_is_covered_beats_one_that_says_more",),
    ),
    Mutant(
        "each way of asking is scored by itself",
        "they are added up",
        INDEX,
        "np.maximum.reduceat",
        "np.add.reduceat",
        (f"{RANKING}test_many_ways_of_asking_that_fit_a_little_are_no_better_than_one_that_fits",),
    ),
    Mutant(
        "ways of asking the same are one",
        "aspects are words like others",
        ANALYSIS,
        "        if not self.aspects:\n            return self.terms(folded)",
        "        if True:\n            return self.terms(folded)",
        ("tests/test_analysis.py::test_ways_of_asking_the_same_about_a_thing_are_one",),
    ),
    Mutant(
        "other names of a topic are ways of asking",
        "they are not",
        LISTING,
        "[*own, *renamed], said)",
        "own, said)",
        (f"{FOLLOWS}test_another_name_of_a_topic_is_a_way_of_asking",),
    ),
    Mutant(
        "danger is heard in each sentence of a letter",
        "in the whole alone",
        DANGER,
        "return [whole, *sentences] if len(sentences) > 1 else [whole]",
        "return [whole]",
        (f"{HEARD}test_two_dangers_in_one_letter_are_both_heard",),
    ),
    Mutant(
        "few examples are heard too",
        "the limit is what they say of each other",
        DANGER,
        "        if is_danger.any():\n",
        "        if False:\n",
        (f"{HEARD}test_what_is_like_the_examples_is_heard_and_what_is_like_the_harmless_ones_is_not",),
    ),
    Mutant(
        "danger has its card above what was found",
        "the page does not show it",
        "templates/pages/search.html",
        "{% if urgent.levels %}",
        "{% if False %}",
        ("tests/test_page_search.py::test_what_speaks_of_danger_stands_above_all_else",),
    ),
    Mutant(
        "the most urgent card comes first",
        "they come as they are stored",
        DANGER,
        "(LEVELS.index(card.level), card.key, card.language)",
        "(-LEVELS.index(card.level), card.key, card.language)",
        (f"{HEARD}TestInForce::test_the_most_urgent_card_comes_first",),
    ),
)
