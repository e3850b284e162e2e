/** The estimates of a case as a drill of its own, one after another; what was tried is kept. */
import { ask } from "./drill.js";
import { button, make } from "./page.js";
import { VERSION } from "./round.js";

export function drill(room, game) {
  const now = Date.now();
  const record = { version: VERSION, kind: "drill", id: `d${now.toString(36)}-${Math.random().toString(36).slice(2, 8)}`, case: game.key, title: game.title, began: now, changed: now, drills: [] };
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
