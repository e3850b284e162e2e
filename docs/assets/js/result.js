/** After a round: score five signals in a minute, see the level by signal, the weakest, and what to do next. */
import { button, copier, day, html, make, table } from "./page.js";
import { clock, due, mean } from "./round.js";
import { save } from "./start-view.js";
import { asMarkdown, asPrompt } from "./takeout.js";

/** The phases in which a signal shows. */
const SHOWS = { problem: ["clarify", "formulate"], data: ["data"], modelling: ["model"], deployment: ["design", "serve", "operate"], communication: ["wrap"] };

export function score(room, round, game) {
  const form = make("form", { class: "score" });
  for (const [signal, part] of Object.entries(game.rubric)) {
    const options = room.index.steps.map((step, index) => {
      const input = make("input", { type: "radio", name: signal, value: index + 1, required: "" });
      input.checked = round.scores[signal] === index + 1;
      const words = html("span", index ? part[["mid", "senior", "staff"][index - 1]] : "Less than the next.");
      return make("label", {}, input, make("strong", {}, step), words);
    });
    form.append(make("fieldset", {}, make("legend", {}, part.title), ...options));
  }
  form.append(make("button", { type: "submit", class: "tool tool--main" }, "Show the result"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    for (const [signal, step] of new FormData(form)) round.scores[signal] = Number(step);
    room.records.put(round);
    room.go(`result=${round.id}`);
  });
  const lead = make("p", {}, "Be as strict as an interviewer: score what was said and drawn, not what you know now.");
  return [make("h2", { tabindex: "-1" }, `Score: ${game.title}`), lead, form];
}

/** Returns the signals from the weakest, each with its step and the level that it reached. */
export function ranked(room, round, game) {
  return Object.entries(game.rubric)
    .filter(([signal]) => round.scores[signal])
    .map(([signal, { title }]) => ({ signal, title, step: round.scores[signal], level: room.index.levels[round.scores[signal] - 1] }))
    .sort((a, b) => a.step - b.step);
}

/** Says what to do about the weakest signal, by what happened in the phases in which it shows. */
export function advice(room, round, weakest) {
  const said = [];
  for (const [index, phase] of round.phases.entries()) {
    if (!SHOWS[weakest.signal].includes(phase.id)) continue;
    const facts = [];
    if (phase.hints) facts.push(`${phase.hints} ${phase.hints === 1 ? "hint" : "hints"}`);
    if (phase.early) facts.push("an early look");
    if (phase.spent > phase.planned) facts.push(`${clock(phase.spent - phase.planned)} over time`);
    if (!phase.notes.trim()) facts.push("no notes");
    const title = room.index.phases[index].title;
    said.push(facts.length ? `“${title}” took ${facts.join(", ")}: play that phase again first, without the reference.` : `In “${title}”, hold your notes against the reference once more.`);
  }
  return said;
}

export function results(room, round, game) {
  const order = ranked(room, round, game);
  const heading = make("h2", { tabindex: "-1" }, `Result: ${game.title}`);
  if (!order.length) return [heading, make("p", {}, make("a", { href: `#score=${round.id}` }, "Score the round first."))];
  const weakest = order[0];
  const next = due(room.records.all()).get(round.case);
  const bars = order.map(({ title, step, level }) => {
    const strip = make("span", { class: "steps4", "aria-hidden": "true" }, ...[1, 2, 3, 4].map((part) => make("i", { class: part <= step ? "is-on" : "" })));
    return [title, make("span", {}, strip, ` ${step} of 4`), level];
  });
  const phases = round.phases.map((phase, index) => [room.index.phases[index].title, make("span", { class: phase.spent > phase.planned ? "is-over" : "" }, `${clock(phase.spent)} of ${clock(phase.planned)}`), `${phase.hints}`, phase.early ? "early" : phase.looked ? "yes" : "no"]);
  const markdown = () => asMarkdown(room, round, game);
  return [
    heading,
    make("p", { class: "lead" }, `${mean(round).toFixed(1)} of 4. Weakest: ${weakest.title}, ${weakest.level}.`),
    table("Signals", ["Signal", "Score", "Level"], bars),
    make("h3", {}, "What to practise next"),
    make("ul", {}, ...advice(room, round, weakest).map((words) => make("li", {}, words)), ...(next ? [make("li", {}, `This case is due again on ${day(next.on)}.`)] : [])),
    make("h3", {}, "Phases"),
    table("Phases", ["Phase", "Time", "Hints", "Looked"], phases),
    make("h3", {}, "Take it out"),
    make("div", { class: "keys" }, button("Save as Markdown", () => save(`${round.case.replace("/", "--")}-${new Date(round.began).toISOString().slice(0, 10)}.md`, markdown(), "text/markdown")), copier("Copy as Markdown", markdown), copier("Copy as a prompt", () => asPrompt(room, round, game)), make("a", { href: "#", class: "tool" }, "All rounds"), make("a", { href: `${room.root}cases/${round.case}/`, class: "tool" }, "Open the case")),
  ];
}
