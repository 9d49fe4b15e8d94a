"""An entry as schema.org has it: a MedicalWebPage about one Question with its accepted Answer, for search engines and knowledge graphs.

It is made of the document's JSON and of what stands beside it, never of the database, so that it cannot leave out a disclaimer or show
withheld text. Where the vocabulary (schema.org 30.0) has no word of our own, this is chosen:

- Warnings and disclaimers are `usageInfo` of the page and of the answer, so that who takes the answer alone takes them with it.
- Urgent advice, and questions for the care team, are `hasPart` HealthTopicContent of the aspect SeeDoctorHealthAspect, which schema.org
  describes as questions that may be asked and when to see a professional. Advice is named in the answer's `usageInfo` too.
- Key facts, and where things stand, are Statements; a passage of a source is a part of the work cited.
- Nobody's review is claimed in a demonstration: there is no `reviewedBy`.

Every address is absolute. Parts are named by where they stand on the page of that version, which stays.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext

from faq.clock import local_date
from faq.content.doi import doi_address
from faq.public.entry_json import Json
from faq.public.labels import day, in_words, stage
from faq.public.languages import interface_of
from faq.public.links import absolute_url, page_url, version_url
from faq.public.parts import Notice, by_level, demonstration, gone_title, notices

CONTEXT: Final = "https://schema.org"
SEE_DOCTOR: Final = f"{CONTEXT}/SeeDoctorHealthAspect"
SOURCE_TYPES: Final = {
    "ai_assisted": f"{CONTEXT}/CompositeWithTrainedAlgorithmicMediaDigitalSource",
    "ai_generated": f"{CONTEXT}/TrainedAlgorithmicMediaDigitalSource",
}
"""schema.org's names for the digital source types of the IPTC; text by people alone has none."""
TOPIC_TYPES: Final = {
    "condition": "MedicalCondition",
    "medicine": "MedicalTherapy",
    "test": "MedicalTest",
    "symptom": "MedicalSignOrSymptom",
}
"""A medicine's topic may be one drug or a class of them: a therapy is both. Topics of other kinds are DefinedTerms."""
MEDIA_TYPES: Final = {"video": "VideoObject", "audio": "AudioObject", "animation": "VideoObject"}


def entry_jsonld(entry: Json, beside: Json) -> Json:
    """Return an entry, or one version of it, as JSON-LD."""
    with translation.override(interface_of(entry["language"])):
        here = page_url(entry["slug"], entry["language"], entry["version"])
        before = [*map(notice_node, notices(entry, beside)), *map(disclaimer_node, entry["disclaimers"])]
        told_first = identified(before, f"{here}#note")
        parts = list(parts_of(entry, here))
        return {"@context": CONTEXT} | page_node(
            **{"@id": entry["links"]["self"], "url": entry["links"]["html"]},
            name=entry["question"],
            inLanguage=entry["language"],
            version=entry["version"],
            creativeWorkStatus=entry["status"],
            identifier=[entry["slug"], valued("content_hash", entry["content_hash"])],
            usageInfo=told_first,
            hasPart=parts,
            mainEntity=question_node(entry, here, [*told_first, *(part for part in parts if part["@id"] == f"{here}#urgent")]),
            abstract=entry["short_answer"],
            medicalAudience=audience_node(entry),
            about=[topic_node(topic) for topic in entry["topics"]],
            citation=[citation_node(source, here) for source in entry["citations"]],
            mentions=[*map(resource_node, entry["resources"]), *related_nodes(entry, beside)],
            potentialAction=action_node(entry["call_to_action"]),
            isPartOf=node("WebSite", **{"@id": absolute_url("/"), "url": absolute_url("/")}, name=gettext("Question library")),
            **dates(entry),
            **provenance(entry),
            **translations(entry),
        )


def gone_jsonld(gone: Json, beside: Json) -> Json:
    """Return what is left of an entry or version that is gone, as JSON-LD. Of withheld text it holds not one word."""
    with translation.override(interface_of(gone["language"])):
        here = absolute_url(gone["instance"])
        why = (gone["notice"], in_words(gone["reason"], "reason"))
        told = [*demonstration(gone), *(Notice("", text) for text in why if text)]
        before = [*map(notice_node, told), *map(disclaimer_node, gone["disclaimers"])]
        replaced_by = page_url(gone["replacement"], beside["replacement_language"]) if gone["replacement"] else ""
        return {"@context": CONTEXT} | page_node(
            **{"@id": here},
            name=gone_title(gone, beside),
            inLanguage=gone["language"],
            creativeWorkStatus="expired" if gone["reason"] == "expired" else "withdrawn",
            expires=day_of(gone["withdrawn_at"]),
            usageInfo=identified(before, f"{here}#note"),
            hasPart=urgent_part(gone, here),
            mainEntity=node("Question", name=beside["question"]),
            significantLink=replaced_by,
            mentions=[page_node(url=replaced_by, name=beside["replacement_question"])] if replaced_by else [],
        )


# Nodes.


