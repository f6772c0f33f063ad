# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""GET over HTTP for repositories and charts (Helm: ``pkg/getter/httpgetter.go``), through ``requests``, imported when first needed.

Credentials go only to the scheme, host and port of the repository they belong to, unless the user says otherwise; a
redirect to another host loses them. They never stand in a message. What a server gives an ETag or a date for is kept in
a private cache and asked for again with a condition, so that an index of megabytes travels once.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from .._engine.errors import OperatorError, RepositoryError
from .cache_home import cache_folder, prune, store

_CACHE = "http"
MAX_CACHED = 1 << 30  # of all bodies in the cache
TIMEOUT = 120.0  # seconds, as Helm's getter
MAX_BYTES = 512 * 1024 * 1024  # of one answer: an index of a huge museum has tens of megabytes, a chart at most 100


@dataclass(frozen=True)
class Access:
    """How to talk to one repository. ``url`` is the one the credentials belong to; files are paths."""

    url: str = ""
    username: str = ""
    password: str = ""
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    insecure_skip_tls_verify: bool = False
    pass_credentials: bool = False


def without_secrets(url: str) -> str:
    """A URL fit for a message: what stands before the host, and the query, left out."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


class Http:
    """One session for one task: connections are kept.

    :param environ: the task's environment (``XDG_CACHE_HOME``, ``HOME``, proxies through requests).
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._session: Any = None

    def get(self, url: str, access: Access, accept: str = "") -> bytes:
        """The body. Raises ``RepositoryError`` with one sentence."""
        return self._fetch(url, access, {"Accept": accept} if accept else {})[0]

    def get_cached(self, url: str, access: Access) -> bytes:
        """The body, from the cache where the server says that it has not changed. Raises ``RepositoryError``."""
        folder = self._cache_folder(url, access)
        kept = _read_cache(folder) if folder else None
        headers = kept[1] if kept else {}
        body, answer = self._fetch(url, access, headers)
        if answer is None and kept is not None:
            return kept[0]
        conditions = _conditions(answer or {})
        if conditions and store(folder and folder / "body", body):
            meta = {"sha256": hashlib.sha256(body).hexdigest(), "conditions": conditions}
            store(folder and folder / "meta.json", json.dumps(meta).encode())
            prune(cache_folder(self._environ, _CACHE), limit=MAX_CACHED)
        return body

    def _fetch(self, url: str, access: Access, headers: Mapping[str, str]) -> tuple[bytes, Mapping[str, str] | None]:
        """Body and headers; headers ``None`` means 304, not modified."""
        requests = _requests()
        if urlsplit(url).scheme not in ("http", "https"):
            raise RepositoryError(f"{without_secrets(url)} is not an http or https URL.", url=without_secrets(url))
        if self._session is None:
            self._session = requests.Session()
            self._session.headers["User-Agent"] = "windlass.charts"
        shown = without_secrets(url)
        try:
            with self._session.get(
                url,
                headers=dict(headers),
                auth=_auth(url, access),
                verify=(access.ca_file or True) if not access.insecure_skip_tls_verify else False,
                cert=(access.cert_file, access.key_file) if access.cert_file and access.key_file else None,
                timeout=TIMEOUT,
                stream=True,
            ) as answer:
                if answer.status_code == 304:
                    return b"", None
                if answer.status_code != 200:
                    raise _refused(shown, answer.status_code, answer.reason or "")
                return _body(answer, shown), answer.headers
        except requests.exceptions.SSLError as error:
            raise RepositoryError(
                f"The TLS certificate of {shown} is not trusted: give its CA, or correct the host name ({_cause(error)}).", url=shown
            ) from error
        except requests.exceptions.RequestException as error:
            raise RepositoryError(f"{shown} cannot be reached: {_cause(error)}.", url=shown) from error
        except OSError as error:  # a CA or key file that is not there
            raise RepositoryError(f"{shown} cannot be asked: {error}.", url=shown) from error

    def _cache_folder(self, url: str, access: Access) -> Path | None:
        folder = cache_folder(self._environ, _CACHE)
        key = hashlib.sha256("\0".join((url, access.username, access.password)).encode("utf-8", "surrogateescape")).hexdigest()
        return folder / key if folder else None


def _requests() -> Any:
    try:
        import requests
    except ImportError as error:
        raise OperatorError(
            "The Python library requests is missing where the task runs; install it with pip.", library="requests"
        ) from error
    return requests


def _auth(url: str, access: Access) -> tuple[str, str] | None:
    """Both or nothing, and only to the repository's own host (Helm: ``HTTPGetter.get``)."""
    if not (access.username and access.password):
        return None
    here, there = urlsplit(access.url), urlsplit(url)
    if access.pass_credentials or (here.scheme, here.netloc) == (there.scheme, there.netloc):
        return (access.username, access.password)
    return None


def _refused(url: str, status: int, reason: str) -> RepositoryError:
    hint = {
        401: "the server wants other credentials",
        403: "these credentials may not read it",
        404: "there is no such file; check the URL and the version",
    }.get(status, "try again later" if status >= 500 or status == 429 else "check the URL")
    return RepositoryError(
        f"{url} answers {status} {reason}: {hint}.".replace("  ", " "),
        helm=f"failed to fetch {url} : {status} {reason}",
        url=url,
        status=status,
    )


def _body(answer: Any, url: str) -> bytes:
    parts, size = [], 0
    for part in answer.iter_content(1 << 18):
        size += len(part)
        if size > MAX_BYTES:
            raise RepositoryError(f"{url} sends more than {MAX_BYTES >> 20} MiB; that is no chart and no index.", url=url)
        parts.append(part)
    return b"".join(parts)


def _conditions(headers: Mapping[str, str]) -> dict[str, str]:
    out = {}
    if headers.get("ETag"):
        out["If-None-Match"] = headers["ETag"]
    if headers.get("Last-Modified"):
        out["If-Modified-Since"] = headers["Last-Modified"]
    return out


def _read_cache(folder: Path) -> tuple[bytes, dict[str, str]] | None:
    """What is kept, if it is whole: a file cut off or changed by another hand counts as absent."""
    try:
        if folder.stat().st_uid != os.geteuid():
            return None
        meta = json.loads((folder / "meta.json").read_bytes())
        body = (folder / "body").read_bytes()
        if hashlib.sha256(body).hexdigest() != meta["sha256"]:
            return None
        return body, {str(k): str(v) for k, v in meta["conditions"].items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None


def _cause(error: BaseException) -> str:
    """The innermost reason in a few words: requests wraps urllib3, which wraps the system's."""
    inner: BaseException = error
    while (nested := _nested(inner)) is not None and nested is not error:
        inner = nested
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror
    text = str(inner)
    return (text.rpartition(": ")[2] if "object at 0x" in text else text)[:200]


def _nested(error: BaseException) -> BaseException | None:
    reason = getattr(error, "reason", None)
    if isinstance(reason, BaseException):
        return reason
    return next((a for a in error.args if isinstance(a, BaseException)), None) or error.__cause__
