"""Plant a secret in a published file, to see that the reader of files finds it."""

import json
import shutil
import sqlite3
import subprocess
import zipfile
import zlib
from contextlib import closing
from pathlib import Path

from matplotlib.figure import Figure

TEXT_PARTS = {".xlsx": "xl/sharedStrings.xml", ".docx": "word/document.xml"}


def plant(path: Path, secret: str) -> None:
    """Write a secret into a file, as a reader of that kind of file would meet it."""
    if path.suffix in (".html", ".svg"):
        page = path.read_text(encoding="utf-8")
        path.write_text(f"{page}<p>{secret}</p>", encoding="utf-8")
    elif path.suffix == ".json":
        held = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({"contenu": held, "note": secret}))
    elif path.suffix in TEXT_PARTS:
        plant_in_archive(path, secret, part=TEXT_PARTS[path.suffix])
    elif path.suffix == ".qgz":
        plant_in_archive(path, secret, part=f"{path.stem}.qgs")
    elif path.suffix == ".gpkg":
        plant_in_base(path, secret)
    elif path.suffix == ".png":
        plant_in_picture(path, secret)
    elif path.suffix == ".pdf":
        plant_in_pdf(path, secret)
    else:
        message = f"{path.name}: nobody knows how to plant in this kind of file"
        raise AssertionError(message)


def plant_in_archive(path: Path, secret: str, *, part: str) -> None:
    """Add a text at the end of the part that holds the texts."""
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    held[part] += f"<t>{secret}</t>".encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)


def plant_in_base(path: Path, secret: str) -> None:
    """Add a row to a GeoPackage."""
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE ajout (note TEXT)")
        base.execute("INSERT INTO ajout VALUES (?)", (secret,))
        base.commit()


def plant_in_picture(path: Path, secret: str) -> None:
    """Put a note before the end of a PNG."""
    content = path.read_bytes()
    body = b"iTXt" + b"Comment\0\0\0\0\0" + secret.encode()
    note = (len(body) - 4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)
    path.write_bytes(content[:-12] + note + content[-12:])


def plant_in_pdf(path: Path, secret: str) -> None:
    """Add a page that says the secret."""
    page, whole = path.with_name("page.pdf"), path.with_name("whole.pdf")
    figure = Figure(figsize=(12, 1))
    figure.text(0.01, 0.5, secret, fontsize=7)
    figure.savefig(page)
    command = shutil.which("pdfunite")
    if command is None:
        message = f"{path.name}: pdfunite is needed (poppler)"
        raise AssertionError(message)
    parts = [command, str(path), str(page), str(whole)]
    subprocess.run(parts, check=True, capture_output=True)  # noqa: S603
    page.unlink()
    whole.replace(path)
