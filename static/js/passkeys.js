// Passkeys. Without this file the page says in words that they need scripts.
"use strict";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

// The server writes bytes as base64url; the browser wants them as bytes.
function forCreating(options, alone) {
  const asked = structuredClone(options.publicKey);
  asked.challenge = toBytes(asked.challenge);
  asked.user.id = toBytes(asked.user.id);
  asked.excludeCredentials = withBytes(asked.excludeCredentials);
  const kind = asked.authenticatorSelection || {};
  kind.residentKey = alone ? "required" : "discouraged";
  kind.requireResidentKey = alone;
  if (alone) kind.userVerification = "required";
  asked.authenticatorSelection = kind;
  return { publicKey: asked };
}

function forGetting(options) {
  const asked = structuredClone(options.publicKey);
  asked.challenge = toBytes(asked.challenge);
  asked.allowCredentials = withBytes(asked.allowCredentials);
  return { publicKey: asked };
}

function asJson(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData",
    "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  if (credential.response.getTransports) {
    response.transports = credential.response.getTransports();
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function ask(form) {
  if (form.dataset.passkey === "create") {
    const alone = form.elements.namedItem("passwordless");
    const options = JSON.parse(form.dataset.options);
    return navigator.credentials.create(forCreating(options, Boolean(alone && alone.checked)));
  }
  if (form.dataset.options) {
    return navigator.credentials.get(forGetting(JSON.parse(form.dataset.options)));
  }
  const answer = await fetch(form.dataset.optionsUrl, {
    headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
  });
  if (!answer.ok) throw new TypeError("no options");
  return navigator.credentials.get(forGetting((await answer.json()).request_options));
}

function say(form, word) {
  for (const line of form.querySelectorAll("[data-said]")) {
    line.hidden = line.dataset.said !== word;
  }
}

function wordFor(error) {
  if (error.name === "InvalidStateError") return "known";
  if (error.name === "NotAllowedError" || error.name === "AbortError") return "refused";
  if (error instanceof TypeError) return "failed";
  return "unknown";
}

// A passkey belongs to a name; on one's own machine "localhost" is one, 127.0.0.1 is not.
const nameless = /^[\d.]+$|:/.test(location.hostname);

function leadToName(form) {
  const there = new URL(location.href);
  there.hostname = "localhost";
  form.querySelector("[data-local]").href = there.href;
  say(form, "nameless");
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.querySelector("[data-without]").hidden = true;
  if (!window.PublicKeyCredential) {
    say(form, "unknown");
    continue;
  }
  if (nameless) {
    leadToName(form);
    continue;
  }
  const button = form.querySelector("[data-go]");
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    say(form, "");
    try {
      form.elements.namedItem("credential").value = asJson(await ask(form));
      form.submit();
    } catch (error) {
      say(form, wordFor(error));
    } finally {
      button.disabled = false;
    }
  });
}
