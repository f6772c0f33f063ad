# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``repositories.yaml`` and the index cache, as helm keeps them, so that both tools see the same repositories
(Helm: ``pkg/repo/v1/repo.go``, ``pkg/helmpath``, ``pkg/cmd/repo_add.go``).

Writers hold helm's own lock (``repositories.lock`` beside the file, flock) and replace the file in one step.
"""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from .._engine.chart.index import Index, load_index, resolve_url
from .._engine.errors import OperatorError, OptionError, RepositoryError
from .._engine.yamlio.load import YamlError, loads
from .private_files import write_private
from .repo_http import Access, Http, without_secrets

LOCK_SECONDS = 30.0  # helm waits as long


@dataclass(frozen=True)
class HelmPaths:
    """Helm's files (``helm env``)."""

    repository_config: Path
    repository_cache: Path
    content_cache: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> HelmPaths:
        """``HELM_*`` first, then XDG, then the home folder."""
        home = Path(environ.get("HOME") or "~").expanduser()
        config = _home(environ, "HELM_CONFIG_HOME", "XDG_CONFIG_HOME", home / ".config")
        cache = _home(environ, "HELM_CACHE_HOME", "XDG_CACHE_HOME", home / ".cache")
        return cls(
            Path(environ.get("HELM_REPOSITORY_CONFIG") or config / "repositories.yaml"),
            Path(environ.get("HELM_REPOSITORY_CACHE") or cache / "repository"),
            Path(environ.get("HELM_CONTENT_CACHE") or cache / "content"),
        )


def _home(environ: Mapping[str, str], helm: str, xdg: str, default: Path) -> Path:
    if environ.get(helm):
        return Path(environ[helm])
    return Path(environ.get(xdg) or default) / "helm"


@dataclass(frozen=True)
class Entry:
    """One repository, with helm's keys."""

    name: str
    url: str
    username: str = ""
    password: str = ""
    certFile: str = ""
    keyFile: str = ""
    caFile: str = ""
    insecure_skip_tls_verify: bool = False
    pass_credentials_all: bool = False

    @property
    def access(self) -> Access:
        return Access(
            url=self.url,
            username=self.username,
            password=self.password,
            ca_file=self.caFile,
            cert_file=self.certFile,
            key_file=self.keyFile,
            insecure_skip_tls_verify=self.insecure_skip_tls_verify,
            pass_credentials=self.pass_credentials_all,
        )

    def same_as(self, other: Entry) -> bool:
        """Equal but for a slash at the end of the URL, which means nothing."""
        return replace(self, url=self.url.rstrip("/")) == replace(other, url=other.url.rstrip("/"))


