# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private: runs a face in Ansible's worker process, where the task's host is the controller.

A module there needs a zip, a new interpreter and the compilation of every import; in-process mode needs none of them, since Ansible loads
an action plugin, and what it imports at its top, once in the parent process. In-process mode is used when all of these hold, and module
mode otherwise, with no difference that a user can see:

* the connection is ``local``, with no become to another user, and the task is not ``async``;
* the interpreter of the task is the controller's own: ``ansible_python_interpreter`` unset, ``auto...`` or a name of it
  (``_interpreter.py``);
* the face and its libraries can be imported here;
* the variable ``windlass_in_process`` is not ``never``.

What Ansible does for a module is done here by this plugin: validation in the module's words, plain values instead of tagged
ones, ``environment:``, the playbook's folder as working directory (where Ansible starts local modules, too), redaction of
``no_log`` options, ``invocation``. Environment and folder are restored after each item, since a loop shares the process.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pwd
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.utils.collection_loader import AnsibleCollectionConfig  # type: ignore[attr-defined]  # not in an __all__
from ansible.utils.display import Display

from ._bytecode import keep_bytecode

_PLUGINS = __name__.rpartition(".plugin_utils.")[0]
keep_bytecode(os.environ, f"{_PLUGINS}.module_utils", f"{_PLUGINS}.plugin_utils", before=AnsibleCollectionConfig.collection_finder)

# isort: split
from ..module_utils._ansible.options.names import with_empty_names
from ..module_utils._ansible.options.shapes import wrong_shapes
from ..module_utils._ansible.results.masked_options import mask_params, secrets_in_refused
from ..module_utils._ansible.results.masking import masked_result, message_first, texts_of, without_secrets
from ..module_utils._engine.aliases import Json, JsonObject
from ._interpreter import other_interpreter
from ._kubeconfigs import with_kubeconfig
from ._plain import Variable, plain
from ._progress import progress_printer
from ._sources import with_sources
from ._vaulted import vaulted_texts

if TYPE_CHECKING:
    from ansible.module_utils.errors import AnsibleValidationErrorMultiple

#: the argument in which a module is given the texts that vault had encrypted, see ``module_utils/_ansible/module.py``
SECRETS = "_windlass_secrets"

#: What the engine imports late and most charts need. A worker is forked for each task and dies with it: what is imported
#: there is imported again by the next task, what is imported in the parent is there for all of them.
RENDERING = (
    "_adapters.compiled_cache",
    "_adapters.charts.remote",
    "_engine.gotmpl.compiler",
    "_engine.render.engine",
    "_engine.render.objects",
    "_engine.yamlio.dump",
    "_engine.yamlio.events",
    "_engine.yamlio.gojson",
    "_engine.chart.strvals",
    "_engine.chart.schema.validate",
    "_engine.chart.schema.refs",
    "_engine.chart.schema.evaluate",
    "_engine.chart.schema.formats",
    "_engine.chart.schema.formatting",
    "_engine.sprig.convert",
    "_engine.sprig.defaults",
    "_engine.sprig.dicts",
    "_engine.sprig.encoding",
    "_engine.sprig.lists",
    "_engine.sprig.numeric",
    "_engine.sprig.randoms",
    "_engine.sprig.reflection",
    "_engine.sprig.regex",
    "_engine.sprig.semver",
    "_engine.sprig.text",
    "yaml",
)
RELEASING = (
    "_engine.actions.change",
    "_engine.apply.crds",
    "_engine.lock.lease",
    "_engine.apply.observe",
    "_engine.actions.uninstall",
    "_engine.wait.wait",
    "_engine.plan.saved",
    "_engine.release.compare",
    "urllib3",
)


