"""The JavaScript of the site computes what the Python that it is a twin of computes."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from composition.test_markdown import TEXT as MARKDOWN
from open_page import needs_browser

from benchmarks.static_site import below, compare, drawn_on, real, same_layouts, written
from handwriting.composition.blocks import SpelledWord, Word, plain, respelled, spelled
from handwriting.composition.drawn import DrawnWord, Measure, letters_of
from handwriting.composition.finish import Finisher
from handwriting.composition.markdown import parse
from handwriting.composition.marks import drawn_with, spell
from handwriting.composition.typeset import Box, paginate
from handwriting.composition.words import cut, cut_divided, divided
from handwriting.ink import Ink
from handwriting.inspection import reading, writing
from handwriting.inspection.events import events_of
from handwriting.inspection.gates import SIGNALS, Unit, of_unit
from handwriting.inspection.writing import Draft, WritingTrace
from handwriting.recognition.recognizer import Recognizer
from handwriting.rendering.curves import curves
from handwriting.rendering.pens import PENS, outline, widths
from handwriting.synthesis.hand import Hand
from handwriting.synthesis.sampler import Steps
from handwriting.synthesis.styles import SHIPPED, load
from handwriting.synthesis.synthesizer import Synthesizer
from handwriting.web import inside, schemas
from handwriting.web.service import Service

pytest.importorskip("playwright.sync_api", reason="needs playwright, which drives the browser: make installs it")

pytestmark = needs_browser
WRITTEN, REAL = 40, 200
EXACT = ("pen-up", "loop")
"""Events that do not depend on probabilities."""
ROUTE = """async ([path, body]) => {
    const { routes } = await import("./engine/routes.js");
    return routes[path](body);
}"""


@pytest.fixture(scope="module")
def synthesizer():
    return Synthesizer.load()


@pytest.fixture(scope="module")
def lines(synthesizer):
    return written(synthesizer, WRITTEN)


def check(found):
    """Everything but the network's own rounding is the same."""
    assert found.features <= 1e-4
    assert found.decoding == found.lines
    assert found.log_probability < 0.5
    assert min(found.best_path, found.language) >= 0.98 * found.lines - 1, found.differing


def check_units(found, gates):
    """The signals of each unit are those of ``gates`` up to the rounding of the weights, and as telling as is
    said."""
    for unit in found["units"]:
        own, during = of_unit(gates, unit_of(unit)), np.zeros(len(gates[0][0].cell), bool)
        during[found["events"][unit["event"]]] = True
        for signal in SIGNALS:
            values = getattr(own, signal)[:, unit["number"]]
            assert np.abs(values - unit[signal]).mean() < 0.03 * max(1, np.ptp(values)), (unit["event"], signal)
        values = getattr(own, unit["signal"])[:, unit["number"]]
        higher = values[during, None] - values[~during]
        assert unit["auc"] == pytest.approx(np.mean(higher > 0) + 0.5 * np.mean(higher == 0), abs=0.05)


def unit_of(record):
    return Unit(record["layer"], record["direction"], record["number"])


def test_written_lines_are_read_as_in_python(open_site, lines):
    check(compare(open_site(), Recognizer.load(), lines))


def test_real_lines_are_read_as_in_python(open_site, real_iamondb):
    check(compare(open_site(), Recognizer.load(), real(str(real_iamondb), REAL)))


def test_a_language_model_without_an_lstm_reads_as_in_python(open_site_for_open_data, lines):
    check(compare(open_site_for_open_data(), Recognizer.load("recognizer-open"), lines[:20]))


