"""The routes of the HTTP API and the page's files.

Request bodies are parsed in the thread pools instead of the event loop, so that a large body does not delay other
requests; the OpenAPI document describes them nevertheless.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException as PlainHTTPException
from starlette.requests import ClientDisconnect

from handwriting import __version__
from handwriting.composition import export
from handwriting.errors import InkError
from handwriting.rendering.pens import PENS
from handwriting.web import ink_files, inside, learning, letters, schemas
from handwriting.web.body import read_body
from handwriting.web.pool import Busy
from handwriting.web.service import Service
from handwriting.web.stream import Deadline, refusal, stream

PAGE = Path(__file__).parent / "page"

MAX_WRITING_SECONDS = 120.0
"""Time limit for writing a page."""

MAX_LETTER_SECONDS = 300.0
"""Time limit for writing a letter of several pages."""

MaxPages = Annotated[int | None, Query(ge=1, le=1000)]

_REASONS: dict[int | str, dict[str, Any]] = {
    "413": {"description": "The request is too large; send less at a time."},
    "422": {"description": "The request cannot be carried out; the reason says what to do; the key identifies it."},
    "429": {"description": "Too many requests at once; retry after a second."},
}
_MODELS: tuple[type[BaseModel], ...] = (
    schemas.TranscribeRequest,
    schemas.GenerateRequest,
    schemas.LetterRequest,
    schemas.SpellingRequest,
    schemas.ExportRequest,
    schemas.CopiedLineRequest,
    schemas.CreateStyleRequest,
    *inside.MODELS,
    *learning.MODELS,
)
TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "inkml": "application/inkml+xml",
    "json": "application/json",
    "csv": "text/csv",
    "zip": "application/zip",
}


def application(service: Service) -> FastAPI:
    """Return the application with the page and the API, which call ``service``."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(service.close)

    app = FastAPI(
        title="Handwriting", version=__version__, docs_url=None, redoc_url=None, lifespan=lifespan,
        summary="Recognizes handwriting and generates it.",
    )  # fmt: skip
    _answer_errors(app)
    _reading(app, service)
    _writing(app, service)
    _letters(app, service)
    inside.add_routes(app, service, _body, _REASONS)
    learning.add_routes(app, service, _body, _REASONS)
    _files(app)
    _document(app)
    return app


def _reading(app: FastAPI, service: Service) -> None:
    @app.post("/api/transcribe", openapi_extra=_body(schemas.TranscribeRequest), responses=_REASONS)
    async def transcribe(request: Request) -> Response:
        """Read a drawing. The reply follows the Web Handwriting Recognition API and adds lines, words and boxes."""
        body = await read_body(request)
        return _json(await service.reading.run(lambda: service.transcribe(body)))

    @app.post("/api/transcribe/file", openapi_extra=_bytes("An ink file of any known format."), responses=_REASONS)
    async def transcribe_file(request: Request, alternatives: int = 3, page: int | None = None) -> Response:
        """Read an ink file, the body of the request; ``page`` chooses a page of a document that has several."""
        body = await read_body(request)
        count = max(1, min(alternatives, 10))
        return _json(await service.reading.run(lambda: service.transcribe_file(body, count, page)))

    @app.post("/api/ink", openapi_extra=_bytes("An ink file of any known format."), responses=_REASONS)
    async def open_ink(request: Request) -> Response:
        """Return the ink of a file, page by page, in millimetres, without recognizing it."""
        body = await read_body(request)
        return _json(await service.drawing.run(lambda: ink_files.pages(body)))

    @app.post("/api/styles/check", openapi_extra=_body(schemas.CopiedLineRequest), responses=_REASONS)
    async def check(request: Request) -> Response:
        """Read a copied line: its text, and its character error rate against the text that was to be copied."""
        body = await read_body(request)
        return _json(await service.reading.run(lambda: service.check_line(body)))


