// Lights the picture of the unrolled network beat by beat: what has not happened yet stays faint.
//
// The picture itself is Plotly's and stays as it is. A mask lies over it with one group of shapes for each beat, made
// from the figure's own coordinates; a part's `meta` says which nodes and edges of the graph it draws.

const FAINT = 0.13;
const TRAVEL = 0.55; // share of a beat in which what happens is on its way
const COLOURS = { forward: "currentColor", loss: "#c40b3a", backward: "#e02ec4", update: "#7d8590" };

let masks = 0;

export class Light {
  /** graph: the element in which Plotly has drawn the network. */
  constructor(graph) {
    this.graph = graph;
    this.name = `seqviz-light-${(masks += 1)}`;
    this.groups = [];
    this.place = -1;
    graph.on("plotly_afterplot", () => this.redrawn());
  }

  /** The beats of another story; their picture must be drawn already. */
  tell(beats) {
    this.beats = beats;
    this.off();
  }

  /** Shows everything up to beat `place`, and that one as far as `progress`, 0 to 1. */
  show(place, progress) {
    if (this.place < 0) this.build();
    if (this.place !== place) this.settle(place);
    this.place = place;
    this.progress = progress;
    const now = this.groups[place];
    const travelled = Math.min(progress / TRAVEL, 1);
    const risen = Math.max(0, Math.min((progress - 0.35) / 0.4, 1));
    for (const path of now.paths) path.style.strokeDashoffset = 1 - travelled;
    for (const shape of now.shapes) shape.style.opacity = risen;
    for (const shape of now.outlines) shape.style.opacity = risen;
    for (const point of now.points) point.style.opacity = Math.max(risen, FAINT);
    for (const { dot, path, length, back } of now.dots) {
      const at = path.getPointAtLength(length * (back ? 1 - travelled : travelled));
      dot.setAttribute("transform", `translate(${at.x} ${at.y})`);
      dot.style.opacity = travelled < 1 ? 1 : 0;
    }
  }

  settle(place) {
    this.groups.forEach((group, number) => {
      const reached = number < place;
      if (group.reached !== reached) {
        group.reached = reached;
        for (const path of group.paths) path.style.strokeDashoffset = reached ? 0 : 1;
        for (const shape of group.shapes) shape.style.opacity = reached ? 1 : 0;
        for (const point of group.points) point.style.opacity = reached ? 1 : FAINT;
      }
    });
    const now = this.groups[place];
    now.reached = undefined;
    this.spot.replaceChildren(...now.outlines, ...now.dots.map(({ dot }) => dot));
  }

  /** The whole picture again, as if nothing had been played. */
  off() {
    this.place = -1;
    for (const { points } of this.groups) for (const point of points) point.style.opacity = 1;
    for (const layer of this.layers()) layer.removeAttribute("mask");
    this.mask?.remove();
    this.spot?.remove();
  }

  /** Plotly has drawn the picture anew: other places, perhaps other elements. */
  redrawn() {
    if (this.place < 0) return;
    const { place, progress } = this;
    this.off();
    this.show(place, progress);
  }

  layers() {
    return this.graph.querySelectorAll(".cartesianlayer, .layer-above");
  }

  build() {
    const svg = this.graph.querySelector(".main-svg");
    const shapes = places(this.graph);
    this.mask = drawn("mask", {
      id: this.name,
      maskUnits: "userSpaceOnUse",
      x: 0,
      y: 0,
      width: svg.clientWidth,
      height: svg.clientHeight,
      style: "mask-type: alpha",
    });
    this.mask.append(drawn("rect", { width: "100%", height: "100%", opacity: FAINT }));
    this.mask.append(drawn("rect", { width: shapes.left, height: "100%" }));
    this.mask.append(drawn("rect", { y: shapes.floor, width: "100%", height: "100%" }));
    this.spot = drawn("g", { class: "seqviz-spot" });
    this.groups = this.beats.map((beat) => this.group(beat, shapes));
    this.groups.forEach(({ paths, shapes: boxes }) => this.mask.append(...paths, ...boxes));
    svg.append(this.mask, this.spot);
    for (const layer of this.layers()) layer.setAttribute("mask", `url(#${this.name})`);
  }

  group(beat, { nodes, edges, gradients }) {
    const back = beat.phase === "backward";
    const colour = COLOURS[beat.phase];
    const paths = [];
    const tips = [];
    const dots = [];
    for (const [first, stop, stride] of beat.edges) {
      for (let edge = first; edge < stop; edge += stride) {
        const way = edges.get(edge);
        if (!way) continue;
        const path = drawn("path", { d: (back && way.gradient) || way.d });
        const dot = drawn("circle", { r: 5, fill: colour });
        dots.push({ dot, path, length: path.getTotalLength(), back: back && !way.gradient });
        if (back) continue;
        paths.push(wipe(way.d, way.width));
        if (way.tip) tips.push(way.tip);
      }
    }
    const boxes = beat.nodes.map((node) => nodes.get(node)).filter(Boolean);
    const triangles = beat.gradients.flatMap((node) => gradients.get(node) ?? []);
    const bands = triangles.filter(({ band }) => band).map(({ band }) => wipe(band.d, band.width));
    const shapes = [...boxes, ...tips, ...triangles].map((box) => rectangle(box, {}));
    const lit = back ? beat.gradients.map((node) => nodes.get(node)).filter(Boolean) : boxes;
    const outlines = lit.map((box) => rectangle(box, { fill: "none", stroke: colour, "stroke-width": 3, rx: 3 }));
    // A wire that passes over a triangle uncovers a part of it, so it has a light of its own.
    const points = triangles.flatMap(({ point }) => point ?? []);
    return { paths: [...paths, ...bands], shapes, points, outlines, dots, reached: undefined };
  }
}

