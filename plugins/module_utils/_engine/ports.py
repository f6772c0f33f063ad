# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The ports of the engine: abstract classes for everything that is not a pure value.

Each method names the errors it may raise (all from ``errors``). The engine opens a socket or a file, reads a clock or the environment,
and gets random numbers only through a port. Kubernetes objects are plain JSON dictionaries with exact numbers (``int`` stays ``int``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Union

from .aliases import Json, JsonObject, Object

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from dataclasses import dataclass, field
else:
    from .plain import dataclass, field

Objects = list[Object]  # in classes below ``list`` is a method


class Clock(ABC):
    """Time. Raises nothing."""

    @abstractmethod
    def now(self) -> datetime:
        """The present, aware of its time zone (the local one, as Helm writes it)."""

    @abstractmethod
    def monotonic(self) -> float:
        """Seconds since some start."""

    @abstractmethod
    def sleep(self, seconds: float) -> None:
        """Wait."""


class Random(ABC):
    """Chance. Raises nothing."""

    @abstractmethod
    def bytes(self, count: int) -> bytes:
        """That many bytes, fit for passwords."""


class CompiledCache(ABC):
    """The cache of results computed from a chart's own files, between runs. Raises nothing.

    User input (values, texts made of them) is never stored. A result is byte for byte the stored one of the same key, from the same sources
    of the engine and the same Python; where that is not certain, there is no result.
    """

    @abstractmethod
    def get(self, key: str) -> bytes | None:
        """``None``: make it again."""

    @abstractmethod
    def put(self, key: str, data: bytes) -> None:
        """Keep it, if there is a place."""


#: called with the progress of a wait: ``what``, ``ready``, ``total``, ``left`` (pairs of object and text), ``seconds``, ``timeout``
ReportProgress = Callable[[JsonObject], None]


@dataclass(frozen=True)
class Record:
    """One stored revision of a release, as a store keeps it.

    ``payload`` is Helm's text: base64 of gzip of JSON (before the API's own base64). ``labels`` are all labels of the
    object, ``annotations`` all annotations. ``uid`` and ``resource_version`` are the server's; empty before creation.
    """

    release: str
    namespace: str
    revision: int
    status: str
    payload: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    uid: str = ""
    resource_version: str = ""

    @property
    def key(self) -> str:
        """The object's name, as Helm makes it."""
        return f"sh.helm.release.v1.{self.release}.v{self.revision}"


Records = list[Record]


class Everywhere(Enum):
    """All namespaces. A separate class, so that an empty or missing namespace never means all."""

    ALL = "all namespaces"


ALL_NAMESPACES = Everywhere.ALL
#: where records are listed: the name of one namespace, or ``ALL_NAMESPACES``
Scope = Union[str, Everywhere]


class Store(ABC):
    """Where release records live (Helm: ``pkg/storage/driver``). Every method may raise ``ClusterError``.

    Every method raises ``OptionError`` for a namespace or release whose name is empty or not valid, before a request is sent.

    ``kind``: of the objects that records are, empty where they are none. ``limit``: bytes that a payload may have, 0 for any number.
    """

    kind: str = ""
    limit: int = 0

    @abstractmethod
    def create(self, record: Record) -> Record:
        """Write a new record; the one returned has ``uid`` and ``resource_version``.

        Raises ``AlreadyExists``: a second writer.
        """

    @abstractmethod
    def get(self, namespace: str, release: str, revision: int) -> Record:
        """One record. Raises ``ReleaseNotFound``."""

    @abstractmethod
    def list(self, namespace: Scope, release: str | None = None, labels: Mapping[str, str] | None = None) -> list[Record]:
        """Records of a namespace or of all, by revision ascending within a release. One request a page.

        :param release: records of this release only; ``None``: of every release.
        """

    def list_metadata(self, namespace: Scope, release: str | None = None) -> Records:
        """As ``list``, with payloads left out where that is less work: labels, name and annotations only."""
        return self.list(namespace, release)

    @abstractmethod
    def update(self, record: Record) -> Record:
        """Replace a record; where ``resource_version`` is set only that version.

        Raises ``ReleaseNotFound``, ``Conflict``.
        """

    @abstractmethod
    def delete(self, record: Record) -> None:
        """Deletes a record; a missing one is not an error."""


@dataclass(frozen=True, order=True)
class ObjectRef:
    """Which object. ``namespace`` is empty for objects of the cluster."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        where = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind} {where}{self.name}"


@dataclass(frozen=True)
class Resource:
    """How the server serves a kind."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool


@dataclass(frozen=True)
class ServerVersion:
    """The answer of ``/version``.

    ``git_version`` is the server's text (``v1.36.3``), ``major`` and ``minor`` have only digits.
    """

    git_version: str
    major: str
    minor: str


@dataclass(frozen=True)
class Event:
    """One event of a watch. ``type`` is ADDED, MODIFIED, DELETED or BOOKMARK."""

    type: str
    object: Object


class Reader(ABC):
    """What an API server serves, and its objects.

    Every method may raise ``Unreachable``, ``CertificateRefused``, ``Unauthorized``, ``Forbidden``, ``ServerBusy``; so may those of the
    other ports of a cluster. ``UnknownKind`` and ``KindUnavailable`` differ: the first means that the server knows no such kind, so that no
    object of it exists; the second that the API of the kind is down (an aggregated API without its backend), so that objects may exist.
    Every method that may raise the first may raise the second.

    An empty or invalid name, and an empty or invalid namespace of a kind that has namespaces, are ``Rejected`` before a request is sent.
    """

    @abstractmethod
    def version(self) -> ServerVersion:
        """One request, the first time."""

    @abstractmethod
    def api_versions(self) -> frozenset[str]:
        """``group/version`` and ``group/version/Kind`` of all that is served; two requests, the first time."""

    def unavailable_versions(self) -> frozenset[str]:
        """``group/version`` of what discovery could not list, since its API is down.

        It is in none of ``api_versions``.
        """
        return frozenset()

    @abstractmethod
    def resource(self, api_version: str, kind: str) -> Resource:
        """How a kind is served: from a table for the built-in kinds, from discovery for others.

        Raises ``UnknownKind``; ``KindUnavailable`` where discovery of the kind's group failed.
        """

    @abstractmethod
    def invalidate_discovery(self) -> None:
        """What is served has changed (a CRD was made)."""

    @abstractmethod
    def read(self, ref: ObjectRef, *, metadata_only: bool = False) -> Object | None:
        """One object or ``None``; with ``metadata_only`` apiVersion, kind and metadata alone.

        Raises ``UnknownKind``.
        """

    @abstractmethod
    def list(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "", fields: str = "") -> tuple[list[Object], str]:
        """Objects of a kind and the list's resourceVersion. Raises ``UnknownKind``.

        :param namespace: ``None``: all namespaces. An empty one is refused (``Rejected``) where the kind has namespaces.
        """

    def list_metadata(self, api_version: str, kind: str, namespace: str | None, *, labels: str = "") -> Objects:
        """As ``list``, with apiVersion, kind and metadata alone where the server can leave out the rest.

        Raises ``UnknownKind``.
        """
        return self.list(api_version, kind, namespace, labels=labels)[0]

    @abstractmethod
    def logs(self, namespace: str, pod: str, container: str, *, lines: int = 20) -> str:
        """The last lines of a container's log. Raises ``NotFound``, ``Rejected``."""


class Writer(Reader):
    """A reader that changes objects, or tries a change (``dry_run``)."""

    @abstractmethod
    def create(self, obj: Object, *, dry_run: bool = False) -> Object:
        """POST with field manager ``helm``.

        Raises ``AlreadyExists``, ``Rejected``, ``NotFound`` (the namespace), ``UnknownKind``.
        """

    @abstractmethod
    def apply(self, obj: Object, *, force: bool = False, dry_run: bool = False) -> Object:
        """Server-side apply as Helm 4 sends it: field manager ``helm``, strict field validation.

        Raises ``Conflict``, ``Rejected``, ``NotFound``, ``UnknownKind``.
        """

    @abstractmethod
    def replace(self, obj: Object, *, dry_run: bool = False) -> Object:
        """PUT with strict field validation, as Helm sends it.

        Raises ``Conflict``, ``Rejected``, ``NotFound``, ``UnknownKind``.
        """

    @abstractmethod
    def patch(self, ref: ObjectRef, body: Json, *, kind: str = "merge", dry_run: bool = False) -> Object:
        """PATCH; ``kind`` is ``merge``, ``json`` or ``strategic``.

        Raises ``Conflict``, ``Rejected``, ``NotFound``, ``UnknownKind``.
        """

    @abstractmethod
    def delete(self, ref: ObjectRef, *, propagation: str = "Background", dry_run: bool = False, version: str = "") -> bool:
        """Deletes an object; ``False``: it did not exist. ``propagation`` is Background, Foreground or Orphan.

        :param version: only that resource version; raises ``Conflict`` for another.
        """


class Watcher(Reader):
    """A reader that waits for objects to change."""

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """A context in which this thread waits for objects: its requests end when that many seconds are over.

        A request that has not ended by then raises ``Unreachable``; a watch ends quietly. At most 20 requests are sent in any second,
        retries included. Contexts within one another keep the first deadline. A cluster without a network has nothing to bound.
        """
        from contextlib import nullcontext  # late: most tasks wait for nothing

        return nullcontext()

    @abstractmethod
    def watch(
        self, api_version: str, kind: str, namespace: str, *, fields: str = "", resource_version: str = "", seconds: float
    ) -> Iterator[Event]:
        """Events until ``seconds`` are over or the server ends the stream.

        A version too old is ``Conflict``: list again.
        """


class Access(ABC):
    """Credentials of the cluster's own identities."""

    @abstractmethod
    def create_token(self, namespace: str, service_account: str, seconds: int) -> Object:
        """TokenRequest: its answer, with ``status.token`` (a secret) and ``status.expirationTimestamp``.

        Raises ``NotFound``, ``Rejected``.
        """


class Cluster(Writer, Watcher, Access):
    """An API server: all four.

    Adapters implement it, and ``Ports`` passes it; a function takes the narrowest port that it uses.
    """
