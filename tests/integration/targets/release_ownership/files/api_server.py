# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request to the API server with the certificate of a kubeconfig, without the collection's client.

As a program, under another field manager's name: ``api_server.py KUBECONFIG METHOD PATH [MANAGER BODY]``; prints the answer.
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from pathlib import Path

import requests
import yaml


def ask(kubeconfig: Path, method: str, path: str, manager: str = "", body: str = "") -> requests.Response:
    """:param body: JSON; a PATCH is a merge patch."""
    config = yaml.safe_load(kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    with tempfile.TemporaryDirectory() as folder:

        def file_of(entry: dict[str, str], key: str) -> str:
            if key in entry:
                return str(kubeconfig.parent / entry[key])
            place = Path(folder) / key
            place.write_bytes(base64.b64decode(entry[f"{key}-data"]))
            return str(place)

        return requests.request(
            method,
            cluster["server"] + path,
            params={"fieldManager": manager} if manager else {},
            data=body or None,
            headers={"Content-Type": "application/merge-patch+json" if method == "PATCH" else "application/json"},
            cert=(file_of(user, "client-certificate"), file_of(user, "client-key")),
            verify=file_of(cluster, "certificate-authority"),
            timeout=30,
        )


if __name__ == "__main__":
    answer = ask(Path(sys.argv[1]), *sys.argv[2:])
    sys.stdout.write(json.dumps(answer.json()))
    sys.exit(0 if answer.ok else 1)
