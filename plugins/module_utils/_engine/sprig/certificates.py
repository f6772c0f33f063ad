# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""The private keys and certificates of ``crypto``, equal to those of Go's ``crypto/x509``.

``cryptography`` makes them. Extensions have Go's order. Only a CA gets a subject key identifier; only a certificate that a CA signs names
its issuer's.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, ClassVar

from ..aliases import Cryptography, GoValue
from ..gotypes.limits import tick
from ..gotypes.values import GoError, GoObject
from .context import Context
from .convert import to_bytes, wrap_int64

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\r?\n.*?-----END \1-----", re.DOTALL)
_RSA_BITS = 2048
#: the library cannot write a date before it
_FIRST_YEAR = 1950
#: the end of a certificate that ended earlier, until it is written: a date that no other part of it holds
_STAND_IN = datetime(2999, 7, 13, 1, 59, 47)
_DAY = 86_400 * 10**9  # nanoseconds
# steps of a render that a key of that size, and a signature count as
_RSA_STEPS, _SIGN_STEPS = 15_000, 500


class Certificate(GoObject):
    """What the functions return: two PEM texts."""

    GO_TYPE: ClassVar[str] = "sprig.certificate"
    GO_FIELDS: ClassVar[dict[str, str]] = {"Cert": "cert", "Key": "key"}

    def __init__(self, cert: str, key: str) -> None:
        self.cert = cert
        self.key = key

    def go_json(self) -> dict[str, str]:
        """A struct without tags."""
        return {"Cert": self.cert, "Key": self.key}


def require() -> Cryptography:
    """The library's ``hazmat`` modules, or the error that names it."""
    try:
        import cryptography
    except ImportError:
        raise GoError("this function requires the Python library cryptography on the host that renders the chart") from None
    return cryptography


