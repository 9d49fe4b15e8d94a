"""The chosen questions as files to take away, in the forms of faq/interchange/FORMAT.md. The library stays as it is."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.utils import timezone

from faq.admin.desk import Desk
from faq.clock import local_date
from faq.interchange.table import write_table
from faq.interchange.writing import NotWritten, write_folder, write_jsonl
from faq.models import Answer, Question

NOTHING: Final = "Nothing to export: the chosen questions have no entry in force and no open draft."


@admin.action(description="Export as folder (zip)", permissions=["view"])
def export_folder(desk: Desk[Question], request: HttpRequest, chosen: QuerySet[Question]) -> FileResponse | None:
    """Answer with a packed folder of the chosen entries and what they need."""
    return download(desk, request, chosen, "zip", write_folder)


@admin.action(description="Export as JSON Lines", permissions=["view"])
def export_json_lines(desk: Desk[Question], request: HttpRequest, chosen: QuerySet[Question]) -> FileResponse | None:
    """Answer with the chosen entries and what they need, one a line."""
    return download(desk, request, chosen, "jsonl", write_jsonl)


@admin.action(description="Export as table (CSV)", permissions=["view"])
def export_table(desk: Desk[Question], request: HttpRequest, chosen: QuerySet[Question]) -> FileResponse | None:
    """Answer with a table of the chosen entries."""
    return download(desk, request, chosen, "csv", write_table)


EXPORTS: Final = (export_folder, export_json_lines, export_table)


def download(
    desk: Desk[Question], request: HttpRequest, chosen: QuerySet[Question], ending: str, write: Callable[..., int]
) -> FileResponse | None:
    """Answer with the file that `write` makes of the chosen questions, or say why there is none.

    Open drafts are in it for those who may read them at their own desk. The file is made on disk, so that a large one needs little
    memory; it has no name there any more when it is sent, and is gone when it was sent.
    """
    name = f"questions-{local_date(timezone.now())}.{ending}"
    drafts = desk.admin_site.get_model_admin(Answer).has_view_permission(request)
    with TemporaryDirectory(prefix="export-") as private:
        path = Path(private) / name
        try:
            count = write(path, drafts=drafts, slugs=set(chosen.values_list("slug", flat=True)))
        except NotWritten as refused:
            messages.error(request, str(refused))
            return None
        if not count:
            messages.warning(request, NOTHING)
            return None
        return FileResponse(path.open("rb"), as_attachment=True, filename=name)
