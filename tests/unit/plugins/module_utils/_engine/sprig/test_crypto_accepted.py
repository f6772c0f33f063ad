# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of the cryptographic functions are accepted by other programs.

These are ``cryptography``, ``bcrypt``, and ``openssl`` if it is installed.

The parity tests check that Helm's functions accept them, and the engine's those of Helm.
"""

from __future__ import annotations

import base64
import datetime
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.clock import SystemClock, SystemRandom
from ansible_collections.windlass.charts.plugins.module_utils._engine.gotmpl.template import TemplateSet
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.context import Context
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.table import functions

x509 = pytest.importorskip("cryptography.x509")

OPENSSL = shutil.which("openssl")
DAYS = 365


def rendered(text: str) -> str:
    templates = TemplateSet(functions(Context(SystemClock(), SystemRandom())))
    templates.parse("t", text)
    return templates.execute("t", {})


def parts(text: str) -> list[str]:
    return [part.strip() + "\n" for part in rendered(text).split("%%")]


def openssl(*words: str, given: str = "") -> str:
    if OPENSSL is None:
        pytest.skip("no openssl on PATH")
    done = subprocess.run([OPENSSL, *words], input=given, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def key_of(pem: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(pem.encode(), None)


def public(key: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization as ser

    return bytes(key.public_bytes(ser.Encoding.DER, ser.PublicFormat.SubjectPublicKeyInfo))


SIGNED = {
    "rsa": '{{ $ca := genCA "harbour-ca" 365 }}{{ $c := genSignedCert "harbour" (list "10.1.2.3" "::1") (list "a.example" "*.b.example") 365 $ca }}',
    "given keys": '{{ $k := genPrivateKey "ecdsa" }}{{ $ca := genCAWithKey "harbour-ca" 365 $k }}'
    '{{ $c := genSignedCertWithKey "harbour" (list "10.1.2.3" "::1") (list "a.example" "*.b.example") 365 $ca (genPrivateKey "rsa") }}',
    "ed25519": '{{ $k := genPrivateKey "ed25519" }}{{ $ca := genCAWithKey "harbour-ca" 365 $k }}'
    '{{ $c := genSignedCertWithKey "harbour" (list "10.1.2.3" "::1") (list "a.example" "*.b.example") 365 $ca (genPrivateKey "ed25519") }}',
}
FOUR = "{{ $ca.Cert }}%%{{ $ca.Key }}%%{{ $c.Cert }}%%{{ $c.Key }}"


@pytest.mark.parametrize("kind", SIGNED)
@pytest.mark.slow
def test_a_certificate_is_signed_by_its_authority(kind: str, tmp_path: Path) -> None:
    ca, ca_key, leaf, leaf_key = parts(SIGNED[kind] + FOUR)
    authority, certificate = (x509.load_pem_x509_certificate(pem.encode()) for pem in (ca, leaf))
    certificate.verify_directly_issued_by(authority)
    assert public(certificate.public_key()) == public(key_of(leaf_key).public_key())
    assert public(authority.public_key()) == public(key_of(ca_key).public_key())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.example", "*.b.example"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["10.1.2.3", "::1"]
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == datetime.timedelta(days=DAYS)
    (tmp_path / "ca.pem").write_text(ca)
    (tmp_path / "leaf.pem").write_text(leaf)
    output = openssl("verify", "-CAfile", str(tmp_path / "ca.pem"), "-verify_hostname", "x.b.example", str(tmp_path / "leaf.pem"))
    assert output.strip().endswith("OK")


def test_a_certificate_signs_itself(tmp_path: Path) -> None:
    leaf, key = parts('{{ $c := genSelfSignedCert "harbour" nil (list "a.example") 365 }}{{ $c.Cert }}%%{{ $c.Key }}')
    certificate = x509.load_pem_x509_certificate(leaf.encode())
    certificate.verify_directly_issued_by(certificate)
    assert public(certificate.public_key()) == public(key_of(key).public_key())
    (tmp_path / "leaf.pem").write_text(leaf)
    assert openssl("verify", "-CAfile", str(tmp_path / "leaf.pem"), str(tmp_path / "leaf.pem")).strip().endswith("OK")


@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519", "dsa"])
def test_a_private_key_is_read(kind: str) -> None:
    (pem,) = parts(f'{{{{ genPrivateKey "{kind}" }}}}')
    key_of(pem)
    assert "PUBLIC KEY" in openssl("pkey", "-pubout", given=pem)


def test_passwords_are_recognised() -> None:
    bcrypt = pytest.importorskip("bcrypt")
    plain, line = parts('{{ bcrypt "pass" }}%%{{ htpasswd "me" "pass" }}')
    user, _colon, hashed = line.strip().partition(":")
    assert user == "me"
    for one in (plain.strip(), hashed):
        assert bcrypt.checkpw(b"pass", one.encode())
        assert not bcrypt.checkpw(b"Pass", one.encode())


def test_aes_is_read_by_another(tmp_path: Path) -> None:
    """CBC with the vector at the beginning, as ``openssl enc`` reads it.

    The key is filled up with zeros to 32 bytes; PKCS #7.
    """
    (text,) = parts('{{ encryptAES "secretkey" "plain text" }}')
    data = base64.b64decode(text)
    (tmp_path / "in").write_bytes(data[16:])
    words = ("enc", "-d", "-aes-256-cbc", "-K", b"secretkey".ljust(32, b"\0").hex(), "-iv", data[:16].hex(), "-in", str(tmp_path / "in"))
    assert openssl(*words) == "plain text"


@pytest.mark.slow
@pytest.mark.parametrize("days", [-1, 0, -40_000, 1_000_000])
@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
def test_certificates_of_any_number_of_days(days: int, kind: str) -> None:
    """Also those that end before they begin.

    Beyond what a span of nanoseconds holds Go begins again at its other end.
    """
    authority, leaf = (
        x509.load_pem_x509_certificate(text.encode())
        for text in parts(
            f'{{{{ $k := genPrivateKey "{kind}" }}}}{{{{ $c := genCAWithKey "ca" {days} $k }}}}{{{{ $c.Cert }}}}%%'
            f'{{{{ (genSignedCertWithKey "leaf" nil (list "a.b") {days} $c $k).Cert }}}}'
        )
    )
    span = datetime.timedelta(days=days)
    if days > 106_751:
        span = datetime.timedelta(microseconds=((days * 86_400 * 10**9 + 2**63) % 2**64 - 2**63) // 1000)
    for certificate in (authority, leaf):
        found = certificate.not_valid_after_utc - certificate.not_valid_before_utc
        assert abs(found - span) <= datetime.timedelta(seconds=1)
    leaf.verify_directly_issued_by(authority)
