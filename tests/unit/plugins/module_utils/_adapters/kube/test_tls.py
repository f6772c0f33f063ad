# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS over a real socket.

Authorities, names, client certificates from memory, and messages when one of them is wrong.
"""

from __future__ import annotations

import base64
import datetime
import ipaddress
import os
import ssl
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("cryptography")

from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube import tls
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.client import connect
from ansible_collections.windlass.charts.plugins.module_utils._adapters.kube.config.options import from_params
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import CertificateRefused, ClusterConfigError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def pair(name, issuer=None, *, san=None, authority=False):
    """Certificate and key as PEM, and both as objects."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[2].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if san:
        builder = builder.add_extension(x509.SubjectAlternativeName(san), critical=False)
    made = builder.sign(issuer[3] if issuer else key, hashes.SHA256())
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem, secret, made, key


@pytest.fixture(scope="module")
def authority():
    return pair("authority", authority=True)


@pytest.fixture(scope="module")
def server(authority, tmp_path_factory):
    """Wants a client certificate of the authority; answers with the client's name.

    Its own certificate has no key identifiers.
    """
    certificate, key, *_other = pair(
        "server", authority, san=[x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("api.internal")]
    )
    folder = tmp_path_factory.mktemp("server")
    (folder / "pem").write_bytes(certificate + key)
    (folder / "ca").write_bytes(authority[0])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pem")
    context.load_verify_locations(folder / "ca")
    context.verify_mode = ssl.CERT_REQUIRED

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            who = dict(entry[0] for entry in self.connection.getpeercert()["subject"])["commonName"]
            body = f'{{"gitVersion": "{who}", "major": "1", "minor": "36"}}'.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            pass

    http = Quiet(("127.0.0.1", 0), Handler)
    http.socket = context.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
    http.daemon_threads = True
    threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
    yield f"127.0.0.1:{http.server_address[1]}"
    http.shutdown()
    http.server_close()


def b64(data):
    return base64.b64encode(data).decode()


def kubeconfig(server, authority, client=None, **cluster):
    user = {"client-certificate-data": b64(client[0]), "client-key-data": b64(client[1])} if client else {"token": "t"}
    return {
        "clusters": [{"name": "c", "cluster": {"server": f"https://{server}", "certificate-authority-data": b64(authority[0]), **cluster}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }


def version(**params):
    return connect(from_params(params, {})).version().git_version


def test_a_client_certificate_from_a_kubeconfig_leaves_no_file(server, authority, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert version(kubeconfig=kubeconfig(server, authority, pair("deployer", authority))) == "deployer"
    assert not list(tmp_path.iterdir())


def test_where_there_are_no_memory_files_the_file_is_gone_afterwards(server, authority, tmp_path, monkeypatch):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert version(kubeconfig=kubeconfig(server, authority, pair("elsewhere", authority))) == "elsewhere"
    assert not list(tmp_path.iterdir())


def test_a_client_certificate_from_options(server, authority, tmp_path):
    certificate, key, *_other = pair("by-path", authority)
    files = {"ca": authority[0], "cert": certificate, "key": key}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    paths = {name: str(tmp_path / name) for name in files}
    host = f"https://{server}"
    assert version(host=host, ca_cert=paths["ca"], client_cert=paths["cert"], client_key=paths["key"]) == "by-path"
    assert version(host=host, validate_certs=False, client_cert=paths["cert"], client_key=paths["key"]) == "by-path"


def test_the_servers_other_name(server, authority):
    client = pair("named", authority)
    assert version(kubeconfig=kubeconfig(server, authority, client, **{"tls-server-name": "api.internal"})) == "named"
    with pytest.raises(CertificateRefused, match="not valid for this name"):
        version(kubeconfig=kubeconfig(server, authority, client, **{"tls-server-name": "api.other"}))


def test_the_servers_other_name_as_an_option(server, authority):
    client = pair("named", authority)
    other = kubeconfig(server, authority, client, **{"tls-server-name": "api.other"})
    assert version(kubeconfig=other, tls_server_name="api.internal") == "named"
    with pytest.raises(CertificateRefused, match="set tls_server_name"):
        version(kubeconfig=kubeconfig(server, authority, client), tls_server_name="api.other")


def test_what_is_not_trusted(server, authority):
    stranger = pair("stranger", authority=True)
    with pytest.raises(CertificateRefused, match=r"is not trusted.*ca_cert"):
        version(kubeconfig=kubeconfig(server, stranger, pair("c", authority)))


@pytest.mark.parametrize("change", ["no key", "another's key", "no certificate", "no authority"])
def test_an_invalid_certificate_is_reported(authority, change):
    certificate, key, *_other = pair("c", authority)
    parts = {
        "no key": (authority[0], certificate, b"junk"),
        "another's key": (authority[0], certificate, pair("d")[1]),
        "no certificate": (authority[0], b"junk", key),
        "no authority": (b"junk", b"", b""),
    }[change]
    with pytest.raises(ClusterConfigError, match=r"client_cert|ca_cert"):
        tls.context(ca=parts[0], verify=True, certificate=parts[1], key=parts[2])
