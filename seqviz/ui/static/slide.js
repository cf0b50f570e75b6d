// Parts whose numbers say no more than where their lines, marks and bars are: most of what moves while a network trains.
// Plotly's modules would find out again how each mark looks, which takes ten times as long as to put it there.

const LINES = new Set(["x", "y", "hovertext", "hovertemplate", "customdata"]);
const BARS = new Set([...LINES, "base", "width", "marker"]);
const THIN = 2; // px below which Plotly makes an opaque bar thicker, so that it can be seen

/**
 * Brings what is drawn of a part to its new numbers, which `element.calcdata` holds, and says whether it could: an edit
 * {attribute: value} that changes more, gaps, words and areas are left to Plotly.
 */
export function slid(element, trace, edit) {
  const { plot, xaxis, yaxis } = element._fullLayout._plots[trace.xaxis + trace.yaxis];
  const group = plot.node().querySelector(`.trace${trace.uid}`);
  const points = element.calcdata[trace.index];
  const within = (names) => Object.keys(edit).every((name) => names.has(name));
  if (trace.type === "scatter") return within(LINES) && straight(trace) && moveLine(group, trace, points, xaxis, yaxis);
  if (trace.type === "bar") return within(BARS) && bare(trace) && moveBars(group, trace, points, xaxis, yaxis);
  return false;
}

/** Whether a part is made of straight lines and of marks that end at the plot's edge, and nothing else. */
function straight({ mode, fill, line, cliponaxis }) {
  return !mode.includes("text") && fill === "none" && cliponaxis !== false && (line?.shape ?? "linear") === "linear";
}

function moveLine(group, { mode }, points, xaxis, yaxis) {
  const places = points.map(({ x, y }) => [xaxis.c2p(x), yaxis.c2p(y)]);
  const lines = group.querySelectorAll(".js-line");
  const marks = group.querySelectorAll("path.point");
  if (!places.flat().every(Number.isFinite) || lines.length !== Number(mode.includes("lines"))) return false;
  if (marks.length !== (mode.includes("markers") ? places.length : 0)) return false;
  for (const line of lines) line.setAttribute("d", `M${places.map(([x, y]) => `${short(x)},${short(y)}`).join("L")}`);
  for (const [number, mark] of marks.entries()) mark.setAttribute("transform", `translate(${places[number]})`);
  return true;
}

/** Whether a part is made of upright bars without words and borders. */
function bare({ orientation, text, marker }) {
  return orientation !== "h" && text === undefined && !marker.line.width && !marker.cornerradius;
}

function moveBars(group, { marker }, points, xaxis, yaxis) {
  const bars = group.querySelectorAll("g.point > path");
  const sides = points.map(({ p0, p1, s0, s1 }) => [xaxis.c2p(p0), xaxis.c2p(p1), yaxis.c2p(s0), yaxis.c2p(s1)]);
  const colours = points.map(({ mc }) => mc ?? marker.color);
  const thin = ([left, right, bottom, top]) => Math.min(Math.abs(right - left), Math.abs(top - bottom)) < THIN;
  if (bars.length !== points.length || !sides.flat().every(Number.isFinite)) return false;
  if (sides.some((each, number) => thin(each) && opaque(colours[number]))) return false;
  for (const [number, bar] of bars.entries()) {
    const [left, right, bottom, top] = sides[number].map(short);
    bar.setAttribute("d", `M${left},${bottom}V${top}H${right}V${bottom}Z`);
    bar.style.fill = colours[number];
    bar.style.fillOpacity = 1; // is part of the colour
  }
  return true;
}

function opaque(colour) {
  return !colour.startsWith("rgba") || colour.endsWith(",1)");
}

function short(px) {
  return Math.round(100 * px) / 100;
}
