/** The start of a rehearsal: choose a case, a length and a level; see what is due and what was played. */
import { button, day, make, table } from "./page.js";
import { progress } from "./progress.js";
import { due, mean } from "./round.js";
import { pack } from "./sheet-view.js";

const LENGTHS = [35, 45, 60];
const LEVELS = { mid: "Mid", senior: "Senior", staff: "Staff" };

export function start(room) {
  const kept = room.records.all();
  const rounds = kept.filter(({ kind }) => kind === "round");
  const dates = due(rounds);
  return [form(room, dates), history(room, rounds, dates), drills(kept.filter(({ kind }) => kind === "drill")), progress(room, rounds), keep(room)].filter(Boolean);
}

function form(room, dates) {
  const asked = new URLSearchParams(location.search).get("case");
  const state = (key) => {
    const found = dates.get(key);
    if (!found) return "new";
    return found.on <= Date.now() ? "due" : `due ${day(found.on)}`;
  };
  const urgency = (key) => dates.get(key)?.on ?? Date.now() - 1;
  const cases = [...room.index.cases].sort((a, b) => urgency(a.key) - urgency(b.key));
  const choice = make("select", { name: "case", id: "rehearse-case" }, ...cases.map(({ key, title }) => make("option", { value: key }, `${title} (${state(key)})`)));
  if (cases.some(({ key }) => key === asked)) choice.value = asked;
  const radios = (name, options, chosen) => options.map(([value, label]) => {
    const input = make("input", { type: "radio", name, value });
    input.checked = value === chosen;
    return make("label", { class: "choice-pill" }, input, label);
  });
  const others = make("div", { class: "keys" });
  const about = make("p", { class: "hint", role: "status" });
  const tell = () => {
    const found = cases.find(({ key }) => key === choice.value);
    about.textContent = `${found.summary} Written for ${LEVELS[found.level].toLowerCase()} level.`;
    others.replaceChildren(...[["drill", "Drill its estimates"], ["board", "Blank board"], ["sheet", "Interviewer’s sheet"], ["prompt", "The prompt alone"]].map(([what, words]) => make("a", { class: "tool", href: `#${what}=${found.key}` }, words)));
  };
  choice.addEventListener("change", tell);
  const random = button("Random case", () => {
    const rest = cases.filter(({ key }) => key !== choice.value);
    if (rest.length) choice.value = rest[Math.floor(Math.random() * rest.length)].key;
    tell();
  });
  const made = make(
    "form",
    { class: "rehearse-form" },
    make("div", {}, make("label", { for: "rehearse-case", class: "label" }, "Case"), make("div", { class: "keys" }, choice, random), about),
    make("fieldset", {}, make("legend", { class: "label" }, "Length"), ...radios("length", LENGTHS.map((length) => [`${length}`, `${length} min`]), "45")),
    make("fieldset", {}, make("legend", { class: "label" }, "Level that you aim for"), ...radios("level", Object.entries(LEVELS), "senior")),
    make("button", { type: "submit", class: "tool tool--main" }, "Begin the round"),
    make("div", {}, make("p", { class: "label" }, "Or, with this case"), others),
  );
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = new FormData(made);
    room.play(given.get("case"), Number(given.get("length")), given.get("level"));
  });
  tell();
  return make("section", {}, make("h2", { tabindex: "-1" }, "Begin a round"), made);
}

function history(room, rounds, dates) {
  const heading = make("h2", {}, "Your rounds");
  if (!rounds.length) return make("section", {}, heading, make("p", {}, "None yet. They are kept in this browser, and nowhere else."));
  const rows = rounds.map((round) => {
    const score = mean(round);
    const open = round.ended === null;
    const where = open ? `round=${round.id}` : score === null ? `score=${round.id}` : `result=${round.id}`;
    const link = make("a", { href: `#${where}` }, round.title);
    const what = open ? "not finished" : score === null ? "not scored" : `${score.toFixed(1)} of 4`;
    const next = dates.get(round.case);
    return [link, day(round.began), `${round.length} min`, what, next ? day(next.on) : "–"];
  });
  return make("section", {}, heading, table("Your rounds", ["Case", "Played", "Length", "Score", "Due again"], rows, { class: "scroll rounds" }));
}

/** Drills, as how far off each try was at its median. */
function drills(kept) {
  if (!kept.length) return null;
  const rows = kept.map((record) => {
    if (record.board) {
      const [boxes, steps] = [record.board.boxes, record.board.steps].map((pair) => pair.join(" of "));
      return make("li", {}, make("a", { href: `#board=${record.case}` }, record.title), `, ${day(record.began)}: blank board, ${boxes} boxes and ${steps} steps`);
    }
    const off = record.drills.map(({ doublings }) => doublings).filter(Number.isFinite).sort((a, b) => a - b);
    const middle = off.length ? `${off[Math.floor(off.length / 2)].toFixed(1)} factors of two off, at the median` : "no number yet";
    return make("li", {}, make("a", { href: `#drill=${record.case}` }, record.title), `, ${day(record.began)}: ${record.drills.length} ${record.drills.length === 1 ? "try" : "tries"}, ${middle}`);
  });
  return make("section", {}, make("h2", {}, "Your drills"), make("ul", {}, ...rows));
}

/** One file out, one file in, and everything gone after a second question. */
function keep(room) {
  const said = make("p", { role: "status", class: "hint" });
  const file = make("input", { type: "file", accept: "application/json,.json", class: "hidden-file", "aria-label": "File of rehearsals" });
  file.addEventListener("change", async () => {
    try {
      const text = await file.files[0].text();
      if (text.includes('"scores"') && !text.includes('"records"')) return room.go(`handed=${pack(JSON.parse(text))}`); // a sheet
      const taken = room.records.import(text);
      room.show(...start(room));
      room.querySelector(".keep [role=status]").textContent = `${taken} ${taken === 1 ? "round" : "rounds"} taken in.`;
    } catch (error) {
      said.textContent = error.message;
    }
  });
  const out = button("Export", () => save("casebook-rehearsals.json", room.records.export(), "application/json"));
  const into = button("Import", () => file.click());
  const reset = button("Delete all", () => {
    const count = room.records.all().length;
    const sure = button(`Yes, delete ${count} ${count === 1 ? "round" : "rounds"}`, () => {
      for (const round of room.records.all()) room.records.remove(round.id);
      room.show(...start(room));
    });
    const back = button("Keep them", () => room.show(...start(room)));
    reset.replaceWith(sure, back);
    back.focus();
  });
  return make("section", { class: "keep" }, make("h2", {}, "Keep and move"), make("div", { class: "keys" }, out, into, file, reset), said);
}

/** Lets the reader save a text as a file. */
export function save(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
