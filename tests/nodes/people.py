"""What a person does in a browser to sign in at a practice node."""

import requests

GRANTS = "protocol/openid-connect"


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