class Repositories:
    """The user's repositories. Every method may raise ``OperatorError`` for a file that cannot be read or written."""

    def __init__(self, paths: HelmPaths, http: Http) -> None:
        self.paths = paths
        self._http = http

    @property
    def http(self) -> Http:
        return self._http

    def entries(self) -> list[Entry]:
        """All of them, in the file's order; none when there is no file."""
        return [_entry(raw) for raw in self._document().get("repositories") or [] if isinstance(raw, dict)]

    def get(self, name: str) -> Entry | None:
        return next((e for e in self.entries() if e.name == name), None)

    def check_add(self, wanted: Entry, *, force: bool = False) -> bool:
        """Whether adding would change anything. Raises ``OptionError`` for a name that is taken or not allowed."""
        if "/" in wanted.name:
            raise OptionError(
                f"repo_name {wanted.name!r} must not contain '/'.",
                helm=f"repository name ({wanted.name}) contains '/', please specify a different name without '/'",
                option="repo_name",
            )
        present = self.get(wanted.name)
        if present is None or force:
            return True
        if present.same_as(wanted):
            return False
        if present.url.rstrip("/") != wanted.url.rstrip("/"):
            raise OptionError(
                f"Repository {wanted.name!r} exists already with another URL ({without_secrets(present.url)}); "
                "choose another repo_name, remove it first, or set force_update.",
                helm=f"repository name ({wanted.name}) already exists, please specify a different name",
                option="repo_url",
            )
        return True  # credentials and TLS settings converge

    def add(self, wanted: Entry, *, force: bool = False) -> bool:
        """Fetch the index, then write the entry; ``False`` when it was there. Raises ``OptionError``, ``RepositoryError``."""
        if not self.check_add(wanted, force=force):
            return False
        with self._lock():
            if not self.check_add(wanted, force=force):  # somebody else was quicker
                return False
            self.refresh(wanted)
            document = self._document()
            kept = [asdict(_entry(raw)) for raw in document.get("repositories") or [] if isinstance(raw, dict)]
            names = [raw["name"] for raw in kept]
            if wanted.name in names:
                kept[names.index(wanted.name)] = asdict(wanted)
            else:
                kept.append(asdict(wanted))
            self._write(document, kept)
        return True

    def remove(self, name: str) -> bool:
        """Forget an entry and its cache; ``False`` when it was not there."""
        if self.get(name) is None:
            return False
        with self._lock():
            document = self._document()
            kept = [asdict(_entry(raw)) for raw in document.get("repositories") or [] if isinstance(raw, dict) and raw.get("name") != name]
            self._write(document, kept)
            self._index_path(name).unlink(missing_ok=True)
            (self.paths.repository_cache / f"{name}-charts.txt").unlink(missing_ok=True)
        return True

    def refresh(self, entry: Entry) -> Index:
        """Fetch the index of a repository into helm's cache. Raises ``RepositoryError``."""
        try:
            data = self._http.get_cached(resolve_url(entry.url, "index.yaml"), entry.access)
            index = load_index(data, without_secrets(entry.url))
        except RepositoryError as error:
            raise not_a_repository(entry.url, error) from error
        try:
            write_private(self._index_path(entry.name), data, 0o644, parents=True)
            names = "".join(f"{name}\n" for name in index.names)
            write_private(self.paths.repository_cache / f"{entry.name}-charts.txt", names.encode(), 0o644)
        except OSError as error:
            raise OperatorError(f"The index cannot be kept in {self.paths.repository_cache}: {error.strerror or error}.") from error
        return index

    def index(self, entry: Entry) -> Index:
        """The index as last fetched; fetched now where the cache has none."""
        try:
            data = self._index_path(entry.name).read_bytes()
        except OSError:
            return self.refresh(entry)
        return load_index(data, without_secrets(entry.url))

    def _index_path(self, name: str) -> Path:
        return self.paths.repository_cache / f"{name}-index.yaml"

    def _document(self) -> dict[str, Any]:
        path = self.paths.repository_config
        try:
            document = loads(path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise OperatorError(f"{path} cannot be read: {error.strerror or error}.") from error
        except YamlError as error:
            raise OperatorError(f"{path} is not YAML: {error}. Correct or remove it.", helm=error.go_message) from error
        if document is None:
            return {}
        if not isinstance(document, dict):
            raise OperatorError(f"{path} does not hold a list of repositories. Correct or remove it.")
        return document

    def _write(self, document: dict[str, Any], repositories: list[dict[str, Any]]) -> None:
        """Helm's keys and order; the zero time is what helm itself writes there."""
        from .._engine.yamlio.dump import dumps  # late: most tasks read this file and do not write it

        whole = {
            "apiVersion": document.get("apiVersion") or "",
            "generated": document.get("generated") or "0001-01-01T00:00:00Z",
            "repositories": repositories,
        }
        try:
            write_private(self.paths.repository_config, dumps(whole).encode(), parents=True)
        except OSError as error:
            raise OperatorError(f"{self.paths.repository_config} cannot be written: {error.strerror or error}.") from error

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        path = self.paths.repository_config.with_suffix(".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = path.open("a")
        except OSError as error:
            raise OperatorError(f"{path} cannot be written: {error.strerror or error}.") from error
        with handle:
            deadline = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise OperatorError(
                            f"{path} is held by another process for more than {LOCK_SECONDS:.0f} seconds; run the task again later."
                        ) from None
                    time.sleep(0.05)
            try:
                yield
            finally:
                fcntl.flock(handle, fcntl.LOCK_UN)


def not_a_repository(url: str, error: RepositoryError) -> RepositoryError:
    """The same error, said of the repository as a whole."""
    shown = without_secrets(url)
    return RepositoryError(
        f"{shown} is not a chart repository that can be used: {error}",
        helm=f'looks like "{shown}" is not a valid chart repository or cannot be reached: {error.helm_message}',
        **error.fields,
    )


def _entry(raw: dict[str, Any]) -> Entry:
    def text(key: str) -> str:
        return str(raw.get(key) or "")

    return Entry(
        name=text("name"),
        url=text("url"),
        username=text("username"),
        password=text("password"),
        certFile=text("certFile"),
        keyFile=text("keyFile"),
        caFile=text("caFile"),
        insecure_skip_tls_verify=bool(raw.get("insecure_skip_tls_verify")),
        pass_credentials_all=bool(raw.get("pass_credentials_all")),
    )
