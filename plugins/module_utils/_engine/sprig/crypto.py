# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""sprig's keys, certificates and passwords (``crypto.go``).

The libraries ``cryptography`` and ``bcrypt`` are imported when a function needs them; without them the error names them. They
generate their own random numbers; serial numbers and initialization vectors come from the context.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct

from ..aliases import Cryptography, GoValue
from ..gotypes.limits import tick, visited
from ..gotypes.values import GoError
from .certificates import Certificate, issue, key_text, new_rsa, read_certificate, read_key, require
from .context import Context
from .convert import to_bytes, to_text
from .encoding import CorruptInput, base64_decode

_BLOCK = 16
# steps of a render that these count as, a ten thousandth of a second each; nothing looks at the time while they run
_SCRYPT, _BCRYPT, _RSA_4096, _DSA, _CURVE = 10_000, 6_000, 100_000, 50_000, 500
_RSA_BITS = 4096
_SEED = b"com.lyndir.masterpassword"
#: the shapes of derived passwords (Master Password, version 1): one letter a character class of ``_CLASSES``
_SHAPES = {
    "maximum": "anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno",
    "long": "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv CvcvCvccnoCvcv "
    "CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv CvccCvccCvcvno CvcvnoCvccCvcc "
    "CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno",
    "medium": "CvcnoCvc CvcCvcno",
    "short": "Cvcn",
    "basic": "aaanaaan aannaaan aaannaaa",
    "pin": "nnnn",
}
_VOWELS, _CONSONANTS, _DIGITS = "AEIOU", "BCDFGHJKLMNPQRSTVWXYZ", "0123456789"
_LETTERS = _VOWELS + _VOWELS.lower() + _CONSONANTS + _CONSONANTS.lower()
_CLASSES = {
    "V": _VOWELS,
    "C": _CONSONANTS,
    "v": _VOWELS.lower(),
    "c": _CONSONANTS.lower(),
    "A": _VOWELS + _CONSONANTS,
    "a": _LETTERS,
    "n": _DIGITS,
    "o": "@&%?,=[]_:-+*$#!'^~;()/.",
    "x": _LETTERS + _DIGITS + "!@#$%^&*()",
}


def bcrypt_hash(_context: Context, password: str) -> str:
    data = to_bytes(password)
    if len(data) > 72:
        return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes"
    try:
        import bcrypt
    except ImportError:
        raise GoError("this function requires the Python library bcrypt on the host that renders the chart") from None
    tick(_BCRYPT)
    return str(bcrypt.hashpw(data, bcrypt.gensalt(10, prefix=b"2a")).decode("ascii"))


def htpasswd(context: Context, user: str, password: str) -> str:
    return f"invalid username: {user}" if ":" in user else f"{user}:{bcrypt_hash(context, password)}"


def derive_password(counter: int, kind: str, password: str, user: str, site: str) -> str:
    if kind not in _SHAPES:
        return f"cannot find password template {kind}"
    tick(_SCRYPT)
    user_bytes, site_bytes = to_bytes(user), to_bytes(site)
    salt = _SEED + struct.pack(">I", len(user_bytes)) + user_bytes
    key = hashlib.scrypt(to_bytes(password), salt=salt, n=32768, r=8, p=2, dklen=64, maxmem=1 << 27)
    message = _SEED + struct.pack(">I", len(site_bytes)) + site_bytes + struct.pack(">I", counter)
    seed = hmac.new(key, message, hashlib.sha256).digest()
    shapes = _SHAPES[kind].split()
    shape = shapes[seed[0] % len(shapes)]
    return "".join(_CLASSES[sort][byte % len(_CLASSES[sort])] for sort, byte in zip(shape, seed[1:], strict=False))


def gen_private_key(_context: Context, kind: str) -> str:
    if kind not in ("", "rsa", "dsa", "ecdsa", "ed25519"):
        return f"Unknown type {kind}"
    require()
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519

    tick({"dsa": _DSA, "ecdsa": _CURVE, "ed25519": _CURVE}.get(kind, _RSA_4096))
    if kind == "dsa":
        return key_text(dsa.generate_private_key(2048))
    if kind == "ecdsa":
        return key_text(ec.generate_private_key(ec.SECP256R1()))
    if kind == "ed25519":
        return key_text(ed25519.Ed25519PrivateKey.generate())
    return key_text(new_rsa(_RSA_BITS))


