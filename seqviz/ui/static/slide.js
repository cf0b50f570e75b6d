// Lines and marks of which only places, sizes or colours have changed: most of what moves while a network trains. Plotly
// would find out again all that makes up the look of each mark, which takes ten times as long as to change it.

export const TOLD = ["hovertext", "hovertemplate", "customdata"]; // on hovering: nothing is drawn of them

const LINES = new Set(["x", "y", ...TOLD]);
const MARKS = new Set(["marker", ...TOLD]);

/**
 * Brings what is drawn of a part to its new numbers, which `element.calcdata` holds, and says whether it could: an edit
 * {attribute: value} that changes more, other kinds of parts, gaps, words and areas are left to Plotly.
 */
export function slid(element, trace, edit) {
  const { plot, xaxis, yaxis } = element._fullLayout._plots[trace.xaxis + trace.yaxis];
  const group = plot.node().querySelector(`.trace${trace.uid}`);
  const points = element.calcdata[trace.index];
  const within = (names) => Object.keys(edit).every((name) => names.has(name));
  if (trace.type !== "scatter" || !group) return false;
  if (within(LINES)) return straight(trace) && moveLine(group, trace, points, xaxis, yaxis);
  return within(MARKS) && !("symbol" in edit.marker) && trace.mode === "markers" && changeMarks(group, trace, points);
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

// Outlines of marks with a radius of r px, as Plotly draws them; w: half a triangle's side.
const OUTLINES = {
  circle: (r) => `M${r},0A${r},${r} 0 1,1 0,${-r}A${r},${r} 0 0,1 ${r},0Z`,
  "triangle-up": (r, w) => `M${-w},${r / 2}H${w}L0,${-r}Z`,
  "triangle-down": (r, w) => `M${-w},${-r / 2}H${w}L0,${r}Z`,
  "triangle-left": (r, w) => `M${r / 2},${-w}V${w}L${-r},0Z`,
  "triangle-right": (r, w) => `M${-r / 2},${-w}V${w}L${r},0Z`,
};

function changeMarks(group, { marker }, points) {
  const marks = group.querySelectorAll("path.point");
  const looks = points.map(({ ms, mc, mx }) => [ms ?? marker.size, mc ?? marker.color, OUTLINES[mx ?? marker.symbol]]);
  if (marks.length !== points.length || marker.line?.width || marker.sizemode === "area") return false;
  if (!looks.every(([size, value, outline]) => Number.isFinite(size) && outline && known(marker, value))) return false;
  for (const [number, [size, value, outline]] of looks.entries()) {
    const radius = Math.max(size / 2, 0);
    const colour = typeof value === "number" ? shade(marker, value) : value;
    marks[number].setAttribute("d", outline(short(radius), short((2 * radius) / Math.sqrt(3))));
    marks[number].style.fill = colour;
    marks[number].style.fillOpacity = 1; // is part of the colour
    Object.assign(points[number], { mrc: radius, mcc: colour }); // for hovering
  }
  return true;
}

/** Whether a mark's colour is a word, or a number on a scale of colours that all are "rgba(r,g,b,a)". */
function known({ colorscale }, value) {
  if (typeof value === "string") return true;
  return Number.isFinite(value) && colorscale.every(([, colour]) => colour.startsWith("rgba("));
}

/** The colour of a number on a part's scale. */
function shade({ colorscale, cmin, cmax }, value) {
  const at = Math.min(Math.max((value - cmin) / (cmax - cmin), 0), 1);
  const next = Math.max(colorscale.findIndex(([place]) => place >= at), 1);
  const [[low, pale], [high, full]] = [colorscale[next - 1], colorscale[next]];
  const [from, to] = [pale, full].map((colour) => colour.match(/[\d.]+/g).map(Number));
  return `rgba(${from.map((part, number) => part + ((to[number] - part) * (at - low)) / (high - low))})`;
}

function short(px) {
  return Math.round(100 * px) / 100;
}
