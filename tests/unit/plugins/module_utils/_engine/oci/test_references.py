# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""References, and which tag a version or a range means."""

from __future__ import annotations

import time

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._engine.errors import OptionError
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.references import (
    Reference,
    exact_tag,
    parse_reference,
    tag_of,
    version_of,
)
from ansible_collections.windlass.charts.plugins.module_utils._engine.oci.tags import some, sorted_tags
from ansible_collections.windlass.charts.plugins.module_utils._engine.sprig.semver import Constraint
from ansible_collections.windlass.charts.plugins.module_utils._engine.web import is_oci

DIGEST = "sha256:" + "0a" * 32

VALID = [
    ("oci://h/c", Reference("h", "c")),
    ("oci://h:5000/a/b/c", Reference("h:5000", "a/b/c")),
    ("oci://h:5000/c:1.0.0", Reference("h:5000", "c", "1.0.0")),
    ("oci://h/c:1.0.0+b.1", Reference("h", "c", "1.0.0_b.1")),
    (f"oci://h/c@{DIGEST}", Reference("h", "c", "", DIGEST)),
    (f"oci://h/c:1.0.0@{DIGEST}", Reference("h", "c", "1.0.0", DIGEST)),
    ("oci://[::1]:5000/a/c", Reference("[::1]:5000", "a/c")),
    ("oci://h/a--b/c__d/e.f_g", Reference("h", "a--b/c__d/e.f_g")),
    ("OCI://h/c", Reference("h", "c")),
    ("oci://h/c:latest", Reference("h", "c", "latest")),
]


@pytest.mark.parametrize(("text", "expected"), VALID)
def test_valid_references(text: str, expected: Reference) -> None:
    assert is_oci(text)
    assert parse_reference(text) == expected
    assert parse_reference(str(expected)) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("oci://", "no host"),
        ("oci://h", "no repository"),
        ("oci://h/", "no repository"),
        ("oci:///c", "no host"),
        ("oci://h/C", "upper-case letters"),
        ("oci://h/a//c", "may only have lower-case letters"),
        ("oci://h/a/", "may only have lower-case letters"),
        ("oci://h/a___b", "may only have lower-case letters"),
        ("oci://h/-a", "may only have lower-case letters"),
        ("oci://h/a b", "may only have lower-case letters"),
        ("oci://h/c?x=y", "may only have lower-case letters"),
        ("oci://h/c:^1.0", "'\\^1.0' is not a valid tag"),
        ("oci://h/c:" + "x" * 129, "is not a valid tag"),
        ("oci://h:0/c", "0 is not a port"),
        ("oci://h:99999/c", "99999 is not a port"),
        ("oci://h:x/c", "'h:x' is not a host"),
        ("oci://a b/c", "'a b' is not a host"),
        ("oci://h/c@", "is not a digest"),
        ("oci://h/c@sha256:12", "is not a digest"),
        (f"oci://h/c@{DIGEST.upper()}", "is not a digest"),
        ("oci://h/c@md5:" + "0" * 32, "is not a digest"),
        ("oci://h/" + "a" * 256, "more than 255"),
    ],
)
def test_what_is_wrong_with_a_reference(text: str, says: str) -> None:
    with pytest.raises(OptionError, match=says) as caught:
        parse_reference(text)
    assert str(caught.value).startswith("chart_ref ")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("text", ["oci://me:pass-word@h/c", "oci://me:pass-word@h:5000/a/c:1.0.0", "oci://pass-word@h/c"])
def test_credentials_in_a_reference_are_refused_and_not_shown(text: str) -> None:
    with pytest.raises(OptionError, match="contains credentials") as caught:
        parse_reference(text)
    assert "pass-word" not in str(caught.value) + str(caught.value.helm)


def test_a_long_path_is_refused_quickly() -> None:
    started = time.process_time()
    with pytest.raises(OptionError):
        parse_reference("oci://h/" + "a-" * 50_000 + "!")
    assert time.process_time() - started < 1


def test_docker_hub_has_two_names() -> None:
    assert parse_reference("oci://docker.io/bitnamicharts/nginx").host == "registry-1.docker.io"
    assert parse_reference("oci://docker.io.example.org/x").host == "docker.io.example.org"
    assert parse_reference("oci://h/a/b").name == "b"


@pytest.mark.parametrize(("version", "tag"), [("1.0.0+b.1", "1.0.0_b.1"), ("1.0.0-rc.1+b", "1.0.0-rc.1_b"), ("1.0.0", "1.0.0")])
def test_a_plus_is_written_as_an_underscore(version: str, tag: str) -> None:
    assert tag_of(version) == tag
    assert version_of(tag) == version


@pytest.mark.parametrize(
    ("version", "tag"),
    [
        ("1.2.3", "1.2.3"),
        ("v1.2.3", "v1.2.3"),
        ("1.2", "1.2"),
        ("1.0.0+b", "1.0.0_b"),
        ("1.0.0_b", "1.0.0_b"),
        ("^1.2", ""),
        ("1.x", ""),
        (">=1 <2", ""),
        ("latest", ""),
        ("", ""),
    ],
)
def test_one_version_or_a_range(version: str, tag: str) -> None:
    assert exact_tag(version) == tag


# --- tags

LISTED = ["1.10.0", "1.9.0", "1.1.17", "1.1.9", "v1.2.3", "2.0.0-rc.1", "latest", "1.0.0_b.2", "1.0.0_b.10", "1.0.0", "1.0.0__x", "1.0.0_a_b", "1.10.0"]


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [
        ("*", "1.10.0"),
        ("~1.1.0", "1.1.17"),
        ("<1.10", "1.9.0"),
        (">0.0.0-0", "2.0.0-rc.1"),
        ("^2", None),
        ("~1.0.0", "1.0.0_b.10"),
        ("1.2.x", None),
    ],
)
def test_ranges_compare_numbers(wanted: str, tag: str | None) -> None:
    assert sorted_tags(LISTED).newest(Constraint.parse(wanted)) == tag
    assert sorted_tags(reversed(LISTED)).newest(Constraint.parse(wanted)) == tag


def test_which_tags_are_versions() -> None:
    found = sorted_tags(LISTED)
    assert found.versions == ["2.0.0-rc.1", "1.10.0", "1.9.0", "1.1.17", "1.1.9", "1.0.0+b.10", "1.0.0+b.2", "1.0.0"]
    assert found.others == ["1.0.0__x", "1.0.0_a_b", "latest", "v1.2.3"]


def test_lists_for_messages() -> None:
    assert some([]) == "none"
    assert some(["a", "b"]) == "a, b"
    assert some([str(n) for n in range(10)]) == "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"
