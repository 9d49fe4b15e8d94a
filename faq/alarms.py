"""Mail to whoever is on duty when a reader reports that somebody may come to harm: at once, and again by the clock until it went out."""

import logging
from datetime import datetime
from typing import Final

from django.core.mail import send_mail
from django.urls import reverse

from faq.clock import local_date
from faq.models import Report, Reviewer, User
from faq.public.links import absolute_url
from faq.workflow.permissions import may_review

SUBJECT: Final = "A reader reports harm: {slug}"
TEXT: Final = (
    "Somebody reports that people may come to harm by version {version} of {slug}.\n\n{url}\n\nThe page has their words, and the buttons to"
    " hold the entry under a warning or to take it down. Close the report there with what came of it.\n"
)
"""Without the reader's words: mail is kept by others, and nobody deletes it there."""
logger = logging.getLogger(__name__)


def untold() -> list[Report]:
    return list(Report.objects.filter(is_harmful=True, told_at=None, closed_at=None).select_related("publication__question").order_by("pk"))


def tell_of_harm(report: Report, at: datetime) -> bool:
    """Mail whoever is on duty about one report; return whether a server took it.

    It is marked as told afterwards: where a machine stops in between, or two tell at once, the mail comes twice and not never.
    """
    to = addresses(report, at)
    if not to:
        logger.error("Report %s of harm could not be mailed: nobody who may decide about it has a mail address.", report.pk)
        return False
    try:
        is_sent = send_mail(SUBJECT.format(slug=report.publication.slug), text_of(report), None, to) > 0
    except Exception:  # whatever it is (a server away, an address that is none), nobody was told
        logger.exception("Report %s of harm could not be mailed; the clock tries again.", report.pk)
        return False
    return is_sent and bool(Report.objects.filter(pk=report.pk, told_at=None).update(told_at=at))


def text_of(report: Report) -> str:
    url = absolute_url(reverse("admin:faq_report_change", args=[report.pk]))
    return TEXT.format(slug=report.publication.slug, version=report.publication.version, url=url)


def addresses(report: Report, at: datetime) -> list[str]:
    """Return the mail addresses of those on duty who may decide about the entry; where there is none, of all who may, and of the leads."""
    people = [reviewer for reviewer in reviewing(at) if not may_review(reviewer.user, report.publication, at)]
    on_duty = {reviewer.user.email for reviewer in people if reviewer.is_on_duty and reviewer.user.email}
    leads = User.objects.filter(groups__name="lead", is_active=True).exclude(email="")
    return sorted(on_duty or {reviewer.user.email for reviewer in people if reviewer.user.email} | {lead.email for lead in leads})


def reviewing(at: datetime) -> list[Reviewer]:
    active = Reviewer.objects.filter(revoked_at=None, verified_until__gte=local_date(at), user__is_active=True)
    return list(active.select_related("user"))
