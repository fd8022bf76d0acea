// The draft of a decision: once the typing rests, what is missing and the letter are
// drawn again. The button "Look at the letter" does the same without a script.
"use strict";

const draft = document.querySelector("form[data-look]");
let turn = 0;
let waits;
let typed = false;

async function look() {
  const mine = ++turn;
  const data = new FormData(draft);
  data.set("do", "look");
  try {
    const answer = await fetch(location.pathname, { method: "POST", body: data, headers: { Accept: "text/html" } });
    // Refused or not complete yet: the page says so when it is sent.
    if (!answer.ok || mine !== turn) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const name of ["missing", "letter"]) {
      const fresh = page.getElementById(name);
      if (fresh) document.getElementById(name).replaceChildren(...fresh.childNodes);
    }
  } catch {
    // Without a line the letter stays as it was.
  }
}

draft?.addEventListener("input", () => {
  typed = true;
  clearTimeout(waits);
  waits = setTimeout(look, 1200);
});

// Leaving by a link with something unsaved is asked about; sending it is not.
draft?.addEventListener("submit", () => { typed = false; });
window.addEventListener("beforeunload", (event) => {
  if (typed) event.preventDefault();
});
