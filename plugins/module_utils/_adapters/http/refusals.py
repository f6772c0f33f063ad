# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""One sentence for each way in which an HTTP server refuses a request."""

from __future__ import annotations

from ..._engine.errors import RepositoryError
from .connections import Access


def refused(shown: str, status: int, reason: str, access: Access, sent: bool) -> RepositoryError:
    """The error for an answer that is not a success.

    :param shown: the URL without secrets. :param reason: the server's words, without credentials.
    :param sent: whether the credentials of ``access`` were sent.
    """
    reply = f"{status} {reason}".strip()
    return RepositoryError(
        f"{shown} returned {reply}: {_hint(shown, status, access, sent)}.",
        helm=f"failed to fetch {shown} : {status} {reason}",
        url=shown,
        status=status,
    )


def _hint(shown: str, status: int, access: Access, sent: bool) -> str:
    source = access.source or "the task"
    elsewhere = bool(access.username and access.password) and not sent
    if status in (401, 403) and elsewhere:
        return "the credentials belong to another host and are not sent to this one; set pass_credentials if it may have them"
    if status == 401:
        wrong = f"check the credentials from {source}, which it does not accept"
        return wrong if sent else "it requires credentials; set user name and password"
    if status == 403:
        weak = f"the credentials from {source} do not allow this"
        return weak if sent else "this is not allowed without credentials; set user name and password"
    if status == 404 and "/chartrepo/" in shown:
        return "the file does not exist; Harbor 2.8 and later have charts at oci://HOST/PROJECT only"
    if status in (404, 410):
        return "the file does not exist; check the URL and the version"
    if status == 429:
        return "the server limits the number of requests; try again later"
    return "try again later" if status >= 500 or status == 408 else "check the URL"
