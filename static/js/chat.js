// Live chat: a socket that says when there is something new, else a look now and then.
// The page works without this file by its forms.
"use strict";

for (const talk of document.querySelectorAll("[data-talk]")) {
  const list = talk.querySelector("[data-lines]");
  const words = talk.querySelector("[data-words]");
  const problem = talk.querySelector("[data-problem]");
  const form = talk.querySelector("form[data-say]");
  const token = talk.dataset.token || "";
  const waiting = new Map();
  let last = Number(talk.dataset.last);
  let note = "";
  // Whether the one here is writing: said again and again, and once the socket is there.
  let typed = 0, told = 0;
  let socket = null, open = false, tries = 0, timer = 0, over = !form && !talk.dataset.conversation;

  if (token) try { sessionStorage.setItem("recourse.chat", token); } catch { /* kept nowhere */ }

  const say = (text) => { const words = text || note; problem.hidden = !words; if (words !== problem.firstElementChild.textContent) problem.firstElementChild.textContent = words; };
  const toEnd = () => { list.scrollTop = list.scrollHeight; };

  // A picture has its height only once it is there.
  let near = true;
  list.addEventListener("scroll", () => { near = list.scrollHeight - list.scrollTop - list.clientHeight < 120; });
  list.addEventListener("load", () => { if (near) toEnd(); }, true);

  function show(news) {
    if (news.html) {
      const fresh = new DOMParser().parseFromString(`<ol>${news.html}</ol>`, "text/html").querySelectorAll("li");
      for (const line of fresh) if (!document.getElementById(line.id)) list.append(line);
    }
    last = Math.max(last, news.last);
    if (news.state.words !== words.textContent) words.textContent = news.state.words;
    if (news.state.over && !over) location.reload();
    if (near) toEnd();
  }

  // Looking, when there is no socket
  async function look() {
    if (over) return;
    try {
      const address = new URL(talk.dataset.news, location.href);
      address.searchParams.set("after", last);
      const answer = await fetch(address, { headers: token ? { "X-Chat-Token": token } : {} });
      if (answer.ok) { show(await answer.json()); say(""); }
      else if (answer.status === 403 || answer.status === 404) { over = true; say(talk.dataset.gone); }
    } catch { say(talk.dataset.lost); }
  }
  function later() { clearTimeout(timer); timer = setTimeout(async () => { if (!open) { await look(); later(); } }, 3000); }

  // The socket
  function connect() {
    if (over) return;
    const address = new URL(talk.dataset.socket, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    try { socket = new WebSocket(address); } catch { later(); return; }
    socket.addEventListener("open", () => {
      const hello = { type: "hello", after: last, language: document.documentElement.lang, token };
      if (talk.dataset.conversation) hello.conversation = Number(talk.dataset.conversation);
      socket.send(JSON.stringify(hello));
    });
    socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      open = false;
      if (event.code === 4403 || event.code === 4401) { over = true; say(talk.dataset.gone); return; }
      // What was on its way goes by the form's own address.
      for (const [key, text] of waiting) post({ key, text });
      waiting.clear();
      later();
      tries += 1;
      // One socket too many: this window looks by itself, and asks again after a while.
      if (event.code === 4503) { note = talk.dataset.full; say(""); }
      setTimeout(connect, event.code === 4503 ? 60000 : Math.min(30000, 1000 * 2 ** tries));
    });
  }
  function hear(frame) {
    if (frame.type === "news") { open = true; tries = 0; note = ""; say(""); show(frame); writes(); }
    if (frame.type === "said") { waiting.delete(frame.key); say(""); }
    if (frame.type === "refused") {
      const text = waiting.get(frame.key);
      waiting.delete(frame.key);
      if (text && form && !form.elements.text.value) form.elements.text.value = text;
      say(frame.words);
    }
  }

  // Saying
  function writes() {
    const now = Date.now();
    if (!open || now - typed > 3000 || now - told < 3000) return;
    told = now;
    socket.send(JSON.stringify({ type: "typing" }));
  }
  async function post(fields) {
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", "token"]) if (form.elements[name]) data.set(name, form.elements[name].value);
    for (const [name, value] of Object.entries(fields)) if (value) data.set(name, ...[value].flat());
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
      if (answer.ok) { say(""); if (!open) await look(); return true; }
      const said = await answer.json();
      say(said.words || talk.dataset.failed);
    } catch { say(talk.dataset.failed); }
    return false;
  }
  const fresh = () => crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;

  if (form) {
    const text = form.elements.text;
    const file = form.elements.file;
    let key = fresh();
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const value = text.value.trim();
      if (!value && !file.files.length) { text.focus(); return; }
      const mine = key;
      key = fresh();
      if (open && !file.files.length) {
        waiting.set(mine, value);
        socket.send(JSON.stringify({ type: "say", text: value, key: mine }));
        text.value = "";
        typed = 0;
        toEnd();
        return;
      }
      const button = form.querySelector("[data-send]");
      button.disabled = true;
      if (await post({ key: mine, text: value, file: file.files[0] })) { text.value = ""; file.value = ""; } else key = mine;
      button.disabled = false;
      toEnd();
      text.focus();
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
    });
    text.addEventListener("input", () => { typed = Date.now(); writes(); });
    for (const button of talk.parentElement.querySelectorAll("[data-canned]")) {
      button.type = "button";
      button.addEventListener("click", () => { text.value = button.dataset.canned; text.focus(); });
    }
    voice(form.querySelector("[data-voice]"));
  }

  // A voice message: recorded here, sent as a file
  function voice(button) {
    if (!button || !navigator.mediaDevices || !window.MediaRecorder) return;
    button.hidden = false;
    let recorder = null;
    const reset = () => { recorder = null; button.textContent = talk.dataset.record; button.removeAttribute("data-recording"); };
    button.addEventListener("click", async () => {
      if (recorder) { recorder.stop(); return; }
      let stream;
      try { stream = await navigator.mediaDevices.getUserMedia({ audio: true }); } catch { say(talk.dataset.noMic); return; }
      const parts = [];
      recorder = new MediaRecorder(stream);
      recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
      recorder.addEventListener("stop", async () => {
        for (const track of stream.getTracks()) track.stop();
        const type = recorder.mimeType || "audio/webm";
        const ending = type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm";
        reset();
        await post({ key: fresh(), file: [new Blob(parts, { type }), `voice.${ending}`] });
      });
      recorder.start();
      setTimeout(() => { if (recorder) recorder.stop(); }, 180000);
      button.textContent = talk.dataset.stop;
      button.setAttribute("data-recording", "");
    });
  }

  toEnd();
  connect();
  later();
}

// The widget finds its conversation again after a reload of the page around it.
const resume = document.querySelector("form[data-resume]");
if (resume) {
  let kept = "";
  try { kept = sessionStorage.getItem("recourse.chat") || ""; sessionStorage.removeItem("recourse.chat"); } catch { /* nothing kept */ }
  if (kept) { resume.elements.token.value = kept; resume.submit(); }
}

// The lists of the desk are drawn anew when something happens.
for (const part of document.querySelectorAll("[data-desk]")) {
  const draw = async () => {
    try {
      const answer = await fetch(part.dataset.desk, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      if (!part.contains(document.activeElement)) part.replaceChildren(...fresh.childNodes);
    } catch { /* The next look may find the way. */ }
  };
  let tries = 0;
  const connect = () => {
    const address = new URL(part.dataset.socket, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.addEventListener("open", () => { tries = 0; socket.send(JSON.stringify({ type: "hello", language: document.documentElement.lang })); draw(); });
    socket.addEventListener("message", draw);
    socket.addEventListener("close", (event) => { if (event.code !== 4403) setTimeout(connect, event.code === 4503 ? 60000 : Math.min(30000, 1000 * 2 ** ++tries)); });
  };
  connect();
  setInterval(draw, 15000);
}
