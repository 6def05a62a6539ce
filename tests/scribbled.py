"""Scribbled letters: pages whose lines are known, and hooks whose orientation is."""

import numpy as np

from handwriting.ink import Ink


def scribble(lines: int, words: int = 5, *, slope: float = 0.0, pitch: float = 4.0, left: float = 0.0, seed: int = 0):
    """Strokes and the line of each: words of letters of height 1, some with ascender, descender, and a late dot."""
    rng = np.random.default_rng(seed)
    strokes, line = [], []
    for row in range(lines):
        x = left
        for _ in range(words):
            dots = []
            for letter in range(int(rng.integers(2, 6))):
                turn = np.linspace(0, 2 * np.pi, 24)
                up, down = rng.choice([0, 0, 1.2]), rng.choice([0, 0, 1.2])
                y = -0.5 - 0.5 * np.cos(turn)
                y = np.where(y < -0.5, y - up * (turn > 2), y + down * (turn > 4))
                strokes.append(np.column_stack([x + 0.35 * np.sin(turn) + turn / 12, y]))
                if letter % 2:
                    dots.append(np.array([[x + 0.2, -1.6 - 0.2 * rng.random()]]))
                x += 0.9
            strokes += dots
            x += 1.2
        line += [row] * (len(strokes) - len(line))
        for k in range(line.index(row), len(strokes)):
            strokes[k] = strokes[k] + (0, row * pitch) + (0, slope) * strokes[k][:, :1]
    return strokes, np.array(line)


def hooks(count: int) -> list[Ink]:
    """Inks of spirals, which look different in every orientation."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(count):
        strokes = []
        for k in range(6):
            turn = np.linspace(0, rng.uniform(3, 5), 20)
            strokes.append(np.column_stack([3 * k + np.cos(turn) * turn / 3, np.sin(turn) - turn]))
        found.append(Ink.from_strokes(strokes))
    return found
