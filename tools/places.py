# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Places of the project, and virtual environments in them.

Standard library only: this is what makes the rest possible.

Nothing is written into the user's home but the cache: virtual environments, and the programs that ``tests/cluster/build.py`` builds.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "windlass-charts"


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


def python(version: str) -> str | None:
    """An interpreter of that version, run to make sure: on PATH there may be shims that lead nowhere."""
    candidates = [sys.executable, shutil.which(f"python{version}") or ""]
    candidates += [str(p) for p in sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"), reverse=True)]
    for candidate in candidates:
        if not candidate:
            continue
        with contextlib.suppress(OSError):
            code = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
            out = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False).stdout.split()
            if out and out[0] == version:
                return out[1]
    return None


@contextlib.contextmanager
def locked(name: str, folder: Path | None = None) -> Iterator[None]:
    """One run at a time.

    ``folder``: where the lock is, so that it counts for all that use this folder. Without it, the lock counts for this checkout.
    """
    folder = folder or BUILD
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{name}: another run is at it; waiting")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def venv(name: str, version: str = "3.11") -> Path:
    """The ``bin`` folder of the virtual environment of ``requirements/<name>.txt``.

    It is in the cache, where all checkouts with the same requirements use it; ``.build/venv-<name>`` is a link to it. It is created if it
    is not there, and never changed afterwards.
    """
    requirements = ROOT / "requirements" / f"{name}.txt"
    interpreter = python(version)
    if interpreter is None:
        raise SystemExit(f"Python {version} is needed for requirements/{name}.txt and was not found.")
    key = hashlib.sha256(requirements.read_bytes() + str(Path(interpreter).resolve()).encode()).hexdigest()[:16]
    folder = CACHE / "venv"
    home = folder / f"{name}-{key}"
    stamp = home / ".complete"
    with locked(home.name, folder):
        if not stamp.exists():
            say(f"installing requirements/{name}.txt with Python {version}")
            started = time.monotonic()
            subprocess.run([interpreter, "-m", "venv", "--clear", str(home)], check=True)
            # what runs here keeps its bytecode elsewhere (see ``environment``): pip need not compile, half of its work
            pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
            subprocess.run([*pip, "-r", str(requirements)], check=True)
            stamp.touch()
            say(f"installed in {time.monotonic() - started:.0f} s")
    with locked(f"venv-{name}"):
        link(BUILD / f"venv-{name}", home)
    return home / "bin"


def link(path: Path, target: Path) -> None:
    """Make ``path`` a link to ``target``, in place of the link or the folder that was there."""
    if path.is_symlink() and path.readlink() == target:
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def environment(bin_folder: Path, **more: str) -> dict[str, str]:
    """An environment in which tools find each other and write into places of the project."""
    env = dict(os.environ)
    for name in ("PYTHONPATH", "KUBECONFIG", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"):
        env.pop(name, None)
    for name in [n for n in env if n.startswith(("ANSIBLE_", "K8S_AUTH_", "HELM_"))]:
        env.pop(name)
    home = BUILD / "home"
    home.mkdir(parents=True, exist_ok=True)
    env.setdefault("XDG_CACHE_HOME", str(CACHE.parent))
    env.update(
        HOME=str(home),
        PATH=f"{bin_folder}{os.pathsep}{_without_shims(env.get('PATH', ''))}",
        ANSIBLE_HOME=str(home / ".ansible"),
        ANSIBLE_NOCOLOR="1",
        LC_ALL="C.UTF-8",
        LANG="C.UTF-8",
        # not in the checkout, which stays clean; in the cache, since that of the virtual environments is the same for all checkouts
        PYTHONPYCACHEPREFIX=str(CACHE / "pycache"),
    )
    env.update(more)
    return env


def _without_shims(path: str) -> str:
    """pyenv's shims answer for Pythons that are not there and confuse ansible-test."""
    return os.pathsep.join(p for p in path.split(os.pathsep) if not p.endswith("shims"))


def run(command: list[str], env: dict[str, str], cwd: Path = ROOT) -> int:
    return subprocess.run(command, env=env, cwd=cwd, check=False, stdin=subprocess.DEVNULL).returncode


def collection(name: str = "collections", bin_folder: Path | None = None) -> Path:
    """The collection as it is built and installed, below ``.build/<name>``.

    Returns the folder that contains ``ansible_collections``.
    Runs at the same time have separate folders: each creates its own.
    """
    target = BUILD / name
    bin_folder = bin_folder or venv("dev")
    env = environment(bin_folder, ANSIBLE_COLLECTIONS_PATH=str(target))
    with locked("collection"):
        shutil.rmtree(target, ignore_errors=True)
        out = BUILD / "dist"
        shutil.rmtree(out, ignore_errors=True)
        galaxy = str(bin_folder / "ansible-galaxy")
        quiet = {"env": env, "cwd": ROOT, "check": True, "stdout": subprocess.DEVNULL}
        subprocess.run([galaxy, "collection", "build", "--force", "--output-path", str(out)], **quiet)  # type: ignore[call-overload]
        archive = next(out.glob("windlass-charts-*.tar.gz"))
        subprocess.run([galaxy, "collection", "install", "--offline", str(archive), "-p", str(target)], **quiet)  # type: ignore[call-overload]
    return target


if __name__ == "__main__":
    print(venv(*sys.argv[1:]))
