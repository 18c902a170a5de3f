"""Who gets in, and what a kernel may know. `notebooks/voila.json` names both classes."""

import os
import re
import sys
import uuid
from collections.abc import Mapping
from typing import Any

from jupyter_server.auth.identity import PasswordIdentityProvider, User
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import RequestHandler

_NOT_FOR_KERNELS = re.compile(
    # Voila puts the page's whole address, with the token if it has one, into the first two.
    r"(?i)^(QUERY_STRING|VOILA_REQUEST_URL)$|token|password|passwd|secret|api_?key|credential"
)

_SOCKET_PATH = 107  # characters that the path of a socket may have on Linux


class PageIdentity(PasswordIdentityProvider):
    """Asks for the token, and gives everyone who signs in the cookie that a page needs to end its kernel.

    When a page is left, it posts its kernel's id with the value of the `_xsrf` cookie. Jupyter Server sets
    that cookie with the login form only; whoever comes with a token in the address never gets it, the post
    is refused and the kernel stays.
    """

    async def get_user(self, handler: RequestHandler) -> User | None:
        """Return the user of a request, and see that the browser has both cookies."""
        user = await self._get_user(handler)
        if user is not None and handler.request.method == "GET":
            handler.current_user = user
            _ = handler.xsrf_token  # reading it sets the cookie
        return user


class PageKernels(AsyncMappingKernelManager):
    """Starts kernels without the secrets that are in the server's environment."""

    async def start_kernel(self, *args: Any, **options: Any) -> str:  # type: ignore[override]
        """Start a kernel and return its id."""
        environment = options.get("env") or os.environ
        options["env"] = without_secrets(environment)
        return str(await super().start_kernel(*args, **options))


def transport(folder: str) -> str:
    """Return how kernels are spoken to: over sockets in the file system, which only this user can reach, if it can be.

    Parameters
    ----------
    folder
        Where the connection files of the kernels are, and such sockets with them.
    """
    longest = os.path.join(folder, f"kernel-{uuid.UUID(int=0)}-ipc-5")
    return "ipc" if sys.platform == "linux" and len(os.fsencode(longest)) <= _SOCKET_PATH else "tcp"


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the variables whose name says that they are secret."""
    return {str(name): value for name, value in environment.items() if not _NOT_FOR_KERNELS.search(name)}
