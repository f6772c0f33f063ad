# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""OpenPGP containers: clearsigned messages, keyrings, and the packets in them (RFC 4880).

This file takes containers apart; it verifies nothing. Helm 4: ``pkg/provenance/{sign,keybox}.go`` and the package ``clearsign`` of
``github.com/ProtonMail/go-crypto``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

_START = b"-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"
_END = b"-----END PGP SIGNATURE-----"
_HASHES = {"MD5", "SHA1", "RIPEMD160", "SHA224", "SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-512"}
#: packet tags
SIGNATURE, SECRET_KEY, PUBLIC_KEY, _TRUST = 2, 5, 6, 12
#: signature subpackets
_ISSUER, _ISSUER_FINGERPRINT = 16, 33
#: hash algorithms by number; those that are not here are unknown to Helm as well
HASHES = {1: "MD5", 2: "SHA-1", 3: "RIPEMD-160", 8: "SHA-256", 9: "SHA-384", 10: "SHA-512", 11: "SHA-224", 12: "SHA3-256", 14: "SHA3-512"}
#: hash algorithms for which collisions are known, or that are too weak
WEAK = {"MD5", "SHA-1", "RIPEMD-160"}


class BrokenContainer(ValueError):
    """The bytes are not what they should be. Its text completes "The keyring x ..."."""


@dataclass(frozen=True)
class SignedText:
    """A clearsigned message.

    :param text: lines joined by ``\\n``, as YAML is read from it.
    :param signed: the bytes that the signature covers: lines joined by ``\\r\\n``.
    :param signatures: signature packets, in their order.
    """

    text: bytes
    signed: bytes
    signatures: tuple[bytes, ...]


def read_clearsigned(data: bytes) -> SignedText | None:
    """The first clearsigned message in a file; ``None``: there is none, or it is malformed."""
    if data.startswith(_START):
        at = len(_START)
    else:
        at = data.find(b"\n" + _START) + 1 + len(_START)
        if at == len(_START):
            return None
    suffix, at = _line(data, at)
    if suffix:
        return None
    body = _skip_headers(data, at)
    if body < 0:
        return None
    lines = []
    at = body
    while True:
        if at >= len(data):
            return None
        before = at
        line, at = _line(data, at)
        if line == _SIGNATURE:
            break
        lines.append((line[2:] if line.startswith(b"- ") else line).rstrip(b" \t"))
    end = data.find(b"\n" + _END, before)
    if end < 0:
        return None
    try:
        found = list(packets(_block(data[before : end + 1 + len(_END)])[1]))
    except BrokenContainer:
        return None
    signatures = tuple(_packet(tag, _with_correct_lengths(content) if tag == SIGNATURE else content) for tag, content in found)
    return SignedText(b"\n".join(lines), b"\r\n".join(lines), signatures)


def _line(data: bytes, at: int) -> tuple[bytes, int]:
    """A line without its end, and where the next one begins."""
    end = data.find(b"\n", at)
    if end < 0:
        return data[at:], len(data)
    return data[at : end - 1 if end > at and data[end - 1] == 13 else end], end + 1


def _skip_headers(data: bytes, at: int) -> int:
    """Where the text begins, after the ``Hash`` headers; -1: other headers, or no text."""
    while at < len(data):
        line, at = _line(data, at)
        if not line.strip():
            return at
        name, colon, value = line.partition(b":")
        if not colon or name.strip() != b"Hash" or any(not 0x20 <= byte <= 0x7E for byte in line):
            return -1
        if not {part.strip().upper() for part in value.decode("ascii").split(",")} <= _HASHES:
            return -1
    return -1


# --- keyrings


def read_keyring(data: bytes) -> list[bytes]:
    """The certificates of a keyring, each as its packets.

    The keyring is binary, armored (any number of blocks), or a keybox (``pubring.kbx``). Trust packets, which only gpg reads, are left out.

    :raises BrokenContainer: it is none of these.
    """
    if len(data) >= 12 and data[4] == 1 and data[8:12] == b"KBXf":
        raw = _keybox(data)
    elif data.strip().startswith(b"-----BEGIN PGP"):
        raw = _armored_keys(data)
    else:
        raw = data
    certificates: list[list[bytes]] = []
    for tag, content in packets(raw):
        if tag in (PUBLIC_KEY, SECRET_KEY):
            certificates.append([])
        if certificates and tag != _TRUST:
            certificates[-1].append(_packet(tag, _with_correct_lengths(content) if tag == SIGNATURE else content))
    return [b"".join(parts) for parts in certificates]


def _keybox(data: bytes) -> bytes:
    """The keys in gpg's keybox.

    Entries of other kinds, and those that gpg itself skips (ephemeral ones), are left out.
    """
    keys = []
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 5 or size > len(data) - at:
            raise BrokenContainer(f"is a damaged keybox: the entry at byte {at} has an invalid length")
        entry = data[at : at + size]
        if entry[4] == 2:
            start, length = int.from_bytes(entry[8:12], "big"), int.from_bytes(entry[12:16], "big")
            if size < 16 or start + length > size:
                raise BrokenContainer(f"is a damaged keybox: the key in the entry at byte {at} is out of range")
            if not int.from_bytes(entry[6:8], "big") & 2:
                keys.append(entry[start : start + length])
        at += size
    if not keys:
        raise BrokenContainer("is a keybox without OpenPGP keys")
    return b"".join(keys)


def _armored_keys(data: bytes) -> bytes:
    found = []
    for block in data.replace(b"\r\n", b"\n").split(b"-----BEGIN PGP ")[1:]:
        kind, content = _block(b"-----BEGIN PGP " + block)
        if kind not in ("PUBLIC KEY BLOCK", "PRIVATE KEY BLOCK"):
            raise BrokenContainer(f"contains a block PGP {kind[:40]}, which is not a key")
        found.append(content)
    return b"".join(found)


