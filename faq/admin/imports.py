"""The same import as on the command line, with a preview: choose a file, see what would happen, let it happen."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from faq.admin import import_file
from faq.admin.base import BaseAdmin, admin_url, read_only
from faq.admin.import_changes import entry_changes
from faq.admin.import_file import ChosenOptions, InvalidUpload
from faq.admin.import_form import ImportForm, import_refusal
from faq.admin.import_messages import tally, what_would_happen
from faq.admin.permissions import user_of
from faq.interchange.errors import RowError, RowErrors
from faq.interchange.importer import ImportedEntry
from faq.interchange.importing import OUTCOMES, import_entries, run_of
from faq.interchange.options import ImportRefused, Stage
from faq.models import Answer, ImportFile, ImportRun, Publication
from faq.models.answers import OPEN
from faq.unsaved import entered

SHOWN: Final = 100
"""Faults, and warnings, told one by one: a page that can still be read. The number of all is told beside them."""
GONE: Final = "This file is kept no longer: it was imported, another one was chosen after it, or a day has passed. Choose it again."
RUNNING: Final = "This file is being imported already. Look here again in a moment; if that import was broken off, go on in two minutes."
CHANGED: Final = "Nothing was imported: the library has changed since the preview. This is what an import would do now."
STOPPED: Final = "The import stopped at a row that was refused. What came in before it stays; the file is kept, so that you can go on."


@dataclass
class ImportReport:
    """What an import said: the first SHOWN errors and warnings, in `said` the number of all, and the counts at the end.

    `lives_at` is when this import last told other requests that it lives; None for a rehearsal, which claims no file.
    """

    file: ImportFile
    lives_at: datetime | None = None
    errors: list[RowError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(OUTCOMES, 0)))
    entries: list[ImportedEntry] = field(default_factory=list)

    def entry(self, entry: ImportedEntry) -> None:
        """Keep each entry: a file of the admin has a few hundred."""
        self.entries.append(entry)

    def error(self, error: RowError) -> None:
        self.said["errors"] += 1
        # A file of thousands of wrong rows must not fill the memory, or the column of the run.
        self.errors += [error] if len(self.errors) < SHOWN else []

    def warn(self, text: str) -> None:
        """Note what was decided where rows differ."""
        self.said["warnings"] += 1
        self.warnings += [text] if len(self.warnings) < SHOWN else []

    def progress(self, done: int, total: int) -> None:
        """Tell other requests, now and then, that this import lives."""
        at = timezone.now()
        # Ten times before the claim counts as stale; a write for every entry would be too many.
        if self.lives_at and at - self.lives_at > import_file.STALE / 10:
            import_file.heartbeat(self.file, at)
            self.lives_at = at

    def as_json(self) -> dict[str, Any]:
        """Return the report as pages show it and ImportRun.told keeps it: errors as [file, line, field, reason]."""
        rows = [[error.file, error.line, error.field, error.reason] for error in self.errors]
        more = {f"more_{name}": max(0, self.said[name] - SHOWN) for name in ("errors", "warnings")}
        return {"errors": rows, "warnings": self.warnings, **more}


def run_import(file: ImportFile, content: bytes, report: ImportReport, *, run: ImportRun | None = None) -> None:
    """Import `file` under `run`, or rehearse it where there is none; raise ImportRefused where it cannot begin."""
    chosen = ChosenOptions.of(file)
    with import_file.temp_file(file.name, content) as path:
        try:
            import_options, is_rehearsal = chosen.import_options(file.by), run is None
            report.counts = import_entries(
                path, import_options, report, is_rehearsal=is_rehearsal, skip_invalid=chosen.skip_invalid, run=run
            )
        except RowErrors as refused:
            for error in refused.errors:
                report.error(error)
            report.counts["refused"] += 1


@admin.register(ImportRun)
class ImportRunAdmin(BaseAdmin[ImportRun]):
    """Imports of files and what they brought; an author begins one here."""

    list_display = ("path", "by", "started_at", "finished_at", "counts")
    list_select_related = ("by",)
    search_fields = ("path",)
    exclude = ("counts", "told")
    detail_template = "admin/faq/detail_import.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.choose_page), name="faq_importrun_import"),
            path("import/<int:pk>/", view(self.preview_page), name="faq_importrun_preview"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, (extra_context or {}) | {"import_url": import_url(request)})

    def detail_context(self, thing: ImportRun, at: datetime) -> dict[str, Any]:
        # A run that broke off leads back to the preview, as long as the kept file is still the one that it was about.
        file = ImportFile.objects.filter(by=thing.by).defer("content").first() if thing.finished_at is None else None
        goes_on = file is not None and thing.path == import_file.run_name(file.name, file.sha256)
        return {"told": thing.told, "tally": tally(thing.counts), "entries": where_entries_stand(thing), "go_on": file if goes_on else None}

    # The two pages

    def choose_page(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file and what becomes of its entries; keep it and go to the preview."""
        self.require_importer(request)
        at, by = timezone.now(), user_of(request)
        form = ImportForm(entered(request), thing=None, by=by, at=at)
        if request.method == "POST":
            form.files = request.FILES  # VerbForm takes none, since the other forms of the admin have no file
        if request.method == "POST" and form.is_valid():
            file = import_file.keep(by=by, at=at, **form.arguments())
            return redirect("admin:faq_importrun_preview", file.pk)
        before = ImportFile.objects.filter(by=by).defer("content").first()
        return self.show(request, "admin/faq/import.html", {"form": form, "before": before, "title": "Import", "opts": self.opts})

    def preview_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show on GET what an import of the kept file would do, and do it on POST. Nobody's file but one's own is found."""
        self.require_importer(request)
        file = ImportFile.objects.filter(pk=pk, by=user_of(request)).select_related("by").first()
        try:
            if file is None:
                return self.gone(request)
            return self.import_it(request, file) if request.method == "POST" else self.preview(request, file)
        except (InvalidUpload, ImportRefused) as refused:
            messages.error(request, str(refused))
            return redirect("admin:faq_importrun_import")

    def preview(self, request: HttpRequest, file: ImportFile) -> HttpResponse:
        """Rehearse the import: everything is done and taken back, so that it refuses what the import would."""
        report, chosen = ImportReport(file), ChosenOptions.of(file)
        content = import_file.previewed_content(file, file.sha256)
        contents = import_file.inspect_file(file.name, content)
        run_import(file, content, report)
        may_import = chosen.skip_invalid or not report.counts["refused"]
        context = {"file": file, "told": report.as_json(), "tally": tally(report.counts), "may_import": may_import}
        context["coming"] = what_would_happen(chosen, report.counts, contents)
        context["changes"] = entry_changes(report.entries)
        return self.show(request, "admin/faq/import_preview.html", context | {"title": f"Import {file.name}", "opts": self.opts})

    def import_it(self, request: HttpRequest, file: ImportFile) -> HttpResponse:
        """Import the bytes that were previewed, and open the run."""
        content = import_file.previewed_content(file, request.POST.get("seen", ""))
        at = timezone.now()
        if not import_file.claim(file, at):
            # Two tabs, or a button pressed twice: the other request imports the file, or has done it since this one read the row.
            if not ImportFile.objects.filter(pk=file.pk).exists():
                return self.gone(request)
            messages.warning(request, RUNNING)
            return redirect("admin:faq_importrun_changelist")
        report = ImportReport(file, lives_at=at)
        run = run_of(import_file.run_name(file.name, file.sha256), file.by)
        try:
            slugs = import_file.inspect_file(file.name, content).slugs()
            run_import(file, content, report, run=run)
            return self.leave_import(request, file, run, report, slugs)
        finally:
            import_file.release_claim(file)  # where the row is still there, something is left to do

    def leave_import(self, request: HttpRequest, file: ImportFile, run: ImportRun, report: ImportReport, slugs: list[str]) -> HttpResponse:
        """Note what was said beside the run, throw the file away if all of it is done, and show the run."""
        if run.pk is None:  # import_entries stores a run when it begins: here it found wrong rows first
            messages.error(request, CHANGED)
            return redirect("admin:faq_importrun_preview", file.pk)
        run.counts, run.told = dict(report.counts), report.as_json() | {"entries": slugs}
        run.save(update_fields=["counts", "told"])
        if run.finished_at:
            ImportFile.objects.filter(pk=file.pk).delete()
            messages.success(request, "Imported.")
        else:
            messages.error(request, STOPPED)
        return redirect(admin_url(run))

    def gone(self, request: HttpRequest) -> HttpResponse:
        """Lead from a file that is not kept to the run that imported it, else to the first of the two pages."""
        seen = request.POST.get("seen", "")
        runs = ImportRun.objects.filter(by=user_of(request), finished_at__isnull=False)
        # The row with the file's name is gone, but the name of its run ends with digits of the hash that the preview showed.
        run = runs.filter(path__endswith=import_file.run_name("", seen)).first() if len(seen) == 64 else None
        if run:
            messages.info(request, "This file was imported already.")
            return redirect(admin_url(run))
        messages.error(request, GONE)
        return redirect("admin:faq_importrun_import")

    def require_importer(self, request: HttpRequest) -> None:
        """Raise PermissionDenied unless the person may import at least drafts."""
        if not (self.has_view_permission(request) and import_url(request)):
            raise PermissionDenied


def import_url(request: HttpRequest) -> str:
    """Return the address of the first page for those who may import, an empty string for others."""
    refused = import_refusal(user_of(request), Stage.DRAFT, timezone.now())
    return "" if refused else reverse("admin:faq_importrun_import")


def where_entries_stand(run: ImportRun) -> list[tuple[str, str, str]]:
    """Return (slug, where it stands, address) of the entries that a run's file named and the library has now."""
    slugs = run.told.get("entries", [])
    answers = Answer.objects.filter(question__slug__in=slugs, status__in=OPEN)
    answers = answers.select_related("question", "author").order_by("question__slug")
    entries = Publication.objects.current().filter(slug__in=slugs).defer("words").order_by("slug")
    open_answers = [
        (answer.question.slug, f"{answer.get_status_display()}, held by {answer.author}", admin_url(answer)) for answer in answers
    ]
    return open_answers + [(entry.slug, f"in force, version {entry.version}", admin_url(entry)) for entry in entries]


# Files that were chosen and are not imported yet: each is thrown away once it is, or after a day.
read_only(
    ImportFile,
    list_display=("name", "by", "made_at", "claimed_at"),
    list_select_related=("by",),
    search_fields=("name",),
    deferred=("content",),
)
