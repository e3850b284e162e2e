/** Shows a diagram on the full screen, to be moved and zoomed by wheel, fingers, mouse and keys. */
import { button, make } from "./page.js";

const READABLE = 1; // pixels for a unit of the drawing, whose labels are 12 units high
const MOST = 6;
const MARGIN = 14; // units around the drawing
const STEP = 1.25;
const within = (low, value, high) => Math.min(Math.max(value, low), high);

/** A copy whose ids are its own. It shows the step that is being played, if one is. */
function copy(drawing) {
  const svg = drawing.cloneNode(true);
  for (const element of [svg, ...svg.querySelectorAll("[id]")]) if (element.id) element.id = `zoom--${element.id}`;
  svg.setAttribute("aria-labelledby", svg.getAttribute("aria-labelledby").replace(/\S+/g, "zoom--$&"));
  svg.removeAttribute("width");
  return svg;
}

export class Zoom {
  constructor(drawing, opener) {
    const { x, y, width, height } = drawing.viewBox.baseVal;
    this.drawn = { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
    this.svg = copy(drawing);
    this.stage = make("div", { class: "zoom__stage" }, this.svg);
    const title = drawing.querySelector("title").textContent;
    this.dialog = make("dialog", { class: "zoom", "aria-label": title }, this.bar(title), this.stage);
    opener.closest(".md-typeset").append(this.dialog);
    this.listen();
    this.dialog.showModal();
    this.scale = within(READABLE, this.fitting, 2);
    const played = [...this.svg.querySelectorAll(".node.is-on")];
    this.center(played.length ? played : [this.svg.querySelector(".node")]);
    const resized = new ResizeObserver(() => this.draw());
    resized.observe(this.stage);
    this.dialog.addEventListener("close", () => {
      resized.disconnect();
      this.dialog.remove();
      opener.focus();
    });
  }

  bar(title) {
    return make(
      "div",
      { class: "zoom__bar" },
      make("p", {}, title),
      button("−", () => this.zoom(1 / STEP), { "aria-label": "Zoom out" }),
      button("+", () => this.zoom(STEP), { "aria-label": "Zoom in" }),
      button("Fit", () => this.zoom(0)),
      button("Close", () => this.dialog.close()),
    );
  }

  get fitting() {
    return Math.min(this.stage.clientWidth / this.drawn.width, this.stage.clientHeight / this.drawn.height);
  }

  /** Draws what `x`, `y` and `scale` say, as far as they leave no empty room beside the drawing. */
  draw() {
    const [wide, high] = [this.stage.clientWidth / this.scale, this.stage.clientHeight / this.scale];
    const keep = (at, start, whole, seen) => (seen > whole ? start + (whole - seen) / 2 : within(start, at, start + whole - seen));
    this.x = keep(this.x, this.drawn.x, this.drawn.width, wide);
    this.y = keep(this.y, this.drawn.y, this.drawn.height, high);
    this.svg.setAttribute("viewBox", [this.x, this.y, wide, high].join(" "));
  }

  move(right, down) {
    this.x += right / this.scale;
    this.y += down / this.scale;
    this.draw();
  }

  /** Zooms about a point of the stage, which stays where it is; by nothing, so that all is seen. */
  zoom(by, left = this.stage.clientWidth / 2, top = this.stage.clientHeight / 2) {
    const [x, y] = [this.x + left / this.scale, this.y + top / this.scale];
    this.scale = by ? within(Math.min(this.fitting, READABLE), this.scale * by, MOST) : this.fitting;
    this.x = x - left / this.scale;
    this.y = y - top / this.scale;
    this.draw();
  }

  center(parts) {
    const boxes = parts.map((part) => part.getBBox());
    const middle = (start, size) =>
      (Math.min(...boxes.map((box) => box[start])) + Math.max(...boxes.map((box) => box[start] + box[size]))) / 2;
    this.x = middle("x", "width") - this.stage.clientWidth / this.scale / 2;
    this.y = middle("y", "height") - this.stage.clientHeight / this.scale / 2;
    this.draw();
  }

  listen() {
    this.dialog.addEventListener("keydown", (event) => this.press(event));
    this.stage.addEventListener("focusin", ({ target }) => {
      const [part, frame] = [target, this.stage].map((element) => element.getBoundingClientRect());
      const seen = part.left >= frame.left && part.right <= frame.right && part.top >= frame.top && part.bottom <= frame.bottom;
      if (!seen) this.center([target]);
    });
    this.stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode ? 20 : 1);
      const { left, top } = this.stage.getBoundingClientRect();
      this.zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), event.clientX - left, event.clientY - top); // ctrl: a pinch
    });
    this.drag();
  }

  press(event) {
    event.stopPropagation(); // the page below has keys of its own
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const acts = {
      "+": () => this.zoom(STEP),
      "=": () => this.zoom(STEP),
      "-": () => this.zoom(1 / STEP),
      0: () => this.zoom(0),
      ArrowLeft: () => this.move(-60, 0),
      ArrowRight: () => this.move(60, 0),
      ArrowUp: () => this.move(0, -60),
      ArrowDown: () => this.move(0, 60),
    };
    if (!Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
  }

  /** One pointer moves, two also zoom; a press that hardly moves is a click on what lies there. */
  drag() {
    const held = new Map();
    let dragged = false;
    const spread = () => {
      const [one, other = one] = held.values();
      return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, size: Math.hypot(one.x - other.x, one.y - other.y) };
    };
    this.stage.addEventListener("pointerdown", ({ button, pointerId, clientX, clientY }) => {
      if (button) return;
      if (!held.size) dragged = false;
      held.set(pointerId, { x: clientX, y: clientY });
    });
    this.stage.addEventListener("pointermove", ({ pointerId, clientX, clientY }) => {
      const from = held.get(pointerId);
      if (!from || (!dragged && Math.hypot(clientX - from.x, clientY - from.y) < 4)) return;
      dragged = true;
      this.stage.setPointerCapture(pointerId);
      const before = spread();
      held.set(pointerId, { x: clientX, y: clientY });
      const after = spread();
      const { left, top } = this.stage.getBoundingClientRect();
      this.move(before.x - after.x, before.y - after.y);
      if (before.size && after.size) this.zoom(after.size / before.size, after.x - left, after.y - top);
    });
    for (const name of ["pointerup", "pointercancel"]) this.stage.addEventListener(name, ({ pointerId }) => held.delete(pointerId));
    this.stage.addEventListener("dragstart", (event) => event.preventDefault());
    this.stage.addEventListener("click", (event) => dragged && event.detail && event.preventDefault()); // keys have no detail
  }
}
