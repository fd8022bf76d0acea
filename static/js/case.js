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
