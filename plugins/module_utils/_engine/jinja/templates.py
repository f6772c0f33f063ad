# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Compiles and runs the Jinja2 files of one chart. They include, import and extend only each other.

Names are paths below the chart's ``jinja/`` folder. All files are compiled before the first runs, so that a syntax error in any of
them is found. A first line ``#jinja2: trim_blocks: False, lstrip_blocks: True`` sets these two options for its file, as in Ansible.
"""

from __future__ import annotations

import marshal
import posixpath
import re
from collections.abc import Mapping
from functools import partial
from hashlib import blake2b
from types import CodeType

from ..aliases import Jinja, Json
from ..gotypes.function import Function
from ..ports import CompiledCache
from .bounds import Allowance
from .calls import as_globals
from .faults import HANDLED, exec_error, parse_error
from .sandbox import Sandbox
from .values import Copies, Dot

try:
    import jinja2
    from jinja2 import BaseLoader, TemplateNotFound

    MISSING = ""
except ImportError as _error:
    MISSING = str(_error)
    BaseLoader = object  # type: ignore[assignment,misc]

_HEADER = re.compile(r"#jinja2:([^\n]*)(?:\n|\Z)")
_OPTIONS = ("trim_blocks", "lstrip_blocks")


class JinjaFiles:
    """:param folder: ``root/charts/sub/jinja/``, what stands before the names in sentences.
    :param texts: the files by name.
    :param functions: what they may call.
    :param dot: what a Go template of the chart sees; its entries become variables.
    :param copies: of values, for all charts of a render; ``allowance`` too.
    :raises TemplateParseError: one of them does not parse.
    """

    def __init__(
        self,
        folder: str,
        texts: Mapping[str, str],
        functions: Mapping[str, Function],
        dot: Mapping[str, Json],
        copies: Copies,
        allowance: Allowance,
        cache: CompiledCache | None = None,
    ) -> None:
        self._folder = folder
        self._texts = dict(texts)
        self._cache = cache
        variables = {name: copies.of(value) for name, value in dot.items()}
        variables["dot"] = Dot(dot, variables)
        calls = as_globals(functions, allowance, variables["dot"])
        self._sandboxes: dict[tuple[bool, bool], Sandbox] = {}
        self._make = partial(Sandbox, allowance, calls, variables, copies)
        self._loader = _Loader(self)
        self._template: Mapping[str, str] = {}
        self._main = self._sandbox({})
        self._codes = self._cached() or self._compiled()

    def run(self, name: str, template: Mapping[str, str]) -> str:
        """The text that a file gives. ``template``: its ``Template`` variable. Raises ``TemplateExecError``."""
        self._template = template
        for sandbox in self._sandboxes.values():
            sandbox.globals["Template"] = template
        try:
            found = self._main.get_template(name)
            pieces = found.root_render_func(found.new_context({}))
            return self._main.concat(pieces)
        except HANDLED as error:  # pylint: disable=catching-non-exception
            raise exec_error(self._folder + name, error, self._texts, self._folder, self._main.parse) from None

    def _options(self, name: str, text: str) -> tuple[dict[str, bool], str]:
        """The options of the first line, and the text without them: an empty comment keeps the count of lines."""
        found = _HEADER.match(text)
        if found is None:
            return {}, text
        options: dict[str, bool] = {}
        for item in found.group(1).split(","):
            key, _colon, value = (part.strip() for part in item.partition(":"))
            if key not in _OPTIONS or value.lower() not in ("true", "false"):
                fault = ValueError(f"#jinja2: supports trim_blocks and lstrip_blocks, each True or False, but not {item.strip()!r}")
                raise parse_error(self._folder + name, fault, ())
            options[key] = value.lower() == "true"
        return options, "{#\n#}" + text[found.end() :]

    def _sandbox(self, options: Mapping[str, bool]) -> Sandbox:
        key = (options.get("trim_blocks", True), options.get("lstrip_blocks", False))
        if key not in self._sandboxes:
            sandbox = self._sandboxes[key] = self._make(trim_blocks=key[0], lstrip_blocks=key[1])
            sandbox.loader = self._loader
            sandbox.globals["Template"] = self._template
        return self._sandboxes[key]

    def sandbox_of(self, name: str) -> Sandbox:
        return self._sandbox(self._options(name, self._texts[name])[0])

    def code_of(self, name: str) -> CodeType:
        """Raises ``TemplateNotFound``."""
        clean = posixpath.normpath(name)
        if clean not in self._codes:
            raise TemplateNotFound(name)
        return self._codes[clean]

    def _compiled(self) -> dict[str, CodeType]:
        codes: dict[str, CodeType] = {}
        for name, text in self._texts.items():
            options, text = self._options(name, text)
            sandbox = self._sandbox(options)
            try:
                codes[name] = sandbox.compile(text, name, f"<{self._folder}{name}>")
            except (*HANDLED, SyntaxError) as error:
                raise parse_error(self._folder + name, error, sandbox.filters) from None
        if self._cache is not None:
            self._cache.put(self._key(), marshal.dumps(list(codes.values())))
        return codes

    def _cached(self) -> dict[str, CodeType] | None:
        data = self._cache.get(self._key()) if self._cache is not None else None
        if data is None:
            return None
        return dict(zip(self._texts, marshal.loads(data), strict=True))  # noqa: S302  the cache authenticates its entries

    def _key(self) -> str:
        digest = blake2b(f"{jinja2.__version__} {self._folder}".encode("utf-8", "surrogateescape"), digest_size=32)
        for name, text in self._texts.items():
            for part in (name, text):
                data = part.encode("utf-8", "surrogateescape")
                digest.update(b"\0%d\0" % len(data))
                digest.update(data)
        return f"jinja {digest.hexdigest()}"


class _Loader(BaseLoader):
    """Files of one chart, compiled already."""

    def __init__(self, files: JinjaFiles) -> None:
        self._files = files

    def load(self, environment: Jinja, name: str, globals: Jinja = None) -> Jinja:
        code = self._files.code_of(name)
        sandbox = self._files.sandbox_of(posixpath.normpath(name))
        return sandbox.template_class.from_code(sandbox, code, sandbox.make_globals(None))
