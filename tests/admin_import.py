"""An import in the admin as a person does it: choose a file, look at the preview, press the button."""

import json
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from faq.interchange.options import Stage
from faq.models import ImportFile, User
from tests.admin_client import done, form_in, refusals, see, signed_in
from tests.interchange import REVIEW

CHOOSE = "/admin/faq/importrun/import/"
REVIEWED = {"attested_by": REVIEW.attested_by, "attested_on": str(REVIEW.attested_on), "document": REVIEW.document}
MODELS = [model for model in apps.get_app_config("faq").get_models(include_auto_created=True) if model is not ImportFile]


def rows(*found: Mapping[str, Any] | str) -> bytes:
    """Return rows as JSON Lines; texts are lines as they are."""
    return "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in found).encode()


def choose(by: User, content: bytes, name: str = "rows.jsonl", stage: Stage = Stage.DRAFT, **changes: Any) -> Any:
    """Choose a file on the first page, and return the answer."""
    review = REVIEWED if stage >= Stage.ATTESTED else {}
    entered = {"file": SimpleUploadedFile(name, content), "stage": str(int(stage))} | review | changes
    return signed_in(by).post(CHOOSE, entered)


def preview(by: User, content: bytes, name: str = "rows.jsonl", stage: Stage = Stage.DRAFT, **changes: Any) -> str:
    """Choose a file that is accepted; return the address of its preview."""
    return done(choose(by, content, name, stage, **changes))


def press(by: User, address: str, **changes: str) -> Any:
    """Press the button of a preview; return the page that it leads to."""
    entered = form_in(see(by, address))
    return signed_in(by).post(address, entered | changes, follow=True)


def wrongs(by: User, content: bytes, name: str = "rows.jsonl", stage: Stage = Stage.DRAFT, **changes: Any) -> list[str]:
    """Return what the first page says of a file that it refuses; nothing of it is kept."""
    said = refusals(choose(by, content, name, stage, **changes))
    assert not ImportFile.objects.exists()
    return said


def told(answer: Any) -> str:
    """Return the messages on a page."""
    return " ".join(str(message) for message in answer.context["messages"])


def sizes() -> dict[str, int]:
    """Return how many rows each table has, but for the kept file."""
    return {model._meta.db_table: model._default_manager.count() for model in MODELS}
