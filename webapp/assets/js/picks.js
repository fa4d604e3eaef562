// Selected tracks and artists: kept for this tab, shown in the trays at the bottom of pages.

const CHIPS = 6;
const trays = [...document.querySelectorAll(".tray")];

/** `picks` are {uuid, title, artists} in the order of selection; `platform` is the last one chosen in a list. */
function load(tray) {
  return JSON.parse(sessionStorage.getItem(tray.id)) ?? { picks: [], platform: "" };
}

function save(tray, kept) {
  sessionStorage.setItem(tray.id, JSON.stringify(kept));
}

/** The comparison on this page, as picks. */
function compared(tray) {
  const chips = document.querySelectorAll(`[data-compared][data-of="${tray.dataset.kind}"]`);
  return [...chips].map(({ dataset: { compared: uuid, title, artists } }) => ({ uuid, title, artists }));
}

/** The shortest name that no other pick has. */
function nameOf(pick, picks) {
  const names = [({ title }) => title, ({ title, artists }) => `${title} (${artists})`];
  const own = names.find((name) => picks.filter((other) => name(other) === name(pick)).length === 1);
  return own ? own(pick) : `${pick.title} (${pick.uuid.slice(0, 8)})`;
}

function chip(tray, pick, picks) {
  const item = document.getElementById("tray-chip").content.firstElementChild.cloneNode(true);
  const [link, button] = item.children;
  link.firstElementChild.textContent = nameOf(pick, picks);
  link.href = `/${tray.dataset.kind}/${pick.uuid}/`;
  button.dataset.unpick = pick.uuid;
  button.setAttribute("aria-label", `Remove ${link.textContent}`);
  return item;
}

/** The number of picks, and what a comparison needs. */
function counted({ dataset: { fewest, most } }, count) {
  if (count > most) return `${count} selected; compare at most ${most}`;
  return `${count} selected${count < fewest ? `; ${fewest - count} more to compare` : ""}`;
}

function rest(count) {
  const item = document.createElement("li");
  item.className = "tray-rest";
  item.textContent = `+${count} more`;
  return item;
}

/** The checkboxes that a "select all" checkbox controls: those of its tray in its panel, or on the page. */
function boxesBy(all) {
  const boxes = (all.closest("[data-panel]") ?? document).querySelectorAll(".pick");
  return [...boxes].filter(({ form }) => form === all.form);
}

function showAll(all) {
  const boxes = boxesBy(all);
  const count = boxes.filter(({ checked }) => checked).length;
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
}

/** Sets the checkboxes to the picks. A tray is hidden on the page of the same comparison. */
function showBoxes(tray, { picks }) {
  for (const box of document.querySelectorAll(".pick"))
    if (box.form === tray) box.checked = picks.some(({ uuid }) => uuid === box.value);
  for (const all of document.querySelectorAll("[data-pick-all]")) showAll(all);
  const isShown = String(picks.map(({ uuid }) => uuid)) === String(compared(tray).map(({ uuid }) => uuid));
  tray.classList.toggle("filled", picks.length > 0 && !isShown);
  tray.classList.toggle("listed", document.querySelector(`main .pick[name="${tray.dataset.kind}"]`) !== null);
}

function showTray(tray, { picks }) {
  const chips = picks.slice(0, CHIPS).map((pick) => chip(tray, pick, picks));
  if (picks.length > CHIPS) chips.push(rest(picks.length - CHIPS));
  tray.querySelector("ul").replaceChildren(...chips);
  tray.querySelector(".tray-count").textContent = counted(tray, picks.length);
  const { fewest, most } = tray.dataset;
  const disabled = picks.length < fewest || picks.length > most;
  for (const button of tray.querySelectorAll("[data-compare]")) button.disabled = disabled;
}

/** Shows a text in the tray and announces it to screen readers. */
function announce(tray, words) {
  tray.querySelector(".tray-count").textContent = words;
  document.getElementById("tray-status").textContent = words;
}

function keep(tray, picks) {
  const kept = { ...load(tray), picks };
  save(tray, kept);
  showBoxes(tray, kept);
  showTray(tray, kept);
  announce(tray, counted(tray, picks.length));
}

function unpick(tray, uuid) {
  keep(
    tray,
    load(tray).picks.filter((pick) => pick.uuid !== uuid),
  );
}

function holds(tray, wanted) {
  return load(tray).picks.some(({ uuid }) => uuid === wanted);
}

