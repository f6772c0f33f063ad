# Copyright (c) 2026, the windlass.charts authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private documentation fragment: generated values that stay."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  keep_generated:
    description:
      - Objects whose generated values are preserved when the release is upgraded, such as passwords, keys and certificates that templates
        generate. Without this option, an upgrade generates all of them again, as with Helm.
      - Everything that depends on a preserved value is rendered from it, for example checksums, connection strings, hashes and CA bundles.
        A certificate is preserved together with its key and its CA. If these are in other objects of the release, they are read from there.
      - An entry is the name of a Secret, or a dictionary with C(name), C(kind) (defaults to V(Secret)), C(namespace) (defaults to the
        namespace of the release) and C(keys) (a list, defaults to all keys). For a Secret or a ConfigMap, the keys are those of its data.
        For other kinds they are paths such as V(webhooks[*].clientConfig.caBundle). C(name) and C(kind) accept shell patterns.
      - Values that do not exist yet are generated. If values cannot be preserved consistently, the task fails before anything is written,
        and reports the object and the reason.
      - The option does not make a task V(changed). An unchanged release stays unchanged with and without it.
      - See C(docs/generated-values.md) in the collection for which values can be preserved, and how.
    type: list
    elements: raw
    version_added: 0.2.0
"""
