"""Contours as people have them, opened by the page's own script in Node."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import shapely

OPEN = Path(__file__).parent / "js" / "contour.mjs"


def opened(payload: dict[str, Any], files: list[Any], folder: Path) -> list[Any]:
    """Open files: texts, bytes, sizes, or pairs of one and a rank of perimeter."""
    rows: list[dict[str, Any]] = []
    for file in files:
        if isinstance(file, int):
            rows.append({"size": file})
            continue
        content, perimeter = file if isinstance(file, tuple) else (file, None)
        raw = content if isinstance(content, bytes) else content.encode()
        row: dict[str, Any] = {"base64": base64.b64encode(raw).decode()}
        rows.append(row if perimeter is None else {**row, "perimeter": perimeter})
    (folder / "payload.json").write_text(json.dumps(payload), encoding="utf-8")
    (folder / "files.json").write_text(json.dumps(rows), encoding="utf-8")
    done = subprocess.run(  # noqa: S603
        ["node", str(OPEN), str(folder / "payload.json"), str(folder / "files.json")],  # noqa: S607
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    said: list[Any] = json.loads(done.stdout)
    return said


def drawn_outlines(payload: dict[str, Any]) -> np.ndarray:
    """Build the communes of the page's map again, EPSG:2154, by a second library."""
    frame, borders = payload["frame"], payload["borders"]
    sides: list[list[Any]] = [[] for _ in payload["communes"]["code"]]
    for at, steps in enumerate(borders["lines"]):
        points = np.cumsum(np.asarray(steps, dtype=float).reshape(-1, 2), axis=0)
        line = shapely.LineString(points * (1.0, -1.0) + (frame["x0"], frame["y0"]))
        for rank in borders["sides"][2 * at : 2 * at + 2]:
            if rank >= 0:
                sides[rank].append(line)
    return np.array([shapely.build_area(shapely.union_all(one)) for one in sides])


def geojson(shape: shapely.Geometry, *, crs: str = "EPSG:2154") -> str:
    """Write a contour as a layer with its system of coordinates declared."""
    feature = {
        "type": "Feature",
        "properties": {"titre": "<b>x</b>"},
        "geometry": json.loads(shapely.to_geojson(shape)),
    }
    about = {"type": "name", "properties": {"name": crs}}
    layer = {"type": "FeatureCollection", "crs": about, "features": [feature]}
    return json.dumps(layer)
