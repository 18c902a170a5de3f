"""What a person does with the files of a CTP."""

from ._rules import Rules

_WORDS = {
    "clean text": "{n} attributes with free text are emptied; the toolkit would keep what names nobody",
    "number": "{n} numbers such as the accession number are emptied; the toolkit would replace them",
    "structured": "{n} sequences of structured content are removed; the toolkit would clean each item",
}

_TEXT = """\
CTP FOR HEALTH-RI
=================

Two ways. Choose one, and use it for the whole submission.

A. CTP only sends (config.xml). Recommended.
   The images were de-identified and verified by eucaim-nb. CTP adds where they belong and sends them.

B. CTP also de-identifies (config-deidentify.xml; rename it to config.xml).
   It reads the original images. Nobody has verified what comes out: look at it, with
   `eucaim-nb lint-deidentified FOLDER`, before the first real transfer.

On this computer
----------------
    eucaim-nb ctp WORKSPACE --run
starts CTP, shows its queue and its quarantine, stops it, and compares with what the node lists. No password is written
anywhere: CTP hands the images to eucaim-nb, which signs in. Set ctp_home under [node] in eucaim.toml, or CTP_HOME, to
the folder of CTP (the one with `libraries` in it). Java 8 or newer is needed.

On another computer
-------------------
1. Copy the files of this folder into the folder of CTP. Put the images there too, and correct treeRoot.
2. Way B also needs lookup.properties. It says which patient has which pseudonym: copy it by a way that you trust, let
   only the account of CTP read it, and delete it there when the transfer is done.
3. Replace both passwords in the page of CTP (users admin and king) before it starts with images.
4. {export}
5. Wait at least 5 seconds after the last file was copied. CTP walks the folder once, and what is younger than that it
   passes over, without a word.
6. Start: java -Djava.awt.headless=true -Xmx512m -jar libraries/CTP.jar
7. When the queue is empty, look into every folder below quarantines. What lies there was not sent.
8. Compare with the node: `eucaim-nb verify WORKSPACE` counts what was sent from this workspace; for a transfer from
   another computer, compare the number of images in each session at XNAT with the report of the de-identification.

What CTP does otherwise than eucaim-nb (way B)
----------------------------------------------
{differs}
- Pseudonyms, UIDs and the days by which dates move come from lookup.properties. An image with a patient or a UID that
  is not in it goes to quarantine.
- Private attributes are all removed, also those known to be safe.
- A date that is not written as YYYYMMDD, or a date and time with an offset from UTC, is emptied.
- Text burned into pictures is not searched for, and remarks in compressed pictures stay.
- CTP goes by the tag alone: an attribute that a file gives with another VR than the standard's is treated as usual.
"""


def howto(rules: Rules, export: str, *, direct: bool) -> str:
    """Return the text; `direct` tells that CTP signs in at the XNAT itself."""
    differs = []
    for action, words in _WORDS.items():
        count = sum(one[3] == action for one in rules.attributes)
        if count:
            differs.append(f"- {words.format(n=count)}.")
    sign_in = (
        f"CTP sends to {export}. Fill in username and password in config.xml; delete them when the transfer is done."
        if direct
        else f"CTP sends to {export}. Ask the helpdesk whether that is still the address."
    )
    return _TEXT.format(export=sign_in, differs="\n".join(differs) or "- Nothing of note.")