def _block(data: bytes) -> tuple[str, bytes]:
    """Kind and content of one armored block.

    A checksum is not compared, as in Helm: it protects nothing that a signature does not.
    """
    lines = [line.strip() for line in data.strip().split(b"\n")]
    kind = lines[0].removeprefix(b"-----BEGIN PGP ").removesuffix(b"-----").decode("ascii", "replace")
    end = b"-----END PGP " + kind.encode("ascii", "replace") + b"-----"
    if end not in lines:
        raise BrokenContainer(f"has a block PGP {kind[:40]} without an end")
    content = lines[1 : lines.index(end)]
    if b"" in content:
        content = content[content.index(b"") + 1 :]
    text = b"".join(line for line in content if not line.startswith(b"="))
    try:
        return kind, base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BrokenContainer(f"has a block PGP {kind[:40]} that is not base64") from None


# --- packets


def packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and body of each packet. Raises ``BrokenContainer``."""
    at = 0
    while at < len(data):
        first = data[at]
        if not first & 0x80:
            raise BrokenContainer("is not an OpenPGP file: it has neither binary nor armored keys")
        tag, at, size = _header(data, at, first)
        if size < 0 or size > len(data) - at:
            raise BrokenContainer("is truncated")
        yield tag, data[at : at + size]
        at += size


def _header(data: bytes, at: int, first: int) -> tuple[int, int, int]:
    """Tag, start and size of a packet; a size of -1 is invalid."""
    if first & 0x40:
        return first & 63, *_length(data, at + 1, 224)
    width = (1, 2, 4, 0)[first & 3]
    at += 1 + width
    return first >> 2 & 15, at, int.from_bytes(data[at - width : at], "big") if width else len(data) - at


def _length(data: bytes, at: int, one_byte_more: int) -> tuple[int, int]:
    """Where the content begins, and its size.

    A size of -1 is invalid, or the length of a part; keys and signatures never have parts.

    :param one_byte_more: first bytes from 192 to below this one have a second one. Packets and subpackets differ here.
    """
    first = data[at] if at < len(data) else one_byte_more
    if first < 192:
        return at + 1, first
    if first < one_byte_more:
        second = data[at + 1] if at + 1 < len(data) else 0
        return at + 2, (first - 192 << 8) + second + 192
    if first == 255:
        return at + 5, int.from_bytes(data[at + 1 : at + 5], "big")
    return at, -1


def _packet(tag: int, body: bytes) -> bytes:
    return bytes((0xC0 | tag, 255)) + len(body).to_bytes(4, "big") + body


def _with_correct_lengths(body: bytes) -> bytes:
    """A signature whose numbers state their real length.

    Helm 3 was built for years with a library that states the length of the key, also for a number that is shorter: one signature of two.
    Helm accepts them; Sequoia does not. The signature covers none of the bytes that change.
    """
    if len(body) < 6 or body[0] != 4:
        return body
    at = 6 + int.from_bytes(body[4:6], "big")
    at += 2 + int.from_bytes(body[at : at + 2], "big") + 2
    numbers = []
    head = body[:at]
    while at + 2 <= len(body):
        size = (int.from_bytes(body[at : at + 2], "big") + 7) // 8
        number = int.from_bytes(body[at + 2 : at + 2 + size], "big")
        if at + 2 + size > len(body):
            return body
        numbers.append(number)
        at += 2 + size
    if at != len(body) or not numbers or body[2] not in _WITH_NUMBERS:
        return body
    return head + b"".join(n.bit_length().to_bytes(2, "big") + n.to_bytes((n.bit_length() + 7) // 8, "big") for n in numbers)


#: public key algorithms whose signatures are numbers: RSA, DSA, ECDSA, EdDSA of RFC 4880
_WITH_NUMBERS = {1, 3, 17, 19, 22}


@dataclass(frozen=True)
class SignatureFacts:
    """What a signature packet says about itself; nothing of it is verified.

    :param issuer: the last 16 hexadecimal digits of the signing key's fingerprint, in lower case; empty: it names none.
    :param hash: name of the hash algorithm; empty: unknown.
    :param hash_number: number of the hash algorithm.
    """

    issuer: str
    hash: str
    hash_number: int


def signature_facts(packet: bytes) -> SignatureFacts | None:
    """``None``: it is not a signature, or one of a version that is not supported."""
    tag, body = next(packets(packet))
    if tag != SIGNATURE or len(body) < 10 or body[0] not in (3, 4, 6):
        return None
    if body[0] == 3:
        return SignatureFacts(body[7:15].hex(), HASHES.get(body[16], ""), body[16]) if len(body) > 16 else None
    number = body[3]
    width = 2 if body[0] == 4 else 4
    hashed = 4 + width
    size = int.from_bytes(body[4:hashed], "big")
    unhashed = hashed + size + width
    rest = int.from_bytes(body[hashed + size : unhashed], "big")
    issuer = _issuer(body[hashed : hashed + size]) or _issuer(body[unhashed : unhashed + rest])
    return SignatureFacts(issuer, HASHES.get(number, ""), number)


def _issuer(area: bytes) -> str:
    """The key id in an area of subpackets, or the one of the fingerprint there."""
    at = 0
    by_fingerprint = ""
    while at < len(area):
        start, size = _length(area, at, 255)
        if size < 1 or start >= len(area):
            break
        kind, content = area[start] & 127, area[start + 1 : start + size]
        if kind == _ISSUER and len(content) == 8:
            return content.hex()
        if kind == _ISSUER_FINGERPRINT and len(content) > 20:
            by_fingerprint = (content[1:9] if content[0] >= 5 else content[-8:]).hex()
        at = start + size
    return by_fingerprint
