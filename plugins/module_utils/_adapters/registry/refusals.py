# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""One sentence for each way in which a registry refuses a request."""

from __future__ import annotations

from http import HTTPStatus

from ..._engine.errors import ChartNotFound, EngineError, OperatorError, RepositoryError
from ..._engine.oci.challenges import error_texts
from ..._engine.oci.logins import Login
from ..._engine.oci.references import Reference
from ..._engine.plain_text import plain_text


def refused(reference: Reference, status: int, body: bytes, login: Login | None, shown: str) -> EngineError:
    """The error for an answer that is not a success.

    :param login: what was sent; ``None``: nothing.
    :param shown: the URL without secrets.
    """
    errors = error_texts(body)
    codes = {code for code, _text in errors}
    message = "; ".join(text or code for code, text in errors if text or code)
    reply = f"{status}: {message}" if message else str(status)
    host = reference.registry
    if "NAME_UNKNOWN" in codes and status in (400, 404):
        return _missing(reference, f"The registry {host} has no repository {reference.repository} ({reply}); check chart_ref.")
    if status == 404:
        if reference.digest or reference.tag:
            what = f"digest {reference.digest}" if reference.digest else f"tag {reference.tag!r}"
            return _missing(reference, f"{reference.place} has no {what} ({reply}); check chart_ref and chart_version.")
        return _missing(reference, f"{reference.place} does not exist ({reply}); check chart_ref.")
    if status == 400 and b"HTTPS server" in body[:1000]:
        return RepositoryError(f"The registry {host} expects TLS; remove plain_http.", url=shown, status=status)
    return RepositoryError(
        _sentence(reference, status, reply, login, message),
        helm=helm_text(status, errors),
        url=shown,
        status=status,
    )


def _sentence(reference: Reference, status: int, reply: str, login: Login | None, message: str) -> str:
    host, place = reference.registry, reference.place
    if status in (401, 403) and login is not None and "expire" in message.lower():
        return f"The registry {host} did not accept the credentials from {_source(login)}, since they have expired ({reply}); use new ones."
    if status == 401:
        if login is None:
            return f"{place} cannot be read without credentials ({reply}); set chart_repo_username and chart_repo_password."
        return f"The registry {host} did not accept the credentials from {_source(login)} ({reply}); check user name and password."
    if status == 403:
        if login is None:
            return f"{place} must not be read without credentials ({reply}); set chart_repo_username and chart_repo_password."
        return f"The credentials from {_source(login)} do not allow reading {place} ({reply}); ask its administrator for the right to pull."
    if status == 429:
        return f"The registry {host} limits the number of requests ({reply}); try again later, or use credentials with a higher limit."
    if status >= 500 or status == 408:
        return f"The registry {host} has an error ({reply}); try again later."
    return f"The registry {host} returned {reply} for {place}; check chart_ref."


def push_refused(reference: Reference, status: int, body: bytes, login: Login | None, action: str = "push") -> RepositoryError:
    """The error for an answer to a write that is not a success.

    :param login: what was sent; ``None``: nothing.
    :param action: ``push`` or ``delete``.
    """
    errors = error_texts(body)
    message = "; ".join(text or code for code, text in errors if text or code)
    reply = f"{status}: {message}" if message else str(status)
    return RepositoryError(
        _push_sentence(reference, status, reply, login, action, {code for code, _text in errors}),
        helm=helm_text(status, errors),
        url=str(reference),
        status=status,
    )


def _push_sentence(reference: Reference, status: int, reply: str, login: Login | None, action: str, codes: set[str]) -> str:
    host, place = reference.registry, reference.place
    doing = f"{'pushing to' if action == 'push' else 'deleting from'} {place}"
    if status in (401, 403) and login is not None and "expire" in reply.lower():
        return f"The registry {host} did not accept the credentials from {_source(login)}, since they have expired ({reply}); use new ones."
    if status in (401, 403) and login is None:
        return f"The registry {host} requires credentials for {doing} ({reply}); set chart_repo_username and chart_repo_password."
    if status in (401, 403):
        return f"The credentials from {_source(login)} do not allow {doing} ({reply}); check them, or request that right."
    if status == 404 and "NAME_UNKNOWN" in codes:
        return f"The registry {host} has no repository {reference.repository} ({reply}); create it there first, or check the destination."
    if status in (409, 412):
        return f"{reference} must not be changed in the registry ({reply}); push another version, or change the registry's rule."
    if status in (413, 507):
        return f"The registry {host} has no room for {place} ({reply}); raise its limit, or delete what is not needed."
    if status == 429:
        return f"The registry {host} limits the number of requests ({reply}); try again later."
    if status >= 500 or status == 408:
        return f"The registry {host} has an error ({reply}); try again later."
    return f"The registry {host} did not accept {reference} ({reply}); check the destination."


def not_deletable(reference: Reference, status: int, body: bytes) -> OperatorError:
    """The error for a registry that removes nothing on request."""
    message = "; ".join(text or code for code, text in error_texts(body))
    return OperatorError(
        f"The registry {reference.registry} does not allow to delete {reference} ({status}{': ' + message if message else ''}); delete it "
        "with the tools of the registry, or enable deletion there.",
        status=status,
    )


def token_refused(reference: Reference, status: int, body: bytes, login: Login | None, realm: str) -> RepositoryError:
    """The error of a token server that returned no token."""
    errors = error_texts(body)
    message = "; ".join(text or code for code, text in errors if text or code) or _details(body)
    reply = f"{status}: {message}" if message else str(status)
    if status in (401, 403) and login is not None:
        expired = ", since they have expired" if "expire" in message.lower() else ""
        sentence = (
            f"The token server of {reference.registry} did not accept the credentials from {_source(login)}{expired} ({reply}); "
            "check user name and password."
        )
    elif status in (401, 403):
        sentence = (
            f"{reference.place} cannot be read without credentials ({reply} from the token server); set chart_repo_username and "
            "chart_repo_password."
        )
    elif status == 429:
        sentence = f"The token server of {reference.registry} limits the number of requests ({reply}); try again later."
    else:
        sentence = f"The token server {realm} of {reference.registry} returned {reply}; try again later."
    return RepositoryError(sentence, helm=helm_text(status, errors), url=realm, status=status)


def _details(body: bytes) -> str:
    """The text that some token servers send in place of a list of errors."""
    import json

    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    facts = answer if isinstance(answer, dict) else {}
    return next((plain_text(facts[key], 200) for key in ("details", "message", "error_description") if isinstance(facts.get(key), str)), "")


def _missing(reference: Reference, sentence: str) -> ChartNotFound:
    return ChartNotFound(
        sentence,
        helm=f'failed to perform "FetchReference" on source: {str(reference).removeprefix("oci://")}: not found',
        chart=str(reference),
        repository=reference.place,
    )


def _source(login: Login | None) -> str:
    return (login.source or login.option) if login else ""


def helm_text(status: int, errors: list[tuple[str, str]]) -> str:
    """Helm's text for a refusal: the status, and the errors in the answer or the name of the status.

    :param errors: codes and messages that ``error_texts`` found.

    oras-go: ``registry/remote/errcode/errors.go``, without the details of an error.
    """
    texts = [": ".join(part for part in (code.replace("_", " ").lower(), text) if part) for code, text in errors]
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"response status code {status}: {'; '.join(texts) or phrase}"
