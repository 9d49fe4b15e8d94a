"""The rules that `make mutants` breaks, and how. Add rules as the code grows; never remove one."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """One break: in `file` the text `old`, which stands there once, becomes `new`; `tests` are those meant to notice."""

    rule: str
    broken: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    on_postgresql: bool = False


RULES, WHO = "faq/workflow/rules.py", "faq/workflow/who.py"
GUARDS, TRIGGERS = "faq/guards/__init__.py", "faq/triggers.py"
REVIEWING, READERS, LEDGER = "faq/workflow/reviewing.py", "faq/workflow/readers.py", "faq/ledger.py"
EYES = ("tests/test_four_eyes.py",)
ALL_GUARDS = "GUARDS: Final = (*words_guards(), *review_guards(), *publication_guards(), *standing_guards(), *deletion_guards())"


def without_guard(rule: str, name: str, *tests: str) -> Mutant:
    """Return the mutant that leaves the trigger `name` out."""
    fewer = ALL_GUARDS.replace("= (", "= tuple(guard for guard in (") + f' if guard.name != "{name}")'
    return Mutant(rule, f"trigger {name} dropped", GUARDS, ALL_GUARDS, fewer, tests)


MUTANTS = (
    Mutant(
        "an author does not approve their own text",
        "workflow's check gone",
        WHO,
        "    if wrote(user, submission):\n",
        "    if False:\n",
        EYES,
    ),
    without_guard("an author does not approve their own text", "decision_second_person", "tests/test_guards_review.py"),
    Mutant(
        "an editor who is not the author does not approve",
        "Edit rows ignored",
        WHO,
        'User.objects.filter(pk__in=Edit.objects.filter(answer__in=answers).values("by"))',
        "User.objects.none()",
        EYES,
    ),
    Mutant(
        "a superuser without a Reviewer record does not approve",
        "superusers pass",
        WHO,
        "    reviewer = reviewer_of(user) if user.is_active else None\n",
        '    if user.is_superuser:\n        return ""\n    reviewer = reviewer_of(user) if user.is_active else None\n',
        EYES,
    ),
    Mutant(
        "approval is about the Submission's hash",
        "the Answer's present words are looked at",
        REVIEWING,
        "    if seen_hash != submission.content_hash or payload.digest(submission.words) != seen_hash:\n",
        "    if seen_hash != payload.digest(payload.canonical(publishing.words_of(submission.answer))):\n",
        EYES,
    ),
    without_guard("no Publication without an approving decision", "publication_approved", "tests/test_guards_publication.py"),
    without_guard("a Publication's words never change", "publication_words", "tests/test_guards_publication.py"),
    without_guard("decisions are never deleted", "reviewdecision_kept", "tests/test_guards_deletion.py"),
    without_guard("Changes are never deleted", "change_kept", "tests/test_guards_deletion.py"),
    Mutant(
        "a chain's tail cannot be cut off",
        "the chain's head is not compared",
        "faq/verify.py",
        "    if (expected - 1, before) != (last, head):\n",
        "    if False:\n",
        ("tests/test_verify.py",),
    ),
    Mutant(
        "guards are back after a migration that rebuilt a table",
        "reinstalling switched off",
        TRIGGERS,
        "    connection = connections[using]\n    install(connection)\n",
        "    connection = connections[using]\n",
        ("tests/test_triggers.py",),
    ),
    Mutant(
        "the next sequence is taken under the Ledger's lock",
        "the row is read without a lock",
        LEDGER,
        "Ledger.objects.select_for_update(no_key=True).get(pk=1)",
        "Ledger.objects.get(pk=1)",
        ("tests/test_races_postgresql.py",),
        on_postgresql=True,
    ),
    Mutant(
        "an edit and an approval wait for each other",
        "the edit trigger does not lock the Answer",
        "faq/guards/conditions.py",
        '    return f"PERFORM 1 FROM faq_answer WHERE id = {answer} FOR NO KEY UPDATE;"\n',
        '    return ""\n',
        ("tests/test_races_postgresql.py",),
        on_postgresql=True,
    ),
    Mutant(
        "a read face reads no draft",
        "the entry detail asks for Answers",
        "faq/representations/assembly.py",
        '    publication = rows().filter(slug=slug).order_by("-version").first()\n',
        "    from faq.models import Answer\n\n    Answer.objects.filter(question__slug=slug).exists()\n"
        '    publication = rows().filter(slug=slug).order_by("-version").first()\n',
        ("tests/test_read_side.py",),
    ),
    Mutant(
        "an expired Reviewer does not decide",
        "the date is not looked at",
        WHO,
        "    if reviewer.verified_until < local_date(at):\n",
        "    if False:\n",
        EYES,
    ),
    Mutant(
        "a reviewer decides inside their topics",
        "topics are not looked at",
        WHO,
        "    if reviewer.all_topics:\n",
        "    if True:\n",
        EYES,
    ),
    Mutant(
        "a reviewer decides inside their languages",
        "languages are not looked at",
        WHO,
        "    if reviewer is None or question.language not in reviewer.languages:\n",
        "    if reviewer is None:\n",
        EYES,
    ),
    without_guard("an open objection blocks publication", "publication_no_objection", "tests/test_guards_publication.py"),
    Mutant(
        "an open objection blocks publication",
        "workflow's check gone",
        RULES,
        'return "An objection is open; resolve it first." if open_objections(submission) else ""',
        'return ""',
        ("tests/test_publishing.py",),
    ),
    Mutant(
        "errors of readiness stop approval",
        "errors pass",
        REVIEWING,
        "    if messages:\n",
        "    if False:\n",
        ("tests/test_publishing.py",),
    ),
    Mutant(
        "each concern needs a waiver",
        "concerns pass",
        REVIEWING,
        "    if unsettled:\n",
        "    if False:\n",
        ("tests/test_publishing.py",),
    ),
    Mutant(
        "text of AI origin is never attested",
        "workflow's check gone",
        REVIEWING,
        '    if origin != "human":\n',
        "    if False:\n",
        ("tests/test_publishing.py",),
    ),
    without_guard("text of AI origin is never attested", "decision_attest_human", "tests/test_guards_review.py"),
    Mutant(
        "a restored version is confirmed by a second person",
        "the clock does not hold it",
        READERS,
        "    late = publication.confirm_by is not None and publication.confirm_by <= at\n",
        "    late = False\n",
        ("tests/test_taking_down.py",),
    ),
    Mutant(
        "withheld text is not restored",
        "the mark is not looked at",
        RULES,
        "    if publication.is_withheld or publication.is_erased:\n",
        "    if False:\n",
        ("tests/test_taking_down.py",),
    ),
    Mutant(
        "withheld text is a 410 in every form",
        "it is served",
        "faq/representations/assembly.py",
        "        return self.publication.is_withheld or (",
        "        return (",
        ("tests/test_api_gone.py", "tests/test_api_versions.py"),
    ),
    Mutant(
        "one run expires little",
        "no limit",
        READERS,
        "    if len(due) > allowed:\n",
        "    if False:\n",
        ("tests/test_review_dates.py",),
    ),
    Mutant(
        "only load_demo records the past",
        "any moment passes",
        LEDGER,
        "    if abs(away) > LATE and not backdating.get():\n",
        "    if False:\n",
        ("tests/test_backdating.py",),
    ),
    Mutant(
        "the tag follows the standing texts",
        "their sequence is left out",
        "faq/api/caching.py",
        '        annotation(publication, "standing_sequence"),\n',
        "",
        ("tests/test_api_caching.py",),
    ),
    Mutant(
        "links run no script",
        "the sanitiser lets javascript: through",
        "faq/markdown.py",
        'url_schemes={"https", "http", "mailto", "tel"},',
        'url_schemes={"https", "http", "mailto", "tel", "javascript"},',
        ("tests/test_markdown.py",),
    ),
    Mutant(
        "no event handler reaches a page",
        "the sanitiser lets onclick through",
        "faq/markdown.py",
        '"*": set[str](),',
        '"*": {"onclick"},',
        ("tests/test_markdown.py",),
    ),
    Mutant(
        "a topic is public only where an entry in force uses it",
        "the front page lists every topic",
        "faq/pages/lists.py",
        "TopicName.objects.in_force(at).filter(current, language=language)",
        "TopicName.objects.in_force(at).filter(language=language)",
        ("tests/test_page_lists.py",),
    ),
    Mutant(
        "who acts by a standing text is two people",
        "workflow's check gone",
        WHO,
        "    if text.proposed_by_id == user.pk:\n",
        "    if False:\n",
        ("tests/test_publishing.py",),
    ),
    Mutant(
        "what came to be concerned meanwhile is looked at again",
        "refuse_newcomers refuses nobody",
        "faq/workflow/drafting.py",
        "    if set(concerned) - set(locked):\n",
        "    if False:\n",
        ("tests/test_races_postgresql.py",),
        on_postgresql=True,
    ),
    Mutant(
        "a withdrawal takes the newest version",
        "an older withdrawn version is taken too",
        RULES,
        '("A newer version came after; open that one." if newer else "")',
        '""',
        ("tests/test_taking_down.py",),
    ),
    Mutant(
        "a topic is public only where an entry in force uses it",
        "the page of a topic opens whatever uses it",
        "faq/pages/lists.py",
        "Topic.objects.filter(slug=slug, publications__status=Publication.Status.CURRENT).distinct().first()",
        "Topic.objects.filter(slug=slug).first()",
        ("tests/test_page_lists.py",),
    ),
    Mutant(
        "a topic lists entries in force",
        "it lists every version",
        "faq/pages/lists.py",
        "    return Publication.objects.current().filter(topics=topic)\n",
        "    return Publication.objects.filter(topics=topic)\n",
        ("tests/test_page_lists.py",),
    ),
    Mutant(
        "of withheld text not one word is shown",
        "the page in its place shows the question",
        "faq/pages/shaping.py",
        '"question": "" if publication.is_withheld else publication.wording,',
        '"question": publication.wording,',
        ("tests/test_page_states.py",),
    ),
    Mutant(
        "the tag of a page follows the topics",
        "the decisions are left out",
        "faq/pages/answering.py",
        'Ledger.objects.values_list("last_sequence", "decision_sequence").first()',
        'Ledger.objects.values_list("last_sequence", "last_sequence").first()',
        ("tests/test_page_http.py",),
    ),
    Mutant(
        "a temporary table does not stand in for a real one",
        "the guards look tables up where the session does",
        TRIGGERS,
        " SET search_path = {1} AS $guard$",
        " AS $guard$",
        ("tests/test_guards_orm.py",),
        on_postgresql=True,
    ),
    Mutant(
        "the right to review is the person's until the verb is through",
        "the account is neither locked nor read afresh",
        RULES,
        "lock_people(by.pk).get(by.pk, by)",
        "by",
        ("tests/test_races_rights.py",),
        on_postgresql=True,
    ),
    Mutant(
        "people are locked in the order of their keys",
        "who revokes is locked first",
        "faq/workflow/library.py",
        "    lock_people(reviewer.user_id, by.pk)\n",
        "    lock_people(by.pk)\n    lock_people(reviewer.user_id)\n",
        ("tests/test_races_rights.py",),
        on_postgresql=True,
    ),
    Mutant(
        "a decision tells in the admin what it was about",
        "details are left out",
        "faq/templatetags/desks.py",
        "for name, value in details_of(decision).items()",
        "for name, value in ()",
        ("tests/test_admin_story.py",),
    ),
    Mutant(
        "a preview in the admin changes nothing",
        "is_rehearsal dropped",
        "faq/admin/imports.py",
        "is_rehearsal=is_rehearsal, skip_invalid",
        "skip_invalid",
        ("tests/test_admin_import.py",),
    ),
    Mutant(
        "an import in the admin is of the previewed bytes",
        "the hash is not compared",
        "faq/admin/import_file.py",
        "    if not sha256(content).hexdigest() == file.sha256 == seen:\n",
        "    if False:\n",
        ("tests/test_admin_import.py",),
    ),
    Mutant(
        "nobody imports a file that somebody else chose",
        "any kept file is found",
        "faq/admin/imports.py",
        "ImportFile.objects.filter(pk=pk, by=person(request))",
        "ImportFile.objects.filter(pk=pk)",
        ("tests/test_admin_import.py",),
    ),
    Mutant(
        "a button pressed twice imports once",
        "the claim is always given",
        "faq/admin/import_file.py",
        "    return ImportFile.objects.filter(free, pk=file.pk).update(claimed_at=at) == 1\n",
        "    return True\n",
        ("tests/test_admin_import.py",),
    ),
)
