"""Files of Excalidraw, tldraw, Obsidian Ink and Rnote of our own making, in the layouts of these programs."""

from __future__ import annotations

import base64
import gzip
import json
import struct
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

Points = Sequence[tuple[float, float]]
PRESSURES = (0.25, 0.5, 0.75)


def pressure(n: int) -> float:
    """Of the n-th point of a stroke; exact in half precision."""
    return PRESSURES[n % 3]


# Excalidraw


def excalidraw(strokes: Sequence[Points], extra: Sequence[dict[str, Any]] = (), **more: Any) -> str:
    """A drawing with a corner of every stroke as its place, as the program writes it."""
    elements = [freedraw(stroke, **more) for stroke in strokes]
    document = {"type": "excalidraw", "version": 2, "source": "https://excalidraw.com", "elements": [*elements, *extra]}
    return json.dumps(document | {"appState": {"viewBackgroundColor": "#ffffff"}, "files": {}}, indent=2)


def freedraw(stroke: Points, **more: Any) -> dict[str, Any]:
    x, y = stroke[0]
    element = {"id": "a", "type": "freedraw", "x": x, "y": y, "angle": 0, "strokeColor": "#1e1e1e", "strokeWidth": 2}
    element |= {"opacity": 100, "isDeleted": False, "simulatePressure": False, "lastCommittedPoint": [0, 0]}
    element |= {"points": [[a - x, b - y] for a, b in stroke]}
    return element | {"pressures": [pressure(n) for n in range(len(stroke))]} | more


# tldraw


def objects(stroke: Points) -> dict[str, Any]:
    return {"points": [{"x": x, "y": y, "z": pressure(n)} for n, (x, y) in enumerate(stroke)]}


def half_floats(stroke: Points) -> dict[str, Any]:
    raw = b"".join(struct.pack("<3e", x, y, pressure(n)) for n, (x, y) in enumerate(stroke))
    return {"points": base64.b64encode(raw).decode()}


def differences(stroke: Points) -> dict[str, Any]:
    rows = [(x, y, pressure(n)) for n, (x, y) in enumerate(stroke)]
    return {"path": _path(rows)}


def flat_differences(stroke: Points) -> dict[str, Any]:
    return {"path": _path(stroke), "dim": 2}


def _path(rows: Sequence[Sequence[float]]) -> str:
    raw = [struct.pack(f"<{len(rows[0])}f", *rows[0])]
    for before, after in pairwise(rows):
        raw.append(struct.pack(f"<{len(after)}e", *(b - a for a, b in zip(before, after, strict=True))))
    return base64.b64encode(b"".join(raw)).decode()


Segment = Callable[[Points], dict[str, Any]]
SEGMENTS: dict[str, Segment] = {
    "objects": objects, "half floats": half_floats, "differences": differences, "flat differences": flat_differences,
}  # fmt: skip


def tldraw_records(strokes: Sequence[Points], segment: Segment = objects, kind: str = "draw") -> list[dict[str, Any]]:
    """Records with the shapes in reverse order; their ``index`` tells the right one."""
    records: list[dict[str, Any]] = [
        {"typeName": "document", "id": "document:document", "gridSize": 10, "name": "", "meta": {}},
        {"typeName": "page", "id": "page:p", "name": "Page 1", "index": "a1", "meta": {}},
    ]
    for number, stroke in reversed(list(enumerate(strokes))):
        x, y = stroke[0]
        props = {"color": "black", "size": "m", "isComplete": True, "isPen": True, "scale": 1, "scaleX": 1, "scaleY": 1}
        props |= {"segments": [{"type": "free", **segment([(a - x, b - y) for a, b in stroke])}]}
        records.append(
            {"typeName": "shape", "id": f"shape:{number}", "type": kind, "x": x, "y": y, "rotation": 0, "opacity": 1,
             "parentId": "page:p", "index": f"a{number + 1}", "props": props, "meta": {}}
        )  # fmt: skip
    return records


def tldr(records: Sequence[dict[str, Any]]) -> str:
    """A ``.tldr`` file."""
    return json.dumps({"tldrawFileFormatVersion": 1, "schema": {"schemaVersion": 2}, "records": records})


