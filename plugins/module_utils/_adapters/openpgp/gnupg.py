# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""OpenPGP by the program ``gpg`` (GnuPG 2.1 or newer), where the library ``pysequoia`` is missing.

Each call has a home directory of its own, which only this user can read and which is removed at the end; the user's keyrings and options
are never read. A passphrase goes through a pipe: it is in no argument, no environment and no file.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..._engine.aliases import Json
from ..._engine.errors import OperatorError, OptionError
from ..._engine.plain_text import plain_text
from ..._engine.publish.pgp_packets import SECRET_KEY, WEAK, packets, signature_facts
from ..._engine.publish.provenance import ALTERED, EXPIRED, REVOKED, UNKNOWN_KEY, WEAK_HASH, Key, OpenPgp, SignatureRefused, unusable_key
from ..private_files import reason

_OPTIONS = ("--batch", "--no-tty", "--no-options", "--status-fd", "2", "--weak-digest", "SHA1", "--weak-digest", "RIPEMD160")
_TIMEOUT = 300.0  # it does its work in a second, but a busy machine starts its agent slowly
#: characters; it goes through a pipe as a whole
_LONGEST_PASSPHRASE = 1000
#: characters of gpg's directory: its agent has sockets there, with addresses of at most 107 bytes (the longest is below)
_LONGEST_HOME = 107 - len("/S.gpg-agent.browser")
#: what gpg says of a signature, the gravest first
_VERDICTS = {"BADSIG": ALTERED, "REVKEYSIG": REVOKED, "EXPKEYSIG": EXPIRED, "EXPSIG": EXPIRED}


@dataclass(frozen=True)
class _Answer:
    """What the program wrote.

    ``status``: its machine-readable lines, split into words, without their mark.
    """

    code: int
    out: bytes
    status: list[list[str]]
    words: str


def _completed(command: list[str], **options: Json) -> subprocess.CompletedProcess[bytes]:
    """A program that has ended.

    ansible-test requires ``run_command`` in place of ``subprocess``. In-process mode has no module with that method, and it cannot pass an
    open file, so the function is looked up by its name.
    """
    run = vars(subprocess)["run"]
    done: subprocess.CompletedProcess[bytes] = run(command, capture_output=True, timeout=_TIMEOUT, check=False, **options)
    return done


