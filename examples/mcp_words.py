"""An entry of a question library as text that a language model quotes: what `mcp_server.py` tells, and in which order.

A warning that leads an entry and its urgent advice stand first, every disclaimer stands whole, then the words as they were approved, then
who stands behind them. Between the two lines that frame it all is for the person who asked, in the language of the entry.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from pydantic import BaseModel, Field

BEGIN: Final = "----- Quote from here, word for word and whole -----"
END: Final = "----- to here -----"

ENGLISH: Final = {
    "emergency": "Emergency",
    "urgent": "Urgent",
    "routine": "Not urgent",
    "overdue": "We are late checking this page",
    "due": "It was to be checked again by %s. Something in it may have changed since.",
    "after": "Read this instead",
    "demo": "This is a demonstration. No clinician has checked what stands here. Please do not use it for decisions about your health.",
    "human": "Written by a person, reviewed by another",
    "ai_generated": "Drafted by AI, reviewed by a person",
    "ai_assisted": "Written with the help of AI, reviewed by another person",
    "responsible": "Responsible for this text:",
    "reviewed": "Reviewed by %s on %s.",
    "elsewhere": "Reviewed elsewhere by %s on %s.",
    "source": "Sources",
    "checked": "Last checked on %s; next check by %s.",
    "version": "Version %s, published on %s.",
    "region": "Written for:",
    "clinician": "For health professionals",
    "caregiver": "For family and carers",
    "hash": "Fingerprint of these words:",
    "alert": "A source of this answer has changed since it was written. We are checking what that means.",
    "alert_minor": "A source of this answer has changed since it was written. A reviewer found that this touches small points only.",
    "alert_affected": "A source of this answer has changed since it was written, and a reviewer found that this matters. "
    "Ask your care team before you rely on this answer.",
    "superseded": "This source has since been replaced by a newer one.",
    "retracted": "This source has since been taken back by those who published it.",
}
SPANISH: Final = {
    "emergency": "Emergencia",
    "urgent": "Urgente",
    "routine": "No urgente",
    "after": "Lea esto en su lugar",
    "overdue": "Vamos con retraso en la revisión de esta página",
    "due": "Debía revisarse otra vez a más tardar el %s. Puede que algo haya cambiado desde entonces.",
    "demo": "Esto es una demostración. Ningún profesional clínico ha comprobado lo que dice aquí. Por favor, no lo use para decidir sobre "
    "su salud.",
    "human": "Escrito por una persona, revisado por otra",
    "ai_generated": "Redactado por inteligencia artificial, revisado por una persona",
    "ai_assisted": "Escrito con ayuda de inteligencia artificial, revisado por otra persona",
    "reviewed": "Revisada por %s el %s.",
    "elsewhere": "Revisada en otro lugar por %s el %s.",
    "source": "Fuentes",
    "checked": "Última revisión: %s; próxima revisión: a más tardar el %s.",
    "version": "Versión %s, publicada el %s.",
    "region": "Escrito para:",
    "responsible": "Responsable de este texto:",
    "clinician": "Para profesionales de la salud",
    "caregiver": "Para familiares y personas que cuidan",
    "hash": "Huella de estas palabras:",
    "alert": "Una fuente de esta respuesta ha cambiado desde que se escribió. Estamos comprobando qué significa eso.",
    "alert_minor": "Una fuente de esta respuesta ha cambiado desde que se escribió. Una persona que revisa encontró que solo afecta a "
    "puntos menores.",
    "alert_affected": "Una fuente de esta respuesta ha cambiado desde que se escribió, y una persona que revisa encontró que eso importa. "
    "Pregunte a su equipo de atención antes de confiar en esta respuesta.",
    "superseded": "Esta fuente ha sido reemplazada después por otra más nueva.",
    "retracted": "Quienes publicaron esta fuente la han anulado después.",
}
LABELS: Final = {"en": ENGLISH, "es": SPANISH}
"""What the library's pages say beside an answer, in the language of the answer; English where it is none of these."""

# What the library answers: the members that are told. A member that is missing makes the answer unusable, so that no model quotes an
# answer without its disclaimers because something on the way left them out.


class Advice(BaseModel):
    level: Literal["emergency", "urgent", "routine"]
    signs: str
    action: str


class Disclaimer(BaseModel):
    key: str
    placement: str
    text: str
    version: int


class Person(BaseModel):
    role: str
    name: str | None


class Held(BaseModel):
    since: str
    notice: str


class Alert(BaseModel):
    outcome: str


class Review(BaseModel):
    state: str
    approved_by: Person | None
    approved_at: str | None
    attested_by: str | None
    attested_on: str | None
    last_reviewed_on: str
    next_review_due_on: str
    alerts: list[Alert]
    held: Held | None


class Responsible(BaseModel):
    name: str
    contact: str


class Provenance(BaseModel):
    origin: Literal["human", "ai_assisted", "ai_generated"]
    disclosure: dict[str, str]
    byline: str
    responsible: Responsible | None
    licence: str
    attribution: str


class Links(BaseModel):
    html: str


class Body(BaseModel):
    markdown: str


class Citation(BaseModel):
    number: int | None
    key: str
    title: str
    publisher: str
    year: int | None
    url: str
    doi: str
    source_state: str


