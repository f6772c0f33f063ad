# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Keyrings on disk, and the library or program that uses them."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from ..._engine.errors import OperatorError, VerificationError
from ..._engine.plain_text import plain_text
from ..._engine.publish.provenance import KEYRING, Keyring, OpenPgp
from ..cache_home import home_folder
from ..private_files import reason
from ..user_paths import exists, user_path

#: bytes; Debian's keyring of all maintainers has 40 MB
_LARGEST = 64 * 1024 * 1024


def default_keyring(environ: Mapping[str, str]) -> str:
    """Helm's default keyring.

    It is ``pubring.gpg``, else ``pubring.kbx``, in ``GNUPGHOME`` or in ``.gnupg`` below the home directory.
    """
    folder = Path(environ.get("GNUPGHOME") or Path(home_folder(environ) or "/", ".gnupg"))
    names = [name for name in ("pubring.gpg", "pubring.kbx") if exists(folder / name)]
    return str(folder / (names or ["pubring.gpg"])[0])


def read_keyring_file(path: str, environ: Mapping[str, str], folder: str = "") -> Keyring:
    """The keyring at a path; without one, at Helm's default.

    :param folder: relative paths are taken from here.
    :raises VerificationError: it cannot be read, or is not a keyring.
    """
    file = Path(folder, user_path(path, "keyring", environ)) if path else Path(default_keyring(environ))
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise VerificationError(f"The keyring {file} is not a file.", reason=KEYRING, keyring=str(file))
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except OSError as error:
        hint = "" if path else " Set keyring to a file with the public keys that you trust, for example the output of gpg --export."
        raise VerificationError(
            f"The keyring {plain_text(str(file))} cannot be read: {reason(error)}.{hint}",
            helm=f"failed to load keyring: open {file}: {reason(error).lower()}",
            reason=KEYRING,
            keyring=str(file),
        ) from None
    if len(data) > _LARGEST:
        raise VerificationError(f"The keyring {file} has more than {_LARGEST} bytes.", reason=KEYRING, keyring=str(file))
    return Keyring.read(data, str(file))


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