def test_the_character_lstm_gives_the_same_log_probabilities(open_site):
    """Each batch as a whole, because eight-bit integers are scaled by the largest values in it."""
    batches = [
        ["the quick brown fox jumps over 9 dogs", "the quick brown fix jumped", "the quick brown fax"],
        ["Café au lait", "Cafe au lait", "(x)", ""],
        ["One text alone"],
        ["Mr. Smith", "Mr Smith", "Mr. Smit", "Mn Smith", "Mr. Smith's"],
        [""],
    ]
    contexts = ["", "Yesterday I\nmet  ", "a line that is too long " * 12]
    found = open_site().evaluate(
        """async ([batches, contexts]) => {
            const { reader } = await import("./engine/models.js");
            const { lstm } = await reader(), found = [];
            for (const context of contexts) {
                for (const texts of batches) found.push(...await lstm.logProbabilities(texts, context));
            }
            return found;
        }""",
        [batches, contexts],
    )
    lstm = Recognizer.load().language.lstm
    own = [lstm.log_probabilities(texts, context) for context in contexts for texts in batches]
    differences = np.abs(np.concatenate(own) - found)
    assert np.median(differences) < 0.005  # a batch that is put together in another way gives 0.05
    assert differences.max() < 0.1


def test_lines_below_each_other_are_read_as_in_python(open_site, synthesizer, lines):
    """Each after the one above: without that, a third of the lines would have other readings, or in another order."""
    page, service, same = open_site(), Service(synthesizer, Recognizer.load()), []
    for start in range(0, len(lines), 8):
        strokes = [
            [{"x": x, "y": y} for x, y in s.tolist()] for ink in below(lines[start : start + 8]) for s in ink.strokes
        ]
        request = {"strokes": strokes, "hints": {"alternatives": 5}}
        found = page.evaluate(ROUTE, ["api/transcribe", request])
        own = service.transcribe(json.dumps(request).encode())
        for line, other in zip(own["lines"], found["lines"], strict=True):
            same.append([r["text"] for r in line["alternatives"]] == [r["text"] for r in other["alternatives"]])
    assert sum(same) >= 0.85 * len(lines)


def test_the_lines_of_pages_with_drawings_are_found_as_in_python(open_site, lines):
    pages = drawn_on(lines[:4])
    assert same_layouts(open_site(), pages) == len(pages) > 10


def test_a_hand_has_the_same_code(open_site, synthesizer):
    """Estimated of two lines of ink in other units, with and without times."""
    inks = [load(name).samples[0].ink for name in SHIPPED[:2]]
    inks[1] = inks[1].moved_to(inks[1].x * 0.01, inks[1].y * 0.01)
    texts = ["The quick brown fox jumps over 9 dogs"] * 2
    strokes = [[stroke.tolist() for stroke in ink.strokes] for ink in inks]
    timed = [[[[x, y, 0.01 * i] for i, (x, y) in enumerate(stroke)] for stroke in ink] for ink in strokes]
    make = """async ([samples, network]) => {
        const { writer } = await import("./engine/models.js");
        const { measuresOfLines } = await import("./engine/writing/measures.js");
        const { inkOfPoints } = await import("./engine/ink/ink.js");
        const synthesizer = await writer();
        const point = ([x, y, t]) => (t === undefined ? { x, y } : { x, y, t: 1000 * t });
        const ink = (strokes) => inkOfPoints(strokes.map((stroke) => stroke.map(point)));
        const lines = samples.map(({ strokes, text }) => ({ text, ink: ink(strokes) }));
        const measured = measuresOfLines(lines, synthesizer.card.hand);
        return synthesizer.codes.regressed(measured).numbers;
    }"""
    page = open_site()
    for given in (strokes, timed):
        found = page.evaluate(
            make, [[{"strokes": s, "text": text} for s, text in zip(given, texts, strict=True)], synthesizer.codes.name]
        )
        own = synthesizer.code_of([Ink.from_strokes([np.array(s) for s in ink]) for ink in given], texts)
        assert np.allclose(found, own.numbers, atol=2e-4)


