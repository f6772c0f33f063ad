# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Serves the working directory on loopback; prints the port, then the headers of each request."""

from __future__ import annotations

import sys
from http.server import HTTPServer, SimpleHTTPRequestHandler


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self):
        sys.stdout.write(f"{self.path} {dict(self.headers)}" + "\n")
        super().do_GET()


server = HTTPServer(("127.0.0.1", 0), Handler)
sys.stdout.write(f"port {server.server_port}" + "\n")
server.serve_forever()