def node(kind: str, **members: Any) -> Json:
    """Return a node with those of its members that say something; {} where none does."""
    said = {name: value for name, value in members.items() if value not in ("", None, [], {})}
    return {"@type": kind, **said} if said else {}


def page_node(**members: Any) -> Json:
    return node("MedicalWebPage", **members)


def valued(name: str, value: str) -> Json:
    return node("PropertyValue", propertyID=name, value=value)


def identified(nodes: Iterable[Json], base: str) -> list[Json]:
    """Return nodes in their order, each with an identifier of its own."""
    return [{"@id": f"{base}-{place}", "position": place} | each for place, each in enumerate(nodes, start=1)]


def references(nodes: Iterable[Json]) -> list[Json]:
    """Return nodes by their identifiers alone."""
    return [{"@id": each["@id"]} for each in nodes]


# What is to be known first.


def notice_node(notice: Notice) -> Json:
    return node("CreativeWork", name=notice.title, text=notice.text)


def disclaimer_node(text: Json) -> Json:
    return node("CreativeWork", identifier=text["key"], text=text["text"], version=text["version"])


def urgent_part(document: Json, here: str) -> list[Json]:
    """Return the advice cards of an entry or of what is left of one, the most urgent first, as one part of the page."""
    cards = [
        node("HealthTopicContent", hasHealthAspect=SEE_DOCTOR, name=card["signs"], text=card["action"], keywords=level)
        for level, cards in by_level(document["urgent_advice"])
        for card in cards
    ]
    return part("HealthTopicContent", f"{here}#urgent", gettext("When to get help"), cards, hasHealthAspect=SEE_DOCTOR)


# The answer and its parts.


def question_node(entry: Json, here: str, told_first: list[Json]) -> Json:
    """Return the question; links of the answer lead to the page of this version, wherever it is shown."""
    text = entry["answer"]["html"].replace('href="#', f'href="{here}#')
    answer = node("Answer", text=text, encodingFormat="text/html", inLanguage=entry["language"], usageInfo=references(told_first))
    named = {"name": entry["question"], "alternateName": entry["phrasings"], "inLanguage": entry["language"]}
    return node("Question", **named, answerCount=1, acceptedAnswer=answer)


def parts_of(entry: Json, here: str) -> Iterable[Json]:
    """Yield the parts of the page beside the answer, as the page has them and under its headings."""
    yield from urgent_part(entry, here)
    yield from part("WebPageElement", f"{here}#standing", gettext("Where things stand"), map(status_node, entry["status_lines"]))
    facts = [fact_node(fact, entry, here) for fact in entry["key_facts"]]
    yield from part("WebPageElement", f"{here}#key-facts", gettext("Key facts"), facts)
    to_ask = [node("Question", name=each["question"], description=each["why"]) for each in entry["care_team_questions"]]
    asking = gettext("Questions to ask your care team")
    yield from part("HealthTopicContent", f"{here}#to-ask", asking, to_ask, hasHealthAspect=SEE_DOCTOR)
    spoken = map(quotation_node, entry["quotations"])
    yield from part("WebPageElement", f"{here}#quotations", gettext("In somebody’s own words"), spoken)
    if entry["change_note"]:
        yield node("WebPageElement", **{"@id": f"{here}#review"}, name=gettext("What changed:"), text=entry["change_note"])


def part(kind: str, identifier: str, title: str, rows: Iterable[Json], **members: Any) -> list[Json]:
    """Return rows as one part of the page; nothing where there are none."""
    placed = [{**row, "position": place} for place, row in enumerate(rows, start=1)]
    return [node(kind, **{"@id": identifier}, name=title, **members, hasPart=placed)] if placed else []


def status_node(line: Json) -> Json:
    standing = in_words(line["status"], "standing")
    return node("Statement", name=line["item"], text=standing, keywords=line["status"], temporalCoverage=line["as_of"])


def fact_node(fact: Json, entry: Json, here: str) -> Json:
    cited = [{"@id": source_id(source, here)} for source in entry["citations"] if source["key"] == fact["source"]]
    return node("Statement", name=fact["label"], text=fact["value"], citation=cited)


def quotation_node(each: Json) -> Json:
    source = node("CreativeWork", name=each["source"])
    return node("Quotation", text=each["text"], creator=node("Person", name=each["who"], jobTitle=each["role"]), isPartOf=source)


# Where it belongs, and what it rests on.


def audience_node(entry: Json) -> Json:
    stages = [node("MedicalCondition", name=in_words(key, "applies_to") or stage(key)) for key in entry["applies_to"]]
    place = node("AdministrativeArea", name=entry["region"])
    return node("MedicalAudience", audienceType=entry["audience"], geographicArea=place, healthCondition=stages)


def topic_node(topic: Json) -> Json:
    return node(TOPIC_TYPES.get(topic["kind"], "DefinedTerm"), name=topic["name"], identifier=topic["slug"])


def source_id(source: Json, here: str) -> str:
    return f"{here}#source-{source['number']}" if source["number"] else f"{here}#general-{source['key']}"


