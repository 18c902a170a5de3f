"""Files that lie among the images and are no images."""

from ._people import Person

DS_STORE = b"\0\0\0\x01Bud1" + bytes(120)
THUMBS_DB = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
APPLE_DOUBLE = bytes.fromhex("0005160700020000") + b"Mac OS X        " + bytes(58)
NOTE = "Die fehlenden Bilder liegen auf der zweiten CD.\r\nRückfragen bitte im Archiv.\r\n".encode()
LOGIN_PAGE = b"""<!DOCTYPE html>
<html><head><title>PACS - Sign in</title></head>
<body><h1>Your session has expired</h1>
<form action="/login" method="post"><input name="user"><input name="password" type="password"></form>
</body></html>
"""


def report(person: Person) -> bytes:
    """A PDF of one page that names the patient."""
    text = f"Radiology report: {person.latin}, born {person.birth:%d.%m.%Y}, ID {person.patient_id}"
    page = f"BT /F1 12 Tf 60 780 Td ({text}) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return data + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
