// The light way to bring a picture up to date: numbers move, and axes, legends and colour bars stay as they are.

import { slid, TOLD } from "./slide.js";

const PLACES = ["x", "y", "base", "width"];
const NUMBERS = new Set([...PLACES, "z", "text", ...TOLD]);
const OF_MARKERS = new Set(["color", "size", "symbol"]);

/**
 * The parts that differ between two figures {data, layout}, as [[place, {attribute: value}], …]; nothing where more
 * than numbers differs. Whatever is the same object in both figures counts as the same (see `changed` in wire.js).
 */
export function movable(before, after) {
  if (before.layout !== after.layout || before.data.length !== after.data.length) return undefined;
  const parts = [];
  for (const [place, part] of after.data.entries()) {
    if (part === before.data[place]) continue;
    if (empty(part) !== empty(before.data[place])) return undefined; // what has no points is no part of Plotly's drawing
    const edit = difference(before.data[place], part, NUMBERS);
    const spread = edit && (PLACES.some((name) => name in edit) || sides(part.z) !== sides(before.data[place].z));
    if (!edit || (spread && !fixed(part, after.layout))) return undefined;
    parts.push([place, edit]);
  }
  return parts;
}

function empty(part) {
  return part.x?.length === 0;
}

/** How many rows and columns a heatmap has. */
function sides(rows) {
  return rows && `${rows.length} by ${rows[0]?.length}`;
}

function difference(before, after, allowed) {
  const edit = {};
  for (const [name, value] of Object.entries(after)) {
    if (value === before[name]) continue;
    if (name === "marker") edit.marker = difference(before.marker ?? {}, value, OF_MARKERS);
    else if (allowed.has(name)) edit[name] = value;
    else return undefined;
    if (edit[name] === undefined) return undefined;
  }
  return edit;
}

/** Whether a part's axes have limits of their own, which its numbers do not move. */
function fixed(part, layout) {
  return ["x", "y"].every((letter) => layout[(part[`${letter}axis`] ?? letter).replace(letter, `${letter}axis`)]?.range);
}

/**
 * Brings these parts of Plotly's graph in `element` up to date: the modules of the parts' types take in the numbers, so
 * that hovering tells them, and draw. `Plotly.react` would do the same after finding out again what every attribute of
 * every part and axis is, which takes most of its time.
 */
export function move(element, parts) {
  for (const [place, edit] of parts) {
    take(element.data[place], edit);
    const trace = element._fullData[place];
    take(trace, edit);
    // A heatmap has no length: its two sides are told by its numbers.
    if ((edit.x || edit.y) && trace._length !== null) trace._length = Math.min(trace.x.length, trace.y.length);
    const numbers = trace._module.calc(element, trace);
    numbers[0].t ??= {};
    numbers[0].trace = trace;
    element.calcdata[place] = numbers;
  }
  const edits = new Map(parts.filter(([, edit]) => drawn(edit)));
  const seen = element._fullData.filter(({ visible, _length }) => visible === true && _length !== 0);
  const layers = Map.groupBy(seen, ({ type, xaxis, yaxis }) => `${type} ${xaxis}${yaxis}`);
  for (const traces of layers.values()) plot(element, traces, edits);
  element._fullLayout._rehover?.(); // what the pointer rests on has another number now
}

/** Whether anything of an edit can be seen without hovering. */
function drawn(edit) {
  return Object.keys(edit).some((name) => !TOLD.includes(name));
}

/**
 * Draws what the edits change of `traces`, which are all those of one type on the same axes: one by one where that is
 * enough.
 */
function plot(element, traces, edits) {
  const edited = traces.filter(({ index }) => edits.has(index));
  if (!edited.length) return;
  const [{ type, xaxis, yaxis, _module: module }] = traces;
  const ground = element._fullLayout._plots[xaxis + yaxis];
  const layer = ground.plot.selectAll(`g.${type}layer`);
  const numbers = (some) => some.map(({ index }) => element.calcdata[index]);
  module.crossTraceCalc?.(element, ground);
  const touched = edited.filter((trace) => !slid(element, trace, edits.get(trace.index)));
  if (!touched.length) return;
  if (type === "scatter" && !traces.some(({ fill }) => fill?.startsWith("tonext"))) {
    // A transition that takes no time leaves alone what it is not told of.
    for (const trace of touched) module.plot(element, ground, numbers([trace]), layer, { duration: 0 });
  } else if (type === "bar") {
    // Each is drawn on a layer in which there is nothing else.
    for (const trace of touched) {
      const groups = layer.selectAll("g.trace").filter(([{ trace: { uid } }]) => uid === trace.uid);
      const alone = Object.assign(Object.create(layer), { selectAll: () => groups });
      module.plot(element, ground, numbers([trace]), alone);
      module.styleOnSelect(element, element.calcdata[trace.index], groups);
    }
  } else {
    module.plot(element, ground, numbers(traces), layer);
    module.style?.(element);
  }
}

function take(part, { marker, ...edit }) {
  Object.assign(part, edit);
  if (marker) Object.assign(part.marker, marker);
}
