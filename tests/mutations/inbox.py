"""Rules of what readers send in, of sorting it, of forgetting it, and of looking for words in the admin."""

from typing import Final

from tests.mutations.mutant import Mutant

INBOX = "faq/workflow/inbox.py"
WRITE = "faq/api/write.py"
ORIGIN = "faq/public/origin.py"
PAGES = "faq/pages/write.py"
THROTTLE = "faq/throttle.py"
ALARMS = "faq/alarms.py"
PERMISSIONS = "faq/workflow/permissions.py"
SORT = "faq/workflow/sorting.py"
TRANSITIONS = "faq/workflow/transitions.py"
DRAFTS = "faq/workflow/drafts.py"
PHRASINGS = "faq/workflow/phrasings.py"
ERASURE = "faq/workflow/erasure.py"
JOBS = "faq/jobs.py"
ADMIN = "faq/admin/inbox.py"
DASHBOARD = "faq/admin/dashboard.py"
MISSED = "faq/search/missed.py"
SEARCHING = "faq/admin/searching.py"
QUESTIONS = "tests/test_api_questions.py::"
REPORTS = "tests/test_api_reports.py::"
SENDING = "tests/test_page_sending.py::"
SORTING = "tests/test_sorting.py::"
DELETED = "tests/test_readers_words_deleted.py::"
DESK = "tests/test_admin_inbox.py::"
SEARCHES = "tests/test_missed_searches.py::"
ADMINSEARCH = "tests/test_admin_search.py::"

