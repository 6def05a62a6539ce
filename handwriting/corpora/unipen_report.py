"""Survey UNIPEN: segments by category and donor, and the unusable ones by reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from handwriting.corpora.unipen import CATEGORY_OF_KIND, Unipen
from handwriting.corpora.unipen_rules import rules
from handwriting.progress import Progress, no_progress


@dataclass
class DonorShare:
    """Contribution of one donor to one category."""

    kind: str
    """A key of :data:`~handwriting.corpora.unipen.CATEGORY_OF_KIND`."""
    category: str
    donor: str
    group: str
    """Group of the donor: ``train``, ``valid`` or ``test``."""
    segments: int = 0
    files: int = 0
    writers: set[str] = field(default_factory=set)
    points: int = 0
    without_ink: Counter[str] = field(default_factory=Counter)
    """Number of segments without ink, by reason."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Number of segments of training donors that training leaves out, by reason."""

    @property
    def resolved(self) -> int:
        """Number of segments with ink."""
        return self.segments - self.without_ink.total()

    def add(self, segment: _Segment) -> None:
        """Count a segment."""
        if segment.problem is not None:
            self.without_ink[segment.problem] += 1
            return
        self.writers.add(segment.writer)
        self.points += segment.points
        if segment.unfit is not None:
            self.left_out[segment.unfit] += 1


@dataclass(frozen=True)
class _Segment:
    """Facts about a segment that the survey counts."""

    problem: str | None
    writer: str = ""
    points: int = 0
    unfit: str | None = None


@dataclass
class UnipenSurvey:
    """Contents of the distribution."""

    path: str
    shares: list[DonorShare]


def survey(corpus: Unipen, progress: Progress = no_progress) -> UnipenSurvey:
    """Read every segment of every category; ``progress`` counts segments."""
    shares = [
        DonorShare(kind, category, donor, rules().group(donor))
        for kind, category in CATEGORY_OF_KIND.items()
        for donor in corpus.donors(category)
    ]
    members = [list(corpus.members(share.category, share.donor)) for share in shares]
    total, done = sum(map(len, members)), 0
    known: dict[str, _Segment] = {}  # most segments are in two or three categories
    for share, ids in zip(shares, members, strict=True):
        share.segments, share.files = len(ids), len({id.partition(":")[0] for id in ids})
        for id in ids:
            if id not in known:
                known[id] = _read(corpus, id, share.group)
            share.add(known[id])
            done += 1
            progress(done, total)
    return UnipenSurvey(str(corpus.root), shares)


def _read(corpus: Unipen, id: str, group: str) -> _Segment:
    problem = corpus.problem(id)
    if problem is not None:
        return _Segment(problem)
    line = corpus.line(id)
    return _Segment(None, line.writer or "", len(line.ink), corpus.unfit(id) if group == "train" else None)


def render(survey: UnipenSurvey) -> str:
    """Return a survey as plain text: a table of categories and donors, then unusable segments by reason."""
    rows = [["split", "category", "donor", "files", "writers", "segments", "resolved", "points", "training"]]
    for share in survey.shares:
        training = f"{share.resolved - share.left_out.total():,}" if share.group == "train" else "-"
        numbers = (share.files, len(share.writers), share.segments, share.resolved, share.points)
        rows.append(
            [f"{share.group}-{share.kind}", share.category, share.donor, *(f"{n:,}" for n in numbers), training]
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [survey.path, ""]
    for row in rows:
        cells = [c.ljust(w) if i < 3 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        lines.append("  ".join(cells).rstrip())
    for title, name in (("without ink", "without_ink"), ("left out of training", "left_out")):
        lines += ["", f"{title}: {sum(getattr(s, name).total() for s in survey.shares):,} segments"]
        reasons: Counter[str] = Counter()
        for share in survey.shares:
            reasons += getattr(share, name)
        for reason, count in reasons.most_common():
            where = [
                f"{s.category}/{s.donor} {getattr(s, name)[reason]}" for s in survey.shares if getattr(s, name)[reason]
            ]
            lines.append(f"  {reason} ({count:,}): {', '.join(where)}")
    return "\n".join(lines)