def build_custom_cert(cert: str, key: str) -> Certificate:
    cert_text, key_pem = _decoded(cert, "certificate"), _decoded(key, "private key")
    read_certificate(cert_text)
    try:
        read_key(key_pem)
    except GoError as error:
        raise GoError(f"error parsing private key: {error}") from error
    return Certificate(cert_text, key_pem)


def _decoded(text: str, what: str) -> str:
    try:
        return to_text(base64_decode(to_bytes(text)))
    except CorruptInput:
        raise GoError(f"unable to decode base64 {what}") from None


def _given_key(text: str) -> Cryptography:
    try:
        return read_key(text)
    except GoError as error:
        raise GoError(f"parsing private key: {error}") from error


def gen_ca(context: Context, name: str, days: int) -> Certificate:
    return issue(context, name, days, new_rsa(), authority=True)


def gen_ca_with_key(context: Context, name: str, days: int, key: str) -> Certificate:
    return issue(context, name, days, _given_key(key), authority=True)


def gen_self_signed_cert(context: Context, name: str, ips: list[GoValue] | None, dns: list[GoValue] | None, days: int) -> Certificate:
    return issue(context, name, days, new_rsa(), ips=ips, alternate=dns)


def gen_self_signed_cert_with_key(
    context: Context, name: str, ips: list[GoValue] | None, dns: list[GoValue] | None, days: int, key: str
) -> Certificate:
    return issue(context, name, days, _given_key(key), ips=ips, alternate=dns)


def gen_signed_cert(
    context: Context, name: str, ips: list[GoValue] | None, dns: list[GoValue] | None, days: int, authority: Certificate
) -> Certificate:
    return issue(context, name, days, new_rsa(), ips=ips, alternate=dns, signer=_signer(authority))


def gen_signed_cert_with_key(
    context: Context, name: str, ips: list[GoValue] | None, dns: list[GoValue] | None, days: int, authority: Certificate, key: str
) -> Certificate:
    return issue(context, name, days, _given_key(key), ips=ips, alternate=dns, signer=_signer(authority))


def _signer(authority: Certificate) -> tuple[Cryptography, Cryptography]:
    certificate = read_certificate(authority.cert)
    try:
        return certificate, read_key(authority.key)
    except GoError as error:
        raise GoError(f"error parsing private key: {error}") from error


def _cipher(password: str, vector: bytes) -> Cryptography:
    require()
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(algorithms.AES(to_bytes(password)[:32].ljust(32, b"\0")), modes.CBC(vector))


def encrypt_aes(context: Context, password: str, text: str) -> str:
    """AES-256-CBC, PKCS#7; the result is base64 of vector and ciphertext."""
    if not text:
        return ""
    data = to_bytes(visited(text))
    padding = _BLOCK - len(data) % _BLOCK
    vector = context.bytes(_BLOCK)
    encryptor = _cipher(password, vector).encryptor()
    sealed = encryptor.update(data + bytes((padding,)) * padding) + encryptor.finalize()
    return base64.b64encode(vector + sealed).decode("ascii")


def decrypt_aes(password: str, text: str) -> str:
    if not text:
        return ""
    try:
        data = base64_decode(to_bytes(visited(text)))
    except CorruptInput as error:
        raise GoError(str(error)) from None
    if len(data) < _BLOCK:
        raise GoError(f"runtime error: slice bounds out of range [:{_BLOCK}] with capacity {len(text) // 4 * 3}")
    if len(data) % _BLOCK:
        raise GoError("crypto/cipher: input not full blocks")
    if len(data) == _BLOCK:
        raise GoError("runtime error: index out of range [-1]")
    decryptor = _cipher(password, data[:_BLOCK]).decryptor()
    plain = decryptor.update(data[_BLOCK:]) + decryptor.finalize()
    size = len(plain) - plain[-1]
    if size < 0:
        raise GoError(f"runtime error: slice bounds out of range [:{size}]")
    return to_text(plain[:size])
