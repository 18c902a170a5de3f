"""The two small pages on which a person says yes."""

from html import escape

from .._http import Response

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body {{ font: 16px/1.5 sans-serif; max-width: 34em; margin: 4em auto; padding: 0 1em }}
button, input {{ font: inherit; padding: .4em 1em }}</style></head>
<body><h1>{title}</h1>{body}</body></html>
"""


def page(title: str, body: str, status: int = 200) -> Response:
    """Return a page; the title is text, the body is HTML."""
    html = _PAGE.format(title=escape(title), body=body).encode()
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(status, html, "text/html; charset=UTF-8", headers)


def sign_in(username: str) -> Response:
    """Offer to sign the practice user in; the form goes back to its own address."""
    return page(
        "Practice node: sign in",
        "<p>This stands in for the sign-in page of the node. Nothing leaves this computer.</p>"
        f'<form method="post"><button autofocus>Sign in as {escape(username)}</button></form>',
    )


def device(user_code: str) -> Response:
    """Ask for the code that a device shows."""
    return page(
        "Practice node: connect a device",
        '<form method="post"><label>Code <input name="user_code" autocomplete="off" value="'
        f'{escape(user_code)}"></label> <button>Connect</button></form>',
    )
