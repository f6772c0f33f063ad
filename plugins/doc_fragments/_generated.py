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
      - Objects whose generated values stay as they are in the cluster when the release is upgraded, passwords, keys, certificates, whatever the
        templates draw. Without it an upgrade generates all of them anew, as helm does.
      - What depends on them is rendered from the values that stay, for example checksums, connection strings, hashes and CA bundles, wherever it is.
        A certificate stays with its key and its CA; where these stand in other objects of the release, they are read there.
      - An entry is the name of a Secret, or a map of C(name), C(kind) (V(Secret) when absent), C(namespace) (that of the release when absent) and
        C(keys) (a list; all when absent). Keys of a Secret or a ConfigMap are those of its data; of other kinds they are paths such as
        V(webhooks[*].clientConfig.caBundle). Shell patterns work in C(name) and C(kind).
      - What is not there yet is generated. What cannot stay whole ends the task before anything is written, with the object and the reason.
      - It makes no difference by itself, an unchanged release stays unchanged with and without it.
      - See C(docs/generated-values.md) of the collection for what can stay, and how.
    type: list
    elements: raw
"""
