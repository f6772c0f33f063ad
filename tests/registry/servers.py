# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real registry (distribution's ``cmd/registry``) on loopback.

Plain HTTP, TLS with an own CA, htpasswd, token authentication.

Each starts in a fraction of a second, with its files in a folder of the caller. ``WINDLASS_REGISTRY`` names the program; without it the one in
the cache of built programs is taken, or built (``tests/cluster/build.py``).
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import bcrypt
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from token_server import ISSUER, SERVICE, Account, TokenServer

ROOT = Path(__file__).resolve().parents[2]
USER, PASSWORD = "robot$ci+build", "päss:w$rd"
READER, READ_PASSWORD = "reader", "only-reads"
_LISTENING = re.compile(r"listening on (127\.0\.0\.1:\d+)")


def builder() -> ModuleType:
    """``tests/cluster/build.py``: its cache holds the registry and the real helm."""
    name = "windlass_cluster_build"
    if name not in sys.modules:
        loader = SourceFileLoader(name, str(ROOT / "tests" / "cluster" / "build.py"))
        spec = spec_from_loader(loader.name, loader)
        assert spec is not None
        sys.modules[name] = module = module_from_spec(spec)
        loader.exec_module(module)
    return sys.modules[name]


def program(name: str) -> str:
    return os.environ.get(f"WINDLASS_{name.upper()}") or str(builder().programs((name,))[name])


@dataclass(frozen=True)
class Authority:
    """A certificate authority with a server's and a client's certificate; every field is a file."""

    ca: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path


def authority(folder: Path) -> Authority:
    """Certificates for 127.0.0.1 and localhost, valid for a day."""
    folder.mkdir(parents=True, exist_ok=True)
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("windlass test CA")
    ca = _signed(name, name, key, key, [(x509.BasicConstraints(True, None), True), (_usage(signs=True), True)])
    files = {"ca": folder / "ca.pem"}
    files["ca"].write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")])
    for who in ("server", "client"):
        own = ec.generate_private_key(ec.SECP256R1())
        extensions = [(x509.BasicConstraints(False, None), True), (_usage(), True), (identifier, False), (names, False)]
        certificate = _signed(_name(who), name, own, key, extensions)
        files[who], files[f"{who}_key"] = folder / f"{who}.pem", folder / f"{who}.key"
        files[who].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        files[f"{who}_key"].write_bytes(
            own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
    return Authority(**files)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(signs: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(not signs, False, False, False, False, signs, signs, False, False)


def _signed(subject: x509.Name, issuer: x509.Name, key: Any, signer: Any, extensions: list[tuple[Any, bool]]) -> x509.Certificate:
    now = datetime.datetime.now(datetime.timezone.utc)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
    made = made.not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    for extension, critical in extensions:
        made = made.add_extension(extension, critical)
    return made.sign(signer, hashes.SHA256())


class Registry:
    """A running registry. ``host`` is the text after ``oci://``.

    ``flags`` are helm's for it, without credentials.
    """

    def __init__(self, folder: Path, *, http: dict[str, Any] | None = None, auth: dict[str, Any] | None = None, ca: Authority | None = None):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.authority = ca
        self.token_server: TokenServer | None = None
        settings: dict[str, Any] = {
            "version": "0.1",
            "log": {"level": "info", "accesslog": {"disabled": False}},
            "storage": {"delete": {"enabled": True}, "filesystem": {"rootdirectory": str(folder / "data")}},
            "http": {"addr": "127.0.0.1:0", "secret": "not-secret", **(http or {})},
        }
        if auth:
            settings["auth"] = auth
        config = folder / "config.yml"
        config.write_text(yaml.safe_dump(settings))
        self._log = folder / "registry.log"
        with self._log.open("wb") as log:
            environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "OTEL_TRACES_EXPORTER": "none"}
            self._process = subprocess.Popen(
                [program("registry"), "serve", str(config)], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment
            )
        self.host = self._address()

    @property
    def flags(self) -> list[str]:
        return ["--ca-file", str(self.authority.ca)] if self.authority else ["--plain-http"]

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _address(self) -> str:
        until = time.monotonic() + 20
        while time.monotonic() < until and self._process.poll() is None:
            found = _LISTENING.search(self.log)
            if found:
                return found[1]
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"the registry did not start: {self.log[-2000:]}")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self.token_server is not None:
            self.token_server.stop()


def plain(folder: Path) -> Registry:
    return Registry(folder)


def _tls(made: Authority) -> dict[str, Any]:
    return {"tls": {"certificate": str(made.server), "key": str(made.server_key)}}


def with_tls(folder: Path, *, client_certificates: bool = False) -> Registry:
    """:param client_certificates: a client must show one that the same CA has signed."""
    made = authority(folder / "tls")
    http = _tls(made)
    if client_certificates:
        http["tls"]["clientcas"] = [str(made.ca)]
    return Registry(folder, http=http, ca=made)


def with_htpasswd(folder: Path, ca: Authority | None = None, accounts: dict[str, str] | None = None) -> Registry:
    """:param ca: for TLS with its certificate.
    :param accounts: user -> password, in place of those of the tests."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "htpasswd"
    words = accounts or {USER: PASSWORD, READER: READ_PASSWORD}
    lines = [f"{name}:{bcrypt.hashpw(word.encode(), bcrypt.gensalt(4)).decode()}\n" for name, word in words.items()]
    file.write_text("".join(lines))
    return Registry(folder, http=_tls(ca) if ca else None, auth={"htpasswd": {"realm": "windlass", "path": str(file)}}, ca=ca)


def with_tokens(folder: Path, lifetime: int = 300, accounts: dict[str, str] | None = None) -> Registry:
    """The user may do everything, the reader may pull, and without credentials ``public/`` may be pulled.

    :param accounts: user -> password, in place of those of the tests; each may do everything.
    """
    folder.mkdir(parents=True, exist_ok=True)
    everything = {"": {"pull", "push", "delete"}}
    known = {
        USER: Account(PASSWORD, everything),
        READER: Account(READ_PASSWORD, {"": {"pull"}}),
        "": Account("", {"public/": {"pull"}}),
    }
    if accounts:
        known = {name: Account(word, everything) for name, word in accounts.items()}
    tokens = TokenServer(folder, known, lifetime)
    settings = {"realm": tokens.realm, "service": SERVICE, "issuer": ISSUER, "jwks": str(tokens.jwks), "signingalgorithms": ["RS256"]}
    try:
        made = Registry(folder, auth={"token": settings})
    except BaseException:
        tokens.stop()
        raise
    made.token_server = tokens
    return made
