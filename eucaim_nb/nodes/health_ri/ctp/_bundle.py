"""All files of a CTP that sends to Health-RI."""

from collections.abc import Sequence
from dataclasses import replace

from ._config import Pipeline, config
from ._howto import howto
from ._log import quiet_log
from ._lookup import Pseudonyms, lookup
from ._rules import Rules
from ._script import anonymizer, routing

CONFIG, DEIDENTIFYING = "config.xml", "config-deidentify.xml"
ANONYMIZER, ROUTING, FILTER = "anonymizer.script", "anonymizerXnat.script", "filter.script"
LOOKUP, LOG, HOWTO = "lookup.properties", "log4j.properties", "HOWTO.txt"
_PORT = 8190
_ZIPPED = 100
"""CTP speaks to XNAT by archives, to another CTP by single images."""
_FILTER = """\
// What is sent: images with a patient, of the modalities of imaging, masks and structure sets.
[0008,0060].matches("CT|MR|PT|NM|US|MG|CR|DX|RF|XA|IO|PX|OT|SC|SM|XC|SEG|RTSTRUCT") * ![0010,0020].equals("")
"""


def bundle(
    rules: Rules,
    pseudonyms: Pseudonyms,
    *,
    project: str,
    deidentified: str,
    originals: Sequence[str],
    table: str,
    export: str,
    xnat: str = "",
) -> dict[str, str]:
    """Return every file by name, with its content.

    Parameters
    ----------
    project
        The project at XNAT.
    deidentified, originals
        Folder of the de-identified images, and folders of the originals, which only `config-deidentify.xml` names.
    table
        Where `lookup.properties` will be: it says who is who, and lies where the others do not.
    export, xnat
        Address that takes the images; that of the XNAT if it goes there without another CTP between.
    """
    sending = Pipeline(
        port=_PORT,
        trees=[deidentified],
        export=export,
        xnat=xnat,
        routing=ROUTING,
        filter=FILTER,
        zipped=_ZIPPED if xnat else 0,
    )
    treating = replace(sending, trees=list(originals), anonymizer=ANONYMIZER, lookup=table)
    return {
        CONFIG: config(sending),
        DEIDENTIFYING: config(treating),
        ANONYMIZER: anonymizer(rules),
        ROUTING: routing(project),
        FILTER: _FILTER,
        LOOKUP: lookup(pseudonyms),
        LOG: quiet_log(),
        HOWTO: howto(rules, export, direct=bool(xnat)),
    }
