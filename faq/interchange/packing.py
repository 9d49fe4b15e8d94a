"""A folder packed as .zip: unpacked where nobody else looks, after every name was judged, and bytes counted as they come."""

import re
import stat
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from unicodedata import normalize
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from faq.interchange.faults import Fault, Faulty, Place
from faq.interchange.files import check_plain
from faq.interchange.records import FILES, FOLDERS, HISTORY_FILE, STRANGER

MOST_FILES: Final = 50_000
"""Files in one archive: one an entry and version, so three times the largest library that was tried."""
MOST_BYTES: Final = 500_000_000
"""Bytes of an archive's files unpacked: ten kilobytes for each of MOST_FILES."""
LONGEST_LIST: Final = 10_000_000
"""Bytes of an archive's list of files, which zipfile reads at once. MOST_FILES with the longest slugs need 8.2 million."""
LONGEST_NAME: Final = 255
"""Bytes of a name, which is what file systems take."""
SHOWN: Final = 50
"""Faults that are told of one archive; a bad one may have a fault in each of its files."""
CHUNK: Final = 1 << 16

ENCRYPTED: Final = 0x2041
"""The flags of members that are encrypted, strongly encrypted, or have their names hidden."""
ARCHIVE: Final = re.compile(r".*\.(?:zip|gz|tgz|tar|bz2|xz|zst|7z|rar|jar)", re.IGNORECASE)
UNREADABLE: Final = (BadZipFile, zlib.error, struct.error, EOFError, OSError, OverflowError, ValueError, NotImplementedError, RuntimeError)
"""What zipfile raises over files that are broken, cut or cunning."""


class Stream(FileIO):
    """An archive that is read; zipfile's one long read, that of the list of files, may not fill the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to `size` bytes; raise TooMuch for more than LONGEST_LIST."""
        if size is not None and size > LONGEST_LIST:
            raise TooMuch
        return super().read(-1 if size is None else size) or b""


class TooMuch(Exception):
    """The list of files is longer than LONGEST_LIST."""


def is_packed(path: Path) -> bool:
    """Return whether `path` is called as a packed folder is."""
    return path.suffix.lower() == ".zip"


