// Marked tracks: kept for this tab, shown in the tray at the bottom of every page.

const KEY = "picks";
const CHIPS = 6;
const tray = document.getElementById("compare-picks");

/** `marks` are {uuid, title, artists} in the order of marking; `platform` is the last one chosen in a list. */
function load() {
  return JSON.parse(sessionStorage.getItem(KEY)) ?? { marks: [], platform: "" };
}

function save(kept) {
  sessionStorage.setItem(KEY, JSON.stringify(kept));
}

/** The comparison on this page, as marks. */
function compared() {
  const chips = document.querySelectorAll("[data-compared]");
  return [...chips].map(({ dataset: { compared: uuid, title, artists } }) => ({ uuid, title, artists }));
}

/** The shortest name that no other mark has. */
function nameOf(mark, marks) {
  const names = [({ title }) => title, ({ title, artists }) => `${title} (${artists})`];
  const own = names.find((name) => marks.filter((other) => name(other) === name(mark)).length === 1);
  return own ? own(mark) : `${mark.title} (${mark.uuid.slice(0, 8)})`;
}

function chip(mark, marks) {
  const item = document.getElementById("tray-chip").content.firstElementChild.cloneNode(true);
  const [link, button] = item.children;
  link.firstElementChild.textContent = nameOf(mark, marks);
  link.href = `/tracks/${mark.uuid}/`;
  button.dataset.unmark = mark.uuid;
  button.setAttribute("aria-label", `Remove ${link.textContent}`);
  return item;
}

/** The number of marks, and what a comparison needs. */
function counted(count) {
  const { fewest, most } = tray.dataset;
  if (count > most) return `${count} marked; compare at most ${most}`;
  return `${count} of ${most} marked${count < fewest ? `, ${fewest - count} more to compare` : ""}`;
}

function rest(count) {
  const item = document.createElement("li");
  item.className = "tray-rest";
  item.textContent = `+${count} more`;
  return item;
}

/** The checkboxes that a "mark all" checkbox controls: those of its panel, or of the page. */
function boxesBy(all) {
  return [...(all.closest("[data-panel]") ?? document).querySelectorAll(".pick")];
}

function showAll(all) {
  const boxes = boxesBy(all);
  const count = boxes.filter(({ checked }) => checked).length;
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
}

/** Sets the checkboxes to the marks. The tray is hidden on the page of the same comparison. */
function showBoxes({ marks }) {
  for (const box of document.querySelectorAll(".pick")) box.checked = marks.some(({ uuid }) => uuid === box.value);
  for (const all of document.querySelectorAll("[data-mark-all]")) showAll(all);
  const isShown = String(marks.map(({ uuid }) => uuid)) === String(compared().map(({ uuid }) => uuid));
  tray.classList.toggle("filled", marks.length > 0 && !isShown);
}

function showTray({ marks }) {
  const chips = marks.slice(0, CHIPS).map((mark) => chip(mark, marks));
  if (marks.length > CHIPS) chips.push(rest(marks.length - CHIPS));
  tray.querySelector("ul").replaceChildren(...chips);
  tray.querySelector(".tray-count").textContent = counted(marks.length);
  const { fewest, most } = tray.dataset;
  const disabled = marks.length < fewest || marks.length > most;
  for (const button of tray.querySelectorAll("[data-compare]")) button.disabled = disabled;
}

/** Shows a text in the tray and announces it to screen readers. */
function announce(words) {
  tray.querySelector(".tray-count").textContent = words;
  document.getElementById("tray-status").textContent = words;
}

function keep(marks) {
  const kept = { ...load(), marks };
  save(kept);
  showBoxes(kept);
  showTray(kept);
  announce(counted(marks.length));
}

function unmark(uuid) {
  keep(load().marks.filter((mark) => mark.uuid !== uuid));
}

/** Marks the tracks of these checkboxes, up to the limit. */
function mark(boxes) {
  const { marks } = load();
  const most = Number(tray.dataset.mostMarked);
  const added = boxes
    .filter(({ value }) => !marks.some(({ uuid }) => uuid === value))
    .map(({ value, dataset: { title, artists } }) => ({ uuid: value, title, artists }));
  keep([...marks, ...added].slice(0, most));
  if (marks.length + added.length > most) announce(`${most} tracks at most; remove one to mark another`);
}

function onBox(box) {
  if (box.checked) mark([box]);
  else unmark(box.value);
}

function onAll(all) {
  if (all.checked) return mark(boxesBy(all));
  const left = new Set(boxesBy(all).map(({ value }) => value));
  keep(load().marks.filter(({ uuid }) => !left.has(uuid)));
}

/** Enter compares; if that is disabled, the browser would press the next button of the tray. */
function onEnter(event) {
  if (!tray.querySelector("[data-compare]").disabled) return;
  event.preventDefault();
  announce(counted(load().marks.length));
}

/** Removes a chip; the focus moves to the next one, or to the page if none is left. */
function onChip(button) {
  const place = [...tray.querySelectorAll("[data-unmark]")].indexOf(button);
  unmark(button.dataset.unmark);
  const left = tray.querySelectorAll("[data-unmark]");
  (left[Math.min(place, left.length - 1)] ?? document.getElementById("main")).focus({ preventScroll: true });
}

/** Handles new checkboxes and perhaps another platform. The tray does not change, because it may have the focus. */
function onFragment() {
  const kept = load();
  kept.platform = tray.elements.namedItem("platform")?.value ?? kept.platform;
  save(kept);
  showBoxes(kept);
}

function onPage() {
  onFragment();
  showTray(load());
}

function start() {
  document.addEventListener("change", ({ target }) => {
    if (target.matches(".pick")) onBox(target);
    if (target.matches("[data-mark-all]")) onAll(target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".pick")) onEnter(event);
  });
  document.addEventListener("click", ({ target }) => {
    const removed = target.closest("[data-unmark]");
    if (tray.contains(removed)) onChip(removed);
    else if (removed) unmark(removed.dataset.unmark);
    if (target.closest("[data-mark-compared]")) keep(compared());
  });
  tray.addEventListener("reset", () => {
    keep([]);
    document.getElementById("main").focus({ preventScroll: true });
  });
  // The marks of all pages are sent, not only those of this page.
  tray.addEventListener("formdata", ({ formData }) => {
    const { marks, platform } = load();
    formData.delete("tracks");
    for (const { uuid } of marks) formData.append("tracks", uuid);
    if (platform) formData.set("platform", platform);
  });
  document.body.addEventListener("htmx:afterSettle", onFragment);
  // A browser that returns to a page restores its old checkboxes.
  window.addEventListener("pageshow", onPage);
  new ResizeObserver(() => document.documentElement.style.setProperty("--tray", `${tray.offsetHeight}px`)).observe(tray);
  onPage();
}

// The sign-in page has no tray.
if (tray) start();
