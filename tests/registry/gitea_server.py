# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real Gitea on loopback: chart repositories that accept pushes, and an OCI registry.

Charts are pushed to a repository through ChartMuseum's API. The registry authenticates with tokens.

``WINDLASS_GITEA`` names the program; without it the one in the cache of built programs is taken, or built, which needs a C compiler. Where
there is none, tests that need Gitea are skipped, except in ``make test``.

Each user and each organization has a repository at ``/api/packages/NAME/helm``, and its part of the registry at ``/v2/NAME/``. A test gets
its own organization from ``organization``; the packages of a public one can be read without credentials.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

from servers import PASSWORD, READ_PASSWORD, READER, builder, program
from web_server import free_port

#: user with the password ``PASSWORD``, who owns the organizations; ``READER`` belongs to none
OWNER = "harbour"
MODULE = "code.gitea.io/gitea"
CONFIG = """
RUN_MODE = prod
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
STATIC_ROOT_PATH = {static}
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
[security]
INSTALL_LOCK = true
SECRET_KEY = not-secret
PASSWORD_HASH_ALGO = pbkdf2$1000$50
[session]
PROVIDER = memory
[indexer]
ISSUE_INDEXER_TYPE = db
[cron]
ENABLED = false
[actions]
ENABLED = false
[log]
LEVEL = Warn
"""
_TOKEN = re.compile(r"Access token was successfully created\.\.\. ([0-9a-f]{40})")


def gitea() -> str:
    """The program. Raises ``FileNotFoundError`` where it cannot be had."""
    if not shutil.which("git"):
        raise FileNotFoundError("Gitea needs git, and there is none on PATH")
    try:
        return program("gitea")
    except builder().CompilerMissing as error:
        raise FileNotFoundError(str(error)) from None


class Gitea:
    """A running Gitea with two users.

    ``token``: of ``OWNER``, with every scope; Gitea accepts it as a password.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        self.port = free_port()
        self._program = gitea()
        static = builder().module_folder("gitea", MODULE)
        (folder / "app.ini").write_text(CONFIG.format(port=self.port, static=static))
        self._command("migrate")
        self._command("admin", "user", "create", *_account(READER, READ_PASSWORD))
        said = self._command("admin", "user", "create", *_account(OWNER, PASSWORD), "--access-token", "--access-token-scopes", "all")
        found = _TOKEN.search(said)
        assert found is not None, said
        self.token = found[1]
        self._log = folder / "output"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [self._program, *self._place, "web"], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=self._environment
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, owner: str) -> str:
        """The chart repository of a user or an organization."""
        return f"http://{self.host}/api/packages/{owner}/helm"

    def api(self, method: str, path: str, facts: object = None) -> bytes:
        """A request to Gitea's own API, as ``OWNER``. Raises ``urllib.error.HTTPError``."""
        headers = {"Authorization": basic(OWNER, PASSWORD), "Content-Type": "application/json"}
        data = None if facts is None else json.dumps(facts).encode()
        asked = urllib.request.Request(f"http://{self.host}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return bytes(answer.read())

    def organization(self, visibility: str = "public") -> str:
        """The name of a new organization of ``OWNER``."""
        name = f"team{next(self._numbers)}"
        self.api("POST", "/orgs", {"username": name, "visibility": visibility})
        return name

    def new_token(self, *scopes: str) -> str:
        """A new access token of ``OWNER``."""
        facts = {"name": f"token{next(self._numbers)}", "scopes": scopes}
        return str(json.loads(self.api("POST", f"/users/{OWNER}/tokens", facts))["sha1"])

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "GITEA_WORK_DIR": str(self.folder),
            **({} if os.geteuid() else {"GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT": "true"}),
        }

    @property
    def _place(self) -> list[str]:
        return ["--config", str(self.folder / "app.ini"), "--work-path", str(self.folder)]

    def _command(self, *words: str) -> str:
        done = subprocess.run(
            [self._program, *self._place, *words], env=self._environment, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode:
            raise RuntimeError(f"gitea {' '.join(words[:3])} failed: {(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def _wait(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.api("GET", "/version")
            except OSError:  # it does not listen yet
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"Gitea did not start: {self.log[-2000:]}")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def basic(user: str, password: str) -> str:
    """The header for basic authentication."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _account(name: str, password: str) -> list[str]:
    return ["--username", name, "--password", password, "--email", f"{name}@example.org", "--must-change-password=false"]