def test_the_synthesizer_computes_the_same_steps(open_site, synthesizer):
    """The outputs for the same points, in the hand of a shipped style."""
    text = synthesizer.alphabet.encode("ink")
    hand = synthesizer.codes.biases(load("round").code)
    points = [[0.0, 0.0, 0.0], [0.5, -0.25, 0.0], [1.0, 1.0, 1.0], [-0.5, 0.125, 0.0]]
    steps = Steps(synthesizer.network, [text], None, hand)
    own = [[part.copy() for part in steps(np.array([point]))] for point in points]
    found = open_site().evaluate(
        """async ([text, points]) => {
            const { cards, writer } = await import("./engine/models.js");
            const { stepsOf } = await import("./engine/writing/sampler.js");
            const synthesizer = await writer(), { styles } = await cards();
            const hand = synthesizer.hand(styles.find(({ name }) => name === "round"), 0);
            const step = stepsOf(synthesizer.network, text, hand), made = [];
            for (const point of points) {
                const { outputs, phi } = await step(point);
                made.push([[...outputs], [...phi]]);
            }
            return made;
        }""",
        [text.tolist(), points],
    )
    for (outputs, phi), (found_outputs, found_phi) in zip(own, found, strict=True):
        assert np.allclose(outputs[0], found_outputs, atol=0.05)  # rounded to eight bits in another way
        assert np.allclose(phi[0], found_phi, atol=0.01)


def test_texts_are_spelled_as_in_python(open_site, synthesizer):
    """The nearest spelling of a text, and its words with marks and signs, hyphenated after eleven characters."""
    texts = [
        "3 € & ß Æon x=y 5°C 中 end é&è",
        "“so”, he said… »na, ’s«",
        "a—b, a — b schön—Öl,—o",
        "½ ﬁne\u00a0café\u00ad Cafe\u0301 ș Ǖ x\u0302",
        "one\ntwo\n\nthree\r\n\n\fäh",
        "Donaudampfschifffahrtsgesellschaftskapitän well-known-únbreakable æææææææææææææ",
    ]
    page, service = open_site(), Service(synthesizer, Recognizer.load())
    characters = page.evaluate(ROUTE, ["api/characters", None])
    assert characters == service.characters()
    found = page.evaluate(
        """async (texts) => {
            const { cards, marks } = await import("./engine/models.js");
            const { Spelling } = await import("./engine/writing/text.js");
            const { plain } = await import("./engine/writing/blocks.js");
            const spelling = new Spelling(await cards(), await marks());
            const words = (text) => spelling.words(plain(text), 12).map((row) => row.map((word) => (
                [word.text, word.base, ...[word.marks, word.signs].map(Object.fromEntries), word.cut ?? false]
            )));
            return texts.map((text) => spelling.nearest(text)).map((nearest) => [nearest, words(nearest)]);
        }""",
        texts,
    )
    for text, (nearest, words) in zip(texts, found, strict=True):
        assert nearest == respelled(text, synthesizer).replace("\r\n", "\n")
        assert not set(nearest) - {*characters["characters"], *characters["replaced"], "\f"}  # nothing is marked
        own = [
            [[w.word.text, *record(w.spelling), w.cut] for w in row] for row in spelled(plain(nearest), synthesizer, 12)
        ]
        assert words == own


def record(spelling):
    """Base, marks and signs, as JSON would give them."""
    return json.loads(json.dumps([spelling.base, spelling.marks, spelling.signs]))


