# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every kind of source, with every kind of credentials, in every operation, on real servers.

``CREDENTIALS`` and ``SOURCES`` are the table: a new server, kind of credentials or source is one entry, and all tests of this file run
with it.

The charts that are read were packaged, signed, indexed and pushed by helm 3 and helm 4, and their signatures are verified. The charts that
are pushed are packaged and signed here, and both helms find, fetch and verify them.

``chart_template`` stands for ``chart_release``, as these tests have no cluster. Both take their chart with the same options through
``chart_of``; the integration target ``chart_registry`` installs releases from a registry.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import servers
import yaml
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.pgp_packets import read_keyring
from calls import call, good
from gitea_server import OWNER, Gitea
from real_helm import Helm
from token_server import TokenServer
from web_server import WebServer

UNIT = Path(__file__).resolve().parents[1] / "unit" / "plugins" / "module_utils" / "_adapters"
sys.path.insert(0, str(UNIT / "charts"))
from fake_museum import FakeMuseum

VERSIONS = ("1.0.0", "1.1.0+b")

#: server -> how its credentials are given. "task": options of the task. The others: see ``stored``.
CREDENTIALS = {
    "local": ["none"],
    "nginx": ["none"],
    "nginx with a password": ["task", "repositories.yaml"],
    "nginx with TLS": ["task", "repositories.yaml"],
    "nginx with TLS and a password": ["task", "repositories.yaml"],
    "nginx with client certificates": ["task", "repositories.yaml"],
    "nginx with client certificates and a password": ["task", "repositories.yaml"],
    "museum": ["none"],
    "museum with a password": ["task", "repositories.yaml"],
    "registry": ["none"],
    "registry with TLS": ["task"],
    "registry with client certificates": ["task"],
    "registry with htpasswd": ["task", "helm's file", "docker's file", "helper"],
    "registry with TLS and htpasswd": ["task", "helm's file", "docker's file", "helper"],
    "registry with tokens": ["task", "helm's file", "docker's file", "helper", "identity token", "bearer token"],
    "registry of Gitea": ["task", "helm's file", "docker's file", "helper"],
}
#: kind of server -> name of a source -> the options that select version 1.0.0 there
SOURCES: dict[str, dict[str, Callable[[Server], dict[str, str]]]] = {
    "local": {
        "folder": lambda server: {"chart_ref": f"{server.url}/charts/pier"},
        "archive": lambda server: {"chart_ref": f"{server.url}/packages/pier-1.0.0.tgz"},
    },
    "index": {
        "URL": lambda server: {"chart_ref": f"{server.url}/{server.below}pier-1.0.0.tgz"},
        "repository/name": lambda _server: {"chart_ref": "added/pier", "chart_version": "1.0.0"},
        "repository URL and name": lambda server: {"chart_ref": "pier", "chart_repo_url": server.url, "chart_version": "~1.0"},
    },
    "registry": {
        "tag": lambda server: {"chart_ref": f"{server.url}/pier:1.0.0"},
        "range": lambda server: {"chart_ref": f"{server.url}/pier", "chart_version": "~1.0"},
        "digest": lambda server: {"chart_ref": f"{server.url}/pier@{server.digest}"},
        "registry and name": lambda server: {"chart_ref": "pier", "chart_repo_url": server.url, "chart_version": "1.0.0"},
    },
}


def kind_of(server: str) -> str:
    word = server.partition(" ")[0]
    return {"nginx": "index", "museum": "index"}.get(word, word)


#: (server, source, credentials)
READS = [(server, source, given) for server, kinds in CREDENTIALS.items() for source in SOURCES[kind_of(server)] for given in kinds]
#: (server, credentials) of the servers that charts are pushed to
PUSHES = [(server, given) for server, kinds in CREDENTIALS.items() if not server.startswith("nginx") for given in kinds]
LOGIN = ("password", "htpasswd", "tokens", "Gitea")
#: (server, credentials) of the servers that require a login
LOGINS = [(server, given) for server, kinds in CREDENTIALS.items() if server.endswith(LOGIN) for given in ("none", *kinds)]


