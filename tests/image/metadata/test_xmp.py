"""XMP packets: what is changed, and that nothing else is."""

from __future__ import annotations

import base64
import io
from xml.etree import ElementTree

import pytest
from PIL import Image

from styleplug.image.metadata.extended_xmp import merged, split
from styleplug.image.metadata.rdf import Value, from_rdf, to_rdf
from styleplug.image.metadata.xmp import RDF, Description, Packet
from styleplug.image.metadata.xmp_correction import corrected_xmp
from styleplug.image.metadata.xmp_source import TooLargeError
from styleplug.image.turn import Turn

TIFF = "http://ns.adobe.com/tiff/1.0/"
OURS = "urn:ours#"

# Attributes, elements, structures, other prefixes, comments, quotes and brackets in values.
PACKET = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="{RDF}">
  <r:Description r:about="uuid:1" xmlns:t="{TIFF}" xmlns:e="http://ns.adobe.com/exif/1.0/"
     t:Orientation='6' t:Make="a > b" e:PixelXDimension="4000"/>
  <!-- t:Orientation="6" -->
  <r:Description r:about="uuid:1" xmlns:t="{TIFF}" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
    <t:ImageWidth>4000</t:ImageWidth>
    <xmp:Thumbnails><r:Alt><r:li r:parseType="Resource"><t:Orientation>6</t:Orientation>
      </r:li></r:Alt></xmp:Thumbnails>
    <t:Artist>Ännä &lt;t:Orientation></t:Artist>
  </r:Description>
