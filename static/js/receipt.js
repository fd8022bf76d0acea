// Checks a receipt in the browser: nothing of it is sent. Without this file the server does.
"use strict";

for (const form of document.querySelectorAll("form[data-receipt]")) {
  const steps = document.querySelector("[data-steps]");
  const verdict = document.querySelector("[data-verdict]");
  const text = new TextEncoder();
  // Strict: parseInt takes "0g" for zero, and a change would go unseen.
  const bytes = (hex) => {
    if (!/^([0-9a-f]{2})*$/.test(hex)) throw new SyntaxError();
    return Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));
  };
  const hex = (raw) => [...raw].map((one) => one.toString(16).padStart(2, "0")).join("");
  const hash = async (...parts) => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { whole.set(part, at); at += part.length; }
    return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  };

  // RFC 9162, 2.1.3.2: the root that the path leads to, or nothing.
  const climb = async (leaf, index, size, path) => {
    if (!(index >= 0 && index < size)) return null;
    let found = leaf, last = size - 1;
    for (const step of path) {
      if (last === 0) return null;
      if (index % 2 || index === last) {
        found = await hash(Uint8Array.of(1), step, found);
        while (index % 2 === 0 && index) { index /= 2; last = Math.floor(last / 2); }
      } else found = await hash(Uint8Array.of(1), found, step);
      index = Math.floor(index / 2);
      last = Math.floor(last / 2);
    }
    return last === 0 ? found : null;
  };

  const signed = async (facts) => {
    let key;
    try {
      key = await crypto.subtle.importKey("raw", bytes(facts.public_key), "Ed25519", false, ["verify"]);
    } catch (error) {
      if (error.name === "NotSupportedError") return undefined;
      return false;
    }
    try {
      return await crypto.subtle.verify("Ed25519", key, bytes(facts.signature), text.encode(facts.statement));
    } catch { return false; }
  };

  const published = async (facts) => {
    try {
      const answer = await fetch(form.dataset.roots);
      if (!answer.ok) return undefined;
      const { roots } = await answer.json();
      return roots.some((one) => one.statement === facts.statement && one.public_key === facts.public_key);
    } catch { return undefined; }
  };

  const show = (line, holds) => {
    line.hidden = false;
    const shown = holds === undefined ? "unknown" : holds ? "ok" : "no";
    for (const kind of ["ok", "no", "unknown"]) {
      const words = line.querySelector(`[data-${kind}]`);
      if (words) words.hidden = kind !== shown;
    }
  };
  const say = (name, holds) => show(steps.querySelector(`[data-step=${name}]`), holds);

  const check = async (given) => {
    for (const line of steps.children) line.hidden = true;
    verdict.hidden = true;
    steps.hidden = false;
    let facts, statement, leaf, path;
    try {
      facts = JSON.parse(given);
      statement = JSON.parse(facts.statement);
      if (facts.format !== "recourse-receipt/1" || statement.format !== "recourse-ledger-root/1") throw new Error();
      leaf = await hash(Uint8Array.of(0), text.encode(`${facts.seq}:${facts.head}`));
      path = facts.path.map(bytes);
      bytes(facts.public_key);
    } catch { say("read", false); show(verdict, false); return; }
    say("read", true);
    const root = await climb(leaf, facts.index, statement.streams, path);
    const held = [root !== null && hex(root) === statement.root, await signed(facts), await published(facts)];
    ["included", "signed", "published"].forEach((name, at) => say(name, held[at]));
    show(verdict, held.includes(false) ? false : held.includes(undefined) ? undefined : true);
    verdict.scrollIntoView({ block: "nearest" });
  };

  if (!crypto.subtle) continue;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = form.elements.file?.files[0];
    await check(file ? await file.text() : form.elements.receipt.value);
  });
}
