"""Leaks planted in what a study publishes, each in its own kind of place."""

import base64
import json
import re
import shutil
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import openpyxl
from docx import Document
from docx.shared import Length
from openpyxl.comments import Comment
from pypdf import PdfWriter

AMOUNT = "1 234,5"
"""What a firm throws away, told to the tenth of a tonne."""
_JSON = re.compile(
    r'(<script type="application/json"[^>]*>)(.*?)(</script>)', re.DOTALL
)


def place(maps: Path, name: str) -> Path:
    """Find a file of a published folder, stamped or not."""
    return next(iter(sorted(maps.rglob(f"*{name}"))))


_BOOKS: dict[Path, Any] = {}
"""Workbooks where something is planted, until they are written back."""


@contextmanager
def workbook(maps: Path, name: str = "gisements_echanges.xlsx") -> Iterator[Any]:
    """Open a workbook; `plant_all` writes it back."""
    path = place(maps, name)
    if path not in _BOOKS:
        _BOOKS[path] = openpyxl.load_workbook(path)
    yield _BOOKS[path]


def hidden_sheet(maps: Path, state: str = "hidden") -> None:
    with workbook(maps) as book:
        page = book.create_sheet("Gisements bis")
        page.append([AMOUNT])
        page.sheet_state = state


def added_sheet(maps: Path) -> None:
    with workbook(maps) as book:
        book.create_sheet("Établissements").append(["SIRET", 1234.5])


def hidden_declared_sheet(maps: Path) -> None:
    with workbook(maps) as book:
        book["Distances"].sheet_state = "veryHidden"


def added_column(maps: Path) -> None:
    with workbook(maps) as book:
        page = book["Gisements"]
        width = page.max_column + 1
        page.cell(2, width, "Premier établissement (t/an)")
        page.cell(3, width, 1234.5)


def column_without_a_head(maps: Path) -> None:
    with workbook(maps) as book:
        page = book["Gisements"]
        page.cell(3, page.max_column + 3, 1234.5)


def column_under_a_free_head(maps: Path) -> None:
    with workbook(maps, "comparaison.xlsx") as book:
        page = book["Comparaison"]
        page.cell(2, page.max_column + 1, "Fibre du Val SA")


def hidden_column(maps: Path) -> None:
    with workbook(maps) as book:
        book["Gisements"].column_dimensions["G"].hidden = True


def comment_of_a_cell(maps: Path) -> None:
    with workbook(maps) as book:
        book["Gisements"]["A3"].comment = Comment(AMOUNT, "x")


def name_of_a_workbook(maps: Path) -> None:
    with workbook(maps) as book:
        defined = openpyxl.workbook.defined_name.DefinedName("t", attr_text="1234.5")
        book.defined_names["t"] = defined


def custom_property(maps: Path) -> None:
    with workbook(maps) as book:
        book.custom_doc_props.append(
            openpyxl.packaging.custom.StringProperty(name="t", value=AMOUNT)
        )


def keyword_of_a_workbook(maps: Path) -> None:
    with workbook(maps) as book:
        book.properties.keywords = AMOUNT


def with_member(path: Path, member: str, content: bytes) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(member, content)


def member_of_a_workbook(maps: Path) -> None:
    with_member(place(maps, "zones.xlsx"), "xl/notes.xml", b"<t>1234.5</t>")


def member_of_a_document(maps: Path) -> None:
    with_member(place(maps, "dossier.docx"), "word/comments.xml", b"<w>1234.5</w>")


def member_of_a_project(maps: Path) -> None:
    with_member(place(maps, "etude.qgz"), "etude.qgd", b"1234.5")


def comment_of_an_archive(maps: Path) -> None:
    with zipfile.ZipFile(place(maps, "etude.qgz"), "a") as archive:
        archive.comment = AMOUNT.encode()


def rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Change the members of an archive."""
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, change(name, content))


def hidden_words_of_a_document(maps: Path) -> None:
    run = b"<w:r><w:rPr><w:vanish/></w:rPr><w:t>1234.5</w:t></w:r></w:p>"
    rewritten(
        place(maps, "dossier.docx"),
        lambda name, content: (
            content.replace(b"</w:p>", run, 1)
            if name == "word/document.xml"
            else content
        ),
    )


def column_of_a_document(maps: Path) -> None:
    path = place(maps, "dossier.docx")
    document = Document(str(path))
    table = document.tables[-1]
    table.add_column(Length(1)).cells[0].text = "Fibre du Val SA (t/an)"
    document.save(str(path))


def element_of_a_project(maps: Path) -> None:
    rewritten(
        place(maps, "etude.qgz"),
        lambda _, content: content.replace(b"</qgis>", b"<tonnes t='1'/></qgis>"),
    )


def with_text(maps: Path, page: str, change: Callable[[str], str]) -> None:
    path = place(maps, page)
    old = path.read_text(encoding="utf-8")
    new = change(old)
    assert new != old
    path.write_text(new, encoding="utf-8")


def with_payload(maps: Path, page: str, change: Callable[[Any], object]) -> None:
    def written(text: str) -> str:
        def rewrite(match: re.Match[str]) -> str:
            data = json.loads(match[2])
            change(data)
            return match[1] + json.dumps(data) + match[3]

        return _JSON.sub(rewrite, text, count=1)

    with_text(maps, page, written)


def key_of_a_payload(maps: Path) -> None:
    with_payload(
        maps, "comparateur.html", lambda data: data.update(sites={"t": 1234.5})
    )


def key_below_in_a_payload(maps: Path) -> None:
    with_payload(
        maps, "comparateur.html", lambda data: data["communes"].update(t=[1234.5])
    )


def key_in_a_list_of_a_payload(maps: Path) -> None:
    with_payload(maps, "territoire.html", lambda data: data["epci"][-1].update(t=1234))


def indicator_of_a_payload(maps: Path) -> None:
    with_payload(
        maps,
        "comparateur.html",
        lambda data: data["published"]["perimeters"].update(
            secret_t=data["published"]["perimeters"]["deposit_t"]
        ),
    )


def figure_of_a_payload(maps: Path) -> None:
    def change(data: Any) -> None:
        data["published"]["perimeters"]["landfill_t"]["high"][0] = 1234.5

    with_payload(maps, "comparateur.html", change)


def cell_of_a_payload(maps: Path) -> None:
    with_payload(
        maps,
        "comparateur.html",
        lambda data: data["cells"].append([*data["cells"][0][:2], 1234.5]),
    )


def payload_beside_another(maps: Path) -> None:
    more = '<script type="application/json" id="autre">{"t": 1234.5}</script></body>'
    with_text(maps, "index.html", lambda text: text.replace("</body>", more))


def payload_where_none_is(maps: Path) -> None:
    more = '<script type="application/json" id="donnees">{"t": 1}</script></body>'
    with_text(maps, "accessibilite.html", lambda text: text.replace("</body>", more))


def attribute_of_a_page(maps: Path) -> None:
    with_text(
        maps,
        "territoire.html",
        lambda text: text.replace("<li", '<li data-t="1234"', 1),
    )


def hidden_part_of_a_page(maps: Path) -> None:
    hidden = '<p style="display:none">1234</p></main>'
    with_text(maps, "index.html", lambda text: text.replace("</main>", hidden, 1))


def comment_of_a_page(maps: Path) -> None:
    comment = "<!-- 1 234,5 --></body>"
    with_text(maps, "index.html", lambda text: text.replace("</body>", comment))


def description_of_a_page(maps: Path) -> None:
    meta = '<meta name="tonnes" content="1234"></head>'
    with_text(maps, "index.html", lambda text: text.replace("</head>", meta))


def with_picture(
    maps: Path, page: str, kind: str, change: Callable[[bytes], bytes]
) -> None:
    start = f'"data:image/{kind};base64,'

    def spoilt(text: str) -> str:
        head, _, rest = text.partition(start)
        content, _, tail = rest.partition('"')
        picture = base64.b64encode(change(base64.b64decode(content))).decode()
        return f'{head}{start}{picture}"{tail}'

    with_text(maps, page, spoilt)


def picture_in_a_page(maps: Path) -> None:
    with_picture(maps, "comparateur.html", "png", with_chunk)


def thumbnail_of_a_page(maps: Path) -> None:
    with_picture(
        maps, "index.html", "webp", lambda one: one + b"XMP \x06\0\0\x001234.5"
    )


def table_of_a_geopackage(maps: Path, *, told: bool = False) -> None:
    with closing(sqlite3.connect(place(maps, "etude.gpkg"))) as base, base:
        base.execute("CREATE TABLE sites (siret TEXT, t REAL)")
        base.execute("INSERT INTO sites VALUES ('x', 1234.5)")
        if told:
            base.execute(
                "INSERT INTO gpkg_contents (table_name, data_type) "
                "VALUES ('sites', 'attributes')"
            )


def layer_of_a_geopackage(maps: Path) -> None:
    table_of_a_geopackage(maps, told=True)


def field_of_a_layer(maps: Path) -> None:
    with closing(sqlite3.connect(place(maps, "etude.gpkg"))) as base, base:
        base.execute("DROP TRIGGER IF EXISTS rtree_zones_geometry_update4")
        base.execute("ALTER TABLE zones ADD COLUMN t REAL DEFAULT 1234.5")


def with_pdf(maps: Path, change: Callable[[PdfWriter], object]) -> None:
    path = place(maps, "carte_gisements_A4.pdf")
    writer = PdfWriter(clone_from=path)
    change(writer)
    writer.write(path)


def attachment(maps: Path) -> None:
    with_pdf(maps, lambda writer: writer.add_attachment("sites.csv", b"1234.5"))


def property_of_a_pdf(maps: Path) -> None:
    with_pdf(maps, lambda writer: writer.add_metadata({"/Keywords": AMOUNT}))


def note_of_a_pdf(maps: Path) -> None:
    from pypdf.annotations import Text  # noqa: PLC0415

    note = Text(rect=(0, 0, 9, 9), text=AMOUNT)
    with_pdf(maps, lambda writer: writer.add_annotation(0, note))


def behind_a_pdf(maps: Path) -> None:
    path = place(maps, "carte_gisements_A4.pdf")
    path.write_bytes(path.read_bytes() + b"siret;t\nx;1234.5\n")


def with_chunk(picture: bytes, kind: bytes = b"tEXt") -> bytes:
    """Add a chunk of text to a picture."""
    content = b"Tonnes\x001234.5"
    crc = zlib.crc32(kind + content)
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)
    return picture[:-12] + chunk + picture[-12:]


def text_of_a_picture(maps: Path) -> None:
    path = place(maps, "carte_gisements_A4.png")
    path.write_bytes(with_chunk(path.read_bytes()))


def behind_a_picture(maps: Path) -> None:
    path = place(maps, "carte_gisements_A4.png")
    path.write_bytes(path.read_bytes() + b"1234.5")


def key_of_the_manifest(maps: Path) -> None:
    path = place(maps, "manifest.json")
    held = json.loads(path.read_text(encoding="utf-8"))
    held["@graph"][-1]["tonnes"] = 1234.5
    path.write_text(json.dumps(held), encoding="utf-8")


def added_file(maps: Path) -> None:
    (maps / "4_tableurs/sites.csv").write_text("siret;t\nx;1234,5\n", "utf-8")


def added_file_of_a_known_kind(maps: Path) -> None:
    shutil.copy(place(maps, "zones.xlsx"), maps / "4_tableurs/zones_detail.xlsx")


def added_folder(maps: Path) -> None:
    (maps / "4_tableurs/detail").mkdir()
    (maps / "4_tableurs/detail/.sites.csv").write_text("x;1234,5", "utf-8")


_BEYOND = "hors déclaration : "
PLANTS: dict[Callable[[Path], None], str] = {
    column_of_a_document: f"tableau {_BEYOND}Fibre du Val SA (t/an)",
    element_of_a_project: f"élément {_BEYOND}tonnes",
    hidden_sheet: "feuille cachée",
    added_sheet: f"feuille {_BEYOND}Établissements",
    hidden_declared_sheet: "feuille cachée",
    added_column: f"colonne {_BEYOND}Premier établissement (t/an)",
    column_without_a_head: "cases hors des colonnes",
    column_under_a_free_head: f"colonne {_BEYOND}Fibre du Val SA",
    hidden_column: "ligne cachée",
    comment_of_a_cell: f"partie {_BEYOND}xl/comments/comment1.xml",
    name_of_a_workbook: "nom défini",
    custom_property: f"partie {_BEYOND}docProps/custom.xml",
    keyword_of_a_workbook: f"propriété {_BEYOND}keywords",
    key_of_a_payload: f"clé {_BEYOND}sites",
    key_below_in_a_payload: f"clé {_BEYOND}communes.t",
    key_in_a_list_of_a_payload: f"clé {_BEYOND}epci.t",
    indicator_of_a_payload: f"clé {_BEYOND}published.perimeters.secret_t",
    figure_of_a_payload: "1234.5 : pas une ligne de indicators_public",
    cell_of_a_payload: "1234.5 : pas une ligne de exchanges_public",
    payload_beside_another: f"script {_BEYOND}",
    payload_where_none_is: "1 jeux de données",
    attribute_of_a_page: f"attribut {_BEYOND}data-t",
    hidden_part_of_a_page: f"attribut {_BEYOND}style",
    comment_of_a_page: "commentaire : 1 234,5",
    description_of_a_page: f"propriété {_BEYOND}tonnes",
    picture_in_a_page: f"bloc d’image {_BEYOND}tEXt",
    thumbnail_of_a_page: f"bloc d’image {_BEYOND}XMP",
    table_of_a_geopackage: f"table {_BEYOND}sites",
    layer_of_a_geopackage: f"table {_BEYOND}sites",
    field_of_a_layer: f"champ de zones {_BEYOND}t",
    attachment: f"entrée {_BEYOND}/Names",
    property_of_a_pdf: f"propriété {_BEYOND}/Keywords",
    note_of_a_pdf: f"annotation {_BEYOND}/Text",
    text_of_a_picture: f"bloc d’image {_BEYOND}tEXt",
    key_of_the_manifest: f"clé {_BEYOND}tonnes",
    added_file: "4_tableurs/sites.csv",
    added_file_of_a_known_kind: "4_tableurs/zones_detail.xlsx",
    added_folder: "4_tableurs/detail/.sites.csv",
    member_of_a_workbook: f"partie {_BEYOND}xl/notes.xml",
    hidden_words_of_a_document: "texte caché",
    member_of_a_document: f"partie {_BEYOND}word/comments.xml",
    member_of_a_project: f"partie {_BEYOND}etude.qgd",
    comment_of_an_archive: "commentaire d’archive",
    behind_a_pdf: "octets après la fin",
    behind_a_picture: "octets après la fin",
}
"""How a leak is planted, and what the audit says of it: what is appended, last."""


def groups() -> list[list[Callable[[Path], None]]]:
    """Put together the leaks of which the audit says different things."""
    laid: list[list[Callable[[Path], None]]] = []
    for plant, told in PLANTS.items():
        for group in laid:
            if told not in map(PLANTS.get, group):
                group.append(plant)
                break
        else:
            laid.append([plant])
    return laid


def plant_all(maps: Path, plants: list[Callable[[Path], None]]) -> None:
    """Plant leaks together, and write the workbooks back."""
    for plant in plants:
        plant(maps)
    for path, book in _BOOKS.items():
        book.save(path)
    _BOOKS.clear()
