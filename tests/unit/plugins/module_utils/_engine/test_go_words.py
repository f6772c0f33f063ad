# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Go's types and structures in messages become plain words; ordinary text with brackets stays."""

from __future__ import annotations

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.go_words import plain_types, without_structures


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("expected map[string]interface {}; got []interface {}", "expected a map; got a list"),
        ("cannot unmarshal array into Go value of type map[string]interface {}", "it is a list, but must be a map"),
        ("interface conversion: interface {} is int64, not []interface {}", "interface conversion: a value is int64, not a list"),
        ("can't evaluate field x in type interface {}", "can't evaluate field x: the value has no such field"),
        ("expected []string, got map[string]string", "expected a list of strings, got a map of strings"),
        ("the interface eth0 {} of map[a]", "the interface eth0 {} of map[a]"),
    ],
)
def test_types(text, plain):
    assert plain_types(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            'Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"b}"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: '
            "field is immutable",
            "Invalid value: (LabelSelector): field is immutable",
        ),
        ('Invalid value: &core.Job{Name:"a \\" {", Spec:core.JobSpec{X:1}}: no', "Invalid value: (Job): no"),
        ("got &Thing{A:[1 2], B:{C:d}} and *v1.Pod{}", "got (Thing) and (Pod)"),
        ("got map[a:b c:map[d:e]], want text", "got (map), want text"),
        ('got map[string]string{"a":"b"}, want text', "got (map), want text"),
        ("Invalid value: {Kind:Pod Name:{a}}: wrong", "Invalid value: (...): wrong"),
        ("pod updates may not change fields\n  core.PodSpec{\n  \tVolumes: nil,\n- \tA: 1,\n  }\n", "pod updates may not change fields\n  (PodSpec)\n"),
        ("cut short: []v1.Container{v1.Container{Name:", "cut short: (Container)"),
        ('Invalid value: {"matchLabels":{"app":"b"}}: field is immutable', 'Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'),
        ("spec.containers[0].image: Required value in {{ .Values.image }}, map[a]", "spec.containers[0].image: Required value in {{ .Values.image }}, map[a]"),
    ],
)
def test_structures(text, plain):
    assert without_structures(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            'cannot unmarshal string into Go struct field SimpleHead.metadata of type struct { Name string "json:\\"name\\""; '
            'Annotations map[string]string "json:\\"annotations\\"" }.',
            "metadata has a string where a map is required.",
        ),
        (
            "json: cannot unmarshal object into Go struct field Metadata.dependencies of type []*v2.Dependency.",
            "dependencies has a map where a list is required.",
        ),
        ("cannot unmarshal array into Go struct field .metadata.annotations of type string", "metadata.annotations has a list where a string is required"),
        ("cannot unmarshal number 1.5 into Go struct field A.weight of type int64", "weight has a number where a number is required"),
        ("cannot unmarshal bool into Go value of type util.SimpleHead.", "it is a boolean, but must be a map."),
    ],
)
def test_errors_of_gos_decoder(text, plain):
    assert plain_types(text) == plain