class InProcessAction(ActionBase):
    """Base of the action plugins.

    A subclass sets ``options`` and ``load_face``, which its file has tried at the top.
    """

    _supports_check_mode = True
    _supports_async = True  # an async task runs as a module
    _requires_connection = True

    #: ``options.<face>``: keyword arguments of AnsibleModule
    options: Callable[[], JsonObject]
    #: the face, or ``None`` where it could not be imported here
    face: Any = None  # Any: a face, or None, with which no task reaches its call
    #: whether the result is a rendering, which is returned unmasked unless the task names ``secret_paths``
    shows_secrets = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Variable] | None = None) -> JsonObject:
        task_vars = task_vars or {}
        result: JsonObject = super().run(tmp, task_vars)
        del tmp
        args, secrets = self._sources(task_vars)
        reason = self._reason_for_module(task_vars)
        mode = f"module mode: {reason}" if reason else "in-process mode"
        Display().vvv(f"windlass.charts: {plain(self._task.action)} runs in {mode}", host=task_vars.get("inventory_hostname"))
        if reason:
            wrapped = self._task.async_val and not self._connection.has_native_async
            passed = {**args, SECRETS: sorted(secrets)} if secrets else args
            answer = self._execute_module(module_args=passed, task_vars=task_vars, wrap_async=wrapped)
            self._drop_lines(answer)
            shows = type(self).shows_secrets and not args.get("secret_paths")
            result.update(answer if shows and not answer.get("failed") else masked_result(answer, secrets))
            return result
        environment: dict[str, Variable] = {}
        self._compute_environment_string(environment)  # type: ignore[no-untyped-call]  # of ansible-core
        with applied(environment), working_directory(self._loader.get_basedir()):
            called = self._call(args, secrets)
        if not _wants_invocation(task_vars):
            called.pop("invocation", None)
        result.update(called)
        return result

    def _reason_for_module(self, task_vars: Mapping[str, Variable]) -> str:
        """Why this task cannot run in this process; empty when it can."""
        mode = self._variable(task_vars, "windlass_in_process", "auto")
        if mode not in ("auto", "never"):
            raise AnsibleActionFail(f"windlass_in_process is {mode!r}; use auto or never.")
        if mode == "never":
            return "windlass_in_process is never"
        if type(self).face is None:
            return "the engine cannot be imported by the controller's Python"
        if self._task.async_val:
            return "the task is asynchronous"
        if self._connection.transport not in ("local", "ansible.builtin.local"):
            return f"the connection is {self._connection.transport}, not local"
        if self._other_user():
            return f"become to another user, {self._become_user()}"
        return self._other_interpreter(task_vars)

    def _other_user(self) -> bool:
        if self._connection.become is None:
            return False
        try:
            return pwd.getpwnam(self._become_user()).pw_uid != os.geteuid()
        except KeyError:
            return True  # become says that there is no such user

    def _become_user(self) -> str:
        return self.get_become_option("become_user") or "root"  # type: ignore[no-untyped-call]  # of ansible-core

    def _other_interpreter(self, task_vars: Mapping[str, Variable]) -> str:
        if self._task.delegate_to:
            task_vars = (task_vars.get("ansible_delegated_vars") or {}).get(self._task.delegate_to) or {}
        # as Ansible does for a module: the variable, else the environment and ansible.cfg
        wanted = C.config.get_config_value("INTERPRETER_PYTHON", variables=task_vars)
        wanted = str(plain(self._templar.template(wanted))).strip()
        return "" if wanted == sys.executable or wanted.startswith("auto") else other_interpreter(wanted)

    def _variable(self, task_vars: Mapping[str, Variable], name: str, default: str) -> str:
        value = task_vars.get(name)
        if value is None:
            return default
        return str(plain(self._templar.template(value)))

    def _sources(self, task_vars: Mapping[str, Variable]) -> tuple[Mapping[str, Variable], set[str]]:
        """The task's options, with files of the controller read and encrypted values recorded."""
        args = with_empty_names(self._task.args)
        secrets = texts_of(vaulted_texts(self, args, task_vars))
        try:
            if any(name in args for name in ("values_from", "releases", "defaults")):
                args = with_sources(self, args, task_vars)
            if "kubeconfig" in args or "kubeconfig_path" in args:
                args = with_kubeconfig(self, args)
        except AnsibleActionFail as error:  # what a template says of its failure may quote a secret
            raise AnsibleActionFail(str(without_secrets(plain(str(error)), secrets))) from None
        return args, secrets

    def _call(self, args: Mapping[str, Variable], secrets: set[str]) -> JsonObject:
        """Validates as the module does, calls the face, and masks values of ``no_log`` options."""
        from ..module_utils._ansible.runner import run

        options = type(self).options()
        options.pop("supports_check_mode")
        spec = options.pop("argument_spec")
        given = plain(args)
        refused = secrets_in_refused(given)  # before validation, which changes them in place
        wrong = wrong_shapes(spec, given)
        if wrong:
            return masked_result({"failed": True, "changed": False, "msg": next(iter(wrong.values()))}, secrets | refused)
        checked = ArgumentSpecValidator(spec, **options).validate(given)
        params = checked.validated_parameters
        warnings = [f"Both option {entry['option']} and its alias {entry['alias']} are set." for entry in checked._warnings]
        if checked.error_messages:  # the errors themselves are always true
            result: JsonObject = {"failed": True, "msg": self._wording(checked.errors)}
            known = {name for option, rule in spec.items() for name in (option, *rule.get("aliases", ()))}
            result["invocation"] = {"module_args": mask_params(params, known)}
            result = masked_result(result, secrets | refused)
        else:
            report_progress = progress_printer(self._label(params), Display().display)
            try:
                result = run(
                    type(self).face, params, bool(self._task.check_mode), bool(self._task.diff), os.environ, report_progress, secrets
                )
            finally:
                if report_progress is not None:
                    report_progress.close()
        if warnings:
            result["warnings"] = warnings + result.get("warnings", [])
        flags = {key: value for key, value in result.items() if value is None or isinstance(value, bool)}
        result = {**remove_values(result, checked._no_log_values), **flags}
        for stream in ("stdout", "stderr"):
            if stream in result:
                result[f"{stream}_lines"] = result[stream].splitlines()
        self._drop_lines(result)
        return message_first(result)

    def _drop_lines(self, result: JsonObject) -> None:
        """Manifests are not returned twice."""
        if type(self).shows_secrets and not result.get("failed"):
            result.pop("stdout_lines", None)

    @staticmethod
    def _label(params: Mapping[str, Json]) -> str:
        """The name of the release, for lines of progress."""
        return "/".join(str(params[key]) for key in ("release_namespace", "release_name") if params.get(key))

    def _wording(self, errors: AnsibleValidationErrorMultiple) -> str:
        if isinstance(errors[0], UnsupportedError):
            return f"Unsupported parameters for ({plain(self._task.action)}) module: {errors.msg}"
        return str(errors.msg)


