# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Checks that preserved keys match their certificates, and certificates their CA.

A mismatch is refused before anything is written, since old and new parts would be mixed. An expired certificate is preserved, with a
warning. A hash that does not match its password is not preserved: it is computed again from the password.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..aliases import Cryptography, GoValue
from ..errors import OptionError
from ..gotypes.values import GoError
from ..render.recorded_calls import NOWHERE, RecordedCall, is_certificate
from ..sprig.certificates import read_certificate, read_key

if TYPE_CHECKING:
    from .find import Found

_REGENERATE = "remove them from keep_generated once to generate them again"


def check_pairs(found: Found) -> None:
    """Certificates that stay and their keys, before anything is rendered with them.

    Raises ``OptionError``.
    """
    for index, value in found.given.items():
        if is_certificate(value):
            check_pair(value.cert, value.key, {part: found.where.get((index, part), "") for part in ("cert", "key")})


def check_chains(found: Found, calls: Sequence[RecordedCall], now: datetime) -> list[str]:
    """Certificates that stay and who signed them, as the chart has it now; gives warnings.

    Raises ``OptionError``.
    """
    warnings: list[str] = []
    for index, value in found.given.items():
        if not is_certificate(value) or (index, "cert") not in found.where:
            continue
        where, args = found.where[index, "cert"], calls[index].args
        authority = next((item for item in args if is_certificate(item)), None)
        if authority is not None and found.shows(authority.cert, calls):
            check_signature(value.cert, authority.cert, where)
        certificate = read_certificate(value.cert)
        warnings += [expired(certificate, now, where), lacking(certificate, args, where)]
    return [text for text in warnings if text]


def check_pair(cert: str, key: str, where: dict[str, str]) -> None:
    """A certificate and its key, as texts.

    :param where: where each part was found live, for the sentence.
    :raises OptionError: one of them cannot be read, or they do not belong together.
    """
    try:
        certificate = None if cert == NOWHERE else read_certificate(cert)
    except GoError:
        raise _refused(f"{where['cert']} does not contain a certificate") from None
    try:
        private = None if key == NOWHERE else read_key(key)
    except GoError:
        raise _refused(f"{where['key']} does not contain a private key") from None
    if certificate is not None and private is not None and certificate.public_key() != private.public_key():
        raise _refused(f"the key in {where['key']} does not match the certificate in {where['cert']}")


def check_signature(cert: str, authority: str, where: str) -> None:
    """:raises OptionError: the preserved certificate was not signed by that CA."""
    from cryptography.exceptions import InvalidSignature

    try:
        read_certificate(cert).verify_directly_issued_by(read_certificate(authority))
    except (InvalidSignature, ValueError, TypeError, GoError):
        raise _refused(f"the certificate in {where} is not signed by its CA in this chart") from None


def lacking(certificate: Cryptography, args: tuple[GoValue, ...], where: str) -> str:
    """A warning where the chart now requires names that the certificate does not have, or nothing."""
    from cryptography import x509

    try:
        there = set(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName))
    except (x509.ExtensionNotFound, ValueError):
        there = set()
    wanted = {name for names in args if isinstance(names, list) for name in names if isinstance(name, str) and not _is_address(name)}
    missing = sorted(wanted - there)
    return f"keep_generated: the preserved certificate in {where} is not valid for {', '.join(missing)}; {_REGENERATE}" if missing else ""


def _is_address(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def fits(name: str, args: tuple[GoValue, ...], value: GoValue) -> bool:
    """Whether a preserved hash matches the password of its call.

    Results of other functions cannot be checked, and count as a match.
    """
    if name not in ("htpasswd", "bcrypt") or not isinstance(value, str):
        return True
    import bcrypt

    user, colon, hashed = value.partition(":") if name == "htpasswd" else ("", ":", value)
    if not colon or (name == "htpasswd" and user != args[0]):
        return False
    try:
        return bool(bcrypt.checkpw(str(args[-1]).encode("utf-8", "surrogateescape"), hashed.strip().encode("utf-8", "surrogateescape")))
    except ValueError:
        return False


def expired(certificate: Cryptography, now: datetime, where: str) -> str:
    """A warning, or nothing."""
    end = certificate.not_valid_after_utc
    if now <= end:
        return ""
    return f"keep_generated: the preserved certificate in {where} expired on {end:%Y-%m-%d}; {_REGENERATE}"


def _refused(what: str) -> OptionError:
    return OptionError(f"keep_generated: {what}; correct this, or {_REGENERATE}", option="keep_generated")
