"""Tickets: complete, with their attachments inside, sent once at most, and never before what they wait for."""

import email
import email.policy
import json

import pytest

from eucaim_nb import nodes as doors
from eucaim_nb import paperwork, workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import NodeError, Refused, SettingsError, WorkspaceError
from eucaim_nb.reference import tickets

PROJECT = {"project": "LUNG", "username": "jdoe", "site": "0042", "url": "https://hospital.example"}


def mail_of(workspace, kind):
    made = paperwork.request(workspace, kind)
    _, file = paperwork.write_ticket(workspace, made)
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)


@pytest.fixture
def asked(workspace):
    """A workspace whose ticket for a project lacks nothing."""
    return paperwork.answer_ticket(workspace, "project-upv", PROJECT)


@pytest.mark.parametrize("node", ["upv", "health-ri"])
def test_every_ticket_of_a_node_is_filled_and_written_to_read_and_to_mail(tmp_path, node):
    workspace = workspaces.create(tmp_path / "ws", node=node)
    for one in paperwork.ticket_kinds(workspace):
        fields = paperwork.request(workspace, one.id).labels
        workspace = paperwork.answer_ticket(workspace, one.id, {name: f"my {name}" for name in fields})
        made = paperwork.request(workspace, one.id)
        page, mail = paperwork.write_ticket(workspace, made)
        read = page.read_text(encoding="utf-8")
        sent = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
        assert sent["Subject"] == one.title
        assert one.title in read
        assert one.groups[0] in read
        for name in fields:
            assert f"my {name}" in read
            assert f"my {name}" in sent.get_body().get_content()
        assert "[" not in made.text


def test_what_is_not_known_blocks_by_name_and_shows_as_a_gap(workspace):
    made = paperwork.request(workspace, "project-upv")
    assert "“Name of the project” is not known." in made.blockers
    assert "[Name of the project]" in made.text


def test_project_site_and_user_are_shared_by_all_tickets_and_the_rest_is_not(asked):
    again = paperwork.request(workspaces.open_workspace(asked.folder), "roles-upv")
    assert again.values == {"username": "jdoe", "project": "LUNG", "site": "0042"}
    assert paperwork.request(asked, "site-id").values["url"] == ""
    assert asked.settings.site_id == "0042"


def test_organisation_of_the_agreement_fills_tickets(workspace):
    paperwork.keep_answers(workspace, {"provider_name": "Hospital of Łódź"})
    assert paperwork.request(workspace, "mailing-list").values["organisation"] == "Hospital of Łódź"


def test_attachments_are_inside_the_mail_byte_for_byte(workspace):
    (workspace.folder / "clinical" / "etl").mkdir()
    (workspace.folder / "clinical" / "etl" / "x_mapping.xlsx").write_bytes(b"PK\x00\xff\r\n sheet")
    (workspace.folder / "clinical" / "etl" / "x_clinical.csv").write_bytes(b"PatientID\r\nEU-1\r\n")
    parts = mail_of(workspace, "etl").iter_attachments()
    found = {part.get_filename(): part.get_payload(decode=True) for part in parts}
    assert found == {"x_mapping.xlsx": b"PK\x00\xff\r\n sheet", "x_clinical.csv": b"PatientID\r\nEU-1\r\n"}


def test_file_attached_by_a_person_is_there_and_a_missing_one_is_refused(workspace, tmp_path):
    (tmp_path / "log.txt").write_text("went wrong")
    made = paperwork.request(workspace, "tool-upv", [tmp_path / "log.txt"])
    assert [file.name for file in made.attachments] == ["log.txt"]
    with pytest.raises(SettingsError, match="no file"):
        paperwork.request(workspace, "tool-upv", [tmp_path / "gone.txt"])


def test_attachments_too_large_for_a_mail_are_said(workspace, tmp_path):
    with open(tmp_path / "big.zip", "wb") as file:
        file.truncate(20_000_001)
    assert any(
        "20 MB" in one for one in paperwork.request(workspace, "tool-upv", [tmp_path / "big.zip"]).blockers
    )


