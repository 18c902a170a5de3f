"""The practice helpdesk takes tickets as Zammad does, and its staff do what the tickets of a data holder ask for."""

import base64

import pytest
import requests

from eucaim_nb.practice import PracticeNodes
from eucaim_nb.reference import tickets

from .conftest import RECORD, ask, ticket

TABLE = f"id,name,number_of_subjects\n{RECORD['id']},Colon,12\n"


def opened(node, *arguments, **other):
    answer = ask(node, "POST", "/tickets?expand=true", json=ticket(*arguments, **other))
    assert answer.status_code == 201, answer.text
    return answer.json()


def articles(node, one):
    return ask(node, "GET", f"/ticket_articles/by_ticket/{one['id']}").json()


def registered(node):
    return requests.get(f"{node.control}/catalogue", timeout=10).json()["entries"]


@pytest.mark.parametrize("header", [None, "Token token=wrong", "Bearer {}", "{}", "Token token="])
def test_nobody_comes_in_without_the_token(node, header):
    headers = {"Authorization": header.format(node.ready()["helpdesk_token"])} if header else {}
    for method, path in (
        ("GET", "/groups"),
        ("GET", "/tickets"),
        ("POST", "/tickets"),
        ("GET", "/tickets/1"),
    ):
        answer = ask(node, method, path, headers=headers)
        assert (answer.status_code, list(answer.json())) == (401, ["error", "error_human"])


def test_groups_are_those_of_the_documents(node):
    listed = ask(node, "GET", "/groups").json()
    names = [one["name"] for one in listed]
    assert {group for one in tickets() for group in one.groups} <= set(names)
    assert {"catalogue", "dashboard", "federated search", "ETL ingestion support team"} <= set(names)
    assert [one["id"] for one in listed] == list(range(1, len(names) + 1))


def test_ticket_is_kept_with_its_article_and_attachment_and_stays_open(node):
    one = opened(node, "My SITE ID", "dashboard", ("note ü.txt", "Grüße"))
    assert (one["title"], one["group"], one["state"]) == ("My SITE ID", "dashboard", "open")
    assert one["customer"] == "holder@hospital.example"
    [article] = articles(node, one)
    assert (article["subject"], article["body"]) == ("My SITE ID", "Dear helpdesk, …")
    assert (article["sender"], article["internal"]) == ("Customer", False)
    [file] = article["attachments"]
    assert (file["filename"], file["size"]) == ("note ü.txt", "7")
    got = ask(node, "GET", f"/ticket_attachment/{one['id']}/{article['id']}/{file['id']}")
    assert got.content.decode() == "Grüße"
    assert [other["id"] for other in ask(node, "GET", "/tickets").json()] == [one["id"]]


def test_ticket_shows_numbers_unless_names_are_asked_for(node):
    one = opened(node)
    plain = ask(node, "GET", f"/tickets/{one['id']}").json()
    assert (plain["state_id"], "state" in plain, "group" in plain) == (2, False, False)
    names = [group["name"] for group in ask(node, "GET", "/groups").json()]
    assert names[plain["group_id"] - 1] == "dashboard"
    assert plain["article_count"] == 1
    by_number = ticket(group_id=plain["group_id"])
    del by_number["group"]
    assert ask(node, "POST", "/tickets", json=by_number).json()["group_id"] == plain["group_id"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": ""}, "Missing required value for field 'title'!"),
        ({"group": "Nobody"}, "No lookup value found for 'group': \"Nobody\""),
        ({"group": None}, "Missing required value for field 'group'!"),
        ({"article": None}, "article hash is missing"),
        ({"article": {"subject": "x"}}, "Need at least an 'article body' field."),
        ({"article": {"body": "x", "attachments": [{"filename": "a"}]}}, "Attachment needs 'data' param"),
        (
            {"article": {"body": "x", "attachments": [{"filename": "a", "data": "%", "mime-type": "b"}]}},
            "Invalid base64 for attachment with index '0'",
        ),
    ],
)
def test_incomplete_ticket_is_422_and_is_not_kept(node, change, says):
    answer = ask(node, "POST", "/tickets", json=ticket(**change))
    assert answer.status_code == 422
    assert says in answer.json()["error"]
    assert ask(node, "GET", "/tickets").json() == []


