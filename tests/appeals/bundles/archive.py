"""What ISO 19005-3 (PDF/A-3, level A) asks and can be seen by reading the file.

No validator: whether the drawing itself follows the glyph widths, and whether tags say
what is meant, is not looked at. ``findings`` names each fault with its clause.
"""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as Xml

import pypdf
from pypdf.generic import ContentStream, DictionaryObject, IndirectObject, StreamObject

XMP = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
TEXTS = {
    "/Title": "dc:title",
    "/Author": "dc:creator",
    "/Subject": "dc:description",
    "/Keywords": "pdf:Keywords",
    "/Creator": "xmp:CreatorTool",
    "/Producer": "pdf:Producer",
}
DATES = {"/CreationDate": "xmp:CreateDate", "/ModDate": "xmp:ModifyDate"}
ACTIONS = {"/GoTo", "/GoToR", "/GoToE", "/Thread", "/URI", "/Named"}
NOTES_FORBIDDEN = {"/3D", "/Sound", "/Screen", "/Movie"}
PRINT, NEVER = 1 << 2, 1 | 1 << 1 | 1 << 5 | 1 << 8
"""Bits of an annotation: to be printed; invisible, hidden, no view, toggled view."""
BLENDS = {
    *("/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken"),
    *("/Lighten", "/ColorDodge", "/ColorBurn", "/HardLight", "/SoftLight"),
    *("/Difference", "/Exclusion", "/Hue", "/Saturation", "/Color", "/Luminosity"),
}
CMYK = {b"k", b"K"}
SPEC = {"/F", "/UF", "/AFRelationship"}