def too_much(files: int, size: int) -> str:
    """Return why a folder of so many files and bytes is neither packed nor unpacked; an empty string where it is."""
    if files > MOST_FILES:
        return f"has more than {MOST_FILES:,} files; split it, or use JSON Lines"
    return f"is more than {MOST_BYTES // 1_000_000} MB unpacked; split it, or use JSON Lines" if size > MOST_BYTES else ""


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Yield `path`, or, if it is a .zip, a folder with its files that only this account can read and that is gone afterwards.

    Raises Faulty, before anything is unpacked, for names that lead elsewhere, links, encrypted and unknown members and the like, and
    while unpacking for broken archives and for more than MOST_BYTES.
    """
    if not is_packed(path) or path.is_dir():
        yield path
        return
    check_plain(path, Place(path.name))
    with TemporaryDirectory(prefix="import-") as private:
        root = Path(private) / path.name  # so that a message about the folder names the archive
        root.mkdir()
        unpack(path, root)
        yield root


def unpack(path: Path, root: Path) -> None:
    """Write the files of the archive `path` into the empty folder `root`; raise Faulty for an archive that is refused."""
    place = Place(path.name)
    try:
        with Stream(path) as stream, ZipFile(stream) as archive:
            size = 0
            for name, member in judged(archive.infolist(), place).items():
                size += write(archive, member, root / name, MOST_BYTES - size)
                if size > MOST_BYTES:
                    raise Faulty([place.fault("file", too_much(0, size))])
    except TooMuch:
        raise Faulty([place.fault("file", too_much(MOST_FILES + 1, 0))]) from None
    except UNREADABLE as error:
        raise Faulty([place.fault("file", f"cannot be unpacked ({error}); pack the folder again as an ordinary .zip")]) from error


def write(archive: ZipFile, member: ZipInfo, target: Path, most: int) -> int:
    """Unpack one member into a new file; return its bytes. More than `most` are counted as they come, and then no more is read."""
    target.parent.mkdir(exist_ok=True)
    size = 0
    with archive.open(member) as packed, target.open("xb") as made:
        while size <= most and (chunk := packed.read(CHUNK)):
            size += made.write(chunk)
    return size


def judged(members: list[ZipInfo], place: Place) -> dict[str, ZipInfo]:
    """Return the files to unpack by their names in the folder; raise Faulty for an archive of which any member is refused.

    What file managers add is passed over, and one folder around everything else is taken off.
    """
    reason = too_much(len(members), sum(member.file_size for member in members))
    refuse([place.fault("file", reason)] if reason else [], place)
    refuse([fault_in(member, reason) for member in members if (reason := danger(member))], place)
    kept = [member for member in members if not is_passed_over(member.filename)]
    top = top_folder([member.filename for member in kept])
    inside = {member: member.filename.removeprefix(top) for member in kept if member.filename != top}
    counts = Counter(map(folded, inside.values()))
    strange = [fault_in(member, reason) for member, name in inside.items() if (reason := strangeness(name))]
    doubled = [fault_in(member, "stands twice in the archive; take one out") for member, name in inside.items() if counts[folded(name)] > 1]
    refuse(strange + doubled, place)
    files = {name: member for member, name in inside.items() if not member.is_dir()}
    refuse([] if files else [place.fault("file", f"has none of {', '.join((*FILES, *FOLDERS))} in it")], place)
    return files


def fault_in(member: ZipInfo, reason: str) -> Fault:
    """Return the fault `reason` about a member, under the whole name that it has in the archive."""
    return Place(member.orig_filename).fault("file", reason)


def refuse(faults: list[Fault], place: Place) -> None:
    """Raise Faulty with the first SHOWN of `faults`, and how many more there are, if there are any."""
    more = len(faults) - SHOWN
    if faults:
        raise Faulty(faults[:SHOWN] + ([place.fault("file", f"has {more} more members that are refused")] if more > 0 else []))


def danger(member: ZipInfo) -> str:
    """Return why a member may not be unpacked, whatever the format says of it; an empty string where it may."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if not (is_inside(member.orig_filename) and is_inside(member.filename)):
        return "must be a path inside the folder, such as entries/slug.md"
    if stat.S_ISLNK(kind):
        return "is a symbolic link; put the file itself here"
    if kind not in (0, stat.S_IFDIR if member.is_dir() else stat.S_IFREG):
        return "is no regular file"
    if member.flag_bits & ENCRYPTED:
        return "is encrypted; pack the folder again without a password"
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "is packed in a way that is not read here; pack the folder again as an ordinary .zip"
    return "is an archive inside the archive; unpack it first" if ARCHIVE.fullmatch(member.filename) else ""


def is_inside(name: str) -> bool:
    """Return whether `name` is a plain path downwards on any system, which a terminal can show and a file system can hold.

    Every part has more than dots and spaces, so neither an absolute path nor `..` is one; there are no backslashes, drives or streams.
    """
    parts = name.removesuffix("/").split("/")
    return (
        name.isprintable()
        and not {"\\", ":"} & set(name)
        and all(part.strip(" .") for part in parts)
        and len(name.encode()) <= LONGEST_NAME
    )


def is_passed_over(name: str) -> bool:
    """Return whether a member is hidden, as in a folder, or what macOS adds."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def top_folder(names: list[str]) -> str:
    """Return the one folder, with its slash, in which all of `names` lie, if the format does not know it; else an empty string."""
    first = {name.split("/")[0] for name in names}
    is_around = len(first) == 1 and all("/" in name for name in names) and not first & set(FOLDERS)
    return f"{first.pop()}/" if is_around else ""


def folded(name: str) -> str:
    """Return what two names share that are the same file on some system."""
    return normalize("NFC", normalize("NFC", name).casefold()).removesuffix("/")


def strangeness(name: str) -> str:
    """Return why the format has no such file or folder; an empty string where it has."""
    if name == HISTORY_FILE:
        return "a history comes in from a folder or as JSON Lines of its own; unpack the archive first"
    folder, _, file = name.rpartition("/")
    is_known = (folder in FOLDERS and "/" not in file) or (not folder and file in FILES)
    return "" if is_known else STRANGER


def files_in(root: Path) -> list[Path]:
    """Return the files below `root`, in the order of their names."""
    return sorted(path for path in root.rglob("*") if path.is_file())


def pack(files: list[Path], root: Path, target: Path) -> None:
    """Write `files`, under their names below `root`, into the new archive `target`."""
    with ZipFile(target, "x", ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.relative_to(root).as_posix())
