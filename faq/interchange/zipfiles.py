"""A folder packed as .zip: unpacked where nobody else looks, after every name was checked, and bytes counted as they come."""

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

from faq.interchange.errors import Place, RowError, RowErrors
from faq.interchange.files import check_plain
from faq.interchange.records import FILES, FOLDERS, HISTORY_FILE, NOT_IN_FORMAT, is_left_behind

MOST_FILES: Final = 50_000
"""Files in one archive: one an entry and version, so three times the largest library that was tried."""
MOST_BYTES: Final = 500_000_000
"""Bytes of an archive's files unpacked: ten kilobytes for each of MOST_FILES."""
LONGEST_LIST: Final = 10_000_000
"""Bytes of an archive's list of files, which zipfile reads at once. MOST_FILES with the longest slugs need 8.2 million."""
LONGEST_NAME: Final = 255
"""Bytes of a name, which is what file systems take."""
MOST_SHOWN: Final = 50
"""Errors that are told of one archive; a bad one may have an error in each of its files."""
CHUNK: Final = 1 << 16
"""Bytes unpacked at once."""

ENCRYPTED: Final = 0x2041
"""The flags of members that are encrypted, strongly encrypted, or have their names hidden: bits 0, 6 and 13 (PKWARE's APPNOTE, 4.4.4)."""
ARCHIVE: Final = re.compile(r".*\.(?:zip|gz|tgz|tar|bz2|xz|zst|7z|rar|jar)", re.IGNORECASE)
UNREADABLE: Final = (BadZipFile, zlib.error, struct.error, EOFError, OSError, OverflowError, ValueError, NotImplementedError, RuntimeError)
"""What zipfile raises over files that are broken, cut off or forged: BadZipFile is far from the only one."""


class ArchiveFile(FileIO):
    """An archive that is read; zipfile's one long read, that of the list of files, may not fill the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Raises ListTooLong before anything is read: an archive may claim a list of any size."""
        if size is not None and size > LONGEST_LIST:
            raise ListTooLong
        return super().read(-1 if size is None else size) or b""


class ListTooLong(Exception):
    """An archive's list of files is longer than LONGEST_LIST."""


