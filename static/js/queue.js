// The queue: counts, and who is in which case, renewed while the page is looked at.
"use strict";

const table = document.querySelector("[data-live]");
const EVERY = 20000;

const pick = document.querySelector("[data-pick-all]");
const boxes = () => [...document.querySelectorAll("[data-rows] .box[name]")];
const bar = document.querySelector("[data-picked]");
const tell = () => {
  const chosen = boxes().filter((box) => box.checked).length;
  if (bar) bar.textContent = chosen ? bar.dataset.picked.replace("#", chosen) : bar.dataset.none;
  if (pick) { pick.checked = chosen > 0 && chosen === boxes().length; pick.indeterminate = chosen > 0 && !pick.checked; }
};
if (pick) {
  pick.hidden = false;
  pick.addEventListener("change", () => { for (const box of boxes()) box.checked = pick.checked; tell(); });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-rows] .box[name]")) tell(); });
  addEventListener("pageshow", tell);
}

const show = (answer) => {
  for (const part of document.querySelectorAll("[data-count]")) {
    const number = answer.counts[part.dataset.count];
    if (number !== undefined && part.textContent !== number) part.textContent = number;
    if (part.dataset.count === "overdue") part.classList.toggle("late", number !== "0");
  }
  let changed = 0;
  for (const part of document.querySelectorAll("[data-here]")) {
    const found = answer.cases[part.dataset.here];
    if (!found || String(found.version) !== part.dataset.version) changed += 1;
    const words = found ? found.here : "";
    if (part.lastElementChild.textContent !== words) part.lastElementChild.textContent = words;
    part.hidden = !words;
  }
  const news = document.querySelector("[data-news]");
  if (news) news.hidden = !changed;
};

if (table) {
  const keys = [...document.querySelectorAll("[data-here]")].map((part) => part.dataset.here);
  let stopped = false;
  const look = async () => {
    if (stopped || document.hidden) return;
    try {
      const answer = await fetch(`${table.dataset.live}?cases=${keys.join(",")}`, { headers: { Accept: "application/json" } });
      stopped = answer.redirected || answer.status === 403;
      if (answer.ok && !stopped) show(await answer.json());
    } catch { /* The next look may find the way. */ }
  };
  setInterval(look, EVERY);
  addEventListener("focus", look);
}