def test_line_breaks_in_a_field_cannot_add_lines_to_the_text_or_headers_to_the_mail(workspace):
    workspace = paperwork.answer_ticket(
        workspace, "project-upv", {"project": "LUNG\nBcc: everybody@x.org\r\nx"}
    )
    sent = mail_of(workspace, "project-upv")
    assert sent["Bcc"] is None
    assert "Name of the project: LUNG Bcc: everybody@x.org x" in sent.get_body().get_content()


def test_registration_waits_for_the_signed_agreement_and_clearance(workspace, nodes, tmp_path):
    (workspace.folder / "dataset" / "registration").mkdir()
    (workspace.folder / "dataset" / "registration" / "metadata.xlsx").write_bytes(b"PK")
    fields = paperwork.request(workspace, "registry").labels
    workspace = paperwork.answer_ticket(workspace, "registry", dict.fromkeys(fields, "x"))
    assert paperwork.request(workspace, "registry").blockers == workflow.release_blockers(workspace) != ()
    with pytest.raises(Refused, match="DTA is not recorded as signed"):
        paperwork.send_ticket(workspace, "registry")
    assert doors.helpdesk(workspace).tickets() == []
    (tmp_path / "signed.pdf").write_bytes(b"%PDF")
    workflow.record(workspace, "documentation", note="compliant")
    workflow.record(workspace, "dta", file=tmp_path / "signed.pdf")
    assert paperwork.request(workspace, "registry").blockers == ()


def test_ticket_of_another_node_and_unknown_fields_are_refused(workspace):
    with pytest.raises(SettingsError, match="no ticket"):
        paperwork.request(workspace, "project-health-ri")
    with pytest.raises(SettingsError, match="no field"):
        paperwork.answer_ticket(workspace, "project-upv", {"dataset": "x"})


# The log


def test_number_and_answer_of_a_ticket_sent_by_hand_are_kept_and_the_trail_has_no_text(workspace):
    paperwork.note_number(workspace, "project-upv", " 71001 ")
    paperwork.note_answer(workspace, "project-upv", "Dear Ada, the project exists.")
    filed = paperwork.filed_tickets(workspaces.open_workspace(workspace.folder))["project-upv"]
    assert (filed.number, filed.answer) == ("71001", "Dear Ada, the project exists.")
    trail = json.dumps([(event.action, event.detail) for event in workspace.ledger.events.all()])
    assert "71001" in trail
    assert "Ada" not in trail


@pytest.mark.parametrize("number", ["", "  ", "1\n2", "9" * 41])
def test_what_is_no_number_of_a_ticket_is_refused(workspace, number):
    with pytest.raises(SettingsError, match="number"):
        paperwork.note_number(workspace, "project-upv", number)


@pytest.mark.parametrize("harm", ["{", '{"entries": {"etl": {"horoscope": 1}}}', '{"entries": {"etl": 1}}'])
def test_damaged_log_is_said(workspace, harm):
    (workspace.folder / "paperwork" / "tickets.json").write_text(harm)
    with pytest.raises(WorkspaceError, match=r"tickets\.json"):
        paperwork.filed_tickets(workspace)


# Sending


def test_sent_ticket_has_number_state_and_answer_of_the_helpdesk(asked, nodes):
    filed = paperwork.send_ticket(asked, "project-upv")
    (there,) = doors.helpdesk(asked).tickets()
    assert (filed.number, filed.helpdesk_id) == (there.number, there.id)
    assert filed.state == "closed"
    assert "the project is there already" in filed.answer


def test_ticket_is_never_sent_twice(asked, nodes):
    paperwork.send_ticket(asked, "project-upv")
    with pytest.raises(Refused, match="already"):
        paperwork.send_ticket(asked, "project-upv")
    assert len(doors.helpdesk(asked).tickets()) == 1


