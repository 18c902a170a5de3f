"""The check of CTP's files finds each thing that loses images or lets something pass, and is silent about the rest."""

import pytest

from eucaim_nb.nodes.health_ri import ctp

from .conftest import rules
from .interpreter import properties

NOW = 1_800_000_000.0


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return ctp.bundle(
        rules(),
        ctp.Pseudonyms({"4711": "EU-1"}, {"1.2.3": "2.25.3"}, {"4711": -7}),
        project="PRACTICE",
        deidentified="/ws/deidentified",
        originals=["/data/originals"],
        table="/ws/private/ctp/lookup.properties",
        export="https://central.example:443",
    )


def found(files, **more):
    return {(note.file, note.rule) for note in ctp.lint(files, now=NOW, **more) if note.severity is ctp.Severity.ERR}


def test_what_we_write_has_no_error(files):
    assert found(files) == set()


BROKEN = [
    (ctp.CONFIG, 'quarantine="quarantines/filter"', "", "quarantine"),
    (ctp.CONFIG, 'root="roots/filter"', "", "root"),
    (ctp.CONFIG, 'root="roots/filter"', 'root="roots/routing"', "root"),
    (ctp.CONFIG, "central.example:443", "central.example", "port"),
    (ctp.CONFIG, "central.example:443", "central.example:443/?a=1&b=2", "XML"),
    (ctp.CONFIG, "https://central.example:443", "http://central.example:80", "encryption"),
    (ctp.CONFIG, "https://central", "https://me:secret@central", "password"),
    (ctp.CONFIG, 'interval="5000"', 'interval="5000" username="me" password="secret"', "password"),
    (ctp.CONFIG, 'port="8190"', 'port="80"', "port"),
    (ctp.CONFIG, "/ws/deidentified", "", "tree"),
    (ctp.DEIDENTIFYING, "lookup.properties", "lookup.csv", "look-up table"),
    (ctp.ANONYMIZER, '"PatientIdentityRemoved">@always()YES', '"PatientIdentityRemoved">YES', "constant"),
    (ctp.ANONYMIZER, '"ImageType">@keep()', '"ImageType">@kepe()', "function"),
    (ctp.ANONYMIZER, '"ImageType">@keep()', '"ImageType">@keep', "function"),
    (ctp.ANONYMIZER, '"ImageType">@keep()', '"ImageType">@contents(this', "brackets"),
    (ctp.ANONYMIZER, '"ImageType">@keep()', '"ImageType">@skip()', "skip"),
    (ctp.ANONYMIZER, '"ImageType">@keep()', '"ImageType">@param(@SITE)', "parameter"),
    (ctp.ANONYMIZER, '"ReferencedImageSequence">@process()', '"ReferencedImageSequence">@keep()', "sequence"),
    (ctp.ANONYMIZER, '"ReferencedImageSequence">@process()', '"ReferencedImageSequence">@empty()', "sequence"),
    (ctp.ANONYMIZER, 't="unspecifiedelements"', 't="none"', "unspecified"),
    (ctp.ANONYMIZER, 't="privategroups"', 't="none"', "private"),
    (ctp.ANONYMIZER, '"Modality">@keep()', '"Modality">@remove()', "mandatory header"),
    (ctp.ROUTING, "@always()Project", "Project", "constant"),
    (ctp.ROUTING, "Subject:", "Subj:", "routing"),
    (ctp.ROUTING, ">PRACTICE<", ">MY PROJECT<", "label"),
    (ctp.FILTER, '.equals("")', '.equals("', "filter"),
    (ctp.LOG, "org.rsna = WARN", "org.rsna = DEBUG", "debug log"),
    (ctp.LOOKUP, "shift/4711=-7\n", "", "look-up table"),
]


@pytest.mark.parametrize(("file", "was", "broken", "rule"), BROKEN)
def test_each_trap_is_an_error(files, file, was, broken, rule):
    assert was in files[file]
    said = found({**files, file: files[file].replace(was, broken, 1)})
    assert rule in {one for _, one in said}


def test_warnings_name_what_may_go_wrong(files):
    def warned(**changed):
        return {note.rule for note in ctp.lint({**files, **changed}, newest=NOW - 2, now=NOW)}

    assert {"too young", "certificate", "default passwords"} <= warned()
    deleting = files[ctp.CONFIG].replace("ArchiveImportService", "DirectoryImportService")
    assert "deletes" in warned(**{ctp.CONFIG: deleting})
    hashed = files[ctp.ANONYMIZER].replace('"ImageType">@keep()', '"ImageType">@hash(this,8)')
    assert "no secret" in warned(**{ctp.ANONYMIZER: hashed})
    assert "filter" in warned(**{ctp.FILTER: "true."})
    assert "configuration log" in warned(**{ctp.LOG: files[ctp.LOG].replace("WARN", "INFO")})


def test_old_files_are_not_called_young(files):
    rules_broken = {note.rule for note in ctp.lint(files, newest=NOW - 60, now=NOW)}
    assert "too young" not in rules_broken


def test_direct_way_to_xnat_names_no_password(files):
    direct = ctp.bundle(
        rules(),
        ctp.Pseudonyms({"4711": "EU-1"}, {"1.2.3": "2.25.3"}, {"4711": -7}),
        project="P",
        deidentified="/d",
        originals=["/o"],
        table="/t/lookup.properties",
        export="https://xnat.example:443/data/services/import?import-handler=DICOM-zip&inbody=true",
        xnat="https://xnat.example:443",
    )
    assert found(direct) == set()
    assert "sign-in" in {note.rule for note in ctp.lint(direct)}


@pytest.mark.parametrize("number", ["A B", "a:b", "a=b", "#7", "!x", "Ünal 7", "tab\there", " padded "])
def test_keys_of_the_table_are_read_back_by_java_s_rules(number):
    text = ctp.lookup(ctp.Pseudonyms({number: "EU-1"}, {}, {}))
    assert properties(text) == {f"ptid/{number.strip()}": "EU-1"}