def new_rsa(bits: int = _RSA_BITS) -> Cryptography:
    require()
    from cryptography.hazmat.primitives.asymmetric import rsa

    if bits == _RSA_BITS:
        tick(_RSA_STEPS)
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def key_text(key: Cryptography) -> str:
    """PEM as sprig writes it: PKCS#1 for RSA, SEC 1 for EC, OpenSSL's for DSA, PKCS#8 for the others."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    traditional = isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, dsa.DSAPrivateKey))
    form = PrivateFormat.TraditionalOpenSSL if traditional else PrivateFormat.PKCS8
    text: str = key.private_bytes(Encoding.PEM, form, NoEncryption()).decode("ascii")
    return text


def read_key(text: str) -> Cryptography:
    """A private key from PEM text.

    :raises GoError: in sprig's words; the last part is worded here where it is a message of Go's decoder.
    """
    require()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    found = _PEM.search(text)
    if found is None:
        raise GoError("no PEM data in input")
    label = found[1]
    if label != "PRIVATE KEY" and not label.endswith(" PRIVATE KEY"):
        raise GoError(f"no private key data in PEM block of type {label}")
    sort = label[: -len(" PRIVATE KEY")]
    if label != "PRIVATE KEY" and sort not in ("RSA", "EC", "DSA"):
        raise GoError(f"invalid private key type {label}")
    try:
        return load_pem_private_key(to_bytes(found[0]), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        prefix = "decoding PEM as PKCS#8" if label == "PRIVATE KEY" else f"parsing {sort} private key from PEM"
        raise GoError(f"{prefix}: malformed key") from error


def read_certificate(text: str) -> Cryptography:
    require()
    from cryptography import x509

    found = _PEM.search(text)
    if found is None:
        raise GoError("unable to decode certificate")
    try:
        return x509.load_pem_x509_certificate(to_bytes(found[0]))
    except ValueError as error:
        raise GoError("error parsing certificate: decodedCert.Bytes: x509: malformed certificate") from error


def addresses(ips: list[GoValue] | None) -> list[IPv4Address | IPv6Address]:
    import ipaddress

    from ..gotypes.printing import sprint

    out = []
    for ip in ips or ():
        if not isinstance(ip, str):
            raise GoError(f"error parsing ip: {sprint(ip)} is not a string")
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            raise GoError(f"error parsing ip: {ip}") from None
        if address.version == 6 and ("%" in ip or address.ipv4_mapped is not None):
            if "%" in ip:
                raise GoError(f"error parsing ip: {ip}")
            address = address.ipv4_mapped or address
        out.append(address)
    return out


def names(alternate: list[GoValue] | None) -> list[str]:
    from ..gotypes.printing import go_quote, sprint

    for name in alternate or ():
        if not isinstance(name, str):
            raise GoError(f"error processing alternate dns name: {sprint(name)} is not a string")
        if not name.isascii():
            raise GoError(f"error creating certificate: x509: {go_quote(name)} cannot be encoded as an IA5String")
    return list(alternate or ())


def issue(
    context: Context,
    common_name: str,
    days: int,
    key: Cryptography,
    *,
    ips: list[GoValue] | None = None,
    alternate: list[GoValue] | None = None,
    authority: bool = False,
    signer: tuple[Cryptography, Cryptography] | None = None,
) -> Certificate:
    """A certificate for ``key``.

    :param days: from now, also negative; nanoseconds beyond an int64 begin again at its other end, as Go's do.
    :param authority: a CA's.
    :param signer: certificate and key of the CA that signs; without one the certificate signs itself.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    tick(_SIGN_STEPS)
    addresses_and_names = [x509.IPAddress(ip) for ip in addresses(ips)], [x509.DNSName(name) for name in names(alternate)]
    _refuse_dsa(key, signer[1] if signer else key)
    subject = _subject(common_name)
    now = context.now().astimezone(timezone.utc).replace(tzinfo=None)
    end = now + timedelta(microseconds=wrap_int64(days * _DAY) // 1000)
    # by its constructor: its methods refuse an end before the beginning, which Go takes
    builder = x509.CertificateBuilder(
        issuer_name=signer[0].subject if signer else subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=int.from_bytes(context.bytes(16), "big") or 1,
        not_valid_before=now.replace(microsecond=0),
        not_valid_after=end.replace(microsecond=0) if end.year >= _FIRST_YEAR else _STAND_IN,
    )
    for extension, critical in _extensions(key, authority, signer, addresses_and_names):
        builder = builder.add_extension(extension, critical)
    signing = signer[1] if signer else key
    certificate = builder.sign(signing, _digest(signing))
    if end.year >= _FIRST_YEAR:
        return Certificate(certificate.public_bytes(Encoding.PEM).decode("ascii"), key_text(key))
    return Certificate(_pem(_with_end(certificate, signing, end)), key_text(key))


def _with_end(certificate: Cryptography, signing: Cryptography, end: datetime) -> bytes:
    """The same certificate in DER with another end in place of the stand-in, signed again."""
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    old, new = (f"\x18\x0f{moment:%Y%m%d%H%M%S}Z".encode() for moment in (_STAND_IN, end))  # GeneralizedTime
    body = certificate.tbs_certificate_bytes
    if body.count(old) != 1:
        raise GoError("error creating certificate: a name in it holds the bytes of a date")
    new_body = body.replace(old, new)
    digest = certificate.signature_hash_algorithm
    if isinstance(signing, rsa.RSAPrivateKey):
        signature = signing.sign(new_body, padding.PKCS1v15(), digest)
    elif isinstance(signing, ec.EllipticCurvePrivateKey):
        signature = signing.sign(new_body, ec.ECDSA(digest))
    else:
        signature = signing.sign(new_body)
    der = _der(certificate)
    start = der.index(body) + len(body)
    algorithm = der[start : start + 2 + der[start + 1]]  # shorter than 128 bytes
    return _tagged(0x30, new_body + algorithm + _tagged(0x03, b"\0" + signature))


def _der(certificate: Cryptography) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    data: bytes = certificate.public_bytes(Encoding.DER)
    return data


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _pem(der: bytes) -> str:
    text = base64.b64encode(der).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def _subject(common_name: str) -> Cryptography:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    # beyond 64 signs only the library complains, not Go
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name, _validate=len(common_name) <= 64)] if common_name else []
    return x509.Name(parts)


def _extensions(
    key: Cryptography,
    authority: bool,
    signer: tuple[Cryptography, Cryptography] | None,
    alternatives: tuple[list[Cryptography], list[Cryptography]],
) -> list[tuple[Cryptography, bool]]:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    out: list[tuple[Cryptography, bool]] = [
        (usage, True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.BasicConstraints(ca=authority, path_length=None), True),
    ]
    if authority:
        out.append((x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False))
    if signer:
        try:
            identifier = signer[0].extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        except x509.ExtensionNotFound:
            identifier = None
        if identifier is not None:
            out.append((x509.AuthorityKeyIdentifier(identifier.digest, None, None), False))
    ips, dns = alternatives
    if ips or dns:
        out.append((x509.SubjectAlternativeName([*dns, *ips]), False))
    return out


def _refuse_dsa(key: Cryptography, signing: Cryptography) -> None:
    """Refuses DSA keys: Go parses them, and neither signs with them nor certifies them."""
    from cryptography.hazmat.primitives.asymmetric import dsa

    if isinstance(signing, dsa.DSAPrivateKey):
        raise GoError("error creating certificate: x509: certificate private key does not implement crypto.Signer")
    if isinstance(key, dsa.DSAPrivateKey):
        raise GoError("error creating certificate: x509: unsupported public key type: *dsa.PublicKey")


def _digest(key: Cryptography) -> Cryptography:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519

    if isinstance(key, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)):
        return None
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.key_size > 256:
        return hashes.SHA384() if key.curve.key_size <= 384 else hashes.SHA512()
    return hashes.SHA256()
