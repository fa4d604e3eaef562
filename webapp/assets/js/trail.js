// The way back. A breadcrumb leads to a page as it was last seen in this tab, with its filters; and where one came
// from elsewhere (a ranking that named a track, say), a link before the breadcrumb leads there.

const key = (path) => `trail:${path}`;
const cameFrom = (path) => `from:${path}`;
const LAST = "trail-last";
// What answers a form, and an error, is nothing that one could come back to.
const answersForm = document.body.hasAttribute("data-answer");

/** What this tab last saw at a path, or null: its query and its title. */
function seen(path) {
  return JSON.parse(sessionStorage.getItem(key(path)));
}

function remember() {
  if (answersForm) return;
  const title = document.title.replace(/ · Trackpulse$/, "");
  sessionStorage.setItem(key(location.pathname), JSON.stringify({ search: location.search, title }));
}

/** The page that led here, where this tab saw it; browsers are told to name no referrer, so the tab notes it. */
function origin() {
  const from = sessionStorage.getItem(cameFrom(location.pathname));
  const known = from && seen(from);
  return known && { path: from, href: from + known.search, title: known.title };
}

/** Notes the page before this one; a reload, or a way through the history, leaves what was noted. */
function arrive() {
  const last = sessionStorage.getItem(LAST);
  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation.type !== "navigate" || last === location.pathname) return;
  sessionStorage.setItem(cameFrom(location.pathname), last ?? "");
}

function mark(breadcrumb) {
  const links = [...breadcrumb.querySelectorAll("a")];
  for (const link of links) link.search ||= seen(link.pathname)?.search ?? "";
  const from = origin();
  if (!from || links.some((link) => link.pathname === from.path)) return;
  const back = Object.assign(document.createElement("a"), { className: "back", href: from.href, textContent: `Back to ${from.title}` });
  breadcrumb.prepend(back);
}

remember();
arrive();
if (!answersForm) addEventListener("pagehide", () => sessionStorage.setItem(LAST, location.pathname));
for (const breadcrumb of document.querySelectorAll("nav.breadcrumb")) mark(breadcrumb);
for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"]) {
  document.body.addEventListener(name, remember);
}

// Arrow keys turn the pages of what has a page before and after it, unless they have a use where the focus is.
const TURNS = { ArrowLeft: "a[rel=prev][data-turn]", ArrowRight: "a[rel=next][data-turn]" };

document.addEventListener("keydown", (event) => {
  if (!(event.key in TURNS) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (!event.target.matches("body, main, a, [data-panel]")) return;
  document.querySelector(TURNS[event.key])?.click();
});
