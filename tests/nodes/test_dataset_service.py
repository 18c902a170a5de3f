"""The client of dataset-service: long lists are read whole, refusals are explained, and nothing unknown is quoted."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from eucaim_nb.errors import NodeError
from eucaim_nb.nodes import DatasetService, _asking
from tests.nodes.scripted import Reply, answering, as_json

ROWS = [{"id": str(number)} for number in range(450)]


def service(url, **more):
    return DatasetService(title="The node", url=url, session=requests.Session(), **more)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(_asking, "_FIRST_WAIT", 0.001)


def page(method, path):
    asked = {name: int(values[0]) for name, values in parse_qs(urlsplit(path).query).items()}
    rows = ROWS[asked["skip"] :][: asked["limit"]]
    return as_json({"total": len(ROWS), "list": rows})


def test_list_longer_than_a_page_is_read_to_its_end():
    with answering(page) as url:
        assert list(service(url).datasets()) == ROWS


@pytest.mark.parametrize("status", [400, 401, 404])
def test_refusal_that_is_not_known_is_not_quoted(status):
    told = as_json({"error": "Patient Doe^Jane is not allowed", "status_code": status}, status)
    with answering(lambda *_: told) as url, pytest.raises(NodeError) as refused:
        service(url).dataset("1-2")
    assert str(status) in str(refused.value)
    assert "Jane" not in str(refused.value)


def test_known_refusal_says_what_to_do():
    told = as_json({"error": "unauthorized user", "status_code": 401}, 401)
    with answering(lambda *_: told) as url, pytest.raises(NodeError, match="the role Dataset manager"):
        service(url).dataset("1-2")


def test_answer_that_is_no_json_of_the_service():
    told = Reply(body=b"neither list nor object")
    with answering(lambda *_: told) as url, pytest.raises(NodeError, match="not the dataset service's JSON"):
        service(url).dataset("1-2")


@pytest.mark.parametrize("told", [[{"action": "use"}], {"total": 1, "traces": [{"action": "use"}]}])
def test_traces_are_read_in_either_form(told):
    with answering(lambda *_: as_json(told)) as url:
        assert service(url, tracer=url).traces("1-2") == [{"action": "use"}]
        assert service(url).traces("1-2") == []