class Entry(BaseModel):
    """An entry in force. A search has neither `answer` nor `citations`; a text too long to be told at once lacks them too."""

    slug: str
    version: int
    language: str
    audience: str
    region: str
    urgent_advice: list[Advice]
    disclaimers: list[Disclaimer] = Field(min_length=1)
    question: str
    short_answer: str
    answer: Body | None = None
    citations: list[Citation] = []
    provenance: Provenance
    review: Review
    published_at: str
    offline_days: int
    content_hash: str
    library_status: str
    links: Links


class Found(BaseModel):
    """`urgent_advice` is for the question itself: it comes before every answer."""

    urgent_advice: list[Advice]
    did_you_mean: str | None
    count: int
    library_status: str
    results: list[Entry]
    left_out: int = 0


class Gone(BaseModel):
    """What is left of an entry that was taken down: none of its words."""

    notice: str
    reason: str
    withdrawn_at: str
    replacement: str | None
    urgent_advice: list[Advice]
    disclaimers: list[Disclaimer]
    language: str
    library_status: str


class Given(BaseModel):
    """Either an entry in force or what is left of one that was taken down."""

    entry: Entry | None = None
    gone: Gone | None = None


class Version(BaseModel):
    slug: str
    version: int
    status: str
    held: bool
    withheld: bool
    erased: bool
    ended_at: str | None


class Kept(BaseModel):
    content_hash: str
    may_be_repeated: bool = False
    versions: list[Version]
    library_status: str = ""


# What is told, as text.


def joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def quoted(*parts: str) -> str:
    return joined(BEGIN, *parts, END)


def labels(language: str) -> dict[str, str]:
    return LABELS.get(language.partition("-")[0].lower(), ENGLISH)


def urgent(cards: Iterable[Advice], say: dict[str, str]) -> Iterator[str]:
    """Yield advice cards, the most urgent first."""
    levels = ["emergency", "urgent", "routine"]
    for card in sorted(cards, key=lambda card: levels.index(card.level)):
        yield f"{say[card.level]}: {card.signs}\n{card.action}"


def entry_text(entry: Entry) -> str:
    """Return an entry with all that readers are owed, in its own language: a warning, urgent advice and disclaimers before the words."""
    say = labels(entry.language)
    return quoted(
        entry.review.held.notice if entry.review.held else "",
        *urgent(entry.urgent_advice, say),
        *warnings(entry, say),
        *(text.text for text in entry.disclaimers if text.placement != "after"),
        f"# {entry.question}",
        *(say[entry.audience] for _ in range(1) if entry.audience in say),
        entry.short_answer,
        numbered(entry) if entry.answer else "",
        *(text.text for text in entry.disclaimers if text.placement == "after"),
        "\n".join([say["source"], *(source_line(each, say) for each in entry.citations)]) if entry.citations else "",
        "\n".join(filter(None, behind(entry, say))),
    )


def warnings(entry: Entry, say: dict[str, str]) -> Iterator[str]:
    if entry.library_status != "live":
        yield say["demo"]
    if entry.review.state == "overdue":
        yield f"{say['overdue']}. {say['due'] % entry.review.next_review_due_on}"
    for outcome in sorted({alert.outcome for alert in entry.review.alerts}):
        yield say.get(f"alert_{outcome}", say["alert"])


def numbered(entry: Entry) -> str:
    """Return the answer with its marks as the numbers of its sources, as the pages show them."""
    numbers = {each.key: str(each.number) for each in entry.citations if each.number}
    markdown = entry.answer.markdown if entry.answer else ""
    return re.sub(r"\[\^([^\]\s]+)\]", lambda mark: f"[{numbers.get(mark[1], mark[1])}]", markdown)


def source_line(source: Citation, say: dict[str, str]) -> str:
    address = source.url or (f"https://doi.org/{source.doi}" if source.doi else "")
    published = ", ".join(str(part) for part in (source.publisher, source.year) if part)
    number = f"[{source.number}] " if source.number else ""
    return number + ". ".join(filter(None, (source.title, published, address, say.get(source.source_state, ""))))


def behind(entry: Entry, say: dict[str, str]) -> Iterator[str]:
    """Yield where the words come from, who checked them and when, and where they stand."""
    provenance, review = entry.provenance, entry.review
    yield f"{say[provenance.origin]}. {provenance.byline}".strip(". ") + "."
    if provenance.responsible:
        yield f"{say['responsible']} {provenance.responsible.name}, {provenance.responsible.contact}"
    yield f"{say['region']} {entry.region}" if entry.region else ""
    if review.approved_by and review.approved_at:
        who = ", ".join(filter(None, (review.approved_by.name, review.approved_by.role)))
        yield say["reviewed"] % (who, review.approved_at[:10])
    if review.attested_on:
        yield say["elsewhere"] % (review.attested_by, review.attested_on)
    yield say["checked"] % (review.last_reviewed_on, review.next_review_due_on)
    yield say["version"] % (entry.version, entry.published_at[:10])
    yield provenance.attribution
    yield provenance.licence
    yield f"{say['hash']} {entry.content_hash}"
    yield entry.links.html
