"""A folder packed as .zip comes in as the folder would; a cunning or broken archive is refused before anything leaves its own folder."""

import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile, ZipInfo

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from faq.interchange import zipfiles
from faq.interchange.errors import RowErrors
from faq.interchange.writing import ExportRefused, write_entry, write_folder
from faq.interchange.zipfiles import unpacked, unsafe_reason
from faq.models import Answer, ImportRun, Question
from tests.factories import make_publication
from tests.interchange import Heard, counts, entry, make_importer, publish, run
from tests.test_interchange_resume import Dies

ENTRY = "---\nslug: what-is-it\nquestion: What is it?\nlanguage: en\naudience: patient\norigin: human\n---\nIt is what it is.\n"
OUTSIDE = "must be a path inside the folder, such as entries/slug.md"


def packed(path: Path, files: dict[str, str | bytes], change: Callable[[ZipInfo], Any] = lambda member: None) -> Path:
    """Write an archive of `files`; `change` may say other things of each member in the archive's list than are true."""
    path = path / "library.zip" if path.is_dir() else path
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = ZipInfo("x")
            member.filename = name
            archive.writestr(member, content, ZIP_DEFLATED)
        for member in archive.filelist:
            change(member)
    return path


def refused(path: Path) -> list[str]:
    """Return why an archive is refused; fail if it is not."""
    with pytest.raises(RowErrors) as raised, unpacked(path):
        pass
    return [str(error) for error in raised.value.errors]


def rows_in(folder: Path, *rows: dict[str, Any]) -> Path:
    """Write rows of entries as a folder."""
    (folder / "entries").mkdir(parents=True)
    for row in rows:
        write_entry(folder / "entries", row)
    return folder


