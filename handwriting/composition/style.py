"""A style made from ink files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from handwriting import formats
from handwriting.errors import InkError
from handwriting.synthesis.codes import Code
from handwriting.synthesis.styles import Sample, Style
from handwriting.synthesis.synthesizer import Synthesizer


def style_from_file(
    path: Path, text: str | None = None, name: str | None = None, size: float = 1.0, *, text_option: str = "text"
) -> Style:
    """The style of the writer whose line of ink is in ``path``.

    ``text`` is what the ink says; by default, the transcript in the file. ``text_option`` is how an error names that
    argument to whoever called. Raises :class:`InkError` when neither gives a text.
    """
    ink = formats.read_ink(path)
    text = text or ink.source.text
    if not text:
        raise InkError(f"{path}: the file does not tell what its ink says; give {text_option}")
    return Style(name or "ink file", (Sample(text, ink),), size)


def style_from_files(
    synthesizer: Synthesizer,
    paths: Sequence[Path],
    texts: Sequence[str] = (),
    name: str = "ink files",
    size: float = 1.0,
    *,
    estimate: Callable[[Sequence[Sample]], Code] | None = None,
    text_option: str = "texts",
) -> Style:
    """The style of the writer of several lines of ink, one in each of ``paths``.

    ``texts`` say what the files say, in their order; without any, the files do. A synthesizer with codes of hands gets
    the writer's code, by ``estimate`` if given. Raises :class:`InkError` when the numbers of files and texts differ and
    for ink that the synthesizer cannot imitate.
    """
    if texts and len(texts) != len(paths):
        raise InkError(f"{len(paths)} files of ink and {len(texts)} texts; give {text_option} once for each file")
    said: Sequence[str | None] = list(texts) or [None] * len(paths)
    single = [style_from_file(p, text, name, text_option=text_option) for p, text in zip(paths, said, strict=True)]
    style = Style(name, tuple(sample for one in single for sample in one.samples), size)
    if estimate is not None and synthesizer.codes is None:
        raise InkError(f"{synthesizer.checkpoint.folder}: this network has no codes of hands, so none can be fitted")
    if synthesizer.codes is not None:
        made = estimate or (lambda samples: synthesizer.code_of([s.ink for s in samples], [s.text for s in samples]))
        style = replace(style, code=made(style.samples))
    synthesizer.primer(style)
    return style
