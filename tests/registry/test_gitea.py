# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real Gitea as a chart repository with ChartMuseum's API, and as an OCI registry with tokens.

The real helm 3 and 4 read what this collection pushes, and the other way round.
"""

from __future__ import annotations

import hashlib
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import servers
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import source_of
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.calls import form_with_file
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_repository import chart_repository
from ansible_collections.windlass.charts.plugins.module_utils._ansible.faces.chart_repository_info import chart_repository_info
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Result, Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import EngineError, OperatorError
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.manifests import MANIFEST
from gitea_server import OWNER, Gitea, basic
from real_helm import Helm
from recorder import Answer, Recorder, Request
from servers import PASSWORD, READ_PASSWORD, READER
from test_chart_copy import copy
from test_chart_pull import pull, tree
from test_chart_push import manifest, push
from test_chart_registry_auth import run as registry_auth

Package = Callable[..., Path]
ACCOUNT = {"repo_username": OWNER, "repo_password": PASSWORD}
USER = ["--username", OWNER, "--password", PASSWORD]
VERSIONS = ("1.0.0", "1.1.0+b.2", "2.0.0-rc.1")
KINDS = pytest.mark.parametrize("kind", ["repository", "registry"])
HELMS = pytest.mark.parametrize("version", ["helm", "helm3"])


def place(gitea: Gitea, kind: str, owner: str) -> str:
    """The URL that charts are pushed to."""
    return gitea.url(owner) if kind == "repository" else f"oci://{gitea.host}/{owner}"


def theirs(url: str, name: str, version: str = "") -> list[str]:
    """How helm names a chart."""
    words = [f"{url}/{name}", "--plain-http"] if url.startswith("oci:") else [name, "--repo", url]
    return [*words, *(["--version", version] if version else []), *USER]


def ours(url: str, name: str, version: str = "") -> dict[str, Any]:
    named = {"chart_ref": f"{url}/{name}", "plain_http": True} if url.startswith("oci:") else {"chart_ref": name, "repo_url": url}
    return {**named, "chart_version": version or None, **ACCOUNT}


def ask(method: str, url: str, data: bytes | None = None, kind: str = "application/octet-stream") -> bytes:
    """A request of ``OWNER``. Raises ``urllib.error.HTTPError``."""
    headers = {"Authorization": basic(OWNER, PASSWORD), "Content-Type": kind, "Accept": MANIFEST}
    asked = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return bytes(answer.read())


def module(spec: str, face: Callable[[Task], Result], home: Path, **params: Any) -> Result:
    checked = ArgumentSpecValidator(getattr(specs, spec)()["argument_spec"]).validate(params)
    assert checked.error_messages == []
    return face(Task(params=checked.validated_parameters, environ={"HOME": str(home), "PATH": "/usr/bin:/bin"}))


def stored_manifest(gitea: Gitea, owner: str, name: str, tag: str) -> tuple[dict[str, Any], str]:
    data = ask("GET", f"http://{gitea.host}/v2/{owner}/{name}/manifests/{tag}")
    return json.loads(data), f"sha256:{hashlib.sha256(data).hexdigest()}"


@KINDS
@HELMS
def test_what_is_pushed(kind: str, version: str, request: pytest.FixtureRequest, gitea: Gitea, packaged: Package, tmp_path: Path) -> None:
    """Helm pulls it, and ``chart_pull`` writes the files that helm writes."""
    helm, url = request.getfixturevalue(version), place(gitea, kind, gitea.organization("private"))
    for number in VERSIONS:
        params = {"chart_ref": str(packaged(version=number)), "destination": url, **ACCOUNT}
        assert push(tmp_path, True, **params)["status"] == "pushed"
        assert [push(tmp_path, **params)["status"] for _turn in range(2)] == ["pushed", "present"]
    for wanted, found in (*((one, one) for one in VERSIONS), ("", "1.1.0+b.2"), ("~1.0", "1.0.0"), (">1.2-0", "2.0.0-rc.1")):
        folders = [tmp_path / f"{end} {wanted.strip('>~')}" for end in ("theirs", "ours")]
        for folder in folders:
            folder.mkdir()
        helm.must("pull", *theirs(url, "pier", wanted), "-d", folders[0])
        result = pull(tmp_path, **ours(url, "pier", wanted), destination=str(folders[1]))
        assert result["changed"] is True
        assert tree(folders[0]) == tree(folders[1])
        assert list(tree(folders[1]).values()) == [(tmp_path / "packages" / f"pier-{found}.tgz").read_bytes()]


@HELMS
def test_what_helm_pushes(version: str, request: pytest.FixtureRequest, gitea: Gitea, packaged: Package, tmp_path: Path) -> None:
    helm, owner = request.getfixturevalue(version), gitea.organization("private")
    url, other = place(gitea, "registry", owner), gitea.organization()
    archive = packaged(version="1.0.0+b", more="description: A pier\nkeywords: [sea]\n")
    helm.must("push", archive, url, "--plain-http", *USER)
    for check_mode in (True, False):
        found = push(tmp_path, check_mode, chart_ref=str(archive), destination=url, **ACCOUNT)
        assert (found["changed"], found["status"]) == (False, "present")
    pull(tmp_path, **ours(url, "pier", "1.0.0+b"), destination=str(tmp_path))
    assert (tmp_path / "pier-1.0.0+b.tgz").read_bytes() == archive.read_bytes()
    result = push(tmp_path, chart_ref=str(archive), destination=place(gitea, "registry", other), **ACCOUNT)
    stored, digest = stored_manifest(gitea, other, "pier", "1.0.0_b")
    assert result["manifest_digest"] == digest
    assert stored.pop("mediaType") == MANIFEST  # which helm leaves out
    assert stored == stored_manifest(gitea, owner, "pier", "1.0.0_b")[0]


@pytest.mark.parametrize("how", ["body", "form"])
def test_what_curl_uploads(how: str, gitea: Gitea, packaged: Package, tmp_path: Path) -> None:
    """Helm itself does not push to a chart repository: Gitea's documentation uses curl."""
    url, archive = gitea.url(gitea.organization("private")), packaged(version="1.0.0+b")
    kind, data = form_with_file("chart", archive.name, archive.read_bytes()) if how == "form" else ("application/gzip", archive.read_bytes())
    ask("POST", f"{url}/api/charts", data, kind)
    assert push(tmp_path, chart_ref=str(archive), destination=url, **ACCOUNT)["status"] == "present"
    pull(tmp_path, **ours(url, "pier"), destination=str(tmp_path))
    assert (tmp_path / archive.name).read_bytes() == archive.read_bytes()


