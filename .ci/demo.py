"""`make run`: a demonstration library on this machine, from a fresh clone to a served page. Standard library only.

The port is taken first and held until the server takes it, so that a busy one is found before anything is installed or written, and
two calls at the same time cannot both go on. Settings that are this machine's own are kept in `.env`, which git ignores.
"""

import os
import secrets
import socket
import subprocess
import sys

from install import PYTHON, ROOT, RUN, install, turn

HOSTS = "localhost,127.0.0.1,[::1]"
RESPONSIBLE = {"RESPONSIBLE_NAME": "Demonstration library", "RESPONSIBLE_CONTACT": "nobody@demonstration.example"}
"""Who answers for the texts where the shell names nobody: it says what the library is, and the address is one that cannot be (RFC 2606)."""


def main() -> None:
    """Prepare the library and become its server; exit 1 with one sentence if the port or a step fails."""
    port = chosen_port()
    listener = take(port)
    install(RUN)
    environment = os.environ | settings(port)
    with turn():
        keep_secret()
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "load_demo")
    serve(listener, environment)


def chosen_port() -> int:
    """The port in PORT, 8000 without one."""
    value = os.environ.get("PORT", "8000")
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        sys.exit(f"PORT is {value!r}. Set it to a number from 1 to 65535.")
    return int(value)


def take(port: int) -> socket.socket:
    """A socket that listens on 127.0.0.1."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()
    except OSError as fault:
        sys.exit(f"Port {port} cannot be used ({fault.strerror}). Stop what runs there, or choose another: make run PORT={port + 1}")
    return listener


def settings(port: int) -> dict[str, str]:
    """What makes it a demonstration on this machine, whatever the shell says but for who answers."""
    named = RESPONSIBLE if not os.environ.get("RESPONSIBLE_NAME") else {}
    return named | {
        "DEBUG": "0",
        "LIBRARY_STATUS": "demonstration",
        "ALLOWED_HOSTS": HOSTS,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SHOW_LOGINS": "1",
    }


def keep_secret() -> None:
    """Write `.env` with a new secret key unless it is there: later `manage.py` commands then find the same settings."""
    kept = ROOT / ".env"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(f"SECRET_KEY={secrets.token_urlsafe(50)}\nALLOWED_HOSTS={HOSTS}\n")


def manage(environment: dict[str, str], *arguments: str) -> None:
    """Run a command of manage.py; exit as it did if it fails."""
    done = subprocess.run([str(PYTHON), "manage.py", *arguments], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        sys.exit(f"`manage.py {arguments[0]}` failed; see above.")


def serve(listener: socket.socket, environment: dict[str, str]) -> None:
    """Become the server, which prints READY and the logins, at the port taken before."""
    os.chdir(ROOT)
    port = str(listener.getsockname()[1])
    listener.close()
    os.execve(PYTHON, [str(PYTHON), "manage.py", "serve", "--port", port], environment)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