</r:RDF></x:xmpmeta>
{" " * 200}
<?xpacket end="w"?>""".encode()


def described(xml: bytes) -> bytes:
    return Description(0, "uuid:1", {"our": OURS}).around(xml)


def test_what_a_description_is_about_is_quoted() -> None:
    about = "a \"b\" & 'c' <d>\n\te"
    element = ElementTree.fromstring(Description(0, about, {"our": OURS}).around(b""))
    assert element.attrib == {f"{{{RDF}}}about": about}


def test_what_is_true_no_longer_is_put_right_and_the_rest_stays_byte_by_byte() -> None:
    thumbnails = PACKET[PACKET.index(b"\n    <xmp:Thumb") : PACKET.index(b"\n    <t:Artist")]
    expected = (
        PACKET.replace(b"t:Orientation='6' ", b't:Orientation="1" ', 1)
        .replace(b"\n     t:Orientation", b" t:Orientation", 1)
        .replace(b'PixelXDimension="4000"', b'PixelXDimension="30"')
        .replace(b">4000<", b">30<")
        .replace(thumbnails, b"")
    )
    assert corrected_xmp(PACKET, Turn(6, (20, 30), (30, 20)), is_own=True) == expected


def test_a_description_more_and_gone_again_leaves_the_packet_as_it_was() -> None:
    more = Packet(PACKET).with_description(described(b"<our:A>1</our:A>"))
    assert [element.text for element in more.elements(OURS)] == ["1"]
    assert more.without(lambda prop: prop.name == f"{OURS} A").data == PACKET


def test_properties_of_ours_are_found_and_removed_wherever_a_program_put_them() -> None:
    """Some write all properties into one description, some plain ones as attributes."""
    mixed = PACKET.replace(
        b't:Make="a > b"', b't:Make="a > b" xmlns:o="urn:ours#" o:A="1" o:B=\'"2" &lt;\''
    ).replace(b"<t:Artist>", b'<our:C xmlns:our="urn:ours#">3</our:C><t:Artist>')
    packet = Packet(mixed)
    assert [element.text for element in packet.elements(OURS)] == ["1", '"2" <', "3"]
    left = packet.without(lambda prop: prop.name.startswith(f"{OURS} "))
    assert left.elements(OURS) == []
    assert [prop.name for prop in left.properties] == [
        prop.name for prop in Packet(PACKET).properties
    ]


@pytest.mark.parametrize("rdf", [b"<r:RDF xmlns:r='%b'/>", b"<r:RDF xmlns:r='%b'></r:RDF>"])
def test_a_packet_without_descriptions_takes_one(rdf: bytes) -> None:
    more = Packet(rdf % RDF.encode()).with_description(described(b"<our:A>1</our:A>"))
    assert [element.text for element in more.elements(OURS)] == ["1"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_every_encoding_is_read(encoding: str) -> None:
    text = PACKET.decode()[PACKET.decode().index("<x:") :]
    packet = Packet(text.encode(encoding) + b"\0\0" * (encoding != "utf-8-sig"))
    assert [prop.name for prop in packet.properties] == [
        prop.name for prop in Packet(PACKET).properties
    ]
    assert "Ännä" in packet.data.decode()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "no well-formed XML"),
        (b"<a>", "no well-formed XML"),
        (b"<a/>", "no RDF"),
        (PACKET.replace("Ä".encode(), b"\xff"), "no well-formed XML"),
        (PACKET[: PACKET.index(b"</r:RDF>")], "no well-formed XML"),
        (b"<!DOCTYPE a>" + PACKET, "document type"),
        (b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>', "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>', "document type"),
    ],
)
def test_what_is_no_packet(data: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Packet(data)


def test_values_of_every_shape_come_back() -> None:
    value: Value = {"A": "x < y & z", "B": ["1", {"C": " ", "D": []}], "E": {"F": "ü"}}
    packet = Packet.empty().with_description(described(to_rdf("our:V", value, "our").encode()))
    [element] = packet.elements(OURS)
    assert from_rdf(element) == {**value, "B": ["1", {"C": " ", "D": []}]}


def test_a_value_that_a_program_has_written_anew_is_the_same() -> None:
    """As attributes, and with a description inside instead of a type."""
    xml = (
        b"<our:V><rdf:Description our:A='1'><our:B><rdf:Bag><rdf:li our:C='2'/><rdf:li>3</rdf:li>"
        b"</rdf:Bag></our:B></rdf:Description></our:V>"
    )
    [element] = Packet.empty().with_description(described(xml)).elements(OURS)
    assert from_rdf(element) == {"A": "1", "B": [{"C": "2"}, "3"]}


def test_values_nested_without_end_are_cut_off() -> None:
    xml = b"<our:V>" + b"<our:V>" * 10_000 + b"</our:V>" * 10_000 + b"</our:V>"
    [element] = Packet.empty().with_description(described(xml)).elements(OURS)
    assert from_rdf(element)


MANY = 10_001
ODD = {
    "RDF within RDF": "<r:Description><o:a><r:RDF><r:Description o:b='1'/></r:RDF></o:a>"
    "</r:Description>",
    "a prefix that isn't declared": "<r:Description><no:a/></r:Description>",
    "RDF's prefix for something else": f"<r:Description xmlns:rdf='{OURS}'><rdf:A>1</rdf:A>"
    "</r:Description>",
    "a default namespace taken back": "<r:Description xmlns='urn:a'><o:a xmlns=''><b/></o:a>"
    "</r:Description><r:Description xmlns=''><o:a/></r:Description>",
    "names without a namespace": "<r:Description a='1'><b/></r:Description>",
    "a space in a namespace": f"<r:Description xmlns:s='{OURS} a b' s:c='1'/>",
    "the prefix xml": "<r:Description xml:lang='en' "
    "xmlns:xml='http://www.w3.org/XML/1998/namespace'><o:a xml:lang='en'/></r:Description>",
}


def packed(xml: str) -> bytes:
    return f"<r:RDF xmlns:r='{RDF}' xmlns:o='{OURS}'>{xml}</r:RDF>".encode()


@pytest.mark.parametrize("xml", ODD.values(), ids=ODD)
def test_an_odd_packet_is_refused_at_once_or_good_for_everything(xml: str) -> None:
    try:
        packet = Packet(packed(xml))
    except ValueError:
        return
    packet.elements(OURS)
    more = packet.with_description(described(b"<our:A>" + b"1" * 999 + b"</our:A>"))
    assert "1" * 999 in [element.text for element in more.elements(OURS)]
    corrected_xmp(more.data, Turn(6, (4, 3), (3, 4)), is_own=True)
    main, extension, name = split(more.data, len(more.data) - 400)
    assert extension is not None
    assert "1" * 999 in [
        element.text for element in Packet(merged(main, {name: extension})).elements(OURS)
    ]


@pytest.mark.parametrize(
    "xml",
    [
        "<r:Description/>" * 10**6,
        "<r:Description>" + "<o:a/>" * MANY + "</r:Description>",
        "<r:Description " + " ".join(f"o:a{index}=''" for index in range(MANY)) + "/>",
        "<r:Description><o:a>" + "<o:b/>" * 10**5 + "</o:a></r:Description>",
        "<r:Description><o:a " + " ".join(f"b{n}=''" for n in range(10**5)) + "/></r:Description>",
        f"<r:Description xmlns:l='{'l' * 10**5}'><l:a/></r:Description>",
        f"<r:Description>{' ' * 2**23}<o:a/></r:Description>",
    ],
    ids=["descriptions", "properties", "attributes", "items", "fields", "namespace", "bytes"],
)
def test_a_packet_that_would_take_long_is_refused(xml: str) -> None:
    with pytest.raises(TooLargeError):
        Packet(packed(xml))


def test_many_namespaces_around_many_descriptions_are_refused() -> None:
    """Each description that is moved declares all of them."""
    declared = "".join(f" xmlns:p{number}='p'" for number in range(300))
    xml = f"<r:RDF xmlns:r='{RDF}'{declared}>{'<r:Description/>' * 300}</r:RDF>"
    with pytest.raises(TooLargeError):
        Packet(xml.encode())


def test_pictures_within_a_packet_go_and_the_rest_stays() -> None:
    """Original, thumbnail or depth map, as an attribute or an element, however large."""
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 60).save(buffer, "JPEG")
    picture = base64.b64encode(buffer.getvalue()).decode()
    lines = "&#xA;\n".join(picture[at : at + 76] for at in range(0, len(picture), 76))
    packet = Packet(
        packed(
            f"<r:Description o:a='{picture}' o:b='/9j/ is how they begin'>"
            f"<o:c><r:Alt><r:li r:parseType='Resource'><o:d>{lines}</o:d><o:e>kept</o:e></r:li>"
            f"</r:Alt></o:c><o:f>{picture * 9999}</o:f></r:Description>"
        )
    )
    assert b"\n".join(line for line in picture.encode().split()) not in packet.data
    assert picture[:60].encode() not in packet.data
    assert b"<o:e>kept</o:e>" in packet.data
    assert b"/9j/ is how they begin" in packet.data
