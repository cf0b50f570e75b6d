// The stage of a lesson: toolbar, numbers and live pictures of one run. Mounted by seqviz/ui/stage.py.

import { element, marked, setText } from "./dom.js";
import { Panel } from "./panel.js";
import { GONE, Live, REPLACED } from "./socket.js";
import { plotly, styles, template } from "./theme.js";
import { Toolbar } from "./toolbar.js";
import { changed, readFrame } from "./wire.js";
import { sentence } from "./words.js";

const BESIDE = 188; // px that the names of the rows and the colour bars take
const SETTLED = 200; // ms until a width counts as the new one

const stages = new WeakMap();

/**
 * Shows a stage in `parent`, or brings the one that is there up to date. Streamlit calls this again whenever the
 * page's script has run or the theme has changed.
 *
 * said: {token, address, live, figures, several, big, top}. figures: as a panel takes them. several: whether it shows
 * several runs. top: whether the page is to be scrolled up to it.
 * gone(): the seat has been dropped, ask for another.
 */
export async function show(parent, said, gone) {
  if (!stages.has(parent)) stages.set(parent, new Stage(parent));
  await stages.get(parent).bring(said, gone);
}

/** Takes the stage away if its place on the page is really gone: Streamlit also says so when it is not. */
export function leave(parent) {
  setTimeout(() => {
    if (parent.isConnected) return;
    stages.get(parent)?.remove();
    stages.delete(parent);
  });
}

class Stage {
  constructor(parent) {
    this.toolbar = new Toolbar((order) => this.give(order));
    this.numbers = element("p", { class: "seqviz-numbers" });
    this.banner = element("div", { class: "seqviz-banner", role: "alert", hidden: "" });
    this.pictures = element("div", { class: "seqviz-pictures" });
    const banners = element("div", { class: "seqviz-banners" }, this.banner);
    this.root = element("div", { class: "seqviz" }, this.toolbar.root, this.numbers, banners, this.pictures);
    this.panels = [];
    this.parent = parent;
    this.sizes = new ResizeObserver(() => {
      clearTimeout(this.settling);
      this.settling = setTimeout(() => this.fit(), SETTLED);
    });
    this.sizes.observe(this.root);
  }

  async bring(said, gone) {
    this.gone = gone;
    this.said = said;
    await styles(said.address);
    if (this.removed) return; // it would take the seat from the page that came after
    if (!this.root.isConnected) this.parent.replaceChildren(this.root);
    if (said.top) this.root.scrollIntoView();
    this.root.classList.toggle("seqviz-big", said.big);
    this.template = undefined; // the theme or the size of the type may have changed
    this.panels.forEach((panel) => panel.graph?.forget());
    this.root.classList.toggle("seqviz-several", Boolean(said.several));
    this.toolbar.sweep.hidden = !said.several;
    this.arrange(said.figures);
    this.panels.forEach((panel, place) => panel.name(said.figures[place]));
    if (this.token !== said.token) this.connect(said.token);
    else {
      this.tellUnseen(); // of a panel that was put in another's place, too
      this.fit(); // type of another size has another room
      this.paint();
    }
  }

  arrange(pictures) {
    if (pictures.length === this.panels.length && this.panels.every((panel, place) => panel.suits(pictures[place]))) return;
    const before = this.panels;
    this.panels = pictures.map(
      (picture) =>
        before.find((panel) => panel.suits(picture)) ??
        new Panel(picture, (order) => this.give(order), () => this.scrolled()),
    );
    for (const panel of before) if (!this.panels.includes(panel)) panel.remove();
    this.pictures.style.setProperty("--seqviz-small-pictures", Math.max(1, pictures.filter(({ wide }) => !wide).length));
    this.pictures.replaceChildren(...this.panels.map(({ root }) => root));
  }

  connect(token) {
    this.live?.close();
    this.token = token;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.room = this.measured();
    this.live = new Live(() => `${scheme}://${location.host}${this.said.live}/${token}?room=${this.room}`, {
      open: () => {
        this.say("");
        this.unseen = "";
        this.tellUnseen();
      },
      frame: (buffer) => this.take(readFrame(buffer)),
      notice: (notice) => this.hear(notice),
      lost: () => {
        this.toolbar.expect("lost");
        this.say("Connection lost, trying again …", "lost");
      },
      ended: (code) => this.end(code),
    });
  }

  /** px that the steps of a network share where type is 14 px high: seqviz/core/records.py, `Look.room`. */
  measured() {
    const type = parseFloat(getComputedStyle(this.root).fontSize);
    return Math.max(0, Math.floor((this.root.clientWidth * 14) / type / 20 - BESIDE / 20) * 20);
  }

  /** The stage may have another width. */
  fit() {
    const room = this.measured();
    if (room === this.room || !this.root.clientWidth) return;
    this.room = room;
    this.live?.send({ do: "room", room });
  }

  /** A picture has come into sight or left it. */
  scrolled() {
    this.paint();
    clearTimeout(this.scrolling); // all that the same turn of the wheel moves is told at once
    this.scrolling = setTimeout(() => this.tellUnseen());
  }

  /** Says which pictures are out of sight: they need not be made while a network trains. */
  tellUnseen() {
    const figures = this.panels.filter(({ near }) => !near).map(({ key }) => key);
    if (String(figures) === this.unseen) return;
    this.unseen = String(figures);
    this.live?.send({ do: "unseen", figures });
  }

