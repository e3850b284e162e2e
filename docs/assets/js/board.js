/**
 * A blank board: the diagram of a case without words and arrows. The candidate names the boxes and picks
 * the request flow, box by box; what was missed is shown on the real one.
 */
import { button, make } from "./page.js";

/** Returns what a diagram holds: its boxes with their labels, and the steps of its first request flow, in order. */
export function read(drawing) {
  const boxes = [...drawing.querySelectorAll(".node")].map((node) => ({ id: node.dataset.node, label: [...node.querySelectorAll(".node__label")].map((line) => line.textContent).join(" ") }));
  const request = [...drawing.querySelectorAll(".edge--request")];
  const flow = request[0]?.dataset.flow;
  const steps = request
    .filter((edge) => edge.dataset.flow === flow)
    .flatMap((edge) => edge.dataset.steps.split(" ").map((step) => ({ step: Number(step), from: edge.dataset.from, to: edge.dataset.to })))
    .sort((a, b) => a.step - b.step);
  return { boxes, steps };
}

/** Returns which boxes are misnamed, and which steps of the flow were left out, by names given and boxes picked. */
export function compare({ boxes, steps }, names, picked) {
  const wrong = boxes.filter(({ id, label }) => names.get(id) !== label);
  const drawn = new Set(picked.slice(1).map((id, index) => `${picked[index]} ${id}`));
  const missed = steps.filter(({ from, to }) => !drawn.has(`${from} ${to}`));
  return { wrong, missed };
}

/** Returns the board as an element; `done` is told how much was right. */
export function board(drawing, done) {
  const known = read(drawing);
  const names = new Map();
  const picked = [];
  const blank = document.importNode(drawing, true);
  blank.classList.add("is-blank");
  for (const part of blank.querySelectorAll(".node__used, title, desc")) part.remove();
  blank.setAttribute("aria-label", "The diagram without words");
  const marks = known.boxes.map(({ id }, index) => {
    const node = blank.querySelector(`[data-node="${CSS.escape(id)}"]`);
    const link = node.querySelector("a");
    link?.replaceWith(...link.childNodes);
    const frame = node.querySelector(".node__box");
    const number = document.createElementNS(blank.namespaceURI, "text");
    number.setAttribute("x", Number(frame.getAttribute("x")) + Number(frame.getAttribute("width")) / 2);
    number.setAttribute("y", Number(frame.getAttribute("y")) + Number(frame.getAttribute("height")) / 2 + 5);
    number.setAttribute("text-anchor", "middle");
    number.setAttribute("class", "blank__number");
    number.textContent = index + 1;
    node.append(number);
    node.addEventListener("click", () => pick(id));
    return node;
  });
  const sorted = known.boxes.map(({ label }) => label).sort((a, b) => a.localeCompare(b));
  const rows = known.boxes.map(({ id }, index) => {
    const choice = make("select", { class: "live-choice", "aria-label": `Name of box ${index + 1}` }, make("option", { value: "" }, "not named"), ...sorted.map((label) => make("option", { value: label }, label)));
    choice.addEventListener("change", () => names.set(id, choice.value));
    for (const [event, on] of [["focus", true], ["blur", false]]) choice.addEventListener(event, () => marks[index].classList.toggle("is-on", on));
    return make("li", {}, `${index + 1} `, choice, " ", button("Next in the flow", () => pick(id), { "aria-label": `Box ${index + 1} is next in the request flow` }));
  });
  const path = make("p", { class: "blank__path", role: "status" });
  const tell = () => (path.textContent = picked.length ? `Request flow: ${picked.map((id) => known.boxes.findIndex((box) => box.id === id) + 1).join(" → ")}` : "Request flow: pick the boxes in the order in which a request visits them, there and back.");
  const pick = (id) => {
    picked.push(id);
    tell();
  };
  tell();
  const result = make("div", { class: "blank__result", role: "status" });
  const frame = make("div", { class: "figure", tabindex: "0", role: "group", "aria-label": "Blank board" }, blank);
  const undo = button("Undo", () => {
    picked.pop();
    tell();
  });
  const check = button("Compare with the design", () => {
    const { wrong, missed } = compare(known, names, picked);
    const real = document.importNode(drawing, true);
    for (const { id } of wrong) real.querySelector(`[data-node="${CSS.escape(id)}"]`).classList.add("is-missed");
    for (const { from, to } of missed) for (const edge of real.querySelectorAll(`.edge--request[data-from="${CSS.escape(from)}"][data-to="${CSS.escape(to)}"]`)) edge.classList.add("is-missed");
    frame.replaceChildren(real);
    const label = (id) => known.boxes.find((box) => box.id === id).label;
    result.replaceChildren(
      make("p", {}, `${known.boxes.length - wrong.length} of ${known.boxes.length} boxes named; ${known.steps.length - missed.length} of ${known.steps.length} steps of the request flow drawn.`),
      ...(wrong.length ? [make("p", { class: "label" }, "Boxes missed"), make("ul", {}, ...wrong.map((box) => make("li", {}, box.label)))] : []),
      ...(missed.length ? [make("p", { class: "label" }, "Steps missed"), make("ul", {}, ...missed.map(({ step, from, to }) => make("li", {}, `${step}. ${label(from)} → ${label(to)}`)))] : []),
    );
    done({ boxes: [known.boxes.length - wrong.length, known.boxes.length], steps: [known.steps.length - missed.length, known.steps.length], at: Date.now() });
  }, { class: "tool tool--main" });
  return make("div", { class: "blank" }, frame, path, make("ol", { class: "blank__names" }, ...rows), make("div", { class: "keys" }, undo, check), result);
}
