// Panels that follow live data: each asks again while the page is visible, less often while nothing changes.

const FIRST_SECONDS = 2;
const MOST_SECONDS = 30;

const pauses = new WeakMap();
const timers = new WeakMap();

function ask(element) {
  if (element.isConnected && !document.hidden) window.htmx.trigger(element, "poll");
}

function askLater(element, pause) {
  clearTimeout(timers.get(element));
  pauses.set(element, pause);
  timers.set(element, setTimeout(ask, pause * 1000, element));
}

document.body.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
  if (!elt.matches("[data-poll]")) return;
  askLater(elt, xhr.status === 200 ? FIRST_SECONDS : Math.min(2 * pauses.get(elt), MOST_SECONDS));
});

// A new panel, also when a filter shows another list.
document.body.addEventListener("htmx:load", ({ detail: { elt } }) => {
  const panels = elt.matches("[data-poll]") ? [elt] : elt.querySelectorAll("[data-poll]");
  for (const panel of panels) askLater(panel, FIRST_SECONDS);
});

// A page that is seen again asks at once; a hidden one never.
document.addEventListener("visibilitychange", () => {
  for (const panel of document.querySelectorAll("[data-poll]")) {
    pauses.set(panel, FIRST_SECONDS);
    ask(panel);
  }
});
