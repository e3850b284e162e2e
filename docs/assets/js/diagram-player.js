/**
 * Plays the flows of a case on its diagram, step by step, and lights up a step of the list and its arrow
 * together. Without scripts the picture, its legend and the list of steps stand as they are.
 */
import { Zoom } from "./diagram-zoom.js";
import { button, make } from "./page.js";

const IDLE = "Play a flow step by step: choose one below, or press Next.";

class Player {
  constructor(figure, legend, lists) {
    this.figure = figure;
    this.drawing = figure.querySelector("svg");
    this.edges = [...this.drawing.querySelectorAll(".edge")];
    this.flows = lists.map((list, flow) => this.read([...list.children], flow));
    this.toggles = this.flows.map((_, flow) => this.toggle(legend.querySelectorAll(".legend__flows > li")[flow], flow));
    this.caption = make("div", { class: "player__caption", role: "status", "aria-live": "polite", "aria-atomic": "true" });
    this.previous = button("Previous", () => this.move(-1));
    this.next = button("Next", () => this.move(1));
    this.close = button("End", () => this.end());
    const keys = make("div", { class: "player__keys" }, this.previous, this.next, this.close);
    const whole = button("Full screen", () => new Zoom(this.drawing, whole), { "aria-haspopup": "dialog" });
    const name = { role: "group", "aria-label": "Play the flows" };
    this.bar = make("div", { class: "player__bar", ...name }, keys, this.caption, whole);
    this.root = make("div", { class: "player" });
    figure.before(this.root);
    this.root.append(figure, this.bar, legend);
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.listen();
    this.show();
  }

  /** Returns the frames of a flow: a step, or neighbouring steps that happen at once. */
  read(items, flow) {
    const frames = [];
    items.forEach((item, index) => {
      const [badge, text] = item.children;
      const edge = this.edges.find(({ dataset }) => +dataset.flow === flow && dataset.steps.split(" ").includes(`${index + 1}`));
      const boxes = [edge.dataset.from, edge.dataset.to].map((id) => this.drawing.querySelector(`[data-node="${id}"]`));
      const lane = text.querySelector(".chip--small")?.textContent;
      const step = { item, edge, boxes, lane, text, name: badge.textContent };
      if (lane && frames.at(-1)?.[0].lane === lane) frames.at(-1).push(step);
      else frames.push([step]);
      const start = button(step.name, () => this.start(flow, step), { class: "step", "aria-label": `${step.name}: play from this step` });
      badge.replaceWith(start);
      step.badge = start;
    });
    return frames;
  }

  toggle(item, flow) {
    const made = button("", () => (this.flow === flow ? this.show() : this.show(flow)), { class: "tool legend__flow" });
    made.append(...item.childNodes);
    item.append(made);
    return made;
  }

  /** Gives each arrow a ground wide enough to point at, below the boxes, so that their links stay free. */
  listen() {
    const grounds = document.createElementNS(this.drawing.namespaceURI, "g");
    grounds.setAttribute("class", "edge__grounds");
    this.drawing.querySelector(".node, .edge").before(grounds);
    const on = (element, events, steps, lit) => {
      for (const name of events) element.addEventListener(name, () => this.light(steps, lit));
    };
    this.flows.forEach((frames, flow) => {
      const steps = frames.flat();
      for (const step of steps) {
        on(step.item, ["mouseenter", "focusin"], [step], true);
        on(step.item, ["mouseleave", "focusout"], [step], false);
      }
      for (const edge of new Set(steps.map((step) => step.edge))) {
        const line = edge.querySelector(".edge__line").cloneNode();
        grounds.append(line);
        line.setAttribute("class", "edge__reach");
        const carried = steps.filter((step) => step.edge === edge);
        for (const part of [edge, line]) {
          on(part, ["mouseenter"], carried, true);
          on(part, ["mouseleave"], carried, false);
          part.addEventListener("click", () => this.show(flow, this.frame(flow, carried[0])));
        }
      }
    });
  }

  light(steps, lit) {
    for (const { item, edge } of steps) for (const part of [item, edge]) part.classList.toggle("is-lit", lit);
  }

  frame(flow, step) {
    return this.flows[flow].findIndex((frame) => frame.includes(step));
  }

