# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The waits of the engine over the real adapter.

The servers answer slowly, without end, or at once with nothing.

The timeout of a wait holds within 5 seconds, and no second has more than 20 requests.
"""

from __future__ import annotations

import json
import time
from urllib.parse import urlsplit

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.clock import SystemClock
from ansible_collections.windlass.charts.plugins.module_utils._engine import errors
from ansible_collections.windlass.charts.plugins.module_utils._engine.ports import ObjectRef
from ansible_collections.windlass.charts.plugins.module_utils._engine.wait.wait import wait_deleted, wait_ready

from .test_broken_answers import EVENT, SLOW, STREAM, Pieces, RawServer, chunked, client, http

REF = ObjectRef("apps/v1", "Deployment", "ns", "web")
ESCAPES = "\x1b[31mfailed\x1b[0m\nsecond line " + "x" * 20_000
OBJECT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "ns", "uid": "u", "resourceVersion": "5", "generation": 1},
    "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}},
    "status": {"observedGeneration": 1, "conditions": [{"type": "Progressing", "status": "True", "message": ESCAPES}]},
}
LIST = {"apiVersion": "apps/v1", "kind": "DeploymentList", "metadata": {"resourceVersion": "7"}, "items": [OBJECT]}
EMPTY = {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": "7"}, "items": []}
TIMEOUT = 2.0
ENDLESS = Pieces(STREAM, b"%x\r\n%s\r\n" % (len(EVENT), EVENT), endless=True)
WATCHES = {
    **SLOW,
    "ends at once": chunked(),
    "an HTML page": http(b"<html>log in</html>"),
    "an empty body": http(b""),
    "endless events of others": ENDLESS,
    "busy": http(b"", b"HTTP/1.1 503 Busy\r\n"),
    "too many requests": http(b"", b"HTTP/1.1 429 Slow down\r\n", **{"Retry-After": "1"}),
    "too old": chunked(json.dumps({"type": "ERROR", "object": {"code": 410, "reason": "Expired"}}).encode() + b"\n"),
    "cut inside the headers": b"HTTP/1.1 200 OK\r\nX: y",
}


class Server(RawServer):
    """Lists and objects are in order; watches are as given."""

    def __init__(self, watch):
        self.watch = watch
        super().__init__()

    def _send(self, connection, _answer):
        target = self.seen[-1].split(" ")[1]
        path, query = urlsplit(target).path, urlsplit(target).query
        if "watch=true" in query:
            super()._send(connection, self.watch)
        elif path.endswith("/web"):
            super()._send(connection, http(OBJECT))
        else:
            super()._send(connection, http(LIST if path.endswith("/deployments") else EMPTY))


def measured(watch, tmp_path, wait):
    server = Server(watch)
    server.answers = [b""]
    try:
        began = time.monotonic()
        with pytest.raises(errors.ClusterError) as caught:
            wait(client(server, tmp_path))
        return caught.value, time.monotonic() - began, server.times
    finally:
        server.close()


@pytest.mark.parametrize("what", WATCHES)
@pytest.mark.parametrize("wait", [wait_ready, wait_deleted])
@pytest.mark.slow
def test_the_timeout_of_a_wait_holds_and_requests_are_few(tmp_path, wait, what):
    error, seconds, times = measured(WATCHES[what], tmp_path, lambda cluster: wait(cluster, SystemClock(), [REF], TIMEOUT))
    assert isinstance(error, (errors.WaitTimeout, errors.Unreachable, errors.ServerBusy))
    assert TIMEOUT - 0.1 <= seconds <= TIMEOUT + 5
    assert max(sum(1 for other in times if start <= other < start + 1.0) for start in times) <= 20
    assert "\n" not in str(error)
    assert "\x1b" not in f"{error}{error.helm}{error.fields}"
    assert len(str(error)) < 3000


def test_what_controllers_wrote_is_one_line(tmp_path):
    reports = []
    error, _seconds, _times = measured(
        chunked(), tmp_path, lambda cluster: wait_ready(cluster, SystemClock(), [REF], TIMEOUT, report_progress=reports.append)
    )
    assert isinstance(error, errors.WaitTimeout)
    (found,) = error.fields["objects"]
    assert found["conditions"][0]["message"].startswith("failed second line xxx")
    assert len(found["conditions"][0]["message"]) <= 1000
    assert "\x1b" not in str(reports)
