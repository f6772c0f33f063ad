# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Renders a release's name from a template (Helm: ``--name-template``).

``pkg/action/install.go``, ``TemplateName``.
"""

from __future__ import annotations

from ..errors import OptionError, TemplateError
from ..gotmpl.template import TemplateSet
from ..gotypes.limits import begin
from ..ports import Clock, Random
from ..sprig.context import Context
from ..sprig.table import functions


def name_from_template(text: str, random: Random, clock: Clock) -> str:
    """The text of a template with sprig's functions alone: no values, and none of Helm's own functions.

    :raises OptionError: it does not parse, or it fails. Whether the text is a valid name is not checked here.
    """
    begin()
    templates = TemplateSet(functions(Context(clock, random)))
    try:
        templates.parse("name-template", text)
        return templates.execute("name-template", None)
    except TemplateError as error:
        raise OptionError(f"name_template fails: {error.message}", helm=error.helm_message, option="name_template") from error
