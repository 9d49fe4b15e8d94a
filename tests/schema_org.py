"""What of schema.org the library uses: types with their parents, properties with where they stand and what they take.

Taken from release 30.0 (https://github.com/schemaorg/schemaorg, data/releases/30.0: schemaorg-current-https-properties.csv and
schemaorgcontext.jsonld) and, for types and the members of enumerations, from their pages at https://schema.org/. Of the lists of types
there, those are left out that we never use.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

URL: Final = "https://schema.org/"
TYPES: Final = {
    "Action": "Thing",
    "AdministrativeArea": "Place",
    "Answer": "CreativeWork",
    "AudioObject": "CreativeWork",
    "ContactPoint": "Thing",
    "CreativeWork": "Thing",
    "DefinedTerm": "Thing",
    "HealthTopicContent": "WebContent",
    "MedicalAudience": "Thing",
    "MedicalCondition": "Thing",
    "MedicalSignOrSymptom": "MedicalCondition",
    "MedicalTest": "Thing",
    "MedicalTherapy": "Thing",
    "MedicalWebPage": "WebPage",
    "OpeningHoursSpecification": "Thing",
    "Organization": "Thing",
    "Person": "Thing",
    "Place": "Thing",
    "PropertyValue": "Thing",
    "Question": "CreativeWork",
    "Quotation": "CreativeWork",
    "Service": "Thing",
    "ServiceChannel": "Thing",
    "Statement": "CreativeWork",
    "Thing": "",
    "VideoObject": "CreativeWork",
    "WebContent": "CreativeWork",
    "WebPage": "CreativeWork",
    "WebPageElement": "CreativeWork",
    "WebSite": "CreativeWork",
}
"""{type: its parent}; steps between them that no property of ours asks for are left out."""
PROPERTIES: Final = {
    "about": ("CreativeWork", "Thing"),
    "abstract": ("CreativeWork", "Text"),
    "acceptedAnswer": ("Question", "Answer"),
    "accessibilityFeature": ("CreativeWork", "Text"),
    "alternateName": ("Thing", "Text"),
    "answerCount": ("Question", "Integer"),
    "areaServed": ("Service ContactPoint Organization", "AdministrativeArea Place Text"),
    "audienceType": ("MedicalAudience", "Text"),
    "availableChannel": ("Service", "ServiceChannel"),
    "citation": ("CreativeWork", "CreativeWork Text"),
    "contactPoint": ("Organization Person", "ContactPoint"),
    "contactType": ("ContactPoint", "Text"),
    "copyrightNotice": ("CreativeWork", "Text"),
    "creativeWorkStatus": ("CreativeWork", "DefinedTerm Text"),
    "creator": ("CreativeWork", "Organization Person"),
    "creditText": ("CreativeWork", "Text"),
    "dateCreated": ("CreativeWork", "Date DateTime"),
    "datePublished": ("CreativeWork", "Date DateTime"),
    "description": ("Thing", "Text"),
    "digitalSourceType": ("CreativeWork", "IPTCDigitalSourceEnumeration"),
    "duration": ("AudioObject VideoObject", "Duration"),
    "email": ("ContactPoint Organization Person", "Text"),
    "encodingFormat": ("CreativeWork", "Text URL"),
    "expires": ("CreativeWork", "Date"),
    "genre": ("CreativeWork", "Text URL"),
    "geographicArea": ("MedicalAudience", "AdministrativeArea"),
    "hasHealthAspect": ("HealthTopicContent", "HealthAspectEnumeration"),
    "hasPart": ("CreativeWork", "CreativeWork"),
    "healthCondition": ("MedicalAudience", "MedicalCondition"),
    "hoursAvailable": ("ContactPoint Service", "OpeningHoursSpecification"),
    "identifier": ("Thing", "PropertyValue Text URL"),
    "inLanguage": ("CreativeWork", "Text"),
    "isBasedOn": ("CreativeWork", "CreativeWork URL"),
    "isPartOf": ("CreativeWork", "CreativeWork URL"),
    "jobTitle": ("Person", "DefinedTerm Text"),
    "keywords": ("CreativeWork Organization Place", "DefinedTerm Text URL"),
    "lastReviewed": ("WebPage", "Date"),
    "license": ("CreativeWork", "CreativeWork URL"),
    "mainEntity": ("CreativeWork", "Thing"),
    "medicalAudience": ("MedicalWebPage", "MedicalAudience"),
    "mentions": ("CreativeWork", "Thing"),
    "name": ("Thing", "Text"),
    "position": ("CreativeWork", "Integer Text"),
    "potentialAction": ("Thing", "Action"),
    "propertyID": ("PropertyValue", "Text URL"),
    "publisher": ("CreativeWork", "Organization Person"),
    "reviewedBy": ("WebPage", "Organization Person"),
    "sameAs": ("Thing", "URL"),
    "servicePhone": ("ServiceChannel", "ContactPoint"),
    "serviceType": ("Service", "Text"),
    "significantLink": ("WebPage", "URL"),
    "target": ("Action", "URL"),
    "telephone": ("ContactPoint Organization Person Place", "Text"),
    "temporalCoverage": ("CreativeWork", "DateTime Text URL"),
    "text": ("CreativeWork", "Text"),
    "transcript": ("AudioObject VideoObject", "Text"),
    "translationOfWork": ("CreativeWork", "CreativeWork"),
    "url": ("Thing", "URL"),
    "usageInfo": ("CreativeWork", "CreativeWork URL"),
    "value": ("PropertyValue", "Number Text"),
    "version": ("CreativeWork", "Number Text"),
    "workTranslation": ("CreativeWork", "CreativeWork"),
}
"""{property: (types on which it stands, types that it takes)}."""
DAY: Final = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
DIGITAL_SOURCES: Final = ("CompositeWithTrainedAlgorithmicMedia", "TrainedAlgorithmicMedia")
LITERALS: Final[dict[str, Callable[[Any], bool]]] = {
    "Date": lambda value: isinstance(value, str) and re.fullmatch(DAY, value) is not None,
    "DateTime": lambda value: isinstance(value, str) and re.fullmatch(rf"{DAY}T[0-9:.]+Z", value) is not None,
    "Duration": lambda value: isinstance(value, str) and re.fullmatch(r"PT[0-9]+S", value) is not None,
    "HealthAspectEnumeration": lambda value: value == f"{URL}SeeDoctorHealthAspect",
    "IPTCDigitalSourceEnumeration": lambda value: value in {f"{URL}{name}DigitalSource" for name in DIGITAL_SOURCES},
    "Integer": lambda value: type(value) is int,
    "Number": lambda value: type(value) is int,
    "Text": lambda value: isinstance(value, str) and bool(value),
    "URL": lambda value: isinstance(value, str) and re.match(r"https?://[^/\s]+(/|$)", value) is not None,
}


def context() -> dict[str, Any]:
    """Return the JSON-LD context for these types and properties; like theirs it says which values are addresses and which are dates."""
    terms: dict[str, Any] = {name: f"http://schema.org/{name}" for name in TYPES}
    for name, (_, takes) in PROPERTIES.items():
        types = takes.split()
        kind = next((each for each in ("Date", "DateTime") if each in types), "@id" if "URL" in types else "")
        is_typed = kind and "Text" not in types
        terms[name] = {"@id": f"http://schema.org/{name}"} | ({"@type": terms.get(kind, kind)} if is_typed else {})
    return {"@context": {"Date": "http://schema.org/Date", "DateTime": "http://schema.org/DateTime"} | terms}


def faults(document: dict[str, Any]) -> list[str]:
    """Return what in a document is not as the tables say."""
    types = {node["@id"]: node["@type"] for node in nodes(document) if "@id" in node and "@type" in node}
    return [fault for node in nodes(document) for fault in faults_of(node, types)]


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every node of a document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def faults_of(node: dict[str, Any], types: dict[str, str]) -> Iterator[str]:
    kind = node.get("@type") or types.get(node["@id"], "nothing that is there")
    for name, value in node.items():
        if name.startswith("@"):
            continue
        stands_on, takes = PROPERTIES[name]
        if not lineage(kind) & set(stands_on.split()):
            yield f"{kind} has no {name}"
        for each in value if isinstance(value, list) else [value]:
            if not is_taken(each, takes.split(), types):
                yield f"{kind}.{name} does not take {each!r}"


def is_taken(value: Any, takes: list[str], types: dict[str, str]) -> bool:
    if isinstance(value, dict):
        return bool(lineage(value.get("@type") or types.get(value["@id"], "")) & set(takes))
    return any(LITERALS[each](value) for each in takes if each in LITERALS)


def lineage(kind: str) -> set[str]:
    """Return a type with those above it."""
    return {kind} | (lineage(TYPES[kind]) if TYPES.get(kind) else set())
