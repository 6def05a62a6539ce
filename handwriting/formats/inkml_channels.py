"""The channels of an InkML trace format (section 3.1 of the standard): the meaning of the values of a point.

Programs declare coordinates as integers that count the steps of a digitiser, and its resolution in the ink source. A
pen moves on a plane, so a unit or a resolution that is missing or invalid for one of X and Y is taken from the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from handwriting.errors import InkError
from handwriting.formats import xml
from handwriting.formats.units import millimetres
from handwriting.limits import number_or_none
from handwriting.notes import Notes

MAX_CHANNELS = 64
MAX_BOUND = 1e12


@dataclass(frozen=True)
class Channel:
    """One channel of a trace format."""

    name: str
    units: str | None = None
    scale: float = 1.0
    """Factor that converts a value to ``units``, negative for a reversed orientation."""
    low: float | None = None
    high: float | None = None
    since: str | None = None
    """Id of the time stamp that its values are relative to (``respectTo``)."""


DEFAULT_CHANNELS = (Channel("X"), Channel("Y"))
"""The channels of a trace that has no trace format."""


def parse_format(
    element: etree._Element, source: etree._Element | None, file: str, notes: Notes
) -> tuple[tuple[Channel, ...], int]:
    """Return the channels of a trace format, and how many of them are regular: every point has a value for these.

    ``source`` is the ink source that the format belongs to, which gives the resolutions. Raises :class:`InkError` if
    there are more than :data:`MAX_CHANNELS` channels.
    """
    regular = list(_channels(element))
    intermittent: list[etree._Element] = []
    for group in element:
        if xml.local_name(group) == "regularChannels":
            regular += _channels(group)
        elif xml.local_name(group) == "intermittentChannels":
            intermittent += _channels(group)
    if not regular:
        return (), 0
    elements = regular + intermittent
    if len(elements) > MAX_CHANNELS:
        raise InkError(
            f"{file}: a trace format of {len(elements)} channels, and it may have {MAX_CHANNELS} at most; export fewer"
        )
    channels = [_parse_channel(child) for child in elements]
    integers = {channel.name for channel, child in zip(channels, elements, strict=True) if _is_integer(child)}
    return tuple(_with_scales(channels, integers, _resolutions(source, notes), notes)), len(regular)


def _channels(element: etree._Element) -> Iterator[etree._Element]:
    return (child for child in element if xml.local_name(child) == "channel")


def _is_integer(element: etree._Element) -> bool:
    return element.get("type") == "integer"


def _parse_channel(element: etree._Element) -> Channel:
    name = element.get("name", "").strip()
    name = name.upper() if len(name) == 1 else name
    scale = -1.0 if element.get("orientation") == "-ve" else 1.0
    low, high = (number_or_none(element.get(bound), MAX_BOUND) for bound in ("min", "max"))
    return Channel(name, element.get("units"), scale, low, high, element.get("respectTo"))


def _resolutions(source: etree._Element | None, notes: Notes) -> dict[str, float]:
    """Return the number of counts per unit of each channel for which an ink source gives a valid one."""
    found: dict[str, float] = {}
    for element in () if source is None else source.iter("{*}channelProperty"):
        if element.get("name") == "resolution" and element.get("units", "").startswith("1/"):
            value = number_or_none(element.get("value"))
            if value is None:
                notes.drop("the resolution", f"{element.get('value', '')[:40]!r} is not a number")
            elif value > 0:
                found.setdefault(element.get("channel", ""), value)
    return found


def _with_scales(
    channels: list[Channel], integers: set[str], resolutions: dict[str, float], notes: Notes
) -> list[Channel]:
    """Return the channels, where a unit and a resolution apply to both X and Y or to neither.

    Integers are counts of a digitiser at its resolution; decimals are in the unit itself.
    """
    axes = {channel.name: channel for channel in reversed(channels) if channel.name in ("X", "Y")}
    known = [name for name, channel in axes.items() if millimetres(channel.units)]
    counted = [name for name in known if name in integers and name in resolutions]
    complete = counted or known
    for name in axes.keys() - set(complete) if complete else ():
        model = complete[0]
        if counted or axes[name].units:
            reason = f"its unit, type or resolution does not match that of {model}, so {name} is scaled like {model}"
            notes.drop(f"the scale of {name}", reason)
        if name not in known or name not in resolutions:
            axes[name] = replace(axes[name], units=axes[model].units)
            resolutions = resolutions | {name: resolutions.get(model, 1.0)}
    if counted:
        axes = {name: replace(channel, scale=channel.scale / resolutions[name]) for name, channel in axes.items()}
    return [axes.get(channel.name, channel) for channel in channels]
