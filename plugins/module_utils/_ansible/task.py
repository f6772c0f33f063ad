# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A task without Ansible's classes: the input of a face and what the face may do with it.

A face is a function ``face(task) -> result``. The module and the action plugin call it alike, so it depends on neither; it reads no
environment except ``task.environ``, and writes messages for the user to ``task.warnings``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._engine.aliases import Json, JsonObject
from .._engine.errors import NotBuiltYet, OptionError
from .._engine.ports import ReportProgress
from .results.sensitive import Sensitive

if TYPE_CHECKING:
    from .._adapters.charts.reference import ChartReference
    from .._adapters.kube.client import KubeCluster
    from .._engine.chart.places.source import FetchedChart
    from .._engine.plan.model import Ports

Result = JsonObject

#: characters of a value that is secret as a whole because it holds a secret; a longer one is a file
LONGEST_COMPOSED = 200

#: Helm's ``--history-max``
DEFAULT_HISTORY = 10


@dataclass
class Task:
    """``params``: validated options as plain types.

    ``environ``: the task's environment, ``environment:`` applied.
    """

    params: JsonObject
    environ: Mapping[str, str]
    check_mode: bool = False
    diff: bool = False
    warnings: list[str] = field(default_factory=list)
    #: said after all warnings: what a playbook that moved here may leave out
    notices: list[str] = field(default_factory=list)
    report_progress: ReportProgress | None = None
    #: texts that nothing the task says may hold (``masking.texts_of``)
    secrets: set[str] = field(default_factory=set)
    #: secret values that other revisions hold
    sensitive: Sensitive = field(default_factory=Sensitive)
    #: a rendering was requested and is the result: it is returned with its secrets, unless ``secret_paths`` names some
    shows_secrets: bool = False
    #: which source set each value, with ``values_trace`` (``values_from.Layers.origins``)
    origins: JsonObject = field(default_factory=dict)
    #: what is done to the ports of an action that is one of several in this process (``Ports`` -> ``Ports``)
    ports_within: Callable[[Ports], Ports] | None = None
    #: of the several actions of one task; ``None``: there is one
    shared: Shared | None = None

    def __getitem__(self, option: str) -> Json:
        return self.params[option]

    def get(self, option: str, default: Json = None) -> Json:
        """An option, or ``default`` where it is absent or was not given."""
        value = self.params.get(option)
        return default if value is None else value

    @property
    def traces_values(self) -> bool:
        """Whether the source of each value is needed.

        That is for a trace, or to name unknown values with their source.
        """
        return bool(self.params.get("values_trace")) or (self.params.get("unknown_values") or "ignore") != "ignore"

    def warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def hide(self, value: Json) -> None:
        """Marks every text and number in ``value`` as secret."""
        from .results.masking import texts_of

        self.secrets |= texts_of(value)

    def settle(self) -> None:
        """Marks the values at secret paths of the revisions that were read as secret."""
        self.sensitive.settle(self.secrets)

    def note_secrets(self, values: Json) -> None:
        """Records where the task's own values hold secrets.

        A text that contains a short one is secret as a whole.
        """
        if not self.secrets:
            return
        from .results.masking import texts_of
        from .results.sensitive import leaves

        self.sensitive.note(values, self.secrets)
        for path, leaf in leaves(values):
            if path in self.sensitive.own and isinstance(leaf, str) and len(leaf) <= LONGEST_COMPOSED:
                self.secrets |= texts_of(leaf)

    def hide_paths(self, values: Json) -> None:
        """Marks the values under the task's ``secret_paths`` as secret."""
        if self.params.get("secret_paths"):
            from .results.redact import at_paths

            for value in at_paths(values, [str(path) for path in self.params["secret_paths"]]):
                self.hide(value)


@dataclass
class Shared:
    """What the actions of one task share: the cluster with its discovery, and the loaded charts.

    ``charts``: by all options that say where a chart is, and where its dependencies are if they are updated. A loaded chart is never
    changed.
    """

    cluster: KubeCluster | None = None
    charts: dict[tuple[ChartReference, str], FetchedChart] = field(default_factory=dict)


Face = Callable[[Task], Result]

#: option -> what its user wanted. Accepted, so that a playbook's options are known; refused by name when used.
_NOT_BUILT = {"post_renderer": "in Helm 4 it is the name of a plugin instead of a program; use patches, images and common_labels"}


def refuse_what_is_not_built(task: Task) -> None:
    """Raises ``NotBuiltYet`` for an option in use that this version does not support.

    Called before any read or write.
    """
    for option, purpose in _NOT_BUILT.items():
        if task.params.get(option):
            raise NotBuiltYet(f"The option {option} is not supported: {purpose}.", option=option, feature=option)


def notice_helm_binary(task: Task) -> None:
    """Adds the notice about ``binary_path``.

    The option is accepted so that playbooks can migrate, and not used.
    """
    if task.params.get("binary_path"):
        task.notices.append("The option binary_path is ignored, since windlass.charts uses no helm binary. Remove it from the task.")


def history_max(task: Task) -> int:
    """Revisions kept; 0 is all of them."""
    history_max = int(task.get("history_max", DEFAULT_HISTORY))
    if history_max < 0:
        raise OptionError(f"history_max is {history_max}; use the number of revisions to retain, or 0 for no limit.", option="history_max")
    return history_max
