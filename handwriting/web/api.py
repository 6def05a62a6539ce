"""The routes: what can be asked of the server, and how it answers.

Bodies are parsed in the lanes' threads, not here, so that a large one keeps nobody else waiting; their shapes are
told to OpenAPI all the same.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException as PlainHTTPException

from handwriting import __version__, formats
from handwriting.errors import InkError
from handwriting.web import wire
from handwriting.web.desk import Desk, Gone, Watch, begun, drawn, encoded, events, exported, kinds
from handwriting.web.lanes import Busy

PAGE = Path(__file__).parent / "page"

LONGEST_RUN = 120.0
"""Seconds that a page may take to write."""

_REASONS: dict[int | str, dict[str, Any]] = {
    "413": {"description": "More than is taken at a time."},
    "422": {"description": "Cannot be done; the reason says what to do instead."},
    "429": {"description": "Too many requests at once; try again."},
}
_MODELS = (wire.Drawing, wire.Writing, wire.Export, wire.Line, wire.NewStyle)
TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "inkml": "application/inkml+xml",
    "json": "application/json",
    "csv": "text/csv",
}


def application(desk: Desk) -> FastAPI:
    """The page and the API around ``desk``."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(desk.close)

    app = FastAPI(
        title="Handwriting", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan,
        summary="Reads handwriting and writes it.",
    )  # fmt: skip
    _answer_errors(app)
    _reading(app, desk)
    _writing(app, desk)
    _files(app)
    _document(app)
    return app


def _reading(app: FastAPI, desk: Desk) -> None:
    @app.post("/api/transcribe", openapi_extra=_body(wire.Drawing), responses=_REASONS)
    async def transcribe(request: Request) -> Response:
        """Read a drawing, in the shape of the Web Handwriting Recognition API; beside it lines, words and boxes."""
        body = await request.body()
        return _json(await desk.reading.run(lambda: desk.read(body)))

    @app.post("/api/transcribe/file", openapi_extra=_bytes("An ink file of any known kind."), responses=_REASONS)
    async def transcribe_file(request: Request, alternatives: int = 3, page: int | None = None) -> Response:
        """Read an ink file, which is the request's body; of a document of several pages, the one with that number."""
        body = await request.body()
        most = max(1, min(alternatives, 10))

        def work() -> dict[str, Any]:
            ink = formats.read_ink(body, page=page)
            if len(ink) > wire.MOST_POINTS:
                raise wire.TooLarge(f"{len(ink):,} points, and a drawing may have {wire.MOST_POINTS:,}; split the file")
            strokes: list[list[wire.Point]] = [[{"x": x, "y": y} for x, y in stroke.tolist()] for stroke in ink]
            return {"strokes": strokes} | wire.transcription(desk.read_lines(ink, most), most, strokes)

        return _json(await desk.reading.run(work))

    @app.post("/api/styles/check", openapi_extra=_body(wire.Line), responses=_REASONS)
    async def check(request: Request) -> Response:
        """Read a line that was copied: what it says, and the share of characters that differ."""
        body = await request.body()
        return _json(await desk.reading.run(lambda: desk.check(body)))


def _writing(app: FastAPI, desk: Desk) -> None:
    @app.get("/api/characters")
    async def characters() -> dict[str, str]:
        """The characters that can be written."""
        return {"characters": "".join(sorted(desk.synthesizer.characters))}

    @app.get("/api/styles")
    async def styles() -> list[dict[str, Any]]:
        """The shipped styles, as in their files."""
        return [style.record() for style in desk.styles.values()]

    @app.post("/api/styles", openapi_extra=_body(wire.NewStyle), responses=_REASONS)
    async def new_style(request: Request) -> Response:
        """Make a style of copied lines. It is not kept here: the answer is its file."""
        body = await request.body()
        return _json(await desk.writing.run(lambda: desk.new_style(body)))

    @app.post("/api/generate", openapi_extra=_body(wire.Writing), responses=_REASONS)
    async def generate(request: Request, format: str = "ndjson") -> Response:
        """Write a text: a stream of events, one JSON object a line, or a file (svg, png, pdf, inkml, xopp, json, csv).

        Events: `sheet` (the paper's size and rulings), `points` (the first line's ink as it is drawn, about where it
        will be), `line` (a whole line in its place, strokes in millimetres; `same` tells that it is the one that was
        begun), `done`, or `error` with its reason.
        """
        body = await request.body()
        if format == "ndjson":
            return await _stream(desk, body)
        kind = _kind(format)
        watch = Watch(LONGEST_RUN, time.monotonic)

        def work() -> bytes:
            return encoded(drawn(desk.live(body, lambda event: watch())), kind)

        try:
            return _file(await desk.writing.run(work), format)
        finally:
            watch.gone.set()

    @app.post("/api/export", openapi_extra=_body(wire.Export), responses=_REASONS)
    async def export(request: Request, format: str = "svg") -> Response:
        """Make a file of ink (svg, png, pdf, inkml, xopp, json, csv)."""
        body = await request.body()
        kind = _kind(format)
        return _file(await desk.drawing.run(lambda: exported(wire.parsed(wire.Export, body), kind)), format)


