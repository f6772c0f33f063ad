# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real nginx on loopback, as a chart repository.

HTTP and HTTPS, gzip, ETags, ranges, passwords, client certificates, and 429.

``WINDLASS_NGINX`` names the program. Without it, the one on PATH is taken, or Debian's package is downloaded and unpacked into the cache of
built programs, which needs no root. Where that is not possible, tests that need nginx are skipped, except in ``make test``.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from servers import PASSWORD, USER, Authority, authority, builder

PROGRAM = "usr/sbin/nginx"
CONFIG = """
{user}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  types {{ text/yaml yaml; application/gzip tgz; application/pgp-signature prov; }}
  gzip on; gzip_types text/yaml; gzip_min_length 100;
  log_format facts '$request_method $uri $status range=$http_range match=$http_if_none_match coding=$sent_http_content_encoding user=$remote_user';
  access_log {folder}/access.log facts;
  client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp; uwsgi_temp_path {folder}/tmp;
  scgi_temp_path {folder}/tmp;
  limit_req_zone $server_name zone=few:1m rate=30r/m;
  server {{ listen 127.0.0.1:{http}; server_name plain; {locations} }}
  server {{ listen 127.0.0.1:{https} ssl; server_name tls; ssl_certificate {server}; ssl_certificate_key {server_key}; {locations} }}
  server {{ listen 127.0.0.1:{mutual} ssl; server_name mutual; ssl_certificate {server}; ssl_certificate_key {server_key};
            ssl_client_certificate {ca}; ssl_verify_client on; {locations} }}
}}
"""
LOCATIONS = """
  root {folder}/served;
  location /private/ {{ alias {folder}/served/charts/; auth_basic charts; auth_basic_user_file {folder}/users; }}
  location /limited/ {{ alias {folder}/served/charts/; limit_req zone=few; limit_req_status 429; }}
  location /moved/ {{ rewrite ^/moved/(.*)$ /charts/$1 redirect; }}
"""


def nginx() -> str:
    """The program. Raises ``FileNotFoundError`` where it cannot be had."""
    found = os.environ.get("WINDLASS_NGINX") or shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found:
        return found
    folder = Path(builder().cache_root()) / "bin" / "nginx"
    if not (folder / PROGRAM).exists():
        _unpack(folder)
    return str(folder / PROGRAM)


def _unpack(folder: Path) -> None:
    """Download Debian's package and unpack it."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise FileNotFoundError("nginx is not installed, and there is no apt-get to download it with")
    folder.mkdir(parents=True, exist_ok=True)
    fetched = subprocess.run(["apt-get", "download", "nginx"], cwd=folder, capture_output=True, text=True, check=False)
    packages = sorted(folder.glob("nginx_*.deb"))
    if fetched.returncode or not packages:
        raise FileNotFoundError(f"nginx is not installed, and apt-get download nginx failed: {fetched.stderr.strip()[-300:]}")
    subprocess.run(["dpkg-deb", "-x", str(packages[-1]), str(folder)], check=True)
    for package in packages:
        package.unlink()


class WebServer:
    """A running nginx. ``served/charts`` is the repository; ``/private/`` is the same with a password."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.charts = folder / "served" / "charts"
        self.charts.mkdir(parents=True)
        (folder / "tmp").mkdir()
        digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()  # noqa: S324  nginx knows no other that is portable
        (folder / "users").write_text(f"{USER}:{{SHA}}{digest}\n")
        self.authority: Authority = authority(folder / "tls")
        self.ports = {name: free_port() for name in ("http", "https", "mutual")}
        settings = {"folder": folder, "user": "" if os.geteuid() else "user root; ", **self.ports, **{key: getattr(self.authority, key) for key in ("ca", "server", "server_key")}}
        config = folder / "nginx.conf"
        config.write_text(CONFIG.format(**settings, locations=LOCATIONS.format(folder=folder)))
        self._output = folder / "output"
        with self._output.open("wb") as output:
            command = [nginx(), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
            self._process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self._wait()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.ports['http']}"

    def url(self, path: str = "charts", kind: str = "http") -> str:
        return f"{'http' if kind == 'http' else 'https'}://127.0.0.1:{self.ports[kind]}/{path}"

    def log(self) -> list[str]:
        """The requests so far, one a line."""
        time.sleep(0.05)  # nginx writes it after the answer
        return (self.folder / "access.log").read_text().splitlines()

    def clear(self) -> None:
        time.sleep(0.05)
        (self.folder / "access.log").write_text("")

    def _wait(self) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.ports["mutual"]), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        raise RuntimeError(f"nginx did not start: {self._output.read_text()[-2000:]}")

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
