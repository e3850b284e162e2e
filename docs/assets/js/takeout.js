/** A round as text: Markdown with notes, times, scores and the reference; and a prompt for a chat model. */
import { html } from "./page.js";
import { clock, mean } from "./round.js";

/** Returns HTML of ours as Markdown, as far as it holds paragraphs, lists, headings and tables. */
export function plain(text) {
  const box = html("div", text);
  for (const useless of box.querySelectorAll("svg, .downloads, .legend, [aria-hidden=true]")) useless.remove();
  const line = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const lines = [];
  const walk = (element) => {
    for (const child of element.children) {
      if (/^H\d$/.test(child.tagName)) lines.push("", `#### ${line(child)}`, "");
      else if (child.tagName === "TR") lines.push(`| ${[...child.children].map((cell) => line(cell).replaceAll("|", "\\|")).join(" | ")} |`, ...(child.closest("thead") ? [`|${" --- |".repeat(child.children.length)}`] : []));
      else if (child.tagName === "LI") lines.push(`- ${line(child)}`);
      else if (child.tagName === "P" || child.tagName === "BLOCKQUOTE" || !child.children.length) lines.push(line(child), "");
      else if (child.tagName === "DT") lines.push(`**${line(child)}**`);
      else walk(child);
    }
  };
  walk(box);
  return (lines.length ? lines.join("\n") : line(box)).replace(/\n{3,}/g, "\n\n").trim();
}

const text = (part) => plain(part).replace(/\s+/g, " ");

export function asMarkdown(room, round, game) {
  const score = mean(round);
  const lines = [`# ${game.title}`, "", `A round of ${round.length} minutes on ${new Date(round.began).toISOString().slice(0, 10)}, aimed at ${round.level} level.`, "", `> ${text(game.prompt)}`];
  if (score !== null) {
    lines.push("", "## Scores", "", "| Signal | Score | Level |", "| --- | --- | --- |");
    for (const [signal, { title }] of Object.entries(game.rubric)) if (round.scores[signal]) lines.push(`| ${title} | ${round.scores[signal]} of 4 | ${room.index.levels[round.scores[signal] - 1]} |`);
  }
  for (const [index, phase] of round.phases.entries()) {
    const { id, title } = room.index.phases[index];
    const { board, reference, says } = game.phases[id];
    lines.push("", `## ${title}`, "", `*${text(says)}*`, "", `${clock(phase.spent)} of ${clock(phase.planned)}; hints: ${phase.hints}; ${phase.early ? "looked early" : phase.looked ? "looked" : "did not look"}.`, "", "### On the board", "");
    board.forEach((item, place) => lines.push(`- [${phase.board.includes(place) ? "x" : " "}] ${text(item)}`));
    lines.push("", "### Notes", "", phase.notes.trim() || "None.");
    for (const part of reference) lines.push("", `### Reference: ${part.title}`, "", plain(part.html));
  }
  if (round.drills.length) {
    lines.push("", "## Estimates tried", "");
    for (const { name, answer, doublings } of round.drills) lines.push(`- \`${name}\`: ${answer}${doublings === null ? "" : `, ${doublings.toFixed(1)} factors of two off`}`);
  }
  if (round.answers.length) {
    lines.push("", "## Follow-ups");
    round.answers.forEach((answer, index) => lines.push("", `### ${text(game.follow_ups[index].ask)}`, "", answer?.text?.trim() || "No answer.", "", ...(answer?.seen ? ["A strong answer names:", "", ...game.follow_ups[index].listen_for.map((sign) => `- ${text(sign)}`)] : [])));
  }
  return `${lines.join("\n")}\n`;
}

/** Makes a chat model the interviewer of this case: the problem, the phases and the rubric, and no answers. */
export function asPrompt(room, round, game) {
  const phases = room.index.phases.map(({ id, title, minutes }) => `- ${title} (${minutes[round.length]} min): begin with “${text(game.phases[id].says)}”. On the board when it ends: ${game.phases[id].board.map(text).join("; ")}.`);
  const rubric = Object.values(game.rubric).map(({ title, mid, senior, staff }) => `- ${title}. Mid: ${text(mid)} Senior: ${text(senior)} Staff: ${text(staff)}`);
  return [
    `You are the interviewer in a machine-learning system-design round of ${round.length} minutes for a candidate at ${round.level} level. Play it with me, one question at a time, and wait for my answers.`,
    "",
    `The problem: ${text(game.prompt)}`,
    "",
    "Go through these phases. Keep the time, say when a phase is nearly over, and never give an answer away: when I am stuck, ask a smaller question.",
    ...phases,
    "",
    "Ask for numbers with their units, for the alternative that I rejected and why, and for what would make me change a decision. Challenge one assumption in each phase.",
    "",
    "When I say that we are done, score each signal from 1 (very weak) to 4 (very strong), with one sentence of what I said as evidence, name the weakest signal, and what I should practise next:",
    ...rubric,
  ].join("\n");
}
