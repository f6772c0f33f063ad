# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that arrive damaged.

Truncated, corrupted, stalled, slow, or a success that does not come from an API server.

Each damage is placed by a fraction of the answer's bytes (status line, headers and body), so that a seed gives the same case again.
"""

from __future__ import annotations

import random
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proxy import Point

#: How long the proxy stalls or drips: longer than any limit of a client in these runs.
STALL_SECONDS = 100.0
DRIP_SECONDS = 0.25
ENDLESS_BYTES = 256 << 20
LOGIN = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action='/login'></form></body></html>"

#: Successes that are no answer of an API server: content type, body.
WRONG = {
    "login page": (b"text/html; charset=utf-8", LOGIN),
    "empty": (b"application/json", b""),
    "null": (b"application/json", b"null"),
    "list": (b"application/json", b"[]"),
    "text": (b"application/json", b'"ok"'),
    "number": (b"application/json", b"200"),
    "no kind": (b"application/json", b"{}"),
    "half an object": (b"application/json", b'{"kind":"Status","apiVersion":"v1","metadata":{},"sta'),
    "binary": (b"application/vnd.kubernetes.protobuf", b"k8s\x00\n\x0c\n\x02v1\x12\x06Status"),
}


@dataclass(frozen=True)
class Damage:
    """What happens to one answer.

    ``kind``: ``cut``, ``corrupt``, ``stall``, ``drip``, ``endless``, ``wrong``, or, for every watch of the run, ``watches end``,
    ``watches drip``, ``watches stall``. ``place``: where in the answer, from 0 to 1. ``what``: a key of ``WRONG``, or the byte that is put in place of another.
    ``after``: the server has handled the request first.
    """

    kind: str
    place: float = 0.0
    what: str = ""
    after: bool = True

    @property
    def lasting(self) -> bool:
        return self.kind.startswith("watches ")

    def __str__(self) -> str:
        where = f" at {self.place:.3f}" if self.kind in ("cut", "corrupt", "stall", "drip") else ""
        return f"{self.kind}{f' {self.what}' if self.what else ''}{where} {'after' if self.after else 'before'}"


def damages(point: Point, chance: random.Random) -> Damage:
    """A random damage for a request."""
    watch = "watch=true" in point.path
    kinds = ["cut", "cut", "corrupt", "stall", "drip", "wrong", "wrong"]
    kinds += ["endless", "watches end", "watches drip", "watches stall"] if watch else []
    kind = chance.choice(kinds)
    place = round(chance.choice((chance.uniform(0, 0.1), chance.random(), chance.uniform(0.9, 1))), 4)
    if kind == "corrupt":
        return Damage(kind, place, chance.choice(("00", "ff", "22", "7b")))
    if kind == "wrong":
        return Damage(kind, what=chance.choice(sorted(WRONG)), after=chance.random() < 0.5)
    return Damage(kind, place if kind in ("cut", "stall", "drip") else 0.0)


def whole(status: int, headers: list[tuple[str, str]], body: bytes) -> bytes:
    """The bytes of an answer as they would be sent."""
    lines = [f"HTTP/1.1 {status} OK", *(f"{key}: {value}" for key, value in headers), f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def wrong(what: str) -> bytes:
    kind, body = WRONG[what]
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (kind, len(body), body)


def send(connection: socket.socket, data: bytes, damage: Damage) -> None:
    """Send a damaged answer; the connection is to be closed afterwards."""
    place = min(len(data) - 1, int(damage.place * len(data)))
    if damage.kind == "corrupt":
        connection.sendall(data[:place] + bytes.fromhex(damage.what) + data[place + 1 :])
        _until_closed(connection, 1.0)
    elif damage.kind == "cut":
        connection.sendall(data[:place])
    elif damage.kind == "stall":
        connection.sendall(data[:place])
        _until_closed(connection, STALL_SECONDS)
    elif damage.kind == "drip":
        connection.sendall(data[:place])
        _drip(connection, (data[n : n + 1] for n in range(place, len(data))))
    else:
        raise AssertionError(damage.kind)


def stream(connection: socket.socket, damage: Damage, events: Callable[[], bytes]) -> None:
    """A damaged watch. ``events``: returns what the server sends first."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    if damage.kind == "watches end":
        connection.sendall(b"0\r\n\r\n")
    elif damage.kind == "watches stall":
        _until_closed(connection, STALL_SECONDS)
    elif damage.kind == "watches drip":
        _drip(connection, (b"1\r\n%s\r\n" % (b"\n" if n % 2 else b" ") for n in range(1_000_000)))
    elif damage.kind == "endless":
        block = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        connection.sendall(b"b\r\n" + b'{"type":"AD' + b"\r\n")
        for _ in range(ENDLESS_BYTES // 65536):
            connection.sendall(block)
    else:
        data = events()
        send(connection, b"%x\r\n%s\r\n" % (len(data), data), damage)


def _drip(connection: socket.socket, pieces: Iterator[bytes]) -> None:
    end = time.monotonic() + STALL_SECONDS
    for piece in pieces:
        connection.sendall(piece)
        if time.monotonic() > end or _until_closed(connection, DRIP_SECONDS):
            return


def _until_closed(connection: socket.socket, seconds: float) -> bool:
    """Waits until the client closes its end; returns whether it did."""
    ready, _writable, _broken = select.select([connection], [], [], seconds)
    return bool(ready)
