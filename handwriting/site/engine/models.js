// The models beside the page, loaded when they are first needed. What their cards say is in models.json.

import { readNpz } from "./npz.js";
import { Graph, engine } from "./runtime.js";
import { CharacterModel } from "./language/characters.js";
import { CharacterLSTM } from "./language/lstm.js";
import { LanguageScorer } from "./language/scorer.js";
import { WordModel } from "./language/words.js";
import { Recognizer } from "./reading/recognizer.js";

const SITE = new URL("../", import.meta.url);

/** The bytes of a file of the site; without a network the error has the status 0. */
async function bytes(name) {
  const response = await fetch(new URL(name, SITE)).catch(({ message }) => {
    throw Object.assign(new Error(`${name}: ${message}`), { status: 0 });
  });
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const json = async (name) => JSON.parse(new TextDecoder().decode(await bytes(name)));

const once = (load) => {
  let loaded = null;
  return () => (loaded ??= load().catch((error) => {
    loaded = null; // the network may be back the next time
    throw error;
  }));
};

/** A graph of the parts that its files hold, one after the other. */
const graph = async (...names) => {
  const [ort, ...parts] = await Promise.all([engine(bytes), ...names.map(bytes)]);
  return Graph.load(ort, new Uint8Array(await new Blob(parts).arrayBuffer()));
};

/** { recognizer, language, synthesizer, styles }: data from the cards, and the styles. */
export const cards = once(() => json("models/models.json"));

/** How letters with marks and signs are drawn: the tables that writing/marks.js uses, and what is `drawn` with them. */
export const marks = once(() => json("models/marks.json"));

const scorer = once(async () => {
  const [{ recognizer, language }, file] = await Promise.all([cards(), bytes("models/language.npz")]);
  const arrays = await readNpz(file);
  const half = (name) => (array) => arrays.get(`${name}.${array}`);
  return new LanguageScorer(recognizer.alphabet, new CharacterModel(half("characters")), new WordModel(half("words")), language.weights);
});

/** The character LSTM, or null if the language model has none. */
const lstm = once(async () => {
  const { language: { weights, lstm: shape } } = await cards();
  return shape && new CharacterLSTM(await graph("models/lstm.onnx"), shape, weights.lstm);
});

const recognizerGraph = once(() => graph("models/recognizer.onnx"));

/** The graphs that give the gates of their units as well, see handwriting/site/gates.py. */
export const readerWithGates = once(() => graph("models/recognizer.onnx", "models/recognizer.gates"));
export const writerWithGates = once(() => graph("models/synthesizer.onnx", "models/synthesizer.gates"));

/** The recognizer with the language model. */
export const reader = once(async () => {
  const [card, network, ...language] = await Promise.all([cards(), recognizerGraph(), scorer(), lstm()]);
  return new Recognizer(card.recognizer, network, ...language);
});

/** The recognizer without it, which takes the best path. */
export const plainReader = once(async () => {
  const [card, network] = await Promise.all([cards(), recognizerGraph()]);
  return new Recognizer(card.recognizer, network);
});

/** The synthesizer. */
export const writer = once(async () => {
  const [{ Synthesizer }, card, network, hands] = await Promise.all([
    import("./writing/synthesizer.js"), cards(), graph("models/synthesizer.onnx"), bytes("models/hands.safetensors"),
  ]);
  return new Synthesizer(card.synthesizer, network, hands);
});
