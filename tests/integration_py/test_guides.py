# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of the guides and of README.md do what the pages say, on a real API server.

For each page: its files are written into an empty folder as the page comes to them, and its ``ansible-playbook`` commands are run there. The charts of
``tests/guides/charts`` are in the folder ``charts``, in the repository that ``chart_repo_url`` and ``repo_url`` lead to, and in the registry that stands for
``registry.example.com``, whose CA is in ``ca.pem`` and whose account is in the environment. Output that a page shows must be what is printed; a command
succeeds, unless the page shows ``failed=1``. A new example needs no code.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "guides"), str(ROOT / "tests" / "registry"), str(ROOT / "tools")]
import demo
import pages
import servers

BIN = Path(sys.executable).parent
#: playbooks that belong to the page's reader and talk to servers of the reader
REPOSITORY_URL = re.compile(r"(?P<option>\b(?:chart_repo_url|repo_url): *)https?://\S+")
REGISTRY = "registry.example.com"


def runs(page: Path) -> bool:
    return any(command.line.startswith("ansible-playbook ") for block in pages.blocks(page) for command in pages.commands(block))


RUN = [page for page in pages.pages() if runs(page)]


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection as a user installs it: built and installed by ansible-galaxy."""
    folder = tmp_path_factory.mktemp("collections")
    galaxy = [str(BIN / "ansible-galaxy"), "collection"]
    subprocess.run([*galaxy, "build", "--output-path", str(folder), str(ROOT)], check=True, stdout=subprocess.DEVNULL)
    archive = next(folder.glob("*.tar.gz"))
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(folder)}  # a collection that another path holds would count as installed
    subprocess.run([*galaxy, "install", "--offline", str(archive), "-p", str(folder)], check=True, env=env, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, programs) -> str:
    """A chart repository with the charts of the guides; its URL."""
    folder = tmp_path_factory.mktemp("repository")
    for chart in sorted((ROOT / "tests" / "guides" / "charts").iterdir()):
        subprocess.run([programs["helm4"], "package", chart, "--destination", folder], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([programs["helm4"], "repo", "index", folder], check=True)
    server = demo.serve(folder)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, programs) -> Iterator[servers.Registry]:
    """A registry with TLS, an own CA and accounts, which holds the charts of the guides below ``charts/``."""
    folder = tmp_path_factory.mktemp("registry")
    running = servers.with_htpasswd(folder, servers.authority(folder / "tls"))
    try:
        account = ["--username", servers.USER, "--password", servers.PASSWORD, *running.flags]
        for chart in sorted((ROOT / "tests" / "guides" / "charts").iterdir()):
            subprocess.run([programs["helm4"], "package", chart, "--destination", folder], check=True, stdout=subprocess.DEVNULL)
        for archive in sorted(folder.glob("*.tgz")):
            subprocess.run([programs["helm4"], "push", archive, f"oci://{running.host}/charts", *account], check=True, capture_output=True)
        yield running
    finally:
        running.stop()


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page_print_what_it_shows(
    page: Path, plane, collections: Path, repository: str, registry: servers.Registry, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    shutil.copytree(ROOT / "tests" / "guides" / "charts", work / "charts")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "K8S_AUTH_", "HELM_"))}
    env |= {"HOME": str(tmp_path), "KUBECONFIG": str(plane.kubeconfig), "XDG_CACHE_HOME": str(tmp_path / "cache"), "ANSIBLE_NOCOLOR": "1"}
    env |= {"ANSIBLE_COLLECTIONS_PATH": str(collections), "PATH": f"{BIN}{os.pathsep}{env['PATH']}", "LC_ALL": "C.UTF-8"}
    env |= {"REGISTRY_USER": servers.USER, "REGISTRY_PASSWORD": servers.PASSWORD}
    shutil.copy(registry.authority.ca, work / "ca.pem")
    ran = 0
    for block in pages.blocks(page):
        if block.file:
            file = work / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(REPOSITORY_URL.sub(rf"\g<option>{repository}", block.text).replace(REGISTRY, registry.host))
        for command in pages.commands(block) if block.language == "console" else ():
            if not command.line.startswith("ansible-playbook "):
                continue
            done = subprocess.run(
                shlex.split(command.line), cwd=work, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
            )
            printed = done.stdout + done.stderr
            fails = any(re.search(r"failed=[1-9]", line) for line in command.output)
            assert (done.returncode != 0) == fails, f"{command.line}\n{printed}"
            assert pages.missing(command, printed) == [], f"{command.line}\n{printed}"
            ran += 1
    assert ran
