/**
 * Drills: an estimate as a question, judged in factors of two, with where the slip may lie; all estimates of a
 * case, one after another; and its blank board. What was tried is kept.
 */
import { board } from "./board.js";
import { amount, button, html, make } from "./page.js";
import { NotAQuantity, read } from "./quantity.js";
import { VERSION } from "./round.js";

const NEAR = 1.06;

/** What usually goes wrong, as the factor that it leaves behind. */
const SLIPS = [
  [86_400, "a day has 86,400 seconds"],
  [3600, "an hour has 3,600 seconds"],
  [1000, "a prefix: kilo, mega, giga"],
  [1e6, "a prefix: kilo, mega, giga"],
  [8, "bits are not bytes"],
  [365 / 12, "a month is not a day"],
  [365, "a year is not a day"],
  [24, "a day is not an hour"],
  [60, "a minute is not a second"],
];

/** Returns what to say of an answer, in base units: whether it is right, how far off, and the likely slip. */
export function judge(answer, drill) {
  const ratio = answer / drill.value;
  const size = ratio > 0 ? Math.max(ratio, 1 / ratio) : Infinity;
  if (size <= 1.1) return { right: true, doublings: Math.log2(size), words: "Right, within 10 %." };
  if (!Number.isFinite(size)) return { right: false, doublings: null, words: "It must be above zero." };
  const doublings = Math.log2(size);
  const way = ratio > 1 ? "too high" : "too low";
  const near = (factor) => factor > 1.5 && Math.max(size / factor, factor / size) <= NEAR;
  const slips = SLIPS.filter(([factor]) => near(factor)).map(([, words]) => words);
  for (const { name, value } of drill.given) {
    if (!near(Math.max(value, 1 / value))) continue;
    slips.push(/peak/.test(name) ? `the peak factor (${name}) is ${ratio > 1 ? "in twice" : "missing"}` : /repl|cop/.test(name) ? `replication (${name}) is ${ratio > 1 ? "in twice" : "missing"}` : `${name} may be ${ratio > 1 === value > 1 ? "in twice" : "missing"}`);
  }
  const off = `${doublings.toFixed(1)} factors of two ${way} (${size >= 100 ? Math.round(size).toLocaleString("en-GB") : size.toPrecision(2)} times).`;
  return { right: size <= 2, doublings, words: `${size <= 2 ? "Close: within a factor of two." : "Off by"} ${off}${slips.length ? ` Look at: ${slips.join("; ")}.` : ""}` };
}

/** Returns the question as an element; `done` is told the answer in base units and what was said. */
export function ask(drill, units, done) {
  const field = make("input", { type: "text", class: "live-field", "aria-label": `${drill.name}, with its unit`, autocomplete: "off", spellcheck: "false", placeholder: drill.unit[0] ? `in ${drill.unit[0]}, or any unit that fits` : "a plain number" });
  const verdict = make("p", { class: "drill__verdict", role: "status" });
  const work = make("div", { class: "drill__work", hidden: "" });
  const given = make("ul", { class: "drill__given" }, ...drill.given.map(({ name, value, unit }) => make("li", {}, make("code", {}, name), ` ${amount(value, unit)}`)));
  const form = make("form", { class: "drill" }, make("h4", {}, "Estimate ", make("code", {}, drill.name)), given, make("div", { class: "drill__answer" }, field, make("button", { type: "submit", class: "tool" }, "Check"), button("Show the work", () => show())), verdict, work);
  given.before(html("p", drill.why));
  const show = () => {
    work.replaceChildren(make("p", { class: "work" }, make("strong", {}, amount(drill.value, drill.unit)), html("span", `= ${drill.formula}`, { class: "work__names" }), html("span", `= ${drill.worked}`, { class: "work__values" })));
    work.hidden = false;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      const answer = read(field.value, drill.unit[0], units);
      const found = judge(answer, drill);
      field.removeAttribute("aria-invalid");
      verdict.textContent = found.words;
      done({ name: drill.name, answer: field.value, doublings: found.doublings, at: Date.now() });
      if (found.right) show();
    } catch (error) {
      if (!(error instanceof NotAQuantity)) throw error;
      field.setAttribute("aria-invalid", "true");
      verdict.textContent = error.message;
    }
  });
  return form;
}

function begun(game) {
  const now = Date.now();
  return { version: VERSION, kind: "drill", id: `d${now.toString(36)}-${Math.random().toString(36).slice(2, 8)}`, case: game.key, title: game.title, began: now, changed: now, drills: [] };
}

export function blank(room, game) {
  const record = begun(game);
  const made = board(game.drawing, (found) => {
    record.board = found;
    room.records.put(record);
  });
  return [make("h2", { tabindex: "-1" }, `Blank board: ${game.title}`), make("p", {}, "The boxes are those of the design. Name them, and pick the way of a request through them."), made, make("a", { class: "tool", href: "#" }, "All rounds")];
}

export function drill(room, game) {
  const record = begun(game);
  const place = make("div", {});
  const count = make("p", { class: "label", role: "status" });
  let at = 0;
  const show = () => {
    count.textContent = `Estimate ${at + 1} of ${game.drills.length}`;
    place.replaceChildren(ask(game.drills[at], room.units, (tried) => {
      record.drills.push(tried);
      room.records.put(record);
    }));
  };
  const move = (step) => {
    at = (at + step + game.drills.length) % game.drills.length;
    show();
    place.querySelector("input").focus();
  };
  show();
  return [make("h2", { tabindex: "-1" }, `Drill: ${game.title}`), make("p", {}, "The assumptions are given. Work the number out on paper, and type it in any unit that fits."), count, place, make("div", { class: "keys" }, button("Back", () => move(-1)), button("Next estimate", () => move(1), { class: "tool tool--main" }), make("a", { class: "tool", href: "#" }, "All rounds"))];
}
