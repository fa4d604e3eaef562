// The search box: a combobox with options from htmx. The focus stays in the box; arrows mark an option, Enter
// opens it, and without a mark sends the form. Esc closes the options first, then leaves the box.

const box = document.getElementById("site-search");
const found = document.getElementById("search-found");

const options = () => [...found.querySelectorAll("[role=option]")];
const marked = () => found.querySelector("[role=option][aria-selected=true]");

function mark(option) {
  marked()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) box.setAttribute("aria-activedescendant", option.id);
  else box.removeAttribute("aria-activedescendant");
}

function show(open) {
  found.hidden = !open;
  box.setAttribute("aria-expanded", String(open && options().length > 0));
  if (!open) mark(null);
}

/** Marks the option `step` further; beyond either end no option is marked. */
function move(step) {
  const all = options();
  if (found.hidden) show(all.length > 0);
  const ring = [null, ...all];
  mark(ring.at((ring.indexOf(marked()) + step + ring.length) % ring.length));
}

function onKey(event) {
  if (event.key === "ArrowDown") move(1);
  else if (event.key === "ArrowUp") move(-1);
  else if (event.key === "Enter" && marked()) marked().click();
  else if (event.key === "Escape" && !found.hidden) {
    show(false);
    event.stopPropagation();
  } else return;
  event.preventDefault();
}

/** An option of exactly the typed name is marked at once, so that Enter opens it. */
function onOptions() {
  mark(null);
  show(box.value.trim() !== "" && document.activeElement === box);
  if (!found.hidden) mark(found.querySelector("[data-exact]"));
}

if (box) {
  box.addEventListener("keydown", onKey);
  // The options are those of the former words until the next ones come.
  box.addEventListener("input", () => mark(null));
  box.addEventListener("focus", () => show(box.value.trim() !== "" && options().length > 0));
  box.form.addEventListener("focusout", (event) => {
    if (!box.form.contains(event.relatedTarget)) show(false);
  });
  found.addEventListener("htmx:afterSwap", onOptions);
}
