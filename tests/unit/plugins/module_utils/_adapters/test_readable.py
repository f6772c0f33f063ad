# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import fcntl
import os
import resource

import pytest
from ansible_collections.windlass.charts.plugins.module_utils._adapters.readable import readable

#: select takes numbers up to 1023
HIGH = 1100


@pytest.fixture
def pipe():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < HIGH + 10:
        resource.setrlimit(resource.RLIMIT_NOFILE, (HIGH + 10, hard))
    low, end = os.pipe()
    reader = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, HIGH)
    os.close(low)
    yield reader, end
    os.close(reader)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_descriptor_of_any_number_can_be_awaited(pipe):
    reader, end = pipe
    assert reader >= HIGH and readable([reader], 0) == []
    os.write(end, b"x")
    assert readable([reader], 5) == [reader]
    os.read(reader, 1)
    os.close(end)
    assert readable([reader], 5) == [reader]
