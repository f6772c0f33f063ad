# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Signs packaged charts, unless they are signed already."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..._engine.aliases import JsonObject
from ..._engine.errors import VerificationError
from ..._engine.publish.provenance import sign, signing_key, verify
from .keyrings import openpgp, read_secret_keyring


@dataclass(frozen=True)
class SignedArchive:
    """A provenance file, and the signature in it as a return value.

    ``changed``: it is another one than the file that was there.
    """

    data: bytes
    facts: JsonObject
    changed: bool


@dataclass(frozen=True)
class Signer:
    """Who signs.

    ``keyring``: path of a keyring with secret keys; relative to ``folder``; empty: Helm's default. ``key``: a user ID or a part of one, or
    a fingerprint; empty: the only key of the keyring. ``passphrase``: empty: the key has none.
    """

    environ: Mapping[str, str]
    keyring: str = ""
    key: str = ""
    passphrase: str = field(default="", repr=False)
    folder: str = ""


def signed_archive(archive: bytes, file_name: str, present: bytes | None, signer: Signer) -> SignedArchive:
    """The provenance file of an archive.

    :param present: the file that is there. It is returned if the same key signed it for these bytes.
    :raises OptionError: the keyring, the key or the passphrase cannot be used. ``OperatorError``: there is no library that signs.
    """
    pgp = openpgp(signer.environ)
    chosen = signing_key(read_secret_keyring(signer.keyring, signer.environ, signer.folder), signer.key, pgp)
    if present is not None:
        with contextlib.suppress(VerificationError):  # it is for another archive, or by another key: it is replaced
            return SignedArchive(present, verify(archive, present, file_name, chosen, pgp, file_name).facts(chosen), False)
    data = sign(archive, file_name, chosen, "", signer.passphrase, pgp)
    return SignedArchive(data, verify(archive, data, file_name, chosen, pgp, file_name).facts(chosen), True)