def _wants_invocation(task_vars: Mapping[str, Variable]) -> bool:
    """Whether results repeat the options: always, until ansible-core 2.21 made it a setting."""
    try:
        return bool(C.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except (AnsibleError, KeyError):
        return True


@contextlib.contextmanager
def applied(environment: Mapping[str, Variable]) -> Iterator[None]:
    """Applies the task's ``environment:`` to this process.

    Restores the environment of the process afterwards.
    """
    wanted = {str(plain(name)): str(plain(value)) for name, value in environment.items()}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    _read_time_zone(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        _read_time_zone(wanted)


def _read_time_zone(names: Mapping[str, str]) -> None:
    if "TZ" in names:
        time.tzset()  # the C library reads it once; a new process would have


@contextlib.contextmanager
def working_directory(folder: Variable) -> Iterator[None]:
    try:
        before = os.getcwd()  # noqa: PTH109
    except OSError:  # it was deleted: there is nothing to go back to
        before = ""
    with contextlib.suppress(OSError):  # the playbook's folder was deleted: absolute paths work
        os.chdir(str(plain(folder)) or ".")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.chdir(before or "/")


def preload(*names: str) -> None:
    """Imports in the parent process what tasks import late.

    Modules of the engine are named by their path in ``module_utils``, libraries by their name. A missing one is reported by the task that
    needs it.
    """
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(f"{_PLUGINS}.module_utils.{name}" if name.startswith("_") else name)