/** Selects what these checkboxes stand for, up to the limit. */
function pick(tray, boxes) {
  const { picks } = load(tray);
  const most = Number(tray.dataset.mostPicked);
  const added = boxes
    .filter(({ value }) => !holds(tray, value))
    .map(({ value, dataset: { title, artists } }) => ({ uuid: value, title, artists }));
  keep(tray, [...picks, ...added].slice(0, most));
  if (picks.length + added.length > most) announce(tray, `At most ${most}; remove one to select another`);
}

function onBox(box) {
  if (box.checked) pick(box.form, [box]);
  else unpick(box.form, box.value);
}

function onAll(all) {
  if (all.checked) return pick(all.form, boxesBy(all));
  const left = new Set(boxesBy(all).map(({ value }) => value));
  keep(
    all.form,
    load(all.form).picks.filter(({ uuid }) => !left.has(uuid)),
  );
}

/** Enter compares; if that is disabled, the browser would press the next button of the tray. */
function onEnter(event) {
  const tray = event.target.form;
  if (!tray.querySelector("[data-compare]").disabled) return;
  event.preventDefault();
  announce(tray, counted(tray, load(tray).picks.length));
}

/** Removes a chip; the focus moves to the next one, or to the page if none is left. */
function onChip(tray, button) {
  const place = [...tray.querySelectorAll("[data-unpick]")].indexOf(button);
  unpick(tray, button.dataset.unpick);
  const left = tray.querySelectorAll("[data-unpick]");
  (left[Math.min(place, left.length - 1)] ?? document.getElementById("main")).focus({ preventScroll: true });
}

/** Copies the action of a list on this page, such as Remove, into its tray. */
function showAction(tray) {
  const [slot, action] = [tray.querySelector("[data-tray-slot]"), document.querySelector(`[data-tray="${tray.id}"]`)];
  if (slot.innerHTML !== (action?.innerHTML ?? "")) slot.innerHTML = action?.innerHTML ?? "";
}

/** Handles new checkboxes and perhaps another platform. The chips do not change, because one may have the focus. */
function onFragment() {
  for (const tray of trays) {
    const kept = load(tray);
    kept.platform = tray.elements.namedItem("platform")?.value ?? kept.platform;
    save(tray, kept);
    showBoxes(tray, kept);
    showAction(tray);
  }
}

function onPage() {
  onFragment();
  for (const tray of trays) showTray(tray, load(tray));
}

/** Clears the picks once the browser has read the form. */
function onSubmit({ target, submitter }) {
  if (!submitter?.closest("[data-clears-picks]")) return;
  const done = trays.includes(target) ? [target] : trays;
  setTimeout(() => {
    for (const tray of done) keep(tray, []);
  });
}

function listen(tray) {
  tray.addEventListener("reset", () => {
    keep(tray, []);
    document.getElementById("main").focus({ preventScroll: true });
  });
  // The picks of all pages are sent, not only those of this page.
  tray.addEventListener("formdata", ({ formData }) => {
    const { picks, platform } = load(tray);
    formData.delete(tray.dataset.kind);
    for (const { uuid } of picks) formData.append(tray.dataset.kind, uuid);
    if (platform) formData.set("platform", platform);
  });
}

function start() {
  const all = document.querySelector(".trays");
  document.addEventListener("change", ({ target }) => {
    if (target.matches(".pick")) onBox(target);
    if (target.matches("[data-pick-all]")) onAll(target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".pick")) onEnter(event);
  });
  document.addEventListener("click", ({ target }) => {
    const removed = target.closest("[data-unpick]");
    if (all.contains(removed)) onChip(removed.closest(".tray"), removed);
    else if (removed) for (const tray of trays) if (holds(tray, removed.dataset.unpick)) unpick(tray, removed.dataset.unpick);
    if (target.closest("[data-pick-compared]"))
      for (const tray of trays) if (compared(tray).length) keep(tray, compared(tray));
  });
  document.addEventListener("submit", onSubmit);
  for (const tray of trays) listen(tray);
  document.body.addEventListener("htmx:afterSettle", onFragment);
  // A browser that returns to a page restores its old checkboxes.
  window.addEventListener("pageshow", onPage);
  new ResizeObserver(() => document.documentElement.style.setProperty("--tray", `${all.offsetHeight}px`)).observe(all);
  onPage();
}

// The sign-in page has no trays.
if (trays.length) start();