def citation_node(source: Json, here: str) -> Json:
    """Return a source under its number, with the passage that counts and how it stands now."""
    return node(
        "CreativeWork",
        **{"@id": source_id(source, here)},
        position=source["number"],
        name=source["title"],
        publisher=node("Organization", name=source["publisher"]),
        datePublished=str(source["year"] or ""),
        url=source["url"],
        sameAs=doi_address(source["doi"]),
        identifier=[source["key"], *([valued("DOI", source["doi"])] if source["doi"] else [])],
        creativeWorkStatus=source["source_state"] if source["source_state"] != "current" else "",
        hasPart=node("CreativeWork", name=source["locator"], text=source["supporting_quote"]),
    )


def resource_node(each: Json) -> Json:
    """Return a place to turn to, or a recording."""
    if each["kind"] in MEDIA_TYPES:
        accessible = [name for name, is_there in (("captions", each["captions"]), ("transcript", each["transcript"])) if is_there]
        return node(
            MEDIA_TYPES[each["kind"]],
            name=each["name"],
            url=each["url"],
            genre=each["kind"],
            duration="" if each["duration_s"] is None else f"PT{each['duration_s']}S",
            accessibilityFeature=accessible,
            transcript=each["transcript"],
        )
    return node(
        "Service",
        name=each["name"],
        url=each["url"],
        serviceType=each["kind"],
        description=each["description"],
        areaServed=each["region"],
        hoursAvailable=node("OpeningHoursSpecification", description=each["hours"]),
        availableChannel=node("ServiceChannel", servicePhone=node("ContactPoint", telephone=each["phone"])),
    )


def related_nodes(entry: Json, beside: Json) -> list[Json]:
    pairs = zip(entry["related"], beside["related_languages"], strict=True)
    return [page_node(url=page_url(other["slug"], language), name=other["question"], inLanguage=language) for other, language in pairs]


def action_node(call: Json | None) -> Json:
    return node("Action", name=call["label"], target=call["url"]) if call else {}


# Who stands behind it, and since when.


def dates(entry: Json) -> Json:
    return {
        "datePublished": entry["published_at"],
        "lastReviewed": entry["review"]["last_reviewed_on"],
        "expires": day_of(entry["ended_at"]) if entry["ended_at"] else entry["review"]["expires_on"],
    }


def day_of(moment: str) -> str:
    """Return the day of a moment, which is all that `expires` takes."""
    return local_date(datetime.fromisoformat(moment)).isoformat()


def provenance(entry: Json) -> Json:
    """Return where the words come from, who answers for them, and, in a live library, who reviewed them."""
    told = entry["provenance"]
    credit = [in_words(told["origin"], "origin"), told["byline"]]
    generator = told["generator"]
    if generator:
        made = {"name": generator["name"], "date": day(generator["generated_on"])}
        credit.append(gettext("Drafted with: %(name)s, %(date)s.") % made)
    is_url = told["licence"].startswith(("https://", "http://"))
    return {
        "digitalSourceType": SOURCE_TYPES.get(told["origin"], ""),
        "creditText": [text for text in credit if text],
        "dateCreated": generator["generated_on"] if generator else "",
        "isBasedOn": [node("CreativeWork", name=name) for name in generator["grounded_in"]] if generator else [],
        "license": told["licence"] if is_url else node("CreativeWork", name=told["licence"]),
        "copyrightNotice": told["attribution"],
        "publisher": organization(told.get("responsible")),
        "reviewedBy": reviewer(entry["review"]) if entry["library_status"] == "live" else {},
    }


def organization(responsible: Json | None) -> Json:
    """Return who answers for the words, reached by mail, on a page or by telephone."""
    if not responsible:
        return {}
    contact = responsible["contact"]
    means = "url" if contact.startswith(("https://", "http://")) else "email" if "@" in contact else "telephone"
    return node("Organization", name=responsible["name"], contactPoint=node("ContactPoint", contactType="editorial", **{means: contact}))


def reviewer(review: Json) -> Json:
    if review["attested_on"]:
        return node("Person", name=review["attested_by"])
    return node("Person", name=review["approved_by"]["name"], jobTitle=review["approved_by"]["role"])


def translations(entry: Json) -> Json:
    """Return the same entry in other languages: its translations, or the original and the other translations of that."""
    others = {other["slug"]: translation_node(other) for other in entry["translations"]}
    original = entry["translation_of"]
    if not original:
        return {"workTranslation": list(others.values())}
    made_of = {"@id": version_url(original["slug"], original["version"]), "identifier": original["slug"], "version": original["version"]}
    address = others.pop(original["slug"], {}).get("url", "")
    return {"translationOfWork": page_node(**made_of, url=address, workTranslation=list(others.values()))}


def translation_node(other: Json) -> Json:
    behind = gettext("(made from an earlier version)") if other["behind"] else ""
    address = page_url(other["slug"], other["language"])
    return page_node(url=address, inLanguage=other["language"], version=other["version"], description=behind)
