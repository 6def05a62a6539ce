"""Make styles from ink files: lines of one writer, each with its transcript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from handwriting import formats
from handwriting.errors import InkError
from handwriting.ink import Ink
from handwriting.recognition.pages import split
from handwriting.synthesis.codes import Code
from handwriting.synthesis.styles import MAX_SAMPLES, Sample, Style
from handwriting.synthesis.synthesizer import Synthesizer

ReadTexts = Callable[[Sequence[Ink]], Sequence[str | None]]
"""Returns the transcripts of lines of ink; a line with None is left out."""


def style_from_file(
    path: Path, text: str | None = None, name: str | None = None, size: float = 1.0, *, text_option: str = "text"
) -> Style:
    """Make the style of the writer whose line of ink is in ``path``.

    ``text`` is the transcript of the ink; by default, the one in the file. ``text_option`` is the name of that argument
    in error messages. Raises :class:`InkError` when neither gives a text.
    """
    ink = formats.read_ink(path)
    text = text or ink.source.text
    if not text:
        raise InkError(f"{path}: the file has no transcript of its ink; give {text_option}")
    return Style(name or "ink file", (Sample(text, ink),), size)


def style_from_files(
    synthesizer: Synthesizer,
    paths: Sequence[Path],
    texts: Sequence[str] = (),
    name: str = "ink files",
    size: float = 1.0,
    *,
    read: ReadTexts | None = None,
    estimate: Callable[[Sequence[Sample]], Code] | None = None,
    text_option: str = "texts",
) -> Style:
    """Make the style of the writer of the lines of ink in ``paths``.

    A file may be a line or a page, which is split into its lines. ``texts`` are the transcripts of the files or, in
    reading order, of their lines. Without ``texts``, the files' own are used; ``read`` is called for lines whose file
    has no text. With a synthesizer that has hand codes, the style gets the writer's code, from ``estimate`` if given. A
    style keeps the longest of more than :data:`~handwriting.synthesis.styles.MAX_SAMPLES` lines; its code is estimated
    from all of them.

    Raises :class:`InkError` when the number of texts is neither that of the files nor that of the lines, when a line
    has no transcript, and for ink that the synthesizer cannot imitate.
    """
    if estimate is not None and synthesizer.codes is None:
        raise InkError(f"{synthesizer.checkpoint.folder}: this network has no hand codes, so none can be fitted")
    samples = _samples(paths, texts, read, text_option)
    longest = sorted(range(len(samples)), key=lambda k: -len(samples[k].text))[:MAX_SAMPLES]
    style = Style(name, tuple(samples[k] for k in sorted(longest)), size)
    if synthesizer.codes is not None:
        estimate = estimate or (
            lambda samples: synthesizer.code_of([s.ink for s in samples], [s.text for s in samples])
        )
        style = replace(style, code=estimate(samples))
    synthesizer.primer(style)
    return style


def _samples(paths: Sequence[Path], texts: Sequence[str], read: ReadTexts | None, text_option: str) -> list[Sample]:
    """Return the lines of all files with their texts, in reading order."""
    if len(texts) == len(paths):
        return [Sample(text, formats.read_ink(path)) for path, text in zip(paths, texts, strict=True)]
    files = [[line for page in formats.read_pages(path) for line in _lines(page.ink)] for path in paths]
    lines = [line for file in files for line in file]
    if texts:
        if len(texts) != len(lines):
            found = f"{_count(len(paths), 'file')} with {_count(len(lines), 'line')} of ink"
            raise InkError(
                f"{found} and {_count(len(texts), 'text')}; give {text_option} once for each file or each line"
            )
        return [Sample(text, line) for text, line in zip(texts, lines, strict=True)]
    unknown = [line for line in lines if not line.source.text]
    if unknown and read is None:
        path = next(path for path, file in zip(paths, files, strict=True) if any(not line.source.text for line in file))
        raise InkError(f"{path}: the file has no transcript of its ink; give {text_option}")
    answers = iter(read(unknown) if unknown and read is not None else ())
    said = [(line.source.text or next(answers), line) for line in lines]
    samples = [Sample(text, line) for text, line in said if text]
    if not samples:
        raise InkError("a style needs at least one line of ink with a known text; give the text of one")
    return samples


def _lines(ink: Ink) -> list[Ink]:
    """Split a page into its lines; ink whose transcript is a single line is returned whole."""
    text = ink.source.text
    return [ink] if text and "\n" not in text else split(replace(ink, source=replace(ink.source, text=None)))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
