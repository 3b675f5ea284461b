"""A step that writes a picture, a page and a JSON file, stamped as its study asks."""

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from eitgeo.store import write_bytes, write_json
from eitgeo.study.project import Project

PAGE = (
    '<!doctype html><html lang="fr"><head><title>{title}</title></head>'
    "<body><p>x</p></body></html>"
)


def run(project: Project) -> dict[str, object]:
    """Write them."""
    title = project.study.identity.stamped_title
    picture, about = io.BytesIO(), PngInfo()
    about.add_itxt("Title", title)
    Image.new("RGB", (400, 300), "white").save(picture, "PNG", pnginfo=about)
    write_bytes(project.maps / "carte.png", picture.getvalue())
    write_bytes(project.maps / "page.html", PAGE.format(title=title).encode())
    write_json(project.maps / "manifeste.json", {"a": title})
    return {}