def test_words_are_finished_with_their_marks_as_in_python(open_site, synthesizer):
    """A third of all marks, within words and at both of their ends, drawn twice; without what is random."""
    known = synthesizer.characters
    texts = [f"u{c}e {c}m n{c}" for c in sorted(drawn_with(known))[::3]] + ["„Größe“ i j í", "well", "a | b x|y"]
    words = [[SpelledWord(Word(word), spell(word, known)) for word in text.split()] for text in texts]
    bases = [" ".join(word.spelling.base for word in row) for row in words]
    hand = Hand(style=load("slanted"), seed=5, slant=8, size=1.2)
    lines = [line for seed in (5, 6) for line in synthesizer.write(bases, replace(hand, seed=seed))]
    cuts = [cut(line) for line in lines]
    drawn = [[DrawnWord(word, word.text, 0, run=letters_of(words)) for word in words] for words in cuts]
    drawn[0][1] = replace(drawn[0][1], changed=True, enlarged=1.3)
    drawn[1][2] = replace(drawn[1][2], changed=True)
    measure = Measure.of([one for row in drawn for one in row], synthesizer.height)
    measure = replace(measure, shape=replace(measure.shape, shake=0))
    finisher = Finisher(hand, 10.0)
    own = [
        finisher.word(one, word, measure, 1.5, 40.0)
        for one, word in zip(itertools.chain(*drawn), itertools.chain(*words * 2), strict=True)
    ]
    given = [
        {"text": line.text, "places": line.places.tolist(), "strokes": [s.tolist() for s in line.ink.strokes],
         "spelled": [{"marks": [*w.spelling.marks.items()], "signs": [*w.spelling.signs.items()]} for w in row]}
        for line, row in zip(lines, words * 2, strict=True)
    ]  # fmt: skip
    found = open_site().evaluate(
        """async ([lines, height]) => {
            const { inkOfStrokes } = await import("./engine/ink/ink.js");
            const { marks } = await import("./engine/models.js");
            const { Finisher, lettersOf, measureOf } = await import("./engine/writing/finish.js");
            const { cutWords } = await import("./engine/writing/words.js");
            const cuts = lines.map(({ strokes, ...line }) => cutWords({ ...line, ink: inkOfStrokes(strokes) }));
            const drawn = cuts.map((words) => words.map((word) => ({ ...word, run: lettersOf(words) })));
            Object.assign(drawn[0][1], { changed: true, enlarged: 1.3 });
            Object.assign(drawn[1][2], { changed: true });
            const measure = measureOf(drawn.flat(), height);
            measure.shape.shake = 0;
            const finisher = new Finisher({ size: 1.2, slant: 8, seed: 5 }, 10, await marks());
            return drawn.map((row, k) => row.map((word, i) => {
                const { ink, width, space } = finisher.word(word, lines[k].spelled[i], measure, 1.5, 40);
                return { x: [...ink.x], y: [...ink.y], starts: [...ink.starts], width, space };
            }));
        }""",
        [given, synthesizer.height],
    )
    for one, other in zip(own, itertools.chain(*found), strict=True):
        assert one.ink.starts.tolist() == other["starts"]
        assert np.allclose([one.ink.x, one.ink.y], [other["x"], other["y"]], rtol=0, atol=1e-6)
        assert [one.width, one.space] == pytest.approx([other["width"], other["space"]])


def test_long_words_are_divided_and_joined_as_in_python(open_site):
    texts = ["first_name@mailbox.org,", "10:45", "http://exämple.de/page", "C:\\one\\two_three", "incomprehensible"]
    (line,) = Synthesizer.load().write([divided(texts[0])], Hand(style=load("slanted"), seed=5))
    own = cut_divided(line)
    found, word = open_site().evaluate(
        """async ([texts, { strokes, ...line }]) => {
            const { inkOfStrokes } = await import("./engine/ink/ink.js");
            const { cutWords, divided, joinParts } = await import("./engine/writing/words.js");
            const { text, places, ink } = joinParts(cutWords({ ...line, ink: inkOfStrokes(strokes) }));
            return [texts.map(divided), { text, places, x: [...ink.x], y: [...ink.y], starts: [...ink.starts] }];
        }""",
        [
            texts,
            {"text": line.text, "places": line.places.tolist(), "strokes": [s.tolist() for s in line.ink.strokes]},
        ],
    )
    assert found == [divided(text) for text in texts]
    assert own.ink is not None and (word["text"], word["places"]) == (own.text, own.places.tolist())
    assert word["starts"] == own.ink.starts.tolist()
    assert np.allclose([own.ink.x, own.ink.y], [word["x"], word["y"]], rtol=0, atol=1e-6)


