// Panels that load, menus that drop down, tiles that choose the platform of a chart, and charts saved as images.

import { savePicture } from "./pictures.js";

// A panel loads while it is at most a screen away, so that nothing in view moves when it gets its height.

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      window.htmx.trigger(target, "near");
    }
  },
  { rootMargin: "100% 0px" },
);

document.body.addEventListener("htmx:load", ({ detail }) => {
  for (const panel of detail.elt.querySelectorAll?.('[hx-trigger^="near"]') ?? []) near.observe(panel);
});

// A menu closes with Escape, and when something outside of it is used.

function closeMenus(but) {
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    if (!menu.contains(but)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
// A press on a label within a menu first focuses the panel around it, which must not close the menu under the press.
document.addEventListener("focusin", (event) => {
  if (!event.target.matches("main, [data-panel]")) closeMenus(event.target);
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.drop[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A tile draws its platform alone: it checks that platform in the form of the panel, which keeps everything else.

const boxes = () => [...document.querySelectorAll("#audience input[name=platforms]")];

function drawPlatform(event) {
  const link = event.target.closest("a[data-draw-platform]");
  const chosen = link && boxes().find((box) => box.value === link.dataset.drawPlatform);
  if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  for (const box of boxes()) box.checked = box === chosen;
  chosen.dispatchEvent(new Event("change", { bubbles: true }));
}

function markTiles() {
  const drawn = boxes().filter((box) => box.checked).map((box) => box.value);
  if (!drawn.length) return;
  for (const link of document.querySelectorAll("a[data-draw-platform]")) {
    const isDrawn = drawn.includes(link.dataset.drawPlatform);
    link.closest(".tile").toggleAttribute("data-drawn", isDrawn);
    if (isDrawn) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

document.addEventListener("click", drawPlatform);
document.body.addEventListener("htmx:load", markTiles);

// Images of charts are made here, since the chart is drawn here; the buttons show where that works.

document.body.addEventListener("htmx:load", () => {
  for (const button of document.querySelectorAll("[data-save-drawing]")) button.hidden = false;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-save-drawing]");
  const figure = button?.closest("[data-panel]").querySelector("figure[data-state=drawn]");
  if (!figure) return;
  savePicture(figure, button.dataset.saveDrawing, figure.querySelector(".drawing-plot").ariaLabel.split(". ")[0]);
  button.closest("details").open = false;
});

// A chart is drawn for the width of the screen: on paper it is as wide as the page.

const PAPER_WIDTH = 640;

addEventListener("beforeprint", () => {
  for (const canvas of document.querySelectorAll(".apexcharts-canvas")) canvas.style.zoom = Math.min(1, PAPER_WIDTH / canvas.clientWidth);
});

addEventListener("afterprint", () => {
  for (const canvas of document.querySelectorAll(".apexcharts-canvas")) canvas.style.zoom = "";
});
