"""Configuration files: TOML files that set training options, and the one that each run writes.

A key is the name of a command-line option, with hyphens or underscores; the table ``[augmentation]`` sets the
distortions of a recognizer's training. This module imports neither torch nor NumPy.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from handwriting.errors import InkError
from handwriting.files import atomic

NAME = "config.toml"
"""Name of the configuration file in a run folder."""


Tables = Mapping[str, Collection[str]]
"""Table names and the keys that each may have."""


def read_config(path: Path, known: Collection[str], tables: Tables) -> dict[str, Any]:
    """Read the values of a configuration file by name, with underscores.

    ``known`` are the options that it may set. Raises :class:`InkError` when the file cannot be read, and for an
    unknown key, suggesting the closest match.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InkError(f"{path}: {(error.strerror or str(error)).lower()}; give a TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InkError(f"{path}: not a TOML file ({error})") from None
    values = {name.replace("-", "_"): value for name, value in values.items()}
    for name, value in values.items():
        _check(path, name, {*known, *tables}, "")
        if isinstance(value, dict) != (name in tables):
            raise InkError(f"{path}: {name} must {'' if name in tables else 'not '}be a table")
        for key, number in value.items() if name in tables else ():
            _check(path, key, tables[name], f" in [{name}]")
            if not isinstance(number, int | float) or isinstance(number, bool):
                raise InkError(f"{path}: {name}.{key} is {number!r}; give a number")
    return values


def write_config(run: Path, values: Mapping[str, Any]) -> None:
    """Write ``run/config.toml``, from which :func:`read_config` reads ``values`` back; None values are left out."""
    lines = [f"{name} = {_toml(value)}" for name, value in values.items() if not isinstance(value, Mapping | None)]
    for name, table in values.items():
        if isinstance(table, Mapping):
            lines += ["", f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    with atomic(run / NAME) as temporary:
        temporary.write_text("\n".join(lines) + "\n", "utf-8")


def _check(path: Path, name: str, known: Collection[str], where: str) -> None:
    if name not in known:
        near = get_close_matches(name, known, 1)
        remedy = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}"
        raise InkError(f"{path}: there is no option {name!r}{where}; {remedy}")


def _toml(value: Any) -> str:
    """Format a value as TOML, which includes JSON's strings, numbers, booleans and lists."""
    if isinstance(value, float) and not abs(value) < float("inf"):
        return str(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
