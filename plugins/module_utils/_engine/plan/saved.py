# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""A plan as a file: a user approves it, and it is compared with the plan of the run that applies it.

A saved plan is not a list of orders. When it is applied, everything is observed, rendered and planned again, and the result must equal the
saved one: the same cluster (by the uid of a namespace), the same revision to start from, the same inputs, the same objects by their
digests, and the same steps with the same changes. Otherwise it is refused, with each reason. So the file needs no secrets, and has none:
values of Secrets are masked in changes, and what could be guessed (inputs, Secrets) is stored as a slow hash with its own salt.

Generated values (passwords) differ between runs; objects with such values are named in the plan, and only their presence is compared.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from ..aliases import Json, JsonObject
from ..objects.diff import masked
from ..objects.paths import path_text
from ..release.compare import without_times
from ..release.model import Release
from ..render.objects import parse_manifest
from ..yamlio.gojson import json_dumps
from .operation import Operation, Plan

SCHEMA = 1
_ROUNDS = 200_000
_SHOWN = 5


def saved_plan(
    plan: Plan,
    before: Release | None,
    after: Release | None,
    *,
    name: str,
    namespace: str,
    regenerated: Iterable[str],
    cluster: Mapping[str, str],
    salt: str,
) -> JsonObject:
    """A predicted plan as JSON.

    :param before: the newest revision before. :param after: what the newest would be.
    :param regenerated: objects with values that each run generates again, as ``object_key`` names them.
    :param cluster: an id of this cluster. :param salt: hexadecimal.
    """
    regenerated = sorted(set(regenerated))
    objects, secrets = _objects(after, regenerated)
    inputs = None if after is None else [after.config, without_times(after.chart), sorted(after.labels.items())]
    return {
        "windlass_plan": SCHEMA,
        "cluster": dict(cluster),
        "release": name,
        "namespace": namespace,
        "from_revision": before.version if before else 0,
        "from_status": before.info.status.value if before else "",
        "action": plan.action,
        "state": plan.state,
        "reason": plan.reason,
        "operations": [_operation(step) for step in plan.operations],
        "objects": objects,
        "drawn_anew": regenerated,
        "salt": salt,
        "inputs": _slow(inputs, salt),
        "secrets": _slow(secrets, salt),
    }


def object_key(api_version: str, kind: str, namespace: str, name: str) -> str:
    return "/".join(part for part in (api_version, kind, namespace, name) if part)


def _objects(release: Release | None, regenerated: Sequence[str]) -> tuple[dict[str, str], JsonObject]:
    """Digests of objects, hooks too, and the Secrets themselves."""
    digests: dict[str, str] = {}
    secrets: JsonObject = {}
    if release is None:
        return digests, secrets
    documents = parse_manifest(release.manifest)
    for hook in release.hooks:
        documents += [(hook.path, obj) for _path, obj in parse_manifest(hook.manifest)]
    for path, obj in documents:
        metadata = obj["metadata"]
        name = str(metadata.get("name") or f"{metadata.get('generateName')}*")
        key = object_key(str(obj["apiVersion"]), str(obj["kind"]), str(metadata.get("namespace") or ""), name)
        if key in regenerated:
            digests[key] = "drawn anew"
        elif obj["kind"] == "Secret":
            digests[key] = "secret"
            secrets[f"{path} {key}"] = obj
        else:
            digests[key] = "sha256:" + hashlib.sha256(json_dumps(obj).encode("utf-8", "surrogatepass")).hexdigest()
    return digests, secrets


def _slow(value: Json, salt: str) -> str:
    text = json_dumps(value).encode("utf-8", "surrogatepass")
    return "pbkdf2:" + hashlib.pbkdf2_hmac("sha256", text, bytes.fromhex(salt), _ROUNDS).hex()


def _operation(step: Operation) -> JsonObject:
    found: JsonObject = {"id": step.id, "verb": step.verb}
    if step.ref is not None:
        found["object"] = str(step.ref)
    for fact in ("adopted", "recreate", "notes"):
        if step.detail.get(fact):
            found[fact] = step.detail[fact]
    if step.unverified:
        found["unverified"] = step.unverified
    elif step.changes and not any(change.path[:1] == ("kind",) for change in step.changes):
        secret = step.ref is not None and step.ref.kind == "Secret"
        found["changes"] = [
            {"op": change.op, "path": path_text(change.path), "before": change.before, "after": change.after}
            for change in (masked(item) if secret else item for item in step.changes)
        ]
    return found


