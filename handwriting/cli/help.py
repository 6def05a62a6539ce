"""Format the help as plain text with options in panels: quick to import, and the same in a file as on a screen."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

PLAIN: dict[str, Any] = {"pretty_exceptions_enable": False, "rich_markup_mode": None}
"""Arguments of every ``typer.Typer``."""

READ_AND_WRITE = "Read and write"
TRAIN = "Train"
MEASURE = "Measure"
LOOK_INSIDE = "Look inside"
COMMANDS = {
    READ_AND_WRITE: ("transcribe", "generate", "letter", "serve", "page", "convert", "formats", "style", "demo"),
    TRAIN: ("adapt", "corpus", "prepare", "train", "export", "language"),
    MEASURE: ("evaluate", "calibrate"),
    LOOK_INSIDE: ("inspect", "study"),
}
"""Panels of ``handwriting --help`` and their commands, in this order."""

PLAIN_WORDS = (
    (r"<(?:list\[)?[Pp]ath\]?>", "<path>"),
    (r"<(?:list\[)?str\]?>", "<text>"),
    (r" range>", ">"),
    (r"([^\s;\[]+)<=x<=([^\s;\]]+)", r"from \1 to \2"),
    (r"\bx>=([^\s;\]]+)", r"at least \1"),
    (r"\]  \[(?!required)", "; "),
)
"""Patterns of Typer's notation of types and ranges, and their replacements."""


class Command(TyperCommand):
    """A command whose help lists the arguments, and then the options by panel."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        panels: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            names, text = map(_plain, record)
            if parameter.param_type_name == "argument":
                panels["Arguments"].append((names.split(" <")[0], text))
            else:
                panel = getattr(parameter, "rich_help_panel", None) or "Options"
                panels.setdefault(panel, []).append((names, text))
        for panel, records in panels.items():
            if records:
                with formatter.section(panel):
                    formatter.write_dl(records)


class Application(TyperGroup):
    """The application, whose help lists the commands by panel."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for names in COMMANDS.values() for name in names]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        width = max(map(len, self.commands))
        for panel, names in COMMANDS.items():
            rows = [(name, self.commands[name].get_short_help_str(formatter.width)) for name in names]
            with formatter.section(panel):
                formatter.write_dl([(f"{name:{width}}", text) for name, text in rows])


def _plain(text: str) -> str:
    for pattern, replacement in PLAIN_WORDS:
        text = re.sub(pattern, replacement, text)
    return text
