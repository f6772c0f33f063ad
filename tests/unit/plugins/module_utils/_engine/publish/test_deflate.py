# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""zlib reads what is compressed; its bytes are the same with every version and on every machine."""

from __future__ import annotations

import hashlib
import random
import zlib

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.deflate import deflate


def noise(seed: int, size: int) -> bytes:
    """Bytes that look random, the same with every version of Python."""
    return b"".join(hashlib.sha256(f"{seed} {part}".encode()).digest() for part in range(size // 32 + 1))[:size]


def text(seed: int, size: int) -> bytes:
    words = [bytes(97 + byte % 26 for byte in noise(seed + 1000 + number, 1 + number % 12)) for number in range(200)]
    ends = (b" ", b": ", b"\n", b"\n    ")
    return b"".join(words[byte % 200] + ends[byte % 4] for byte in noise(seed, size // 4))[:size]


CASES = {
    "nothing": b"",
    "one byte": b"a",
    "three bytes": b"abc",
    "four bytes": b"aaaa",
    "zeros": bytes(100_000),
    "a match as long as possible": b"x" * 259,
    "a match one byte longer": b"x" * 260,
    "every byte": bytes(range(256)) * 3,
    "a match at the largest distance": b"needle" + noise(1, 32768 - 6) + b"needle",
    "a match beyond it": b"needle" + noise(1, 32769 - 6) + b"needle",
    "random bytes": noise(2, 70_000),
    "text": text(3, 50_000),
    "text of several segments": text(4, 700_000),
    "one symbol in skewed counts": b"".join(bytes([number]) * (1 << min(number, 17)) for number in range(20)),
}


@pytest.mark.parametrize("name", CASES)
def test_zlib_reads_it(name: str) -> None:
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    assert reader.decompress(deflate(CASES[name])) == CASES[name]
    assert (reader.eof, reader.unused_data) == (True, b"")


@pytest.mark.parametrize("seed", range(60))
def test_chance(seed: int) -> None:
    chance = random.Random(seed)
    data = b"".join(
        chance.choice((text(seed, 40), bytes(chance.randint(1, 600)), chance.randbytes(20), b"ab" * 9)) for _piece in range(chance.randint(1, 90))
    )
    assert zlib.decompress(deflate(data), -zlib.MAX_WBITS) == data


def test_text_is_about_as_small_as_with_zlib() -> None:
    data = CASES["text of several segments"]
    assert len(deflate(data)) < 1.1 * len(zlib.compress(data, 6))


def test_the_bytes_stay_as_they_are() -> None:
    """A change of the compression changes the digest of every package: it is a breaking change."""
    found = hashlib.sha256(b"".join(deflate(data) for data in CASES.values())).hexdigest()
    assert found == "f68feff322f255a76e62ba175a3397e8b8901222e8ac6d66124144b8f5b2bf8a"