class GnuPg(OpenPgp):
    """Raises ``FileNotFoundError`` where the program is missing.

    :param environ: the task's environment, of which ``PATH`` and ``TMPDIR`` are used.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        program = shutil.which("gpg", path=environ.get("PATH"))
        if program is None:
            raise FileNotFoundError("gpg")
        self._program = program
        self._folder = environ.get("TMPDIR") or None
        passed = {name: environ[name] for name in ("PATH", "TMPDIR") if name in environ}
        self._environ = {**passed, "LC_ALL": "C", "LANG": "C"}
        self._with_agent = False

    def verify(self, signed: bytes, signature: bytes, issuer: str, certificates: Sequence[bytes]) -> Key:
        with self._home() as home:
            self._import(home, certificates)
            path = os.path.join(home, "signature")  # noqa: PTH118
            with open(path, "xb") as file:  # noqa: PTH123
                file.write(signature)
            answer = self._run(home, ["--trust-model", "always", "--verify", path, "-"], signed)
            key = self._key_of(home, issuer)
        status = {words[0]: words[1:] for words in answer.status if words}
        for verdict, why in _VERDICTS.items():
            if verdict in status:
                raise SignatureRefused(why, key)
        if key is None or "NO_PUBKEY" in status:
            raise SignatureRefused(UNKNOWN_KEY)
        if "GOODSIG" in status and "VALIDSIG" in status:
            return key
        facts = signature_facts(signature)
        raise SignatureRefused(WEAK_HASH if facts is not None and facts.hash in WEAK else ALTERED, key)

    def keys(self, certificates: Sequence[bytes]) -> list[Key | None]:
        found = []
        for certificate in certificates:
            with self._home() as home:
                self._import(home, [certificate])
                found.append(self._key_of(home, ""))
        return found

    def clear_sign(self, text: bytes, certificate: bytes, passphrase: str) -> bytes:
        if len(passphrase) > _LONGEST_PASSPHRASE:
            raise OptionError(f"passphrase has more than {_LONGEST_PASSPHRASE} characters.", option="passphrase")
        self._with_agent = True  # secret keys are read and used by the agent alone
        try:
            with self._home() as home:
                return self._signed(home, text, certificate, passphrase)
        finally:
            self._with_agent = False

    def _signed(self, home: str, text: bytes, certificate: bytes, passphrase: str) -> bytes:
        self._import(home, [certificate])
        key = self._key_of(home, "", secret=True)
        if key is None:
            public = self._key_of(home, "")
            raise OptionError(
                f"The keyring has only the public part of the key {public.fingerprint if public else ''}; use a keyring with secret keys.",
                helm="provided key is not a private key. Try providing a keyring with secret keys",
                option="keyring",
            )
        command = ["--pinentry-mode", "loopback", "--digest-algo", "SHA512", "--local-user", key.fingerprint, "--clearsign"]
        answer = self._run(home, command, text, passphrase)
        if answer.code or not answer.out.strip():
            raise _not_signed(key, passphrase, answer)
        return answer.out

    @contextlib.contextmanager
    def _home(self) -> Iterator[str]:
        try:
            home = tempfile.mkdtemp(prefix="windlass-", dir=self._folder)
        except OSError as error:
            raise OperatorError(f"gpg needs a temporary directory, which cannot be created: {reason(error)}.") from None
        try:
            if self._with_agent and len(os.fsencode(home)) > _LONGEST_HOME:
                raise OperatorError(
                    f"gpg cannot sign with a temporary directory whose path has more than {_LONGEST_HOME} bytes ({home}); set TMPDIR to a "
                    "directory with a shorter path, or install pysequoia."
                )
            yield home
        except OSError as error:
            raise OperatorError(f"gpg cannot be used: {reason(error)}.") from None
        finally:
            if self._with_agent:
                self._end_agent(home)
            shutil.rmtree(home, ignore_errors=True)

    def _end_agent(self, home: str) -> None:
        """Ends the agent that gpg started for this home.

        Without its directory it would end by itself after a minute.
        """
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            _completed(["gpgconf", "--homedir", home, "--kill", "gpg-agent"], env=self._environ)

    def _import(self, home: str, certificates: Sequence[bytes]) -> None:
        """What gpg cannot read of a keyring is left out, so its exit code says nothing here.

        Without its agent it ends at the first secret key, after the public part of it: those are imported one by one.
        """
        public = [raw for raw in certificates if next(packets(raw))[0] != SECRET_KEY]
        for data in (b"".join(public), *(raw for raw in certificates if raw not in public)):
            if data:
                self._run(home, ["--import"], data)

    def _key_of(self, home: str, issuer: str, secret: bool = False) -> Key | None:
        """The key in a home that has a part with that id; without one the first key."""
        answer = self._run(home, ["--with-colons", "--list-secret-keys" if secret else "--list-keys"])
        found: list[tuple[list[str], list[str]]] = []
        for line in answer.out.decode("utf-8", "surrogateescape").splitlines():
            words = line.split(":")
            if words[0] in ("pub", "sec"):
                found.append(([], []))
            elif words[0] == "fpr" and found:
                found[-1][0].append(words[9])
            elif words[0] == "uid" and found:
                found[-1][1].append(_unescaped(words[9]))
        for fingerprints, names in found:
            if any(fingerprint.lower().endswith(issuer) for fingerprint in fingerprints):
                return Key(fingerprints[0], tuple(names))
        return None

    def _run(self, home: str, command: list[str], data: bytes = b"", passphrase: str | None = None) -> _Answer:
        options = [*_OPTIONS, *([] if self._with_agent else ["--no-autostart"])]
        reader, writer = os.pipe()
        try:
            os.write(writer, (passphrase or "").encode("utf-8", "surrogateescape") + b"\n")
            os.close(writer)
            if passphrase is not None:
                options += ["--passphrase-fd", str(reader)]
            done = _completed(
                [self._program, "--homedir", home, *options, *command],
                input=data,
                env=self._environ,
                pass_fds=[reader] if passphrase is not None else [],
            )
        except subprocess.TimeoutExpired:
            raise OperatorError(f"gpg did not end within {_TIMEOUT:.0f} s.") from None
        finally:
            os.close(reader)
        words = done.stderr.decode("utf-8", "replace")
        status = [line[9:].split() for line in words.splitlines() if line.startswith("[GNUPG:] ")]
        return _Answer(done.returncode, done.stdout, status, words)


def _unescaped(text: str) -> str:
    """gpg writes a colon in a user id as ``\\x3a``."""
    return text.replace("\\x3a", ":").replace("\\x5c", "\\")


def _not_signed(key: Key, passphrase: str, answer: _Answer) -> OptionError:
    status = {words[0] for words in answer.status if words}
    helm = "openpgp: invalid data: private key checksum failure"
    if "BAD_PASSPHRASE" in status or "Bad passphrase" in answer.words:
        return OptionError(f"The passphrase does not unlock the key {key.fingerprint}.", helm=helm, option="passphrase")
    if not passphrase and ("MISSING_PASSPHRASE" in status or "No passphrase given" in answer.words):
        return OptionError(f"The key {key.fingerprint} is protected by a passphrase; set passphrase.", helm=helm, option="passphrase")
    if "Unusable secret key" in answer.words:
        return unusable_key(key.fingerprint)
    last = [line for line in answer.words.splitlines() if line.startswith("gpg: ")]
    return OptionError(f"The key {key.fingerprint} cannot sign: {plain_text(last[-1][5:] if last else 'gpg failed', 200)}.", option="key")