def is_packed(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def too_large_reason(files: int, size: int) -> str:
    """An empty string where a folder of so many files and bytes may be packed and unpacked."""
    if files > MOST_FILES:
        return f"has more than {MOST_FILES:,} files; split it, or use JSON Lines"
    return f"is more than {MOST_BYTES // 1_000_000} MB unpacked; split it, or use JSON Lines" if size > MOST_BYTES else ""


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Yield `path`, or, if it is a .zip, a folder with its files that only this account can read and that is gone afterwards.

    Raises RowErrors, before anything is unpacked, for names that lead elsewhere, links, encrypted and unknown members and the like, and
    while unpacking for broken archives and for more than MOST_BYTES, since what the list says of sizes may be untrue.
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
    place = Place(path.name)
    try:
        with ArchiveFile(path) as stream, ZipFile(stream) as archive:
            size = 0
            for name, member in checked_members(archive.infolist(), place).items():
                size += unpack_member(archive, member, root / name, MOST_BYTES - size)
                if size > MOST_BYTES:
                    raise RowErrors([place.error("file", too_large_reason(0, size))])
    except ListTooLong:
        raise RowErrors([place.error("file", too_large_reason(MOST_FILES + 1, 0))]) from None
    except UNREADABLE as error:
        raise RowErrors([place.error("file", f"cannot be unpacked ({error}); pack the folder again as an ordinary .zip")]) from error


def unpack_member(archive: ZipFile, member: ZipInfo, target: Path, most: int) -> int:
    """Return the size in bytes. Deflate may unpack to a thousand times as much, so once there are more than `most` no more is read."""
    target.parent.mkdir(exist_ok=True)
    size = 0
    # x: a second member of one name would fail here, had checked_members let it pass.
    with archive.open(member) as packed, target.open("xb") as file:
        while size <= most and (chunk := packed.read(CHUNK)):
            size += file.write(chunk)
    return size


def checked_members(members: list[ZipInfo], place: Place) -> dict[str, ZipInfo]:
    """Return {name in the folder: member} of the files to unpack; raise RowErrors for an archive of which any member is refused.

    What file managers add is passed over, and one folder around everything else is taken off.
    """
    reason = too_large_reason(len(members), sum(member.file_size for member in members))
    raise_if_any([place.error("file", reason)] if reason else [], place)
    raise_if_any([member_error(member, reason) for member in members if (reason := unsafe_reason(member))], place)
    kept = [member for member in members if not any(map(is_left_behind, member.filename.split("/")))]
    top = top_folder([member.filename for member in kept])
    inside = {member: member.filename.removeprefix(top) for member in kept if member.filename != top}
    counts = Counter(map(same_file_key, inside.values()))
    unknown = [member_error(member, reason) for member, name in inside.items() if (reason := unknown_file_reason(name))]
    doubled = [
        member_error(member, "stands twice in the archive; take one out")
        for member, name in inside.items()
        if counts[same_file_key(name)] > 1
    ]
    raise_if_any(unknown + doubled, place)
    files = {name: member for member, name in inside.items() if not member.is_dir()}
    raise_if_any([] if files else [place.error("file", f"has none of {', '.join((*FILES, *FOLDERS))} in it")], place)
    return files


def member_error(member: ZipInfo, reason: str) -> RowError:
    """Under the whole name that the member has in the archive, by which somebody can find it there."""
    return Place(member.orig_filename).error("file", reason)


def raise_if_any(errors: list[RowError], place: Place) -> None:
    more = len(errors) - MOST_SHOWN
    if errors:
        raise RowErrors(errors[:MOST_SHOWN] + ([place.error("file", f"has {more} more members that are refused")] if more > 0 else []))


def unsafe_reason(member: ZipInfo) -> str:
    """Return why a member may not be unpacked, whatever the format says of it; an empty string where it may."""
    kind = stat.S_IFMT(member.external_attr >> 16)  # the mode that Unix gives a file; 0 in archives from elsewhere
    # zipfile cuts `filename` off at a NUL; what the archive itself says is in `orig_filename`.
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
    """Whether `name` is a plain path downwards on any system, which a terminal can show and a file system can hold.

    Every part has more than dots and spaces, so neither an absolute path nor `..` is one; there are no backslashes, drives or streams.
    """
    parts = name.removesuffix("/").split("/")
    return (
        name.isprintable()
        and not {"\\", ":"} & set(name)
        and all(part.strip(" .") for part in parts)
        and len(name.encode()) <= LONGEST_NAME
    )


def top_folder(names: list[str]) -> str:
    """Return the folder, with its slash, in which all of `names` lie; an empty string where there is none, or it is one of FOLDERS."""
    tops = {name.split("/")[0] for name in names}
    is_around = len(tops) == 1 and all("/" in name for name in names) and not tops & set(FOLDERS)
    return f"{tops.pop()}/" if is_around else ""


def same_file_key(name: str) -> str:
    """What two names share that are one file on some system: Windows and macOS ignore case, and macOS how an accent is written."""
    return normalize("NFC", normalize("NFC", name).casefold()).removesuffix("/")


def unknown_file_reason(name: str) -> str:
    if name == HISTORY_FILE:
        return "a history comes in from a folder or as JSON Lines of its own; unpack the archive first"
    folder, _, file = name.rpartition("/")
    is_known = (folder in FOLDERS and "/" not in file) or (not folder and file in FILES)
    return "" if is_known else NOT_IN_FORMAT


def files_in(root: Path) -> list[Path]:
    """By name: rglob has no order of its own."""
    return sorted(path for path in root.rglob("*") if path.is_file())


def pack(files: list[Path], root: Path, target: Path) -> None:
    with ZipFile(target, "x", ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.relative_to(root).as_posix())