@dataclass(frozen=True)
class Server:
    """A running server with both versions of the chart.

    ``url``: of its charts; archives of an index are ``below`` it. ``wants``: ``ca``, ``client``, ``user``. ``digest``: of the manifest of
    1.0.0. ``new``: an empty place, for a name that is used once. ``user``: who logs in, with ``servers.PASSWORD``.
    """

    url: str
    wants: tuple[str, ...] = ()
    authority: servers.Authority | None = None
    below: str = ""
    digest: str = ""
    tokens: TokenServer | None = None
    new: Callable[[str], str] = field(default=lambda _name: "")
    user: str = servers.USER

    @property
    def host(self) -> str:
        return self.url.partition("://")[2].partition("/")[0]

    @property
    def tls(self) -> dict[str, str]:
        """Option -> file."""
        made = self.authority
        files = {"chart_repo_ca_cert": str(made.ca)} if made and "ca" in self.wants else {}
        return files | ({"chart_repo_client_cert": str(made.client), "chart_repo_client_key": str(made.client_key)} if made and "client" in self.wants else {})

    @property
    def flags(self) -> list[str]:
        """What helm needs to get there."""
        names = {"chart_repo_ca_cert": "--ca-file", "chart_repo_client_cert": "--cert-file", "chart_repo_client_key": "--key-file"}
        words = [word for option, file in self.tls.items() for word in (names[option], file)]
        words += ["--username", self.user, "--password", servers.PASSWORD] if "user" in self.wants else []
        return words + (["--plain-http"] if self.plain_http else [])

    @property
    def plain_http(self) -> bool:
        return self.url.startswith("oci://") and self.authority is None


# --- the servers, with charts of the real helm


