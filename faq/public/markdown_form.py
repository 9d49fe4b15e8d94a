"""An entry as Markdown: all that its page says, in that order, for programs and for readers without a browser.

It is made of the document's JSON and of what stands beside it, never of the database, so that it cannot leave out a disclaimer or show
withheld text. Its own words are those of the pages, in the entry's language where the interface speaks it.
"""

from collections.abc import Iterator

from django.utils import translation
from django.utils.translation import gettext

from faq.content.commonmark import body, bullet, definition, escaped, link, mark, paragraphs, quotation, within
from faq.content.doi import bare_doi, doi_address
from faq.content.telephone import pieces
from faq.public.entry_json import Json
from faq.public.labels import day, duration, in_words, stage
from faq.public.languages import interface_of, local_name
from faq.public.links import page_url
from faq.public.parts import Notice, by_level, demonstration, gone_title, is_numbered, notices, placed


def entry_markdown(entry: Json, beside: Json) -> str:
    """Return an entry, or one version of it, as Markdown."""
    with translation.override(interface_of(entry["language"])):
        return whole(
            f"# {escaped(entry['question'])}",
            *map(warning, notices(entry, beside)),
            *urgent_advice(entry),
            *disclaimers(placed(entry["disclaimers"], "before")),
            *map(bullet, facts(entry)),
            *section(gettext("In short"), paragraphs(entry["short_answer"])),
            *section(gettext("Where things stand"), *map(status_line, entry["status_lines"])),
            *section(gettext("The answer"), answer(entry)),
            *section(gettext("Key facts"), *(key_fact(fact, entry) for fact in entry["key_facts"])),
            *section(gettext("Questions to ask your care team"), *map(to_ask, entry["care_team_questions"])),
            *section(gettext("In somebody’s own words"), *map(spoken, entry["quotations"])),
            *section(gettext("Where to turn"), *map(resource, entry["resources"])),
            link(escaped(entry["call_to_action"]["label"]), entry["call_to_action"]["url"]) if entry["call_to_action"] else "",
            *disclaimers(placed(entry["disclaimers"], "after")),
            *sources(entry),
            *section(gettext("Related questions"), *related(entry, beside)),
            *section(gettext("Topics"), *(bullet(escaped(topic["name"])) for topic in entry["topics"])),
            *section(gettext("Who checked it, and when"), *review(entry), *map(bullet, places(entry["links"]))),
            "\n".join(definition(number, address) for number, address in addresses(entry).items()),
        )


def gone_markdown(gone: Json, beside: Json) -> str:
    """Return what stands in the place of an entry or version that is gone, as Markdown. Of withheld text it holds not one word."""
    with translation.override(interface_of(gone["language"])):
        since = gettext("It has not been shown since %(date)s.") % {"date": day(gone["withdrawn_at"])}
        replaced_by = page_url(gone["replacement"], beside["replacement_language"]) if gone["replacement"] else ""
        return whole(
            f"# {gone_title(gone, beside)}",
            escaped(beside["question"]),
            *map(warning, demonstration(gone)),
            quotation(paragraphs(gone["notice"])),
            spaced(since, in_words(gone["reason"], "reason")),
            *section(gettext("Read this instead"), link(escaped(beside["replacement_question"]), replaced_by)),
            *urgent_advice(gone),
            *disclaimers(gone["disclaimers"]),
            bullet(link(gettext("Go to what we say now"), gone["links"]["versions"].removesuffix("versions/")))
            if is_numbered(gone)
            else "",
            bullet(link(gettext("All versions of this answer"), gone["links"]["versions"])),
        )


# How it is put together.


def whole(*blocks: str) -> str:
    """Return blocks as a document; items of lists stand close to each other."""
    text = ""
    for block in filter(None, blocks):
        is_list = block.startswith("- ") and text.rpartition("\n\n")[2].startswith("- ")
        text += f"{block}" if not text else f"\n{block}" if is_list else f"\n\n{block}"
    return text + "\n"


def section(heading: str, *blocks: str) -> list[str]:
    """Return blocks under a heading; nothing where there are none."""
    said = [block for block in blocks if block]
    return [f"## {heading}", *said] if said else []


def spaced(*texts: str) -> str:
    return " ".join(text for text in texts if text)


# What stands before the answer.


