# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Keyrings on disk, and the library or program that uses them."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from ..._engine.errors import OperatorError, OptionError, VerificationError
from ..._engine.plain_text import plain_text
from ..._engine.publish.provenance import KEYRING, Keyring, OpenPgp
from ..cache_home import home_folder
from ..private_files import reason
from ..user_paths import exists, user_path

#: bytes; Debian's keyring of all maintainers has 40 MB
_LARGEST = 64 * 1024 * 1024
_VERIFYING_HINT = "Set keyring to a file with the public keys that you trust, for example the output of gpg --export."
_SIGNING_HINT = "Set keyring to a file with the secret key, for example the output of gpg --export-secret-keys."
#: bytes of a file that holds a passphrase
_LONGEST_PASSPHRASE_FILE = 1 << 16


def default_keyring(environ: Mapping[str, str]) -> str:
    """Helm's default keyring.

    It is ``pubring.gpg``, else ``pubring.kbx``, in ``GNUPGHOME`` or in ``.gnupg`` below the home directory.
    """
    folder = Path(environ.get("GNUPGHOME") or Path(home_folder(environ) or "/", ".gnupg"))
    names = [name for name in ("pubring.gpg", "pubring.kbx") if exists(folder / name)]
    return str(folder / (names or ["pubring.gpg"])[0])


def read_keyring_file(path: str, environ: Mapping[str, str], folder: str = "", hint: str = _VERIFYING_HINT) -> Keyring:
    """The keyring at a path; without one, at Helm's default.

    :param folder: relative paths are taken from here.
    :param hint: what to do if there is nothing at the default.
    :raises VerificationError: it cannot be read, or is not a keyring.
    """
    file = Path(folder, user_path(path, "keyring", environ)) if path else Path(default_keyring(environ))
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise VerificationError(f"The keyring {file} is not a file.", reason=KEYRING, keyring=str(file))
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except OSError as error:
        raise VerificationError(
            f"The keyring {plain_text(str(file))} cannot be read: {reason(error)}.{'' if path else f' {hint}'}",
            helm=f"failed to load keyring: open {file}: {reason(error).lower()}",
            reason=KEYRING,
            keyring=str(file),
        ) from None
    if len(data) > _LARGEST:
        raise VerificationError(f"The keyring {file} has more than {_LARGEST} bytes.", reason=KEYRING, keyring=str(file))
    return Keyring.read(data, str(file))


def read_secret_keyring(path: str, environ: Mapping[str, str], folder: str = "") -> Keyring:
    """As ``read_keyring_file``, for a keyring with a key that signs.

    :raises OptionError: it cannot be read, or is not a keyring.
    """
    try:
        return read_keyring_file(path, environ, folder, _SIGNING_HINT)
    except VerificationError as error:
        raise OptionError(error.message, helm=error.helm, option="keyring") from None


def read_passphrase(path: Path) -> str:
    """The first line of a file (Helm: ``passphraseFileFetcher``). Raises ``OptionError``."""
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST_PASSPHRASE_FILE)
    except (OSError, ValueError) as error:
        words = reason(error) if isinstance(error, OSError) else "it is not a valid path"
        raise OptionError(f"passphrase_file: {plain_text(str(path))} cannot be read: {words}.", option="passphrase_file") from None
    line = data.partition(b"\n")[0].removesuffix(b"\r")
    if not line:
        raise OptionError(f"passphrase_file: the first line of {path} is empty; it must be the passphrase.", option="passphrase_file")
    return line.decode("utf-8", "surrogateescape")


def openpgp(environ: Mapping[str, str]) -> OpenPgp:
    """``pysequoia``, or ``gpg`` where it is missing. Raises ``OperatorError`` where both are missing."""
    try:
        from .sequoia import Sequoia

        return Sequoia()
    except ImportError:
        from .gnupg import GnuPg

        try:
            return GnuPg(environ)
        except FileNotFoundError:
            raise OperatorError(
                "Signatures of charts require the Python library pysequoia, or the program gpg, on the host that runs the task; install "
                "one of them.",
                library="pysequoia",
            ) from None
