// Reads the frames that seqviz/serving/wire.py writes: JSON, then raw little-endian numbers.

/** The header of a frame, with every {"$": n} replaced by array n: a typed array, or a list of them for a matrix. */
export function readFrame(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = [];
  let place = 4 + length;
  for (const [kind, shape] of header.arrays) {
    const count = shape.reduce((product, side) => product * side, 1);
    const flat = new (kind === "f4" ? Float32Array : Int32Array)(buffer, place, count);
    arrays.push(shape.length === 1 ? flat : rows(flat, ...shape));
    place += flat.byteLength;
  }
  delete header.arrays;
  return filled(header, arrays);
}

function rows(flat, count, width) {
  return Array.from({ length: count }, (_, row) => flat.subarray(row * width, (row + 1) * width));
}

function filled(value, arrays) {
  if (Array.isArray(value)) return value.map((item) => filled(item, arrays));
  if (value === null || typeof value !== "object") return value;
  if ("$" in value) return arrays[value.$];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, arrays)]));
}

/**
 * A record with changes [path, value] made to it. Whatever lies on a changed path is made anew and all else is shared
 * with the old record, so `old.graph !== new.graph` says whether anything inside has changed.
 */
export function changed(record, changes) {
  const fresh = new Set();
  return changes.reduce((whole, [path, value]) => replaced(whole, path, value, fresh), record);
}

function replaced(inside, path, value, fresh) {
  if (path.length === 0) return value;
  const copy = fresh.has(inside) ? inside : Array.isArray(inside) ? [...inside] : { ...inside };
  fresh.add(copy);
  const [first, ...rest] = path;
  copy[first] = replaced(copy[first], rest, value, fresh);
  return copy;
}
