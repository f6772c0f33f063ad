# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Stores logins for registries where helm stores them.

The place is ``registry/config.json``, or the credential helper that it names.
Oras-go: ``credentials.DynamicStore``. The file is replaced in one step, with mode 0600, and everything else in it stays.
"""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator, Mapping

from ..._engine.aliases import Json, JsonObject
from ..._engine.errors import OperatorError
from ..._engine.oci.logins import Login, Logins, file_text, helper_input, helper_key, read_document, with_login
from ..private_files import check_target, make_folders, reason, write_private
from .registry_logins import HelperFailed, ended, helper_get, login_files, run_helper, shown_helper

LOCK_SECONDS = 30.0


class LoginStore:
    """The logins that this user stores, in Helm's file or in a credential helper that it names.

    Every method may raise ``OperatorError``. A login is in no message.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        files = login_files(environ)
        if not files:
            raise OperatorError("There is no home directory for Helm's registry/config.json; set HOME, or HELM_REGISTRY_CONFIG to a file.")
        self.path = files[0]
        self._environ = environ

    def get(self, host: str) -> Login:
        """The stored login for a host, ``NO_LOGIN`` where there is none."""
        logins = Logins(self._document(), str(self.path))
        helper = logins.helper(host)
        if not helper:
            return logins.get(host, "")
        try:
            return helper_get(helper, host, self._environ)
        except HelperFailed as error:
            raise OperatorError(f"{error}; {self.path} names it for {host}.") from error

    def put(self, host: str, login: Login) -> None:
        with self._lock():
            document = self._document()
            helper = Logins(document, str(self.path)).helper(host)
            if helper:
                self._run(helper, "store", helper_input(host, login))
            else:
                self._write(with_login(document, host, login))

    def remove(self, host: str) -> None:
        with self._lock():
            document = self._document()
            helper = Logins(document, str(self.path)).helper(host)
            if helper:
                self._run(helper, "erase", helper_key(host).encode())
            else:
                self._write(with_login(document, host, None))

    def check(self) -> None:
        """Raise the ``OperatorError`` of ``put``, as far as that can be known without writing."""
        folder = self.path.parent
        while not folder.exists() and folder.parent != folder:
            folder = folder.parent
        try:
            check_target(self.path if folder == self.path.parent else folder / "config.json")
        except (OSError, ValueError) as error:
            raise self._unusable("written", error) from error

    def _document(self) -> Json:
        try:
            data = self.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError) as error:
            raise self._unusable("read", error) from error
        document = read_document(data)
        if not isinstance(document, dict):
            raise OperatorError(f"{self.path} is not a JSON object. Correct or remove it.")
        return document

    def _write(self, document: JsonObject) -> None:
        try:
            write_private(self.path, file_text(document), parents=True)
        except (OSError, ValueError) as error:
            raise self._unusable("written", error) from error

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """One writer at a time: two tasks that log in at once must both be in the file."""
        try:
            make_folders(self.path.parent)
            handle = self.path.with_name(f"{self.path.name}.lock").open("a")
        except (OSError, ValueError) as error:
            raise self._unusable("written", error) from error
        with handle:
            end = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError as error:
                    if time.monotonic() > end:
                        raise self._unusable("locked", error) from error
                time.sleep(0.05)
            yield

    def _run(self, helper: str, action: str, given: bytes) -> None:
        try:
            code, _out, _errors = run_helper(helper, action, given, self._environ)
        except HelperFailed as error:
            raise OperatorError(f"{error}; {self.path} names it.") from error
        if code:
            raise OperatorError(f"{shown_helper(helper)} {ended(code)} when it was called with {action!r}; {self.path} names it.")

    def _unusable(self, what: str, error: OSError | ValueError) -> OperatorError:
        words = reason(error) if isinstance(error, OSError) else "it is not a valid path"
        return OperatorError(f"{self.path} cannot be {what}: {words}.", path=str(self.path))
