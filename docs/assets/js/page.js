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

/** Returns a table in its own frame, which scrolls: the first cell of a row names it; a cell is a text or an element. */
export function table(name, heads, rows, attributes = {}) {
  const body = rows.map(([first, ...rest]) => make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((cell, index) => make("td", { "data-label": heads[index + 1] }, cell))));
  const made = make("table", { class: "plain" }, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, ...body));
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": name, ...attributes }, made);
}

/** Returns an element of HTML that the build wrote and escaped. */
export function html(tag, text, attributes) {
  const element = make(tag, attributes);
  // The page's policy knows no hash of a style that comes later; set by script, it may stand.
  element.innerHTML = text.replaceAll(" style=", " data-style=");
  for (const part of element.querySelectorAll("[data-style]")) part.style = part.dataset.style;
  return element;
}

/** Returns a button that copies a text, and says so for a moment. */
export function copier(name, text, attributes) {
  const key = button(name, async () => {
    await navigator.clipboard.writeText(text());
    key.textContent = "Copied";
    setTimeout(() => (key.textContent = name), 2000);
  }, attributes);
  return key;
}

export const day = (time) => new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