@KINDS
def test_another_archive(kind: str, gitea: Gitea, helm: Helm, packaged: Package, tmp_path: Path) -> None:
    url = place(gitea, kind, gitea.organization())
    push(tmp_path, chart_ref=str(packaged(more="description: one\n")), destination=url, **ACCOUNT)
    params = {"chart_ref": str(packaged(more="description: two\n")), "destination": url, **ACCOUNT}
    with pytest.raises(OperatorError, match="exists with other content"):
        push(tmp_path, **params)
    assert push(tmp_path, **params, on_exists="skip")["changed"] is False
    assert "description: one" in helm.must("show", "chart", *theirs(url, "pier"))
    assert push(tmp_path, **params, on_exists="replace")["status"] == "replaced"
    assert "description: two" in helm.must("show", "chart", *theirs(url, "pier"))
    assert push(tmp_path, **params)["status"] == "present"
    if kind == "repository":
        assert b"description: one" in ask("GET", f"{url}/index.yaml")  # of the first upload, as the guide says


@KINDS
def test_removed(kind: str, gitea: Gitea, packaged: Package, tmp_path: Path) -> None:
    """A tag is removed. The API for charts removes nothing, and what another API removed is absent."""
    owner = gitea.organization()
    url = place(gitea, kind, owner)
    for version in ("1.0.0", "1.1.0"):
        push(tmp_path, chart_ref=str(packaged(version=version)), destination=url, **ACCOUNT)
    named = {"chart_name": "pier", "chart_version": "1.1.0", "destination": url, "state": "absent", **ACCOUNT}
    assert push(tmp_path, True, **named)["changed"] is True
    if kind == "registry":
        assert push(tmp_path, **named)["status"] == "removed"
    else:
        with pytest.raises(OperatorError, match=r"does not allow to delete pier 1\.1\.0 \(404.*\); delete it with the tools of the server\."):
            push(tmp_path, **named)
        gitea.api("DELETE", f"/packages/{owner}/helm/pier/1.1.0")
    assert push(tmp_path, **named)["status"] == "absent"
    pull(tmp_path, **ours(url, "pier"), destination=str(tmp_path))
    assert (tmp_path / "pier-1.0.0.tgz").exists()


