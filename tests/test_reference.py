"""The procedure as data: every action, address, title and ticket of EUCAIM's documents has its place."""

import datetime as dt
import re
from string import Formatter
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from eucaim_nb.reference import actions, links, papers, phases, tickets

FAMILIES = ("upv", "health-ri")
FIELDS = ("project", "username", "site", "organisation", "url", "dataset", "trouble")

# Every address of the three documents: the table of actions, and section 6 "Transfer to Reference Node" in two
# renderings. They are written as they stand there, with escapes, trailing dots and redirects.
ADDRESSES = r"""
https://drive.google.com/drive/folders/1dn1xQB9K7Fn3WzzqN5HRiQ7NiVwYt0yy
https://drive.google.com/file/d/1F5zMFfhZ9u53gcMhxRNUZVivjqvLspkU/view?usp=sharing
https://dashboard.eucaim.cancerimage.eu
https://eucaim.gitbook.io/end-user-guide
https://www.youtube.com/@EUCAIM
https://training.eucaim.cancerimage.eu/
https://drive.google.com/file/d/1EsFYxbzqpyYKggyeKrKKw3FkVecDby8P/view
https://bio.tools/mitk
https://hub.docker.com/r/mariov687/dicomseg
https://bio.tools/eucaim_dicom_anonymizer%20
https://bio.tools/eucaim_wizard_tool
https://bio.tools/dicom_file_integrity_checker_by_gibi230
https://help.cancerimage.eu
https://bio.tools/data_ingestion_tool_upv_reference_node
https://bio.tools/data\_ingestion\_tool\_upv\_reference\_node
https://gitlab.com/radiology/infrastructure/data-curation-tools/ctp-standalone.
https://gitlab.com/radiology/infrastructure/data-curation-tools/ctp-standalone/-/blob/a195e33ff9711da8e5abefc8285c443b40b8502a/Manuals/EUCAIM%20XNAT%20Central%20Repository.pdf
https://eucaim-node.i3m.upv.es/dataset-service/datasets?invalidated=false
https://www.health-ri.nl/en/services/xnat
https://eucaim.gitbook.io/enduserguide/6-userguide4members
https://eucaim.gitbook.io/end-user-guide/user-guide-for-data-holders
https://xnat.readthedocs.io/en/latest/
https://docs.google.com/spreadsheets/d/1cj6YzIAchHnEKlH612gO91WzHfEOB4TbwBrl9a0kgE0/edit?usp=sharing
https://docs.google.com/spreadsheets/d/19DDoFq-_Bj7wfEf5KjkISe13kS-W5EYQ/edit?usp=sharing&ouid=102741390744373897413&rtpof=true&sd=true
https://catalogue.eucaim.cancerimage.eu/\#/collection/
https://catalogue.eucaim.cancerimage.eu/#/collection/\<\<identifier\>\>
https://eucaim-node.i3m.upv.es/
https://github.com/chaimeleon-eu
https://xnat.health-ri.nl
https://www.google.com/url?q=https://bio.tools/eetl_toolset&sa=D&source=docs&ust=1746522946004469&usg=AOvVaw03nEW7Q5sOpFaDNIZA6ogQ
""".strip().splitlines()

# The actions as the three documents call them, with the id of the action they became.
TITLES = [
    ("Provide documentation", "documentation"),
    ("Data Transfer Agreement", "dta"),
    ("Get Familiar with EUCAIM", "familiar"),
    ("Request a EUCAIM User", "eucaim-user"),
    ("Extract the Imaging and clinical data", "extract"),
    ("Annotate the data (optional)", "annotate"),
    ("Data de-identification", "deidentify"),
    ("Anonymisation", "deidentify"),
    ("Re-identification risk assessment (optional)", "risk"),
    ("Data Quality assessment (optional)", "quality"),
    ("Provide Data Ingester Account Details", "ingester-account"),
    ("Download and install the Data Ingestion tool", "ingestion-tool"),
    ("Download and install CTP", "ingestion-tool"),
    ("Request a user in the Reference node", "node-user"),
    ("Upload Imaging Data", "upload-images"),
    ("Upload clinical Data", "upload-clinical"),
    ("Create and Publish the Dataset", "create-dataset"),
    ("Provide the dataset’s metadata", "metadata"),
    ("Make a request of registry upload", "registry"),
    ("Verify the entries in the catalogue", "catalogue-entry"),
]

