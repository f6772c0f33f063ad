# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ``matrix.yml`` with one ansible-core in one mode, and searches all output for its secrets.

Looked through: the console at ``-vvvv --diff``, ``ANSIBLE_LOG_PATH``, the system log, the command line and the environment of every process while
it runs, and all files that are left: Ansible's home with its temporary and asynchronous files, caches, the plan file. The records in the
cluster hold the values, as Helm's do, and are not looked through.

    python tests/canary/matrix.py --kubeconfig FILE [--core NAME=BIN_FOLDER ...] [--mode auto|never ...]
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests" / "registry")]
import servers  # of tests/registry
from search import Canary

NAMES = (
    "inline_secret", "group_secret", "list_secret", "encrypted_secret", "lookup_secret", "included_secret", "host_secret", "json_secret",
    "values_secret", "sensitive_secret", "sensitive_secret_2", "cluster_secret", "path_secret", "plain_secret", "url_secret", "index_secret",
    "login_secret", "end_secret", "stored_secret",
)  # fmt: skip


def texts() -> dict[str, str]:
    """New secrets for each run, with characters that each encoding treats in its own way."""
    found = {name: f"{secrets.token_hex(4)}-Tide+{name[:3].title()}/&<{secrets.token_hex(3)}='!" for name in NAMES}
    for name in ("plain_secret", "url_secret", "index_secret"):  # of a token and of a URL: nothing that ends its place
        found[name] = f"Tide{secrets.token_hex(12)}{name[:3].title()}"
    found["lines_secret"] = f"-----BEGIN KEY-----\n{secrets.token_hex(30)}\n{secrets.token_hex(30)}\n-----END KEY-----\n"
    return found


class Vault:
    def __init__(self, bin_folder: Path, folder: Path, env: dict[str, str]) -> None:
        self._command = [str(bin_folder / "ansible-vault")]
        self._folder, self._env = folder, env
        self.key = folder / "key"
        self.key.write_text(secrets.token_hex(8))

    def _run(self, *words: str, given: str) -> str:
        command = [*self._command, words[0], "--vault-password-file", str(self.key), *words[1:]]
        return subprocess.run(command, input=given, env=self._env, cwd=self._folder, capture_output=True, text=True, check=True).stdout

    def file(self, name: str, text: str) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._run("encrypt", "--output", "-", "-", given=text))

    def inline(self, name: str, texts: dict[str, str]) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(self._run("encrypt_string", "--stdin-name", key, given=text).strip() + "\n" for key, text in texts.items()))


class Repository:
    """An index whose entries have credentials.

    Also an archive with a redirect to a signed URL, and one that does not exist.

    ``/museum`` has ChartMuseum's API for some accounts. ``/repeats`` has it too, but refuses charts, and repeats the credentials that it was
    sent, as the API of a registry does here.
    """

    def __init__(self, secret: str, accounts: dict[str, str]) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            do_HEAD = do_POST = do_PUT = do_PATCH = do_GET

            def log_message(self, *_words: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        self.accounts = {"Basic " + base64.b64encode(f"{user}:{word}".encode()).decode() for user, word in accounts.items()}
        self.pushed = b""
        self.signed = f"http://other:{secret}@{self.address}/gone.tgz?token={secret}&X-Amz-Signature={secret}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.partition("?")[0]
        data = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        sent = handler.headers.get("Authorization", "")
        museum = path.startswith(("/museum/", "/api/museum/"))
        if path.startswith(("/v2/", "/repeats/charts/")) or (path.startswith("/api/repeats/") and handler.command == "POST"):
            plain = base64.b64decode(sent.rpartition(" ")[2] + "==").decode("utf-8", "replace")
            words = f"{sent} is {plain}" if sent else "no credentials"
            body = json.dumps({"errors": [{"code": "DENIED", "message": words, "detail": words}], "error": words}).encode()
            handler.send_response(403 if sent else 401, words if sent.isascii() and plain.isascii() else None)
            handler.send_header("WWW-Authenticate", 'Basic realm="canary"')
        elif museum and sent not in self.accounts:
            body = b'{"error":"unauthorized"}'
            handler.send_response(401)
        elif museum or path.startswith(("/repeats/", "/api/repeats/")):
            body = self.museum(handler.command, path, data if museum else b"")
            handler.send_response(404 if body is None else 200)
            body = body or b'{"error":"no chart version found for canary-0.1.0"}'
        elif path == "/index.yaml":
            listed = {name: [{"name": name, "version": "0.1.0", "urls": [url]}] for name, url in {"listed": self.signed, "moved": "moved.tgz"}.items()}
            body = yaml.safe_dump({"apiVersion": "v1", "entries": listed}).encode()
            handler.send_response(200)
        elif path == "/moved.tgz":
            body = b""
            handler.send_response(302)
            handler.send_header("Location", self.signed)
        elif path == "/closed.tgz":
            body = b""
            handler.send_response(401)
        else:
            body = f"no {handler.path}".encode()
            handler.send_response(404)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)

    def museum(self, method: str, path: str, data: bytes) -> bytes | None:
        """ChartMuseum's answer for one chart; ``None``: not found."""
        if method == "POST":
            self.pushed = data.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0]
            return b'{"saved":true}'
        if path.endswith("index.yaml"):
            entry = {"apiVersion": "v2", "name": "canary", "version": "0.1.0", "urls": ["charts/canary-0.1.0.tgz"]}
            # another digest at /repeats, since an archive that is in the cache is not fetched again
            entry["digest"] = hashlib.sha256(self.pushed if "museum" in path else b"other").hexdigest()
            return yaml.safe_dump({"apiVersion": "v1", "entries": {"canary": [entry]}}).encode()
        return self.pushed if path.endswith(".tgz") and self.pushed else None