@KINDS
def test_provenance(kind: str, gitea: Gitea, packaged: Package, tmp_path: Path) -> None:
    url, archive = place(gitea, kind, gitea.organization()), packaged()
    proof = archive.with_name(f"{archive.name}.prov")
    proof.write_text(f"files: sha256:{hashlib.sha256(archive.read_bytes()).hexdigest()}\n")
    params = {"chart_ref": str(archive), "destination": url, **ACCOUNT}
    if kind == "registry":
        assert push(tmp_path, **params)["provenance"] is True
        pull(tmp_path, **ours(url, "pier"), destination=str(tmp_path), provenance=True)
        assert (tmp_path / proof.name).read_bytes() == proof.read_bytes()
        return
    with pytest.raises(OperatorError, match=r"has no API for provenance files \(404.*\); nothing was pushed\. Set provenance to false"):
        push(tmp_path, **params)
    assert b"pier" not in ask("GET", f"{url}/index.yaml")
    assert push(tmp_path, **params, provenance=False)["status"] == "pushed"


def test_a_form_with_two_files(gitea: Gitea, packaged: Package) -> None:
    """Gitea takes a random file for the chart, so ``chart_push`` sends no form with two files."""
    url, archive = gitea.url(gitea.organization()), packaged()
    kind, chart = form_with_file("chart", archive.name, archive.read_bytes())
    boundary = kind.rpartition("=")[2].encode()
    proof = b'--' + boundary + b'\r\nContent-Disposition: form-data; name="prov"; filename="x.prov"\r\n\r\nno archive\r\n'
    seen = set()
    for _turn in range(60):
        try:
            ask("POST", f"{url}/api/charts", proof + chart, kind)
            seen.add(201)
        except urllib.error.HTTPError as error:
            seen.add(error.code)
    assert seen == {201, 500}


@HELMS
def test_an_added_repository(version: str, request: pytest.FixtureRequest, gitea: Gitea, packaged: Package, tmp_path: Path) -> None:
    """Helm and this collection use what the other has added, and find the same charts."""
    helm, url = request.getfixturevalue(version), gitea.url(gitea.organization("private"))
    for number in VERSIONS:
        push(tmp_path, chart_ref=str(packaged(version=number, more="description: A pier\nappVersion: '7'\n")), destination=url, **ACCOUNT)
    added = {"repo_name": "sea", "repo_url": url, **ACCOUNT}
    assert [module("chart_repository", chart_repository, helm.home, **added)["changed"] for _turn in range(2)] == [True, False]
    found = json.loads(helm.must("search", "repo", "pier", "--versions", "--devel", "--output", "json"))
    listed = module("chart_repository_info", chart_repository_info, helm.home, search="pier", all_versions=True, devel=True)["charts"]
    assert len(found) == len(VERSIONS)
    assert [{key: one[key] for key in found[0]} for one in listed] == found
    helm.must("pull", "sea/pier", "-d", tmp_path)
    helm.must("repo", "remove", "sea")
    helm.must("repo", "add", "sea", url, *USER)
    assert module("chart_repository", chart_repository, helm.home, **added)["changed"] is False
    assert pull(helm.home, chart_ref="sea/pier", destination=str(tmp_path))["changed"] is False
    assert (tmp_path / "pier-1.1.0+b.2.tgz").exists()


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("repository", "registry"),
        ("registry", "repository"),
        ("repository", "repository"),
        ("registry", "registry"),
        ("other", "repository"),
        ("other", "registry"),
        ("repository", "other"),
        ("registry", "other"),
    ],
)
def test_copied(
    source: str, target: str, gitea: Gitea, plain_registry: servers.Registry, project: str, helm: Helm, helm3: Helm, packaged: Package, tmp_path: Path
) -> None:
    """Between two organizations, and from and to another registry."""
    other = f"oci://{plain_registry.host}/{project}"
    start, end = (other if kind == "other" else place(gitea, kind, gitea.organization("private")) for kind in (source, target))
    for number in VERSIONS:
        push(tmp_path, chart_ref=str(packaged(version=number)), destination=start, **({} if source == "other" else ACCOUNT))
    params: dict[str, Any] = {"source": start, "charts": ["pier"], "destination": end}
    params |= {} if source == "other" else ACCOUNT
    params |= {} if target == "other" else {"destination_username": OWNER, "destination_password": PASSWORD}
    result = copy(tmp_path, **params)
    assert sorted(one["version"] for one in result["copied"]) == sorted(VERSIONS), result
    again = copy(tmp_path, **params)
    assert (again["changed"], len(again["present"])) == (False, len(VERSIONS))
    for number, program in zip(VERSIONS, (helm, helm3, helm), strict=True):
        program.must("pull", *theirs(end, "pier", number), "-d", tmp_path)
        name = f"pier-{number}.tgz"
        assert (tmp_path / name).read_bytes() == (tmp_path / "packages" / name).read_bytes()


