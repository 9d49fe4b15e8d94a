"""Rules of approving many names of topics at once."""

from typing import Final

from tests.mutations.mutant import Mutant

TEXTS, PAGE = "faq/workflow/standing_texts.py", "faq/admin/topic_names.py"
HERE = "tests/test_approving_names.py::"

MUTANTS: Final = (
    Mutant(
        "each of many names is asked about as one alone is",
        "the first alone is",
        TEXTS,
        '    require_each("approve_text", names, by, at)\n',
        '    require_each("approve_text", names[:1], by, at)\n',
        (
            f"{HERE}test_every_name_that_stands_in_the_way_is_told_with_its_reason",
            f"{HERE}test_what_was_decided_meanwhile_is_refused_by_name",
        ),
    ),
    Mutant(
        "a refusal names all that stand in the way",
        "the first of each reason alone",
        "faq/workflow/transitions.py",
        "            kept.setdefault(reason, []).append(str(thing))\n",
        "            kept.setdefault(reason, [str(thing)])\n",
        (f"{HERE}test_every_name_that_stands_in_the_way_is_told_with_its_reason",),
    ),
    Mutant(
        "a name is approved as it was read",
        "whatever was read",
        TEXTS,
        '(moved if now[name.pk] != seen[name.pk] else "")',
        '""',
        (f"{HERE}test_nothing_is_approved_that_was_not_seen",),
    ),
    Mutant(
        "what a name takes the place of was read beside it",
        "the name alone was",
        TEXTS,
        "replaced[name.pk].pk if name.pk in replaced else None",
        "len(replaced) * 0",
        (f"{HERE}test_what_it_would_replace_counts_as_seen", f"{HERE}test_the_page_carries_what_was_seen"),
    ),
    Mutant(
        "of two names of one topic neither is approved with the other",
        "the one takes the place of the other at once",
        TEXTS,
        "if times[line_of(name)] > 1 else",
        "if times[line_of(name)] > 2 else",
        (f"{HERE}test_two_names_of_one_topic_are_not_approved_together",),
    ),
    Mutant(
        "among many, too, no older proposal comes into force after a newer one",
        "nobody asks",
        TEXTS,
        "or overtaken(name) or",
        "or",
        (f"{HERE}test_an_older_proposal_does_not_come_into_force_behind_a_newer_one",),
    ),
    Mutant(
        "all are approved or none",
        "what is not there any more is passed over",
        TEXTS,
        "if len(rows) < len(seen) else",
        "if len(rows) > len(seen) else",
        (f"{HERE}test_none_at_all_and_one_that_is_not_there_are_refused",),
    ),
    Mutant(
        "each name has a decision of its own in the chain",
        "one stands for all",
        TEXTS,
        "[what_is_decided(name) for name in names])",
        "[what_is_decided(name) for name in names[:1]])",
        (f"{HERE}test_all_come_into_force_with_a_decision_each",),
    ),
    Mutant(
        "a name shows on the entries of its own language",
        "on those of every language",
        TEXTS,
        "for topic, language, question in rows if (topic, language) in lines",
        "for topic, language, question in rows if topic",
        (f"{HERE}test_an_entry_in_another_language_is_left_alone",),
    ),
    Mutant(
        "the page sends what it showed",
        "what stands there by now is sent",
        PAGE,
        "    return workflow.approve_names(seen, **arguments)\n",
        "    return workflow.approve_names(workflow.seen_names(names), **arguments)\n",
        (f"{HERE}test_the_page_carries_what_was_seen", f"{HERE}test_a_name_that_was_not_on_the_page_is_not_approved_by_its_address"),
    ),
    Mutant(
        "no more names are approved at once than a page can show",
        "as many as are sent",
        PAGE,
        "        if len(sent) > CHOSEN:\n",
        "        if len(sent) > 10 * CHOSEN:\n",
        (f"{HERE}test_no_more_are_taken_than_can_be_read_and_the_list_says_what_to_do",),
    ),
    Mutant(
        "of two proposals for one topic the page shows the later",
        "it shows both",
        PAGE,
        "        if not reason and (name.topic_id, name.language) in kept:\n",
        "        if not reason and not kept and names == []:\n",
        (f"{HERE}test_what_the_reviewer_may_not_approve_is_left_out_and_told",),
    ),
    Mutant(
        "an entry takes its topics' rows anew where they move",
        "it keeps those that it had",
        "faq/workflow/publishing.py",
        "    if rows_of_topics(after) != rows_of_topics(before):\n",
        "    if len(rows_of_topics(after)) != len(rows_of_topics(before)):\n",
        ("tests/test_publishing.py",),
    ),
    Mutant(
        "a version that is withheld is so in its own row",
        "the State alone says it",
        "faq/workflow/publishing.py",
        "    if (after.withheld, after.erased) != (before.withheld, before.erased):\n",
        "    if after.erased != before.erased:\n",
        ("tests/test_taking_down.py", "tests/test_api_gone.py"),
    ),
)
