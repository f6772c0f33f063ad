# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Runs a credential plugin of a kubeconfig, within bounds of time and output."""

from __future__ import annotations

from collections.abc import Mapping

from ...._engine.errors import ClusterConfigError
from ...._engine.plain_text import plain_text
from ...programs import MAX_OUTPUT, TooMuchOutput, answer


def run(command: list[str], env: Mapping[str, str], seconds: float, name: str, hint: str) -> str:
    """The output of the plugin.

    :param seconds: the longest time that it may take. :param name: the plugin in messages. :param hint: how to install it.
    :raises ClusterConfigError: it cannot be run, fails, hangs, or prints too much.
    """
    shown = plain_text(command[0], 200)
    try:
        code, out, errors = answer(command, env, seconds)
    except FileNotFoundError as error:
        install = f" ({plain_text(hint)})" if hint else ""
        raise ClusterConfigError(f"The credential plugin {shown} of the kubeconfig is not installed here{install}.") from error
    except TimeoutError as error:
        raise ClusterConfigError(f"The credential plugin {name} timed out after {seconds:.3g} s and was terminated.") from error
    except TooMuchOutput as error:
        raise ClusterConfigError(f"The credential plugin {name} printed more than {MAX_OUTPUT >> 20} MiB and was terminated.") from error
    except (OSError, ValueError) as error:  # ValueError: a null character or half a surrogate pair
        why = getattr(error, "strerror", None) or plain_text(type(error).__name__, 100)
        raise ClusterConfigError(f"The credential plugin {shown} cannot be run: {why}.") from error
    if code != 0:
        lines = errors.decode("utf-8", errors="replace").strip().splitlines()
        last_line = plain_text(lines[-1]) if lines else ""
        ended = f"was terminated by signal {-code}" if code < 0 else f"exited with code {code}"
        raise ClusterConfigError(f"The credential plugin {name} {ended}: {(last_line or 'no error output').removesuffix('.')}.")
    return out.decode("utf-8", errors="replace")
