// Progressive only: every page works without this file.
"use strict";

// Copy buttons are hidden until there is something that can copy.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  const words = button.querySelector("span");
  const before = words.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    words.textContent = button.dataset.done;
    setTimeout(() => { words.textContent = before; }, 4000);
  });
}

// A summary of errors takes the focus, so that it is read first.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

// One press sends once; the words say so. The server holds the same promise.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button && button.dataset.busy) button.textContent = button.dataset.busy;
  });
}
// Back from the next page: the form may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A file goes up by itself, with its progress; the page without script does the same.
for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const line = form.querySelector(".upload");
  const bar = line.querySelector("progress");
  const words = line.querySelector("[role=status]");
  form.querySelector("[name=add]").hidden = true;

  const done = (request) => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const fresh = page.getElementById("kept-files");
    line.hidden = true;
    input.disabled = false;
    if (!fresh) { say(form.dataset.failed); return; }
    document.getElementById("kept-files").replaceChildren(...fresh.childNodes);
    const problem = page.querySelector(".err span");
    if (problem) say(problem.textContent); else input.value = "";
  };
  const say = (text) => { line.hidden = false; bar.hidden = true; words.textContent = text; };

  input.addEventListener("change", () => {
    if (!input.files.length) return;
    const data = new FormData(form);
    data.set("add", "1");
    const request = new XMLHttpRequest();
    request.open("POST", location.pathname);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = 100 * event.loaded / event.total;
      words.textContent = form.dataset.sentWords.replace("#", `${Math.round(bar.value)} %`);
    });
    request.addEventListener("load", () => done(request));
    request.addEventListener("error", () => { input.disabled = false; say(form.dataset.failed); });
    line.hidden = bar.hidden = false;
    input.disabled = true;
    request.send(data);
  });
}

// What is typed is kept on the server while it is typed; without script a button does it.
for (const form of document.querySelectorAll("form[data-keep]")) {
  const state = form.querySelector("[data-keep-state]");
  const field = form.elements[form.dataset.keep];
  const base = form.elements[form.dataset.base];
  let timer, last = field.value;
  const keep = async () => {
    if (field.value === last || form.dataset.sent) return;
    const text = field.value;
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", form.dataset.keep, ...base ? [form.dataset.base] : []]) data.set(name, form.elements[name].value);
    data.set("keep", "1");
    try {
      const answer = await fetch(form.dataset.keepAt || location.pathname, { method: "POST", body: data, keepalive: true, headers: { Accept: "application/json" } });
      if (answer.ok) last = text;
      if (base && [200, 409].includes(answer.status)) {
        const told = await answer.json();
        base.value = told.base;
        const twin = form.querySelector("[data-twin]");
        if (told.theirs) { twin.lastElementChild.textContent = told.theirs; twin.hidden = false; timer = setTimeout(keep, 5000); }
      }
      state.textContent = answer.ok ? form.dataset.kept : form.dataset.lost;
    } catch { state.textContent = form.dataset.lost; }
  };
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 1500); });
  addEventListener("pagehide", keep);
}

// Puts the fresh words into a part of the page; only what is new is read out again.
const renew = (part, html) => {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  if (fresh.textContent.trim() !== part.textContent.trim()) part.replaceChildren(...fresh.childNodes);
};

// What of a form is asked about while it is filled in. Sent by POST: it stands in no log.
const asked = (form, names) => {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", ...names]) {
    if (form.elements[name]) data.set(name, form.elements[name].value);
  }
  return data;
};

// Articles that may help with what is typed, once the typing rests. Without script they
// stand by the answers to check.
for (const part of document.querySelectorAll("[data-suggest]")) {
  const form = part.closest("form");
  const fields = part.dataset.from.split(" ");
  let timer, last = "";
  const look = async () => {
    const text = fields.map((name) => form.elements[name].value.trim()).join("\n").trim();
    if (text === last || text.length < 4) return;
    last = text;
    const data = asked(form, []);
    data.set("q", text);
    data.set("as", "html");
    try {
      const answer = await fetch(part.dataset.suggest, { method: "POST", body: data });
      if (answer.ok && text === last) renew(part, await answer.text());
    } catch { /* It only helps. */ }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 800); });
  look();
}

// What seems wrong with an id is said when its field is left. It stops nobody.
for (const form of document.querySelectorAll("form[data-advice]")) {
  const tips = [...form.querySelectorAll("[data-tip]")];
  form.addEventListener("change", async () => {
    const data = asked(form, ["network", ...tips.map((tip) => tip.dataset.tip)]);
    try {
      const answer = await fetch(form.dataset.advice, { method: "POST", body: data });
      if (!answer.ok) return;
      const { advice } = await answer.json();
      for (const tip of tips) {
        const words = advice[tip.dataset.tip] || "";
        tip.querySelector("span").textContent = words;
        tip.hidden = !words;
      }
    } catch { /* It is said again by the answers to check. */ }
  });
}

// A part of the page that changes by itself: asked for again, less often with time.
for (const part of document.querySelectorAll("[data-poll]")) {
  let wait = 4000;
  const look = async () => {
    try {
      const answer = await fetch(part.dataset.poll, { headers: { Accept: "text/html" } });
      if (answer.ok) renew(part, await answer.text());
    } catch { /* The next look may find the way. */ }
    wait = Math.min(wait * 1.2, 60000);
    if (!part.querySelector("[data-state=done], [data-state=declined]")) setTimeout(look, wait);
  };
  setTimeout(look, wait);
}
