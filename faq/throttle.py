"""How much may be sent in from one address, and by all together. Counted in the database, since several workers serve.

What is counted is what was taken. An address is kept as a keyed hash and forgotten within a day.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Final, TypeVar

from django.db import transaction
from django.utils.crypto import salted_hmac

from faq.models import ReaderWrite

T = TypeVar("T")
WINDOW: Final = timedelta(hours=1)
FROM_ONE: Final = {"question": 10, "report": 10, "feedback": 30}
"""So many within WINDOW from one address: households, wards and libraries share one."""
FROM_ALL: Final = 20
"""So many times as many from all addresses: more is a flood that would bury what people ask."""
KEPT: Final = timedelta(days=1)


class TooMany(Exception):
    """Nothing more is taken for now; `wait` is the number of seconds until something will be."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"try again in {wait} s")
        self.wait = wait


def take(what: str, address: str, at: datetime, receive: Callable[[], T]) -> T:
    """Count one that is sent in now and keep it by `receive`, or neither; raise TooMany where the limit is reached."""
    with transaction.atomic():
        count(what, address, at)
        return receive()


def count(what: str, address: str, at: datetime) -> None:
    """Count one that is sent in now; raise TooMany where the limit is reached.

    The row first, then the count: of those that come at once each sees the others.
    """
    for key, most in ((key_of(what, network_of(address)), FROM_ONE[what]), (key_of(what, ""), FROM_ONE[what] * FROM_ALL)):
        ReaderWrite.objects.create(key=key, at=at)
        recent = ReaderWrite.objects.filter(key=key, at__gt=at - WINDOW).order_by("-at", "-pk")
        moments = list(recent.values_list("at", flat=True)[: most + 1])
        if len(moments) > most:
            raise TooMany(int((moments[most] + WINDOW - at).total_seconds()) + 1)


def network_of(address: str) -> str:
    """Return an address as it is counted: of IPv6 the network of 64 bits that one household has for itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def key_of(what: str, network: str) -> str:
    return salted_hmac("faq.throttle", f"{what}\n{network}", algorithm="sha256").hexdigest()