def test_a_copied_manifest_keeps_its_digest(
    gitea: Gitea, plain_registry: servers.Registry, project: str, helm: Helm, packaged: Package, tmp_path: Path
) -> None:
    helm.must("push", packaged(), f"oci://{plain_registry.host}/{project}", "--plain-http")
    owner = gitea.organization()
    params = {"destination_username": OWNER, "destination_password": PASSWORD, "destination": place(gitea, "registry", owner)}
    copy(tmp_path, source=f"oci://{plain_registry.host}/{project}", charts=["pier"], **params)
    assert stored_manifest(gitea, owner, "pier", "1.0.0")[1] == manifest(plain_registry.host, f"{project}/pier", "1.0.0")[1]


@pytest.mark.parametrize("allowed", ["", "2.0.0-RC.1", ">1-0"])
@pytest.mark.parametrize("target", ["repository", "registry", "other"])
def test_a_version_with_capitals(
    target: str, allowed: str, gitea: Gitea, plain_registry: servers.Registry, project: str, helm: Helm, packaged: Package, tmp_path: Path
) -> None:
    """The registry lists it in lower case; it is copied under the version of the chart."""
    start, url = place(gitea, "registry", gitea.organization("private")), place(gitea, target, gitea.organization())
    params: dict[str, Any] = {"source": start, "charts": ["pier"], "destination": url, "chart_version": allowed, **ACCOUNT}
    params |= {"destination_username": OWNER, "destination_password": PASSWORD}
    if target == "other":
        url = f"oci://{plain_registry.host}/{project}"
        params |= {"destination": url, "destination_username": None, "destination_password": None}
    archive = packaged(version="2.0.0-RC.1")
    push(tmp_path, chart_ref=str(archive), destination=start, **ACCOUNT)
    assert [one["version"] for one in copy(tmp_path, **params)["copied"]] == ["2.0.0-RC.1"]
    assert [one["version"] for one in copy(tmp_path, **params)["present"]] == ["2.0.0-RC.1"]
    pulled = tmp_path / "pulled"
    pulled.mkdir()
    helm.must("pull", *theirs(url, "pier", "2.0.0-RC.1"), "-d", pulled)
    # Gitea's index names the files in lower case
    assert [(file.name.lower(), file.read_bytes()) for file in pulled.glob("*.tgz")] == [(archive.name.lower(), archive.read_bytes())]


def test_tags_in_pages(gitea: Gitea, recorded: Callable[[Gitea], Recorder], packaged: Package, tmp_path: Path) -> None:
    """Gitea announces a next page after each one that has tags. Names of tags are in lower case."""
    owner, recorder = gitea.organization(), recorded(gitea)
    for number in ("1.0.0", "1.1.0-RC.1"):
        push(tmp_path, chart_ref=str(packaged(version=number)), destination=f"oci://{recorder.host}/{owner}", **ACCOUNT)
    recorder.taken()
    access = Access(username=OWNER, password=PASSWORD, plain_http=True)
    source = source_of(ChartReference(f"oci://{recorder.host}/{owner}/pier", access=access), {"HOME": str(tmp_path)})
    assert list(source.versions()) == ["1.1.0-rc.1", "1.0.0"]
    assert [asked.path.partition("?")[2] for asked in recorder.taken() if "/tags/list" in asked.path][-1] == "last=1.1.0-rc.1"
    assert source.fetch("1.1.0-RC.1").chart.metadata.version == "1.1.0-RC.1"
    assert source.fetch(">1.0-0").chart.metadata.version == "1.1.0-RC.1"


