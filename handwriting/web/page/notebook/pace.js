// How much is drawn in one frame: as many strokes as can be drawn without a slow frame.

const SLICE_MS = 7;
const SLOW_MS = 30, MIN_SLICE = 40, MAX_SLICE = 4000; // strokes of a slice: fewer after a slow frame, more after a quick one
const AT_ONCE = 20; // strokes between two checks of the time

export class Pace {
  constructor() {
    this.slice = 400;
  }

  /** A frame begins at `now`. */
  frame(now) {
    if (this.last) this.slice = Math.min(MAX_SLICE, Math.max(MIN_SLICE, this.slice * (now - this.last > SLOW_MS ? 0.5 : 1.5)));
    this.last = now;
  }

  /** The next frame follows after a pause. */
  rest() {
    this.last = 0;
  }

  /** Paint the strokes of a job { strokes, at } that this frame has time for; whether that were the last ones. */
  run(job, paint) {
    const end = performance.now() + SLICE_MS, most = Math.min(job.strokes.length, job.at + this.slice);
    while (job.at < most && performance.now() < end) {
      paint(job.strokes.slice(job.at, job.at + AT_ONCE));
      job.at += AT_ONCE;
    }
    return job.at >= job.strokes.length;
  }
}
