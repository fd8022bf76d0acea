// Keys of the staff's lists; all of it can be done with the mouse, and switched off.
"use strict";

const KEEP = "recourse.single-keys";
const sheet = document.getElementById("keys");
const toggle = document.getElementById("single-keys");
const read = () => { try { return localStorage.getItem(KEEP) !== "off"; } catch { return true; } };
const write = (on) => { try { localStorage.setItem(KEEP, on ? "on" : "off"); } catch { /* kept nowhere */ } };

if (toggle) {
  toggle.checked = read();
  toggle.addEventListener("change", () => write(toggle.checked));
}

const rows = () => [...document.querySelectorAll("[data-rows] tbody tr, #result_list tbody tr")];
const typing = (at) => at.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

function at() { return rows().findIndex((row) => row.classList.contains("at")); }

function go(step) {
  const all = rows();
  if (!all.length) return;
  const next = Math.min(Math.max(at() + step, 0), all.length - 1);
  all.forEach((row, i) => row.classList.toggle("at", i === next));
  const link = all[next].querySelector("a[href]");
  (link || all[next]).focus();
  all[next].scrollIntoView({ block: "nearest" });
}

function press(selector, only) {
  const found = document.querySelector(selector);
  if (!found) return false;
  if (only) found.focus();
  else if (found.matches("input, textarea, form")) (found.querySelector?.("textarea") || found).focus();
  else found.click();
  return true;
}

// Where somebody goes on in a form: its first empty field, else its first.
function firstField() {
  const fields = [...document.querySelectorAll("main form :is(select, textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=submit]))")];
  (fields.find((field) => !field.value) || fields[0])?.focus();
}

const row = (selector) => rows()[at()]?.querySelector(selector)?.click();
const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  o: () => row("a[href]"),
  x: () => row("input[type=checkbox]"),
  b: () => press("[form=picked][name=act], .chead .acts .btn, .chead .btn", true),
  d: () => press("[data-key=d]"),
  a: () => press("[data-key=a]"),
  f: firstField,
  r: () => press("#reply"),
  n: () => press("#note"),
  w: () => press("[data-key=w]"),
  q: () => press("[data-queue]"),
  "/": () => press("#search"),
  "?": () => sheet?.showModal(),
};

addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (sheet?.open || !read() || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});

// The way back to the queue leads to the view and the filters that one came from.
const VIEW = "recourse.view";
const queue = document.querySelector("[data-queue]");
if (queue) {
  try {
    if (location.pathname === queue.pathname) sessionStorage.setItem(VIEW, location.search);
    else queue.search = sessionStorage.getItem(VIEW) || "";
  } catch { /* kept nowhere: it leads to one's own cases */ }
}

// Menus are <details>: they open by themselves, and here they learn to close.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}
addEventListener("click", (event) => closeMenus(event.target.closest?.("details.menu")));
for (const opener of document.querySelectorAll("[data-open-keys]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => sheet?.showModal());
}
