// The Inside view: what the networks do while they read a line of the notebook, or write one.

import { send } from "../shell/api.js";
import { $, h } from "../shell/dom.js";
import { t } from "../shell/strings.js";
import { UserError, attempt } from "../shell/toast.js";
import { inkOf } from "../notebook/bands.js";
import { curvesFigure } from "./curves.js";
import { inkFigure } from "./ink-figure.js";
import { windowFigure } from "./window-figure.js";

const STEPS_PER_SECOND = 30;
const MAX_CURVES = 24;

export function setUpInside(notebook) {
  const view = new InsideView(notebook);
  document.addEventListener("shown", ({ detail }) => detail === "inside" && view.shown());
  notebook.on("text", () => !$("inside").hidden && view.shown()); // a line that was written just before
  if (!$("inside").hidden) view.shown();
}

class InsideView {
  constructor(notebook) {
    this.notebook = notebook;
    this.figures = [];
    this.step = 0;
    this.count = 0;
    $("inside-line").addEventListener("change", () => attempt(() => this.look()));
    $("inside-form").addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(() => this.look());
    });
    for (const radio of document.getElementsByName("inside-what")) radio.addEventListener("change", () => this.choose());
    $("inside-unit").addEventListener("change", () => this.showUnit());
    $("inside-step").addEventListener("input", () => this.go(Number($("inside-step").value)));
    $("inside-play").addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    document.addEventListener("shown", ({ detail }) => detail !== "inside" && this.pause());
  }

  get reads() {
    return document.querySelector('[name="inside-what"]:checked').value === "reading";
  }

  /** The view is opened: its lines are those of the page that is open in the notebook. */
  shown() {
    const { lines } = this.notebook;
    const chosen = $("inside-line").value;
    $("inside-line").replaceChildren(...lines.map((line, i) => h("option", { value: i, textContent: line.text })));
    if (chosen && Number(chosen) < lines.length) $("inside-line").value = chosen;
    const key = `${this.notebook.page.id} ${lines.map((line) => line.strokes.join()).join(";")}`;
    if (key === this.key) return;
    this.key = key;
    this.choose();
  }

  choose() {
    const reads = this.reads;
    $("inside-reading").hidden = !reads;
    $("inside-writing").hidden = reads;
    if (reads && !this.notebook.lines.length) {
      this.clear();
      $("inside-state").textContent = t("inside.empty");
    } else attempt(() => this.look());
  }

  clear() {
    this.pause();
    this.figures = [];
    $("inside-figures").replaceChildren();
    $("inside-player").hidden = true;
  }

  /** Request the chosen line or text from the server, and show the reply. */
  async look() {
    this.pause();
    this.control?.abort();
    const control = (this.control = new AbortController());
    $("inside-state").textContent = t("inside.looking");
    try {
      if (this.reads) await this.lookAtReading(control.signal);
      else await this.lookAtWriting(control.signal);
    } catch (error) {
      if (error.name !== "AbortError") $("inside-state").textContent = error instanceof UserError ? error.message : "";
      throw error;
    }
  }

  async lookAtReading(signal) {
    const line = this.notebook.lines[Number($("inside-line").value)];
    const ids = new Set(line.strokes);
    const strokes = inkOf(this.notebook.document.strokes.filter((stroke) => ids.has(stroke.id)));
    const reply = await send("api/inside", { strokes }, signal);
    const steps = [], air = reply.steps.map(({ up }) => up);
    for (const { stroke, begin, end, up } of reply.steps) {
      const points = strokes[stroke].slice(Math.max(0, begin - 1), Math.max(end, begin + 1)).map(({ x, y }) => [x, y]);
      steps.push(up && steps.length ? [steps.at(-1).at(-1), [strokes[stroke][0].x, strokes[stroke][0].y]] : points);
    }
    const names = Object.keys(reply.probabilities).filter(Boolean).sort((a, b) => Math.max(...reply.probabilities[b]) - Math.max(...reply.probabilities[a])).slice(0, MAX_CURVES);
    const curves = [...names.sort().map((name) => ({ name, values: reply.probabilities[name] })), { name: t("inside.blank"), values: reply.probabilities[""] ?? [], listed: true }];
    this.show(inkFigure(steps, { air, label: t("inside.ink", { text: reply.text }) }), reply, steps.length, [
      [t("inside.probabilities"), curvesFigure(curves, { label: t("inside.probabilities"), path: reply.characters })],
    ], { text: reply.text, characters: reply.characters });
  }

  async lookAtWriting(signal) {
    const text = $("inside-text").value.trim();
    if (!text) throw new UserError(t("inside.noText"));
    const reply = await send("api/inside/writing", { text, seed: Number($("inside-seed").value) || 0 }, signal);
    const steps = [];
    for (const stroke of reply.strokes) stroke.forEach((point, i) => steps.push(i ? [stroke[i - 1], point] : [point]));
    const window = windowFigure(reply.window, reply.text, t("inside.window"));
    const ends = curvesFigure([{ name: t("inside.end"), values: reply.end, listed: true }], { label: t("inside.end") });
    this.show(inkFigure(steps, { mixture: reply.mixture, label: t("inside.ink", { text }) }), reply, steps.length, [
      [t("inside.window"), window],
      [t("inside.endTitle"), ends],
    ], { text: reply.text, characters: [] });
  }

  /** Show the ink, other figures with their titles, and the units of the reply. */
  show(ink, reply, count, figures, { text, characters }) {
    this.ink = ink;
    this.units = reply.units;
    this.characters = characters;
    this.count = count;
    this.others = figures.map(([, figure]) => figure);
    this.letters = [...text].map((character) => h("span", { textContent: character }));
    $("inside-figures").replaceChildren(
      h("div", { className: "panel" }, ink.figure, h("p", { className: "inside-text", "aria-label": text }, ...this.letters)),
      ...figures.map(([title, { figure, legend }]) => h("div", { className: "panel" }, h("h2", { textContent: title }), legend, scrolled(figure, title))),
      h("div", { className: "panel", id: "inside-gates" }),
    );
    const chosen = $("inside-unit").value;
    $("inside-unit").replaceChildren(h("option", { value: "", textContent: t("inside.noUnit") }), ...this.units.map((unit, i) => h("option", { value: i, textContent: this.nameOf(unit) })));
    $("inside-unit").value = chosen && this.units[Number(chosen)] ? chosen : this.units.length ? "0" : "";
    $("inside-unit").parentElement.hidden = !this.units.length; // a short line may have no event
    $("inside-step").max = count - 1;
    $("inside-player").hidden = false;
    $("inside-state").textContent = "";
    this.showUnit();
    this.go(count - 1);
  }

  nameOf({ event, layer, number, direction }) {
    return t("inside.unit", { event: eventName(event), layer, number, direction: t(`inside.${direction}`) });
  }

  /** Show the gates of the chosen unit, and its responding signal along the ink. */
  showUnit() {
    const unit = $("inside-unit").value === "" ? null : this.units[Number($("inside-unit").value)];
    $("inside-gates").replaceChildren();
    $("inside-gates").hidden = !unit;
    this.figures = [this.ink, ...this.others];
    if (unit) {
      const names = ["input", "forget", "output"];
      const gates = curvesFigure(names.map((name) => ({ name: t(`inside.${name}`), values: unit[name], listed: true })), { label: t("inside.gates") });
      const values = unit[unit.signal];
      const [low, high] = [Math.min(...values), Math.max(...values)];
      this.ink.weigh(values.map((value) => (value - low) / (high - low || 1)));
      const said = t(unit.auc >= 0.5 ? "inside.rises" : "inside.falls", { signal: t(`inside.${unit.signal}`), event: eventName(unit.event), auc: Math.max(unit.auc, 1 - unit.auc).toFixed(2), chance: Math.max(unit.chance, 1 - unit.chance).toFixed(2) });
      $("inside-gates").append(h("h2", { textContent: t("inside.gates") }), h("p", { className: "muted", textContent: said }), gates.legend, scrolled(gates.figure, t("inside.gates")));
      this.figures.push(gates);
    } else this.ink.weigh(null);
    this.go(this.step);
  }

  go(step) {
    this.step = Math.min(this.count - 1, Math.max(0, step));
    $("inside-step").value = this.step;
    $("inside-step").setAttribute("aria-valuetext", t("inside.step", { step: this.step + 1, count: this.count }));
    $("inside-at").textContent = `${this.step + 1} / ${this.count}`;
    for (const figure of this.figures) figure.at(this.step);
    this.characters.forEach(({ step: decided, first, last }, i) => {
      this.letters[i].classList.toggle("ahead", decided > this.step);
      this.letters[i].classList.toggle("now", first <= this.step && this.step < last);
    });
  }

  play() {
    if (this.step >= this.count - 1) this.go(0);
    let last = performance.now(), rest = 0;
    const frame = (now) => {
      rest += ((now - last) * STEPS_PER_SECOND) / 1000;
      last = now;
      if (rest >= 1) {
        this.go(this.step + Math.floor(rest));
        rest %= 1;
      }
      if (this.step < this.count - 1) this.playing = requestAnimationFrame(frame);
      else this.pause();
    };
    this.playing = requestAnimationFrame(frame);
    $("inside-play").textContent = t("inside.pause");
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    $("inside-play").textContent = t("inside.play");
  }
}

/** A figure that is wider than a phone, in a box in which it is scrolled. */
/** The name of an event in the language of the page. */
function eventName(event) {
  const keys = { "pen-up": "inside.penUp", "word gap": "inside.wordGap", loop: "inside.loop" };
  return event in keys ? t(keys[event]) : t("inside.letter", { letter: event.replace(/^letter /, "") });
}

const scrolled = (figure, label) => h("div", { className: "scrolled", tabindex: 0, role: "group", "aria-label": label }, figure);
