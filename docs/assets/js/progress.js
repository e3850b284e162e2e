/** How scored rounds went: by track, by signal, and over time, as a small chart with its table. */
import { day, make, table } from "./page.js";
import { mean } from "./round.js";

const [WIDE, HIGH] = [320, 90];

const average = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const shown = (number) => `${number.toFixed(1)} of 4`;

export function progress(room, rounds) {
  const scored = rounds.filter((round) => round.ended !== null && mean(round) !== null).sort((a, b) => a.ended - b.ended);
  if (!scored.length) return null;
  const track = (round) => room.index.tracks[round.case.split("/")[0]] ?? round.case.split("/")[0];
  const tracks = [...Map.groupBy(scored, track)].map(([name, played]) => [name, `${played.length}`, shown(average(played.map(mean)))]);
  const signals = Object.entries(room.index.signals).map(([signal, title]) => {
    const scores = scored.map((round) => round.scores[signal]).filter(Boolean);
    if (!scores.length) return [title, "–", "–"];
    return [title, shown(average(scores.slice(-3))), shown(average(scores))];
  });
  const weakest = signals.filter(([, last]) => last !== "–").sort((a, b) => Number.parseFloat(a[1]) - Number.parseFloat(b[1]))[0];
  const dates = scored.map((round) => [day(round.ended), round.title, shown(mean(round))]);
  return make(
    "section",
    { class: "progress" },
    make("h2", {}, "Progress"),
    make("p", {}, `${scored.length} ${scored.length === 1 ? "round" : "rounds"} scored.${weakest ? ` Weakest of late: ${weakest[0]}, ${weakest[1]}.` : ""}`),
    make("figure", { class: "progress__chart" }, chart(scored.map(mean)), make("figcaption", { class: "hint" }, "The mean score of each round, from the first to the last.")),
    table("Over time", ["Ended", "Case", "Score"], dates),
    table("By signal", ["Signal", "Last three rounds", "All rounds"], signals),
    table("By track", ["Track", "Rounds", "Score"], tracks),
  );
}

function chart(scores) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const draw = (tag, attributes) => {
    const made = document.createElementNS(svg.namespaceURI, tag);
    for (const name in attributes) made.setAttribute(name, attributes[name]);
    svg.append(made);
  };
  for (const [name, value] of [["viewBox", `-8 -6 ${WIDE + 16} ${HIGH + 12}`], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  const x = (index) => (scores.length > 1 ? (WIDE * index) / (scores.length - 1) : WIDE / 2);
  const y = (score) => (HIGH * (4 - score)) / 3;
  for (const step of [1, 2, 3, 4]) draw("path", { d: `M0 ${y(step)}H${WIDE}`, class: "progress__grid" });
  draw("polyline", { points: scores.map((score, index) => `${x(index)},${y(score)}`).join(" "), class: "progress__line" });
  for (const [index, score] of scores.entries()) draw("circle", { cx: x(index), cy: y(score), r: 3.5, class: "progress__dot" });
  return svg;
}
