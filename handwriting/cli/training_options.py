"""The options of ``train``, generated from the dataclasses of hyper-parameters, and its configuration files."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

import typer

from handwriting.cli.options import integers
from handwriting.training.config import read_config

TABLES = ("augmentation",)
"""Settings that only a configuration file can change, each a table."""

Function = TypeVar("Function", bound=Callable[..., Any])


def _load(context: typer.Context, path: Path | None) -> Path | None:
    """Use the values of a configuration file as defaults of the other options."""
    if path is not None:
        known = {parameter.name for parameter in context.command.params if parameter.name} - {"config", "out", "help"}
        tables = {} if "encoding" not in known else {"augmentation": _distortions()}
        values = read_config(path, known, tables)
        context.meta["tables"] = {name: values.pop(name) for name in tables if name in values}
        multiple = {p.name for p in context.command.params if getattr(p, "multiple", False)}
        for name, value in values.items():
            if isinstance(value, list) and name not in multiple:
                values[name] = ",".join(map(str, value))
            elif name in multiple and not isinstance(value, list):
                values[name] = [value]
        context.default_map = {**(context.default_map or {}), **values}
    return path


Config = Annotated[
    Path | None,
    typer.Option(
        help="TOML file that sets any of these options; the command line overrides it. Every run writes one.",
        callback=_load,
        is_eager=True,
        show_default=False,
    ),
]


def with_options(panels: Mapping[str, Any], without: Collection[str] = ()) -> Callable[[Function], Function]:
    """Replace the ``**given`` of a command with an option for each documented field of the sources in ``panels``.

    A source is a dataclass, or an instance of one whose values are the defaults; the name of its panel is its heading
    in the help. Fields in ``without`` get no option.
    """

    def decorate(command: Function) -> Function:
        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        offered = [
            (panel, source, field)
            for panel, source in panels.items()
            for field in fields(source)
            if field.metadata and field.name not in without
        ]
        parameters = [*(p.replace(kind=p.KEYWORD_ONLY) for p in own), *(_parameter(*entry) for entry in offered)]
        command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {p.name: p.annotation for p in parameters}
        return command

    return decorate


def build_options(context: typer.Context, source: Any, given: Mapping[str, Any]) -> Any:
    """Return the dataclass of ``source`` with the values of the command's options and of its configuration file."""
    defaults: Any = source() if isinstance(source, type) else source
    values = {}
    for field in fields(defaults):
        name = _name(field)
        if name in given:
            text = isinstance(given[name], str) and isinstance(getattr(defaults, field.name), list)
            values[field.name] = integers(name, given[name]) if text else given[name]
    for name, table in context.meta.get("tables", {}).items():
        if hasattr(defaults, name):
            values[name] = replace(getattr(defaults, name), **table)
    return replace(defaults, **values)


def explicit(context: typer.Context) -> set[str]:
    """Return the names of the options set on the command line or in the configuration file."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return {name for name, source in sources.items() if source and source.name in ("COMMANDLINE", "DEFAULT_MAP")}


def config_values(context: typer.Context, *effective: Any) -> dict[str, Any]:
    """Return the contents of a run's configuration file: the command's options, updated from ``effective``
    dataclasses."""
    names = [p.name for p in context.command.params if p.name in context.params and p.name not in ("config", "out")]
    values = {name: context.params[name] for name in names}
    for source in effective:
        values |= {_name(field): getattr(source, field.name) for field in fields(source) if _name(field) in values}
        values |= {name: vars(getattr(source, name)) for name in TABLES if hasattr(source, name)}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _name(field: Field) -> str:
    return field.metadata.get("name") or field.name


def _parameter(panel: str, source: Any, field: Field) -> inspect.Parameter:
    kind = source if isinstance(source, type) else type(source)
    hint: Any = get_type_hints(kind, localns=dict.fromkeys(("Augmentation", "FeatureConfig"), Any))[field.name]
    default: Any = getattr(source, field.name, field.default)
    if default is MISSING and field.default_factory is not MISSING:
        default = field.default_factory()  # type: ignore[operator]
    about = field.metadata
    if about["choices"]:
        optional = default is None
        hint = Literal[tuple(about["choices"])]
        hint = hint | None if optional else hint
    elif isinstance(default, list) and all(isinstance(item, int) for item in default) and default:
        hint, default = str, ",".join(map(str, default))
    option = typer.Option(
        help=about["help"],
        min=about["least"],
        max=about["most"],
        show_default=default is not None and default != [],
        rich_help_panel=panel,
    )
    return inspect.Parameter(
        _name(field), inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[hint, option]
    )


def _distortions() -> Collection[str]:
    from handwriting.training.augment import Augmentation

    return [field.name for field in fields(Augmentation)]
