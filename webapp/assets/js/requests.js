// Additions to htmx: failed requests, dialogs after success, and the focus across swaps.

const UNREACHABLE = "The server could not be reached.";

function toast(text) {
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { kind: "error", text } }));
}

/** The failed fragment of shell.html, whose Retry button requests `path` again. */
function failedFragment(path) {
  const fragment = document.getElementById("failed-template").content.cloneNode(true);
  fragment.querySelector("button").setAttribute("hx-get", path);
  return fragment;
}

/** Whether Trackpulse responded: a proxy's error or login page lacks this header, whatever its status. */
function isOurs(xhr) {
  return xhr.getResponseHeader("X-Trackpulse") !== null;
}

/** Shows the error in an empty panel; a panel with content keeps it, and a toast shows the error. */
function onNoResponse({ detail }) {
  const panel = detail.target?.closest("[data-panel]");
  const waiting = panel?.querySelector(".loading, .state-failed");
  if (detail.requestConfig.verb !== "get" || !waiting) {
    toast(panel ? `${UNREACHABLE} The page may be out of date.` : UNREACHABLE);
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

// Only after the panel has lost htmx's class: processed earlier, it would count as new and request again.
document.body.addEventListener("htmx:afterRequest", (event) => {
  const { xhr } = event.detail;
  if (xhr.status && !isOurs(xhr)) onNoResponse(event);
});

// Filters that a phone shows behind a button stay open when their panel is swapped.

let filtersWereOpen = false;

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  filtersWereOpen = detail.target.querySelector(".fold[open]") !== null;
});

// A page that htmx restores has no target.
document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  const fold = detail.target?.querySelector(".fold");
  if (fold) fold.open = filtersWereOpen;
});

// Focus: htmx keeps it on elements with an id; others are found by their attributes, otherwise their panel gets it.

let lost = null;

function signature(element) {
  if (element.id) return `[id="${CSS.escape(element.id)}"]`;
  return ["name", "value", "href", "hx-get", "hx-post", "data-copy"]
    .filter((name) => element.hasAttribute(name))
    .map((name) => `[${name}="${CSS.escape(element.getAttribute(name))}"]`)
    .join("");
}

// A button is disabled during its request, and browsers then remove its focus.
let requester = null;

document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt.contains(document.activeElement)) requester = document.activeElement;
});

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const waited = document.activeElement === document.body && detail.elt.contains(requester);
  const active = waited ? requester : document.activeElement;
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
  document.body.addEventListener(name, onNoResponse);
}
