// Theme, keyboard shortcuts, dialogs, toasts and copying, for every page.

const TOAST_SECONDS = 5;
const SEQUENCE_SECONDS = 1;
const LONGEST_NAME = 80;
const YEAR = 365 * 24 * 3600;

// Theme: the server reads the cookie, so that the next page renders with it.

function chooseTheme(choice) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = choice === "system" ? 0 : YEAR;
  document.cookie = `theme=${choice}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
  document.documentElement.dataset.theme = choice;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

// Toasts: errors stay until they are dismissed, others disappear.

function leaveInTime(toast) {
  if (toast.dataset.kind !== "error") setTimeout(() => toast.remove(), TOAST_SECONDS * 1000);
}

function showToast({ kind = "info", text }) {
  const region = document.getElementById("toasts");
  const same = [...region.children].some((shown) => shown.querySelector("p").textContent === text);
  if (same) return;
  const toast = document.getElementById(`toast-${kind}`).content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = text;
  region.append(toast);
  leaveInTime(toast);
}

// Copying, also without a secure origin, where there is no clipboard API.

async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("The browser refused to copy.");
}

/** Copies the page's address as it is now; a note says who cannot open it. */
async function copyPage(button) {
  button.dataset.copy = location.href;
  await copyFrom(button);
  if (button.dataset.note) showToast({ text: button.dataset.note });
}

async function copyFrom(button) {
  try {
    await copyText(button.dataset.copy);
    button.dataset.copied = "";
    button.append("Copied");
    setTimeout(() => {
      delete button.dataset.copied;
      button.lastChild.remove();
    }, 1500);
  } catch {
    showToast({ kind: "error", text: `The browser refused to copy. Copy this text: ${button.dataset.copy}` });
  }
}

// Where a row of links is wider than the screen, the link to the page itself is in sight.
for (const link of document.querySelectorAll(".nav > [aria-current], .section-nav > [aria-current]")) {
  const row = link.parentElement;
  row.scrollLeft = link.offsetLeft - row.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
}

const clicks = {
  "[data-theme-choice]": (button) => chooseTheme(button.dataset.themeChoice),
  "[data-dialog]": (button) => {
    document.querySelector("[popover]:popover-open")?.hidePopover();
    document.getElementById(button.dataset.dialog).showModal();
  },
  // Filters may have changed since the page was loaded.
  "[data-save-view]": (link) => {
    const links = [...document.querySelectorAll("main .chip > [aria-label^='Remove the filter']")];
    const filters = links.map((each) => each.parentElement.textContent.trim());
    const name = [document.title.split(" · ")[0], ...filters].join(", ").slice(0, LONGEST_NAME);
    link.search = new URLSearchParams({ url: location.pathname + location.search, name });
  },
  "[data-close]": (button) => button.closest("dialog").close(),
  "[data-dismiss]": (button) => button.closest(".toast").remove(),
  "[data-copy]:not([data-copied], [data-copy-page])": copyFrom,
  "[data-copy-page]:not([data-copied])": copyPage,
};

document.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(clicks)) {
    const button = event.target.closest(selector);
    if (button) act(button);
  }
  // A click on the backdrop reaches the dialog itself, outside of its box.
  if (event.target.matches("dialog[open]") && outside(event.target, event)) event.target.close();
});

function outside(dialog, { clientX, clientY }) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

// Keyboard shortcuts; off in text fields, with a modifier, or behind an open dialog.

let pressedG = -Infinity;

function isTyping(element) {
  return element.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");
}

function onKey(event) {
  if (event.key === "Escape" && event.target.matches("input[type=search]")) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const afterG = event.timeStamp - pressedG < SEQUENCE_SECONDS * 1000;
  pressedG = event.key === "g" ? event.timeStamp : -Infinity;
  if (event.key === "/") {
    const search = document.querySelector('[aria-keyshortcuts="/"]');
    if (search) event.preventDefault();
    search?.focus();
  } else if (event.key === "?") {
    document.getElementById("keys").showModal();
  } else if (/^[a-z]$/.test(event.key)) {
    document.querySelector(afterG ? `[data-go="${event.key}"]` : `a[aria-keyshortcuts="${event.key}"]`)?.click();
  }
}

document.addEventListener("keydown", onKey);
document.body.addEventListener("toast", (event) => showToast(event.detail));
for (const toast of document.querySelectorAll("#toasts > .toast")) leaveInTime(toast);