@KINDS
def test_lost_answers(kind: str, gitea: Gitea, recorded: Callable[[Gitea], Recorder], packaged: Package, tmp_path: Path) -> None:
    """The answer to each kind of write is lost once: what is stored is whole."""
    owner, recorder, archive = gitea.organization(), recorded(gitea), packaged()
    lost: set[str] = set()

    def disturb(asked: Request) -> Answer | None:
        write = f"{asked.method} {asked.path.rsplit('/', 2)[1]}"
        if asked.method in ("GET", "HEAD") or write in lost:
            return None
        lost.add(write)
        return Answer(cut=0, headers={"Content-Length": "5"})

    recorder.disturb = disturb
    url = place(gitea, kind, owner).replace(gitea.host, recorder.host)
    assert push(tmp_path, chart_ref=str(archive), destination=url, **ACCOUNT)["status"] == "pushed"
    assert len(lost) == (1 if kind == "repository" else 3), lost
    assert push(tmp_path, chart_ref=str(archive), destination=place(gitea, kind, owner), **ACCOUNT)["status"] == "present"


def test_a_repository_with_another_name_of_its_server(
    gitea: Gitea, recorded: Callable[[Gitea], Recorder], packaged: Package, tmp_path: Path
) -> None:
    """The URLs of the index have the server's own name, and get no credentials."""
    owner = gitea.organization("private")
    url = gitea.url(owner.upper()).replace(gitea.host, recorded(gitea).host)
    params = {"chart_ref": str(packaged()), "destination": url, **ACCOUNT}
    assert [push(tmp_path, **params)["status"] for _turn in range(2)] == ["pushed", "present"]


@pytest.mark.parametrize("kind", ["password", "token"])
@HELMS
def test_logins(kind: str, version: str, request: pytest.FixtureRequest, gitea: Gitea, packaged: Package, tmp_path: Path) -> None:
    """Helm uses a login of ``chart_registry_auth``, which knows a login of helm."""
    helm, owner = request.getfixturevalue(version), gitea.organization("private")
    secret = PASSWORD if kind == "password" else gitea.token
    params = {"host": gitea.host, "username": OWNER, "password": secret, "plain_http": True}
    assert [registry_auth(helm.home, **params)["changed"] for _turn in range(2)] == [True, False]
    helm.must("push", packaged(), f"oci://{gitea.host}/{owner}", "--plain-http")
    file = helm.home / ".config" / "helm" / "registry" / "config.json"
    written = file.read_bytes()
    helm.must("registry", "logout", gitea.host)
    helm.must("registry", "login", gitea.host, "--username", OWNER, "--password-stdin", "--plain-http", stdin=secret)
    assert file.read_bytes() == written
    assert registry_auth(helm.home, **params)["changed"] is False
    assert pull(helm.home, chart_ref=f"oci://{gitea.host}/{owner}/pier", destination=str(tmp_path), plain_http=True)["changed"] is True


def test_a_stale_login_does_not_hide_public_charts(gitea: Gitea, packaged: Package, tmp_path: Path) -> None:
    url = place(gitea, "registry", gitea.organization())
    push(tmp_path, chart_ref=str(packaged()), destination=url, **ACCOUNT)
    file = tmp_path / ".config" / "helm" / "registry" / "config.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"auths": {gitea.host: {"auth": basic(OWNER, "stale").partition(" ")[2]}}}))
    assert pull(tmp_path, chart_ref=f"{url}/pier", destination=str(tmp_path), plain_http=True)["changed"] is True


