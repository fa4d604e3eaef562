// What htmx leaves to us: requests without an answer of ours, dialogs after success, and the focus over swaps.

const UNREACHABLE = "The server could not be reached.";

function toast(text) {
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { kind: "error", text } }));
}

/** The failed fragment of shell.html, whose 'Retry' asks for `path` again. */
function failedFragment(path) {
  const fragment = document.getElementById("failed-template").content.cloneNode(true);
  fragment.querySelector("button").setAttribute("hx-get", path);
  return fragment;
}

/** Whether Trackpulse answered: a proxy's error or login page has no such header, whatever its status. */
function isOurs(xhr) {
  return xhr.getResponseHeader("X-Trackpulse") !== null;
}

/** A panel that has nothing to show says what failed; one that has keeps it, and a toast says so. */
function onNoAnswer({ detail }) {
  const panel = detail.target?.closest("[data-panel]");
  const waiting = panel?.querySelector(".loading, .state-failed");
  if (detail.requestConfig.verb !== "get" || !waiting) {
    toast(panel ? `${UNREACHABLE} What is shown may be old.` : UNREACHABLE);
    return;
  }
  panel.replaceChildren(failedFragment(detail.requestConfig.path));
  window.htmx.process(panel);
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (isOurs(event.detail.xhr)) return;
  event.detail.shouldSwap = false;
  event.stopImmediatePropagation();
});

// Only now, when the panel has lost htmx's class: processed before, it would count as new and ask again by itself.
document.body.addEventListener("htmx:afterRequest", (event) => {
  const { xhr } = event.detail;
  if (xhr.status && !isOurs(xhr)) onNoAnswer(event);
});

// Focus: htmx keeps it on elements with an id; others are found again by what they are, or else their panel gets it.

let lost = null;

function signature(element) {
  return ["name", "value", "href", "hx-get", "hx-post", "data-copy"]
    .filter((name) => element.hasAttribute(name))
    .map((name) => `[${name}="${CSS.escape(element.getAttribute(name))}"]`)
    .join("");
}

// A button that waits for its answer is disabled, and then browsers take the focus away from it.
let asker = null;

document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt.contains(document.activeElement)) asker = document.activeElement;
});

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const waited = document.activeElement === document.body && detail.elt.contains(asker);
  const active = waited ? asker : document.activeElement;
  const inside = detail.target.contains(active) && active !== document.body && active !== detail.target;
  if (inside) lost = { element: active, selector: active.localName + signature(active), panel: active.closest("[data-panel]") };
});

document.body.addEventListener("htmx:afterSettle", () => {
  const { element, selector, panel } = lost ?? {};
  lost = null;
  if (!element || element.isConnected || document.activeElement !== document.body) return;
  const home = panel?.isConnected ? panel : document.getElementById("main");
  const again = selector.includes("[") ? home.querySelector(selector) : null;
  (again ?? home).focus({ preventScroll: true });
});

document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && isOurs(detail.xhr)) detail.elt.closest("dialog[open]")?.close();
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, onNoAnswer);
}