def _kind(format: str) -> str:
    if f".{format}" not in kinds():
        raise InkError(f"there is no format {format[:20]!r}; take one of {', '.join(k[1:] for k in kinds())}")
    return f".{format}"


async def _stream(desk: Desk, body: bytes) -> Response:
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()
    watch = Watch(LONGEST_RUN, time.monotonic)

    def emit(event: dict[str, Any]) -> None:
        watch()
        loop.call_soon_threadsafe(queue.put_nowait, json.dumps(event, separators=(",", ":")).encode() + b"\n")

    def work() -> None:
        try:
            for event in events(live):
                emit(event)
        except InkError as error:
            watch.gone.clear()
            loop.call_soon_threadsafe(
                queue.put_nowait, json.dumps({"type": "error", "reason": str(error)}).encode() + b"\n"
            )
        except Gone:
            pass
        finally:
            loop.call_soon_threadsafe(queue.put_nowait, None)

    place = desk.writing.enter()
    try:
        live = await place.run(lambda: desk.live(body, lambda event: emit(begun(event))))
    except BaseException:
        place.leave()
        raise

    async def lines() -> AsyncIterator[bytes]:
        try:
            running = asyncio.ensure_future(place.run(work))
            while (line := await queue.get()) is not None:
                yield line
            await running
        finally:
            watch.gone.set()
            place.leave()

    return StreamingResponse(lines(), media_type="application/x-ndjson", headers={"cache-control": "no-store"})


def _files(app: FastAPI) -> None:
    """The page, held in memory: no request names a file of the disk."""
    kept = {
        "/" + path.relative_to(PAGE).as_posix(): path.read_bytes()
        for path in sorted(PAGE.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }

    @app.get("/{path:path}", include_in_schema=False)
    async def page(path: str) -> Response:
        name = "/" + (path or "index.html")
        if name not in kept:
            raise HTTPException(404, "there is nothing here; the page is at /")
        kind = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0]
        return Response(
            kept[name], media_type=kind or "application/octet-stream", headers={"cache-control": "no-cache"}
        )


def _answer_errors(app: FastAPI) -> None:
    def answer(status: int, reason: str) -> JSONResponse:
        return JSONResponse({"reason": reason}, status, headers={"retry-after": "1"} if status == 429 else None)

    @app.exception_handler(InkError)
    async def cannot(request: Request, error: InkError) -> JSONResponse:
        return answer(413 if isinstance(error, wire.TooLarge) else 422, str(error))

    @app.exception_handler(Busy)
    async def busy(request: Request, error: Busy) -> JSONResponse:
        return answer(429, str(error))

    @app.exception_handler(PlainHTTPException)
    async def http(request: Request, error: PlainHTTPException) -> JSONResponse:
        return answer(error.status_code, str(error.detail))


def _document(app: FastAPI) -> None:
    """Adds the shapes of the bodies, which are not parsed by the routes, to the OpenAPI document."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        _, shapes = models_json_schema([(model, "validation") for model in _MODELS], ref_template=_REF)
        document.setdefault("components", {}).setdefault("schemas", {}).update(shapes["$defs"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]


_REF = "#/components/schemas/{model}"


def _body(model: type[BaseModel]) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}
    return {"requestBody": {"required": True, "content": content}}


def _bytes(description: str) -> dict[str, Any]:
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {"requestBody": {"required": True, "description": description, "content": content}}


def _json(answer: dict[str, Any]) -> Response:
    return Response(json.dumps(answer, ensure_ascii=False, separators=(",", ":")), media_type="application/json")


def _file(data: bytes, format: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="handwriting.{format}"'}
    return Response(data, media_type=TYPES.get(format, "application/octet-stream"), headers=headers)
