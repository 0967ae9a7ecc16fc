// Keys of the staff's pages. Everything they do can also be done with the mouse or Tab; `?` lists them and turns them off.

const store = "review-keys";
const dialog = document.getElementById("keys");
const page = document.querySelector("[data-keys]")?.dataset.keys ?? "";

function areOn() {
  return localStorage.getItem(store) !== "off";
}

function isTyping(target) {
  return target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]") !== null;
}

function step(items, by) {
  if (items.length === 0) return;
  const row = document.activeElement?.closest("[data-row], [data-item], [data-picture]");
  const at = items.findIndex((item) => item === document.activeElement || (row && row.contains(item)));
  items[Math.min(Math.max(at + by, 0), items.length - 1)].focus();
}

function currentRow() {
  return document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row]");
}

function open(row, hash) {
  const link = row?.querySelector("a");
  if (link) location.href = link.href + hash;
}

function press(outcome) {
  document.querySelector(`#decide button[value="${outcome}"]`)?.focus();
}

function fold(id) {
  const place = document.getElementById(id);
  if (!place) return;
  place.open = !place.open;
  if (place.open) place.querySelector("summary").focus();
}

const rowLinks = () => [...document.querySelectorAll("[data-row] a")];
const summaries = () => [...document.querySelectorAll("[data-item] > summary")];

const KEYS = {
  inbox: {
    j: () => step(rowLinks(), 1),
    k: () => step(rowLinks(), -1),
    x: () => currentRow()?.querySelector("input[type=checkbox]")?.click(),
    a: () => {
      const boxes = [...document.querySelectorAll("[data-row] input[type=checkbox]")];
      if (!boxes.some((box) => box.checked)) currentRow()?.querySelector("input[type=checkbox]")?.click();
      document.getElementById("chosen")?.requestSubmit();
    },
    r: () => open(currentRow(), "#refuse"),
    c: () => open(currentRow(), "#return"),
  },
  task: {
    a: () => press("approve"),
    c: () => press("return"),
    r: () => press("refuse"),
    j: () => step(summaries(), 1),
    k: () => step(summaries(), -1),
    h: () => fold("history"),
    d: () => fold("diagram"),
    z: () => shownPicture()?.classList.toggle("zoomed"),
    t: () => turn(shownPicture()),
    u: () => document.querySelector("[data-up]")?.click(),
  },
};

function shownPicture() {
  const frame = document.activeElement?.closest("[data-picture]") ?? document.querySelector("[data-picture]");
  return frame?.querySelector("img");
}

function turn(picture) {
  if (!picture) return;
  const now = Number(picture.dataset.turn ?? 0);
  picture.classList.remove(`turn-${now}`);
  picture.dataset.turn = String((now + 1) % 4);
  picture.classList.add(`turn-${picture.dataset.turn}`);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || dialog?.open) return;
  if (event.key === "?") {
    dialog?.showModal();
    return;
  }
  const act = areOn() ? KEYS[page]?.[event.key] : undefined;
  if (!act) return;
  event.preventDefault();
  act();
});

const box = document.getElementById("keys-on");
if (box) {
  box.checked = areOn();
  box.addEventListener("change", () => localStorage.setItem(store, box.checked ? "on" : "off"));
}

// The filters of the inbox apply at once; without this file their button does it.
document.querySelector("[data-filters]")?.addEventListener("change", (event) => {
  if (event.target.matches("select")) event.currentTarget.requestSubmit();
});

// A click on a picture enlarges it; the frame can be scrolled.
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-picture] img")) event.target.classList.toggle("zoomed");
});

// How many reasons are marked, beside the buttons that need them.
const count = document.querySelector("[data-count]");
function countReasons() {
  const boxes = document.querySelectorAll('[form="decide"][name="reason"]:checked').length;
  const words = [...document.querySelectorAll('[form="decide"][name^="why:"]')].filter((input) => input.value.trim());
  const marked = boxes + words.length;
  count.textContent = marked ? `${count.dataset.some}: ${marked}` : count.dataset.none;
}
if (count) {
  document.addEventListener("input", countReasons);
  countReasons();
}

// The diagram is drawn when its part is opened: it needs a place with a size.
document.getElementById("diagram")?.addEventListener("toggle", (event) => {
  const place = event.target.querySelector("[data-later]");
  if (!event.target.open || !place || place.dataset.diagramUrl) return;
  place.dataset.current = place.dataset.at;
  place.dataset.done = place.dataset.passed;
  place.dataset.diagramUrl = place.dataset.url;
  place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
});

// Coming from the inbox with `r` or `c`, the button waits for Enter.
const asked = { "#refuse": "refuse", "#return": "return" }[location.hash];
if (asked) press(asked);
document.getElementById("summary")?.focus();
