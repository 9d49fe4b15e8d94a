"""DOIs: how people write them, and where they lead."""

import re
from typing import Final
from urllib.parse import quote, unquote

DOI: Final = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+")
ADDRESS: Final = re.compile(r"(?:https?://)?(?:www\.|dx\.)?doi\.org/+", re.IGNORECASE)
NAME: Final = re.compile(r"(?:info:|urn:)?doi(?:\s*[:/]\s*|\s+)", re.IGNORECASE)


def bare_doi(value: str) -> str:
    """Return `value` as 10.1000/182, however it was written: as an address, or with “doi:” before it; "" stays.

    Raises ValueError for what is no DOI, which would lead nowhere.
    """
    doi = value.strip()
    while prefix := ADDRESS.match(doi) or NAME.match(doi):
        doi = doi[prefix.end() :]
        if prefix.re is ADDRESS:  # what follows it is the path of an address, in which odd letters are quoted
            doi = unquote(re.split(r"[?#]", doi, maxsplit=1)[0])
    doi = doi.rstrip(".,;")  # as a list of references ends an entry
    if doi and not DOI.fullmatch(doi):
        raise ValueError("is no DOI: write it as 10.1000/182, or give the address as url")
    if value and not doi:
        raise ValueError("is no DOI: write it as 10.1000/182, or leave it empty")
    return doi


def doi_address(value: str) -> str:
    """Return where a DOI leads; "" for what is none, which words that were approved long ago may hold."""
    try:
        doi = bare_doi(value)
    except ValueError:
        return ""
    return f"https://doi.org/{quote(doi, safe='/:;(),@!$&*+=~')}" if doi else ""