def zipped(folder: Path, target: Path, top: str = "") -> Path:
    """Pack a folder as a file manager does, with its folders as members."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, top + file.relative_to(folder).as_posix())
    return target


@pytest.mark.django_db
@pytest.mark.parametrize("top", ["", "My library/"])
def test_a_packed_folder_comes_in_as_the_folder_does(tmp_path: Path, top: str) -> None:
    path = zipped(rows_in(tmp_path / "folder", entry("one"), entry("two")), tmp_path / "library.zip", top)
    assert publish(path) == counts(created=2)
    assert publish(tmp_path / "folder") == counts(unchanged=2)


@pytest.mark.django_db
def test_an_export_may_be_packed(tmp_path: Path) -> None:
    make_publication("one")
    assert write_folder(tmp_path / "library.zip", drafts=True) == 1
    assert ZipFile(tmp_path / "library.zip").namelist() == ["entries/one.md", "sources.yaml", "standing/en.yaml", "topics.yaml"]
    assert publish(tmp_path / "library.zip") == counts(unchanged=1)


@pytest.mark.django_db
def test_a_fault_names_the_file_inside(tmp_path: Path) -> None:
    heard = Heard()
    run(packed(tmp_path, {"top/entries/what-is-it.md": ENTRY.replace("origin: human", "origin: robot")}), heard=heard)
    assert [error.split(" must")[0] for error in heard.errors] == ["entries/what-is-it.md:6: origin:"]


@pytest.mark.django_db
def test_a_broken_off_import_goes_on_under_the_name_of_the_archive(tmp_path: Path) -> None:
    path = zipped(rows_in(tmp_path / "folder", *(entry(f"e-{number}") for number in range(5))), tmp_path / "library.zip")
    with pytest.raises(KeyboardInterrupt):
        run(path, heard=Dies(after=2))
    there = Question.objects.count()
    assert run(path) == counts(created=5 - there, unchanged=there)
    broken = ImportRun.objects.get()
    assert (broken.path, broken.finished_at is None) == (str(path.resolve()), False)


@pytest.mark.django_db
def test_what_file_managers_add_is_passed_over(tmp_path: Path) -> None:
    added: dict[str, str | bytes] = {
        "__MACOSX/library/._topics.yaml": b"\x00",
        "library/.DS_Store": b"\x00",
        "library/entries/Thumbs.db": b"\x00",
        "library/DESKTOP.INI": b"\x00",
    }
    assert run(packed(tmp_path, added | {"library/entries/what-is-it.md": ENTRY})) == counts(created=1)


@pytest.mark.django_db
def test_a_rehearsal_of_an_archive_leaves_nothing(tmp_path: Path) -> None:
    assert run(packed(tmp_path, {"entries/what-is-it.md": ENTRY}), is_rehearsal=True) == counts(created=1)
    assert not Answer.objects.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["library.zip"]


@pytest.mark.django_db
@pytest.mark.parametrize("change", [lambda member: None, lambda member: setattr(member, "CRC", 1)])
def test_the_private_folder_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = packed(tmp_path, {"entries/what-is-it.md": ENTRY}, change)
    with suppress(RowErrors), unpacked(path) as folder:
        assert stat.S_IMODE(folder.parent.stat().st_mode) == stat.S_IRWXU
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "name",
    [
        *("../escaped.md", "entries/../../escaped.md", "entries/..", "/etc/passwd", "//host/share/x.md", "C:/escaped.md", "C:escaped.md"),
        *(
            "entries\\..\\..\\escaped.md",
            "entries/x.md:stream",
            "entries/\x1b[2J.md",
            "entries/what\x00.md",
            "entries/a\nb.md",
            "./topics.yaml",
        ),
        *("entries//x.md", "entries/. /x.md", "entries/.. /x.md", "entries/\u202emd.x", f"entries/{'a' * 250}.md", ""),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    found = refused(packed(tmp_path, {"entries/what-is-it.md": ENTRY, name: ENTRY}))
    assert [error.endswith(f":1: file: {OUTSIDE}") for error in found] == [True]
    assert all(error.isprintable() for error in found)


PARTS = st.sampled_from(["..", ".", "", "entries", "standing", "topics.yaml", "x.md", "C:", "\\", "~", "a\x00", "/", " ", "__MACOSX", "İ"])
NAMES = st.lists(PARTS | st.text(max_size=5), min_size=1, max_size=5).map("/".join) | st.text(max_size=30)


@given(names=st.lists(NAMES.filter(lambda name: name.encode(errors="ignore").decode() == name), min_size=1, max_size=4, unique=True))
@examples(max_examples=200, deadline=None)
def test_no_name_leads_out_of_the_folder(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    place = tmp_path_factory.mktemp("here")
    path = packed(place, dict.fromkeys(names, ENTRY))
    (place / "deep" / "root").mkdir(parents=True)
    with suppress(RowErrors):
        zipfiles.unpack(path, place / "deep" / "root")
    made = [file.relative_to(place) for file in place.rglob("*") if file.is_file()]
    assert {file.parts[:2] for file in made} <= {("deep", "root"), ("library.zip",)}
    assert sorted(each.name for each in place.iterdir()) == ["deep", "library.zip"]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (stat.S_IFLNK, "is a symbolic link; put the file itself here"),
        (stat.S_IFIFO, "is no regular file"),
        (stat.S_IFCHR, "is no regular file"),
        (stat.S_IFDIR, "is no regular file"),
    ],
)
def test_links_and_devices_are_refused(tmp_path: Path, kind: int, reason: str) -> None:
    path = packed(tmp_path, {"entries/what-is-it.md": "../../../etc/passwd"}, lambda member: setattr(member, "external_attr", kind << 16))
    assert refused(path) == [f"entries/what-is-it.md:1: file: {reason}"]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("flag_bits", 0x1, "is encrypted; pack the folder again without a password"),
        ("flag_bits", 0x41, "is encrypted; pack the folder again without a password"),
        ("compress_type", ZIP_LZMA, "is packed in a way that is not read here; pack the folder again as an ordinary .zip"),
        ("compress_type", 99, "is packed in a way that is not read here; pack the folder again as an ordinary .zip"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(tmp_path: Path, column: str, value: int, reason: str) -> None:
    path = packed(tmp_path, {"entries/what-is-it.md": ENTRY}, lambda member: setattr(member, column, value))
    assert refused(path) == [f"entries/what-is-it.md:1: file: {reason}"]


@pytest.mark.parametrize(
    ("files", "place", "reason"),
    [
        (["entries/a.md", "entries/A.md"], "entries/a.md", "stands twice in the archive; take one out"),
        (["entries/a.md", "entries/a.md"], "entries/a.md", "stands twice in the archive; take one out"),
        (["entries/stra\u00dfe.md", "entries/STRASSE.md"], "entries/stra\u00dfe.md", "stands twice in the archive; take one out"),
        (["entries/a.md", "entries/more.zip"], "entries/more.zip", "is an archive inside the archive; unpack it first"),
        (["entries/a.md", "rows.jsonl.GZ"], "rows.jsonl.GZ", "is an archive inside the archive; unpack it first"),
        (["entries/a.md", "notes.txt"], "notes.txt", "is not part of the format; take it out"),
        (["one/entries/a.md", "two/entries/b.md"], "one/entries/a.md", "is not part of the format; take it out"),
        (["entries/deep/a.md"], "entries/deep/a.md", "is not part of the format; take it out"),
        (["entries/a.md", "standing"], "standing", "is not part of the format; take it out"),
        (["entries/a.md", "images/"], "images/", "is not part of the format; take it out"),
        (["entries/a.md", "history.jsonl"], "history.jsonl", "a history comes in from a folder or as JSON Lines of its own; unpack"),
        (
            ["__MACOSX/a", "library/"],
            "library.zip",
            "has none of topics.yaml, sources.yaml, history.yaml, history.jsonl, README.md, standing,",
        ),
        ([], "library.zip", "has none of topics.yaml"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_that_make_no_folder_are_refused(tmp_path: Path, files: list[str], place: str, reason: str) -> None:
    with ZipFile(tmp_path / "library.zip", "w") as archive:
        for name in files:
            archive.writestr(name, "" if name.endswith("/") else ENTRY)
    assert refused(tmp_path / "library.zip")[0].startswith(f"{place}:1: file: {reason}")


def cut(raw: bytes) -> bytes:
    """Cut an archive off within its list of files."""
    return raw[:-30]


def head_gone(raw: bytes) -> bytes:
    """Blank the beginning of an archive, so that its list points at nothing."""
    return b"\x00" * 30 + raw[30:]


def list_beyond(raw: bytes) -> bytes:
    """Let an archive's list begin beyond its end."""
    return raw[:-6] + struct.pack("<L", 1 << 31) + raw[-2:]