def _writing(app: FastAPI, service: Service) -> None:
    @app.get("/api/characters")
    async def characters() -> dict[str, str]:
        """Return the characters that can be written, and those that are replaced with some of them, such as “ and …"""
        return await service.reading.run(service.characters)

    @app.post("/api/characters/nearest", openapi_extra=_body(schemas.SpellingRequest), responses=_REASONS)
    async def nearest(request: Request) -> Response:
        """Return the text with the nearest spelling of every character that cannot be written."""
        body = await read_body(request)
        return _json(await service.reading.run(lambda: service.nearest_spelling(body)))

    @app.get("/api/styles")
    async def styles() -> list[dict[str, Any]]:
        """Return the shipped styles, in the format of style files."""
        return [style.record() for style in service.styles.values()]

    @app.get("/api/pens")
    async def pens() -> dict[str, float]:
        """Return the pens of letters, with the mean width of their lines in millimetres."""
        return {name: pen.mean_width for name, pen in PENS.items()}

    @app.post("/api/styles", openapi_extra=_body(schemas.CreateStyleRequest), responses=_REASONS)
    async def new_style(request: Request) -> Response:
        """Make a style from copied lines. The server does not store it; the reply is the style file."""
        body = await read_body(request)
        return _json(await service.writing.run(lambda: service.create_style(body)))

    @app.post("/api/generate", openapi_extra=_body(schemas.GenerateRequest), responses=_REASONS)
    async def generate(request: Request, format: str = "ndjson") -> Response:
        """Write a text: as a stream of events, one JSON object per line, or as a file.

        Files: svg, png, pdf, inkml, xopp, json, csv. Events: `sheet` (size of the paper and what is printed on it),
        `points` (ink of the first line while it is sampled, near its final place), `line` (a finished line in its
        place, strokes in millimetres; `same` is true if it begins with the points that were sent; `doubtful` words),
        `done`, or `error` with its reason.
        """
        body = await read_body(request)
        if format == "ndjson":
            return await stream(service.writing, lambda emit: service.live_records(body, emit), MAX_WRITING_SECONDS)
        ending = _ending(format)
        deadline = Deadline(MAX_WRITING_SECONDS)

        def work() -> bytes:
            page = service.live_page(body, lambda event: deadline.check(), lambda done, total: deadline.check())
            return export.encode(page.drawing(), ending, text=page.text)

        try:
            return _file(await service.writing.run(work), format)
        finally:
            deadline.cancelled.set()

    @app.post("/api/export", openapi_extra=_body(schemas.ExportRequest), responses=_REASONS)
    async def export_ink(request: Request, format: str = "svg") -> Response:
        """Convert ink to a file: svg, png, pdf, inkml, xopp, json or csv."""
        body = await read_body(request)
        ending = _ending(format)
        return _file(await service.drawing.run(lambda: service.export(body, ending)), format)


def _letters(app: FastAPI, service: Service) -> None:
    @app.post("/api/letter", openapi_extra=_body(schemas.LetterRequest), responses=_REASONS)
    async def letter(request: Request, format: str = "pdf", progress: bool = False, pages: MaxPages = None) -> Response:
        """Write a text over as many sheets as it takes: as pdf, xopp, or zip with an SVG of each page.

        `pages` is the maximum number of pages to write.

        With `progress`, a stream of events, one JSON object per line: `progress` (number of characters `done`, of a
        `total`), `page` (the number and `svg` of a finished page), `done` (the file, Base64-encoded in `data`, with
        its `name` and `media` type, the numbers of `pages` and `words`, and `doubtful` words), or `error` with its
        reason.
        """
        body = await read_body(request)
        ending = letters.ending(format)
        if progress:
            return await stream(
                service.writing, lambda emit: letters.records(service, body, ending, pages, emit), MAX_LETTER_SECONDS
            )
        deadline = Deadline(MAX_LETTER_SECONDS)
        try:
            data = await service.writing.run(lambda: letters.file(service, body, ending, pages, deadline.check))
        finally:
            deadline.cancelled.set()
        return _file(data, format)


def _ending(format: str) -> str:
    if f".{format}" not in export.endings():
        known = ", ".join(ending[1:] for ending in export.endings())
        raise InkError(f"there is no format {format[:20]!r}; choose one of {known}")
    return f".{format}"


def _files(app: FastAPI) -> None:
    """Serve the page from memory, so that no request can reach a file on disk."""
    files = {
        "/" + path.relative_to(PAGE).as_posix(): path.read_bytes()
        for path in sorted(PAGE.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }

    @app.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    async def page(path: str) -> Response:
        name = "/" + (path or "index.html")
        if name not in files:
            raise HTTPException(404, "nothing here; the page is at /")
        kind = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0]
        return Response(
            files[name], media_type=kind or "application/octet-stream", headers={"cache-control": "no-cache"}
        )


def _answer_errors(app: FastAPI) -> None:
    def answer(status: int, body: dict[str, Any]) -> JSONResponse:
        return JSONResponse(body, status, headers={"retry-after": "1"} if status == 429 else None)

    @app.exception_handler(InkError)
    async def refused(request: Request, error: InkError) -> JSONResponse:
        return answer(413 if isinstance(error, schemas.TooLarge) else 422, refusal(error))

    @app.exception_handler(Busy)
    async def busy(request: Request, error: Busy) -> JSONResponse:
        return answer(429, {"reason": str(error)})

    @app.exception_handler(ClientDisconnect)
    async def disconnected(request: Request, error: ClientDisconnect) -> Response:
        return Response(status_code=499)  # never received; 499 means a closed connection

    @app.exception_handler(PlainHTTPException)
    async def http(request: Request, error: PlainHTTPException) -> JSONResponse:
        key = {408: "late-request", 413: "large-request"}.get(error.status_code)
        return answer(error.status_code, {"reason": str(error.detail)} | ({"key": key} if key else {}))


def _document(app: FastAPI) -> None:
    """Add the schemas of the request bodies, which the routes do not declare, to the OpenAPI document."""
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
