// Updates of an open dashboard, and its tabs.

const PULSE_SECONDS = 20;

// Polls for changes, after which the changed cards reload; off while the page is hidden.
function pulse() {
  const element = document.getElementById("pulse");
  if (element && !document.hidden) window.htmx.trigger(element, "pulse");
}

setInterval(pulse, PULSE_SECONDS * 1000);
document.addEventListener("visibilitychange", pulse);

// The choices in a card are kept in the URL and in the filter form, so that reloading and filtering keep them.
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-param]");
  if (!button) return;
  const { param, value } = button.dataset;
  const url = new URL(location.href);
  url.searchParams.set(param, value);
  history.replaceState(history.state, "", url);
  for (const field of document.querySelectorAll(`input[type=hidden][name="${param}"]`)) field.value = value;
});

// Tabs: arrow keys choose the previous or next, Home and End the first or last.
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  if (!tab || event.ctrlKey || event.metaKey || event.altKey) return;
  const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
  const step = STEPS[event.key];
  const next = step ? tabs.at((tabs.indexOf(tab) + step) % tabs.length) : { Home: tabs[0], End: tabs.at(-1) }[event.key];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
});