# Titles of tickets in the documents, and the node they are for.
TICKETS = [
    ("Create a data ingestion project in UPV", "upv"),
    ("Create a data ingestion imaging biobank", "upv"),
    ("Create XNAT project in HealthRI", "health-ri"),
    ("Create XNAT project", "health-ri"),
]


def normal(address: str) -> str:
    """Return an address without what word processors and Markdown did to it."""
    address = address.replace("\\", "")
    parts = urlsplit(address)
    if parts.netloc == "www.google.com" and parts.path == "/url":
        address = parse_qs(parts.query)["q"][0]
    address = re.sub(r"<<.*?>>|\{id\}", "", unquote(address))
    return address.rstrip("/. ")


def known_addresses() -> set[str]:
    return {
        normal(text)
        for link in links().values()
        for text in (link.url, *link.formerly)
        if text.startswith("https:")
    }


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_of_the_documents_is_a_link(address):
    assert normal(address) in known_addresses()


def test_the_18_actions_are_there_in_their_order_and_phase():
    assert [(action.number, action.id, action.phase) for action in actions()] == [
        (1, "documentation", "legal"),
        (2, "dta", "legal"),
        (3, "familiar", "accounts"),
        (4, "eucaim-user", "accounts"),
        (5, "extract", "inspect"),
        (6, "annotate", "annotations"),
        (7, "deidentify", "deidentify"),
        (8, "risk", "risk"),
        (9, "quality", "quality"),
        (10, "ingester-account", "prepare"),
        (11, "ingestion-tool", "prepare"),
        (12, "node-user", "prepare"),
        (13, "upload-images", "upload"),
        (14, "upload-clinical", "clinical"),
        (15, "create-dataset", "dataset"),
        (16, "metadata", "metadata"),
        (17, "registry", "register"),
        (18, "catalogue-entry", "register"),
    ]
    assert {action.phase for action in actions()} == {phase.id for phase in phases()} - {"start"}
    assert {action.id for action in actions() if action.optional} == {"annotate", "risk", "quality"}
    assert {action.id for action in actions() if action.by == "tool"} == {"extract", "deidentify", "upload-images"}
    assert [action.id for action in actions() if action.may_skip] == ["upload-clinical"]


@pytest.mark.parametrize(("title", "action_id"), TITLES)
def test_every_action_of_the_documents_is_found_under_its_old_name(title, action_id):
    found = {action.id for action in actions() if title in (action.title, *action.formerly)}
    assert action_id in found


@pytest.mark.parametrize(("title", "family"), TICKETS)
def test_every_ticket_title_of_the_documents_belongs_to_the_node_it_names(title, family):
    found = [ticket for ticket in tickets(family) if title in (ticket.title, *ticket.formerly)]
    assert [ticket.action for ticket in found] == ["ingester-account"]
    assert {"Reference nodes", "Technical support team"} <= set(found[0].groups)
    other = next(one for one in FAMILIES if one != family)
    assert not [one for one in tickets(other) if title in (one.title, *one.formerly)]


def test_registration_is_asked_for_in_the_category_catalogue_with_the_spreadsheet():
    (ticket,) = (ticket for ticket in tickets() if ticket.action == "registry")
    assert ticket.groups[0] == "catalogue"
    assert "readsheet" in ticket.attachments[0]


def test_every_link_is_https_used_and_says_where_it_was_read():
    used = {name for action in actions() for name in action.links}
    assert used == set(links())
    for link in links().values():
        assert urlsplit(link.url).scheme == "https", link.id
        assert all(not text.startswith("http:") for text in link.formerly), link.id
        assert [name for _, name, _, _ in Formatter().parse(link.url) if name] in ([], ["id"]), link.id
        assert set(link.families) <= set(FAMILIES), link.id
    urls = [link.url for link in links().values()]
    assert len(urls) == len(set(urls))