@contextlib.contextmanager
def system_log(canary: Canary) -> Iterator[None]:
    """What modules write to the system log, if there is none and this user may replace it."""
    place = Path("/dev/log")
    if place.exists() or os.geteuid() != 0:
        yield
        return
    lines = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    lines.bind(str(place))
    lines.settimeout(0.2)
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                canary.in_text("system log", lines.recv(1 << 20))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        lines.close()
        place.unlink()


def prepare(folder: Path, bin_folder: Path, env: dict[str, str], found: dict[str, str], kubeconfig: Path) -> tuple[Vault, dict[str, Any]]:
    """Files of the playbook; the key of its vault, and its extra variables."""
    for name in ("chart", "chart-that-fails"):
        shutil.copytree(HERE / name, folder / name)
    shutil.copy(HERE / "matrix.yml", folder / "matrix.yml")
    vault = Vault(bin_folder, folder, env)
    vault.inline(
        "vars/inline.yml",
        {
            "inline_secret": found["inline_secret"],
            "lines_secret": found["lines_secret"],
            "json_secret": json.dumps({"user": "app", "password": found["json_secret"]}),
        },
    )
    vault.inline("host_vars/other.yml", {"host_secret": found["host_secret"]})
    vault.file("group_vars/all/secrets.yml", yaml.safe_dump({"group_secret": found["group_secret"], "nested": {"list": [found["list_secret"]]}}))
    vault.file("vars/encrypted.yml", yaml.safe_dump({"encrypted_secret": found["encrypted_secret"]}))
    vault.file("vars/included.yml", yaml.safe_dump({"included_secret": found["included_secret"]}))
    vault.file("files/lookup.txt", found["lookup_secret"])
    vault.file("files/values-encrypted.yml", yaml.safe_dump({"pw": found["values_secret"]}))
    for name in ("templates", "dependent"):
        (folder / name).mkdir()
    (folder / "templates" / "values.j2").write_text('pw: {{ ("j" ~ inline_secret ~ "k") | to_json }}\n')
    (folder / "files" / "no-key.pem").write_text(found["lines_secret"])
    (folder / "files" / "passphrase").write_text(found["login_secret"])
    (folder / "hosts").write_text("localhost ansible_connection=local\nother\n")
    given = yaml.safe_load(kubeconfig.read_text())
    user = {"name": "refused", "user": {"token": found["plain_secret"]}}
    context = {"name": "c", "context": {"cluster": given["clusters"][0]["name"], "user": "refused"}}
    mapped = {"apiVersion": "v1", "kind": "Config", "clusters": given["clusters"], "users": [user], "contexts": [context], "current-context": "c"}
    names = ("plain_secret", "url_secret", "sensitive_secret", "sensitive_secret_2", "cluster_secret", "path_secret", "login_secret", "end_secret")
    (folder / "vars" / "plain.json").write_text(json.dumps({**{name: found[name] for name in names}, "kubeconfig_map": mapped}))
    return vault, {"kubeconfig": str(kubeconfig), "server": given["clusters"][0]["cluster"]["server"]}


def logins(folder: Path, secret: str, hosts: list[str], url: str) -> None:
    """Stored credentials, by kind: in docker's file, in a credential helper, and in ``repositories.yaml``."""
    auth = base64.b64encode(f"stored:{secret}".encode()).decode()
    documents = {"docker": {"auths": {host: {"auth": auth} for host in hosts}}, "helper": {"credsStore": "canary"}}
    for kind, document in documents.items():
        (folder / kind).mkdir()
        (folder / kind / "config.json").write_text(json.dumps(document))
    (folder / "answer.json").write_text(json.dumps({"Username": "stored", "Secret": secret}))
    program = folder / "helper" / "docker-credential-canary"
    program.write_text(f"#!/bin/sh\nexec cat {folder}/answer.json\n")
    program.chmod(0o700)
    entries = [{"name": name, "url": f"{url}{path}", "username": "stored", "password": secret} for name, path in (("m", "/museum"), ("r", "/repeats"))]
    (folder / "stored.yaml").write_text(yaml.safe_dump({"apiVersion": "", "repositories": entries}))


