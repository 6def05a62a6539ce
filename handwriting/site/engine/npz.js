// Arrays from a NumPy .npz file, which is a ZIP archive of .npy files.

const TYPES = { "|u1": Uint8Array, "|b1": Uint8Array, "|i1": Int8Array, "<u2": Uint16Array, "<u4": Uint32Array, "<i4": Int32Array, "<f4": Float32Array, "<f8": Float64Array };

/** The arrays of a file by name, without their shapes. */
export async function readNpz(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (view.getUint32(end, true) !== 0x06054b50) end -= 1;
  const arrays = new Map();
  let at = view.getUint32(end + 16, true);
  for (let i = view.getUint16(end + 10, true); i > 0; i--) {
    const method = view.getUint16(at + 10, true), size = view.getUint32(at + 20, true), local = view.getUint32(at + 42, true);
    const nameLength = view.getUint16(at + 28, true), skipped = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const stored = bytes.subarray(begin, begin + size);
    arrays.set(name.replace(/\.npy$/, ""), method ? inflate(stored, "deflate-raw").then(array) : array(stored));
    at += 46 + nameLength + skipped;
  }
  return new Map(await Promise.all([...arrays].map(async ([name, value]) => [name, await value])));
}

/** Decompressed bytes. */
export async function inflate(bytes, format) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The array of an .npy file of version 1. */
function array(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = 10 + view.getUint16(8, true);
  const header = new TextDecoder("latin1").decode(bytes.subarray(10, begin));
  const [, type] = header.match(/'descr': '([^']+)'/);
  if (!(type in TYPES) || header.includes("'fortran_order': True")) throw new Error(`an array of type ${type} cannot be read`);
  return new TYPES[type](bytes.slice(begin).buffer);
}