def test_another_ticket_of_the_same_kind_is_begun_on_purpose_and_the_earlier_one_stays_known(asked, nodes):
    with pytest.raises(SettingsError, match="not sent yet"):
        paperwork.begin_ticket(asked, "project-upv")
    first = paperwork.send_ticket(asked, "project-upv")
    paperwork.begin_ticket(asked, "project-upv")
    second = paperwork.send_ticket(asked, "project-upv")
    assert first.number != second.number
    (earlier,) = paperwork.filed_tickets(asked)["project-upv"].earlier
    assert (earlier["number"], earlier["answer"]) == (first.number, first.answer)


def test_answer_that_was_lost_after_the_ticket_arrived_leads_to_no_second_ticket(asked, nodes):
    nodes.faults.set(["helpdesk:drop-after@2"])
    with pytest.raises(NodeError):
        paperwork.send_ticket(asked, "project-upv")
    nodes.faults.set([])
    assert len(doors.helpdesk(asked).tickets()) == 1
    filed = paperwork.send_ticket(asked, "project-upv")
    assert len(doors.helpdesk(asked).tickets()) == 1
    assert filed.number == doors.helpdesk(asked).tickets()[0].number


def test_ticket_that_did_not_arrive_is_sent_again(asked, nodes):
    nodes.faults.set(["helpdesk:status=503@2"])
    with pytest.raises(NodeError, match="503"):
        paperwork.send_ticket(asked, "project-upv")
    nodes.faults.set([])
    assert paperwork.send_ticket(asked, "project-upv").number
    assert len(doors.helpdesk(asked).tickets()) == 1


def test_ticket_with_a_gap_is_not_sent(workspace, nodes):
    with pytest.raises(Refused, match="not known"):
        paperwork.send_ticket(workspace, "project-upv")
    assert doors.helpdesk(workspace).tickets() == []


def test_attachments_arrive_byte_for_byte(workspace, nodes, tmp_path):
    given = {"project": "L", "username": "j", "site": "1", "trouble": "it stops"}
    workspace = paperwork.answer_ticket(workspace, "tool-upv", given)
    (tmp_path / "log é.bin").write_bytes(bytes(range(256)))
    filed = paperwork.send_ticket(workspace, "tool-upv", attach=[tmp_path / "log é.bin"])
    desk = doors.helpdesk(workspace)
    (article,) = desk._get(f"ticket_articles/by_ticket/{filed.helpdesk_id}")
    (file,) = article["attachments"]
    got = desk._session.get(
        f"{desk._root}/ticket_attachment/{filed.helpdesk_id}/{article['id']}/{file['id']}"
    )
    assert (file["filename"], got.content) == ("log é.bin", bytes(range(256)))


@pytest.mark.parametrize("node", ["upv", "health-ri"])
def test_real_helpdesk_is_off_unless_an_address_is_set_and_then_wants_a_token(tmp_path, node):
    workspace = workspaces.create(tmp_path / "ws", node=node)
    with pytest.raises(SettingsError, match="is off"):
        doors.helpdesk(workspace, "token")
    turned_on = workspace.change(node_options={"helpdesk": "https://help.example"})
    with pytest.raises(SettingsError, match="no token"):
        doors.helpdesk(turned_on)
    with pytest.raises(SettingsError, match="must begin with https"):
        doors.helpdesk(workspace.change(node_options={"helpdesk": "http://help.example"}), "token")


def test_wrong_token_is_said_and_stands_nowhere_in_the_workspace(asked, nodes, monkeypatch, tmp_path):
    secret = "wrong-token-4711"
    ready = json.loads((tmp_path / "ready.json").read_text()) | {"helpdesk_token": secret}
    (tmp_path / "other.json").write_text(json.dumps(ready))
    other = asked.change(practice=str(tmp_path / "other.json"))
    with pytest.raises(NodeError, match="does not take this token") as raised:
        paperwork.send_ticket(other, "project-upv")
    assert secret not in str(raised.value)
    for file in asked.folder.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes(), file


def test_every_group_of_every_ticket_is_offered_by_the_practice_helpdesk(workspace, nodes):
    offered = set(doors.helpdesk(workspace).groups())
    assert {group for one in tickets() for group in one.groups} <= offered
