# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Validates values against values.schema.json (Helm: ``pkg/chart/common/util/jsonschema.go``).

The chart's own schema validates all its coalesced values; then each subchart's schema validates its section. All findings are reported at
once, worded and nested as Helm's library words them (``evaluator``). There are two differences to Helm: maps are walked by key, where Go's
order is random, and nothing is ever fetched: a ``$ref`` to a file or a URL is refused. An unknown ``urn:`` accepts everything, as in
Helm.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

from ...aliases import Json, JsonObject
from ...errors import ChartError, OperatorError, SchemaError
from ...gotypes.kinds import type_of
from ...gotypes.limits import LimitExceeded, begin
from ...gotypes.values import Unmatchable
from ...ports import CompiledCache
from ...yamlio.errors import YamlError
from ..model import Chart
from ..parsed import digest_of
from .faults import SchemaFault, TooMuch

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from ...plain import dataclass

_SOUND = b"sound"
HEADER = "values don't meet the specifications of the schema(s) in the following chart(s):\n"


@dataclass(frozen=True)
class Finding:
    """One finding: the JSON pointer to the value, and the requirement that it fails."""

    chart: str
    path: str
    message: str


class Number(float):
    """A number of the schema that remembers how it was written: messages repeat it so (``2.50``)."""

    text: str

    def __new__(cls, text: str) -> Number:
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text


def validate(chart: Chart, values: JsonObject, cache: CompiledCache | None = None) -> None:
    """Validates the values of a chart and of its subcharts.

    :param values: coalesced values, subcharts' sections included.
    :param cache: the cache of valid schemas; validating a large one against its metaschema takes longer than all the rest.
    :raises SchemaError: with every finding of every chart.
    :raises ChartError: a schema that grows without bound.
    :raises OperatorError: a chart has a schema and the library ``jsonschema`` is missing.
    """
    findings: list[Finding] = []
    begin()  # what patterns may take is counted from here
    text = _validate(chart, values, findings, cache)
    if text:
        listed = "; ".join(f"{one.chart}: {_place(one)}{one.message}" for one in findings)
        raise SchemaError(
            f"the values do not match the schema: {listed}",
            helm=HEADER + text,
            findings=[{"chart": one.chart, "path": one.path, "message": one.message} for one in findings],
        )


def _place(finding: Finding) -> str:
    return f"{finding.path}: " if finding.path else ""


def _validate(chart: Chart, values: JsonObject, findings: list[Finding], cache: CompiledCache | None) -> str:
    text = ""
    if chart.schema is not None:
        found = validate_one(chart.schema, values, chart.name, findings, cache)
        if found:
            text += f"{chart.name}:\n{found}"
    for dependency in chart.dependencies:
        section = values.get(dependency.name)
        if section is None:
            continue
        if not isinstance(section, dict):
            kind = type_of(section)
            findings.append(Finding(dependency.name, "", f"got {kind}, want a map of values"))
            text += f"{dependency.name}:\ninvalid type for values: expected object (map), got {kind}\n"
            continue
        text += _validate(dependency, section, findings, cache)
    return text


def validate_one(schema: bytes, values: Json, chart: str, findings: list[Finding], cache: CompiledCache | None = None) -> str:
    """Judges values by one schema; adds what is wrong to ``findings``.

    :returns: Helm's text, ``""`` when the values fit.
    """
    try:
        parsed = _parse(schema)
        from .evaluate import check, leaves, render

        key = f"schema {digest_of([schema]).hex()}"
        sound = cache is not None and cache.get(key) == _SOUND
        invalid = check(parsed, values, sound, schema.decode("utf-8", "replace"))
        if cache is not None and not sound:
            cache.put(key, _SOUND)
        if invalid is None:
            return ""
        findings.extend(Finding(chart, path, message) for path, message in leaves(invalid))
        return render(invalid) + "\n"
    except SchemaFault as fault:
        findings.append(Finding(chart, "", fault.message))
        return fault.helm
    except ImportError as error:
        raise OperatorError(
            f"chart {chart} has a values.schema.json, and validating it requires the Python library jsonschema (4.18 or newer), "
            f"which is not installed: {error}"
        ) from None
    except LimitExceeded:
        raise ChartError(
            f"the patterns of values.schema.json of chart {chart} exceed the work limit for these values; simplify them, or set "
            "skip_schema_validation.",
            chart=chart,
            file="values.schema.json",
        ) from None
    except Unmatchable as error:  # a value meets it where the schema itself was not looked at again
        raise OperatorError(f"values.schema.json of chart {chart} has a pattern that cannot be checked: {error}") from None
    except TooMuch as error:
        raise ChartError(
            f"values.schema.json of chart {chart} {error}; simplify it, or set skip_schema_validation.",
            chart=chart,
            file="values.schema.json",
        ) from None
    except RecursionError:
        raise OperatorError(f"the schema of chart {chart} refers to itself without end") from None


def _parse(schema: bytes) -> Json:
    text = schema.decode("utf-8", "replace")
    try:
        return json.JSONDecoder(parse_float=Number, parse_constant=_refuse).decode(text)
    except RecursionError:
        raise SchemaFault("values.schema.json is nested too deeply", "exceeded max depth") from None
    except ValueError:
        from ...yamlio.jsonfault import json_fault

        fault: YamlError = json_fault(schema.decode("utf-8", "surrogateescape"))
        message = fault.go_message
        if fault.line is None:  # the text ends too early
            message = "unexpected EOF" if text.strip() else "EOF"
        elif message.endswith("after top-level value"):
            message = "invalid character after top-level value"
        raise SchemaFault(f"values.schema.json is not valid JSON: {fault.message}", message) from None


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)