def warning(notice: Notice) -> str:
    return quotation(f"**{escaped(notice.title)}**" if notice.title else "", paragraphs(notice.text))


def urgent_advice(document: Json) -> Iterator[str]:
    """Yield the advice cards of an entry or of what is left of one, the most urgent first."""
    for place, (level, cards) in enumerate(by_level(document["urgent_advice"])):
        if not place:
            yield f"## {gettext('When to get help')}"
        yield f"### {in_words(level, 'level')}"
        yield from (bullet(f"**{escaped(card['signs'])}**", paragraphs(card["action"])) for card in cards)


def disclaimers(texts: list[Json]) -> Iterator[str]:
    return (quotation(paragraphs(text["text"])) for text in texts)


def facts(entry: Json) -> Iterator[str]:
    """Yield where the text comes from, for whom it was written, and where it is told in other languages."""
    provenance = entry["provenance"]
    yield in_words(provenance["origin"], "origin")
    yield escaped(provenance["byline"])
    if generator := provenance["generator"]:
        drafted = gettext("Drafted with: %(name)s, %(date)s.") % {
            "name": escaped(generator["name"]),
            "date": day(generator["generated_on"]),
        }
        based_on = "; ".join(map(escaped, generator["grounded_in"]))
        yield spaced(drafted, f"{gettext('Based on:')} {based_on}." if based_on else "")
    if responsible := provenance.get("responsible"):
        yield f"{gettext('Responsible for this text:')} {escaped(responsible['name'])}, {escaped(responsible['contact'])}"
    yield in_words(entry["audience"], "audience")
    if entry["region"]:
        yield f"{gettext('Written for:')} {in_words(entry['region'], 'region') or escaped(entry['region'])}"
    if entry["applies_to"]:
        yield f"{gettext('About:')} {', '.join(in_words(key, 'applies_to') or escaped(stage(key)) for key in entry['applies_to'])}"
    yield gettext("Last checked on %(date)s") % {"date": day(entry["review"]["last_reviewed_on"])}
    if entry["translations"]:
        yield f"{gettext('Also in:')} {', '.join(map(translated, entry['translations']))}"


def translated(other: Json) -> str:
    named = link(escaped(local_name(other["language"])), page_url(other["slug"], other["language"]))
    return spaced(named, gettext("(made from an earlier version)") if other["behind"] else "")


# The answer and its parts.


def answer(entry: Json) -> str:
    markdown, language = entry["answer"]["markdown"], entry["language"]
    return body(markdown, numbers(entry), addresses(entry), language=language, heading_level=3)


def status_line(line: Json) -> str:
    as_of = gettext("(as of %(date)s)") % {"date": day(line["as_of"])}
    return bullet(f"**{escaped(line['item'])}**: {in_words(line['status'], 'standing')} {as_of}")


def key_fact(fact: Json, entry: Json) -> str:
    cited = next((source for source in entry["citations"] if source["key"] == fact["source"]), None)
    named = ""
    if cited:
        number = cited["number"]
        named = mark(number, linked=number in addresses(entry)) if number else f"({gettext('Source')}: {escaped(cited['title'])})"
    return bullet(spaced(f"**{escaped(fact['label'])}**: {paragraphs(fact['value'])}", named))


def to_ask(each: Json) -> str:
    return bullet(f"**{escaped(each['question'])}**", paragraphs(each["why"]))


def spoken(each: Json) -> str:
    who = ", ".join(escaped(name) for name in (each["who"], each["role"]) if name)
    return quotation(paragraphs(each["text"]), f"— {who}" + (f". {escaped(each['source'])}" if each["source"] else ""))


def resource(each: Json) -> str:
    """Return a place to turn to, or a recording with its transcript."""
    medium = in_words(each["kind"], "media")
    name = link(escaped(each["name"]), each["url"])
    told = (f"{medium}: {name}", *recording(each)) if medium else (name, *service(each))
    return bullet(*told)


def service(each: Json) -> Iterator[str]:
    if each["phone"]:
        dialled = "".join(link(within(piece.text), piece.address) for piece in pieces(each["phone"]))
        yield f"{gettext('Telephone:')} {dialled}"
    yield paragraphs(each["hours"])
    yield escaped(each["region"])
    yield paragraphs(each["description"])


