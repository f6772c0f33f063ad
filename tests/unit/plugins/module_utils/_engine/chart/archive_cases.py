# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small chart archives made from a seed, most of them odd or damaged.

For comparing what is accepted with what Helm accepts.

``archive(seed)`` is the same on every machine as long as ``packed`` is ``False``: then nothing is compressed, so that no version of zlib
plays a part.
"""

from __future__ import annotations

import random
import struct
import zlib

BLOCK = 512
CHART_YAML = b"apiVersion: v2\nname: c\nversion: 1.0.0\n"
NAMES = [
    b"c/Chart.yaml", b"c/values.yaml", b"c/templates/a.yaml", b"c/templates/b.yaml", b"c/README.md", b"other/x", b"c\\templates\\w.yaml",
    b"c/templates/", b"c", b"c/", b"/abs", b"c//abs", b"c/../x", b"c/..x", b"c/./y", b"c/a/../b", b"c:/x", b"x/c:/y", b"Chart.yaml",
    b"Chart.yaml/x", b"", b"./c/x", b"c/\xff\xfe", b"c/\xc3\xa9", b"c/" + b"n" * 98, b"c/a\\b", b"\\x", b"c/.", b"c/..", b"c/a\nb",
]  # fmt: skip
USUAL_NAMES = NAMES[:7]
CONTENTS = [
    b"", b"a", b"a: 1\n", b"\xef\xbb\xbfx: 1\n", b"x" * 511, b"y" * 512, b"z" * 513, bytes(range(256)) * 7, b"w" * 5000,
]  # fmt: skip
MAGIC = [b"ustar\x0000"] * 8 + [b"ustar  \0", b"ustar  \0", b"", b"ustar\0  ", b"ustar 00", b"star"]
ODD_NUMBERS = [
    b"", b"9", b"-1", b"7 7", b"7\x007", b"+7", b"0x1", b"\x80", b"\xff" * 12, b"\x80" + b"\xff" * 11, b"\xc0",
]  # fmt: skip
PAX = [
    *((b"path", name) for name in NAMES),
    *((b"size", text) for text in (b"0", b"1", b"5", b"512", b"-1", b"+5", b"x", b"99999999999999999999", b"", b"005")),
    *((b"mtime", text) for text in (b"1700000000.123456789", b"1.5", b"-1.5", b"-0.25", b"1.", b".5", b"1.x", b"1e3", b"7")),
    (b"mtime", b"12345678901234567890"), (b"mtime", b"1700000000.1234567899"), (b"linkpath", b"x"), (b"atime", b"1"), (b"atime", b"q"),
    (b"uid", b"0"), (b"uid", b"z"), (b"uid", b""), (b"comment", b"any"), (b"uname", b"a\0b"), (b"SCHILY.xattr.user.x", b"\0\1"),
    (b"k\0", b"v"), (b"", b"v"),
    *((b"GNU.sparse.major", text) for text in (b"0", b"1", b"2")), (b"GNU.sparse.minor", b"0"), (b"GNU.sparse.minor", b"1"),
    *((b"GNU.sparse.map", text) for text in (b"0,1", b"0,3,4,1", b"1", b"", b"0,x")),
    *((b"GNU.sparse.numblocks", text) for text in (b"0", b"1", b"2", b"x")),
    (b"GNU.sparse.size", b"4"), (b"GNU.sparse.size", b"x"), (b"GNU.sparse.realsize", b"8"), (b"GNU.sparse.name", b"c/sparse"),
    (b"GNU.sparse.offset", b"0"), (b"GNU.sparse.offset", b"1,2"), (b"GNU.sparse.numbytes", b"1"),
]  # fmt: skip


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % BLOCK)


class Maker:
    """One archive. :param packed: compress some members, with the zlib of this machine."""

    def __init__(self, seed: int, packed: bool) -> None:
        self.random = random.Random(seed)
        self.packed = packed

    def one_in(self, count: int) -> bool:
        return self.random.randrange(count) == 0

    # --- tar

    def number(self, size: int, value: int) -> bytes:
        """A number in a header's field of that size, in one of the ways in which programs write it."""
        digits = b"%o" % max(value, 0)
        how = self.random.randrange(40)
        if how == 0:
            return ((value & (1 << 8 * size) - 1) | 1 << (8 * size - 1)).to_bytes(size, "big")
        if how == 1:
            return digits.rjust(size)[:size]
        if how == 2:
            return digits[: size - 1].rjust(size, b"0")
        if how == 3:
            return self.random.choice(ODD_NUMBERS).ljust(size, b"\0")[:size]
        return digits.rjust(size - 1, b"0")[-(size - 1) :] + self.random.choice([b"\0", b" "] if size == 8 else [b"\0"])

    def header(
        self,
        name: bytes,
        kind: bytes,
        size: int,
        mode: int = 0o644,
        mtime: int = 1_700_000_000,
        magic: bytes | None = None,
        prefix: bytes = b"",
        sparse: bytes = b"",
    ) -> bytes:
        block = bytearray(BLOCK)
        block[0:100] = name[:100].ljust(100, b"\0")
        for start, width, value in ((100, 8, mode), (108, 8, 0), (116, 8, 0), (124, 12, size), (136, 12, mtime)):
            block[start : start + width] = self.number(width, value)
        block[156:157] = kind
        block[157:161] = b"link" if kind in (b"1", b"2") else bytes(4)
        magic = self.random.choice(MAGIC) if magic is None else magic
        block[257 : 257 + len(magic)] = magic
        if magic.startswith(b"ustar"):
            block[329:337], block[337:345] = self.number(8, 0), self.number(8, 0)
        block[345 : 345 + len(prefix)] = prefix
        if self.one_in(30):
            block[508:512] = b"tar\0"
        block[386 : 386 + len(sparse)] = sparse
        if self.one_in(60):
            block[self.random.randrange(BLOCK)] = self.random.randrange(256)
        plain = block[:148] + b" " * 8 + block[156:]
        total = sum(plain) - (256 * sum(byte > 127 for byte in plain) if self.one_in(20) else 0) + self.one_in(80)
        block[148:156] = self.random.choice([b"%06o\0 ", b"%07o\0", b" %05o\0 ", b"%6o \0"]) % max(total, 0)
        if self.one_in(120):
            block[self.random.randrange(BLOCK)] ^= 1 << self.random.randrange(8)
        return bytes(block)

    def record(self, key: bytes, value: bytes) -> bytes:
        rest = b" %b=%b\n" % (key, value)
        length = len(rest) + 1
        while len(b"%d" % length) + len(rest) != length:
            length = len(b"%d" % length) + len(rest)
        if self.one_in(60):
            length += self.random.choice([-1, 1, 100, -length, 4 - length])
        return (self.random.choice([b"+", b"00", b" ", b"-"]) if self.one_in(60) else b"") + b"%d" % length + rest

    def special(self, kind: bytes, data: bytes) -> bytes:
        """An extended header."""
        size = max(0, len(data) + self.random.choice([-1, 1, 512])) if self.one_in(40) else len(data)
        return self.header(b"././@X", kind, size) + padded(data)

    def pax(self) -> bytes:
        records = b"".join(self.record(*self.random.choice(PAX)) for _round in range(self.random.randrange(1, 4)))
        return records + (self.random.choice([b"\0", b"5", b"junk", b"12 a=b\n", b"6 a=b\n\0"]) if self.one_in(30) else b"")

    def sparse(self) -> bytes:
        """A file with holes, in one of four forms."""
        fragments, at = [], 0
        for _round in range(self.random.randrange(4)):
            offset, length = at + self.random.randrange(40), self.random.randrange(30)
            fragments.append((offset, length))
            at = offset + length
        real = at + self.random.randrange(30)
        data = bytes(self.random.randrange(256) for _round in range(sum(length for _start, length in fragments)))
        data = self.random.choice([data] * 8 + [data + b"x", data[:-1]])
        form, name = self.random.randrange(4), self.random.choice([b"c/templates/s.txt", b"c/s"])
        if form == 3:
            return self.old_sparse(name, fragments, real, data)
        records = [(b"GNU.sparse.size", b"%d" % real), (b"GNU.sparse.numblocks", b"%d" % len(fragments))]
        if form == 0:
            text = b"%d\n" % len(fragments) + b"".join(b"%d\n%d\n" % fragment for fragment in fragments)
            odd = self.random.choice([b"-1\n", b"x\n", b"3\n1\n", b"9" * 30 + b"\n", b""]) if self.one_in(8) else b""
            data = padded(odd + text) + data
            records = [
                (b"GNU.sparse.major", b"1"),
                (b"GNU.sparse.minor", b"0"),
                (b"GNU.sparse.name", name),
                (b"GNU.sparse.realsize", b"%d" % real),
            ]
        elif form == 1:
            records.append((b"GNU.sparse.map", b",".join(b"%d,%d" % fragment for fragment in fragments)))
        else:
            for offset, length in fragments:
                records += [(b"GNU.sparse.offset", b"%d" % offset), (b"GNU.sparse.numbytes", b"%d" % length)]
        head = self.special(b"x", b"".join(self.record(*record) for record in records))
        return head + self.header(name, self.random.choice([b"0"] * 9 + [b"2"]), len(data)) + padded(data)

    def old_sparse(self, name: bytes, fragments: list[tuple[int, int]], real: int, data: bytes) -> bytes:
        inside, more = bytearray(109), b""
        if self.one_in(3):
            block = bytearray(BLOCK)
            for place, fragment in enumerate(fragments[1:]):
                block[24 * place : 24 * place + 24] = b"%011o\0%011o\0" % fragment
            fragments, more, inside[96] = fragments[:1], bytes(block), 1
        for place, fragment in enumerate(fragments):
            inside[24 * place : 24 * place + 24] = b"%011o\0%011o\0" % fragment
        inside[97:109] = b"%011o\0" % real
        magic = self.random.choice([b"ustar  \0"] * 8 + [b"ustar\x0000"])
        return self.header(name, b"S", len(data), magic=magic, sparse=bytes(inside)) + more + padded(data)

    def entry(self) -> bytes:
        what = self.random.randrange(30)
        if what in (0, 1):
            return self.special(b"xg"[what : what + 1], self.pax())
        if what == 2:
            return self.special(b"L", self.random.choice(NAMES) + self.random.choice([b"\0", b"", b"\0junk"]))
        if what == 3:
            return self.special(b"K", b"target\0")
        if what in (4, 5):
            return self.sparse()
        name, content = self.random.choice(USUAL_NAMES if self.random.randrange(5) else NAMES), self.random.choice(CONTENTS)
        kind = self.random.choice([*[b"0"] * 14, *[b"\0"] * 3, *(bytes((byte,)) for byte in b"12345567XVMADNS\xff")])
        size = len(content)
        if kind in b"123456" and self.random.randrange(3):
            content, size = b"", self.random.choice([0, 0, 0, 1, 512])
        if self.one_in(50):
            size = self.random.choice([size + 1, max(0, size - 1), 1 << 33, 104_857_600, 104_857_601])
        mode = self.random.choice([0o644] * 12 + [0o755, 0o40755, 0o100644, 0o120777])
        mtime = self.random.choice([1_700_000_000] * 6 + [0, 1, 8_000_000_000, -1])
        prefix = self.random.choice([b""] * 15 + [b"c/deep", b"\xe9"])
        return self.header(name, kind, size, mode, mtime, prefix=prefix) + padded(content)

    def tar(self) -> bytes:
        parts = [self.header(b"c/Chart.yaml", b"0", len(CHART_YAML)) + padded(CHART_YAML)]
        parts += [self.entry() for _round in range(self.random.randrange(5))]
        if self.one_in(3):
            self.random.shuffle(parts)
        data = b"".join(parts)
        ends = [
            data, data.rstrip(b"\0"), data + bytes(BLOCK), data + bytes(BLOCK) + b"j" * BLOCK, data + bytes(2 * BLOCK) + b"junk" * 99,
            data + b"junk" * self.random.randrange(1, 200), data[: self.random.randrange(len(data))],
            data + bytes(self.random.randrange(1, 2 * BLOCK)), data + bytes(10240),
        ]  # fmt: skip
        return self.random.choice(ends + [data + bytes(2 * BLOCK)] * 5)

    # --- gzip

    def deflate(self, data: bytes) -> bytes:
        if self.packed and self.random.randrange(3):
            packer = zlib.compressobj(self.random.choice([1, 6, 9]), zlib.DEFLATED, -15, 9, self.random.choice([0, 2, 3, 4]))
            return packer.compress(data) + packer.flush()
        pieces = [data[start : start + 65535] for start in range(0, len(data), 65535)] or [b""]
        headers = [struct.pack("<BHH", piece is pieces[-1], len(piece), len(piece) ^ 0xFFFF) for piece in pieces]
        return b"".join(head + piece for head, piece in zip(headers, pieces, strict=True))

    def member(self, data: bytes) -> bytes:
        flags, extra = 0, b""
        if self.one_in(8):
            flags, extra = flags | 4, extra + struct.pack("<H", 3) + b"abc"
        if self.one_in(8):
            flags, extra = flags | 8, extra + self.random.choice([b"name", b"n" * 511, b"n" * 512, b"\xe9"]) + b"\0"
        if self.one_in(16):
            flags, extra = flags | 16, extra + b"comment\0"
        if self.one_in(40):
            flags |= self.random.choice([32, 64, 128, 1])
        if self.one_in(10):
            flags |= 2
            extra += struct.pack("<H", (zlib.crc32(self.head(flags, extra)) & 0xFFFF) ^ self.one_in(3))
        crc, size = zlib.crc32(data) ^ self.one_in(14), len(data) ^ self.one_in(30)
        return self.head(flags, extra) + self.deflate(data) + struct.pack("<II", crc, size)

    @staticmethod
    def head(flags: int, extra: bytes) -> bytes:
        return b"\x1f\x8b\x08" + bytes((flags, 0, 0, 0, 0, 0, 255)) + extra

    def archive(self) -> bytes:
        data = self.tar()
        cuts = sorted(self.random.randrange(len(data) + 1) for _round in range(self.random.choice([0, 0, 0, 0, 1, 2, 3])))
        out = b"".join(self.member(data[start:end]) for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True))
        how, at = self.random.randrange(20), self.random.randrange(len(out))
        changed = {
            0: out[:at],
            1: out[: -self.random.randrange(1, 9)],
            2: out + bytes(self.random.randrange(1, 40)),
            3: out + b"junk" * self.random.randrange(1, 10),
            4: out + self.member(b""),
            5: out[:at] + bytes((out[at] ^ 1 << self.random.randrange(8),)) + out[at + 1 :],
        }
        return changed.get(how, out)


def archive(seed: int, packed: bool = False) -> bytes:
    """The bytes of one ``.tgz``."""
    return Maker(seed, packed).archive()