  /** Starts from the list: the picture comes into view, and the way back is remembered. */
  start(flow, step) {
    this.root.scrollIntoView();
    this.show(flow, this.frame(flow, step));
    this.origin = step.badge;
    this.next.focus({ preventScroll: true });
  }

  move(by) {
    if (this.flow === undefined) return by > 0 && this.show(0);
    if (this.flows[this.flow][this.place + by]) this.show(this.flow, this.place + by, this.origin);
  }

  end() {
    const back = this.origin ?? (document.activeElement === this.close ? this.next : null);
    this.show();
    back?.focus();
  }

  press(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const scrolls = this.figure.contains(event.target) && this.figure.scrollWidth > this.figure.clientWidth;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Escape" && this.flow !== undefined) this.end();
    else if (by && !scrolls) this.move(by);
    else return;
    event.preventDefault();
  }

  /** Shows a frame of a flow; without arguments, the whole picture as it was. */
  show(flow, place = 0, origin = null) {
    const steps = this.flows[flow]?.[place] ?? [];
    Object.assign(this, { flow, place, origin });
    this.light(this.flows.flat(2), false); // a finger that lit a step never leaves it
    const mark = (element, lit) => element.classList.toggle("is-on", lit);
    this.drawing.classList.toggle("is-playing", steps.length > 0);
    for (const edge of this.edges) {
      edge.classList.toggle("is-near", +edge.dataset.flow === flow);
      mark(edge, steps.some((step) => step.edge === edge));
    }
    for (const box of this.drawing.querySelectorAll(".node")) mark(box, steps.some((step) => step.boxes.includes(box)));
    for (const step of this.flows.flat(2)) {
      mark(step.item, steps.includes(step));
      if (steps.includes(step)) step.item.setAttribute("aria-current", "step");
      else step.item.removeAttribute("aria-current");
    }
    this.toggles.forEach((toggle, index) => toggle.setAttribute("aria-pressed", index === flow));
    this.previous.setAttribute("aria-disabled", !steps.length || place === 0);
    this.next.setAttribute("aria-disabled", steps.length > 0 && place === this.flows[flow].length - 1);
    this.close.hidden = !steps.length;
    this.bar.className = `player__bar${steps.length ? ` is-playing flow-${flow}` : ""}`;
    this.caption.replaceChildren(...(steps.length ? steps.map((step) => this.told(step)) : [make("p", { class: "dim" }, IDLE)]));
    if (steps.length) this.reveal(steps.flatMap((step) => [step.edge, ...step.boxes]));
  }

  told({ name, text }) {
    const route = text.querySelector(".step__route");
    const does = [...text.childNodes].filter((node) => node !== route && !node.classList?.contains("chip--small"));
    const words = does.map((node) => node.textContent).join("").trim();
    return make("p", {}, make("b", {}, name), " · ", make("strong", {}, ...route.cloneNode(true).childNodes, ":"), ` ${words}`);
  }

  /** Scrolls the frame, and the page if it must, to what is shown. */
  reveal(parts) {
    const places = parts.map((part) => part.getBoundingClientRect());
    const [left, top] = ["left", "top"].map((side) => Math.min(...places.map((place) => place[side])) - 12);
    const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...places.map((place) => place[side])) + 12);
    const frame = this.figure.getBoundingClientRect();
    if (left < frame.left || right > frame.right) this.figure.scrollBy((left + right - frame.left - frame.right) / 2, 0);
    const ceiling = document.querySelector(".md-header")?.getBoundingClientRect().bottom ?? 0;
    const floor = this.bar.getBoundingClientRect().top;
    if (top < ceiling || bottom - top > floor - ceiling) window.scrollBy(0, top - ceiling);
    else if (bottom > floor) window.scrollBy(0, bottom - floor);
  }
}

function enhance() {
  const figure = document.getElementById("diagram");
  const legend = figure?.nextElementSibling;
  const lists = [...document.querySelectorAll(".flow > .steps")];
  if (figure?.querySelector(".edge") && legend?.matches(".legend") && lists.length) new Player(figure, legend, lists);
}

// The theme says when it has put another page in place, if it does so without loading.
if (window.document$) window.document$.subscribe(enhance);
else enhance();
