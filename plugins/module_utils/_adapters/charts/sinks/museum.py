# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Pushes charts to a repository with ChartMuseum's API: ChartMuseum, Harbor before 2.8, Gitea, GitLab.

A chart and its provenance file are sent in two requests, the provenance file first: a server without an API for it then has neither, and
Gitea takes any of two files in one form for the chart. After an answer that was lost, the chart is looked up before anything is
sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from urllib.parse import quote

from ...._engine.chart.index.load import ChartVersion, load_index, resolve_url
from ...._engine.chart.places.sink import ChartSink, PackedChart, StoredChart
from ...._engine.errors import ChartNotFound, EngineError, OperatorError, RepositoryError
from ...._engine.publish.museum import api_url, archive_url, chart_url, context_path, error_text, reports_missing, stated_digest
from ...._engine.secret_texts import without_texts
from ...._engine.web import without_secrets
from ...http.calls import Calls, Reply, form_with_file
from ...http.connections import Access
from ...http.repo_http import Http
from ...http.retries import Later, is_transient

_OCTETS = "application/octet-stream"


class MuseumSink(ChartSink):
    """The charts of one repository.

    :param url: of the repository, where its ``index.yaml`` is.
    :param access: TLS and credentials; its URL is that of the repository.
    :param option: the option with the user name, for messages.
    """

    def __init__(
        self, url: str, access: Access, environ: Mapping[str, str], warn: Callable[[str], None], option: str = "repo_username"
    ) -> None:
        self._url = url.rstrip("/")
        self._shown = without_secrets(self._url)
        self._access = access
        self._warn = warn
        self._option = option
        self._calls = Calls(access, environ)
        self._http = Http(environ, warn=warn)
        self._index: bytes | None = None
        self._api = ""

    def address(self, name: str, version: str) -> str:
        return f"{name}-{version} in {self._shown}"

    def check(self, name: str, version: str) -> None:
        """Nothing is known without writing."""

    def find(self, name: str, version: str, *, proof: bool = False) -> StoredChart | None:
        reply = self._calls.repeated(lambda: self._read(chart_url(self._api_url(), name, version)))
        if reply.status == 404 and reports_missing(reply.body):
            return None
        digest = stated_digest(reply.body) if reply.status == 200 else ""
        if digest and not proof:
            return StoredChart(digest)
        entry = self._entry(name, version)
        url = archive_url(self._url, resolve_url(self._url, entry.urls[0])) if entry and entry.urls else self._archive(name, version)
        if not digest:
            if entry is None:
                return None
            digest = entry.digest or hashlib.sha256(self._http.get(url, self._access)).hexdigest()
        return StoredChart(digest, self._proof(url) if proof else "")

    def push(self, chart: PackedChart, present: StoredChart | None) -> StoredChart:
        replaced = present is not None and present.digest != chart.digest
        if chart.provenance is not None:
            proof = chart.provenance
            self._send(f"{self._api_url()}/prov", lambda: (_OCTETS, proof), lambda: self._has_proof(chart), force=True)
        if present is None or replaced:
            self._send(
                f"{self._api_url()}/charts",
                lambda: form_with_file("chart", f"{chart.name}-{chart.version}.tgz", chart.data),
                lambda: self._has(chart),
                force=replaced,
            )
        if replaced and chart.provenance is None and self._proof(self._archive(chart.name, chart.version)):
            self._warn(
                f"{self.address(chart.name, chart.version)} was replaced, but the provenance file of the old archive is still there. "
                "Push the chart with a provenance file, or remove the version first."
            )
        return StoredChart(chart.digest, chart.proof)

    def delete(self, name: str, version: str, present: StoredChart) -> None:
        reply = self._calls.repeated(lambda: self._call("DELETE", chart_url(self._api_url(), name, version), {}, None))
        if reply.status in (200, 202, 204) or (reply.status == 404 and reports_missing(reply.body)):
            return
        if reply.status in (404, 405, 501):
            raise OperatorError(
                f"{self._shown} does not allow to delete {name} {version} ({self._reply_text(reply)}); delete it with the tools of the "
                "server.",
                status=reply.status,
            )
        raise self._refused(reply, "delete")

    # --- what is there

    def _api_url(self) -> str:
        if not self._api:
            self._api = api_url(self._url, context_path(self._index_text()))
        return self._api

    def _index_text(self) -> bytes:
        """The index as it was read first; empty where there is none, as on some servers without charts."""
        if self._index is None:
            self._index = self._index_now()
        return self._index

    def _index_now(self) -> bytes:
        try:
            return self._http.get_cached(resolve_url(self._url, "index.yaml"), self._access).data
        except RepositoryError as error:
            if error.fields.get("status") != 404:
                raise
            return b""

    def _entry(self, name: str, version: str) -> ChartVersion | None:
        """The entry of a version in the index."""
        text = self._index_now()
        if not text.strip():
            return None
        try:
            versions = load_index(text, self._shown).versions(name)
        except ChartNotFound:
            return None
        return next((entry for entry in versions if entry.version == version), None)

    def _archive(self, name: str, version: str) -> str:
        """The URL of an archive, as ChartMuseum has it."""
        return f"{self._url}/charts/{quote(f'{name}-{version}.tgz')}"

    def _proof(self, archive: str) -> str:
        """The digest of the provenance file of an archive; empty: there is none."""
        try:
            return hashlib.sha256(self._http.get(f"{archive}.prov", self._access)).hexdigest()
        except RepositoryError as error:
            if error.fields.get("status") != 404:
                raise
            return ""

    def _has(self, chart: PackedChart) -> bool:
        found = self.find(chart.name, chart.version)
        return found is not None and found.digest == chart.digest

    def _has_proof(self, chart: PackedChart) -> bool:
        return self._proof(self._archive(chart.name, chart.version)) == chart.proof

    # --- calls

    def _send(self, url: str, body: Callable[[], tuple[str, bytes]], is_there: Callable[[], bool], *, force: bool) -> None:
        """Uploads a file.

        :param is_there: whether the server has it, asked for after an answer that was lost or that says that something is there.
        """
        kind, data = body()
        tries = 0

        def attempt() -> Reply | None:
            nonlocal tries
            tries += 1
            if tries > 1 and is_there():
                return None
            return self._call("POST", f"{url}?force" if force else url, {"Content-Type": kind}, data)

        reply = self._calls.repeated(attempt, len(data))
        if reply is None or reply.status in (200, 201, 202, 204) or (reply.status == 409 and is_there()):
            return
        if url.endswith("/prov") and reply.status in (404, 405, 501):
            raise OperatorError(
                f"{self._shown} has no API for provenance files ({self._reply_text(reply)}); nothing was pushed. Set provenance to false "
                "to push the chart without its provenance file.",
                status=reply.status,
            )
        raise self._refused(reply, "push")

    def _read(self, url: str) -> Reply:
        """The answer about a version: 200, or that the version or this call does not exist."""
        reply = self._call("GET", url, {"Accept": "application/json"}, None)
        if reply.status in (200, 404, 405, 501):
            return reply
        raise self._refused(reply, "read")

    def _call(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        reply = self._calls.call(method, url, headers, body)
        if is_transient(reply.status):
            raise Later(self._refused(reply, "push"), reply.headers)
        return reply

    def _refused(self, reply: Reply, action: str) -> EngineError:
        place, shown = self._shown, self._reply_text(reply)
        if reply.status in (401, 403) and not self._access.username:
            password = self._option.replace("username", "password")
            sentence = f"{place} requires credentials to {action} charts ({shown}); set {self._option} and {password}."
        elif reply.status in (401, 403):
            source = self._access.source or self._option
            sentence = f"The credentials from {source} do not allow to {action} charts of {place} ({shown}); check user and password."
        elif reply.status in (404, 405):
            sentence = (
                f"{reply.url} is not ChartMuseum's API ({shown}); check the destination. Harbor has no such repositories since 2.8: "
                "push to oci://HOST/PROJECT there."
            )
        elif reply.status == 409:
            sentence = f"{place} has another chart under this name and version and does not allow to replace it ({shown})."
        elif reply.status in (413, 507):
            sentence = f"{place} has no room for the chart ({shown}); raise the limit of the server, or delete what is not needed."
        elif reply.status == 429:
            sentence = f"{place} limits the number of requests ({shown}); try again later."
        elif reply.status >= 500 or reply.status == 408:
            sentence = f"{place} has an error ({shown}); try again later."
        else:
            sentence = f"{place} did not accept the chart ({shown}); check the destination."
        return RepositoryError(sentence, url=place, status=reply.status)

    def _reply_text(self, reply: Reply) -> str:
        """The status and the error of an answer, without the credentials, which a server may repeat."""
        text = error_text(reply.body)
        text = without_texts(text, self._access.secrets)
        return f"{reply.status}: {text}" if text else str(reply.status)
