// The light way to bring a picture up to date: numbers move, and axes, legends and colour bars stay as they are.

const STILL = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
const PLACES = ["x", "y", "base", "width"];
const NUMBERS = new Set([...PLACES, "z", "text", "hovertext", "customdata"]);
const OF_MARKERS = new Set(["color", "size", "symbol"]);

/**
 * The parts that differ between two figures {data, layout}, as [[place, {attribute: value}], …]; nothing where more
 * than numbers differs. Whatever is the same object in both figures counts as the same (see `changed` in wire.js).
 */
export function movable(before, after) {
  if (!before || before.layout !== after.layout || before.data.length !== after.data.length) return undefined;
  const parts = [];
  for (const [place, part] of after.data.entries()) {
    if (part === before.data[place]) continue;
    if (empty(part) !== empty(before.data[place])) return undefined; // what has no points is no part of Plotly's drawing
    const edit = difference(before.data[place], part, NUMBERS);
    if (!edit || (PLACES.some((name) => name in edit) && !fixed(part, after.layout))) return undefined;
    parts.push([place, edit]);
  }
  return parts;
}

function empty(part) {
  return part.x?.length === 0;
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
 * Brings these parts of Plotly's graph in `element` up to date, with Plotly's own drawing of bars, points, lines and
 * heatmaps. An animation of nothing has it take in the numbers, so that hovering tells them.
 */
export async function move(plotly, element, parts) {
  if (!parts.length) return;
  for (const [place, { marker, ...edit }] of parts) {
    Object.assign(element.data[place], edit);
    if (marker) Object.assign(element.data[place].marker, marker);
  }
  await plotly.animate(element, { data: [], traces: [] }, STILL);
  const moved = new Set(parts.map(([place]) => element.data[place].type));
  const seen = element.calcdata.map(([{ trace }]) => trace).filter(({ visible, _length }) => visible === true && _length);
  const layers = Map.groupBy(seen, ({ type, xaxis, yaxis }) => `${type} ${xaxis}${yaxis}`);
  for (const traces of layers.values()) {
    const { type, xaxis, yaxis, _module: module } = traces[0];
    if (!moved.has(type)) continue;
    const ground = element._fullLayout._plots[xaxis + yaxis];
    const numbers = traces.map(({ index }) => element.calcdata[index]);
    module.plot(element, ground, numbers, ground.plot.selectAll(`g.${type}layer`));
    module.style?.(element);
  }
}
