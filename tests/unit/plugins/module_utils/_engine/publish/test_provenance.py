# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Provenance files and OpenPGP containers, without cryptography: a stand-in verifies."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import ChartLoadError, VerificationError
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish import pgp_packets, provenance
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.pgp_packets import SignatureFacts, read_clearsigned
from ansible_collections.windlass.charts.plugins.module_utils._engine.publish.provenance import (
    Key,
    Keyring,
    OpenPgp,
    SignatureRefused,
    message_block,
    sign,
    verify,
)

ARCHIVE = b"archive"
FILE = "demo-1.0.0.tgz"
SUM = hashlib.sha256(ARCHIVE).hexdigest()
KEY = Key("A" * 40, ("Ann <ann@example.com>",))
RING = Keyring((b"certificate",), "ring.gpg")


def signature(issuer: str = "00112233445566aa", hash_number: int = 10, version: int = 4, by_fingerprint: bool = False) -> bytes:
    """A signature packet of a key; its number is 1."""
    raw = bytes.fromhex(issuer)
    subpackets = b"\x16\x21\x04" + b"\0" * 12 + raw if by_fingerprint else b"\x09\x10" + raw
    if version == 3:
        body = bytes((3, 5, 1, 0, 0, 0, 0)) + raw + bytes((1, hash_number, 0, 0, 0, 1, 1))
    else:
        body = bytes((version, 1, 1, hash_number)) + len(subpackets).to_bytes(2, "big") + subpackets + b"\0\0" + b"\0\0" + b"\0\x01\x01"
    return bytes((0xC2, len(body))) + body


def document(text: str, *signatures: bytes, head: str = "Hash: SHA512\n", before: str = "") -> bytes:
    body = base64.b64encode(b"".join(signatures or (signature(),))).decode()
    return (
        f"{before}-----BEGIN PGP SIGNED MESSAGE-----\n{head}\n{text}\n-----BEGIN PGP SIGNATURE-----\n\n{body}\n=abcd\n-----END PGP SIGNATURE-----\n"
    ).encode()


def block(files: str = f"files:\n  {FILE}: sha256:{SUM}\n") -> str:
    return f"name: demo\n\n...\n{files}"


@dataclass
class Stub(OpenPgp):
    """Knows one issuer; says of it what it was given."""

    known: str = "00112233445566aa"
    refusal: SignatureRefused | None = None
    asked: list[str] = field(default_factory=list)

    def verify(self, signed: bytes, signature: bytes, issuer: str, certificates: Sequence[bytes]) -> Key:
        self.asked.append(issuer)
        if issuer != self.known:
            raise SignatureRefused(provenance.UNKNOWN_KEY)
        if self.refusal is not None:
            raise self.refusal
        return KEY

    def keys(self, certificates: Sequence[bytes]) -> list[Key | None]:
        return [KEY for _certificate in certificates]

    def clear_sign(self, text: bytes, certificate: bytes, passphrase: str) -> bytes:
        return text


def reason_of(prov: bytes, pgp: OpenPgp | None = None, file_name: str = FILE) -> tuple[str, str, str | None]:
    with pytest.raises(VerificationError) as caught:
        verify(ARCHIVE, prov, file_name, RING, pgp or Stub(), f"/charts/{file_name}")
    return caught.value.fields["reason"], str(caught.value), caught.value.helm


def test_a_provenance_file_is_confirmed() -> None:
    found = verify(ARCHIVE, document(block()), FILE, RING, Stub(), FILE)
    assert found == provenance.Verification(KEY, FILE, f"sha256:{SUM}")
    assert found.words() == [
        "Signed by: Ann <ann@example.com>",
        f"Using Key With Fingerprint: {'A' * 40}",
        f"Chart Hash Verified: sha256:{SUM}",
    ]


@pytest.mark.parametrize("before", ["", "Some words.\n\n", "\n"])
def test_text_before_the_message_is_ignored(before: str) -> None:
    assert verify(ARCHIVE, document(block(), before=before), FILE, RING, Stub(), FILE).key == KEY