/** Where nodes, edges and gradients are in px of the whole picture, each by its number in the graph. */
function places(graph) {
  const { xaxis, yaxis } = graph._fullLayout;
  const x = (value) => xaxis._offset + xaxis.d2p(value);
  const y = (value) => yaxis._offset + yaxis.d2p(value);
  const nodes = new Map();
  const edges = new Map();
  const gradients = new Map();
  let floor = 0;
  let roof = 0; // y above which boxes are outputs; the strips come first among the parts
  const bars = (part) =>
    part.meta.nodes.forEach((node, place) => {
      const half = part.width[place] / 2;
      const top = y(part.base[place] + part.y[place]);
      const bottom = y(part.base[place]);
      const left = x(part.x[place] - half);
      const gauge = part.base[place] > roof ? 9 : 0; // under an output
      const height = bottom - top + 2 + gauge;
      nodes.set(node, { x: left - 1, y: top - 1, width: x(part.x[place] + half) - left + 2, height });
      floor = Math.max(floor, bottom + 3);
    });
  const strips = (part) =>
    part.meta.nodes.forEach((node, place) => {
      const left = x(part.x[2 * place]);
      const top = y(part.y[part.y.length - 1]);
      const right = x(part.x[2 * place + 1]);
      roof = Math.max(roof, part.y[part.y.length - 1]);
      nodes.set(node, { x: left - 1, y: top - 1, width: right - left + 2, height: y(part.y[0]) - top + 2 });
    });
  const diamonds = (part) =>
    part.meta.nodes.forEach((node, place) => {
      const beside = String(part.text[place]).replace("\u200b", "") !== ""; // a number to its left or right
      const [before, after] = !beside ? [13, 13] : String(part.textposition).endsWith("left") ? [52, 13] : [13, 44];
      const box = { x: x(part.x[place]) - before, y: y(part.y[place]) - 13, width: before + after, height: 26 };
      nodes.set(node, box);
    });
  const lines = (part) => {
    const ways = split(part).map((points) => points.map(([px, py]) => [x(px), y(py)]));
    part.meta.edges.forEach((edge, place) => {
      const [endX, endY] = ways[place].at(-1);
      // The way itself as thin as it is drawn, since it passes over others; its head below where it ends.
      const tip = part.line.dash ? undefined : { x: endX - 4, y: endY - 1, width: 8, height: 12 };
      edges.set(edge, { points: ways[place], d: line(ways[place]), width: 3, tip });
    });
  };
  const triangles = (part) => {
    // The chains come first: what is seen of their gradient is a band along the edge, not only its head.
    const chains = [...edges.values()].filter(({ chain }) => chain);
    const drawnPoints = points(graph, part);
    part.meta.gradients.forEach((node, place) => {
      const at = [x(part.x[place]), y(part.y[place])];
      const side = 1.2 * part.marker.size[place] + 2; // a triangle is a little higher than its size says
      const shape = { x: at[0] - side / 2, y: at[1] - side / 2, width: side, height: side, point: drawnPoints[place] };
      const chain = chains[place];
      if (chain) {
        const [start, end] = chain.points;
        const width = Math.abs(start[1] - at[1]) - 1;
        shape.band = { d: line([[end[0], at[1]], [start[0], at[1]]]), width: width + 1 };
        chain.width = width;
        chain.gradient = shape.band.d;
        chain.tip = undefined; // its head lies within its way
      }
      gradients.set(node, [...(gradients.get(node) ?? []), shape]);
    });
  };
  for (const part of graph.data) {
    if (part.meta?.nodes) (part.type === "bar" ? bars : part.type === "heatmap" ? strips : diamonds)(part);
    else if (part.meta?.edges) lines(part);
    else if (part.meta?.gradients) {
      markChains(graph, edges);
      triangles(part);
    }
  }
  return { nodes, edges, gradients, left: xaxis._offset - 1, floor };
}

/** What Plotly has drawn for each point of a part; nothing for one that it left out. */
function points(graph, part) {
  const traces = [...graph.querySelectorAll(".scatterlayer .trace")];
  const own = traces.find(({ __data__: [{ trace }] }) => trace.index === graph.data.indexOf(part));
  const found = [];
  for (const point of own?.querySelectorAll("path.point") ?? []) found[point.__data__.i] = point;
  return found;
}

/** The edges along the chains are those of the part that shows what flows forward, drawn last of all lines. */
function markChains(graph, edges) {
  const forward = graph.data.findLast((part) => part.meta?.edges);
  for (const edge of forward.meta.edges) edges.get(edge).chain = true;
}

/** The pieces of a line with breaks in it. */
function split({ x, y }) {
  const pieces = [];
  let piece = [];
  for (let place = 0; place < x.length; place += 1) {
    if (Number.isNaN(x[place])) {
      if (piece.length) pieces.push(piece);
      piece = [];
    } else piece.push([x[place], y[place]]);
  }
  if (piece.length) pieces.push(piece);
  return pieces;
}

const line = (points) => `M${points.map(([px, py]) => `${px},${py}`).join("L")}`;

/** A thick line in the mask that uncovers what lies below it from its beginning to its end. */
function wipe(d, width) {
  const path = drawn("path", { d, fill: "none", stroke: "#000", "stroke-width": width, pathLength: 1 });
  path.style.strokeDasharray = "1 1";
  path.style.strokeDashoffset = 1;
  return path;
}

function rectangle({ x, y, width, height }, look) {
  const shape = drawn("rect", { x, y, width: Math.max(width, 0), height: Math.max(height, 0), ...look });
  shape.style.opacity = 0;
  return shape;
}

function drawn(name, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
