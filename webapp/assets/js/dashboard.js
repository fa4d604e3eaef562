// What keeps an open dashboard up to date, and its tabs.

const PULSE_SECONDS = 20;

// The server is asked whether anything moved, and then the cards concerned ask again; none while nobody looks.
function pulse() {
  const element = document.getElementById("pulse");
  if (element && !document.hidden) window.htmx.trigger(element, "pulse");
}

setInterval(pulse, PULSE_SECONDS * 1000);
document.addEventListener("visibilitychange", pulse);

// What is chosen in a card stands in the address, and in the filter, so that reload and filter keep it.
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-param]");
  if (!button) return;
  const { param, value } = button.dataset;
  const address = new URL(location.href);
  address.searchParams.set(param, value);
  history.replaceState(history.state, "", address);
  for (const field of document.querySelectorAll(`input[type=hidden][name="${param}"]`)) field.value = value;
});

// Tabs: arrow keys choose the next, Home and End the ends.
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
