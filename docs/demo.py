"""Draw `docs/demo.svg`: a line writes itself, and the recognizer's reading appears under it.

Run it from the root of a checkout: ``python docs/demo.py [SEED]``. Both networks are the shipped ones, and the text
under the writing is the actual reading.
"""

from __future__ import annotations

import sys
from pathlib import Path

from handwriting.composition.page import write_page
from handwriting.composition.runs import WordWriter
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.animation import LEAD_SECONDS, animated_svg, schedule
from handwriting.rendering.layout import PageLayout
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.synthesizer import Synthesizer

TEXT = "the pen writes, the network reads"
SPEED = 1.6
CAPTION_MM = 9.0


def main(seed: int) -> None:
    """Write the picture and print the reading."""
    layout = PageLayout(width_mm=None, margin_mm=5, line_height_mm=14, stroke_mm=0.5)
    page = write_page(WordWriter(Synthesizer.load(), best_of=1), TEXT, layout, Hand(seed=seed))
    read = " ".join(t.text for t in Recognizer.load().transcribe_all([line.ink for line in page.lines]))
    drawing = page.drawing
    *_, last = schedule(drawing.inks)
    end = LEAD_SECONDS + (last.begin + last.duration) / SPEED + 0.4
    width, height = drawing.width, drawing.height + CAPTION_MM
    caption = (
        f'<text x="5" y="{height - 3:.2f}" font-family="ui-monospace, monospace" font-size="4.2" fill="#2f6f4f">'
        f'{read}<set attributeName="visibility" to="hidden" dur="{end:.2f}s"/></text></svg>'
    )
    svg = animated_svg(drawing, speed=SPEED).replace("</svg>", caption)
    svg = svg.replace(f'height="{drawing.height:.2f}mm"', f'height="{height:.2f}mm"')
    svg = svg.replace(
        f'viewBox="0 0 {drawing.width:.2f} {drawing.height:.2f}"', f'viewBox="0 0 {width:.2f} {height:.2f}"'
    )
    svg = svg.replace("<style", f'<rect width="{width:.2f}" height="{height:.2f}" rx="2" fill="white"/><style', 1)
    Path("docs/demo.svg").write_text(svg, encoding="utf-8")
    print(read)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
