# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real Kubernetes control plane on loopback.

etcd, API server, controller manager, scheduler, and kwok in place of the kubelet.

``up(folder)`` starts one in the folder: certificates, data, logs, kubeconfig. Several can run side by side. ``down(folder)``
ends exactly the processes that ``up`` started: each has the folder and its own name in its environment from the start.
A list on disk would lack the one that was started just before ``up`` was killed, and a number in it may be that of another process by now.

Run as a program: ``controlplane.py up|down|status [--dir FOLDER]``; ``up`` prints the path of the kubeconfig.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import datetime
import ipaddress
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import build  # next to this file; it is also run as a program
import ends

PODS = 500
READY_SECONDS = 90.0
#: Between finding a port free and a server's listening on it another process may take it: then everything starts again with other ports.
ATTEMPTS = 3
TAKEN = "address already in use"
LOCK = ".lock"  # build.locked's
FOLDER_MARK = "WINDLASS_CONTROL_PLANE"
PART_MARK = "WINDLASS_CONTROL_PLANE_PART"
#: Who is not counted: the control plane talking to itself.
AUDIT_POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
- level: None
  users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "kwok", "windlass-setup"]
- level: None
  userGroups: ["system:serviceaccounts:kube-system", "system:nodes"]
- level: Metadata
"""


class ClusterError(Exception):
    """One sentence."""


@dataclass(frozen=True)
class ControlPlane:
    """A running one."""

    folder: Path

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def audit_log(self) -> Path:
        return self.folder / "audit.log"


# --- certificates


class _Authority:
    """The cluster's own certificate authority."""

    def __init__(self) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec

        self.x509 = x509
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign("windlass-test-ca", self.key, None, (), ())

    def _sign(self, name: str, key: Any, issuer: Any, groups: tuple[str, ...], hosts: tuple[str, ...]) -> Any:
        from cryptography.hazmat.primitives import hashes
        from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

        x509 = self.x509
        subject = x509.Name(
            [*(x509.NameAttribute(NameOID.ORGANIZATION_NAME, g) for g in groups), x509.NameAttribute(NameOID.COMMON_NAME, name)]
        )
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
            # Python 3.13 asks for both of these (VERIFY_X509_STRICT, by RFC 5280)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if issuer is None:
            usage = x509.KeyUsage(True, False, True, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        else:
            both = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
            builder = builder.add_extension(x509.ExtendedKeyUsage(both), critical=False)
        if hosts:
            names = [x509.IPAddress(ipaddress.ip_address(h)) if h[0].isdigit() else x509.DNSName(h) for h in hosts]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, name: str, groups: tuple[str, ...] = (), hosts: tuple[str, ...] = ()) -> tuple[bytes, bytes]:
        """Certificate and key, in PEM."""
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        return _pem(self._sign(name, key, self.certificate, groups, hosts)), _pem(key)


def _pem(thing: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization as ser

    if hasattr(thing, "private_bytes"):
        return bytes(thing.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption()))
    if hasattr(thing, "serial_number"):
        return bytes(thing.public_bytes(ser.Encoding.PEM))
    return bytes(thing.public_bytes(ser.Encoding.PEM, ser.PublicFormat.SubjectPublicKeyInfo))


# --- processes


#: What this very process has started and not yet seen the end of.
_children: dict[int, subprocess.Popen[bytes]] = {}


class _Starter:
    """Starts programs, each with the marks by which ``down`` finds it."""

    def __init__(self, folder: Path, programs: dict[str, Path]) -> None:
        self.folder = folder
        self.programs = programs
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        with (self.folder / "logs" / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [str(self.programs[name]), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder), FOLDER_MARK: str(self.folder), PART_MARK: name},
            )
        self.processes[name] = _children[process.pid] = process

    def check(self) -> None:
        for name, process in self.processes.items():
            if process.poll() is not None:
                lines = (self.folder / "logs" / f"{name}.log").read_text(errors="replace").strip().splitlines()
                raise ClusterError(f"{name} ended with {process.returncode}: {' | '.join(lines[-3:])}")


def _write(path: Path, data: bytes) -> Path:
    path.touch(mode=0o600, exist_ok=True)
    path.write_bytes(data)
    return path


