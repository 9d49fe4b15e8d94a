"""The chosen questions as files to take away, in the forms of faq/interchange/FORMAT.md. The library stays as it is."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.utils import timezone

from faq.admin.base import BaseAdmin
from faq.clock import local_date
from faq.interchange.csv_export import write_csv
from faq.interchange.writing import ExportRefused, write_folder, write_jsonl
from faq.models import Answer, Question

NOTHING: Final = "Nothing to export: the chosen questions have no entry in force and no open draft."


@admin.action(description="Export as folder (zip)", permissions=["view"])
def export_folder(model_admin: BaseAdmin[Question], request: HttpRequest, chosen: QuerySet[Question]) -> FileResponse | None:
    return download(request, chosen, "zip", write_folder)


@admin.action(description="Export as JSON Lines", permissions=["view"])
def export_json_lines(model_admin: BaseAdmin[Question], request: HttpRequest, chosen: QuerySet[Question]) -> FileResponse | None:
    return download(request, chosen, "jsonl", write_jsonl)


@admin.action(description="Export as table (CSV)", permissions=["view"])
def export_table(model_admin: BaseAdmin[Question], request: HttpRequest, chosen: QuerySet[Question]) -> FileResponse | None:
    return download(request, chosen, "csv", write_csv)


EXPORTS: Final = (export_folder, export_json_lines, export_table)


def download(request: HttpRequest, chosen: QuerySet[Question], ending: str, write: Callable[..., int]) -> FileResponse | None:
    """Answer with the file that `write` makes of the chosen questions, or say why there is none.

    Open drafts are in it for those who may read them on their own pages.
    """
    name = f"questions-{local_date(timezone.now())}.{ending}"
    drafts = admin.site.get_model_admin(Answer).has_view_permission(request)
    with TemporaryDirectory(prefix="export-") as folder:  # on disk, so that a large file needs little memory
        path = Path(folder) / name
        try:
            count = write(path, drafts=drafts, slugs=set(chosen.values_list("slug", flat=True)))
        except ExportRefused as refused:
            messages.error(request, str(refused))
            return None
        if not count:
            messages.warning(request, NOTHING)
            return None
        # The folder goes before the file is sent: an open file can be read without its name, and is gone once it is closed.
        return FileResponse(path.open("rb"), as_attachment=True, filename=name)
