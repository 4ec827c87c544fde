"""Small documents made by hand: PDF, DOCX and what else a test needs of them."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def pdf(pages: Sequence[Sequence[str]], info: Mapping[str, str] | None = None) -> bytes:
    """A PDF with some lines on each page."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b""]
    objects[2] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    kids = []
    for lines in pages:
        shown = " T* ".join(f"({_escaped(line)}) Tj" for line in lines)
        text = f"BT /F1 11 Tf 14 TL 60 760 Td {shown} ET".encode("latin-1") if lines else b""
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    told = "".join(f"/{name} ({_escaped(value)}) " for name, value in (info or {}).items())
    objects.append(f"<< {told}>>".encode("latin-1"))
    return _assembled(objects, b"/Info %d 0 R" % len(objects))


def locked_pdf() -> bytes:
    """A PDF that no empty password opens."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 0 /Kids [] >>"]
    key = "AB" * 32
    objects.append(
        f"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O <{key}> /U <{key}> >>".encode("latin-1")
    )
    return _assembled(objects, b"/Encrypt 3 0 R /ID [<00> <00>]")


def docx(
    body: str, *, core: Mapping[str, str] | None = None, media: Mapping[str, bytes] | None = None
) -> bytes:
    """A DOCX with a body in Word's XML; its pictures are `rId1`, `rId2`."""
    names = list(media or {})
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/image" Target="media/{name}"/>'
        for n, name in enumerate(names, start=1)
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        "</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        f"<w:body>{body}</w:body></w:document>",
    }
    if core is not None:
        told = "".join(f"<{name}>{value}</{name}>" for name, value in core.items())
        files["docProps/core.xml"] = (
            f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
            f"{told}</cp:coreProperties>"
        )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for name, raw in (media or {}).items():
            archive.writestr(f"word/media/{name}", raw)
    return held.getvalue()


def paragraph(*runs: str) -> str:
    """A paragraph of texts and of what is XML already."""
    return f"<w:p>{''.join(run if run.startswith('<') else text_run(run) for run in runs)}</w:p>"


def text_run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def picture_run(number: int, alt: str = "") -> str:
    """A picture within a line."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="{number}" name="p" descr="{alt}"/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:blipFill><a:blip r:embed="rId{number}"/></pic:blipFill></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


def table(*rows: Sequence[str]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def png() -> bytes:
    """One grey pixel."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _assembled(objects: Sequence[bytes], trailer: bytes) -> bytes:
    held = bytearray(b"%PDF-1.4\n")
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(held))
        held += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(held)
    held += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    held += b"".join(b"%010d 00000 n \n" % place for place in places)
    held += b"trailer << /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    return bytes(held + b"startxref\n%d\n%%%%EOF\n" % start)
