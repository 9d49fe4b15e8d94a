"""Rules of approving many names of topics at once."""

from typing import Final

from tests.mutations.mutant import Mutant

TEXTS, PAGE = "faq/workflow/standing_texts.py", "faq/admin/topic_names.py"
HERE = "tests/test_approving_names.py::"

ATTESTED = "tests/test_attested_names.py::"

MUTANTS: Final = (
    Mutant(
        "a review done elsewhere is recorded by an importer",
        "by anybody who curates",
        "faq/workflow/catalogue.py",
        "        require_right(importer, by, at)\n",
        "",
        (f"{ATTESTED}test_it_takes_an_importer_and_a_library_that_allows_it",),
    ),
    Mutant(
        "names beside text of AI origin wait for a second person",
        "they are attested with the rest",
        "faq/interchange/options.py",
        " and not has_ai_text",
        "",
        (f"{ATTESTED}test_beside_text_of_ai_origin_they_wait",),
    ),
    Mutant(
        "names count as reviewed with an attestation alone",
        "with any import that names one",
        "faq/interchange/options.py",
        "self.attestation is not None and self.stage >= Stage.ATTESTED",
        "True",
        (f"{ATTESTED}test_without_an_attestation_they_wait",),
    ),
    Mutant(
        "an attested name has the decision that says so",
        "any decision will do",
        "faq/integrity/guards/standing_texts.py",
        " AND d.about = SUBSTR(NEW.name || ' (' || NEW.language || ')', 1, 300))",
        ")",
        ("tests/test_guards_attested_names.py::test_a_name_comes_into_force_by_a_decision_about_it_alone",),
    ),
    Mutant(
        "verify compares a name with its record",
        "it does not",
        "faq/verify.py",
        "(told.kind, told.about, told.at) != (ReviewDecision.Kind.ATTEST_TEXT, str(row)[:300], row.approved_at)",
        "told.kind != ReviewDecision.Kind.ATTEST_TEXT",
        (f"{ATTESTED}test_verify_finds_a_name_whose_record_is_another_s",),
    ),
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
