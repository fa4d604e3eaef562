// The way back. A breadcrumb links to a page as last seen in this tab, with its filters. After a link from
// elsewhere (such as from a ranking to a track), a link before the breadcrumb goes back there.

const key = (path) => `trail:${path}`;
const cameFrom = (path) => `from:${path}`;
const LAST = "trail-last";
// Responses to forms and errors are no pages to return to.
const answersForm = document.body.hasAttribute("data-answer");

/** The query and title last seen at a path in this tab, or null. */
function seen(path) {
  return JSON.parse(sessionStorage.getItem(key(path)));
}

function remember() {
  if (answersForm) return;
  const title = document.title.replace(/ · Trackpulse$/, "");
  sessionStorage.setItem(key(location.pathname), JSON.stringify({ search: location.search, title }));
}

/** The page that linked here, if this tab has seen it; stored because the site sends no referrer. */
function origin() {
  const from = sessionStorage.getItem(cameFrom(location.pathname));
  const known = from && seen(from);
  return known && { path: from, href: from + known.search, title: known.title };
}

/** Stores the previous page; a reload or a move in the history keeps the stored one. */
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

// Arrow keys go to the previous or next page, unless the focused element uses them.
const TURNS = { ArrowLeft: "a[rel=prev][data-turn]", ArrowRight: "a[rel=next][data-turn]" };

document.addEventListener("keydown", (event) => {
  if (!(event.key in TURNS) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (!event.target.matches("body, main, a, [data-panel]")) return;
  document.querySelector(TURNS[event.key])?.click();
});
