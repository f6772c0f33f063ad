# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Validates and joins URLs of repositories, charts and values files; removes credentials."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

from .errors import RepositoryError
from .plain_text import plain_text

SCHEMES = ("http", "https")
OCI = "oci://"


def is_web(text: str) -> bool:
    """Whether a text begins like an http or https URL, valid or not."""
    return text.partition("://")[0].lower() in SCHEMES and "://" in text


def is_oci(text: str) -> bool:
    """Whether a text is meant as a reference to an OCI registry, valid or not."""
    return text[: len(OCI)].lower() == OCI


def without_secrets(url: str) -> str:
    """A URL for a message: without what is in front of the host, the query and the fragment.

    It need not be a valid URL.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "", url
    rest = rest.partition("?")[0].partition("#")[0]
    authority, slash, path = rest.partition("/")
    if "@" not in authority and "@" in path and ":" in authority and not authority.rpartition(":")[2].isdigit():
        authority, slash, path = rest.rpartition("@")[2].partition("/")  # a password with a slash in it
    return plain_text(f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}")


def split_web(url: str) -> SplitResult:
    """The parts of an http or https URL. Raises ``RepositoryError`` for a text that is none."""
    shown = without_secrets(url)
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise RepositoryError(f"{shown} is not a valid URL: {_reason(error)}.", url=shown) from None
    if parts.scheme not in SCHEMES:
        raise RepositoryError(f"{shown} is not an http or https URL.", url=shown)
    if not host:
        raise RepositoryError(f"{shown} is not a valid URL: it has no host.", url=shown)
    return parts


def join(base: str, reference: str) -> str:
    """A URL that may be relative, in full. Raises ``RepositoryError`` where it is not valid."""
    try:
        return urljoin(base, reference)
    except ValueError as error:
        shown = without_secrets(reference)
        raise RepositoryError(f"{shown} is not a valid URL: {_reason(error)}.", url=shown) from None


def origin(parts: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port: what credentials belong to."""
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _reason(error: ValueError) -> str:
    """Python's words, without the part of the URL that they may quote."""
    text = str(error)
    if "IPv6" in text or "bracket" in text:
        return "the brackets of an IPv6 address are wrong"
    if "ort" in text:
        return "its port is not a number between 0 and 65535"
    return "its host has characters that are not allowed"
