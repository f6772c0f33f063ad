# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Charts that the real helm pushed, read by this collection from the real registry.

Every kind of access; the requests are compared with those of helm.
"""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import servers
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.locate import resolve, source_of
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.reference import ChartReference
from ansible_collections.windlass.charts.plugins.module_utils._adapters.http.connections import Access
from ansible_collections.windlass.charts.plugins.module_utils._engine.chart.places.source import FetchedChart
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import (
    ChartNotFound,
    EngineError,
    OptionError,
    RepositoryError,
)
from real_helm import Helm
from recorder import Recorder

USER = Access(username=servers.USER, password=servers.PASSWORD, plain_http=True)
PLAIN = Access(plain_http=True)
#: ``USER`` as flags of helm
FLAGS = ["--plain-http", "--username", servers.USER, "--password", servers.PASSWORD]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "our-home"
    home.mkdir()
    return {"HOME": str(home), "PATH": "/usr/bin:/bin"}


def pull(host: str, path: str, given: Access, environ: dict[str, str], version: str = "") -> FetchedChart:
    return resolve(ChartReference(f"oci://{host}/{path}", version=version, access=given), environ)


def digest_of(host: str, path: str, tag: str) -> str:
    """The digest of a manifest in a registry without authentication."""
    import urllib.request

    request = urllib.request.Request(f"http://{host}/v2/{path}/manifests/{tag}", headers={"Accept": "application/vnd.oci.image.manifest.v1+json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return f"sha256:{hashlib.sha256(answer.read()).hexdigest()}"


Package = Callable[..., Path]


@pytest.mark.parametrize("version", ["helm", "helm3"])
def test_versions(
    version: str, request: pytest.FixtureRequest, plain_registry: servers.Registry, project: str, packaged: Package, environ: dict[str, str]
) -> None:
    helm, place = request.getfixturevalue(version), f"oci://{plain_registry.host}/{project}"
    for number in ("1.0.0", "1.1.0", "1.10.0", "2.0.0-rc.1"):
        helm.must("push", packaged(version=number), place, "--plain-http")
    source = source_of(ChartReference(f"{place}/pier", access=PLAIN), environ)
    assert list(source.versions()) == ["2.0.0-rc.1", "1.10.0", "1.1.0", "1.0.0"]
    for wanted, found in (("1.0.0", "1.0.0"), ("", "1.10.0"), ("~1.1", "1.1.0"), (">0.0.0-0", "2.0.0-rc.1")):
        assert source.fetch(wanted).chart.metadata.version == found


def test_build_metadata_is_written_with_an_underscore(
    plain_registry: servers.Registry, helm: Helm, project: str, packaged: Package, environ: dict[str, str]
) -> None:
    host, path = plain_registry.host, f"{project}/pier"
    for number in ("1.0.0+b.2", "1.0.0+b.10", "1.0.0"):
        helm.must("push", packaged(version=number), f"oci://{host}/{project}", "--plain-http")
    for wanted, found in (("1.0.0+b.2", "1.0.0+b.2"), ("1.0.0_b.2", "1.0.0+b.2"), ("1.0.0", "1.0.0"), ("^1", "1.0.0+b.10")):
        assert pull(host, path, PLAIN, environ, wanted).chart.metadata.version == found
    assert pull(host, f"{path}:1.0.0+b.2", PLAIN, environ).origin == f"oci://{host}/{path}:1.0.0_b.2"


def test_digests(plain_registry: servers.Registry, helm: Helm, project: str, packaged: Package, environ: dict[str, str]) -> None:
    host, path = plain_registry.host, f"{project}/pier"
    for number in ("1.0.0", "1.1.0"):
        helm.must("push", packaged(version=number), f"oci://{host}/{project}", "--plain-http")
    digest, other = digest_of(host, path, "1.0.0"), digest_of(host, path, "1.1.0")
    for ref, version in (
        (f"{path}@{digest}", ""),
        (f"{path}:1.0.0@{digest}", ""),
        (f"{path}@{digest}", "1.0.0"),
        (f"{path}@{digest}", "^1"),
        (f"{path}:gone@{digest}", ""),
        (path, digest),
        (path, f"@{digest}"),
        (path, f"1.0.0@{digest}"),
    ):
        assert pull(host, ref, PLAIN, environ, version).chart.metadata.version == "1.0.0", (ref, version)
    with pytest.raises(RepositoryError, match="the tag has been moved"):
        pull(host, f"{path}:1.0.0@{other}", PLAIN, environ)
    with pytest.raises(ChartNotFound, match="chart_version '\\^2' does not allow"):
        pull(host, f"{path}@{digest}", PLAIN, environ, "^2")
    with pytest.raises(ChartNotFound, match="has no digest sha256:0000"):
        pull(host, f"{path}@sha256:{'0' * 64}", PLAIN, environ)
    done = helm.run("pull", f"oci://{host}/{path}:1.0.0@{other}", "--plain-http")
    assert "chart reference digest mismatch" in done.stderr


def test_contradictions(plain_registry: servers.Registry, environ: dict[str, str]) -> None:
    zeros, ones = "sha256:" + "0" * 64, "sha256:" + "1" * 64
    for ref, version in ((f"a/b@{zeros}", ones), ("a/b:1.0.0", "1.1.0"), ("a/b:1.0.0", "^1"), ("a/b", "sha256:12"), ("a/b", "1.0.0@x")):
        with pytest.raises(OptionError, match="chart_version"):
            pull(plain_registry.host, ref, PLAIN, environ, version)


def test_what_is_missing_has_its_own_sentence(
    plain_registry: servers.Registry, helm: Helm, project: str, packaged: Package, environ: dict[str, str]
) -> None:
    host, path = plain_registry.host, f"{project}/pier"
    helm.must("push", packaged(version="1.0.0"), f"oci://{host}/{project}", "--plain-http")
    for ref, version, says in (
        (path, "1.0.1", "has no tag '1.0.1' .404: manifest unknown"),
        (path, "1.0", "write chart_version as '~1.0'"),
        (path, "^2", r"has no version that chart_version '\^2' allows; it has 1\.0\.0\."),
        (path, "a_tag", "has no tag 'a_tag'"),
        (path, "^x^", "is not a version or a constraint"),
        (f"{project}/none", "1.0.0", "has no tag '1.0.0'"),
        (f"{project}/none", "", "does not exist or has no tags"),
    ):
        with pytest.raises(ChartNotFound, match=says):
            pull(host, ref, PLAIN, environ, version)
    assert list(source_of(ChartReference(f"oci://{host}/{project}/none", access=PLAIN), environ).versions()) == []


def test_requests_are_helms_without_the_config(
    token_registry: servers.Registry, recorded: Callable[[Any], Recorder], helm: Helm, project: str, packaged: Package, environ: dict[str, str]
) -> None:
    recorder, path = recorded(token_registry), f"{project}/pier"
    tokens = token_registry.token_server
    assert tokens is not None
    helm.must("push", packaged(), f"oci://{recorder.host}/{project}", *FLAGS)
    for version in ("1.0.0", "^1"):
        recorder.taken()
        tokens.requests.clear()
        helm.must("pull", f"oci://{recorder.host}/{path}", "--version", version, "-d", helm.home, *FLAGS)
        theirs, their_tokens = recorder.taken(), list(tokens.requests)
        tokens.requests.clear()
        fresh = {**environ, "HOME": f"{environ['HOME']}/{len(version)}"}
        assert pull(recorder.host, path, USER, fresh, version).chart.name == "pier"
        ours = recorder.taken()
        config = next(str(r) for r in theirs if "/blobs/" in r.path and str(r) not in {str(o) for o in ours})
        wanted = [(str(r), r.scheme, r.status) for r in theirs if str(r) != config]
        assert [(str(r), r.scheme, r.status) for r in ours] == wanted
        assert tokens.requests == their_tokens


def test_no_credentials_are_sent_before_they_are_wanted(
    plain_registry: servers.Registry, recorded: Callable[[Any], Recorder], helm: Helm, project: str, packaged: Package, environ: dict[str, str]
) -> None:
    recorder = recorded(plain_registry)
    helm.must("push", packaged(), f"oci://{recorder.host}/{project}", "--plain-http")
    recorder.taken()
    Path(environ["HOME"], ".netrc").write_text("default login any password from-netrc\n")
    pull(recorder.host, f"{project}/pier", USER, environ)
    assert [request.scheme for request in recorder.taken()] == ["", "", ""]


def test_an_archive_is_fetched_once(
    plain_registry: servers.Registry, recorded: Callable[[Any], Recorder], helm: Helm, project: str, packaged: Package, environ: dict[str, str]
) -> None:
    recorder, path = recorded(plain_registry), f"{project}/pier"
    helm.must("push", packaged(), f"oci://{recorder.host}/{project}", "--plain-http")
    digest = digest_of(recorder.host, path, "1.0.0")
    recorder.taken()
    pull(recorder.host, path, PLAIN, environ, "1.0.0")
    pull(recorder.host, path, PLAIN, environ, "1.0.0")
    assert [r.path.rpartition("/")[0].rpartition("/")[2] for r in recorder.taken()] == ["manifests", "blobs", "manifests"]
    pull(recorder.host, path, PLAIN, environ, digest)
    assert recorder.taken() == []  # a digest needs no registry: the manifest was cached when its tag was read
    pull(recorder.host, path, USER, environ, digest)
    assert len(recorder.taken()) == 1  # but another user's credentials are checked


def test_helms_content_cache_is_shared(
    plain_registry: servers.Registry, recorded: Callable[[Any], Recorder], helm: Helm, project: str, packaged: Package
) -> None:
    recorder, path = recorded(plain_registry), f"{project}/pier"
    archive = packaged()
    helm.must("push", archive, f"oci://{recorder.host}/{project}", "--plain-http")
    helm.must("template", "x", f"oci://{recorder.host}/{path}", "--version", "1.0.0", "--plain-http")  # which stores it
    recorder.taken()
    pull(recorder.host, path, PLAIN, {"HOME": str(helm.home)}, "1.0.0")
    assert ["/blobs/" in request.path for request in recorder.taken()] == [False]
    stored = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert (helm.home / ".cache" / "helm" / "content" / stored[:2] / f"{stored}.chart").is_file()


# --- logins


def login_file(environ: dict[str, str], auths: dict[str, str], **more: Any) -> None:
    file = Path(environ["HOME"], ".config", "helm", "registry", "config.json")
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"auths": {key: {"auth": base64.b64encode(text.encode()).decode()} for key, text in auths.items()}, **more}))


@pytest.mark.parametrize("kind", ["htpasswd_registry", "token_registry"])
def test_helms_own_login_is_used(kind: str, request: pytest.FixtureRequest, helm: Helm, project: str, packaged: Package) -> None:
    registry = request.getfixturevalue(kind)
    helm.must("registry", "login", registry.host, "--username", servers.USER, "--password-stdin", "--plain-http", stdin=servers.PASSWORD)
    helm.must("push", packaged(), f"oci://{registry.host}/{project}", "--plain-http")
    found = pull(registry.host, f"{project}/pier", PLAIN, {"HOME": str(helm.home)}, "1.0.0")
    assert (found.chart.name, found.warnings) == ("pier", ())


def helper(environ: dict[str, str], name: str, script: str) -> None:
    folder = Path(environ["HOME"], "bin")
    folder.mkdir(exist_ok=True)
    program = folder / f"docker-credential-{name}"
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    environ["PATH"] = f"{folder}:/usr/bin:/bin"


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo boom >&2; exit 3\n", "docker-credential-test exited with code 3"),
        ("echo no json\n", "docker-credential-test returned no login"),
        (None, "docker-credential-test is not installed"),
        ("echo 'credentials not found in native keychain'; exit 1\n", None),
    ],
)
def test_a_helper_that_fails_is_a_warning(
    script: str | None, says: str | None, token_registry: servers.Registry, helm: Helm, project: str, packaged: Package, environ: dict[str, str]
) -> None:
    host = token_registry.host
    helm.must("push", packaged(), f"oci://{host}/public/{project}", *FLAGS)
    if script:
        helper(environ, "test", script)
    login_file(environ, {}, credsStore="test")
    found = pull(host, f"public/{project}/pier", PLAIN, environ, "1.0.0")
    assert [says in warning for warning in found.warnings] == [True] if says else found.warnings == ()


def test_credentials_of_the_task_run_no_helper(
    token_registry: servers.Registry, helm: Helm, project: str, packaged: Package, environ: dict[str, str], tmp_path: Path
) -> None:
    host = token_registry.host
    helm.must("push", packaged(), f"oci://{host}/{project}", *FLAGS)
    helper(environ, "test", f"touch {tmp_path}/was-run; exit 1\n")
    login_file(environ, {host: "other:wrong"}, credsStore="test")
    assert pull(host, f"{project}/pier", USER, environ, "1.0.0").warnings == ()
    assert not (tmp_path / "was-run").exists()


def test_a_stale_login_does_not_hide_public_charts(
    token_registry: servers.Registry, helm: Helm, project: str, packaged: Package, environ: dict[str, str]
) -> None:
    host = token_registry.host
    for place in (f"public/{project}", project):
        helm.must("push", packaged(), f"oci://{host}/{place}", *FLAGS)
    login_file(environ, {host: "someone:stale"})
    found = pull(host, f"public/{project}/pier", PLAIN, environ, "1.0.0")
    assert "refused the login from" in found.warnings[0]
    assert "registry/config.json" in found.warnings[0]
    with pytest.raises(RepositoryError, match=r"did not accept the credentials from .*config\.json"):
        pull(host, f"{project}/pier", PLAIN, environ, "1.0.0")
    with pytest.raises(RepositoryError, match="did not accept the credentials from chart_repo_username"):
        pull(host, f"public/{project}/pier", Access(username="someone", password="stale", plain_http=True), environ, "1.0.0")


def test_a_login_for_a_path_wins(token_registry: servers.Registry, helm: Helm, project: str, packaged: Package, environ: dict[str, str]) -> None:
    host = token_registry.host
    helm.must("push", packaged(), f"oci://{host}/{project}", *FLAGS)
    login_file(environ, {host: "someone:stale", f"{host}/{project}": f"{servers.READER}:{servers.READ_PASSWORD}"})
    assert pull(host, f"{project}/pier", PLAIN, environ, "1.0.0").warnings == ()


def test_an_identity_token_is_exchanged(token_registry: servers.Registry, helm: Helm, project: str, packaged: Package, environ: dict[str, str]) -> None:
    host, tokens = token_registry.host, token_registry.token_server
    assert tokens is not None
    helm.must("push", packaged(), f"oci://{host}/{project}", *FLAGS)
    tokens.refresh_tokens["identity-1"] = servers.READER
    file = Path(environ["HOME"], ".docker", "config.json")
    file.parent.mkdir()
    file.write_text(json.dumps({"auths": {host: {"identitytoken": "identity-1"}}}))
    tokens.requests.clear()
    assert pull(host, f"{project}/pier", PLAIN, environ, "1.0.0").chart.name == "pier"
    assert [(r.method, r.grant, r.scopes) for r in tokens.requests] == [("POST", "refresh_token", [f"repository:{project}/pier:pull"])]


def test_refusals_have_their_own_sentences(
    htpasswd_registry: servers.Registry, token_registry: servers.Registry, project: str, environ: dict[str, str]
) -> None:
    wrong = Access(username=servers.USER, password="wrong-canary", plain_http=True)
    for registry, given, says in (
        (htpasswd_registry, PLAIN, "cannot be read without credentials .401"),
        (htpasswd_registry, wrong, "did not accept the credentials from chart_repo_username .401"),
        (token_registry, PLAIN, "cannot be read without credentials .401"),
        (token_registry, wrong, "token server of .* did not accept the credentials from chart_repo_username .401"),
    ):
        with pytest.raises(RepositoryError, match=says) as caught:
            pull(registry.host, f"{project}/pier", given, environ, "1.0.0")
        assert caught.value.fields["status"] == 401
        assert "canary" not in str(caught.value)


def test_plain_http_and_tls_are_not_mixed_up(
    plain_registry: servers.Registry, tls_registry: servers.Registry, mtls_registry: servers.Registry, environ: dict[str, str]
) -> None:
    authority = tls_registry.authority
    assert authority is not None
    for registry, given, says in (
        (plain_registry, Access(), "set plain_http"),
        (tls_registry, PLAIN, "remove plain_http"),
        (tls_registry, Access(), "certificate of .* is not trusted"),
        (mtls_registry, Access(insecure_skip_tls_verify=True), "certificate required"),
    ):
        with pytest.raises(EngineError, match=says):
            pull(registry.host, "a/pier", given, environ, "1.0.0")
    with pytest.raises(ChartNotFound):
        pull(tls_registry.host, "a/pier", Access(insecure_skip_tls_verify=True), environ, "1.0.0")


def test_a_repository_url(plain_registry: servers.Registry, helm: Helm, project: str, packaged: Package, environ: dict[str, str]) -> None:
    helm.must("push", packaged(), f"oci://{plain_registry.host}/{project}", "--plain-http")
    reference = ChartReference("pier", repo_url=f"oci://{plain_registry.host}/{project}/", access=PLAIN)
    assert resolve(reference, environ).chart.name == "pier"
    with pytest.raises(OptionError, match="chart_ref is the name of a chart below it"):
        resolve(ChartReference("oci://h/x", repo_url=f"oci://{plain_registry.host}/{project}", access=PLAIN), environ)


def test_many_pages_of_tags(
    plain_registry: servers.Registry, recorded: Callable[[Any], Recorder], helm: Helm, project: str, packaged: Package, environ: dict[str, str]
) -> None:
    """distribution sends at most 1,000 tags in a page; the proxy asks it for two."""
    recorder = recorded(plain_registry)
    for number in range(5):
        helm.must("push", packaged(version=f"1.{number}.0"), f"oci://{recorder.host}/{project}", "--plain-http")
    recorder.rewrite = lambda path: f"{path}?n=2" if path.endswith("/tags/list") else path
    recorder.taken()
    source = source_of(ChartReference(f"oci://{recorder.host}/{project}/pier", access=PLAIN), environ)
    assert list(source.versions()) == [f"1.{number}.0" for number in (4, 3, 2, 1, 0)]
    assert len(recorder.taken()) == 3
