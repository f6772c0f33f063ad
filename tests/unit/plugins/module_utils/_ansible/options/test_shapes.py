# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of every wrong type in every option of every module.

One sentence each, the same in both modes.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.testing import patch_module_args
from ansible_collections.windlass.charts.plugins.module_utils._ansible.module import FaceModule
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options import specs
from ansible_collections.windlass.charts.plugins.module_utils._ansible.options.shapes import wrong_shapes

FACES = sorted(path.stem for path in (Path(specs.__file__ or "").parents[3] / "modules").glob("*.py"))
VALUES: list[Any] = [
    None, True, 5, 1.5, "", "a", "a=1", "[1", [], ["a"], [5], [None], [True], [["a"]], [{"a": 1}], [{}],
    {}, {"a": "b"}, {"value": "a=1"}, {"a": {"b": [1]}}, {"a": None},
]  # fmt: skip
#: words of Python that no user should read
PYTHON = re.compile(r"<class|Traceback|NoneType|object |subscriptable|unhashable|unable to convert|cannot be converted")


def every_option(spec: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, option in spec.items():
        yield (*above, name)
        yield from every_option(option.get("options") or {}, (*above, name))


def with_value(spec: dict[str, Any], path: tuple[str, ...], value: Any) -> Any:
    """The options that a value at ``path`` needs around it."""
    option = spec[path[0]]
    if len(path) > 1:
        inner = with_value(option["options"], path[1:], value)
        value = [inner] if option["type"] == "list" else inner
    needed = {name: "a" for name, rules in spec.items() if rules.get("required") and name != path[0]}
    return {**needed, path[0]: value}


def sentence_of(spec: dict[str, Any], params: dict[str, Any]) -> str:
    """The error of both modes: of the shapes, then of Ansible's validation. Fails if one raises."""
    wrong = wrong_shapes(spec, params)
    if wrong:
        return str(next(iter(wrong.values())))
    errors = ArgumentSpecValidator(copy.deepcopy(spec)).validate(copy.deepcopy(params)).errors
    return str(errors.msg) if errors.errors else ""


@pytest.mark.parametrize("face", FACES)
def test_every_wrong_type_is_one_sentence(face: str) -> None:
    spec = getattr(specs, face)()["argument_spec"]
    refused = 0
    for path in every_option(spec):
        for value in VALUES:
            message = sentence_of(spec, with_value(spec, path, value))
            assert not PYTHON.search(message), (path, value, message)
            assert "\n" not in message
            refused += bool(message)
    assert refused > len(VALUES) * len(spec) // 4


SENTENCES = [
    ("chart_template", {"set_values": {"value": "a=1"}}, "set_values must be a list of dictionaries with the keys value, value_type, not a dictionary. "
     "Write it as a list with one entry."),
    ("chart_template", {"set_values": ["a=1", 5]}, "set_values[1] must be a dictionary with the keys value, value_type, not a number."),
    ("chart_template", {"set_values": [{"value": {"a": 1}}]}, "set_values[0].value must be a string, not a dictionary."),
    ("chart_template", {"values_files": {"a": 1}}, "values_files must be a list of strings, not a dictionary."),
    ("chart_template", {"values_files": [None]}, "values_files[0] must be a string, not null."),
    ("chart_template", {"release_values": ["s3cr3t"]}, "release_values must be a dictionary, not a list."),
    ("chart_template", {"values": "s3cr3t"}, "values must be a dictionary, not this string."),
    ("chart_template", {"release_values": None}, "release_values must be a dictionary, not null. Remove the option, or omit it, to use its default."),
    ("chart_template", {"values_from": [{"secret": True}]}, "values_from[0].secret must be a dictionary with the keys key, name, namespace, not a boolean."),
    ("chart_template", {"chart_ref": ["a"]}, "chart_ref must be a path, not a list."),
    ("chart_template", {"prune": "perhaps"}, "prune must be a boolean, true or false, not this string."),
    ("chart_release", {"qps": "many"}, "qps must be a number, not this string."),
    ("chart_release", {"history_max": 1.5}, "history_max must be an integer, not a number with a fraction."),
    ("chart_release", {"server_side": None}, "server_side must be one of auto, true, false, not null. Remove the option, or omit it, to use its default."),
    ("chart_release_info", {"release_state": [["all"]]}, "release_state[0] must be a string, not a list."),
]  # fmt: skip


@pytest.mark.parametrize(("face", "params", "sentence"), SENTENCES)
def test_sentences(face: str, params: dict[str, Any], sentence: str) -> None:
    assert list(wrong_shapes(getattr(specs, face)()["argument_spec"], params).values()) == [sentence]


@pytest.mark.parametrize(("face", "params", "sentence"), SENTENCES)
def test_a_module_reports_the_same(face: str, params: dict[str, Any], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with patch_module_args(params), pytest.raises(SystemExit):
        FaceModule(**getattr(specs, face)())
    out = capsys.readouterr().out
    result = json.loads(out)
    assert result["failed"] and result["msg"] == sentence
    assert "s3cr3t" not in out


FITTING = [
    {"release_values": '{"a": 1}'}, {"release_values": "a=1 b=2"}, {"values_files": "a,b"}, {"values_files": 5}, {"set_values": [{"value": 5}]},
    {"set_values": ["value=a"]}, {"prune": "yes"}, {"prune": 0}, {"release_name": 5}, {"kube_version": 1.36}, {"kubeconfig": {"a": 1}}, {"kubeconfig": "a"},
    {"release_name": None}, {"values_from": None}, {"values_from": [{"content": [1]}]}, {"patches": [{"patch": []}]},
]  # fmt: skip


@pytest.mark.parametrize("params", FITTING)
def test_what_ansible_converts_passes(params: dict[str, Any]) -> None:
    spec = specs.chart_template()["argument_spec"]
    assert wrong_shapes(spec, params) == {}
    assert ArgumentSpecValidator(spec).validate({"chart_ref": "a", **params}).error_messages == []


#: nested wrong types that Ansible's validation does not see, and characters that a path or a request cannot hold
NESTED = [
    ("chart_template", {"chart_ref": "a\0b"}, "chart_ref contains a null character"),
    ("chart_template", {"values_files": ["a\0b"]}, r"values_files\[0\] contains a null character"),
    ("chart_template", {"set_values": [{"value": "a=\0", "value_type": "file"}]}, "null character"),
    ("chart_template", {"chart_repo_url": "\ud800"}, "chart_repo_url contains a character that is not valid Unicode"),
    ("chart_template", {"values_from": [{"content": "\ud800"}]}, r"values_from\[0\].content contains a character"),
]


@pytest.mark.parametrize(("face", "params", "sentence"), NESTED)
def test_characters_that_nothing_can_hold(face: str, params: dict[str, Any], sentence: str) -> None:
    assert re.search(sentence, sentence_of(getattr(specs, face)()["argument_spec"], params))