def recording(each: Json) -> Iterator[str]:
    length = "" if each["duration_s"] is None else gettext("Length: %(length)s.") % {"length": duration(each["duration_s"])}
    yield spaced(length, gettext("With captions.") if each["captions"] else gettext("Without captions."))
    if each["transcript"]:
        yield f"{gettext('Read it as text')}:"
        yield quotation(paragraphs(each["transcript"]))


# What it rests on, and who stands behind it.


def numbers(entry: Json) -> dict[str, int]:
    """Return {key: number} of the sources that the body marks."""
    return {source["key"]: source["number"] for source in entry["citations"] if source["number"]}


def addresses(entry: Json) -> dict[int, str]:
    """Return {number: where the source is found} of those that are found anywhere."""
    found = {source["number"]: source["url"] or doi_address(source["doi"]) for source in entry["citations"] if source["number"]}
    return {number: address for number, address in found.items() if address}


def sources(entry: Json) -> Iterator[str]:
    """Yield the sources with their numbers, then those of the text as a whole."""
    numbered = [source for source in entry["citations"] if source["number"]]
    general = [source for source in entry["citations"] if not source["number"]]
    yield from section(gettext("Sources"), *map(cited, numbered or general))
    if numbered and general:
        yield f"### {gettext('Used for the text as a whole')}"
        yield from map(cited, general)


def cited(source: Json) -> str:
    """Return a source with all that helps to find it, and the passage that counts."""
    told = [link(escaped(source["title"]), source["url"])]
    published = ", ".join(escaped(str(part)) for part in (source["publisher"], source["year"]) if part)
    told += [text for text in (published, escaped(source["locator"]), doi(source["doi"])) if text]
    number = mark(source["number"], linked=False) if source["number"] else ""
    state = in_words(source["source_state"], "source_state")
    quote = quotation(paragraphs(source["supporting_quote"])) if source["supporting_quote"] else ""
    return bullet(spaced(number, ". ".join(told), state), quote)


def doi(value: str) -> str:
    if not value:
        return ""
    address = doi_address(value)
    return link(escaped(f"DOI {bare_doi(value) if address else value}"), address)


def related(entry: Json, beside: Json) -> Iterator[str]:
    for other, language in zip(entry["related"], beside["related_languages"], strict=True):
        yield bullet(link(escaped(other["question"]), page_url(other["slug"], language)))


def review(entry: Json) -> Iterator[str]:
    """Yield who reviewed the text and when, its version, and under which licence it stands."""
    told = entry["review"]
    yield escaped(reviewed_by(told))
    if entry["status"] == "current":
        dates = {"last": day(told["last_reviewed_on"]), "next": day(told["next_review_due_on"])}
        yield gettext("Last checked on %(last)s; next check by %(next)s.") % dates
    published = {"number": entry["version"], "date": day(entry["published_at"])}
    yield gettext("Version %(number)s, published on %(date)s.") % published
    if entry["change_note"]:
        yield gettext("What changed:")
        yield quotation(paragraphs(entry["change_note"]))
    yield paragraphs(entry["provenance"]["attribution"])
    yield escaped(entry["provenance"]["licence"])
    yield f"{gettext('Fingerprint of these words:')} {entry['content_hash']}"


def reviewed_by(told: Json) -> str:
    """Return who reviewed the text, here or elsewhere."""
    if told["attested_on"]:
        where = gettext("On record: %(document)s.") % {"document": told["document"]}
        elsewhere = gettext("Reviewed elsewhere by %(who)s on %(date)s.") % {"who": told["attested_by"], "date": day(told["attested_on"])}
        return f"{elsewhere} {where}"
    role = told["approved_by"]["role"]
    named = {"name": told["approved_by"]["name"], "role": in_words(role, "role") or role, "date": day(told["approved_at"])}
    if named["name"]:
        return gettext("Reviewed by %(name)s, %(role)s, on %(date)s.") % named
    return gettext("Reviewed by %(role)s on %(date)s.") % named


def places(links: Json) -> Iterator[str]:
    """Yield where the page and the other versions are."""
    yield link(gettext("This answer on the web"), links["html"])
    if links["latest"] != links["self"]:
        yield link(gettext("Go to what we say now"), links["latest"])
    yield link(gettext("All versions of this answer"), links["versions"])
    if links["previous"]:
        yield link(gettext("The version before this one"), links["previous"])
    if links["next"]:
        yield link(gettext("The version after this one"), links["next"])