@pytest.mark.parametrize("spoil", [cut, head_gone, list_beyond, lambda raw: b"", lambda raw: b"PK\x03\x04", lambda raw: b"slug,question"])
def test_a_broken_archive_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    path = packed(tmp_path, {"entries/what-is-it.md": ENTRY})
    path.write_bytes(spoil(path.read_bytes()))
    [error] = refused(path)
    assert error.startswith("library.zip:1: file: cannot be unpacked (")
    assert error.endswith("); pack the folder again as an ordinary .zip")


@given(place=st.integers(0, 400), value=st.integers(0, 255))
@examples(max_examples=300, deadline=None)
def test_no_spoilt_byte_brings_an_archive_to_raise_anything_else(tmp_path_factory: pytest.TempPathFactory, place: int, value: int) -> None:
    path = packed(tmp_path_factory.mktemp("here"), {"entries/what-is-it.md": ENTRY, "topics.yaml": "[]\n"})
    raw = bytearray(path.read_bytes())
    raw[place % len(raw)] = value
    path.write_bytes(bytes(raw))
    with suppress(RowErrors), unpacked(path) as folder:
        assert (folder / "entries").is_dir() or (folder / "topics.yaml").is_file()


def test_more_files_than_the_limit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfiles, "MOST_FILES", 2)
    path = packed(tmp_path, {f"entries/e-{number}.md": ENTRY for number in range(3)})
    assert refused(path) == ["library.zip:1: file: has more than 2 files; split it, or use JSON Lines"]