def tldraw_snapshot(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    store = {record["id"]: record for record in records}
    return {"document": {"store": store, "schema": {"schemaVersion": 2}}, "session": {"version": 0}}


def obsidian_ink(records: Sequence[dict[str, Any]]) -> str:
    """A ``.writing`` file of the older plugin."""
    meta = {"pluginVersion": "0.3.4", "tldrawVersion": "2.4.3"}
    return json.dumps({"meta": meta, "tldraw": tldraw_snapshot(records), "previewUri": "<svg/>"}, indent="\t")


def obsidian_svg(element: str, document: dict[str, Any]) -> str:
    """A drawing of the newer plugin, with the ink in its metadata and filled outlines that draw it."""
    text = json.dumps(document).replace("&", "&amp;").replace("<", "&lt;")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99" viewBox="0 0 99 99"><metadata>'
        f'<ink plugin-version="0.4.0" file-type="inkWriting"/><{element} version="0.5.0">{text}</{element}></metadata>'
        '<line x1="0" y1="50" x2="99" y2="50"/><path d="M0 0L9 9 0 9Z" fill="#f2f2f2"/></svg>'
    )


def ink_canvas(strokes: Sequence[Points]) -> dict[str, Any]:
    made = [
        {"id": f"s{number}", "points": [[x - 5, y + 2, pressure(n)] for n, (x, y) in enumerate(stroke)],
         "style": {"size": 8, "color": "currentColor"}, "offset": {"x": 5, "y": -2}}
        for number, stroke in enumerate(strokes)
    ]  # fmt: skip
    return {"version": 1, "strokes": made, "gridEnabled": False, "writingLineHeight": 150}


def tldraw_1(strokes: Sequence[Points]) -> str:
    """A file of the first tldraw."""
    shapes = {}
    for number, stroke in reversed(list(enumerate(strokes))):
        x, y = stroke[0]
        points = [[a - x, b - y, pressure(n)] for n, (a, b) in enumerate(stroke)]
        shapes[f"s{number}"] = {"id": f"s{number}", "type": "draw", "childIndex": number + 1, "point": [x, y]}
        shapes[f"s{number}"] |= {"rotation": 0, "points": points, "isComplete": True, "style": {"size": "small"}}
    document = {
        "id": "doc",
        "name": "New Document",
        "version": 15.5,
        "pages": {"page": {"id": "page", "shapes": shapes}},
    }
    return json.dumps({"name": "New Document", "fileHandle": {}, "document": document, "assets": {}})


# Rnote


def rnote(
    strokes: Sequence[Points], version: str = "0.15.0", *, layout: str = "infinite", layer: Any = None, extra: Any = ()
) -> bytes:
    """A notebook with the strokes in reverse order; the ``t`` of their components tells the right one."""
    old = version == "0.5.5"
    components: list[Any] = [{"value": None, "version": 0}]
    chrono: list[Any] = [{"value": None, "version": 0}]
    for number, stroke in reversed(list(enumerate(strokes))):
        path = _old_path(stroke) if old else _new_path(stroke)
        style = {"smooth": {"stroke_width": 2.0, "stroke_color": {"r": 0.0, "g": 0.0, "b": 0.0, "a": 1.0}}}
        components.append({"value": {"brushstroke": {"path": path, "style": style}}, "version": 1})
        chrono.append({"value": {"t": number + 1, "layer": layer or {"user_layer": 0}}, "version": 1})
    for value in extra:
        components.append({"value": value, "version": 1})
        chrono.append({"value": {"t": 99, "layer": {"user_layer": 0}}, "version": 1})
    form = {"width": 100.0, "height": 50.0, "dpi": 96.0, "orientation": "portrait"}
    document: dict[str, Any] = {"x": 0.0, "y": 0.0, "width": 100.0, "height": 100.0}
    config = {"format": form, "layout": layout, "background": {"pattern": "dots"}}
    document |= {"config": config} if version >= "0.13" else config
    snapshot = {
        "document": document,
        "stroke_components": components,
        "chrono_components": chrono,
        "chrono_counter": 99,
    }
    data: dict[str, Any] = {"engine_snapshot": snapshot}
    if old:
        trash = [{"value": {"trashed": False}, "version": 1}] * len(components)
        data = {"document": snapshot.pop("document"), "store_snapshot": snapshot | {"trash_components": trash}}
    return gzip.compress(json.dumps({"version": version, "data": data}).encode(), mtime=0)


def _element(n: int, point: tuple[float, float]) -> dict[str, Any]:
    return {"pos": list(point), "pressure": pressure(n)}


def _new_path(stroke: Points) -> dict[str, Any]:
    segments = [{"lineto": {"end": _element(n, point)}} for n, point in enumerate(stroke)]
    return {"start": _element(0, stroke[0]), "segments": segments}


def _old_path(stroke: Points) -> list[dict[str, Any]]:
    elements = [_element(n, point) for n, point in enumerate(stroke)]
    lines = [{"line": {"start": a, "end": b}} for a, b in pairwise(elements)]
    return [{"dot": {"element": elements[0]}}, *lines]
