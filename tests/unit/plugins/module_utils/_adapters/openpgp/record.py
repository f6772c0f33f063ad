# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes ``recorded.json`` next to this file: keys made by gpg, and a provenance file signed by each.

Run it manually: ``python record.py``. The keys are for these tests alone, and their secret parts are public.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

ARCHIVE = b"the bytes of an archive"
TEXT = b"apiVersion: v2\nname: demo\nversion: 1.2.3\n\n...\nfiles:\n  demo-1.2.3.tgz: sha256:" + hashlib.sha256(ARCHIVE).hexdigest().encode() + b"\n"
PASSPHRASE = "correct horse"
PAST = ("--faked-system-time", "20200101T000000")


class Gpg:
    def __init__(self, home: str) -> None:
        self.home = home

    def __call__(self, *arguments: str, text: bytes = b"", passphrase: str = "") -> bytes:
        command = ["gpg", "--homedir", self.home, "--yes", "--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback"]
        done = subprocess.run([*command, "--passphrase", passphrase, *arguments], input=text, capture_output=True, check=False)
        if done.returncode:
            raise SystemExit(f"{arguments}: {done.stderr.decode()}")
        return done.stdout

    def make(self, name: str, kind: str, usage: str = "sign", expires: str = "0", passphrase: str = "", before: tuple[str, ...] = ()) -> str:
        self(*before, "--quick-gen-key", f"{name} <{name}@example.com>", kind, usage, expires, passphrase=passphrase)
        return self.fingerprints(name)[0]

    def fingerprints(self, name: str) -> list[str]:
        listed = self("--with-colons", "--list-keys", f"<{name}@example.com>").decode()
        return [line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr")]


def record(gpg: Gpg) -> dict[str, dict[str, str]]:
    gpg.make("rsa", "rsa2048")
    gpg.make("ed", "ed25519")
    gpg.make("nist", "nistp256")
    gpg.make("locked", "ed25519", passphrase=PASSPHRASE)
    gpg.make("expired", "ed25519", expires="2d", before=PAST)
    gpg.make("short", "ed25519", before=PAST)
    gpg.make("sha1key", "rsa2048", before=("--cert-digest-algo", "SHA1"))
    revoked = gpg.make("revoked", "ed25519")
    for name, expires in (("subkey", "0"), ("subrevoked", "0"), ("subexpired", "2d")):
        before = PAST if expires != "0" else ()
        primary = gpg.make(name, "ed25519", "cert", before=before)
        gpg(*before, "--quick-add-key", primary, "ed25519", "sign", expires)
    how = {
        "locked": {"passphrase": PASSPHRASE},
        "expired": {"before": (*PAST[:1], "20200101T100000")},
        "subexpired": {"before": (*PAST[:1], "20200101T100000")},
        "short": {"before": (*PAST, "--default-sig-expire", "1d")},
        "sha1": {"key": "rsa", "before": ("--digest-algo", "SHA1")},
    }
    found = {}
    for name in ("rsa", "ed", "nist", "locked", "expired", "short", "sha1key", "revoked", "subkey", "subrevoked", "subexpired", "sha1"):
        options = how.get(name, {})
        who = f"<{options.get('key', name)}@example.com>"
        signed = gpg(*options.get("before", ()), "-u", who, "--clearsign", text=TEXT, passphrase=options.get("passphrase", ""))
        found[name] = {"prov": signed.decode()}
    certificate = Path(gpg.home, "openpgp-revocs.d", f"{revoked}.rev").read_bytes().replace(b"\n:-----", b"\n-----")
    gpg("--import", text=certificate)
    commands = b"key 1\nrevkey\ny\n0\n\ny\nsave\n"
    gpg("--command-fd", "0", "--no-batch", "--edit-key", gpg.fingerprints("subrevoked")[0], text=commands)
    for name, entry in found.items():
        if name == "sha1":
            continue
        who = f"<{name}@example.com>"
        entry["public"] = gpg("--armor", "--export", who).decode()
        secret = PASSPHRASE if name == "locked" else ""
        entry["secret"] = gpg("--armor", "--export-secret-keys", who, passphrase=secret).decode()
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        try:
            found = record(Gpg(home))
        finally:
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "gpg-agent"], check=False)
    target = Path(__file__).with_name("recorded.json")
    target.write_text(json.dumps(found, indent=1) + os.linesep)


if __name__ == "__main__":
    main()
