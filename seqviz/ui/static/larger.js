// Figures give the sizes of marks, lines, rows and margins in px of a stage whose type is 14 px high. Where it is larger,
// so are they.

const TYPE = 14;
let factor = 1;
let made = new WeakMap(); // what has become of each object: as long as that stays the same, so does this

/** A figure {data, layout} for a stage whose type is so many px high. What was one object in two figures still is. */
export function enlarged(figure, type) {
  if (factor !== type / TYPE) [factor, made] = [type / TYPE, new WeakMap()];
  if (factor === 1) return figure;
  return { data: figure.data.map((part) => once(part, larger)), layout: once(figure.layout, wider) };
}

function wider(layout) {
  return { ...layout, margin: once(layout.margin, allTimes) };
}

function allTimes(sizes) {
  return Object.fromEntries(Object.entries(sizes).map(([side, size]) => [side, factor * size]));
}

function larger(part) {
  const { line, marker, header, cells } = part;
  return {
    ...part,
    ...(line && { line: once(line, thicker) }),
    ...(marker && { marker: once(marker, largerMarks) }),
    ...(cells && { header: once(header, taller), cells: once(cells, taller) }),
  };
}

function taller(rows) {
  return { ...rows, height: times(rows.height) };
}

function largerMarks(marker) {
  const { line, size } = marker;
  return { ...marker, ...(line && { line: once(line, thicker) }), ...(size !== undefined && { size: times(size) }) };
}

function thicker(line) {
  return "width" in line ? { ...line, width: times(line.width) } : line;
}

function times(size) {
  return typeof size === "number" ? factor * size : once(size, (sizes) => sizes.map((each) => factor * each));
}

function once(object, make) {
  if (!made.has(object)) made.set(object, make(object));
  return made.get(object);
}
