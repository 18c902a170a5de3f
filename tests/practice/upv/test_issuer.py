"""Signing in on the practice node: real requests, and tokens checked as a client of Keycloak would."""

import base64
import hashlib
import json
import stat
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from eucaim_nb.practice import Policy, PracticeNodes

from .conftest import bearer, service, token, upload

REDIRECT = "http://127.0.0.1:9/callback"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def node(tmp_path):
    with PracticeNodes(tmp_path / "practice") as nodes:
        yield nodes


def discovery(node):
    issuer = node.ready()["upv"]["issuer"]
    return requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()


def checked(node, access_token):
    key = jwt.PyJWKClient(discovery(node)["jwks_uri"]).get_signing_key_from_jwt(access_token)
    return jwt.decode(
        access_token, key, ["RS256"], audience="dataset-service", issuer=discovery(node)["issuer"]
    )


def authorize(node, method="POST", **change):
    asked = {
        "client_id": node.ready()["upv"]["client_id"],
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "state": "s p&ce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | change
    address = discovery(node)["authorization_endpoint"]
    return requests.request(method, address, params=asked, allow_redirects=False, timeout=10)


def code_of(response):
    return parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]


def test_access_token_carries_the_claims_and_a_signature_of_a_published_key(node):
    answer = token(node).json()
    assert (answer["expires_in"], answer["token_type"]) == (300, "Bearer")
    claims = checked(node, answer["access_token"])
    assert claims["exp"] - claims["iat"] == 300
    assert claims["groups"] == ["PROJECT-PRACTICE"]
    assert claims["resource_access"]["dataset-service"]["roles"] == ["use_datasets", "admin_datasets"]
    assert claims["upn"] == claims["preferred_username"] == node.username
    assert {"sub", "name", "email"} <= set(claims)
    who = {"Authorization": f"Bearer {answer['access_token']}"}
    assert (
        requests.get(discovery(node)["userinfo_endpoint"], headers=who, timeout=10).json()["sub"]
        == claims["sub"]
    )


def test_key_is_private_and_the_same_after_a_restart(tmp_path):
    with PracticeNodes(tmp_path) as node:
        before = requests.get(discovery(node)["jwks_uri"], timeout=10).json()
    assert stat.S_IMODE((tmp_path / "signing-key.pem").stat().st_mode) == 0o600
    with PracticeNodes(tmp_path) as node:
        assert requests.get(discovery(node)["jwks_uri"], timeout=10).json() == before
    assert set(before["keys"][0]) == {"kid", "kty", "alg", "use", "n", "e"}  # nothing of the private half


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"password": "wrong"}, 401, "invalid_grant"),
        ({"username": "nobody"}, 401, "invalid_grant"),
        ({"client_id": "qpinsights"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "never-seen"}, 400, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "never-seen"}, 400, "invalid_grant"),
    ],
)
def test_refusals_are_those_of_keycloak(node, form, status, error):
    answer = token(node, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(answer.json()) == {"error", "error_description"}


def test_direct_grants_can_be_switched_off_while_it_runs(node):
    requests.put(f"{node.control}/policy", json={"direct_grants": False}, timeout=10).raise_for_status()
    answer = token(node)
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "unauthorized_client",
        "error_description": "Client not allowed for direct access grants",
    }


def test_refresh_token_is_replaced_and_a_second_use_ends_the_session(node):
    first = token(node).json()
    second = token(node, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    checked(node, second["access_token"])
    again = token(node, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert again.json()["error_description"] == "Maximum allowed refresh token reuse exceeded"
    assert token(node, grant_type="refresh_token", refresh_token=second["refresh_token"]).status_code == 400


def test_sign_out_ends_the_session(node):
    refresh = token(node).json()["refresh_token"]
    out = requests.post(discovery(node)["end_session_endpoint"], data={"refresh_token": refresh}, timeout=10)
    assert out.status_code == 204
    assert token(node, grant_type="refresh_token", refresh_token=refresh).status_code == 400


def test_code_and_its_verifier_make_a_token_once(node):
    page = authorize(node, "GET")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=UTF-8")
    assert f"Sign in as {node.username}" in page.text
    back = authorize(node)
    assert back.status_code == 302
    assert back.headers["Location"].startswith(REDIRECT + "?")
    assert parse_qs(urlsplit(back.headers["Location"]).query)["state"] == ["s p&ce"]
    form = {
        "grant_type": "authorization_code",
        "code": code_of(back),
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    assert checked(node, token(node, **form).json()["access_token"])["preferred_username"] == node.username
    assert token(node, **form).json()["error_description"] == "Code not valid"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"code_verifier": "w" * 64}, "PKCE verification failed: Code mismatch"),
        ({"code_verifier": ""}, "PKCE code verifier not specified"),
        ({"redirect_uri": "http://127.0.0.1:10/"}, "Incorrect redirect_uri"),
    ],
)
def test_stolen_code_is_worth_nothing(node, change, says):
    form = {"redirect_uri": REDIRECT, "code_verifier": VERIFIER} | change
    answer = token(node, grant_type="authorization_code", code=code_of(authorize(node)), **form)
    assert (answer.status_code, answer.json()["error_description"]) == (400, says)