def test_markdown_is_set_as_in_python(open_site):
    """The blocks of a text, and its words, as wide as they have letters, in their places on small pages."""
    sheets = [[width, rows] for width in range(48, 80, 3) for rows in (3, 4, 7)]
    texts = [
        MARKDOWN,
        "\f\n" + MARKDOWN.replace("\n\n", "\n\n\f", 2) + "\f\n***x*** \\# _a b_c_ **é—ü**, ~ __i__\n* * *\n",
        "# ## #\n####### seven\n -\n- \n1) a\n\t- b\n   c\n    2. d\r\n>> q\n> \n`*a*` ![alt](b c) [x](\n\\\nend  \n",
        " ".join(["several **words", "that** wrap"] * 12) + "\n## kept\n" + "with the next one, " * 40,
    ]
    found = open_site().evaluate(
        """async ([texts, sheets]) => {
            const { parse } = await import("./engine/writing/markdown.js");
            const { Paginator, breakLines } = await import("./engine/writing/typeset.js");
            const sized = ({ text }) => ({ width: 1.7 * text.length, space: 2 });
            return texts.map((text) => {
                const blocks = parse(text, 8, "justify");
                const places = sheets.map(([width, rows]) => {
                    const paginator = new Paginator(rows);
                    const placed = (block) => breakLines(block.words.map(sized), block, width).map((line, k, lines) => {
                        const place = paginator.place(line, block, k + 1 < lines.length);
                        return place && [place.page, place.row, line.first, ...line.x];
                    });
                    return blocks.flatMap(placed).filter(Boolean);
                });
                return { blocks, places };
            });
        }""",
        [texts, sheets],
    )
    for text, other in zip(texts, found, strict=True):
        blocks = parse(text, 8, "justify")
        assert [block_record(block) for block in blocks] == other["blocks"]
        boxes = [tuple(Box(1.7 * len(word.text), 2) for word in block.words) for block in blocks]
        settings = [replace(block.setting, boxes=own) for block, own in zip(blocks, boxes, strict=True)]
        for (width, rows), places in zip(sheets, other["places"], strict=True):
            placed = paginate(settings, width, rows)
            own = [[place.page, place.row, place.line.first, *place.line.x] for place in placed]
            assert [pytest.approx(place) for place in own] == places


def block_record(block):
    """A block as blocks.js has it."""
    words = [{"text": word.text, "underlined": word.underlined} for word in block.words]
    setting = {name: getattr(block.setting, name) for name in ("align", "indent", "left", "before", "keep")}
    sizes = {name: pytest.approx(setting.pop(name)) for name in ("indent", "left")}
    own = {"size": block.size, "marked": block.marked, "rule": block.rule}
    return {"words": words, "breaksPage": block.setting.page_break} | setting | sizes | own


def test_pens_draw_the_same_outlines(open_site, synthesizer, lines):
    """Of writing in millimetres, of pens without roughness, which is random; and of a dot, a line and a corner."""
    strokes = [4.5 / synthesizer.height * stroke for ink in lines[:6] for stroke in ink.strokes]
    strokes += [
        np.array(points) for points in ([[3.0, 4.0]], [[0.0, 0.0], [2.0, 1.0]], [[0.0, 0], [1, 0], [1, 1], [2, 1]])
    ]
    pens = [replace(pen, roughness=0.0) for pen in PENS.values()]
    found = open_site().evaluate(
        """async ([pens, strokes]) => {
            const { isUniform, outlineOf, widthsOf } = await import("./engine/writing/pens.js");
            const { curvesOf } = await import("./engine/writing/curves.js");
            const curves = curvesOf(strokes);
            return pens.map((pen) => [isUniform(pen), strokes.map((stroke, i) => {
                const widths = widthsOf(stroke, pen);
                return [widths, outlineOf(curves[i], stroke, widths)];
            })]);
        }""",
        [[asdict(pen) for pen in pens], [stroke.tolist() for stroke in strokes]],
    )
    fitted = curves(strokes)
    for pen, (uniform, drawn) in zip(pens, found, strict=True):
        assert uniform == pen.uniform
        for stroke, curve, (width, shape) in zip(strokes, fitted, drawn, strict=True):
            assert np.allclose(width, own := widths(stroke, pen))
            assert np.allclose(shape, outline(curve, stroke, own), rtol=0, atol=1e-6)


