# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``tools/dropin_docker.py``: a registry, started with the commands of kubernetes.core's tests."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import bcrypt
import servers
from real_helm import Helm

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "dropin_docker.py"


class Docker:
    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self._environment = {
            "PATH": os.environ["PATH"],
            "DROPIN_CONTAINERS": str(folder),
            "DROPIN_REGISTRY": servers.program("registry"),
            "DROPIN_REGISTRY_SETTINGS": json.dumps(settings),
        }

    def __call__(self, *words: str) -> tuple[int, str]:
        command = [sys.executable, str(SCRIPT), *words]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout.strip()


def test_the_life_of_a_container(helm: Helm, tmp_path: Path) -> None:
    authority = servers.authority(tmp_path / "tls")
    tls = {"REGISTRY_HTTP_TLS_CERTIFICATE": str(authority.server), "REGISTRY_HTTP_TLS_KEY": str(authority.server_key)}
    docker = Docker(tmp_path / "containers", tls)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (tmp_path / "htpasswd").write_text(f"me:{bcrypt.hashpw(b'pass', bcrypt.gensalt(4)).decode()}\n")
    settings = ["-e", "REGISTRY_AUTH=htpasswd", "-e", "REGISTRY_AUTH_HTPASSWD_REALM=Registry Realm"]
    settings += ["-e", "REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd"]
    running = "{{ .State.Running }}"
    assert docker("info") == docker("ps") == (0, "")
    assert docker("container", "inspect", "one", "-f", running) == docker("stop", "one") == (1, "")
    words = ["-p", f"{port}:5000", "--restart=always", "--name", "one", "-v", f"{tmp_path}:/auth", *settings, "registry:2"]
    try:
        assert docker("run", "-d", *words) == (0, "one")
        assert docker("run", "-d", *words)[0] == 125
        assert docker("container", "inspect", "one", "-f", running) == (0, "true")
        login = ["registry", "login", f"localhost:{port}", "--username", "me", "--password-stdin", "--ca-file", authority.ca]
        assert helm.run(*login, stdin="wrong").returncode == 1
        helm.must(*login, stdin="pass")
    finally:
        assert docker("container", "stop", "one") == (0, "one")
    assert docker("container", "inspect", "one", "-f", running) == (0, "false")
    assert docker("container", "rm", "one") == (0, "one")
    assert docker("run", "-d", "--rm", *words) == docker("stop", "one") == (0, "one")
    assert docker("container", "inspect", "one", "-f", running) == (1, "")  # removed when it was stopped


def test_other_commands_are_not_accepted(tmp_path: Path) -> None:
    docker = Docker(tmp_path, {})
    assert docker("pull", "registry:2") == docker("stop") == (125, "")
    assert docker("run", "-d", "-p", "1:1", "--name", "a", "nginx")[0] == 2