@pytest.mark.parametrize(
    "change", [{"redirect_uri": "https://evil.example/"}, {"redirect_uri": ""}, {"client_id": "x"}]
)
def test_nobody_is_sent_to_another_site(node, change):
    response = authorize(node, **change)
    assert response.status_code == 400
    assert "Location" not in response.headers


def test_code_needs_a_challenge(node):
    back = authorize(node, "GET", code_challenge_method="plain")
    assert "error=invalid_request" in back.headers["Location"]


def test_device_waits_for_a_person_if_devices_are_allowed(tmp_path):
    with PracticeNodes(tmp_path, policy=Policy(device_flow=True)) as node:
        client = {"client_id": node.ready()["upv"]["client_id"]}
        asked = requests.post(
            discovery(node)["device_authorization_endpoint"], data=client, timeout=10
        ).json()
        grant = {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "device_code": asked["device_code"],
        }
        assert token(node, **grant).json()["error"] == "authorization_pending"
        assert asked["user_code"] in requests.get(asked["verification_uri_complete"], timeout=10).text
        wrong = requests.post(asked["verification_uri"], data={"user_code": "NO"}, timeout=10)
        assert wrong.status_code == 400
        said = {"user_code": asked["user_code"].lower()}
        assert requests.post(asked["verification_uri"], data=said, timeout=10).status_code == 200
        checked(node, token(node, **grant).json()["access_token"])
        assert token(node, **grant).status_code == 400


def test_devices_are_refused_as_on_the_node(node):
    client = {"client_id": node.ready()["upv"]["client_id"]}
    answer = requests.post(discovery(node)["device_authorization_endpoint"], data=client, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized_client")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("auth:expired", "Signature has expired"),
        ("auth:foreign-key", "Unable to find a signing key that matches"),
    ],
)
def test_useless_token_is_refused_with_the_reason(node, fault, says):
    node.faults.set([fault])
    answer = service(node, "GET", "/datasets")
    assert answer.status_code == 401
    assert list(answer.json()) == ["error"]
    assert answer.json()["error"].startswith(f"invalid access token, {says}")


def test_expired_token_works_again_after_a_refresh(node):
    node.faults.set(["auth:expired@1"])
    old = token(node).json()
    new = token(node, grant_type="refresh_token", refresh_token=old["refresh_token"]).json()
    statuses = []
    for one in (old, new):
        who = {"Authorization": f"Bearer {one['access_token']}"}
        root = node.ready()["upv"]["dataset_service"]
        statuses.append(requests.get(f"{root}/datasets", headers=who, timeout=10).status_code)
    assert statuses == [401, 200]


def test_token_without_roles_may_look_and_not_make(node):
    node.faults.set(["auth:no-role"])
    assert service(node, "GET", "/datasets").json()["allowedActionsForTheUser"] == []
    answer = service(node, "POST", "/datasets", json={})
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized user")


