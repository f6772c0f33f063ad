# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ``ansible-test sanity`` on every supported ansible-core, then the checks of Galaxy's importer.

The ignore files are empty.

It runs over a copy of what is built, in a real ``ansible_collections/windlass/charts`` folder: a link is refused, and a chart's
templates are not YAML. On a machine that reaches package registries only, ansible-test cannot fetch the installer it uses for its
own virtual environments, so a stand-in that does the same with the standard library is put into its cache first.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from places import BUILD, CACHE, ROOT, environment, link, python, run, say, venv

#: core -> Python, and the name under which ansible-test looks for its installer
CORES = {
    "2.18": ("3.11", "get_pip_24_2.py"),
    "2.19": ("3.11", "get_pip_24_2.py"),
    "2.20": ("3.12", "get_pip_25_2.py"),
    "2.21": ("3.13", "get_pip_25_2.py"),
}
#: Tests that do not run on each core, and the cores that run them. Each of them has a virtual environment of its own, and pylint and pep8
#: take most of the time of a core. The rules of pep8, runtime-metadata and yamllint were compared: the newest are the strictest, but 2.18
#: does not ignore E701 and E704. Those of changelog and pylint were not compared.
ONLY_ON = {
    "changelog": ("2.21",),
    "pep8": ("2.18", "2.21"),
    "pylint": ("2.21",),
    "runtime-metadata": ("2.21",),
    "yamllint": ("2.21",),
}

STAND_IN = '''\
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

os.environ.pop("GET_PIP", None)
wanted = [a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel")]
site = sysconfig.get_path("purelib")
# what the first virtual environment installs is copied into the next ones: pip alone takes longer to install than most requirements
names = [f"{sys.version_info[0]}.{sys.version_info[1]}", *(a for a in wanted if not a.startswith("-"))]
first = Path(__file__).with_name("-".join(["installed", *names]))
if first.is_dir():
    shutil.copytree(first, site, dirs_exist_ok=True)
    sys.exit()
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"])
subprocess.call([sys.executable, "-m", "pip", "uninstall", "--yes", "setuptools"])
if wanted:
    subprocess.check_call([sys.executable, "-m", "pip", "install", *wanted])
part = first.with_name(f"{first.name}.{os.getpid()}")
shutil.copytree(site, part)
try:
    part.rename(first)
except OSError:  # another run was faster
    shutil.rmtree(part)
'''

#: ansible-test needs a container or a work tree there, and runs above
IMPORTER = """\
[galaxy-importer]
log_level_main = INFO
run_ansible_doc = True
run_ansible_lint = True
run_ansible_test = False
run_flake8 = False
check_required_tags = True
check_runtime_file = True
check_changelog = True
"""

PARTS = ("plugins", "roles", "playbooks", "meta", "changelogs", "docs", "LICENSES", "tests/config.yml", "tests/sanity")
FILES = ("galaxy.yml", "README.md", "LICENSE", "CONTRIBUTING.md", "SECURITY.md", "requirements.txt", ".ansible-lint")


def copy(root: Path) -> Path:
    """A copy of the collection below ``root``, new each time; its folder."""
    target = root / "ansible_collections" / "windlass" / "charts"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc", "*.tgz", "charts-data")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, target / part, ignore=ignore)
        elif (ROOT / part).exists():
            (target / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / part, target / part)
    for file in FILES:
        if (ROOT / file).exists():
            shutil.copy(ROOT / file, target / file)
    return target


def sanity() -> bool:
    good = True
    for core, (version, installer) in CORES.items():
        if python(version) is None:
            say(f"sanity on ansible-core {core}: SKIPPED, Python {version} was not found")
            continue
        good &= _one(core, version, installer)
    return good & importer()


def importer() -> bool:
    """Runs galaxy-importer over the built archive, as Galaxy does at publication.

    With ansible-lint and without containers.
    """
    bin_folder = venv("importer")
    folder = BUILD / "importer"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "importer.cfg").write_text(IMPORTER)
    env = environment(bin_folder, GALAXY_IMPORTER_CONFIG=str(folder / "importer.cfg"), XDG_CACHE_HOME=str(BUILD / "home" / ".cache"))
    if not execution_environment(bin_folder, folder, env):
        return False
    say("galaxy-importer")
    build = [str(bin_folder / "ansible-galaxy"), "collection", "build", "--force", "--output-path", str(folder), str(ROOT)]
    if subprocess.run(build, env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False).returncode:
        return False
    archive = next(folder.glob("*.tar.gz"))
    command = [str(bin_folder / "python"), "-m", "galaxy_importer.main", str(archive)]
    done = subprocess.run(command, env=env, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    found = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(("WARNING", "ERROR"))]
    # the changelog is made from the fragments when a version is released
    found = [line for line in found if (ROOT / "CHANGELOG.rst").exists() or "changelog" not in line.lower()]
    if done.returncode or found:
        print("\n".join(found or (done.stdout + done.stderr).splitlines()[-30:]), flush=True)
        say("galaxy-importer: FAILED")
        return False
    return True


def execution_environment(bin_folder: Path, folder: Path, env: dict[str, str]) -> bool:
    """Checks that ansible-builder accepts ``execution-environment.yml`` and finds all Python libraries.

    Builds nothing.
    """
    builder = str(bin_folder / "ansible-builder")
    copy(folder / "installed")
    create = [builder, "create", "--file", str(ROOT / "execution-environment.yml"), "--context", str(folder / "context")]
    introspect = [builder, "introspect", "--sanitize", str(folder / "installed")]
    say("ansible-builder create, and introspect")
    for command in (create, introspect):
        done = subprocess.run(command, env=env, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout + done.stderr, flush=True)
            say("ansible-builder: FAILED")
            return False
    # ansible-builder leaves out PyYAML, which ansible-core needs itself
    wanted = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith(("#", "PyYAML"))]
    missing = [line for line in wanted if line.partition(">")[0].lower() not in done.stdout.lower()]
    print("\n".join(f"ansible-builder does not install {line}" for line in missing), end="\n" if missing else "")
    return not missing


def _one(core: str, version: str, installer: str) -> bool:
    bin_folder = venv(f"sanity-{core}", version)
    target = copy(BUILD / f"sanity-{core}")
    env = environment(bin_folder, XDG_CACHE_HOME=str(BUILD / "home" / ".cache"))
    tests = CACHE / "ansible-test"  # it creates virtual environments of its own, with digests of their requirements in their names
    (tests / "cache").mkdir(parents=True, exist_ok=True)
    link(Path(env["HOME"]) / ".ansible" / "test", tests)
    (tests / "cache" / installer).write_text(STAND_IN)
    say(f"ansible-test sanity on ansible-core {core}, Python {version} (the first time it makes virtual environments of its own)")
    # every Python it names must be a real one; without a git repository it walks the folder
    subprocess.run(["git", "init", "--quiet", str(target)], check=False, env=env)
    skipped = [word for test, cores in ONLY_ON.items() if core not in cores for word in ("--skip-test", test)]
    return run([str(bin_folder / "ansible-test"), "sanity", "--local", "--python", version, "--color", "no", *skipped], env, target) == 0