def findings(content: bytes) -> list[str]:
    """Every fault, "clause: what"; none where nothing was found."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    every = list(_objects(reader))
    return [
        *_file(content, reader),
        *_metadata(reader),
        *_colours(reader, every),
        *(fault for one in every for fault in _object(one)),
        *(fault for page in reader.pages for fault in _page(page, reader)),
        *_tags(reader),
    ]


def _objects(reader: pypdf.PdfReader) -> Iterator[Any]:
    """Every object of the file, in use or not."""
    numbers = {(gen, n) for gen, rows in reader.xref.items() for n in rows}
    numbers |= {(0, n) for n in reader.xref_objStm}
    for generation, number in sorted(numbers):
        if number:
            yield from _inside(
                reader.get_object(IndirectObject(number, generation, reader))
            )


def _inside(one: Any) -> Iterator[Any]:
    """``one`` and what stands in it; what it refers to is an object of its own."""
    yield one
    rows = one.values() if isinstance(one, dict) else one
    if isinstance(one, dict | list):
        for row in rows:
            yield from () if isinstance(row, IndirectObject) else _inside(row)


def _file(content: bytes, reader: pypdf.PdfReader) -> Iterator[str]:
    head = re.match(rb"%PDF-1\.[0-7]\r?\n%([\x80-\xff]{4})", content)
    if head is None:
        yield "6.1.2: no header, or no line of four high bytes after it"
    if not re.search(rb"%%EOF\r?\n?\Z", content):
        yield "6.1.3: something stands after the end"
    if len(reader.trailer.get("/ID", ())) != 2:
        yield "6.1.3: no identifier"
    if "/Encrypt" in reader.trailer or reader.is_encrypted:
        yield "6.1.3: encrypted"


def _object(one: Any) -> Iterator[str]:
    """What is forbidden wherever it stands."""
    if not isinstance(one, DictionaryObject):
        return
    yield from _acts(one)
    if isinstance(one, StreamObject):
        yield from _stream(one)
    if one.get("/Type") == "/ExtGState" or "/BM" in one:
        yield from _state(one)
    if one.get("/Type") == "/Font":
        yield from _font(one)
    if one.get("/Type") == "/Filespec" and SPEC - set(one):
        yield "6.8: a file inside without its names or what it is to the document"
    if one.get("/Subtype") == "/Image" and one.get("/Interpolate"):
        yield "6.2.8: an interpolated image"


def _acts(one: DictionaryObject) -> Iterator[str]:
    for name in ("/AA", "/JS", "/XFA", "/OPI", "/Alternates", "/OCProperties"):
        if name in one:
            yield f"6.4, 6.5.2: {name}"
    if one.get("/S") in {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"}:
        yield f"6.5.1: {one['/S']}"
    if str(one.get("/URI", "")).lower().startswith(("file:", "javascript:", "data:")):
        yield f"6.5.1: {one['/URI']}"


def _stream(one: StreamObject) -> Iterator[str]:
    if {"/F", "/FFilter", "/FDecodeParms"} & set(one) and one.get(
        "/Type"
    ) != "/Filespec":
        yield "6.1.7.1: a stream whose content is elsewhere"
    filters = one.get("/Filter", ())
    if "/LZWDecode" in ([filters] if isinstance(filters, str) else filters):
        yield "6.1.7.2: LZW"
    if one.get("/Subtype") == "/PS" or "/Ref" in one:
        yield "6.2.9: PostScript, or a page of another file"


def _state(one: DictionaryObject) -> Iterator[str]:
    if {"/TR", "/HTP"} & set(one) or one.get("/TR2", "/Default") != "/Default":
        yield "6.2.5: a transfer function"
    modes = one.get("/BM", "/Normal")
    unknown = {modes} if isinstance(modes, str) else set(modes)
    if unknown - BLENDS:
        yield f"6.2.10: blend mode {unknown - BLENDS}"


def _font(font: DictionaryObject) -> Iterator[str]:
    name, kind = font.get("/BaseFont", "?"), font.get("/Subtype")
    if kind == "/Type3":
        yield f"6.2.11: {name} is drawn by its own procedures"
    if kind in {"/Type0", "/TrueType", "/Type1"} and "/ToUnicode" not in font:
        yield f"6.2.11.7: {name} does not say its Unicode"
    if kind == "/Type0":
        return
    descriptor: Any = font.get("/FontDescriptor", {})
    files = {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.get_object())
    if len(files) != 1:
        yield f"6.2.11.4: {name} is not inside"
    elif not descriptor.get_object()[files.pop()].get_object().get_data():
        yield f"6.2.11.4: {name} is empty"
    if kind == "/CIDFontType2" and "/CIDToGIDMap" not in font:
        yield f"6.2.11.3: {name} does not say which glyph is which"


def _colours(reader: pypdf.PdfReader, every: list[Any]) -> Iterator[str]:
    root: Any = reader.trailer["/Root"]
    intents = [one.get_object() for one in root.get("/OutputIntents", ())]
    ours = [one for one in intents if one.get("/S") == "/GTS_PDFA1"]
    if len(ours) != 1:
        yield "6.2.3: not one output intent of PDF/A"
        return
    profile: Any = ours[0].get("/DestOutputProfile", {}).get_object()
    data = profile.get_data() if isinstance(profile, StreamObject) else b""
    space = {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}.get(data[16:20])
    if data[36:40] != b"acsp" or int.from_bytes(data[:4]) != len(data):
        yield "6.2.3: the colour profile is none, or cut off"
    elif data[12:16] not in {b"mntr", b"prtr"} or data[8] > 4:
        yield "6.2.3: a profile of another kind"
    if profile.get("/N") != space:
        yield f"6.2.3: {profile.get('/N')} colours, the profile has {space}"
    if space != 4 and any(_is_cmyk(one) for one in every):
        yield "6.2.4.3: CMYK without a profile of it"


def _is_cmyk(one: Any) -> bool:
    return isinstance(one, DictionaryObject) and (
        one.get("/ColorSpace") == "/DeviceCMYK" or one.get("/CS") == "/DeviceCMYK"
    )


def _page(page: Any, reader: pypdf.PdfReader) -> Iterator[str]:
    if "/Resources" not in page:
        yield "6.2.2: a page without its resources"
    content = page.get_contents()
    operators = ContentStream(content, reader).operations if content else []
    if any(operator in CMYK for _operands, operator in operators):
        yield "6.2.4.3: CMYK without a profile of it"
    for note in page.get("/Annots", ()):
        yield from _note(note.get_object())


def _note(note: DictionaryObject) -> Iterator[str]:
    kind, flags = note.get("/Subtype"), int(note.get("/F", 0))
    if kind is None or kind in NOTES_FORBIDDEN:
        yield f"6.3.1: {kind}"
    if kind != "/Popup" and (not flags & PRINT or flags & NEVER):
        yield f"6.3.2: {kind} is not printed, or hidden"
    left, low, right, high = (float(side) for side in note["/Rect"])  # type: ignore[attr-defined]
    is_drawn = left != right and low != high
    if kind not in {"/Popup", "/Link"} and is_drawn and "/AP" not in note:
        yield f"6.3.3: {kind} without its looks"
    action: Any = note.get("/A", {})
    if action and action.get_object().get("/S") not in ACTIONS:
        yield f"6.5.1: {action.get_object().get('/S')}"


def _metadata(reader: pypdf.PdfReader) -> Iterator[str]:
    root: Any = reader.trailer["/Root"]
    stream: Any = root.get("/Metadata", DictionaryObject()).get_object()
    if not isinstance(stream, StreamObject):
        yield "6.6.2.1: no metadata"
        return
    if stream.get("/Subtype") != "/XML":
        yield "6.6.2.1: metadata of another kind"
    raw = stream.get_data()
    if re.search(rb"<\?xpacket begin=[^>]*(bytes|encoding)=", raw):
        yield "6.6.2.1: a packet that says bytes or encoding"
    said = _said(Xml.fromstring(raw.decode()))  # noqa: S314 - ours
    identity = said.get("pdfaid:part"), said.get("pdfaid:conformance")
    if identity != ("3", "A"):
        yield f"6.6.4: it says it is {identity}"
    info = reader.trailer.get("/Info", DictionaryObject()).get_object()
    for name, value in info.items():  # type: ignore[union-attr]
        yield from _same(name, str(value), said)
    if not said.get("dc:title"):
        yield "6.6.3: no title"


def _same(name: str, value: str, said: dict[str, str]) -> Iterator[str]:
    if name in DATES:
        there = said.get(DATES[name], "")
        if not there or _moment(value) != datetime.fromisoformat(there):
            yield f"6.6.3: {name} is {value}, the metadata say {there!r}"
    elif name in TEXTS and said.get(TEXTS[name]) != value:
        yield f"6.6.3: {name} is {value!r}, the metadata say {said.get(TEXTS[name])!r}"


def _moment(value: str) -> datetime:
    """A date of PDF, ``D:20270301120000+01'00'``; Z where it says no zone."""
    found = re.fullmatch(r"D:(\d{14})(?:Z|([+-])(\d\d)'?(\d\d)'?)?.*", value)
    assert found is not None, value
    digits, sign, hours, minutes = found.groups()
    zone = f"{sign}{hours}{minutes}" if sign else "+0000"
    return datetime.strptime(digits + zone, "%Y%m%d%H%M%S%z")


def _said(tree: Xml.Element) -> dict[str, str]:
    """Properties as elements, as attributes, and the first of a list."""
    found: dict[str, str] = {}
    short = {f"{{{uri}}}": f"{prefix}:" for prefix, uri in XMP.items()}
    for about in tree.iter(f"{{{XMP['rdf']}}}Description"):
        rows = [*about.attrib.items(), *((one.tag, _text(one)) for one in about)]
        for name, value in rows:
            uri, _brace, local = name.rpartition("}")
            found.setdefault(f"{short.get(uri + '}', '?')}{local}", value)
    return found


def _text(one: Xml.Element) -> str:
    return "".join(one.itertext()).strip()


def _tags(reader: pypdf.PdfReader) -> Iterator[str]:
    root: Any = reader.trailer["/Root"]
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "6.7.2: not tagged"
    if "/StructTreeRoot" not in root:
        yield "6.7.3: no structure"
    if not root.get("/Lang"):
        yield "6.7.4: no language"
    for name in ("/OpenAction", "/AcroForm", "/NeedsRendering"):
        if name in root:
            yield f"6.4, 6.5: {name}"
    names: Any = root.get("/Names", {})
    if "/JavaScript" in names:
        yield "6.5.1: a tree of scripts"
    if "/EmbeddedFiles" in names and "/AF" not in root:
        yield "6.8: files inside that belong to nothing"
