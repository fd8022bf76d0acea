// Boxes drawn with the pointer are lines of the form; without this file they are typed.
"use strict";

const field = document.querySelector("[data-boxes]");
const undo = document.querySelector("[data-undo]");
const pages = [...document.querySelectorAll("svg[data-page]")];
const SVG = "http://www.w3.org/2000/svg";

const lines = () => field.value.split("\n").filter((line) => line.trim());

const show = () => {
  for (const page of pages) {
    page.querySelectorAll("rect").forEach((box) => box.remove());
    const { width, height } = page.viewBox.baseVal;
    for (const line of lines()) {
      const [number, left, top, right, bottom] = line.trim().split(/[\s,]+/).map(Number);
      if (String(number) !== page.dataset.page || !(right > left && bottom > top)) continue;
      const box = document.createElementNS(SVG, "rect");
      const sizes = { x: left * width, y: top * height, width: (right - left) * width, height: (bottom - top) * height };
      for (const [name, value] of Object.entries(sizes)) box.setAttribute(name, value / 100);
      page.append(box);
    }
  }
  undo.hidden = !lines().length;
};

// Where the pointer is, in per cent of the page and never outside of it.
const at = (page, event) => {
  const area = page.getBoundingClientRect();
  const share = (value, start, size) => Math.min(Math.max(100 * (value - start) / size, 0), 100);
  return [share(event.clientX, area.left, area.width), share(event.clientY, area.top, area.height)];
};

for (const page of pages) {
  let from = null;
  let before = "";
  page.classList.add("draws");
  const stretch = (event) => {
    const [x, y] = at(page, event);
    const edges = [Math.min(from[0], x), Math.min(from[1], y), Math.max(from[0], x), Math.max(from[1], y)];
    const line = [page.dataset.page, ...edges.map((edge) => edge.toFixed(1))].join(" ");
    field.value = before + line + "\n";
    show();
  };
  page.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    page.setPointerCapture(event.pointerId);
    from = at(page, event);
    before = lines().map((line) => `${line}\n`).join("");
  });
  page.addEventListener("pointermove", (event) => { if (from) stretch(event); });
  page.addEventListener("pointerup", (event) => {
    if (!from) return;
    const [x, y] = at(page, event);
    if (Math.abs(x - from[0]) < 0.5 || Math.abs(y - from[1]) < 0.5) { field.value = before; show(); }
    from = null;
  });
}

undo.addEventListener("click", () => {
  field.value = lines().slice(0, -1).map((line) => `${line}\n`).join("");
  show();
});
field.addEventListener("input", show);
show();
