// Plays one training step over the picture of the unrolled network: seqviz/figures/storyboard.py tells the beats.

import { element, setText, sign } from "./dom.js";
import { Light } from "./player_light.js";
import { Weights } from "./player_weights.js";

const BEAT = 700; // ms at speed 1
const PHASES = [
  ["forward", "Forward"],
  ["loss", "Loss"],
  ["backward", "Backward"],
  ["update", "Update"],
];
const WHOLE = 6000; // ms at speed 1 in which slow motion plays every beat of a step
const SPEEDS = [0.25, 0.5, 1, 2, 4];
const RESTING = "Play one training step on this example, with the weights as they are.";

export class Player {
  /** canvas: where the network is drawn. order(message) sends an order. */
  constructor(canvas, order) {
    this.canvas = canvas;
    this.order = order;
    this.story = undefined; // none while the network trains
    this.place = -1; // nothing played: the whole picture
    this.progress = 1;
    this.peers = []; // players that keep step with this one
    this.speed = 1;
    this.haste = 1;
    this.weights = new Weights();
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.caption = element("p", { class: "seqviz-caption", "aria-live": "polite", hidden: "" });
    this.buildBar();
    this.paint();
  }

  buildBar() {
    const button = (face, label, act, look = "") =>
      element("button", { type: "button", class: look, "aria-label": label, title: label, onclick: act }, face);
    this.sign = sign("play");
    this.back = button(sign("back"), "One moment back", () => this.step(-1));
    this.play = button(this.sign, "Play", () => this.toggle(), "seqviz-play");
    this.on = button(sign("on"), "One moment on", () => this.step(1));
    this.jumps = PHASES.map(([phase, name], place) => {
      const jump = button(name, `Jump to: ${name.toLowerCase()} (${place + 1})`, () => this.jump(phase));
      jump.dataset.phase = phase;
      return jump;
    });
    this.scrubber = element("input", {
      type: "range",
      min: 0,
      value: 0,
      "aria-label": "Moment of the training step",
      oninput: () => this.seek(Number(this.scrubber.value) - 1),
    });
    this.pace = element(
      "select",
      { "aria-label": "Speed of the player", onchange: () => (this.speed = Number(this.pace.value)) },
      ...SPEEDS.map((speed) => element("option", { value: speed, ...(speed === 1 ? { selected: "" } : {}) }, `${speed}×`)),
    );
    this.whole = button("Show all", "End the player: the whole picture again", () => this.seek(-1));
    this.bar = element(
      "div",
      { class: "seqviz-player", role: "group", "aria-label": "Player: one training step" },
      this.back,
      this.play,
      this.on,
      this.scrubber,
      ...this.jumps,
      this.pace,
      this.whole,
    );
  }

