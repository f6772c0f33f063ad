# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The local time zone as Go determines it from ``TZ``."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.clock import SystemClock, local_zone

SUMMER = datetime(2024, 7, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "name",
    ["", "UTC", ":UTC", ":", "UTC+3", "EST5EDT,M3.2.0,M11.1.0", "<+03>-3", "Nope/Where", "Europe", "/nope", "/etc/hostname", "a\0b"],
)
def test_what_names_no_zone_is_utc(name: str) -> None:
    assert local_zone(name) is timezone.utc


@pytest.mark.parametrize("name", ["Europe/Berlin", ":Europe/Berlin", "/usr/share/zoneinfo/Europe/Berlin", "./Europe/Berlin"])
def test_the_file_of_a_zone(name: str) -> None:
    zone = local_zone(name)
    assert SUMMER.astimezone(zone).utcoffset() == timedelta(hours=2)
    assert getattr(zone, "key", None) == name.removeprefix(":")


def test_the_systems_file_is_called_local() -> None:
    assert getattr(local_zone("/etc/localtime"), "key", "Local") == "Local"


def test_each_call_of_the_clock_reads_tz(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SystemClock()
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    assert clock.now().utcoffset() == timedelta(hours=5, minutes=30)
    monkeypatch.setenv("TZ", "UTC+3")
    assert clock.now().utcoffset() == timedelta(0)
    monkeypatch.delenv("TZ")
    assert clock.now().dst() is not None