def _free_ports(count: int) -> list[int]:
    """Unused ports; held together until all are known, so that they differ."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


# --- up


def up(folder: Path, programs: dict[str, Path] | None = None) -> ControlPlane:
    """Starts one, or returns the running one of the folder.

    Raises ``ClusterError``, ``build.BuildError``.
    """
    folder = folder.resolve()
    programs = programs or build.programs(build.CONTROL_PLANE)
    with build.locked(folder):
        if status(folder):
            return ControlPlane(folder)
        for attempt in range(ATTEMPTS):
            down(folder)  # what is left of one that lost a process, or could not begin
            try:
                return _up_once(folder, programs)
            except BaseException as error:  # an interrupt, too, must leave nothing behind
                down(folder)
                if attempt == ATTEMPTS - 1 or not isinstance(error, ClusterError) or TAKEN not in str(error):
                    raise
    raise ClusterError("no free ports were found")


def _up_once(folder: Path, programs: dict[str, Path]) -> ControlPlane:
    for old in folder.iterdir():
        if old.name != LOCK:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    (folder / "logs").mkdir()
    folder.chmod(0o700)
    etcd, peer, secure, kwok = _free_ports(4)
    url = f"https://127.0.0.1:{secure}"
    authority = _Authority()
    clients = _certificates(folder, authority, url)
    starter = _Starter(folder, programs)
    _start_etcd(starter, folder, etcd, peer)
    _start_api_server(starter, folder, etcd, secure)
    api = _Api(url, folder)
    _wait(starter, "the API server is ready", lambda: api.get("/readyz") is not None)
    _start_rest(starter, folder, clients, ends.configuration(folder, build.stages(programs["kwok"])), kwok)
    api.post("/api/v1/nodes", _node())
    _wait(starter, "the node and the default service account are there", lambda: _node_ready(api))
    return ControlPlane(folder)


def _certificates(folder: Path, authority: _Authority, url: str) -> dict[str, Path]:
    from cryptography.hazmat.primitives.asymmetric import rsa

    _write(folder / "ca.crt", _pem(authority.certificate))
    hosts = ("localhost", "kubernetes.default.svc", "127.0.0.1", "10.0.0.1")
    for name, data in zip(("apiserver.crt", "apiserver.key"), authority.issue("kube-apiserver", hosts=hosts), strict=True):
        _write(folder / name, data)
    accounts = rsa.generate_private_key(65537, 2048)
    _write(folder / "sa.key", _pem(accounts))
    _write(folder / "sa.pub", _pem(accounts.public_key()))
    for name, data in zip(("setup.crt", "setup.key"), authority.issue("windlass-setup", ("system:masters",)), strict=True):
        _write(folder / name, data)
    _write(folder / "audit-policy.yaml", AUDIT_POLICY.encode())
    users = {
        "kubeconfig": ("admin", ("system:masters",)),
        "kcm.kubeconfig": ("system:kube-controller-manager", ()),
        "scheduler.kubeconfig": ("system:kube-scheduler", ()),
        "kwok.kubeconfig": ("kwok", ("system:masters",)),
    }
    return {file: _kubeconfig(folder / file, authority, url, user, groups) for file, (user, groups) in users.items()}


def _kubeconfig(path: Path, authority: _Authority, url: str, user: str, groups: tuple[str, ...]) -> Path:
    certificate, key = authority.issue(user, groups)

    def text(data: bytes) -> str:
        return base64.b64encode(data).decode()

    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "windlass", "cluster": {"server": url, "certificate-authority-data": text(_pem(authority.certificate))}}],
        "users": [{"name": user, "user": {"client-certificate-data": text(certificate), "client-key-data": text(key)}}],
        "contexts": [{"name": "windlass", "context": {"cluster": "windlass", "user": user}}],
        "current-context": "windlass",
    }
    return _write(path, json.dumps(document, indent=1).encode())


def _start_etcd(starter: _Starter, folder: Path, client: int, peer: int) -> None:
    here, there = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
    starter.start(
        "etcd",
        *("--data-dir", str(folder / "etcd"), "--log-level", "error"),
        "--unsafe-no-fsync",  # a test cluster that loses its power is created again
        *("--listen-client-urls", here, "--advertise-client-urls", here),
        *("--listen-peer-urls", there, "--initial-advertise-peer-urls", there, "--initial-cluster", f"default={there}"),
    )


def _start_api_server(starter: _Starter, folder: Path, etcd: int, secure: int) -> None:
    starter.start(
        "kube-apiserver",
        *("--etcd-servers", f"http://127.0.0.1:{etcd}", "--bind-address", "127.0.0.1", "--secure-port", str(secure)),
        *("--advertise-address", "127.0.0.1", "--endpoint-reconciler-type", "none", "--cert-dir", str(folder / "certs")),
        *("--tls-cert-file", str(folder / "apiserver.crt"), "--tls-private-key-file", str(folder / "apiserver.key")),
        *("--client-ca-file", str(folder / "ca.crt"), "--authorization-mode", "Node,RBAC"),
        *("--service-account-key-file", str(folder / "sa.pub"), "--service-account-signing-key-file", str(folder / "sa.key")),
        *("--service-account-issuer", "https://kubernetes.default.svc", "--service-cluster-ip-range", "10.0.0.0/16"),
        *("--audit-policy-file", str(folder / "audit-policy.yaml"), "--audit-log-path", str(folder / "audit.log")),
        "--audit-log-mode=blocking",  # a request is in the log before it is answered, so a test can count at once
    )


def _start_rest(starter: _Starter, folder: Path, clients: dict[str, Path], stages: Path, port: int) -> None:
    def connection(file: str) -> tuple[str, ...]:
        path = str(clients[file])
        return ("--kubeconfig", path, "--authentication-kubeconfig", path, "--authorization-kubeconfig", path)

    common = ("--leader-elect=false", "--secure-port", "0", "--bind-address", "127.0.0.1")
    starter.start(
        "kube-controller-manager",
        *connection("kcm.kubeconfig"),
        *common,
        *("--service-account-private-key-file", str(folder / "sa.key"), "--root-ca-file", str(folder / "ca.crt")),
        *("--use-service-account-credentials", "--kube-api-qps", "200", "--kube-api-burst", "400"),
        *("--cert-dir", str(folder / "certs"), "--concurrent-namespace-syncs", "20"),
    )
    starter.start("kube-scheduler", *connection("scheduler.kubeconfig"), *common, "--cert-dir", str(folder / "certs"))
    starter.start(
        "kwok",
        *("--kubeconfig", str(clients["kwok.kubeconfig"]), "--config", str(stages), "--manage-all-nodes", "--node-ip", "127.0.0.1"),
        *("--node-lease-duration-seconds", "40", "--server-address", f"127.0.0.1:{port}", "--node-port", str(port)),
        *("--tls-cert-file", str(folder / "apiserver.crt"), "--tls-private-key-file", str(folder / "apiserver.key")),  # for logs
    )


def _node() -> dict[str, Any]:
    room = {"cpu": "64", "memory": "256Gi", "pods": str(PODS)}
    labels = {"kubernetes.io/hostname": "kwok-0", "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "kwok-0", "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
        "status": {"capacity": room, "allocatable": room},
    }


def _node_ready(api: _Api) -> bool:
    node = api.get("/api/v1/nodes/kwok-0") or {}
    conditions = (node.get("status") or {}).get("conditions") or []
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    untainted = not (node.get("spec") or {}).get("taints")
    return ready and untainted and api.get("/api/v1/namespaces/default/serviceaccounts/default") is not None


class _Api:
    """A client with the few requests that the setup needs."""

    def __init__(self, url: str, folder: Path) -> None:
        import requests

        self.url = url
        self.errors = requests.RequestException
        self.session = requests.Session()
        self.session.trust_env = False  # a CA bundle in the environment would replace that of the kubeconfig
        self.session.verify = str(folder / "ca.crt")
        self.session.cert = (str(folder / "setup.crt"), str(folder / "setup.key"))

    def get(self, path: str) -> dict[str, Any] | None:
        """The object, ``{}`` for an answer that is not JSON, ``None`` for anything but 200."""
        try:
            answer = self.session.get(self.url + path, timeout=5)
        except self.errors:
            return None
        if answer.status_code != 200:
            return None
        with contextlib.suppress(ValueError):
            return dict(answer.json())
        return {}

    def post(self, path: str, body: dict[str, Any]) -> None:
        answer = self.session.post(self.url + path, json=body, timeout=10)
        if answer.status_code >= 300:
            raise ClusterError(f"POST {path} was answered with {answer.status_code}: {answer.text[:300]}")


def _wait(starter: _Starter, what: str, ready: Any) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        starter.check()
        if time.monotonic() > deadline:
            raise ClusterError(f"{READY_SECONDS:.0f} seconds were not enough until {what}; see {starter.folder / 'logs'}")
        time.sleep(0.05)


# --- down, status


def _processes(folder: Path) -> list[tuple[str, int]]:
    """Those of ``up`` that still run: name and pid; etcd last."""
    mark = f"{FOLDER_MARK}={folder}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            marks = (entry / "environ").read_bytes().split(b"\0")  # a zombie's is empty
        except OSError:  # of another user, or gone
            continue
        if mark in marks:
            name = next((m.partition(b"=")[2] for m in marks if m.startswith(PART_MARK.encode() + b"=")), b"")
            found.append((name.decode(), int(entry.name)))
    return sorted(found, key=lambda part: part[0] == "etcd")


def status(folder: Path) -> dict[str, int]:
    """Name -> pid while all of them run; empty otherwise."""
    running = dict(_processes(folder.resolve()))
    return running if len(running) == 5 else {}


def down(folder: Path, keep: bool = True) -> None:
    """End every process of ``up``; the API server before etcd. With ``keep`` the logs stay."""
    folder = folder.resolve()
    for sign, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        for _name, pid in _processes(folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        deadline = time.monotonic() + patience
        while _processes(folder) and time.monotonic() < deadline:
            time.sleep(0.05)
        _reap()
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _reap() -> None:
    """Waits for children of this process, which stay zombies until then.

    If the first thread of one has ended, others may still run, so it is polled.
    """
    for pid in [pid for pid, child in _children.items() if child.poll() is not None or _is_zombie(pid)]:
        _children.pop(pid).wait(timeout=10)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["up", "down", "status"])
    parser.add_argument("--dir", type=Path, default=Path(__file__).resolve().parents[2] / ".build" / "cluster")
    options = parser.parse_args()
    try:
        if options.command == "up":
            print(up(options.dir).kubeconfig)
        elif options.command == "down":
            down(options.dir)
        else:
            running = status(options.dir)
            print("\n".join(f"{name} {pid}" for name, pid in running.items()) or "down")
            return 0 if running else 3
    except (ClusterError, build.BuildError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