# ---------------------------------------------------------------------------------------------------------- comparing


#: what a saved plan consists of, and the type of each part
_PARTS: Mapping[str, type] = {
    "cluster": dict,
    "release": str,
    "namespace": str,
    "from_revision": int,
    "from_status": str,
    "action": str,
    "state": str,
    "reason": str,
    "operations": list,
    "objects": dict,
    "drawn_anew": list,
    "salt": str,
    "inputs": str,
    "secrets": str,
}
_SALT = re.compile(r"[0-9a-f]{32}")


def fault_of(document: Json) -> str:
    """Why a JSON document is not a saved plan of this version, in a few words; empty: it is one."""
    if not isinstance(document, dict) or document.get("windlass_plan") != SCHEMA or document["windlass_plan"] is True:
        return f"it has no windlass_plan: {SCHEMA}"
    for name, kind in _PARTS.items():
        if not isinstance(document.get(name), kind) or isinstance(document[name], bool):
            return f"its {name} is missing or malformed"
    steps = document["operations"]
    if not all(isinstance(step, dict) and isinstance(step.get("id"), str) for step in steps):
        return "one of its operations is malformed"
    if not all(isinstance(digest, str) for digest in document["objects"].values()):
        return "one of its objects is malformed"
    return "" if _SALT.fullmatch(document["salt"]) else "its salt is malformed"


def refusals(saved: Mapping[str, Json], now: Mapping[str, Json]) -> list[str]:
    """Why what would be done now is not what was saved; empty: it is.

    ``now`` is made with the salt of ``saved``.
    """
    if saved["cluster"] != now["cluster"]:
        return ["it was saved for another cluster"]
    if (saved["release"], saved["namespace"]) != (now["release"], now["namespace"]):
        return [f"it is for release {saved['release']} in namespace {saved['namespace']}"]
    if now["action"] == "none" and saved["inputs"] == now["inputs"]:
        return []  # it has been applied, or what it was to do is so already
    reasons = []
    if (saved["from_revision"], saved["from_status"]) != (now["from_revision"], now["from_status"]):
        reasons.append(f"it was saved for {_revision(saved)}, but there is now {_revision(now)}")
    if saved["inputs"] != now["inputs"]:
        reasons.append("the chart, the values or the labels have changed")
    if saved["action"] != now["action"]:
        reasons.append(f"its action was {saved['action']}, but is now {now['action']} ({now['reason']})")
    if saved["action"] != "uninstall":
        reasons += _objects_differ(saved, now)
    return reasons + _steps_differ(saved["operations"], now["operations"])


def _revision(plan: Mapping[str, Json]) -> str:
    return f"revision {plan['from_revision']} ({plan['from_status']})" if plan["from_revision"] else "no revision"


def _objects_differ(saved: Mapping[str, Json], now: Mapping[str, Json]) -> list[str]:
    one, two = saved["objects"], now["objects"]
    names = [key for key in sorted({*one, *two}) if one.get(key) != two.get(key)]
    reasons = [f"different objects would be applied: {_list(names)}"] if names else []
    if saved["secrets"] != now["secrets"] and not names:
        reasons.append("Secrets of the chart have different values")
    return reasons


def _steps_differ(saved: Sequence[Mapping[str, Json]], now: Sequence[Mapping[str, Json]]) -> list[str]:
    one, two = {step["id"]: step for step in saved}, {step["id"]: step for step in now}
    reasons = []
    if list(one) != list(two):
        more, fewer = [key for key in two if key not in one], [key for key in one if key not in two]
        words = [f"additional steps: {_list(more)}"] if more else []
        words += [f"missing steps: {_list(fewer)}"] if fewer else []
        reasons.append("; ".join(words) or "the order of the steps has changed")
    others = [key for key in one if key in two and json_dumps(one[key]) != json_dumps(two[key])]
    if others:
        reasons.append(f"live objects have changed, which affects these steps: {_list(others)}")
    return reasons


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
