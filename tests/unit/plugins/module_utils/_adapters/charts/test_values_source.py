# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values from URLs, from a real server on loopback."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.charts.values_source import read_source
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.values.chart_values import user_values
from ansible_collections.windlass.charts.plugins.module_utils._ansible.task import Task
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import NotBuiltYet, ValuesError


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = {"/values.yaml": b"a: {b: 1}\n", "/motto.txt": b"open, wide"}.get(self.path.partition("?")[0])
        closed = self.path.startswith("/values.yaml?closed") and "Authorization" not in self.headers
        self.send_response(401 if closed else 200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *args: object) -> None:
        return None


@pytest.fixture
def host() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_values_from_urls(host: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("a: {b: 2, c: 3}\n")
    params = {
        "values_files": [str(tmp_path / "own.yaml"), f"http://{host}/values.yaml"],
        "set_values": [{"value": f"motto=http://{host}/motto.txt", "value_type": "file"}],
    }
    environ = {"HOME": str(tmp_path)}
    assert user_values(Task(params=params, environ=environ)) == {"a": {"b": 1.0, "c": 3.0}, "motto": "open, wide"}


def test_credentials_are_those_of_the_url_and_are_not_repeated(host: str) -> None:
    assert read_source(f"http://me:tide-4711@{host}/values.yaml?closed", {}) == b"a: {b: 1}\n"
    with pytest.raises(ValuesError, match="401") as caught:
        read_source(f"http://{host}/values.yaml?closed=tide-4711", {})
    assert "tide-4711" not in str(caught.value) + str(caught.value.helm) + str(caught.value.fields)


def test_what_is_not_there(host: str) -> None:
    with pytest.raises(ValuesError, match="404"):
        read_source(f"http://{host}/nothing.yaml", {})


def test_a_registry_is_refused_by_name() -> None:
    with pytest.raises(NotBuiltYet, match="oci"):
        read_source("oci://example.com/values", {})