def test_a_long_list_of_files_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfiles, "LONGEST_LIST", 100)
    path = packed(tmp_path, {f"entries/e-{number}.md": ENTRY for number in range(3)})
    assert refused(path) == ["library.zip:1: file: has more than 50,000 files; split it, or use JSON Lines"]


def test_more_bytes_than_the_limit_are_refused_before_any_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfiles, "unpack_member", lambda *arguments: 1 / 0)
    monkeypatch.setattr(zipfiles, "MOST_BYTES", 1_000_000)
    path = packed(tmp_path, {"entries/a.md": "0" * 600_000, "entries/b.md": "0" * 600_000})
    assert refused(path) == ["library.zip:1: file: is more than 1 MB unpacked; split it, or use JSON Lines"]


def test_bytes_are_counted_as_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path, {"entries/a.md": "0" * 10_000_000})
    monkeypatch.setattr(zipfiles, "MOST_BYTES", 1_000_000)
    monkeypatch.setattr(zipfiles, "checked_members", lambda members, place: {"a.md": members[0]})  # as if its list had said less
    with pytest.raises(RowErrors, match="is more than 1 MB unpacked"):
        zipfiles.unpack(path, tmp_path)
    assert (tmp_path / "a.md").stat().st_size <= 1_000_000 + zipfiles.CHUNK


def test_of_many_bad_members_some_are_told(tmp_path: Path) -> None:
    found = refused(packed(tmp_path, {f"../{number}": "x" for number in range(70)}))
    assert (len(found), found[-1]) == (51, "library.zip:1: file: has 20 more members that are refused")


def test_an_archive_may_be_called_in_capitals_and_a_folder_like_an_archive(tmp_path: Path) -> None:
    (tmp_path / "folder.zip").mkdir()
    with unpacked(packed(tmp_path / "LIBRARY.ZIP", {"topics.yaml": "[]"})) as folder:
        assert (folder / "topics.yaml").read_text() == "[]"
    with unpacked(tmp_path / "folder.zip") as folder:
        assert folder == tmp_path / "folder.zip"


def test_a_link_to_an_archive_is_not_followed(tmp_path: Path) -> None:
    packed(tmp_path, {"topics.yaml": "[]"})
    (tmp_path / "linked.zip").symlink_to(tmp_path / "library.zip")
    assert refused(tmp_path / "linked.zip") == ["linked.zip:1: file: is a symbolic link; put the file itself here"]


def test_a_member_under_two_names_is_judged_by_both() -> None:
    member = ZipInfo("entries/../../escaped.md")
    member.filename = "entries/a.md"
    assert unsafe_reason(member) == OUTSIDE


@pytest.mark.django_db
def test_an_export_too_large_to_come_in_again_is_not_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_publication("one")
    monkeypatch.setattr(zipfiles, "MOST_FILES", 2)
    with pytest.raises(ExportRefused, match="has more than 2 files; split it, or use JSON Lines"):
        write_folder(tmp_path / "library.zip", drafts=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_history_is_neither_packed_nor_taken_from_an_archive(tmp_path: Path) -> None:
    make_importer()
    with pytest.raises(CommandError, match=r"A history is not packed as a \.zip"):
        call_command("export_entries", str(tmp_path / "past.zip"), "--form", "folder", "--history")
    with pytest.raises(SystemExit):
        call_command("import_entries", str(packed(tmp_path, {"history.jsonl": "{}"})), "--as", "importer")
    assert not zipfile.is_zipfile(tmp_path / "past.zip")
