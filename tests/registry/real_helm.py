# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the real helm with its own home folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class Helm:
    """The real helm, version 3 or 4."""

    def __init__(self, binary: str, home: Path) -> None:
        self.binary = binary
        self.home = home
        self.environment = {"HOME": str(home), "PATH": os.environ.get("PATH", ""), "KUBECONFIG": str(home / "none")}

    def run(self, *words: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        given = [str(word) for word in words]
        return subprocess.run([self.binary, *given], env=self.environment, capture_output=True, text=True, timeout=300, check=False, input=stdin)

    def must(self, *words: str | Path, stdin: str | None = None) -> str:
        done = self.run(*words, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr
