"""A step that writes a picture, a page and a JSON file."""

import io

from PIL import Image

from eitgeo.store import write_bytes, write_json
from eitgeo.study.project import Project

PAGE = (
    '<!doctype html><html lang="fr"><head><title>Titre</title></head>'
    "<body><p>x</p></body></html>"
)


def run(project: Project) -> dict[str, object]:
    """Write them."""
    picture = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(picture, "PNG")
    write_bytes(project.maps / "carte.png", picture.getvalue())
    write_bytes(project.maps / "page.html", PAGE.encode())
    write_json(project.maps / "manifeste.json", {"a": 1})
    return {}
