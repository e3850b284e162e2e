/**
 * For two people: the interviewer's sheet of a case, for a second screen or for paper, with a clock, answers
 * to give when asked, what to listen for, and scores; the prompt alone, for the candidate; and a sheet handed over.
 */
import { button, copier, html, make, table } from "./page.js";
import { alarm, begin, clock, go, left, pause, resume, total } from "./round.js";
import { save } from "./start-view.js";

/** The prompt, and nothing else. */
export function prompt(game) {
  return [make("h2", { tabindex: "-1" }, game.title), html("blockquote", game.prompt, { class: "prompt prompt--alone" })];
}

export class SheetView {
  constructor(room, game) {
    Object.assign(this, { room, game });
    this.round = begin(game.key, game.title, room.index.phases, 45, game.level, Date.now());
    pause(this.round, this.round.began);
    this.round.notes = "";
    this.root = make("div", { class: "sheet" });
    this.draw();
    this.timer = setInterval(() => this.tick(), 500);
  }

  close() {
    clearInterval(this.timer);
  }

  draw() {
    const { game, room } = this;
    const lengths = make("select", { "aria-label": "Length", class: "live-choice" }, ...[35, 45, 60].map((length) => make("option", { value: length }, `${length} min`)));
    lengths.value = "45";
    lengths.addEventListener("change", () => {
      this.round.length = Number(lengths.value);
      for (const [index, { minutes }] of room.index.phases.entries()) this.round.phases[index].planned = minutes[lengths.value] * 60_000;
      this.tick();
    });
    this.times = make("div", { class: "clock__times", role: "timer", "aria-live": "off" });
    this.key = button("Start", () => {
      if (this.round.since === null) resume(this.round, Date.now());
      else pause(this.round, Date.now());
      this.tick();
    });
    const move = (step) => {
      go(this.round, this.round.at + step, Date.now());
      this.tick();
    };
    const bar = make("div", { class: "clock", role: "group", "aria-label": "Clock" }, this.times, make("div", { class: "keys" }, lengths, this.key, button("Back", () => move(-1)), button("Next phase", () => move(1))));
    this.steps = room.index.phases.map(({ id, title }) => {
      const part = game.phases[id];
      const minutes = make("span", { class: "sheet__minutes" });
      const row = make("li", {}, make("strong", {}, title), " ", minutes, html("p", `“${part.says}”`, { class: "sheet__says" }), make("p", { class: "label" }, "On the board"), make("ul", {}, ...part.board.map((item) => html("li", item))));
      return { row, minutes };
    });
    const answers = make("dl", { class: "sheet__answers" }, ...game.clarify.flatMap(({ ask, answer }) => [html("dt", ask), html("dd", answer)]));
    const follow = game.follow_ups.map(({ ask, level, listen_for: signs, missed }) => {
      const box = make("div", { class: "sheet__follow" }, html("div", ask, { class: "ask" }), make("p", { class: "dim" }, `Tells ${level} level apart. Listen for:`), make("ul", {}, ...signs.map((sign) => html("li", sign))), make("p", { class: "dim" }, "Most people miss:"), html("div", missed));
      return box;
    });
    this.notes = make("textarea", { rows: "6", id: "sheet-notes" });
    this.notes.addEventListener("input", () => (this.round.notes = this.notes.value));
    this.root.replaceChildren(
      make("h2", { tabindex: "-1" }, `Interviewer’s sheet: ${game.title}`),
      bar,
      make("section", {}, make("h3", {}, "The problem"), html("blockquote", game.prompt, { class: "prompt" })),
      make("section", {}, make("h3", {}, "Answers to give when asked"), answers),
      make("section", {}, make("h3", {}, "Phases"), make("ol", { class: "sheet__phases" }, ...this.steps.map(({ row }) => row))),
      make("section", {}, make("h3", {}, "Follow-ups"), ...follow),
      make("section", { class: "sheet__score" }, make("h3", {}, "Scores"), ...this.scores(), make("label", { class: "label", for: "sheet-notes" }, "Notes"), this.notes),
      this.hand(),
    );
    this.tick();
  }

  scores() {
    return Object.entries(this.game.rubric).map(([signal, part]) => {
      const steps = this.room.index.steps.map((step, index) => {
        const input = make("input", { type: "radio", name: `sheet-${signal}`, value: index + 1 });
        input.addEventListener("change", () => (this.round.scores[signal] = index + 1));
        return make("label", { title: index ? html("span", part[["mid", "senior", "staff"][index - 1]]).textContent : "Less than mid" }, input, ` ${step}`);
      });
      return make("fieldset", { class: "sheet__signal" }, make("legend", {}, part.title), ...steps);
    });
  }

  /** The finished sheet goes to the candidate as a link, which holds it all, or as a file. */
  hand() {
    const packed = () => ({ case: this.game.key, length: this.round.length, on: new Date(this.round.began).toISOString().slice(0, 10), scores: this.round.scores, notes: this.round.notes, times: this.round.phases.map(({ spent }) => Math.round(spent / 1000)) });
    const link = copier("Copy a link to the finished sheet", () => `${location.origin}${location.pathname}#handed=${pack(packed())}`);
    return make("div", { class: "keys sheet__hand" }, button("Print", () => window.print()), link, button("Save as a file", () => save(`sheet-${this.game.key.replace("/", "--")}.json`, JSON.stringify(packed(), null, 1), "application/json")), make("a", { class: "tool", href: `#prompt=${this.game.key}`, target: "_blank", rel: "noopener" }, "The candidate’s page"), make("a", { class: "tool", href: "#" }, "All rounds"));
  }

  tick() {
    const now = Date.now();
    const { round } = this;
    const rest = left(round, round.at, now);
    this.times.replaceChildren(make("span", { class: `clock__phase ${alarm(round, round.at, now) ? `is-${alarm(round, round.at, now)}` : ""}` }, `${clock(rest)} ${rest >= 0 ? "left" : "over"}`), make("span", { class: "clock__round" }, `${this.room.index.phases[round.at].title} · ${clock(total(round, now))} of ${round.length}:00`));
    this.key.textContent = round.since === null ? "Start" : "Pause";
    for (const [index, { row, minutes }] of this.steps.entries()) {
      row.classList.toggle("is-now", index === round.at);
      minutes.textContent = `${round.phases[index].planned / 60_000} min`;
    }
  }
}

/** Text as what an address can hold, and back. */
export const pack = (value) => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value)))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

export function unpack(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    const found = JSON.parse(new TextDecoder().decode(bytes));
    return typeof found.case === "string" && typeof found.scores === "object" && found.scores ? found : null;
  } catch {
    return null;
  }
}

/** A sheet that was handed over, to be read. */
export function handed(room, sheet, game) {
  const rows = Object.entries(game.rubric).filter(([signal]) => sheet.scores[signal] >= 1 && sheet.scores[signal] <= 4).map(([signal, { title }]) => [title, `${sheet.scores[signal]} of 4`, room.index.levels[sheet.scores[signal] - 1]]);
  return [
    make("h2", { tabindex: "-1" }, `Your interviewer’s sheet: ${game.title}`),
    make("p", {}, `${Number(sheet.length) || "?"} minutes, ${String(sheet.on ?? "").slice(0, 10)}.`),
    table("Scores", ["Signal", "Score", "Level"], rows),
    make("h3", {}, "Notes"),
    make("p", { class: "typed" }, String(sheet.notes || "None.")),
    make("a", { class: "tool", href: "#" }, "All rounds"),
  ];
}