  /** Keys of whatever holds both the picture and the bar; no others are taken, and none with Ctrl, Alt or Meta. */
  listen(root) {
    root.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !this.hear(event.key, event.target)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** Obeys a key, unless the control that has the focus has its own use for it. */
  hear(key, at) {
    if (this.first && this.first !== this) return this.first.hear(key, at);
    if (at === this.pace || !this.story) return false;
    const digit = "1234".indexOf(key);
    if (key.length === 1 && digit >= 0) this.jump(PHASES[digit][0]);
    else if (key === " " && at.tagName !== "BUTTON") this.toggle();
    else if (at === this.scrubber) return false;
    else if (key === "ArrowRight") this.step(1);
    else if (key === "ArrowLeft") this.step(-1);
    else if (key === "Home") this.seek(0);
    else if (key === "End") this.seek(this.story.beats.length - 1);
    else return false;
    return true;
  }

  /**
   * Brings the player up to a frame, after its picture is drawn. told: the story; none while the network trains.
   * over: the panel that the weights may lie over.
   */
  tell(told, drawing, template, over) {
    const story = told ?? undefined; // on the wire, none is null
    this.drawing = drawing;
    this.template = template;
    this.weights.lay(over);
    if (story !== this.story) {
      const waited = this.waiting && story;
      if (story) this.light ??= new Light(this.canvas);
      this.stand(-1);
      this.draw();
      this.story = story;
      this.light?.tell(story?.beats ?? []);
      this.scrubber.max = story?.beats.length ?? 0;
      if (waited) this.toggle();
      else this.paint();
    } else if (this.place >= 0) this.draw(); // the theme may be another
  }

  /** Players of the same example keep step: the first one's bar drives them all. */
  link(players) {
    [this.first] = players;
    this.peers = this.first === this ? players.slice(1) : [];
    this.bar.hidden = this.first !== this;
    if (this.first !== this && this.first.place >= 0 && this.place < 0) this.follow(this.first);
  }

  /** Shows what another player does; where its story is longer or shorter, at the same share of the phase. */
  follow({ story, place, progress }) {
    if (!this.story || !story) return;
    const same = this.story.beats.length === story.beats.length;
    [this.place, this.progress] = same || place < 0 ? [place, progress] : [this.alike(story, place), 1];
    this.draw();
  }

  alike(story, place) {
    const { phase } = story.beats[place];
    const [theirs, ours] = [story, this.story].map(({ beats }) => {
      const first = beats.findIndex((beat) => beat.phase === phase);
      return { first, last: beats.findLastIndex((beat) => beat.phase === phase) };
    });
    const share = (place - theirs.first) / Math.max(theirs.last - theirs.first, 1);
    return ours.first + Math.round(share * (ours.last - ours.first));
  }

  /** Plays every beat for slow motion; resolves at the end, or when anything else is asked for. */
  through() {
    if (!this.story) return Promise.resolve();
    this.seek(-1);
    this.haste = Math.max(1, (this.story.beats.length * BEAT) / WHOLE);
    this.toggle();
    return new Promise((done) => (this.done = done));
  }

  /** Ends slow motion, if it plays. Returns whether it did. */
  release() {
    const { done } = this;
    this.done = undefined;
    this.haste = 1;
    done?.();
    return done !== undefined;
  }

  toggle() {
    if (this.frame) {
      if (this.done) this.order({ do: "pause" }); // else the next update would play at once
      return this.halt();
    }
    if (!this.story) {
      this.waiting = true; // the run must come to rest first
      this.order({ do: "pause" });
      return this.paint();
    }
    this.waiting = false;
    const end = this.place === this.story.beats.length - 1 && this.progress === 1;
    if (this.place < 0 || end) [this.place, this.progress] = [0, 0];
    this.then = undefined;
    this.frame = requestAnimationFrame((now) => this.tick(now));
    this.show();
    return undefined;
  }

  tick(now) {
    if (!this.canvas.isConnected) return this.halt();
    this.frame = requestAnimationFrame((later) => this.tick(later));
    const passed = this.then === undefined ? 0 : Math.min(now - this.then, 250);
    this.then = now;
    this.progress += (passed * this.speed * this.haste) / BEAT;
    const last = this.story.beats.length - 1;
    if (this.progress < 1) {
      if (!this.calm.matches) [this, ...this.peers].forEach((player) => player.glide(this));
    } else if (this.place === last) {
      this.progress = 1;
      this.halt();
      this.show();
    } else {
      this.place += 1;
      this.progress = Math.min(this.progress - 1, 0.99);
      this.show();
    }
    return undefined;
  }

  /** Goes on within a beat, which is all that changes from one of the browser's frames to the next. */
  glide({ story, progress }) {
    if (this.place < 0 || this.story?.beats.length !== story.beats.length) return;
    this.progress = progress;
    this.light.show(this.place, progress);
  }

  halt() {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.release();
    this.paint();
  }

  step(by) {
    if (this.story) this.seek(Math.max(0, Math.min(this.place + by, this.story.beats.length - 1)));
  }

  jump(phase) {
    const place = this.story?.beats.findIndex((beat) => beat.phase === phase) ?? -1;
    if (place >= 0) this.seek(place);
  }

  /** Goes to the end of beat `place` and stays there; -1 for the whole picture. */
  seek(place) {
    this.stand(place);
    this.show();
  }

  stand(place) {
    cancelAnimationFrame(this.frame);
    if (this.release()) this.order({ do: "pause" });
    this.frame = undefined;
    this.waiting = false;
    this.place = place;
    this.progress = 1;
  }

  show() {
    this.draw();
    this.peers.forEach((peer) => peer.follow(this));
  }

  draw() {
    if (this.place < 0 || !this.story) this.light?.off();
    else this.light.show(this.place, this.calm.matches ? 1 : this.progress);
    if (this.weights.laid) this.weights.show(this.drawing, this.template, this.place < 0 ? undefined : this.story, this.place);
    this.paint();
  }

  paint() {
    const playing = this.frame !== undefined;
    const beat = this.story?.beats[this.place];
    this.sign.dataset.sign = playing ? "pause" : "play";
    const label = playing ? "Pause the player" : "Play one training step";
    this.play.setAttribute("aria-label", label);
    this.play.title = this.story ? `${label}. ${RESTING}` : "Pauses training and plays one training step";
    for (const control of [this.back, this.on, this.scrubber, this.whole, ...this.jumps]) control.disabled = !this.story;
    this.whole.disabled ||= this.place < 0;
    this.scrubber.value = this.place + 1;
    this.scrubber.setAttribute("aria-valuetext", beat ? `${beat.phase}, ${this.place + 1}` : "not started");
    for (const jump of this.jumps) jump.setAttribute("aria-pressed", jump.dataset.phase === beat?.phase);
    this.caption.hidden = !beat && !this.waiting;
    setText(this.caption, beat?.said ?? (this.waiting ? "Pausing the training …" : ""));
  }

  remove() {
    this.release();
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    this.weights.remove();
  }
}