def test_the_first_signature_whose_key_is_known_counts() -> None:
    pgp = Stub()
    assert verify(ARCHIVE, document(block(), signature("ff" * 8), signature(by_fingerprint=True)), FILE, RING, pgp, FILE).key == KEY
    assert pgp.asked == ["ff" * 8, "00112233445566aa"]


@pytest.mark.parametrize(
    "prov",
    [
        b"",
        b"not a message",
        document(block())[:-60],
        document(block(), head="Hash: SHA512\nComment: x\n"),
        document(block(), head="Hash: CRC32\n"),
        document(block(), head="Hash SHA512\n"),
        document(block(), head="Hash: SHA512\x07\n"),
        document(block()).replace(b"MESSAGE-----\n", b"MESSAGE----- \n", 1),
        b" " + document(block()),
        document(block(), b"text"),
        document(block(), b"\xc2\xff\xff\xff\xff\xff"),
    ],
)
def test_a_file_without_a_signed_message_is_refused(prov: bytes) -> None:
    reason, words, helm = reason_of(prov)
    assert (reason, helm) == ("unsigned", "signature block not found")
    assert words.startswith(f"The provenance file of /charts/{FILE} contains no signed message")


def test_a_signature_without_an_issuer_is_refused() -> None:
    body = bytes((4, 1, 1, 10, 0, 0, 0, 0, 0, 0, 0, 1, 1))
    reason, words, helm = reason_of(document(block(), bytes((0xC2, len(body))) + body))
    assert (reason, helm) == ("unsigned", "openpgp: invalid data: signature doesn't have an issuer")
    assert "does not name the key that made it" in words


def test_an_unknown_hash_algorithm_is_named() -> None:
    reason, words, _helm = reason_of(document(block(), signature(hash_number=77)))
    assert reason == "unknown_hash"
    assert "uses an unknown hash algorithm (number 77)" in words


def test_unknown_keys_are_named() -> None:
    reason, words, helm = reason_of(document(block(), signature("ff" * 8), signature("ee" * 8)))
    assert (reason, helm) == ("unknown_key", "openpgp: signature made by unknown entity")
    assert "was made by FFFFFFFFFFFFFFFF, EEEEEEEEEEEEEEEE, which is not a signing key of the keyring ring.gpg" in words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (provenance.REVOKED, "which has been revoked."),
        (provenance.EXPIRED, "the key or the signature has expired."),
        (provenance.ALTERED, "was altered after the key"),
        (provenance.WEAK_HASH, "relies on SHA-1 or another weak algorithm"),
    ],
)
def test_a_refusal_names_the_key(reason: str, words: str) -> None:
    found, sentence, _helm = reason_of(document(block()), Stub(refusal=SignatureRefused(reason, KEY)))
    assert found == reason
    assert words in sentence
    assert f"the key {'A' * 40} (Ann <ann@example.com>)" in sentence


@pytest.mark.parametrize(
    "text",
    [
        "name: demo\n",
        "name: demo\n\n...\n- a\n",
        "name: demo\n\n...\nfiles: text\n",
        "name: demo\n\n...\nfiles:\n  a: 1\n",
        "name: demo\n\n...\n\tfiles: {",
    ],
)
def test_a_signed_text_of_another_kind_is_refused(text: str) -> None:
    reason, words, _helm = reason_of(document(text))
    assert reason == "unsigned"
    assert "is signed, but has no list of checksums" in words


@pytest.mark.parametrize("files", ["", "files: {}\n", "other: 1\n", f"files:\n  other.tgz: sha256:{SUM}\n"])
def test_a_file_that_is_not_listed_is_refused(files: str) -> None:
    reason, words, helm = reason_of(document(block(files)))
    assert (reason, helm) == ("not_listed", f'provenance does not contain a SHA for a file named "{FILE}"')
    assert f"not for {FILE}" in words