def test_the_reading_of_a_line_is_looked_into_as_in_python(open_site, synthesizer, lines):
    page, service = open_site(), Service(synthesizer, Recognizer.load())
    named = lambda record: {(one["event"], unit_of(one)) for one in record["units"]}  # noqa: E731
    strength = lambda record: [max(one["auc"], 1 - one["auc"]) for one in record["units"]]  # noqa: E731
    shared = []
    strokes = [[[{"x": x, "y": y} for x, y in s.tolist()] for s in ink.strokes] for ink in lines[:12]]
    same = 0
    for one in strokes:
        found, own = (
            page.evaluate(ROUTE, ["api/inside", {"strokes": one}]),
            inside.read(service, json.dumps({"strokes": one}).encode()),
        )
        if found["text"] != own["text"]:  # eight-bit integers may be rounded differently
            continue
        same += 1
        assert found["steps"] == own["steps"] and found["lines"] == own["lines"]
        assert found["box"] == pytest.approx(own["box"])
        assert np.mean([a == b for a, b in zip(found["path"], own["path"], strict=True)]) > 0.95
        decided = [(c["text"], c["step"]) for c in own["characters"]]
        assert np.mean([(c["text"], c["step"]) in decided for c in found["characters"]]) > 0.9
        for name in {*found["probabilities"]} & {*own["probabilities"]}:
            assert np.allclose(found["probabilities"][name], own["probabilities"][name], atol=0.05)
        assert len({*found["probabilities"]} ^ {*own["probabilities"]}) < 4
        assert [found["events"].get(name) for name in EXACT] == [own["events"].get(name) for name in EXACT]
        (line,) = service.reader.read(schemas.ink_of(one))
        check_units(found, reading.gates_of(service.recognizer, line.line.ink))
        assert strength(found) == pytest.approx(strength(own), abs=0.03)
        assert [u["chance"] for u in found["units"]] == pytest.approx([u["chance"] for u in own["units"]], abs=0.03)
        shared.append(len(named(found) & named(own)) / len(named(own)))
    assert same >= 11
    assert np.mean(shared) > 0.8  # units that respond equally well may change places


def test_what_decided_each_point_is_what_the_network_says_of_it(open_site, synthesizer):
    """The browser's points, fed to the graph in Python, give the same window, the same densities and the same gates."""
    page = open_site()
    found = page.evaluate(ROUTE, ["api/inside/writing", {"text": "ink and pen", "seed": 3, "style": "upright"}])
    xy = np.array([point for stroke in found["strokes"] for point in stroke])
    ends = np.cumsum([len(stroke) for stroke in found["strokes"]]) - 1
    lifted = np.zeros(len(xy))
    lifted[ends] = 1
    normalizer = synthesizer.normalizer
    steps = (np.diff(xy, axis=0, prepend=0) - normalizer.mean) / normalizer.sd
    inputs = np.vstack([np.zeros(3), np.column_stack([steps, lifted])[:-1]])
    primer = synthesizer.primer(load("upright"))
    network = Steps(synthesizer.network, [synthesizer.alphabet.encode("ink and pen")], primer.state, primer.hand)
    outputs, phi, w = [], [], [primer.state["w"][0]]
    for point in inputs:
        output, window = network(point[None])
        outputs.append(output[0].copy())
        phi.append(window[0].copy())
        w.append(network.state["w"][0])
    assert np.allclose(found["window"], phi, atol=0.1)
    end = 1 / (1 + np.exp([row[0] for row in outputs]))
    assert np.abs(np.array(found["end"]) - end).mean() < 0.02
    best = [max(row, key=lambda part: part[0]) for row in found["mixture"]]
    M = synthesizer.network.mixtures
    for row, output, before in zip(best, outputs, np.vstack([[0, 0], xy[:-1]]), strict=True):
        m = int(np.argmax(output[1 : 1 + M]))
        mean = output[[1 + M + m, 1 + 2 * M + m]] * normalizer.sd + normalizer.mean + before
        assert np.allclose(row[1:3], mean, atol=0.02 * synthesizer.height)
    ink = Ink.from_strokes([np.array(stroke) for stroke in found["strokes"]])
    first = np.isin(np.arange(len(xy)), ink.starts)
    none = np.zeros(0)
    trace = WritingTrace("ink and pen", ink, True, np.array(found["window"]), none, None, none, first)
    events = {name: np.flatnonzero(mask).tolist() for name, mask in events_of(trace).items()}
    assert found["events"] == events and len(events) == 4
    check_units(found, writing.gates_of(synthesizer, Draft(trace, primer, inputs, np.array(w))))