WRONG = (OWNER, "canary-55d1")
ANONYMOUS = ("", "")
STRANGER = (READER, READ_PASSWORD)
INDEX = r"index\.yaml returned 401 Unauthorized: "
ABSENT, REFUSED = "it requires credentials; set user name and password.", "check the credentials from the task, which it does not accept."
UNREADABLE = r"cannot be read without credentials \(401.*\); set {0}repo_username and {0}repo_password\."
NOT_ACCEPTED = r"did not accept the credentials from .*username \(401.*\); check user name and password\."
#: kind, visibility of the organization, user, action -> the sentence
REFUSALS = [
    ("repository", "private", ANONYMOUS, "push", INDEX + ABSENT),
    ("repository", "private", WRONG, "push", INDEX + REFUSED),
    ("repository", "private", STRANGER, "push", INDEX + REFUSED),
    ("repository", "public", ANONYMOUS, "push", r"requires credentials to push charts \(401: reqPackageAccess\); set repo_username and repo_password"),
    ("repository", "public", WRONG, "push", INDEX + REFUSED),
    ("repository", "public", STRANGER, "push", r"The credentials from repo_username do not allow to push charts of .* \(401: reqPackageAccess\);"),
    ("repository", "private", ANONYMOUS, "pull", INDEX + ABSENT),
    ("repository", "private", WRONG, "pull", INDEX + REFUSED),
    ("repository", "private", STRANGER, "pull", INDEX + REFUSED),
    ("repository", "private", WRONG, "add", INDEX + REFUSED),
    ("registry", "private", ANONYMOUS, "push", UNREADABLE.format("")),
    ("registry", "private", WRONG, "push", NOT_ACCEPTED),
    ("registry", "private", STRANGER, "push", NOT_ACCEPTED),
    ("registry", "public", ANONYMOUS, "push", r"requires credentials for pushing to .* \(401.*\); set repo_username and repo_password\."),
    ("registry", "public", STRANGER, "push", r"The credentials from .*repo_username do not allow pushing to .* \(401.*\); check them, or request"),
    ("registry", "private", ANONYMOUS, "pull", UNREADABLE.format("chart_")),
    ("registry", "private", WRONG, "pull", NOT_ACCEPTED),
    ("registry", "private", STRANGER, "pull", NOT_ACCEPTED),
    ("registry", "public", STRANGER, "remove", r"The credentials from .*repo_username do not allow deleting from .* \(401.*\); check them, or"),
    ("registry", "private", WRONG, "log in", NOT_ACCEPTED),
]


@pytest.mark.parametrize(
    ("kind", "visibility", "user", "action", "says"),
    [pytest.param(*case, id=f"{case[0]} {case[1]} {case[2][0] or 'anonymous'} {case[3]} {number}") for number, case in enumerate(REFUSALS)],
)
def test_refusals(
    kind: str, visibility: str, user: tuple[str, str], action: str, says: str, gitea: Gitea, helm: Helm, packaged: Package, tmp_path: Path
) -> None:
    """One sentence, without the password. Helm is refused as well."""
    owner, archive = gitea.organization(visibility), packaged()
    url = place(gitea, kind, owner)
    push(tmp_path, chart_ref=str(archive), destination=url, **ACCOUNT)
    name, password = user
    given = {"repo_username": name, "repo_password": password} if name else {}
    flags = ["--username", name, "--password", password] if name else []
    destination = {"destination": url, **given}
    with pytest.raises(EngineError) as caught:
        if action == "push":
            push(tmp_path, chart_ref=str(packaged(version="2.0.0")), **destination)
        elif action == "remove":
            push(tmp_path, chart_ref=str(archive), state="absent", **destination)
        elif action == "add":
            module("chart_repository", chart_repository, tmp_path, repo_name="sea", repo_url=url, **given)
        elif action == "log in":
            registry_auth(tmp_path, host=gitea.host, username=name, password=password, plain_http=True)
        else:
            pull(tmp_path, **{**ours(url, "pier"), "repo_username": None, "repo_password": None, **given}, destination=str(tmp_path))
    message = caught.value.message
    assert re.search(says, message), message
    assert "\n" not in message
    assert password not in message or not password
    commands: dict[tuple[str, str], list[str]] = {
        ("registry", "push"): ["push", str(archive), url, "--plain-http", *flags],
        ("repository", "add"): ["repo", "add", "sea", url, *flags],
        ("registry", "log in"): ["registry", "login", gitea.host, "--plain-http", *flags],
    }
    commands[kind, "pull"] = ["pull", *theirs(url, "pier")[: -len(USER)], *flags, "-d", str(tmp_path)]
    if (kind, action) in commands:
        assert helm.run(*commands[kind, action]).returncode == 1


@KINDS
def test_a_token_that_may_only_read(kind: str, gitea: Gitea, packaged: Package, tmp_path: Path) -> None:
    url, token = place(gitea, kind, gitea.organization("private")), gitea.new_token("read:package")
    params = {"chart_ref": str(packaged()), "destination": url, "repo_username": OWNER}
    with pytest.raises(EngineError, match=r"The credentials from repo_username do not allow"):
        push(tmp_path, **params, repo_password=token)
    push(tmp_path, **params, repo_password=gitea.token)
    assert push(tmp_path, **params, repo_password=token)["status"] == "present"