@dataclass(frozen=True)
class Packages:
    """Signed archives of both versions: 1.0.0 of helm 3, 1.1.0+b of helm 4."""

    folder: Path
    helms: dict[str, Helm]
    public: str
    secret: str

    def archive(self, version: str = VERSIONS[0]) -> Path:
        return self.folder / "packages" / f"pier-{version}.tgz"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder = tmp_path_factory.mktemp("packages")
    keys = json.loads((UNIT / "openpgp" / "recorded.json").read_text())["ed"]
    rings = {}
    for part in ("public", "secret"):
        rings[part] = folder / f"{part}.gpg"
        rings[part].write_bytes(b"".join(read_keyring(keys[part].encode())))
    helms = {}
    for name in ("helm3", "helm4"):
        (folder / name).mkdir()
        helms[name] = Helm(servers.program(name), folder / name)
    made = Packages(folder, helms, str(rings["public"]), str(rings["secret"]))
    chart = folder / "charts" / "pier"
    (chart / "templates").mkdir(parents=True)
    (chart / "templates" / "x.yaml").write_text("kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\ndata: {version: {{ .Chart.Version | quote }}}\n")
    for version, helm in zip(reversed(VERSIONS), ("helm4", "helm3"), strict=True):  # the folder holds 1.0.0 in the end
        (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: pier\nversion: {version}\n")
        helms[helm].must("package", chart, "-d", folder / "packages", "--sign", "--key", "ed", "--keyring", made.secret)
    return made


@pytest.fixture(scope="module")
def museums() -> Iterator[Callable[[tuple[str, str] | None], FakeMuseum]]:
    made: list[FakeMuseum] = []

    def start(account: tuple[str, str] | None) -> FakeMuseum:
        made.append(FakeMuseum(account=account))
        return made[-1]

    yield start
    for museum in made:
        museum.stop()


@pytest.fixture(scope="module")
def running(
    request: pytest.FixtureRequest, packages: Packages, museums: Callable[[tuple[str, str] | None], FakeMuseum]
) -> Callable[[str], Server]:
    """The server of a name of the table. It is filled when it is first used."""
    found: dict[str, Server] = {}

    def get(name: str) -> Server:
        if name not in found:
            start = {"local": local, "nginx": indexed, "museum": museum, "registry": registry}[name.partition(" ")[0]]
            found[name] = start(name)
        return found[name]

    def local(_name: str) -> Server:
        return Server(str(packages.folder), new=lambda name: str(packages.folder / "pushed" / name))

    def indexed(name: str) -> Server:
        web: WebServer = request.getfixturevalue("web_server")
        if not any(named.startswith("nginx") for named in found):
            for old in web.charts.iterdir():
                old.unlink()
            for file in (packages.folder / "packages").iterdir():
                (web.charts / file.name).write_bytes(file.read_bytes())
            packages.helms["helm4"].must("repo", "index", web.charts)
        path = "private" if "password" in name else "charts"
        port = "mutual" if "client" in name else "https" if "TLS" in name else "http"
        parts = {"ca": port != "http", "client": port == "mutual", "user": path == "private"}
        return Server(web.url(path, port), tuple(part for part, wanted in parts.items() if wanted), web.authority if port != "http" else None)

    def museum(name: str) -> Server:
        """A small server with ChartMuseum's API. The real one cannot be built from a Go module."""
        account = (servers.USER, servers.PASSWORD) if "password" in name else None
        made = museums(account)
        for version in VERSIONS:
            made.charts["pier", version] = packages.archive(version).read_bytes()
            made.proofs["pier", version] = Path(f"{packages.archive(version)}.prov").read_bytes()
        return Server(made.url, ("user",) if account else (), below="charts/", new=lambda _name: museums(account).url)

    def of_gitea() -> Server:
        """A private organization, since everyone can read the charts of a public one."""
        made: Gitea = request.getfixturevalue("gitea")
        place = f"oci://{made.host}/{made.organization('private')}"
        return Server(f"{place}/read", ("user",), new=lambda name: f"{place}/{name}", user=OWNER)

    def of_distribution(name: str) -> Server:
        fixtures = {"TLS": "tls", "client certificates": "mtls", "htpasswd": "htpasswd", "TLS and htpasswd": "secure", "tokens": "token"}
        made: servers.Registry = request.getfixturevalue(f"{fixtures.get(name.partition(' with ')[2], 'plain')}_registry")
        parts = {"ca": made.authority is not None, "client": "client" in name, "user": name.endswith(LOGIN)}
        wants = tuple(part for part, wanted in parts.items() if wanted)
        return Server(f"oci://{made.host}/read", wants, made.authority, tokens=made.token_server, new=lambda name: f"oci://{made.host}/{name}")

    def registry(name: str) -> Server:
        server = of_gitea() if name.endswith("Gitea") else of_distribution(name)
        said = ""
        for version, helm in zip(reversed(VERSIONS), ("helm4", "helm3"), strict=True):
            said = packages.helms[helm].must("push", packages.archive(version), server.url, *server.flags)
        return Server(**{**vars(server), "digest": said.partition("Digest: ")[2].split()[0]})

    return get


# --- credentials


def stored(given: str, server: Server, home: Path, path: str, right: bool = True) -> tuple[dict[str, Any], dict[str, str]]:
    """Stores the credentials where they belong. Returns the options and the environment of the task.

    :param path: the repository in the registry, for which a bearer token is made.
    :param right: whether they are the right ones.
    """
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    user, password = server.user, servers.PASSWORD if right else "wrong-canary"
    secret = base64.b64encode(f"{user}:{password}".encode()).decode()
    entry: dict[str, str] = {"name": "added", "url": server.url}
    options: dict[str, Any] = {"plain_http": True} if server.plain_http else {}
    login: dict[str, str] = {}
    if given == "repositories.yaml":
        names = {"chart_repo_ca_cert": "caFile", "chart_repo_client_cert": "certFile", "chart_repo_client_key": "keyFile"}
        entry |= {names[option]: file for option, file in server.tls.items()}
        entry |= {"username": user, "password": password} if "user" in server.wants else {}
    else:
        options |= server.tls
    if given == "task" and "user" in server.wants:
        options |= {"chart_repo_username": user, "chart_repo_password": password}
    elif given in ("helm's file", "docker's file"):
        login = {"auth": secret}
    elif given == "identity token" and server.tokens is not None:
        server.tokens.refresh_tokens["identity-canary"] = user
        login = {"identitytoken": "identity-canary" if right else "wrong-canary"}
    elif given == "bearer token" and server.tokens is not None:
        login = {"registrytoken": server.tokens.token(user, [f"repository:{path}:pull,push"]) if right else "wrong-canary"}
    document: dict[str, Any] = {"auths": {server.host: login}} if login else {}
    if given == "helper":
        document = {"credHelpers": {server.host: "test"}}
        program = home / "bin" / "docker-credential-test"
        program.parent.mkdir()
        answer = json.dumps({"ServerURL": server.host, "Username": user, "Secret": password})
        (home / "answer").write_text(answer)
        program.write_text(f"#!/bin/sh\nread host || true\n[ \"$1 $host\" = 'get {server.host}' ] && exec cat {home}/answer\nexit 1\n")
        program.chmod(0o700)
        environ["PATH"] = f"{program.parent}:{environ['PATH']}"
    files = {home / ".config" / "helm" / "repositories.yaml": yaml.safe_dump({"apiVersion": "", "repositories": [entry]}, allow_unicode=True)}
    if document:
        place = ".config/helm/registry" if given == "helm's file" else ".docker"
        files[home / place / "config.json"] = json.dumps(document)
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return options, environ


# --- operations


def task(module: str, environ: dict[str, str], check_mode: bool = False, **params: Any) -> Result:
    """The result of a module, which shows no password."""
    result = call(module, environ, check_mode, **params)
    shown = json.dumps(result, ensure_ascii=False)
    assert servers.PASSWORD not in shown and "canary" not in shown
    return result


def chart_pull(environ: dict[str, str], folder: Path, packages: Packages, **options: Any) -> None:
    """Writes the archive and the provenance file of helm, once."""
    more = {"verify_chart": True, "keyring": packages.public, "destination": str(folder)}
    for changed in (True, False):
        result = good(task("chart_pull", environ, **options, **more))
        assert result["changed"] is changed
    archive = Path(result["path"])  # a chart that is selected by digest has another name, as helm gives it
    assert archive.name == "pier-1.0.0.tgz" or "@sha256" in options["chart_ref"]
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert written == {f"{archive.name}{ending}": Path(f"{packages.archive()}{ending}").read_bytes() for ending in ("", ".prov")}


def chart_info(environ: dict[str, str], _folder: Path, _packages: Packages, **options: Any) -> None:
    result = good(task("chart_info", environ, **options))
    assert (result["chart"]["name"], result["chart"]["version"]) == ("pier", "1.0.0")


def chart_template(environ: dict[str, str], _folder: Path, _packages: Packages, **options: Any) -> None:
    result = good(task("chart_template", environ, **options))
    assert 'data: {version: "1.0.0"}' in result["stdout"]


OPERATIONS = {operation.__name__: operation for operation in (chart_pull, chart_info, chart_template)}
#: ``chart_pull`` fetches a chart, and one that is a local file needs none
CALLS = [(*read, operation) for read in READS for operation in OPERATIONS if (read[0], operation) != ("local", "chart_pull")]


@pytest.mark.parametrize(("server", "source", "given", "operation"), CALLS)
def test_read(
    server: str, source: str, given: str, operation: str, running: Callable[[str], Server], packages: Packages, tmp_path: Path
) -> None:
    found, folder = running(server), tmp_path / "pulled"
    folder.mkdir()
    options, environ = stored(given, found, tmp_path, "read/pier")
    options |= SOURCES[kind_of(server)][source](found)
    if operation != "chart_pull" and source != "folder":
        options |= {"verify": "always", "keyring": packages.public}
    OPERATIONS[operation](environ, folder, packages, **options)


@pytest.mark.parametrize(("server", "given"), LOGINS)
def test_refused(server: str, given: str, running: Callable[[str], Server], packages: Packages, tmp_path: Path) -> None:
    """Without credentials, and with wrong ones: one sentence, and nothing is written."""
    found = running(server)
    options, environ = stored(given, found, tmp_path, "read/pier", right=False)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    for source, reference in SOURCES[kind_of(server)].items():
        (tmp_path / "pulled").mkdir(exist_ok=True)
        result = task("chart_pull", environ, destination=str(tmp_path / "pulled"), **options, **reference(found))
        assert result["failed"] and result["error"]["fields"]["status"] == 401, (source, result)
        assert "\n" not in result["msg"] and "credentials" in result["msg"]
    if found.new("x"):
        pushed = task("chart_push", environ, chart_ref=str(packages.archive()), destination=found.new("refused"), **options)
        assert pushed["failed"] and "credentials" in pushed["msg"], pushed
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.fixture(scope="module")
def own(packages: Packages) -> Path:
    """An archive that was packaged and signed by this collection."""
    environ = {"HOME": str(packages.folder), "PATH": os.environ["PATH"]}
    options = {"destination": str(packages.folder / "own"), "sign": True, "keyring": packages.secret}
    return Path(good(task("chart_package", environ, chart_ref=str(packages.folder / "charts" / "pier"), **options))["path"])


@pytest.mark.parametrize(("server", "given"), PUSHES)
def test_pushed(
    server: str, given: str, running: Callable[[str], Server], packages: Packages, own: Path, project: str, tmp_path: Path
) -> None:
    """Helm 3 and 4 list, fetch and verify what was pushed, and so does this collection."""
    found = running(server)
    place = found.new(project)
    here = Server(**{**vars(found), "url": place})
    options, environ = stored(given, here, tmp_path, f"{project}/pier")
    params = {"chart_ref": str(own), "destination": place, **options}
    for check_mode, status in ((True, "pushed"), (False, "pushed"), (False, "present"), (True, "present")):
        result = good(task("chart_push", environ, check_mode, **params))
        assert (result["status"], result["changed"], result["provenance"]) == (status, status == "pushed", True)
    if server == "local":
        assert {path.name: path.read_bytes() for path in Path(place).iterdir()} == {path.name: path.read_bytes() for path in own.parent.iterdir()}
        return
    for name, helm in packages.helms.items():
        folder = tmp_path / name
        folder.mkdir()
        words = ["--version", ">=1.0.0-0", "--verify", "--keyring", packages.public, "-d", folder, *found.flags]
        reference = [f"{place}/pier"] if place.startswith("oci://") else ["pier", "--repo", place]
        helm.must("pull", *reference, *words)
        for path in (own, Path(f"{own}.prov")):
            assert (folder / path.name).read_bytes() == path.read_bytes()
    reference = {"chart_ref": f"{place}/pier:1.0.0"} if place.startswith("oci://") else {"chart_ref": "pier", "chart_repo_url": place}
    read = good(task("chart_info", environ, **reference, **options, verify="always", keyring=packages.public))
    assert read["archive_digest"] == result["digest"]


def test_a_release_takes_a_chart_with_the_same_options() -> None:
    options = {**specs.chart_source(), **specs.verification()}
    for module in (specs.chart_release, specs.chart_template, specs.chart_info):
        spec = module()["argument_spec"]
        assert {name: {**spec[name], "required": None} for name in options} == {name: {**rule, "required": None} for name, rule in options.items()}
