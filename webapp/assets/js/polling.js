// Panels that follow live data: they ask again while the page is visible, less often while nothing changes.

const FIRST_SECONDS = 2;
const MOST_SECONDS = 30;

let timer = 0;
let pause = FIRST_SECONDS;

function ask() {
  const element = document.querySelector("[data-poll]");
  if (element && !document.hidden) window.htmx.trigger(element, "poll");
}

function askLater() {
  clearTimeout(timer);
  timer = setTimeout(ask, pause * 1000);
}

document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.elt.matches("[data-poll]")) return;
  pause = detail.xhr.status === 200 ? FIRST_SECONDS : Math.min(2 * pause, MOST_SECONDS);
  askLater();
});

// Also when a filter shows another list.
document.body.addEventListener("htmx:load", ({ detail }) => {
  if (detail.elt.matches("[data-poll], :has([data-poll])")) {
    pause = FIRST_SECONDS;
    askLater();
  }
});

// A page that is seen again asks at once; a hidden one never.
document.addEventListener("visibilitychange", () => {
  pause = FIRST_SECONDS;
  ask();
});
