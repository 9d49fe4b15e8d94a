"""The same import as on the command line, with a preview: choose a file, see what would happen, let it happen."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from faq.admin import import_file as kept
from faq.admin.access import person
from faq.admin.desk import Desk, address
from faq.admin.import_file import Options, Unfit
from faq.admin.import_form import ImportForm, refusal
from faq.admin.import_words import coming, tallied
from faq.interchange.faults import Fault, Faulty
from faq.interchange.importing import OUTCOMES, bring_in, run_of
from faq.interchange.wanted import Refused, Stage
from faq.models import Answer, ImportFile, ImportRun, Publication
from faq.models.answers import OPEN

SHOWN: Final = 100
"""Faults, and warnings, told one by one: a page that can still be read. The number of all is told beside them."""
GONE: Final = "This file is kept no longer: it was imported, another one was chosen after it, or a day has passed. Choose it again."
RUNNING: Final = "This file is being imported already. Look here again in a moment; if that import was broken off, go on in two minutes."
CHANGED: Final = "Nothing was imported: the library has changed since the preview. This is what an import would do now."
STOPPED: Final = "The import stopped at a row that was refused. What came in before it stays; the file is kept, so that you can go on."


@dataclass
class Heard:
    """What an import said: the first SHOWN faults and warnings, the number of all, and the counts at the end."""

    file: ImportFile
    lives_at: datetime | None = None
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(OUTCOMES, 0)))

    def fault(self, fault: Fault) -> None:
        """Hear what is wrong with a row."""
        self.said["faults"] += 1
        self.faults += [fault] if len(self.faults) < SHOWN else []

    def warn(self, text: str) -> None:
        """Hear what was decided where rows differ."""
        self.said["warnings"] += 1
        self.warnings += [text] if len(self.warnings) < SHOWN else []

    def progress(self, done: int, total: int) -> None:
        """Tell other requests, now and then, that this import lives."""
        at = timezone.now()
        if self.lives_at and at - self.lives_at > kept.STALE / 10:
            kept.still_there(self.file, at)
            self.lives_at = at

    def as_json(self) -> dict[str, Any]:
        """Return what was heard as pages show it and a run keeps it."""
        rows = [[fault.file, fault.line, fault.field, fault.reason] for fault in self.faults]
        more = {f"more_{name}": max(0, self.said[name] - SHOWN) for name in ("faults", "warnings")}
        return {"faults": rows, "warnings": self.warnings, **more}


def hear(file: ImportFile, content: bytes, heard: Heard, *, run: ImportRun | None = None) -> None:
    """Import `file` under `run`, or rehearse it where there is none; raise Refused where it cannot begin."""
    options = Options.of(file)
    with kept.laid_out(file.name, content) as path:
        try:
            wanted, is_rehearsal = options.wanted(file.by), run is None
            heard.counts = bring_in(path, wanted, heard, is_rehearsal=is_rehearsal, skip_invalid=options.skip_invalid, run=run)
        except Faulty as faulty:
            for fault in faulty.faults:
                heard.fault(fault)
            heard.counts["refused"] += 1


@admin.register(ImportRun)
class ImportRunDesk(Desk[ImportRun]):
    """Imports of files and what they brought; an author begins one here."""

    list_display = ("path", "by", "started_at", "finished_at", "counts")
    list_select_related = ("by",)
    search_fields = ("path",)
    exclude = ("counts", "told")
    exhibit_template = "admin/faq/exhibit_import.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the two pages of an import."""
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.choose_page), name="faq_importrun_import"),
            path("import/<int:pk>/", view(self.preview_page), name="faq_importrun_preview"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Offer an import above the list."""
        return super().changelist_view(request, (extra_context or {}) | {"import_url": import_url(request)})

    def exhibit(self, thing: ImportRun, at: datetime) -> dict[str, Any]:
        """Show what was said of the import and where its entries stand now."""
        file = ImportFile.objects.filter(by=thing.by).defer("content").first() if thing.finished_at is None else None
        goes_on = file is not None and thing.path == kept.run_name(file.name, file.sha256)
        return {"told": thing.told, "tally": tallied(thing.counts), "entries": standing(thing), "go_on": file if goes_on else None}

    # The two pages

    def choose_page(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file and what becomes of its entries; keep it and go to the preview."""
        self.require_importer(request)
        at, by = timezone.now(), person(request)
        entered = request.POST if request.method == "POST" else None
        form = ImportForm(entered, thing=None, by=by, at=at)
        form.files = request.FILES  # the other forms of the admin take none
        if entered is not None and form.is_valid():
            file = kept.keep(by=by, at=at, **form.arguments())
            return redirect("admin:faq_importrun_preview", file.pk)
        before = ImportFile.objects.filter(by=by).defer("content").first()
        return self.show(request, "admin/faq/import.html", {"form": form, "before": before, "title": "Import", "opts": self.opts})

    def preview_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what an import of the kept file would do, or do it."""
        self.require_importer(request)
        file = ImportFile.objects.filter(pk=pk, by=person(request)).select_related("by").first()
        try:
            if file is None:
                return self.gone(request)
            return self.import_it(request, file) if request.method == "POST" else self.preview(request, file)
        except (Unfit, Refused) as refused:
            messages.error(request, str(refused))
            return redirect("admin:faq_importrun_import")

    def preview(self, request: HttpRequest, file: ImportFile) -> HttpResponse:
        """Rehearse the import: everything is done and taken back."""
        heard, options = Heard(file), Options.of(file)
        content = kept.previewed(file, file.sha256)
        contents = kept.look_over(file.name, content)
        hear(file, content, heard)
        may_import = options.skip_invalid or not heard.counts["refused"]
        context = {"file": file, "told": heard.as_json(), "tally": tallied(heard.counts), "may_import": may_import}
        context["coming"] = coming(options, heard.counts, contents)
        return self.show(request, "admin/faq/import_preview.html", context | {"title": f"Import {file.name}", "opts": self.opts})

    def import_it(self, request: HttpRequest, file: ImportFile) -> HttpResponse:
        """Import the bytes that were previewed, and open the run."""
        content = kept.previewed(file, request.POST.get("seen", ""))
        at = timezone.now()
        if not kept.claim(file, at):
            if not ImportFile.objects.filter(pk=file.pk).exists():  # it was imported while this request waited
                return self.gone(request)
            messages.warning(request, RUNNING)
            return redirect("admin:faq_importrun_changelist")
        heard = Heard(file, lives_at=at)
        run = run_of(kept.run_name(file.name, file.sha256), file.by)
        try:
            slugs = kept.look_over(file.name, content).slugs()
            hear(file, content, heard, run=run)
            return self.leave_import(request, file, run, heard, slugs)
        finally:
            kept.let_go(file)  # where it is still kept: all was not done

    def leave_import(self, request: HttpRequest, file: ImportFile, run: ImportRun, heard: Heard, slugs: list[str]) -> HttpResponse:
        """Note what was said beside the run, throw the file away if all of it is done, and show the run."""
        if run.pk is None:
            messages.error(request, CHANGED)
            return redirect("admin:faq_importrun_preview", file.pk)
        run.counts, run.told = dict(heard.counts), heard.as_json() | {"entries": slugs}
        run.save(update_fields=["counts", "told"])
        if run.finished_at:
            ImportFile.objects.filter(pk=file.pk).delete()
            messages.success(request, "Imported.")
        else:
            messages.error(request, STOPPED)
        return redirect(address(run))

    def gone(self, request: HttpRequest) -> HttpResponse:
        """Lead from a file that is not kept to the run that imported it, else to the first of the two pages."""
        seen = request.POST.get("seen", "")
        runs = ImportRun.objects.filter(by=person(request), finished_at__isnull=False)
        run = runs.filter(path__endswith=kept.run_name("", seen)).first() if len(seen) == 64 else None
        if run:
            messages.info(request, "This file was imported already.")
            return redirect(address(run))
        messages.error(request, GONE)
        return redirect("admin:faq_importrun_import")

    def require_importer(self, request: HttpRequest) -> None:
        """Raise PermissionDenied unless the person may import at least drafts."""
        if not (self.has_view_permission(request) and import_url(request)):
            raise PermissionDenied


def import_url(request: HttpRequest) -> str:
    """Return the address of the first page for those who may import, an empty string for others."""
    refused = refusal(person(request), Stage.DRAFT, timezone.now())
    return "" if refused else reverse("admin:faq_importrun_import")


def standing(run: ImportRun) -> list[tuple[str, str, str]]:
    """Return (slug, where it stands, address) of the entries that a run's file named and the library has now."""
    slugs = run.told.get("entries", [])
    answers = Answer.objects.filter(question__slug__in=slugs, status__in=OPEN).select_related("question").order_by("question__slug")
    entries = Publication.objects.current().filter(slug__in=slugs).defer("words", "html").order_by("slug")
    found = [(answer.question.slug, f"{answer.get_status_display()}, held by {answer.author}", address(answer)) for answer in answers]
    return found + [(entry.slug, f"in force, version {entry.version}", address(entry)) for entry in entries]


@admin.register(ImportFile)
class ImportFileDesk(Desk[ImportFile]):
    """Files that were chosen and are not imported yet; each is thrown away once it is, or after a day."""

    list_display = ("name", "by", "made_at", "claimed_at")
    list_select_related = ("by",)
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportFile]:
        """Leave the content where it is."""
        rows: QuerySet[ImportFile] = super().get_queryset(request)
        return rows.defer("content")
