"""What a person does to sign in at a practice node as if it were a real one."""

import requests

from eucaim_nb import workspace as workspaces

GRANTS = "protocol/openid-connect"
SOMEWHERE_ELSE = (
    "SSH_CONNECTION",
    "KUBERNETES_SERVICE_HOST",
    "BINDER_SERVICE_HOST",
    "JUPYTERHUB_SERVICE_PREFIX",
    "CODESPACES",
    "COLAB_RELEASE_TAG",
)
"""Variables of the environment that tell that the browser is on another computer."""


def real_workspace(nodes, folder, node, **options):
    """Make a workspace of a real node, "upv" or "health-ri", at the addresses of the practice node."""
    ready = nodes.ready()[node.replace("-", "_")]
    known = ("issuer", "client_id", "dicomweb")
    addresses = {key: ready[key] for key in known} if node == "upv" else {"site": ready["url"]}
    made = workspaces.create(folder, node=node, project=ready["project"])
    return made.change(node_options={**addresses, **options})


def say_yes(page: str) -> str:
    """Open the page to sign in at and press its button; return what the last page says."""
    with requests.Session() as browser:
        assert "Sign in as" in browser.get(page, timeout=10).text
        return browser.post(page, timeout=10).text


def type_code(page: str, code: str) -> None:
    """Type the code of a device at the page of the node."""
    assert "connected" in requests.post(page, data={"user_code": code}, timeout=10).text


def tokens(nodes, username: str = "practice") -> dict[str, str]:
    """Return the tokens of somebody who signed in elsewhere, to be pasted."""
    ready = nodes.ready()["upv"]
    form = {"grant_type": "password", "client_id": ready["client_id"], "username": username}
    address = f"{ready['issuer']}/{GRANTS}/token"
    return dict(requests.post(address, data={**form, "password": nodes.password}, timeout=10).json())


def alias_token(nodes, username: str = "practice") -> tuple[str, str]:
    """Return alias and secret of a token that an XNAT gave to somebody."""
    address = f"{nodes.ready()['health_ri']['url']}/data/services/tokens/issue"
    answer = requests.get(address, auth=(username, nodes.password), timeout=10).json()
    return answer["alias"], answer["secret"]
