# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Names of container images: their parts, their registry, and the same image in another registry.

A name without a registry is one of Docker Hub, and one without a path is below ``library`` there: the rules of Docker and containerd
(``github.com/distribution/reference``: ``normalize.go``). Mirrors, and proxies such as Harbor's, store images under the full path, so
``nginx`` is ``library/nginx`` in a mirror.

Registries are replaced as ``registries.conf`` of CRI-O and Podman maps prefixes: an entry is a registry, or a registry with the first
parts of a path, and the longest entry that fits applies. The entry ``*`` is for all registries that no other entry is about. An image
that is in a new registry already stays, so that replacing twice is the same as replacing once.
"""

from __future__ import annotations

from collections.abc import Mapping

HUB = "docker.io"
#: the entry for all registries that no other entry is about
ANY = "*"


def image_parts(image: str) -> tuple[str, str, str]:
    """Name, tag and digest; empty where the reference has none."""
    rest, _at, digest = image.partition("@")
    name, colon, tag = rest.rpartition(":")
    return (name, tag, digest) if colon and "/" not in tag else (rest, "", digest)


def full_name(name: str) -> str:
    """A name with its registry: ``nginx`` -> ``docker.io/library/nginx``."""
    host, slash, path = name.partition("/")
    if not slash or not _is_host(host):
        host, path = HUB, name
    if host in (HUB, "index.docker.io"):
        host, path = HUB, path if "/" in path else f"library/{path}"
    return f"{host}/{path}"


def _is_host(text: str) -> bool:
    """Whether the first part of a name is a registry."""
    return "." in text or ":" in text or text == "localhost" or text.lower() != text


def has_host(name: str) -> bool:
    """Whether a name says which registry it is in."""
    host, slash, _path = name.partition("/")
    return bool(slash) and _is_host(host)


def entry_for(image: str, registries: Mapping[str, str]) -> str | None:
    """The key of the entry for an image; ``None`` without one, empty if the image is there already.

    :param registries: registry -> new registry, each optionally with a path; no trailing slashes.
    """
    name = full_name(image_parts(image)[0])
    if any(_is_below(name, new) for new in registries.values()):
        return ""
    fitting = [old for old in registries if _is_below(name, old)]
    if fitting:
        return max(fitting, key=len)
    host = name.partition("/")[0]
    if host in {new.partition("/")[0] for new in registries.values()}:
        return ""  # another path of a registry that the site has: it is reachable, and no mirror of itself
    return ANY if ANY in registries else None


def in_registry(image: str, entry: str, registries: Mapping[str, str]) -> str:
    """The image in the registry of an entry. Tag and digest stay.

    :param entry: a key of ``registries``, as ``entry_for`` returns it.
    """
    name, tag, digest = image_parts(image)
    name = full_name(name)
    rest = name.partition("/")[2] if entry == ANY else name[len(entry) + 1 :]
    moved = f"{registries[entry]}/{rest}" if rest else registries[entry]
    return moved + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def _is_below(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}/")
