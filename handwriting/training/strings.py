"""Random strings other than sentences: numbers, prices, times, addresses, code and single symbols.

Each kind is a list of templates. ``‹3›`` stands for three digits, ``‹A2›`` for two capitals, ``‹w›`` for a word in
small letters, ``‹C›`` for a capitalised one, ``‹U›`` for one in capitals, ``‹a›`` for a small letter, ``‹s›`` for a
character that is rare in sentences, ``‹any›`` for a printable one; the other names are those of :data:`FILLERS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

Random = np.random.Generator
Words = Sequence[str]
HARD = "#$%&*+/<=>@QXZ[\\]^_{|}~`"
MONTHS = tuple("January February March April May June July August September October November December".split())  # noqa: SIM905
STREETS = ("Street", "Road", "Lane", "Avenue", "St.", "Rd", "Place", "Square")
LONGEST = 40

TEMPLATES: dict[str, tuple[float, tuple[str, ...]]] = {
    "telephone": (8, ("0‹4› ‹6›", "0‹3› ‹3› ‹4›", "+‹2› ‹3› ‹6›", "(‹3›) ‹3›-‹4›", "‹3›-‹4›", "+‹2› (‹4›) ‹5›")),
    "price": (
        9,
        ("$‹2›.‹2›", "$‹1›,‹3›", "‹2›.‹2›", "$‹3›", "‹1›,‹3›.‹2›", "‹2›%", "‹1›.‹1›%", "-‹2›.‹2›", "@ ‹2›.‹2›"),
    ),
    "time": (6, ("‹hour›:‹minute›", "‹hour›.‹minute›", "‹hour› pm", "‹hour›:‹minute›")),
    "date": (
        9,
        ("‹day› ‹month› ‹year›", "‹day›/‹day›/‹2›", "‹month› ‹day›, ‹year›", "‹year›-‹minute›-‹minute›")
        + ("‹day›.‹day›.‹year›", "‹day› ‹mon› ‹2›"),
    ),
    "number": (8, ("‹1›", "‹2›", "‹4›", "‹7›", "‹1›,‹3›", "‹2›.‹3›", "‹3› ‹3›", "0.‹2›", "‹1›0", "0 ‹w›")),
    "address": (
        8,
        (
            "‹2› ‹C› ‹street›",
            "‹A2›‹1› ‹1›‹A2›",
            "‹1› ‹C› ‹street›, ‹A1›‹2› ‹1›‹A2›",
            "No. ‹2›",
            "#‹3›",
            "‹3› ‹C› ‹street›",
        ),
    ),
    "capitals": (10, ("‹U›", "‹U› ‹U›")),
    "mail": (
        7,
        ("‹w›@‹w›.com", "‹w›.‹w›@‹w›.net", "‹w›_‹2›@‹w›.co.uk", "www.‹w›.org", "http://‹w›.de/‹w›", "‹w›.com/~‹w›"),
    ),
    "code": (
        16,
        ("‹w› = ‹w›[‹1›];", "{‹w›: ‹2›}", "‹w›_‹w›(‹1›)", "if (‹w› <= ‹1›)", "x^‹1› + y^‹1›", "<‹w›>", "#‹w› | ‹w›")
        + ("‹w› += ‹1›;", "C:\\‹w›\\‹w›", "`‹w›`", "~/‹w›/‹w›", "‹w› && ‹w›", "‹w›->‹w›", "*‹w›*", "[‹w›]", "{‹w›}")
        + ("‹2› < ‹2›", "‹1› * ‹2› = ‹2›", "‹1› + ‹1› > ‹1›", '"‹w›"', "'‹w›'", "(‹w›)", "‹w›/‹w›", "‹w› & ‹w›", "$‹w›")
        + ("a = b ~ ‹1›", "|‹w›|", "‹w› | ‹w›", "‹w› | ‹w› | ‹w›", "‹a› | ‹a›", "‹1› | ‹1›", "‹w› || ‹w›", "|‹a›|")
        + ("‹w›_‹w›", "‹a›_‹a›", "_‹w›", "‹w›_‹1›", "`‹w›` ‹w›", "‹w› `‹a›`", "`‹w› ‹w›`")
        + ("‹a› + ‹a›", "‹w› + ‹w›", "‹1› + ‹1› = ‹2›"),
    ),
    "bars": (  # and what they are taken for
        10,
        (
            "‹w› | ‹w›",
            "‹a› | ‹a›",
            "‹1› | ‹1›",
            "‹2› | ‹2›",
            "‹C› | ‹C›",
            "|‹w›|",
            "|‹a›|",
            "‹w› | ‹w› | ‹w›",
            "‹w› || ‹w›",
        )
        + ("‹w› / ‹w›", "‹a› / ‹a›", "I ‹w›", "‹w› I ‹w›", "‹w› ! ‹w›", "‹w› l ‹1›"),
    ),
    "symbols": (
        40,
        (
            "‹s›",
            "‹s›‹s›‹s›",
            "‹s› ‹s›",
            "‹s› ‹s› ‹s› ‹s›",
            "‹w› ‹s›",
            "‹s› ‹w› ‹s›",
            "‹s›‹1›‹s›‹w›",
            "‹A1›‹s›‹1›‹s›",
            "‹w›‹s›‹w›",
        ),
    ),
    "mixed": (10, ("‹any›‹any›", "‹any›‹any›‹any›‹any›", "‹any›‹any›‹any›‹any›‹any›‹any›‹any›")),
    "serial": (4, ("‹3›-‹2›-‹4›", "‹2›‹A2›", "‹4›/‹2›", "‹2›/‹1›‹A1›", "‹5›‹A1›")),
    "words": (4, ("‹w›", "‹w› ‹w›", "‹w› ‹C› ‹w›")),
}
"""Weight and templates of each kind."""
WEIGHTS = np.array([weight for weight, _ in TEMPLATES.values()]) / sum(weight for weight, _ in TEMPLATES.values())
SLOT = re.compile("‹([^›]+)›")


def string(random: Random, words: Words) -> str:
    """Make a string of a random kind, at most :data:`LONGEST` characters; some kinds contain some of ``words``."""
    _, templates = list(TEMPLATES.values())[int(random.choice(len(WEIGHTS), p=WEIGHTS))]
    return SLOT.sub(lambda slot: _filled(slot[1], random, words), _one(random, templates))[:LONGEST].strip()


def _filled(name: str, random: Random, words: Words) -> str:
    if name.isdigit():
        return "".join(map(str, random.integers(0, 10, int(name))))
    if name[0] == "A":
        return "".join(_one(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(int(name[1:])))
    return FILLERS[name](random, words)


def _one(random: Random, options: Sequence[str]) -> str:
    return options[int(random.integers(len(options)))]


FILLERS: dict[str, Callable[[Random, Words], str]] = {
    "w": lambda random, words: _one(random, words).lower(),
    "C": lambda random, words: _one(random, words).capitalize(),
    "U": lambda random, words: _one(random, words).upper(),
    "a": lambda random, words: _one(random, "abcdefghijklmnopqrstuvwxyz"),
    "s": lambda random, words: _one(random, HARD),
    "any": lambda random, words: chr(int(random.integers(33, 127))),
    "hour": lambda random, words: str(random.integers(0, 24)),
    "minute": lambda random, words: f"{random.integers(0, 60):02}",
    "day": lambda random, words: str(random.integers(1, 32)),
    "month": lambda random, words: _one(random, MONTHS),
    "mon": lambda random, words: _one(random, MONTHS)[:3],
    "year": lambda random, words: str(random.integers(1900, 2031)),
    "street": lambda random, words: _one(random, STREETS),
}
