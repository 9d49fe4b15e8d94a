"""Rules about files that come in and go out, and how each is broken."""

from typing import Final

from tests.mutations.mutant import Mutant

MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant(
        "a packed folder leads nowhere else",
        "names of members may go upwards",
        "faq/interchange/zipfiles.py",
        '        and all(part.strip(" .") for part in parts)\n',
        "",
        ("tests/test_interchange_zip.py::test_a_name_that_leads_elsewhere_is_refused",),
    ),
    Mutant(
        "no cell of a table acts as a formula",
        "cells stand as they are",
        "faq/interchange/csv_export.py",
        'f"\'{part}" if first_letter(part) in SIGNS else part',
        "part",
        ("tests/test_interchange_csv.py::test_a_cell_begins_no_formula",),
    ),
    Mutant(
        "a value of YAML is refused where a comment cuts it off",
        "half of it is taken",
        "faq/interchange/cut_values.py",
        "    if cuts:\n",
        "    if not cuts and text is None:\n",
        ("tests/test_cut_values.py::test_a_value_that_is_cut_off_is_refused",),
    ),
    Mutant(
        "no spreadsheet changes a text of the table",
        "only formulas are guarded",
        "faq/interchange/csv_export.py",
        """ and not cell.startswith("'") and is_reread(cell) else cell""",
        """ and cell.startswith("=") and is_reread(cell) else cell""",
        ("tests/test_interchange_csv.py::test_every_text_of_a_line_is_kept_from_being_changed",),
    ),
    Mutant(
        "what a file writes without quotes is text where text is wanted",
        "numbers are read as numbers",
        "faq/interchange/files.py",
        "    return Unquoted(loader.construct_scalar(node))\n",
        "    return as_number(Unquoted(loader.construct_scalar(node)))\n",
        ("tests/test_interchange_bad_input.py::test_what_a_file_writes_without_quotes_is_text_where_text_is_wanted",),
    ),
    Mutant(
        "an import tells the concerns it keeps",
        "it keeps them in silence",
        "faq/interchange/importer.py",
        "        for place, row in concerns:\n",
        "        for place, row in ():\n",
        ("tests/test_interchange_concerns.py::test_an_import_tells_each_concern_that_it_keeps_beside_a_review",),
    ),
    Mutant(
        "a failed job is an exit status",
        "cron is told nothing",
        "faq/management/commands/run_jobs.py",
        """        if counts["failed"]:""",
        """        if counts["failed"] < 0:""",
        ("tests/test_jobs_failing.py::test_cron_is_told_by_the_exit_status",),
    ),
    Mutant(
        "an import joins codes",
        "those of the library go",
        "faq/interchange/shared_rows.py",
        "codes=[*has, *new]",
        "codes=[*new]",
        ("tests/test_interchange_import.py::test_the_librarys_name_of_a_topic_stays_and_codes_are_joined",),
    ),
    Mutant(
        "a file that names another is refused before anything is written",
        "the first reading does not ask",
        "faq/interchange/plan.py",
        " or entry.words.provenance.responsible:\n            self.check_against_library",
        ":\n            self.check_against_library",
        ("tests/test_responsible.py::test_where_one_entry_names_another_none_of_its_file_is_written",),
    ),
    Mutant(
        "published words are known again whoever answers now",
        "their hash is looked for under the present name alone",
        "faq/interchange/entry_actions.py",
        """published.exclude(words="").values_list("words", flat=True))}\n""",
        "())}\n",
        ("tests/test_responsible.py::test_published_words_are_known_again_whoever_answers_now",),
    ),
    Mutant(
        "the preview of an import shows what changes",
        "the words of the file are shown as if none had been there",
        "faq/interchange/importer.py",
        "        before = action.words_before() if self.is_rehearsal else None\n",
        "        before = None\n",
        ("tests/test_admin_import_changes.py::test_what_changes_is_marked_in_the_field_where_it_stands",),
    ),
    Mutant(
        "the preview of an import names every entry",
        "those of a group are left out",
        "faq/interchange/importing.py",
        "            report.entry(outcome)\n",
        "            report.entry(outcome) if outcome.after else None\n",
        ("tests/test_admin_import_changes.py::test_a_group_of_new_entries_is_named_too",),
    ),
)
