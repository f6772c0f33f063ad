# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the live objects of the release ``vault`` and checks that they are consistent.

Uses the API server, ``cryptography`` and ``bcrypt``.

``live_vault.py KUBECONFIG NAMESPACE FOLDER_OF_API_SERVER_PY``; prints JSON: ``held`` by name, ``faults``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import bcrypt
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

KUBECONFIG, NAMESPACE = Path(sys.argv[1]), sys.argv[2]
sys.path.insert(0, sys.argv[3])
CORE = f"/api/v1/namespaces/{NAMESPACE}"


def get(path: str) -> Any:
    from api_server import ask

    answer = ask(KUBECONFIG, "GET", path)
    answer.raise_for_status()
    return answer.json()


def secret(name: str) -> dict[str, str]:
    return {key: base64.b64decode(text).decode() for key, text in get(f"{CORE}/secrets/{name}")["data"].items()}


def signed(cert: str, authority: str) -> bool:
    try:
        x509.load_pem_x509_certificate(cert.encode()).verify_directly_issued_by(x509.load_pem_x509_certificate(authority.encode()))
    except (InvalidSignature, ValueError):
        return False
    return True


auth, tls, token = secret("vault-auth"), secret("vault-tls"), secret("vault-token")
url = get(f"{CORE}/configmaps/vault-config")["data"]["url"]
notes = get(f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/vault")["spec"]["template"]["metadata"]["annotations"]
hook = get(f"/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/{NAMESPACE}-vault")["webhooks"][0]
ca = base64.b64decode(hook["clientConfig"]["caBundle"]).decode()
key, cert = load_pem_private_key(tls["tls.key"].encode(), None), x509.load_pem_x509_certificate(tls["tls.crt"].encode())
good = {
    "the URL holds the password": f":{auth['password']}@" in url,
    "the hash is of the password": bcrypt.checkpw(auth["password"].encode(), auth["htpasswd"].partition(":")[2].encode()),
    "the checksum is of the password": notes["checksum/password"] == hashlib.sha256(auth["password"].encode()).hexdigest(),
    "the checksum is of the certificates": notes["checksum/tls"] == hashlib.sha256((tls["tls.crt"] + ca).encode()).hexdigest(),
    "the key is the certificate's": key.public_key() == cert.public_key(),
    "the CA of the webhook signed the certificate": signed(tls["tls.crt"], ca),
}
held = {**auth, **tls, **token, "ca": ca, **notes}
sys.stdout.write(json.dumps({"held": held, "url": url, "faults": [what for what, holds in good.items() if not holds]}))