def test_every_entry_says_its_source_and_when_it_was_read():
    for entry in (*actions(), *links().values(), *tickets(), *papers()):
        assert entry.source.strip(), entry.id
        assert type(entry.read_on) is dt.date, entry.id


@pytest.mark.parametrize("family", FAMILIES)
def test_each_node_has_instructions_for_every_action_and_none_of_the_other_node(family):
    other = next(one for one in FAMILIES if one != family)
    for whole, part in zip(actions(), actions(family), strict=True):
        assert part.instructions, part.id
        assert [step for step in whole.instructions if step.families != (other,)] == [
            step for step in whole.instructions if step.text in {one.text for one in part.instructions}
        ]
        assert all(other not in line.families for line in part.checklist), part.id
        assert all(links()[name].families != (other,) for name in part.links), part.id
        assert all(name in part.links for step in part.instructions for name in step.links), part.id


def test_instructions_and_checklists_name_known_nodes_and_unique_lines():
    for action in actions():
        for entry in (*action.instructions, *action.checklist):
            assert set(entry.families) <= set(FAMILIES), entry
        ids = [line.id for line in action.checklist]
        assert len(ids) == len(set(ids)), action.id


def test_tickets_can_be_filled_with_any_text_and_have_no_other_field():
    filled = dict.fromkeys(FIELDS, "{0} {x} %s <b>")
    for ticket in tickets():
        assert "{0} {x} %s <b>" in ticket.body.format(**filled), ticket.id
        assert ticket.action in {action.id for action in actions()}, ticket.id


def test_an_action_names_the_ticket_of_its_own_node():
    def ticket(family: str) -> str | None:
        return next(action.ticket for action in actions(family) if action.id == "ingester-account")

    assert (ticket("upv"), ticket("health-ri")) == ("project-upv", "project-health-ri")


@pytest.mark.parametrize(
    ("family", "action_id", "says"),
    [
        ("upv", "node-user", "Data ingester"),
        ("upv", "node-user", "Dataset manager"),
        ("upv", "node-user", "Add a password"),
        ("upv", "create-dataset", "Export dataset"),
        ("upv", "create-dataset", "Actions and release"),
        ("upv", "upload-clinical", "PatientID"),
        ("health-ri", "create-dataset", "protected"),
        ("health-ri", "upload-clinical", "XNATpy"),
        ("health-ri", "ingestion-tool", "CTP"),
        ("health-ri", "upload-images", "JSON"),
    ],
)
def test_the_words_a_person_needs_at_the_node_are_in_the_instructions(family, action_id, says):
    action = next(action for action in actions(family) if action.id == action_id)
    assert any(says in step.text for step in action.instructions)


@pytest.mark.parametrize("tag", ["(0010,0020)", "(0008,0060)", "(0018,0015)", "(0008,0070)", "(0008,0022)"])
def test_each_header_that_health_ri_demands_is_a_line_of_its_checklist(tag):
    upload = next(action for action in actions("health-ri") if action.id == "upload-images")
    assert any(tag in line.text and not line.optional for line in upload.checklist)


@pytest.mark.parametrize(
    ("word", "needed"),
    [
        ("legal representation", True),
        ("legal basis", False),
        ("ethical approval", False),
        ("Data Protection Officer", True),
        ("DPIA", False),
        ("national law", False),
        ("Security", True),
        ("GDPR", True),
        ("anonymised", True),
        ("Terms of use", True),
    ],
)
def test_each_legal_document_of_the_table_has_to_be_on_file_if_it_applies(word, needed):
    (paper,) = (one for one in papers("documentation") if word in one.title)
    assert paper.optional is not needed


def test_every_paper_belongs_to_an_action_and_says_what_it_is_and_who_signs():
    for paper in papers():
        assert paper.action in {action.id for action in actions()}, paper.id
        assert paper.about.strip(), paper.id
        assert paper.signs.strip(), paper.id
        assert set(paper.links) <= set(links()), paper.id