def test_what_is_no_ticket_or_not_there(node):
    assert ask(node, "POST", "/tickets", data=b"{").status_code == 400
    assert ask(node, "POST", "/tickets", json=ticket("\ud800")).status_code == 400
    assert ask(node, "POST", "/tickets", json=[]).status_code == 400
    assert [ask(node, "GET", f"/tickets/{one}").status_code for one in ("9", "x", "²")] == [404] * 3
    assert ask(node, "GET", "/users").status_code == 404


def test_spreadsheet_in_the_catalogue_group_is_registered_answered_and_closed(node):
    one = opened(node, "Register a dataset", "catalogue", ("collections.csv", TABLE))
    assert one["state"] == "closed"
    [entry] = registered(node)
    assert (entry["id"], entry["name"], entry["number_of_subjects"]) == (RECORD["id"], "Colon", 12)
    first, answer = articles(node, one)
    assert (first["sender"], answer["sender"]) == ("Customer", "Agent")
    link = f"{node.ready()['catalogue']}/#/collection/{RECORD['id']}"
    assert link in answer["body"]
    assert ask(node, "GET", f"/tickets/{one['id']}").json()["close_at"]


def test_ticket_without_spreadsheet_is_asked_for_it(node):
    one = opened(node, "Register a dataset", "catalogue")
    assert one["state"] == "open"
    assert "attach the spreadsheet as CSV" in articles(node, one)[1]["body"]
    assert registered(node) == []


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("id,colour\nx,red\n", "no column 'colour'"),
        ("id,name\n,Colon\n", "needs an id"),
        ("id,name\nx,Colon\ny\n", "more or fewer values"),
        ("id,id\nx,y\n", "two columns"),
        ("id,name\n", "no row below the header"),
        (TABLE + "second,Lung,many\n", "number_of_subjects is not a number"),
    ],
)
def test_wrong_spreadsheet_registers_nothing_and_says_why(node, table, says):
    one = opened(node, "Register a dataset", "catalogue", ("a.csv", table))
    assert one["state"] == "open"
    assert says in articles(node, one)[1]["body"]
    assert registered(node) == []


def test_spreadsheet_that_is_no_text_is_not_registered(node):
    wrong = ticket("Register a dataset", "catalogue", ("a.csv", ""))
    wrong["article"]["attachments"][0]["data"] = base64.b64encode(b"PK\x03\x04\xff").decode()
    answer = ask(node, "POST", "/tickets?expand=true", json=wrong).json()
    assert "not CSV in UTF-8" in articles(node, answer)[1]["body"]


@pytest.mark.parametrize(
    ("title", "group", "name"),
    [
        ("Create a data ingestion project in UPV", "UPV Reference nodes", "PRACTICE|MAIN"),
        ("Create a data ingestion imaging biobank", "Technical support team", "PRACTICE|MAIN"),
        ("  create  XNAT project in healthri (hospital 7)", "Reference nodes", "PRACTICE"),
        ("Create XNAT project", "Health-RI Reference node", "PRACTICE"),
        ("Create a new project", "Health-RI Reference node", "PRACTICE"),
        ("Create a new project", "UPV Reference nodes", "PRACTICE|MAIN"),
        ("Create a new project", "Technical support team", "PRACTICE|MAIN or PRACTICE"),
    ],
)
def test_request_for_a_project_is_answered_with_the_practice_project(node, title, group, name):
    one = opened(node, title, group)
    assert one["state"] == "closed"
    assert f"Its name is {name}," in articles(node, one)[1]["body"]


def test_tickets_and_token_survive_a_restart_and_the_token_is_private(tmp_path):
    with PracticeNodes(tmp_path) as node:
        one, token = opened(node), node.ready()["helpdesk_token"]
    assert (tmp_path / "central/helpdesk-token").stat().st_mode & 0o777 == 0o600
    with PracticeNodes(tmp_path) as node:
        assert node.ready()["helpdesk_token"] == token
        assert ask(node, "GET", f"/tickets/{one['id']}").json()["title"] == one["title"]


def test_faults_hit_the_helpdesk_and_a_dropped_answer_leaves_the_ticket(node):
    node.faults.set(["helpdesk:session-expired@1", "helpdesk:drop-after@2", "helpdesk:status=503@3"])
    assert ask(node, "GET", "/groups").status_code == 401
    with pytest.raises(requests.ConnectionError):
        opened(node)
    assert ask(node, "GET", "/tickets").status_code == 503
    assert len(ask(node, "GET", "/tickets").json()) == 1


def test_title_and_text_of_a_ticket_reach_no_log(node):
    opened(node, "Topsecret", "dashboard")
    assert "Topsecret" not in requests.get(f"{node.control}/log", timeout=10).text
