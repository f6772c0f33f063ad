# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""What a revision was made from: the annotation ``charts.windlass.io/inputs`` on its record.

Theory. A rendering depends on the chart, the user's values and what the templates read from the cluster. If none of these has changed
since the newest revision was deployed, a new rendering has no new content, only new random values (a fresh password). So the inputs are
compared, not the outputs, and an unchanged task renders nothing.

The digest covers the chart (subcharts too), the user's values as stored in ``config``, and the options that change the result:
``values_mode`` (``reuse`` freezes the chart's old defaults) and ``disable_hooks``. It does not cover how to wait, how many revisions to
keep, ``skip_crds`` (of no effect on a release that exists), labels (they are compared with the record's) and the client that applies it.
Answers of the cluster are stored one by one, since the list of all served APIs changes with every operator that another user installs.
A chart that looks objects up is always rendered again: any field of the answer may have changed.

helm drops the annotation when it rewrites the record, and makes records without one; then ``compare`` decides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..aliases import Json, JsonObject
from ..render.model import ClusterQueries
from ..yamlio.gojson import json_dumps

ANNOTATION = "charts.windlass.io/inputs"
#: grows when the same inputs would give other output, or when the digest is made otherwise
SCHEMA = 1
ALL_VERSIONS = "*"


@dataclass(frozen=True)
class Inputs:
    """The inputs of a revision.

    ``digest``: ``sha256:...``. ``api_versions``: question to answer; under ``*`` the digest of the whole list where a template read it.
    ``kube_version``: in the server's words, empty where no template read it. ``lookups``: what was looked up.
    """

    digest: str
    api_versions: Mapping[str, bool | str] = field(default_factory=dict)
    kube_version: str = ""
    lookups: tuple[tuple[str, str, str, str], ...] = ()

    def dump(self) -> str:
        """The annotation's text."""
        tree: JsonObject = {"schema": SCHEMA, "digest": self.digest}
        if self.api_versions:
            tree["apiVersions"] = dict(self.api_versions)
        if self.kube_version:
            tree["kubeVersion"] = self.kube_version
        if self.lookups:
            tree["lookups"] = [list(item) for item in self.lookups]
        return json.dumps(tree, sort_keys=True, separators=(",", ":"))

    @classmethod
    def load(cls, text: str | None) -> Inputs | None:
        """The inputs of an annotation.

        ``None`` without one, or for an unknown form: then outputs are compared.
        """
        if not text:
            return None
        try:
            tree = json.loads(text)
            if tree["schema"] != SCHEMA:
                return None
            lookups = tuple((str(a), str(b), str(c), str(d)) for a, b, c, d in tree.get("lookups", []))
            return cls(str(tree["digest"]), dict(tree.get("apiVersions", {})), str(tree.get("kubeVersion", "")), lookups)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    @classmethod
    def of(cls, digest: str, queries: ClusterQueries, versions: Callable[[], frozenset[str]], kube_version: Callable[[], str]) -> Inputs:
        """The questions of a rendering, with the cluster's answers.

        The callables are called only where there was such a question.
        """
        answers: dict[str, bool | str] = dict(queries.api_versions)
        if ALL_VERSIONS in answers:
            answers[ALL_VERSIONS] = _list_digest(versions())
        return cls(digest, answers, kube_version() if queries.kube_version else "", tuple(sorted(set(queries.lookups))))

    def still_answered(self, versions: Callable[[], frozenset[str]], kube_version: Callable[[], str]) -> bool:
        """Whether the cluster would still give the recorded answers. Sends only the recorded questions."""
        if self.kube_version and self.kube_version != kube_version():
            return False
        for name, answer in self.api_versions.items():
            now: bool | str = _list_digest(versions()) if name == ALL_VERSIONS else name in versions()
            if now != answer:
                return False
        return True


def digest_of(chart_digest: str, values: Mapping[str, Json], options: Mapping[str, Json]) -> str:
    """The digest of the inputs that the task brings.

    ``values``: the user's, after reuse; ``options``: JSON values by name.
    """
    text = json_dumps({"schema": SCHEMA, "chart": chart_digest, "values": dict(values), "options": dict(options)})
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _list_digest(versions: frozenset[str]) -> str:
    return "sha256:" + hashlib.sha256("\n".join(sorted(versions)).encode()).hexdigest()