def test_faults_of_signing_in_leave_discovery_alone(node):
    node.faults.set(["auth:status=503,retry-after=1@1"])
    assert discovery(node)["issuer"] == node.ready()["upv"]["issuer"]
    assert token(node).status_code == 503
    assert token(node).status_code == 200


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"email": None}, "missing 'email'"),
        ({"preferred_username": None}, "missing 'preferred_username'"),
        ({"exp": None}, 'Token is missing the "exp" claim'),
        ({"aud": "account"}, "Audience doesn't match"),
        ({"iss": "https://elsewhere.example"}, "Invalid issuer"),
    ],
)
def test_token_that_lacks_something_is_refused_by_name(tmp_path, change, says):
    with PracticeNodes(tmp_path) as node:
        good = token(node).json()["access_token"]
        claims = checked(node, good) | change
        claims = {name: value for name, value in claims.items() if value is not None}
        pem = (tmp_path / "signing-key.pem").read_bytes()
        forged = jwt.encode(claims, pem, "RS256", headers={"kid": jwt.get_unverified_header(good)["kid"]})
        root = node.ready()["upv"]["dataset_service"]
        who = {"Authorization": f"Bearer {forged}"}
        answer = requests.get(f"{root}/datasets", headers=who, timeout=10)
    assert (answer.status_code, answer.json()) == (401, {"error": f"invalid access token, {says}"})


def test_token_without_a_signature_is_refused(node):
    good = token(node).json()["access_token"]
    payload = good.split(".")[1]
    unsigned = json.dumps({"alg": "none", "kid": jwt.get_unverified_header(good)["kid"]}).encode()
    forged = f"{base64.urlsafe_b64encode(unsigned).rstrip(b'=').decode()}.{payload}."
    root = node.ready()["upv"]["dataset_service"]
    answer = requests.get(f"{root}/datasets", headers={"Authorization": f"Bearer {forged}"}, timeout=10)
    assert answer.status_code == 401


def test_dicomweb_takes_a_token_or_the_password_and_nobody_else(node):
    assert upload(node, "S1", headers=bearer(node)).status_code == 200
    assert upload(node, "S2", headers={}, auth=(node.username, node.password)).status_code == 200
    studies = f"{node.dicomweb}/studies"
    assert len(requests.get(studies, headers=bearer(node), timeout=10).json()) == 2
    assert len(requests.get(studies, auth=(node.username, node.password), timeout=10).json()) == 2
    for answer in (requests.get(studies, timeout=10), upload(node, "S1", headers={})):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
        assert "Basic " in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("auth:expired", "Signature has expired"),
        ("auth:foreign-key", "Unable to find a signing key that matches"),
    ],
)
def test_dicomweb_refuses_a_useless_token_with_the_reason(node, fault, says):
    node.faults.set([fault])
    for answer in (
        requests.get(f"{node.dicomweb}/studies", headers=bearer(node), timeout=10),
        upload(node, "S1"),
    ):
        assert answer.status_code == 401
        assert answer.json()["error"].startswith(f"invalid access token, {says}")
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_text_in_a_token_breaks_no_header(node):
    forged = jwt.encode({}, "k" * 32, "HS256", headers={"kid": 'x"\r\nSet-Cookie: a=b\r\n'})
    who = {"Authorization": f"Bearer {forged}"}
    answer = requests.get(f"{node.dicomweb}/studies", headers=who, timeout=10)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_newcomer_is_told_which_role_is_missing_and_stores_nothing(node):
    newcomer = bearer(node, f"{node.username}-newcomer")
    node.faults.set(["auth:no-role"])
    for headers in (newcomer, bearer(node)):
        answer = upload(node, "S1", headers=headers)
        assert answer.status_code == 403
        assert "lacks the role authorized-technical-data-manager (Data ingester)" in answer.json()["error"]
    assert requests.get(f"{node.control}/instances", timeout=10).json()["count"] == 0


def test_realm_roles_are_those_that_a_person_asks_for(node):
    asked = {"authorized-technical-data-manager", "dataset-administrator"}
    for who, has in (("", asked), ("-staff", asked | {"data-scientists"}), ("-newcomer", set())):
        claims = checked(node, token(node, node.username + who).json()["access_token"])
        roles = set(claims["realm_access"]["roles"])
        assert "offline_access" in roles
        assert roles & (asked | {"data-scientists"}) == has


def test_token_lifetime_can_be_changed(node):
    requests.put(f"{node.control}/policy", json={"token_lifetime": 7}, timeout=10).raise_for_status()
    answer = token(node).json()
    claims = checked(node, answer["access_token"])
    assert answer["expires_in"] == claims["exp"] - claims["iat"] == 7


@pytest.mark.parametrize(
    "wanted", [{"token_lifetime": 0}, {"token_lifetime": True}, {"creation_step": -1}, {"device_flow": 1}]
)
def test_policy_refuses_what_makes_no_sense(node, wanted):
    assert requests.put(f"{node.control}/policy", json=wanted, timeout=10).status_code == 400
