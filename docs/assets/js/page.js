/** Small helpers for what scripts add to a page. */
import { show } from "./engine.js";

export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...content);
  return element;
}

export function button(label, act, attributes = {}) {
  const made = make("button", { type: "button", class: "tool", ...attributes }, label);
  made.addEventListener("click", act);
  return made;
}

/** Writes a text, if it is another: the browser then has less to lay out. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Returns whether two lists of numbers, however deep, are the same. */
export const same = (one, other) => one === other || (Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((part, index) => same(part, other[index])));

/** Returns a value in base units as text in a unit: `4,030 payment/s`. */
export const amount = (base, [text, factor], digits = 3) => `${show(base / factor, digits)} ${text}`.trim();

export const percent = (share) => (Number.isFinite(share) ? `${Math.round(share * 100)} %` : "no value");

export const milliseconds = (seconds) => `${show(seconds * 1000)} ms`;

/** Returns the element of a number, component or requirement by the id of its row. */
export const row = (page, id) => page.querySelector(`#${CSS.escape(id)}`);