def run(bin_folder: Path, mode: str, kubeconfig: Path, collections: Path, *, quick: bool = False) -> tuple[Canary, int, str]:
    """One run; what was found, the exit code, the console.

    :param bin_folder: of the Python environment with ansible-core. :param mode: ``auto`` or ``never``, see ``windlass_in_process``.
    :param quick: some of the ways to make a text of a secret, and no asynchronous task.
    """
    found = texts()
    canary = Canary(found)
    with tempfile.TemporaryDirectory(prefix="canary-") as name:
        folder, out = Path(name) / "play", Path(name) / "out"
        for path in (folder / "plan", out / "tmp", out / "log", out / "home"):
            path.mkdir(parents=True)
        env = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "HELM_", "K8S_", "KUBE"))}
        env.update(
            HOME=str(out / "home"), TMPDIR=str(out / "tmp"), XDG_CACHE_HOME=str(out / "cache"), ANSIBLE_HOME=str(out / "home" / ".ansible"),
            ANSIBLE_LOG_PATH=str(out / "log" / "ansible.log"), ANSIBLE_COLLECTIONS_PATH=str(collections), ANSIBLE_NOCOLOR="1", LC_ALL="C.UTF-8",
            ANSIBLE_REMOTE_TEMP=str(out / "tmp" / "remote"), ANSIBLE_ASYNC_DIR=str(out / "home" / "async"), ANSIBLE_LOCALHOST_WARNING="0",
            PATH=f"{bin_folder}{os.pathsep}{env.get('PATH', '')}",
        )  # fmt: skip
        vault, extra = prepare(folder, bin_folder, env, found, kubeconfig)
        accounts = {"robot": found["login_secret"], "end": found["end_secret"], "stored": found["stored_secret"]}
        repository = Repository(found["index_secret"], accounts)
        registries = {"htpasswd": servers.with_htpasswd(Path(name) / "htpasswd", accounts=accounts)}
        registries["tokens"] = servers.with_tokens(Path(name) / "tokens", accounts=accounts)
        extra["registries"] = {kind: registry.host for kind, registry in registries.items()}
        logins(folder, found["stored_secret"], [*extra["registries"].values(), repository.address], f"http://{repository.address}")
        namespace = f"canary-{base64.b32encode(os.urandom(5)).decode().lower()}"
        extra.update(namespace=namespace, repository=repository.address, windlass_in_process=mode, with_async=not quick, quick=quick)
        command = [str(bin_folder / "ansible-playbook"), "-vvvv", "--diff", "-i", "hosts", "--vault-password-file", str(vault.key), "matrix.yml"]
        command += ["-e", json.dumps(extra)]
        try:
            with canary.watching(), system_log(canary):
                done = subprocess.run(command, env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        finally:
            repository.server.shutdown()
            for registry in registries.values():
                registry.stop()
        canary.in_text("console", done.stdout)
        canary.in_folder("left behind", out, re.compile(r"__pycache__|\.pyc$"))
        canary.in_folder("plan", folder / "plan")
    return canary, done.returncode, done.stdout.decode("utf-8", "replace")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--collections", type=Path, required=True, help="folder with ansible_collections/windlass/charts")
    parser.add_argument("--core", action="append", required=True, help="name=bin folder of an environment with ansible-core")
    parser.add_argument("--mode", action="append", choices=("auto", "never"))
    parser.add_argument("--keep", type=Path, help="folder for the consoles")
    args = parser.parse_args()
    worst = 0
    for core in args.core:
        name, _sign, bin_folder = core.partition("=")
        for mode in args.mode or ("auto", "never"):
            canary, code, console = run(Path(bin_folder), mode, args.kubeconfig, args.collections)
            size = sum(canary.searched.values())
            print(f"ansible-core {name}, {mode}: exit {code}, {size} bytes in {len(canary.searched)} places, {len(canary.findings)} findings", flush=True)
            if args.keep:
                (args.keep / f"canary-{name}-{mode}.log").write_text(console)
            if canary.findings:
                print(canary.report(), flush=True)
            worst = max(worst, code, 1 if canary.findings else 0)
    return worst


if __name__ == "__main__":
    sys.exit(main())
