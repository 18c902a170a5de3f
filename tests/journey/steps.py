"""What a learner does on each page, from the papers to the entry in the catalogue, by what is to be seen there."""

import json
import re

import requests

from eucaim_nb.reference import papers

RECORD = (
    {
        "Identifier (mandatory)": "1a1a6653-975a-4a0a-a79b-b2bfc7317119",
        "Title (mandatory)": "Practice cohort",
        "Description (mandatory)": "Images of invented people",
        "Version (mandatory)": "1.0.0",
        "Contact e-mail (conditional)": "data@hospital.example",
        "Publisher name (mandatory)": "Hospital of Practice",
        "Publisher e-mail (conditional)": "data@hospital.example",
    },
    {"Keyword (mandatory)": "practice", "Provenance (mandatory)": "Made by a program"},
    {},
)
"""Words that only a person knows, by page of the form; the node may have given some of them."""
TERMS = (
    {
        "Interoperability tier": ("Tier 1 (eucaim:SPEC1000009)",),
        "Type": ("Annotated Dataset (eucaim:SPEC1000019)", "Pseudonymised data (dpv:PseudonymisedData)"),
        "Access rights": ("Restricted (access:RESTRICTED)",),
    },
    {"Collection method": ("Patient-based (eucaim:SPEC1000004)",)},
    {"Rights and access conditions": ("In-situ processing (conditions:access-conditions/#IN_SITU_PROCESSING)",)},
)
"""Terms that are chosen from lists, by page of the form."""
ANNOTATORS = {
    "Number of annotators": "2",
    "What they are": "radiologist",
    "Years of experience": "5 to 12",
    "Sequences they looked at": "CT, venous phase",
}
AT_UPV = {
    "Version *": "1.0.0",
    "Purpose *": "research on practice",
    "Provenance *": "our PACS",
    "Licence *": "CC BY 4.0",
}
AT_HEALTH_RI = {
    "Title *": "Practice cohort",
    "Description *": "Images of invented people",
    "Keywords *": "practice, CT",
    "First name of the principal investigator *": "Ada",
    "Last name of the principal investigator *": "Example",
}


def legal(learner):
    put_on_file(learner, "Provide the documentation", "documentation")
    learner.open("Data Transfer Agreement (DTA)")
    learner.open("Fill in and draft the agreement")
    learner.press("Draft the agreement")
    learner.sees("The agreement is drafted")
    record_as_done(learner)


def accounts(learner):
    put_on_file(learner, "Get familiar with EUCAIM", "familiar")
    learner.open("Request a EUCAIM user")
    learner.fill("SITE ID of your organisation", "0042")
    learner.press("Keep the SITE ID")
    learner.sees("The SITE ID 0042 is in eucaim.toml")
    record_as_done(learner)


def inspect(learner):
    learner.press(re.compile("^Scan 1 folder"))
    learner.sees(re.compile(r"^\d+ instances, \d+ series"))
    learner.fill("What they are, and what was done about them", "planted for practice")
    learner.press("Record that they were looked at")
    learner.sees("It is recorded that the findings were looked at")


def annotations(learner):
    learner.press("Find the series they belong to")
    learner.sees("found their series")
    learner.open("What EUCAIM asks of the annotations as a whole")
    for label, value in ANNOTATORS.items():
        learner.fill(label, value)
    learner.press("Make the segmentations")
    learner.sees("Do they lie right?")


def deidentify(learner):
    learner.press(re.compile(r"^De-identify \d+ instances"))
    learner.sees(re.compile(r"^\d+ instances written and verified"))


def risk(learner):
    learner.press("Assess the risk")
    learner.sees("The last assessment ended")
    record_as_done(learner)


def quality(learner):
    learner.press("Check the images")
    learner.sees("against sending these images as they are")
    learner.choose("Weight", "Errors")
    left_out = learner.page.get_by_role("button", name="Take back", exact=True)
    while learner.page.get_by_text("against sending these images as they are").count():
        before = left_out.count()
        learner.page.get_by_role("button", name=re.compile("^▸ EUCAIM-")).first.click()
        learner.open("Leave the series, or one image, out")
        learner.fill("Reason", "what it says of itself is not true")
        learner.press("Leave out")
        left_out.nth(before).wait_for()
    learner.press("Check again")
    learner.sees(re.compile(r" [1-9]\d* had not changed"))
    learner.sees("Nothing stands against sending these images")


def prepare(learner):
    learner.press("Test the connection")
    learner.sees("takes images at")
    learner.sees("everything that is needed")
    record_as_done(learner)


def upload(learner):
    send = learner.button(re.compile(r"^Upload \d+ instances"))
    count = int(re.search(r"\d+", send.inner_text())[0])
    assert not learner.page.get_by_label("Reason why these images may be sent").is_visible()
    send.click()
    learner.sees(f"Stored and verified {count} of {count} instances")
    assert held(learner) == count


