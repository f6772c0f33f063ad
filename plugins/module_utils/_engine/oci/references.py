# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""References to charts in OCI registries: ``oci://host[:port]/repository[:tag][@digest]``.

oras-go: ``registry/reference.go``.

A tag cannot hold the ``+`` of a version, so Helm writes ``_`` in its place (``pkg/registry/reference.go``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..errors import OptionError
from ..plain_text import plain_text
from ..sprig.semver import SemverError, Version
from ..web import OCI as SCHEME
from ..web import without_secrets

_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?\Z")
_PART = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*\Z")
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\Z")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_LONGEST_NAME = 255


@dataclass(frozen=True)
class Reference:
    """A repository in a registry, and a tag or a digest in it, which may both be empty."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def host(self) -> str:
        """The host and port that requests go to: Docker Hub's API has another name than its registry."""
        return "registry-1.docker.io" if self.registry == "docker.io" else self.registry

    @property
    def name(self) -> str:
        """The chart's name: the last part of the repository."""
        return self.repository.rpartition("/")[2]

    @property
    def place(self) -> str:
        """The repository in full, for messages."""
        return f"{SCHEME}{self.registry}/{self.repository}" if self.repository else self.registry

    def at(self, tag: str) -> Reference:
        return replace(self, tag=tag, digest="")

    def __str__(self) -> str:
        return self.place + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def parse_reference(text: str, option: str = "chart_ref") -> Reference:
    """Parse a reference, with ``oci://`` in front. A ``+`` in its tag becomes ``_``.

    :param option: the option's name for messages.
    :raises OptionError: it is not valid. The message does not show the text before an ``@`` without a digest.
    """
    rest = text[len(SCHEME) :]
    name, at, digest = rest.rpartition("@")
    if not at:
        name, digest = rest, ""
    elif "/" in digest:
        raise OptionError(
            f"{option} {_shown(text)} contains credentials; remove them and use chart_repo_username and chart_repo_password.", option=option
        )
    host, slash, path = name.partition("/")
    repository, tag = _split_tag(path)
    fault = (
        _host_fault(host)
        or ("it has no repository after the host" if not slash or not repository else "")
        or _repository_fault(repository)
        or ("" if not tag or _TAG.match(tag) else f"{plain_text(tag, 140)!r} is not a valid tag")
        or (f"{plain_text(digest, 100)!r} is not a digest (sha256: and 64 hexadecimal digits)" if at and not _DIGEST.match(digest) else "")
    )
    if fault:
        raise OptionError(
            f"{option} {_shown(text)} is not a valid reference to a chart in an OCI registry: {fault}. "
            "Use oci://host/path/chart, with :tag or @sha256:... at the end if needed.",
            helm=f"invalid reference: {fault}",
            option=option,
        )
    return Reference(host, repository, tag, digest)


def parse_host(text: str, option: str = "host") -> Reference:
    """A registry alone: its host and port, with ``oci://`` in front or not.

    :raises OptionError: it is not valid, or has a path: a login is for the whole registry.
    """
    name = text.strip()
    name = name[len(SCHEME) :] if name[: len(SCHEME)].lower() == SCHEME else name
    fault = "it contains credentials" if "@" in name else _host_fault(name.rstrip("/"))
    if fault:
        raise OptionError(
            f"{option} {_shown(text)} is not a registry: {fault}. Use its host name, with :port if needed, and without a path.",
            helm=f"invalid reference: invalid registry {_shown(name)}",
            option=option,
        )
    return Reference(name.rstrip("/"), "")


def tag_of(version: str) -> str:
    """The tag of a version."""
    return version.replace("+", "_")


def version_of(tag: str) -> str:
    """The version of a tag."""
    return tag.replace("_", "+")


def is_tag(text: str) -> bool:
    return _TAG.match(text) is not None


def is_digest(text: str) -> bool:
    """Whether a text is a digest as registries write it.

    ``sha256:`` and 64 hexadecimal digits in lower case.
    """
    return _DIGEST.match(text) is not None


def exact_tag(version: str) -> str:
    """The tag that a version names if it is one version and not a range, else empty.

    ``1.0.0_b`` is a spelling of ``1.0.0+b``.

    As in Helm, loose versions count: ``1.2`` names the tag ``1.2`` and no range.
    """
    for text in (version, version_of(version)):
        try:
            Version.parse(text)
        except SemverError:
            continue
        return tag_of(text)
    return ""


def _split_tag(path: str) -> tuple[str, str]:
    before, colon, tag = path.rpartition(":")
    return (before, tag_of(tag)) if colon and "/" not in tag else (path, "")


def _host_fault(host: str) -> str:
    found = _HOST.match(host)
    if found is None:
        return f"{plain_text(host, 100)!r} is not a host" if host else "it has no host"
    return "" if not found[1] or 0 < int(found[1]) < 65536 else f"{found[1]} is not a port"


def _repository_fault(repository: str) -> str:
    if all(_PART.match(part) for part in repository.split("/")):
        return "" if len(repository) <= _LONGEST_NAME else f"its path has more than {_LONGEST_NAME} characters"
    if all(_PART.match(part) for part in repository.lower().split("/")):
        return "its path has upper-case letters, which registries do not allow"
    return "its path may only have lower-case letters, digits, and '.', '_' or '-' between them"


def _shown(text: str) -> str:
    return repr(plain_text(without_secrets(text), 300))
