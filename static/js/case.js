// The case page: earlier entries join the timeline; a draft says when it was kept.
"use strict";

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("[data-earlier]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.dataset.going) return;
  link.dataset.going = "1";
  const words = link.textContent;
  link.textContent = link.dataset.busy;
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = [...page.querySelectorAll("[data-story] > li")];
    document.querySelector("[data-story]").append(...fresh);
    const next = page.querySelector("[data-earlier]");
    if (next) link.replaceWith(next); else link.closest("p").remove();
    if (fresh.length) { fresh[0].tabIndex = -1; fresh[0].focus({ preventScroll: true }); }
  } catch {
    link.textContent = words;
    delete link.dataset.going;
    location.assign(link.href);
  }
});

// With scripts a draft keeps itself: the button that does it is not needed.
for (const button of document.querySelectorAll("[data-bare]")) button.remove();

// Who else is in the case, and whether it changed since it was opened.
const around = document.querySelector("[data-around]");
if (around) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const fields = [...document.querySelectorAll("#reply textarea, #note textarea")];
  let typed = 0;
  const form = (state) => {
    const data = new FormData();
    for (const [name, value] of [["csrfmiddlewaretoken", token], ["state", state], ["seq", around.dataset.seq]]) data.set(name, value);
    return data;
  };
  const say = (part, words) => {
    if (part.lastElementChild.textContent !== words) part.lastElementChild.textContent = words;
    part.hidden = !words;
  };
  let stopped = false;
  const beat = async () => {
    if (stopped || document.hidden) return;
    const state = Date.now() - typed < 30000 ? "write" : "look";
    try {
      const answer = await fetch(around.dataset.around, { method: "POST", body: form(state), headers: { Accept: "application/json" } });
      stopped = answer.redirected || answer.status === 403 || answer.status === 404;
      if (!answer.ok || stopped) return;
      const found = await answer.json();
      say(around.querySelector("[data-others]"), found.here);
      around.querySelector("[data-changed]").hidden = !found.changed;
    } catch { /* The next beat may find the way. */ }
  };
  setTimeout(beat, 1000);
  setInterval(beat, 15000);
  addEventListener("focus", beat);
  for (const field of fields) field.addEventListener("input", () => {
    const first = Date.now() - typed > 30000;
    typed = Date.now();
    if (first) beat();
  });
  addEventListener("pagehide", () => { stopped = true; navigator.sendBeacon(around.dataset.around, form("gone")); });
  addEventListener("pageshow", (event) => { if (event.persisted) { stopped = false; beat(); } });
}
