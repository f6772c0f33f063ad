# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""``repositories.yaml`` in Helm's format, so that both tools share repositories.

Helm: ``pkg/repo/v1/repo.go``, ``pkg/helmpath``, ``pkg/cmd/repo_add.go``. Writers hold helm's own lock (``repositories.lock`` next to the
file, flock) and replace the file in one step.
"""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from ...._engine.aliases import JsonObject
from ...._engine.chart.index.load import Index
from ...._engine.errors import OperatorError, OptionError
from ...._engine.plain_text import plain_text
from ...._engine.ports import CompiledCache
from ...._engine.yamlio.load import YamlError, loads
from ...cache_home import home_folder
from ...http.repo_http import Access, Http, without_secrets
from ...private_files import make_folders, reason, write_private
from .indexes import Indexes

LOCK_SECONDS = 30.0  # helm waits as long
#: for a process without a home folder: nothing can be there, and nothing can be written there
_NO_HOME = "/dev/null/no-home-folder"


@dataclass(frozen=True)
class HelmPaths:
    """Helm's files (``helm env``)."""

    repository_config: Path
    repository_cache: Path
    content_cache: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> HelmPaths:
        """``HELM_*`` first, then XDG, then the home folder.

        A relative path in an XDG variable is invalid by its specification.
        """
        home = Path(home_folder(environ) or _NO_HOME)
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
    base = Path(environ.get(xdg) or default)
    return (base if base.is_absolute() else default) / "helm"


@dataclass(frozen=True)
class Entry:
    """One repository, with helm's keys."""

    name: str
    url: str
    username: str = ""
    password: str = field(default="", repr=False)
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
            source="repositories.yaml",
        )

    def has_credentials_of(self, access: Access) -> bool:
        """Whether an access has the user name, password and client certificate of the entry."""
        return (self.username, self.password, self.certFile) == (access.username, access.password, access.cert_file)

    def same_as(self, other: Entry) -> bool:
        """Whether two entries are equal, apart from a slash at the end of the URL, which has no meaning."""
        return replace(self, url=self.url.rstrip("/")) == replace(other, url=other.url.rstrip("/"))