@pytest.mark.parametrize(
    ("written", "reason", "words"),
    [
        ("sha256:" + "0" * 64, "checksum", f"was altered after it was signed: its checksum is sha256:{SUM}"),
        (f"sha256:{SUM.upper()}", "checksum", "was altered after it was signed"),
        (f"sha512:{SUM}", "unknown_hash", "has a checksum of an unknown kind ('sha512'); only sha256 is supported"),
        (SUM, "unknown_hash", "has a checksum of an unknown kind"),
    ],
)
def test_another_checksum_is_refused(written: str, reason: str, words: str) -> None:
    """Helm compares the text, so that an upper-case one is another one."""
    found, sentence, helm = reason_of(document(block(f'files:\n  {FILE}: "{written}"\n')))
    assert found == reason
    assert words in sentence
    assert helm == f'sha256 sum does not match for {FILE}: "{written}" != "sha256:{SUM}"'


# --- containers


def test_lines_are_read_as_they_were_signed() -> None:
    message = read_clearsigned(document("- -----BEGIN\n- - item\nspaces \t\n\nend").replace(b"\n", b"\r\n"))
    assert message is not None
    assert message.text == b"-----BEGIN\n- item\nspaces\n\nend"
    assert message.signed == b"-----BEGIN\r\n- item\r\nspaces\r\n\r\nend"


@pytest.mark.parametrize(
    ("packet", "facts"),
    [
        (signature(), SignatureFacts("00112233445566aa", "SHA-512", 10)),
        (signature(by_fingerprint=True, hash_number=8), SignatureFacts("00112233445566aa", "SHA-256", 8)),
        (signature(version=3, hash_number=2), SignatureFacts("00112233445566aa", "SHA-1", 2)),
        (signature(version=5), None),
        (b"\xc2\x01\x04", None),
        (b"\xcd\x01a", None),
    ],
)
def test_facts_of_a_signature(packet: bytes, facts: SignatureFacts | None) -> None:
    assert pgp_packets.signature_facts(packet) == facts


@pytest.mark.parametrize("size", [0, 1, 191, 192, 500, 8383, 8384, 70_000])
@pytest.mark.parametrize("new", [True, False])
def test_every_form_of_a_length_is_read(size: int, new: bool) -> None:
    body = b"b" * size
    if new:
        length = bytes([size]) if size < 192 else bytes(((size - 192 >> 8) + 192, size - 192 & 255)) if size < 8384 else b"\xff" + size.to_bytes(4, "big")
        head = b"\xcd" + length
    else:
        kind = 0 if size < 256 else 1 if size < 65536 else 2
        head = bytes([0x80 | 13 << 2 | kind]) + size.to_bytes((1, 2, 4)[kind], "big")
    assert list(pgp_packets.packets(head + body + b"\xcd\x01z")) == [(13, body), (13, b"z")]


def test_a_packet_of_indeterminate_length_is_the_last_one() -> None:
    assert list(pgp_packets.packets(bytes([0x80 | 13 << 2 | 3]) + b"rest")) == [(13, b"rest")]


@pytest.mark.parametrize("data", [b"\xcd", b"\xcd\x05abc", b"\xcd\xe0abc", b"\xcd\xff\0", b"\xb5\0", b"\x01"])
def test_a_damaged_packet_is_refused(data: bytes) -> None:
    with pytest.raises(pgp_packets.BrokenContainer):
        list(pgp_packets.packets(data))


def test_trust_packets_of_a_keyring_are_left_out() -> None:
    ring = b"\x98\x01k" + b"\xb0\x02tt" + b"\xb4\x01u" + b"\xb0\x02tt" + b"\x98\x01l"
    assert [list(pgp_packets.packets(part)) for part in pgp_packets.read_keyring(ring)] == [[(6, b"k"), (13, b"u")], [(6, b"l")]]


def test_no_byte_of_a_provenance_file_may_be_cut_off_without_notice() -> None:
    whole = document(block())
    for size in range(len(whole) - 2):
        assert read_clearsigned(whole[:size]) is None


# --- signing


def test_the_signed_text_is_helms() -> None:
    assert message_block(ARCHIVE, FILE, b"name: demo\nversion: 1.0.0\n") == (
        f"name: demo\nversion: 1.0.0\n\n...\nfiles:\n  {FILE}: sha256:{SUM}\n".encode()
    )


def test_only_a_chart_is_signed() -> None:
    with pytest.raises(ChartLoadError):
        sign(b"text", FILE, RING, "", "", Stub())
