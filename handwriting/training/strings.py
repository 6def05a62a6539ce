"""Strings that are no sentences: numbers, prices, times, addresses, code and single symbols, made up at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Random = np.random.Generator
HARD = "#$%&*+/<=>@QXZ[\\]^_{|}~`"
"""Characters that IAM-OnDB's texts never or hardly ever hold."""
MONTHS = "January February March April May June July August September October November December".split()
STREETS = ("Street", "Road", "Lane", "Avenue", "St.", "Rd", "Place", "Square")


def string(random: Random, words: Sequence[str]) -> str:
    """One string of a random kind; ``words`` are for the kinds that have any."""
    kind = KINDS[random.choice(len(KINDS), p=WEIGHTS)]
    return kind(random, words)


def _digits(random: Random, least: int, most: int) -> str:
    return "".join(map(str, random.integers(0, 10, int(random.integers(least, most + 1)))))


def _word(random: Random, words: Sequence[str]) -> str:
    return words[int(random.integers(len(words)))]


def _pick(random: Random, options: Sequence[str]) -> str:
    return options[int(random.integers(len(options)))]


def _telephone(random: Random, words: Sequence[str]) -> str:
    form = _pick(random, ("0{4} {6}", "0{3} {3} {4}", "+{2} {3} {6}", "({3}) {3}-{4}", "{3}-{4}", "+{2} ({4}) {5}"))
    return _filled(form, random)


def _filled(form: str, random: Random) -> str:
    for size in range(1, 10):
        while f"{{{size}}}" in form:
            form = form.replace(f"{{{size}}}", _digits(random, size, size), 1)
    return form


def _price(random: Random, words: Sequence[str]) -> str:
    form = _pick(random, ("${2}.{2}", "${1},{3}", "{2}.{2}", "${3}", "{1},{3}.{2}", "{2}%", "{1}.{1}%", "-{2}.{2}", "@ {2}.{2}"))
    return _filled(form, random)


def _time(random: Random, words: Sequence[str]) -> str:
    hour, minute = int(random.integers(0, 24)), int(random.integers(0, 60))
    return _pick(random, (f"{hour}:{minute:02}", f"{hour % 12 + 1}.{minute:02}", f"{hour % 12 + 1} pm", f"{hour:02}:{minute:02}"))


def _date(random: Random, words: Sequence[str]) -> str:
    day, month, year = int(random.integers(1, 32)), int(random.integers(12)), int(random.integers(1900, 2031))
    name = MONTHS[month]
    return _pick(
        random,
        (f"{day} {name} {year}", f"{day}/{month + 1}/{year % 100:02}", f"{name} {day}, {year}", f"{year}-{month + 1:02}-{day:02}",
         f"{day}.{month + 1}.{year}", f"{day} {name[:3]} {year % 100:02}"),
    )  # fmt: skip


def _number(random: Random, words: Sequence[str]) -> str:
    return _pick(random, (_digits(random, 1, 8), _filled("{1},{3}", random), _filled("{2}.{3}", random), _filled("{3} {3}", random)))


def _address(random: Random, words: Sequence[str]) -> str:
    street = f"{_digits(random, 1, 3)} {_word(random, words).capitalize()} {_pick(random, STREETS)}"
    code = f"{_capitals(random, 1, 2)}{_digits(random, 1, 2)} {_digits(random, 1, 1)}{_capitals(random, 2, 2)}"
    return _pick(random, (street, code, f"{street}, {code}", f"No. {_digits(random, 1, 3)}", f"#{_digits(random, 1, 3)}"))


def _capitals(random: Random, least: int, most: int) -> str:
    return "".join(_pick(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(int(random.integers(least, most + 1))))


def _shout(random: Random, words: Sequence[str]) -> str:
    return " ".join(_word(random, words).upper() for _ in range(int(random.integers(1, 3))))


def _mail(random: Random, words: Sequence[str]) -> str:
    name, host = _word(random, words).lower(), _word(random, words).lower()
    end = _pick(random, ("com", "org", "net", "co.uk", "de"))
    return _pick(
        random,
        (f"{name}@{host}.{end}", f"{name}.{_word(random, words).lower()}@{host}.{end}", f"{name}_{_digits(random, 1, 2)}@{host}.{end}",
         f"www.{host}.{end}", f"http://{host}.{end}/{name}", f"{host}.{end}/~{name}"),
    )  # fmt: skip


def _code(random: Random, words: Sequence[str]) -> str:
    a, b = _word(random, words).lower(), _word(random, words).lower()
    n = _digits(random, 1, 2)
    return _pick(
        random,
        (f"{a} = {b}[{n}];", f"{{{a}: {n}}}", f"{a}_{b}({n})", f"if ({a} <= {n})", f"x^{n} + y^{n}", f"<{a}>", f"#{a} | {b}",
         f"{a} += {n};", f"C:\\{a}\\{b}", f"`{a}`", f"~/{a}/{b}", f"{a} && {b}", f"{a}->{b}", f"*{a}*", f"[{a}]", f"{{{b}}}",
         f"{n} < {_digits(random, 1, 2)}", f"{n} * {_digits(random, 1, 2)} = {_digits(random, 2, 3)}", f"{n} + {n} > {n}",
         f'"{a}"', f"'{a}'", f"({a})", f"{a}/{b}", f"{a} & {b}", f"${a}", f"a = b ~ {n}", f"|{a}|"),
    )  # fmt: skip


def _symbols(random: Random, words: Sequence[str]) -> str:
    """A few hard characters, alone, among others or at a word."""
    signs = [_pick(random, HARD) for _ in range(int(random.integers(1, 6)))]
    form = int(random.integers(4))
    if form == 0:
        return "".join(signs)
    if form == 1:
        return " ".join(signs)
    if form == 2:
        return " ".join(_word(random, words) if random.random() < 0.5 else sign for sign in signs)
    return "".join(_pick(random, (sign, _digits(random, 1, 2), _capitals(random, 1, 1), _word(random, words)[:3])) for sign in signs)


def _mixed(random: Random, words: Sequence[str]) -> str:
    """Any printable characters."""
    return "".join(chr(int(random.integers(33, 127))) for _ in range(int(random.integers(2, 9))))


def _serial(random: Random, words: Sequence[str]) -> str:
    return _filled(_pick(random, ("{3}-{2}-{4}", "{2}", "{4}/{2}", "{2}/{1}", "{5}")), random) + _capitals(random, 0, 2)


def _two_words(random: Random, words: Sequence[str]) -> str:
    return " ".join(_word(random, words) for _ in range(int(random.integers(1, 4))))


KINDS: tuple[Callable[[Random, Sequence[str]], str], ...] = (
    _telephone, _price, _time, _date, _number, _address, _shout, _mail, _code, _symbols, _mixed, _serial, _two_words
)  # fmt: skip
WEIGHTS = np.array([8, 9, 6, 9, 8, 8, 10, 7, 13, 12, 6, 4, 4]) / 104.0