class Repositories:
    """The user's repositories.

    Every method may raise ``OperatorError`` for a file that cannot be read or written.

    :param cache: of parsed charts of indexes.
    """

    def __init__(self, paths: HelmPaths, http: Http, cache: CompiledCache | None = None) -> None:
        self.paths = paths
        self._http = http
        self.indexes = Indexes(paths.repository_cache, http, cache)

    @property
    def http(self) -> Http:
        return self._http

    def entries(self) -> list[Entry]:
        """All of them, in the file's order; none when there is no file."""
        return [_entry(raw) for raw in self._raw(self._document())]

    def get(self, name: str) -> Entry | None:
        return next((e for e in self.entries() if e.name == name), None)

    def access_to(self, url: str, given: Access) -> Access:
        """The task's access to a URL, or without credentials that of the added repository with this URL.

        Its authority, certificates and credentials (Helm: ``scanReposForURL``).
        """
        if given.username or given.cert_file:
            return replace(given, url=url)
        try:
            entries = self.entries()
        except OperatorError:  # a URL needs no repositories.yaml
            entries = []
        owner = next((e for e in entries if e.url and f"{url}/".startswith(e.url.rstrip("/") + "/")), None)
        return with_task(owner.access, given) if owner else replace(given, url=url)

    def check_add(self, wanted: Entry, *, force: bool = False) -> bool:
        """Whether adding would change anything.

        Raises ``OptionError`` for a name that is taken or not allowed.
        """
        check_name(wanted.name)
        present = self.get(wanted.name)
        if present is None or force:
            return True
        if present.same_as(wanted):
            return False
        if present.url.rstrip("/") != wanted.url.rstrip("/"):
            raise OptionError(
                f"Repository {wanted.name!r} already exists with another URL ({without_secrets(present.url)}); choose another "
                "repo_name, remove it first, or set force_update.",
                helm=f"repository name ({wanted.name}) already exists, please specify a different name",
                option="repo_url",
            )
        return True  # credentials and TLS settings converge

    def add(self, wanted: Entry, *, force: bool = False) -> bool:
        """Fetch the index, then write the entry; ``False`` when it was there.

        The lock is not held while the server answers: other tasks would wait for it, up to the end of ``LOCK_SECONDS``.

        Raises ``OptionError``, ``RepositoryError``.
        """
        if not self.check_add(wanted, force=force):
            return False
        self._check_home()
        fetched = self.indexes.fetch(wanted.url, replace(wanted.access, source=""))
        with self._lock():
            if not self.check_add(wanted, force=force):  # another process was faster
                return False
            self.indexes.store(wanted.name, fetched)
            document = self._document()
            entries = [asdict(_entry(raw)) for raw in self._raw(document)]
            names = [raw["name"] for raw in entries]
            if wanted.name in names:
                entries[names.index(wanted.name)] = asdict(wanted)
            else:
                entries.append(asdict(wanted))
            self._write(document, entries)
        return True

    def remove(self, name: str) -> bool:
        """Removes an entry and its cache; ``False`` when it was not there."""
        if self.get(name) is None:
            return False
        with self._lock():
            document = self._document()
            entries = [asdict(_entry(raw)) for raw in self._raw(document) if raw.get("name") != name]
            self._write(document, entries)
            self.indexes.remove(name)
        return True

    def refresh(self, entry: Entry, access: Access | None = None) -> Index:
        """Fetch the index of a repository, into helm's cache where that can be written.

        :param access: how the repository is reached; that of its entry, if it is not given.
        :raises RepositoryError: it cannot be fetched, or is not an index.
        """
        fetched = self.indexes.fetch(entry.url, access or entry.access)
        with contextlib.suppress(OperatorError):  # the index is here; the next task fetches it again
            self.indexes.store(entry.name, fetched)
        return fetched.index

    def index(self, entry: Entry, access: Access | None = None) -> Index:
        """The index as last fetched; fetched now where the cache has none.

        :param access: as in ``refresh``. With other credentials than the entry's, the server is asked whether they may have it.
        """
        if access is not None and not entry.has_credentials_of(access):
            return self.indexes.fetch(entry.url, access).index
        found = self.indexes.cached(entry.name, entry.url)
        return self.refresh(entry, access) if found is None else found

    def index_at(self, url: str, access: Access) -> Index:
        """The index of the repository at a URL, which need not be configured.

        Offline, it is the one that was fetched with the same credentials, or that of a configured repository with them.
        """
        if self._http.offline:
            same = [entry for entry in self.entries() if entry.url.rstrip("/") == url.rstrip("/") and entry.has_credentials_of(access)]
            for entry in same:
                found = self.indexes.cached(entry.name, url)
                if found is not None:
                    return found
        return self.indexes.fetch(url, access).index

    def _document(self) -> JsonObject:
        path = self.paths.repository_config
        try:
            document = loads(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise OperatorError(f"{path} cannot be read: {reason(error)}.") from error
        except YamlError as error:
            raise OperatorError(f"{path} is not YAML: {error}. Correct or remove it.", helm=error.go_message) from error
        if document is None:
            return {}
        if not isinstance(document, dict):
            raise OperatorError(f"{path} does not contain a list of repositories. Correct or remove it.")
        return document

    def _raw(self, document: JsonObject) -> list[JsonObject]:
        """The entries as written. Raises ``OperatorError`` where they are not a list."""
        found = document.get("repositories") or []
        if not isinstance(found, list):
            raise OperatorError(f"{self.paths.repository_config} does not contain a list of repositories. Correct or remove it.")
        return [raw for raw in found if isinstance(raw, dict)]

    def _write(self, document: JsonObject, repositories: list[JsonObject]) -> None:
        """Helm's keys and order; the zero time is what helm itself writes there."""
        from ...._engine.yamlio.dump import dumps  # late: most tasks read this file and do not write it

        whole = {
            "apiVersion": document.get("apiVersion") or "",
            "generated": document.get("generated") or "0001-01-01T00:00:00Z",
            "repositories": repositories,
        }
        try:
            write_private(self.paths.repository_config, dumps(whole).encode(), parents=True)
        except OSError as error:
            raise OperatorError(f"{self.paths.repository_config} cannot be written: {reason(error)}.") from error

    def _check_home(self) -> None:
        if str(self.paths.repository_config).startswith(_NO_HOME):
            raise OperatorError("There is no home directory for Helm's repositories.yaml; set HOME, or HELM_REPOSITORY_CONFIG to a file.")

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        self._check_home()
        config = self.paths.repository_config
        try:
            path = config.with_suffix(".lock")
            make_folders(path.parent)
            handle = path.open("a")
        except OSError as error:
            raise OperatorError(f"{path} cannot be written: {reason(error)}.") from error
        except ValueError:
            raise OperatorError(f"HELM_REPOSITORY_CONFIG is {str(config)!r}, which is not a valid file path.") from None
        with handle:
            deadline = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise OperatorError(
                            f"{path} has been locked by another process for more than {LOCK_SECONDS:.0f} seconds; run the task again later."
                        ) from None
                    time.sleep(0.05)
                except OSError as error:
                    raise OperatorError(f"{path} cannot be locked: {reason(error)}.") from error
            try:
                yield
            finally:
                fcntl.flock(handle, fcntl.LOCK_UN)


def with_task(access: Access, given: Access) -> Access:
    """The access of a configured repository, and in its place what the task says."""
    if given.username:
        access = replace(access, username=given.username, password=given.password, source="")
    if given.cert_file:
        access = replace(access, cert_file=given.cert_file, key_file=given.key_file)
    return replace(
        access,
        ca_file=given.ca_file or access.ca_file,
        insecure_skip_tls_verify=given.insecure_skip_tls_verify or access.insecure_skip_tls_verify,
        pass_credentials=given.pass_credentials or access.pass_credentials,
    )


def check_name(name: str) -> None:
    """Raises ``OptionError`` for a name that cannot be a part of a file's name."""
    if "/" in name:
        raise OptionError(
            f"repo_name {name!r} must not contain '/'.",
            helm=f"repository name ({name}) contains '/', please specify a different name without '/'",
            option="repo_name",
        )
    if not name.strip() or not name.isprintable() or len(name.encode("utf-8", "surrogateescape")) > 200:
        raise OptionError(f"repo_name {plain_text(name, 60)!r} is not a valid name; use 1 to 200 printable characters.", option="repo_name")


def _entry(raw: JsonObject) -> Entry:
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
