// Makes elements. Words are always set as text, never as HTML.

/** An element with attributes (on… are listeners) and children (elements or words). */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

/** Sets an element's words if they are not the same already, so that nothing is laid out in vain. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Gives an element these properties, if it does not have them already. */
export function put(node, properties) {
  for (const [name, value] of Object.entries(properties)) if (node[name] !== value) node[name] = value;
}

/** A sign on a button, drawn by the style sheet: play, pause, back or on. */
export function sign(name) {
  return element("span", { class: "seqviz-sign", "data-sign": name, "aria-hidden": "true" });
}

/** Puts a run's mark, a character in its colour, before an element's words; none where there is none. */
export function marked(node, { mark, colour } = {}) {
  if (mark) {
    node.dataset.mark = mark;
    node.style.setProperty("--seqviz-run", colour);
  } else delete node.dataset.mark;
}