  end(code) {
    this.toolbar.expect("ended");
    if (code === GONE) this.gone();
    else if (code === REPLACED) this.say("This run is now shown in another window.", "lost");
    else this.say("The page and the server no longer understand each other. Reload the page.", "lost");
  }

  give(order) {
    if (this.banner.dataset.kind === "lost") return; // nobody would hear it, and the banner is still true
    this.say("");
    this.hushed = order.do === "pause";
    for (const { player } of this.panels) {
      player?.release();
      if (this.hushed) player?.halt(); // in slow motion the picture stands still at once
    }
    this.live.send(order);
  }

  hear({ notice, text }) {
    if (notice === "busy" || notice === "starting") {
      this.toolbar.expect("busy");
      setText(this.numbers, text);
    } else {
      if (notice === "stopped") this.toolbar.expect("paused");
      this.say(text, notice);
    }
  }

  /** Words above the pictures that stay until something is done about them; none takes them away. */
  say(text, kind = "") {
    this.banner.hidden = text === "";
    this.banner.dataset.kind = kind;
    setText(this.banner, text);
  }

  /** A frame has come. It is asked for the next one when its painting begins, so that one is made meanwhile. */
  take(frame) {
    this.waiting = frame;
    this.paint();
  }

  unpack(frame) {
    this.figures = changed(this.figures, frame.changes);
    if (frame.changes.some(([path]) => !path.length)) this.unseen = ""; // a trainer that has been told nothing yet
    this.tellUnseen();
    // A figure that is replaced as a whole belongs to another network or example: its zoom means nothing any more.
    for (const [path] of frame.changes) if (path.length < 3) (this.anew ??= new Set()).add(path[0] ?? "all");
    this.status = frame.status;
    this.slow = this.status.pace === "slow" && this.status.state === "training";
    if (!this.slow) this.live.send({ do: "drawn" });
  }

  /**
   * Brings the screen up to the newest frame; while a network trains, all of it in one of the browser's own frames,
   * because each frame in which anything has changed costs it as much again.
   * Called again meanwhile, it goes on until nothing is newer.
   */
  async paint() {
    this.outdated = true;
    if (this.painting) return;
    this.painting = true;
    try {
      while (this.outdated) {
        this.outdated = false;
        if (this.waiting) this.unpack(this.waiting);
        this.waiting = undefined;
        await this.paintOnce();
        if (this.slow) await this.playThrough();
      }
    } catch (problem) {
      this.say(`The pictures cannot be drawn: ${problem.message}. Reload the page.`, "problem");
    } finally {
      this.painting = false;
    }
  }

  /** In slow motion, the next update waits until every stage of this one has been played. */
  async playThrough() {
    this.slow = false;
    const first = this.panels.find(({ player }) => player); // with which all others keep step
    if (!this.hushed) await first?.player.through();
    this.live.send({ do: "drawn" });
  }

  async paintOnce() {
    if (!this.status) return;
    const drawing = await plotly(this.said.address);
    if (this.status.state === "training") await nextFrame();
    if (this.hushed && this.status.state === "training") return; // sent before the pause was heard
    this.hushed = false;
    this.toolbar.update(this.status);
    this.write(this.status);
    const leader = this.panels.find(({ player }) => player);
    for (const panel of this.panels) {
      panel.update(this.status);
      const figure = this.figures[panel.key];
      // The first player drives the others, so it has to know the story also where it is out of sight itself.
      const leads = this.said.several && panel === leader && Boolean(this.figures[panel.story]);
      if (!panel.wants(figure, leads)) continue;
      this.template ??= template(this.root);
      const anew = this.anew?.has("all") || this.anew?.has(panel.key);
      this.anew?.delete(panel.key);
      const opening = panel.waits;
      await panel.draw(drawing, figure, this.template, anew);
      if (opening) await painted(); // nobody waits for all pictures to see the first
    }
    this.anew?.delete("all");
    const [first] = this.panels.filter((panel) => !panel.root.classList.contains("seqviz-wide"));
    this.template ??= template(this.root);
    const players = this.panels.flatMap(({ player }) => player ?? []);
    for (const panel of this.panels.filter(({ player }) => player)) {
      // A picture out of sight may be an older one, to which the story does not belong.
      const story = panel.graph?.drawn === this.figures[panel.key] ? this.figures[panel.story] : undefined;
      panel.player.tell(story, drawing, this.template, this.said.several ? undefined : first?.root);
      panel.player.link(players);
    }
  }

  write(status) {
    const parts = sentence(status);
    if (this.numbers.children.length !== parts.length) {
      this.numbers.replaceChildren(...parts.map(() => element("span")));
    }
    parts.forEach(([text, meaning, run], place) => {
      const part = this.numbers.children[place];
      setText(part, text);
      marked(part, run);
      if (part.title !== meaning) part.title = meaning;
    });
    if (status.state === "diverged") this.say(status.reason, "diverged");
    else if (status.state === "finished") this.say("This run has gone as long as a run may. Reset to start again.", "finished");
    else if (["diverged", "finished"].includes(this.banner.dataset.kind)) this.say("");
  }

  remove() {
    this.removed = true;
    this.sizes.disconnect();
    clearTimeout(this.settling);
    clearTimeout(this.scrolling);
    this.live?.close();
    this.panels.forEach((panel) => panel.remove());
    this.root.remove();
  }
}

function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Resolves when what has been drawn is on the screen: the browser paints between its frame's callbacks and the rest. */
function painted() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