def clinical(learner):
    learner.fill(re.compile("^Clinical table"), learner.sample / "clinical" / "clinical.csv")
    learner.press("Read the table")
    learner.sees(re.compile(r"^Read \d+ rows and \d+ columns"))
    learner.choose("Population (mandatory)", "Patient with Cancer")
    learner.open("4. Check and preview")
    learner.press("Check the table")
    for step in ("trim", "zero-pad"):
        learner.press(re.compile(f"^Change Patient IDs by {step}"))
        learner.button(re.compile(f"^Change Patient IDs by {step}")).wait_for(state="detached")
    learner.open("Values and how they are read")  # of the first column that has any, Sexo
    learner.choose("1 (1 row)", "Female")
    learner.sees("changed since")
    learner.press("Check the table")
    learner.sees(re.compile("rows would be exported"))
    learner.open("5. Export")
    learner.press("Write the exports")
    learner.sees(re.compile("rows are written"))
    learner.open("6. Upload to the node")
    if learner.at_upv:
        learner.fill("Reason why they may be sent all the same", "some patients have no row")
    learner.press("Upload the clinical data")
    learner.sees(re.compile(r"^Stored and verified (\d+) of \1 pieces"))


def dataset(learner):
    if learner.at_upv:
        learner.fill("Name of the dataset", "Practice cohort")
        learner.fill("Description of the dataset", "Images of invented people")
        learner.press("Make the dataset")
    else:
        learner.press("Look at the node")
    learner.press("Compare with what was sent")
    learner.sees("Every series that was sent and verified is in the dataset")
    for label, value in (AT_UPV if learner.at_upv else AT_HEALTH_RI).items():
        learner.fill(label, value)
    if learner.at_upv:
        learner.page.get_by_label("original", exact=True).check()
        learner.page.get_by_label("patient-based", exact=True).check()
    learner.press("Save the changes at the node")
    learner.sees("The node now shows what you typed")
    learner.sees("Nothing speaks against releasing it")
    learner.press("Release the dataset")
    learner.sees("the node shows it as")


def metadata(learner):
    learner.press("Fill in what is known")
    learner.sees("What you wrote stayed as it was")
    for number, (words, terms) in enumerate(zip(RECORD, TERMS, strict=True)):
        if number:
            learner.press("Next page")
        for label, value in words.items():
            label = re.compile(f"^{re.escape(label)}")
            if not learner.page.get_by_label(label).first.input_value():
                learner.fill(label, value)
        for name, chosen in terms.items():
            for term in chosen:
                learner.choose(f"{name} (mandatory)", term)
                learner.page.get_by_title(f"Add the term to {name}", exact=True).click()
        if "Collection method" in terms:
            learner.fill("Search terms for Cancer condition", "colon")
            learner.sees(re.compile(r"^\d+ terms? found"))
            learner.page.get_by_title("Add the term to Cancer condition", exact=True).click()
    learner.sees("no errors")
    learner.press("Save a version")
    learner.sees("Version 1 is saved")
    learner.open("Files: write")
    learner.press("Write the files")
    learner.sees("The RDF conforms to the shapes of the profile")


def register(learner):
    learner.press("Make the attachments ready")
    learner.sees("metadata-molgenis.xlsx")
    learner.open("Ticket for the helpdesk")
    learner.fill("EUCAIM user name", "practice")
    learner.press("Send to the helpdesk")
    learner.sees("The helpdesk has the ticket under the number")
    learner.press("Look it up in the catalogue")
    learner.sees("The catalogue shows the dataset")
    learner.press("Make the dossier")
    learner.sees("The last making of the dossier ended")
    learner.press("Verify it")
    learner.sees("as it was sealed")


STEPS = {
    one.__name__: one
    for one in (
        legal,
        accounts,
        inspect,
        annotations,
        deidentify,
        risk,
        quality,
        prepare,
        upload,
        clinical,
        dataset,
        metadata,
        register,
    )
}
"""By id of the phase."""


def put_on_file(learner, title, action):
    """Put every document on file that an action needs."""
    learner.open(title)
    learner.open("Put one on file")
    for one in papers(action):
        if not one.optional:
            learner.choose("Document", one.title)
            learner.fill("Its file", learner.paper(one.id))
            learner.press("Put on file")
            learner.sees(f"On file: {one.title}.")


def record_as_done(learner):
    """Record every action of the page that waits for a person, with a note and a paper."""
    learner.open_guide()
    shut = learner.page.get_by_role("button", name=re.compile(r"^▸ \d+\. "))
    for title in shut.all_inner_texts():
        learner.open(title.strip("▸ "))
    waiting = learner.page.get_by_role("button", name=re.compile("^Record as done"))
    recorded = learner.page.get_by_text(re.compile("^Recorded as done: "))
    while waiting.count():
        before = recorded.count()
        learner.fill("Note", "done while practising")
        learner.fill("File that shows it, if there is one", learner.paper("proof"))
        waiting.first.click()
        recorded.nth(before).wait_for()


def held(learner):
    """Return how many instances the practice node holds, by its own account."""
    ready = json.loads((learner.folder / "practice" / "ready.json").read_text())
    return requests.get(f"{ready['control']}/instances", params={"node": learner.node}, timeout=10).json()["count"]
