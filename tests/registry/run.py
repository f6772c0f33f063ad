# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``run.py plain|tls|htpasswd|tokens FOLDER``: a registry until a signal ends it.

Prints one line of JSON: its address, accounts and files.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path

import servers

KINDS = {"plain": servers.plain, "tls": servers.with_tls, "htpasswd": servers.with_htpasswd, "tokens": servers.with_tokens}


def main() -> int:
    kind, folder = sys.argv[1:]
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_arguments: ended.set())
    registry = KINDS[kind](Path(folder))
    try:
        facts = {"host": registry.host, "user": servers.USER, "password": servers.PASSWORD}
        facts |= {"reader": servers.READER, "reader_password": servers.READ_PASSWORD}
        facts |= {"ca": str(registry.authority.ca)} if registry.authority else {}
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()
        ended.wait()
    finally:
        registry.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
