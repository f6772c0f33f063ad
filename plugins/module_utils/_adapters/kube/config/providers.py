# Copyright (c) 2026, the windlass.charts authors
# BSD-2-Clause license (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

"""Tokens for users of a kubeconfig with an ``auth-provider`` (oidc, gcp, azure).

The ``kubernetes`` package knows these logins, which credential plugins replaced (client-go dropped gcp and azure in 1.26). The package is
imported only where a kubeconfig has one, since its import takes longer than a whole task (docs/adr/0001-kubernetes-client.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...._engine.aliases import Json, JsonObject
from ...._engine.errors import ClusterConfigError
from .kubeconfig import KubeConfig


def token_of(config: KubeConfig, context: str, persist: bool) -> str:
    """A bearer token, renewed if it had expired.

    :param persist: ``persist_config``: write a renewed token back into the file.
    :raises ClusterConfigError: the package is missing, does not know the provider, or gets no token.
    """
    try:
        from kubernetes.client.configuration import Configuration
        from kubernetes.config import kube_config
    except ImportError as error:
        raise ClusterConfigError(
            f"{config.origin}: the user of the context {context!r} uses an auth-provider, which requires the Python package "
            "kubernetes; install it, or use a credential plugin (exec).",
            kubeconfig=config.origin,
            context=context,
        ) from error
    path, document = _document_with(config, context)
    settings = Configuration()
    try:
        loader: Any = kube_config.KubeConfigLoader  # Any: its library has no types
        loader(
            config_dict=dict(document),
            active_context=context,
            config_base_path=str(path.parent) if path else None,
            config_persister=_persister(path) if persist and path else None,
        ).load_and_set(settings)
        keys = ("BearerToken", "authorization")  # since version 36, and before
        authorization = next((token for key in keys if (token := settings.get_api_key_with_prefix(key))), "")
    except Exception as error:  # the package lets through whatever its providers raise
        raise ClusterConfigError(
            f"{config.origin}: the auth-provider of the context {context!r} returned no token: {type(error).__name__}.",
            kubeconfig=config.origin,
            context=context,
        ) from error
    if not authorization.startswith("Bearer "):
        raise ClusterConfigError(
            f"{config.origin}: the auth-provider of the context {context!r} returned no token; log in again with the provider's tool.",
            kubeconfig=config.origin,
            context=context,
        )
    return authorization.removeprefix("Bearer ")


def _document_with(config: KubeConfig, context: str) -> tuple[Path | None, Mapping[str, Json]]:
    for path, document in config.documents:
        if any(isinstance(item, Mapping) and item.get("name") == context for item in document.get("contexts") or ()):
            return path, document
    return config.documents[0]


def _persister(path: Path) -> Callable[[JsonObject], None]:
    def write(document: JsonObject) -> None:
        from ...._engine.yamlio.dump import dumps
        from ...private_files import write_private

        write_private(path, dumps(document).encode())

    return write
