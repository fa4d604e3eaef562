// The way back: a breadcrumb links to a page as last seen in this tab, with its filters.

const key = (path) => `trail:${path}`;
// Responses to forms and errors are no pages to return to.
const answersForm = document.body.hasAttribute("data-answer");

function remember() {
  if (!answersForm) sessionStorage.setItem(key(location.pathname), location.search);
}

remember();
for (const link of document.querySelectorAll("nav.breadcrumb a")) {
  link.search ||= sessionStorage.getItem(key(link.pathname)) ?? "";
}
for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"]) {
  document.body.addEventListener(name, remember);
}

// Arrow keys go to the previous or next page, unless the focused element uses them.
const TURNS = { ArrowLeft: "a[rel=prev][data-turn]", ArrowRight: "a[rel=next][data-turn]" };

document.addEventListener("keydown", (event) => {
  if (!(event.key in TURNS) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (!event.target.matches("body, main, a, [data-panel]")) return;
  document.querySelector(TURNS[event.key])?.click();
});