MUTANTS: Final = (
    Mutant(
        "nothing personal of a reader is kept",
        "it is not looked for",
        INBOX,
        "    if found := personal_data(cleaned):\n",
        "    if found := []:\n",
        (f"{QUESTIONS}test_whatever_would_tell_who_asks_is_a_400_that_points_at_it",),
    ),
    Mutant(
        "a text has an end",
        "any length is taken",
        INBOX,
        "    if len(cleaned) > longest:",
        "    if False:",
        (f"{SENDING}test_a_text_that_is_too_long_is_told_by_how_much",),
    ),
    Mutant(
        "those who ask nearly the same stand together",
        "each stands alone",
        INBOX,
        "row.group = group_of(terms, language) or row.pk",
        "row.group = row.pk",
        (f"{QUESTIONS}test_those_who_ask_nearly_the_same_stand_together",),
    ),
    Mutant(
        "groups hold what waits alone",
        "sorted ones too",
        INBOX,
        'SubmittedQuestion.objects.filter(outcome="", language=language)',
        "SubmittedQuestion.objects.filter(language=language)",
        (f"{SORTING}test_new_questions_group_with_those_that_still_wait_alone",),
    ),
    Mutant(
        "an opinion that comes again counts once",
        "it counts each time",
        INBOX,
        "    if not key:\n",
        "    if True:\n",
        (f"{REPORTS}test_one_that_comes_again_under_its_key_counts_once",),
    ),
    Mutant(
        "a key stands for one opinion",
        "a second one is swallowed",
        INBOX,
        "    if any(getattr(row, name) != value for name, value in said.items()):\n        raise KeyReused\n",
        "",
        (f"{REPORTS}test_a_key_that_came_with_something_else_is_refused",),
    ),
    Mutant(
        "entries that may answer come first",
        "the question is kept at once",
        WRITE,
        "[] if asked.none_of_these else matching(text, asked.language, state, now)",
        "[]",
        (f"{QUESTIONS}test_entries_that_may_answer_come_first_and_nothing_is_kept",),
    ),
    Mutant(
        "no page of another site sends in a reader's name",
        "its Origin is not looked at",
        ORIGIN,
        " or bool(origin and origin not in own)",
        "",
        (f"{QUESTIONS}test_no_page_of_another_site_sends_in_a_reader_s_name",),
    ),
    Mutant(
        "no page of another site sends in a reader's name",
        "what the browser says of it is not looked at",
        ORIGIN,
        'request.headers.get("Sec-Fetch-Site", "") not in FROM_HERE',
        "False",
        (f"{QUESTIONS}test_no_page_of_another_site_sends_in_a_reader_s_name",),
    ),
    Mutant(
        "no page of another site sends in a reader's name, by a form",
        "the pages take it",
        PAGES,
        'if request.method == "POST" and is_from_elsewhere(request):',
        "if False:",
        (f"{SENDING}test_a_form_on_another_site_is_refused",),
    ),
    Mutant(
        "a body that is too long is not read",
        "it is",
        WRITE,
        "if not length.isdigit() or int(length) > LARGEST:",
        "if False:",
        (f"{QUESTIONS}test_a_body_that_is_too_long_is_not_read",),
    ),
    Mutant(
        "nobody floods the inbox",
        "whatever comes is taken",
        THROTTLE,
        "        if len(moments) > most:\n",
        "        if False:\n",
        (f"{QUESTIONS}test_from_one_address_so_many_are_taken_and_then_it_says_when_to_come_back",),
    ),
    Mutant(
        "nobody floods the inbox, by the pages",
        "whatever comes is taken",
        PAGES,
        "throttle.take(what, address_of(request), at, receive)",
        "receive()",
        (f"{SENDING}test_too_much_from_one_address_is_told_and_nothing_is_lost",),
    ),
    Mutant(
        "no address is kept",
        "it is the key",
        THROTTLE,
        'return salted_hmac("faq.throttle", f"{what}\\n{network}", algorithm="sha256").hexdigest()',
        'return f"{what} {network}"[:64]',
        (f"{QUESTIONS}test_no_address_is_kept",),
    ),
    Mutant(
        "harm is told at once",
        "the clock tells it",
        WRITE,
        "            if report.is_harmful:\n",
        "            if False:\n",
        (f"{REPORTS}test_of_harm_whoever_is_on_duty_is_mailed_at_once_without_the_readers_words",),
    ),
    Mutant(
        "harm is told at once, from a page",
        "the clock tells it",
        PAGES,
        "    if kept[0].is_harmful:\n",
        "    if False:\n",
        (f"{SENDING}test_harm_is_told_to_the_team_at_once",),
    ),
    Mutant(
        "harm goes to whoever is on duty",
        "to everybody",
        ALARMS,
        "sorted(on_duty or {",
        "sorted({",
        (f"{REPORTS}test_of_harm_whoever_is_on_duty_is_mailed_at_once_without_the_readers_words",),
    ),
    Mutant(
        "harm goes to those within whose scope it lies",
        "to any reviewer",
        ALARMS,
        "if not may_review(reviewer.user, report.publication, at)]",
        "]",
        (f"{REPORTS}test_of_harm_whoever_is_on_duty_is_mailed_at_once_without_the_readers_words",),
    ),
    Mutant(
        "the clock mails what a request could not",
        "it does not",
        ALARMS,
        "is_harmful=True, told_at=None, closed_at=None",
        "is_harmful=True, told_at=None, closed_at__isnull=False",
        (f"{DELETED}test_the_clock_mails_about_harm_until_it_went_out",),
    ),
    Mutant(
        "that nobody comes to harm takes a clinical reviewer in scope",
        "a lead may say so",
        PERMISSIONS,
        "    if report.is_harmful:\n        return clinical(may_review)(user, report.publication, at)\n",
        "",
        (f"{SORTING}test_that_nobody_comes_to_harm_takes_a_clinical_reviewer_in_scope",),
    ),
    Mutant(
        "a question leads to what readers can see",
        "to any entry",
        SORT,
        'Question.objects.filter(slug=slug, publications__status="current").first()',
        "Question.objects.filter(slug=slug).first()",
        (f"{SORTING}test_a_question_leads_to_nothing_that_readers_cannot_see",),
    ),
    Mutant(
        "what somebody has sorted is sorted no more",
        "again and again",
        TRANSITIONS,
        '"Somebody has sorted this question already; look at what came of it." if asked.outcome else ""',
        '""',
        (f"{SORTING}test_what_somebody_has_sorted_is_sorted_no_more",),
    ),
    Mutant(
        "who has no part in the words sorts nothing",
        "anybody does",
        TRANSITIONS,
        'Rule("link_question", SubmittedQuestion, "An entry answers it", curator_or_reviewer,',
        'Rule("link_question", SubmittedQuestion, "An entry answers it", lambda user, thing, at: "",',
        (f"{SORTING}test_who_has_no_part_in_the_words_sorts_nothing",),
    ),
    Mutant(
        "the wording becomes a phrasing of the next version",
        "it is forgotten",
        DRAFTS,
        'draft.model_copy(update={"phrasings": with_phrasings(draft, pending)})',
        "draft",
        (f"{SORTING}test_the_wording_becomes_a_phrasing_of_the_entrys_next_version",),
    ),
    Mutant(
        "a phrasing comes once",
        "again with each revision",
        PHRASINGS,
        "SubmittedQuestion.objects.filter(WAITS, question=question)",
        'SubmittedQuestion.objects.filter(question=question).exclude(phrasing="")',
        (f"{SORTING}test_a_draft_that_is_open_takes_it_in_when_its_holder_says_so",),
    ),
    Mutant(
        "a phrasing is not lost with a draft that was given up",
        "it is",
        PHRASINGS,
        "(Q(taken_into=None) | Q(taken_into__status=Answer.Status.DISCARDED))",
        "Q(taken_into=None)",
        (f"{SORTING}test_it_is_not_lost_with_a_draft_that_was_given_up",),
    ),
    Mutant(
        "an entry gets no way of asking in another language",
        "it does",
        SORT,
        "    if way and question.language != asked.language:\n",
        "    if False:\n",
        (f"{SORTING}test_an_entry_gets_no_way_of_asking_in_another_language",),
    ),
    Mutant(
        "a phrasing that the entry has is not added",
        "it is",
        PHRASINGS,
        " if folded not in known",
        "",
        (f"{SORTING}test_it_comes_once_and_not_where_the_entry_is_asked_for_so_already",),
    ),
    Mutant(
        "a decision holds none of a reader's words",
        "it says what was asked",
        SORT,
        "ledger.decide(Kind.LINK_QUESTION, by, question=question, about=how_many(rows))",
        "ledger.decide(Kind.LINK_QUESTION, by, question=question, about=asked.text)",
        (f"{SORTING}test_a_decision_holds_none_of_a_reader_s_words",),
    ),
    Mutant(
        "an erasure reaches what readers wrote",
        "it stays",
        ERASURE,
        "    blank_inbox(question)\n",
        "",
        (f"{SORTING}test_an_erasure_reaches_what_readers_wrote_about_the_entry",),
    ),
    Mutant(
        "readers' words are deleted after a set time",
        "they stay",
        JOBS,
        '    deleted, _rows = asked.exclude(pk__in=pending.values("pk")).delete()\n',
        "    deleted = 0\n",
        (f"{DELETED}test_questions_go_sorted_or_not",),
    ),
    Mutant(
        "a way of asking that waits is not lost",
        "it goes with the question",
        JOBS,
        'asked.exclude(pk__in=pending.values("pk")).delete()',
        "asked.delete()",
        (f"{DELETED}test_a_way_of_asking_that_waits_for_the_next_version_stays_without_the_readers_words",),
    ),
    Mutant(
        "comments go",
        "they stay",
        JOBS,
        '.exclude(comment="").update(comment="")\n    reports',
        '.exclude(comment="").count()\n    reports',
        (f"{DELETED}test_comments_go_and_opinions_stay",),
    ),
    Mutant(
        "an open report stays",
        "it goes",
        JOBS,
        "Report.objects.filter(closed_at__lt=before)",
        "Report.objects.filter(sent_at__lt=before)",
        (f"{DELETED}test_a_report_stays_until_it_was_closed_for_so_long",),
    ),
    Mutant(
        "whoever sees readers' words is noted",
        "nobody is",
        ADMIN,
        "        if keys:\n",
        "        if False:\n",
        (f"{DESK}test_whoever_sees_readers_words_is_noted",),
    ),
    Mutant(
        "what most people ask stands on top",
        "the newest does",
        ADMIN,
        'return (TIMES.desc(), "group", "pk")',
        'return ("-pk",)',
        (f"{DESK}test_what_most_people_ask_stands_on_top_and_together",),
    ),
    Mutant(
        "harm stands before all else",
        "behind what was under way",
        DASHBOARD,
        "[*harm(user, at), *own_work(user, at), *asked_of(user, at), *sent_in(user, at)]",
        "[*own_work(user, at), *asked_of(user, at), *sent_in(user, at)]",
        (f"{DESK}test_harm_stands_before_all_else_for_those_who_may_decide",),
    ),
    Mutant(
        "words of a search are kept on the fifth day",
        "at once",
        MISSED,
        'rows.filter(days__gte=DAYS, words="")',
        'rows.filter(words="")',
        (f"{SEARCHES}test_the_words_are_kept_on_the_fifth_separate_day",),
    ),
    Mutant(
        "a day counts once",
        "each search does",
        MISSED,
        "rows.filter(last_on__lt=today)",
        "rows.filter(last_on__lte=today)",
        (f"{SEARCHES}test_of_one_day_it_counts_once_however_often_and_in_whatever_spelling",),
    ),
    Mutant(
        "letters and what would tell who asked are never kept",
        "they are",
        MISSED,
        "or len(words) > LONGEST or personal_data(query)",
        "",
        (f"{SEARCHES}test_letters_and_what_would_tell_who_asked_are_never_kept",),
    ),
    Mutant(
        "the admin's search folds",
        "letters are as they are",
        SEARCHING,
        "any_of([folded[place], *forms().get(folded[place], ()), *begins])",
        "any_of([folded[place], *begins])",
        (f"{ADMINSEARCH}test_what_is_typed_finds_what_is_written",),
    ),
    Mutant(
        "signs of patterns are signs",
        "they mean something",
        SEARCHING,
        'return f"\\\\{letter}" if letter.isascii() and not letter.isalnum() else letter',
        "return letter",
        (f"{ADMINSEARCH}test_signs_of_patterns_are_signs",),
    ),
)
