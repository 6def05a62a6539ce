// W3C InkML (https://www.w3.org/TR/InkML/; its section numbers in brackets). The twin of handwriting/formats/inkml.py,
// inkml_context.py and inkml_trace.py.

import { Refusal } from "../refusal.js";
import { millimetres, secondsOf, secondsOfDate } from "./units.js";
import { checkDepth, idOf, local } from "./xml.js";

const SECONDS = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9, min: 60 };
const REFERENCES = ["contextRef", "inkSourceRef", "traceFormatRef", "canvasTransformRef", "timestampRef", "brushRef"];
const MAX_STEPS = 100_000; // contexts and references that are followed
const MAX_DEPTH = 20, MAX_CHANNELS = 64;
const TRANSLUCENT = 0.25, INVISIBLE = 0.98; // transparency of a highlighter, and of what cannot be seen
const TOKEN = /[!'"]|[*?TF]|#[0-9A-Fa-f]{1,12}|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[^\s]/g;
const ORDERS = { "!": 0, "'": 1, '"': 2 };

const numberOr = (text, otherwise = null) => (text !== null && text !== undefined && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : otherwise);
const named = (element, name) => [...element.children].filter((child) => local(child) === name);

/** The page of a document, see pages.js. */
export function readInkml(root, tally) {
  const reader = new InkmlReader(root, tally), strokes = [];
  reader.gather(root, { channels: [{ name: "X", scale: 1 }, { name: "Y", scale: 1 }], regular: 2, affine: null, stamp: null, writes: true }, 0);
  if (reader.missing && !reader.traces.length) tally.part(() => { throw new Refusal("site.damagedFile"); });
  reader.readTraces();
  const switched = reader.strokes.some((parts) => parts.some(({ down }) => down.some((value) => value !== 0)));
  for (const parts of reader.strokes) {
    if (parts.length) tally.part(() => downParts(joined(parts), switched).forEach((stroke) => tally.add(strokes, stroke)));
  }
  return [{ strokes, units: reader.units, timeUnit: 1 }];
}

class InkmlReader {
  constructor(root, tally) {
    this.tally = tally;
    this.traces = []; // { text, context, stroke, first, end }
    this.cached = new Map(); // by context, then by what an element refers to
    this.strokes = []; // for each its parts { x, y, t, p, down }
    this.byTrace = new Map(); // the number of the stroke of each trace with an id
    this.elements = new Map();
    this.missing = false; // whether a view refers to something that is not in the file
    this.steps = 0;
    this.units = undefined;
    for (const element of root.querySelectorAll("*")) {
      const id = idOf(element);
      if (id !== null && !this.elements.has(id)) this.elements.set(id, element);
    }
  }

  /** The traces below an element, in order; a context holds for what follows it. */
  gather(element, context, depth) {
    checkDepth(depth);
    for (const child of element.children) {
      const name = local(child);
      if (name === "trace") this.tally.part(() => this.trace(child, this.named(child, context)));
      else if (["context", "traceFormat", "inkSource", "canvasTransform"].includes(name)) context = this.changed(child, context);
      else if (name === "traceGroup") this.tally.part(() => this.gather(child, this.named(child, context), depth + 1));
      else if (name === "traceView") this.tally.part(() => this.view(child, context, depth + 1));
    }
  }

  /** A view draws what stands in definitions; of traces that are drawn anyway it only tells more. */
  view(view, context, depth) {
    const reference = view.getAttribute("traceDataRef");
    const target = reference === null ? null : this.find(reference);
    this.missing ||= reference !== null && !target;
    let above = target?.parentElement;
    while (above && local(above) !== "definitions") above = above.parentElement;
    if (above) this.drawn(target, indexOf(view, "from"), indexOf(view, "to"), context);
    this.gather(view, context, depth);
  }

  /** A trace or a group in definitions, from index path to index path, counted from 1 (3.3.2). */
  drawn(target, first, last, context) {
    this.step(0);
    context = this.named(target, context);
    if (local(target) === "trace") {
      this.trace(target, context, (first[0] ?? 1) - 1, last[0]);
      return;
    }
    const parts = [...target.children].filter((child) => ["trace", "traceGroup"].includes(local(child)));
    const low = first[0] ?? 1, high = last[0] ?? parts.length;
    parts.slice(low - 1, high).forEach((part, i) => {
      this.drawn(part, i === 0 ? first.slice(1) : [], low + i === high ? last.slice(1) : [], context);
    });
  }

  /** The context that an element refers to, and its brush. */
  named(element, context) {
    const names = ["contextRef", "brushRef"], key = names.map((name) => element.getAttribute(name) ?? "").join("\n");
    if (key === "\n") return context;
    if (!this.cached.has(context)) this.cached.set(context, new Map());
    const known = this.cached.get(context);
    if (!known.has(key)) known.set(key, this.referred(element, names, context));
    return known.get(key);
  }

  trace(trace, context, first = 0, end = undefined) {
    const kind = (trace.getAttribute("type") ?? "").toLowerCase();
    if (kind === "penup" || kind === "hover") return;
    if (kind.includes("eras") || !context.writes) {
      this.tally.count();
      return;
    }
    let stroke = null;
    if (["middle", "end"].includes(trace.getAttribute("continuation"))) {
      const prior = (trace.getAttribute("priorRef") ?? "").trim().replace(/^#/, "");
      stroke = this.byTrace.get(prior) ?? (this.strokes.length ? this.strokes.length - 1 : null);
    }
    stroke ??= this.strokes.push([]) - 1;
    if (idOf(trace) !== null) this.byTrace.set(idOf(trace), stroke);
    // There may be annotations between the points.
    const text = [...trace.childNodes].map((node) => (node instanceof Text ? node.data : "")).join("");
    this.traces.push({ text, context, stroke, first, end });
  }

  /** Read the traces that were found; those in one context together have the same channels. */
  readTraces() {
    for (let begin = 0, end = 0; begin < this.traces.length; begin = end) {
      const { context } = this.traces[begin];
      while (this.traces[end]?.context === context) end += 1;
      const some = this.traces.slice(begin, end), width = widthOf(some, context.channels.length);
      const further = Array(width - context.channels.length).fill({ name: "" }); // the format does not name them
      const whole = { ...context, channels: [...context.channels, ...further] };
      for (const trace of some) this.tally.part(() => this.strokes[trace.stroke].push(this.read(trace, whole)));
    }
  }

  /** The points of a trace { x, y, t, p, down }, y growing downward, t in seconds; down is 0 where the pen is in the air. */
  read({ text, first, end }, { channels, regular, affine, stamp }) {
    const rows = valuesOf(text, channels, regular)?.slice(first, end);
    const [ix, iy, it, ip, is] = ["X", "Y", "T", "F", "S"].map((name) => channels.findIndex((channel) => channel.name === name));
    if (!rows || ix < 0 || iy < 0) throw new Refusal("site.damagedFile");
    if (rows.some((row) => !Number.isFinite(row[ix]) || !Number.isFinite(row[iy]))) throw new Refusal("site.damagedFile");
    this.units ??= channels[ix].units ?? null;
    const [wide, high] = [millimetres(channels[ix].units), millimetres(channels[iy].units)];
    const scaleY = channels[iy].scale * (wide && high ? high / wide : 1);
    const found = { x: rows.map((row) => row[ix] * channels[ix].scale), y: rows.map((row) => row[iy] * scaleY), t: null, p: null };
    if (affine) {
      const [[a, b, c], [d, e, f]] = affine;
      [found.x, found.y] = [found.x.map((x, i) => a * x + b * found.y[i] + c), found.x.map((x, i) => d * x + e * found.y[i] + f)];
    }
    const whole = affine ? null : millimetres(this.units), factor = wide && whole ? wide / whole : 1;
    [found.x, found.y] = [found.x, found.y].map((values) => values.map((value) => value * factor));
    let down = 1; // until the switch of the tip says something
    found.down = rows.map((row) => (down = Number.isFinite(row[is]) ? row[is] : down));
    if (it >= 0) {
      const unit = SECONDS[(channels[it].units ?? "ms").toLowerCase()] ?? 1e-3, begin = this.time(channels[it].since ?? stamp);
      found.t = rows.map((row) => row[it] * unit + begin);
    }
    if (ip >= 0) {
      const low = channels[ip].low ?? 0, top = channels[ip].high;
      const span = top === null || top <= low ? 1 : top - low;
      found.p = rows.map((row) => (row[ip] - low) / span);
    }
    return found;
  }

  find(reference) {
    return this.elements.get(reference.trim().replace(/^#/, "")) ?? null;
  }

  /** `context` changed by what an element refers to; what is not in the file, and the standard's defaults, change nothing. */
  referred(element, names, context, depth = 0) {
    for (const name of names) {
      const reference = element.getAttribute(name);
      const target = reference && !reference.startsWith("#Default") ? this.find(reference) : null;
      if (target) context = this.changed(target, context, depth + 1);
    }
    return context;
  }

  /** `context` changed by a context (4.1), or by a format, an ink source, a transform, a time stamp or a brush. */
  changed(element, context, depth = 0) {
    this.step(depth);
    switch (local(element)) {
      case "brush": return { ...context, writes: writes(element) };
      case "traceFormat": return { ...context, ...this.format(element, null) };
      case "canvasTransform": return { ...context, affine: this.affine(element) };
      case "timestamp": return { ...context, stamp: idOf(element) };
      case "inkSource": {
        const [format] = named(element, "traceFormat");
        return format ? { ...context, ...this.format(format, element) } : context;
      }
      case "context": {
        let inner = this.referred(element, REFERENCES, context, depth);
        for (const part of element.children) inner = this.changed(part, inner, depth + 1);
        return inner;
      }
      default: return context;
    }
  }

  step(depth) {
    this.steps += 1;
    if (depth > MAX_DEPTH || this.steps > MAX_STEPS) throw new Refusal("site.damagedFile");
  }

  /** The channels of a trace format (3.1), those that every point has first. */
  format(element, source) {
    const channels = (parent) => named(parent, "channel");
    const always = [...channels(element), ...named(element, "regularChannels").flatMap(channels)];
    const sometimes = named(element, "intermittentChannels").flatMap(channels);
    if (!always.length) return {};
    return { channels: [...always, ...sometimes].map((channel) => channelOf(channel, source)), regular: always.length };
  }

  /** Seconds of a time stamp; 0 without one. */
  time(stamp, depth = 0) {
    const element = stamp && depth <= MAX_DEPTH ? this.find(stamp) : null;
    if (!element) return 0;
    const seconds = numberOr(element.getAttribute("timeOffset"), 0) / 1000;
    const time = numberOr(element.getAttribute("time"));
    if (time !== null) return seconds + time * secondsOf([time], 1e-3);
    const date = element.getAttribute("timeString");
    if (date !== null) return seconds + (secondsOfDate(date) || 0);
    return seconds + this.time(element.getAttribute("timestampRef"), depth + 1);
  }

  /** The affine map of a canvas transform (5.1); null for none, for a damaged one, and for one that is not affine. */
  affine(element) {
    const [mapping] = named(element, "mapping");
    try {
      return mapping ? this.mapping(mapping, 0) : null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return null;
    }
  }

  mapping(element, depth) {
    this.step(depth);
    const reference = element.getAttribute("mappingRef"), kind = element.getAttribute("type") ?? "unknown";
    if (reference) {
      const target = this.find(reference);
      if (!target) throw new Refusal("site.damagedFile");
      return this.mapping(target, depth + 1);
    }
    if (kind === "identity" || kind === "unknown") return null;
    const [affine] = named(element, "affine");
    if (kind === "product") {
      return named(element, "mapping").map((part) => this.mapping(part, depth + 1)).filter(Boolean).reduce((product, next) => times(next, product), [[1, 0, 0], [0, 1, 0]]);
    }
    const rows = (affine?.textContent ?? "").split(",").map((row) => row.trim().split(/\s+/).map(Number)).slice(0, 2);
    if (kind !== "affine" || rows.length < 2 || rows.some((row) => row.length !== 3 || !row.every(Number.isFinite))) throw new Refusal("site.files");
    return rows;
  }
}

/** An index path, such as 2:1; empty when there is none. */
function indexOf(view, name) {
  const text = view.getAttribute(name), parts = text === null ? [] : text.split(":").map((part) => part.trim());
  if (parts.length > MAX_DEPTH || !parts.every((part) => /^\d{1,9}$/.test(part))) throw new Refusal("site.damagedFile");
  return parts.map((part) => Math.max(1, Number(part)));
}

/** The product of two affine maps, 2 by 3. */
function times([[a, b, c], [d, e, f]], [[p, q, r], [s, u, v]]) {
  return [[a * p + b * s, a * q + b * u, a * r + b * v + c], [d * p + e * s, d * q + e * u, d * r + e * v + f]];
}

function channelOf(element, source) {
  const given = (element.getAttribute("name") ?? "").trim(), name = given.length === 1 ? given.toUpperCase() : given;
  const units = element.getAttribute("units");
  const resolution = source && ["X", "Y"].includes(name) && element.getAttribute("type") === "integer" && millimetres(units) ? resolutionOf(source, name) : null;
  const scale = (element.getAttribute("orientation") === "-ve" ? -1 : 1) / (resolution ?? 1);
  return { name, units, scale, low: numberOr(element.getAttribute("min")), high: numberOr(element.getAttribute("max")), since: element.getAttribute("respectTo") };
}

/** Counts of a digitiser in a unit of a channel; null when the ink source does not say. */
function resolutionOf(source, name) {
  const property = [...source.querySelectorAll("*")].find((one) => local(one) === "channelProperty" && one.getAttribute("channel") === name && one.getAttribute("name") === "resolution" && (one.getAttribute("units") ?? "").startsWith("1/"));
  const value = numberOr(property?.getAttribute("value"));
  return value > 0 ? value : null;
}

/** Whether a brush writes, and is neither an eraser nor a highlighter. */
function writes(element) {
  const properties = new Map([...element.querySelectorAll("*")].map((one) => [(one.getAttribute("name") ?? "").toLowerCase(), (one.getAttribute("value") ?? "").trim().toLowerCase()]));
  const said = [...element.querySelectorAll("annotation")].map((one) => one.textContent);
  const name = [idOf(element), element.getAttribute("name"), ...said, properties.get("tip"), properties.get("name"), properties.get("tool")].join(" ").toLowerCase();
  const transparency = numberOr(properties.get("transparency"), 0), clear = transparency >= 1 ? transparency / 255 : transparency;
  if (name.includes("eras") || properties.get("erasermode") === "true" || clear >= INVISIBLE) return false;
  return !name.includes("highlight") && properties.get("rasterop") !== "maskpen" && clear < TRANSLUCENT;
}

/** How many values each point of the first trace of several points has; `channels` unless there are more. */
function widthOf(traces, channels) {
  const texts = traces.map(({ text }) => text.trim().replace(/,\s*$/, ""));
  const points = (texts.find((text) => text.includes(",")) ?? "").split(",");
  const [width, ...others] = new Set(points.map((point) => point.trim().split(/\s+/).filter(Boolean).length));
  return !others.length && width > channels && width <= MAX_CHANNELS ? width : channels;
}

/** The values of a trace's points (3.2.1), NaN for unknown ones; null when a point does not fit the channels. */
function valuesOf(text, channels, regular) {
  const trimmed = text.trim().replace(/,\s*$/, "");
  const state = channels.map(() => ({ order: 0, value: 0, speed: 0, change: 0, known: false }));
  const rows = [];
  for (const point of trimmed ? trimmed.split(",") : []) {
    const row = [];
    for (const [token] of point.matchAll(TOKEN)) {
      if (row.length === channels.length) return null;
      if (token in ORDERS) {
        state[row.length].order = ORDERS[token];
        continue;
      }
      const value = next(state[row.length], token);
      if (value === undefined) return null;
      row.push(value);
    }
    if (row.length < regular && !["X", "Y"].every((name) => channels.slice(0, row.length).some((channel) => channel.name === name))) return null;
    rows.push([...row, ...Array(channels.length - row.length).fill(NaN)]);
  }
  return rows;
}

/** The value that a token stands for in a channel, whose state it changes; undefined for what is no number. */
function next(channel, token) {
  if (token === "?") return NaN;
  const { order, value: before, known } = channel;
  let number;
  if (token === "*") number = [before, channel.speed, channel.change][order];
  else if (token === "T" || token === "F") number = Number(token === "T");
  else number = token[0] === "#" ? parseInt(token.slice(1), 16) : Number(token);
  if (Number.isNaN(number)) return undefined;
  const speed = order === 0 ? number - before : order === 1 ? number : channel.speed + number;
  const value = order === 0 ? number : before + speed;
  Object.assign(channel, { change: speed - channel.speed, speed: known || order ? speed : 0, value, known: true });
  return value;
}

/** The parts of a stroke one after the other; a property is null unless all have it. */
function joined(parts) {
  const all = (name) => (parts.every((part) => part[name]) ? parts.flatMap((part) => part[name]) : null);
  return { x: all("x"), y: all("y"), t: all("t"), p: all("p"), down: all("down") };
}

/** The parts of a stroke in which the pen is down; all of it if no switch of the tip is ever on. */
function downParts({ x, y, t, p, down }, switched) {
  const isDown = (i) => i >= 0 && i < x.length && (!switched || down[i] !== 0), rows = [...x.keys()];
  const begins = rows.filter((i) => isDown(i) && !isDown(i - 1)), ends = rows.filter((i) => isDown(i) && !isDown(i + 1));
  return begins.map((begin, i) => {
    const part = (values) => values?.slice(begin, ends[i] + 1) ?? null;
    return { x: part(x), y: part(y), t: part(t), p: part(p) };
  });
}
