// ONNX Runtime compiled to WebAssembly, on one thread: more would need headers that few web hosts send.

import { inflate } from "./npz.js";

let ready = null;

/** Load the engine once; `fetchBytes` gives the bytes of a file of the site. */
export function engine(fetchBytes) {
  ready ??= load(fetchBytes);
  return ready;
}

async function load(fetchBytes) {
  const [ort, packed] = await Promise.all([import("../runtime/ort.js"), fetchBytes("runtime/ort-wasm-simd-threaded.wasm.gz")]);
  // A host that knows the ending .gz has the browser unpack the file.
  const wasm = packed[0] === 0x1f && packed[1] === 0x8b ? await inflate(packed, "gzip") : packed;
  Object.assign(ort.env.wasm, { wasmBinary: wasm.buffer, numThreads: 1, proxy: false });
  ort.env.logLevel = "error";
  return ort;
}

let last = Promise.resolve(); // the call that was made last

/**
 * Make one call of the engine after the other. A call keeps addresses on the stack of the WebAssembly while it waits, and
 * another that begins meanwhile overwrites them.
 */
function alone(call) {
  const result = last.then(call);
  last = result.catch(() => {});
  return result;
}

/** An ONNX graph, loaded. */
export class Graph {
  constructor(ort, session) {
    this.ort = ort;
    this.session = session;
  }

  static async load(ort, bytes) {
    return new Graph(ort, await alone(() => ort.InferenceSession.create(bytes, { executionProviders: ["wasm"], graphOptimizationLevel: "all" })));
  }

  /** The outputs by name, { data, dims }, for inputs [type, data, shape] by name. */
  run(inputs) {
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, [type, data, shape]]) => [name, new this.ort.Tensor(type, data, shape)]));
    return this.feed(feeds);
  }

  /** The same for inputs that are tensors. */
  feed(tensors) {
    return alone(() => this.session.run(tensors));
  }
}
