// Selected rows of a page, for the actions of their form.

let last = null;

function boxesOf(form) {
  return [...form.elements].filter((element) => element.matches(".tick:not([data-all])"));
}

function showCount(form) {
  const boxes = boxesOf(form);
  const count = boxes.filter(({ checked }) => checked).length;
  const all = form.querySelector("[data-all]");
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
  form.classList.toggle("filled", count > 0);
  form.querySelector(".bulk-count").textContent = count ? `${count} selected` : "None selected";
  for (const button of form.querySelectorAll("button")) button.disabled = count === 0;
}

/** Sets all checkboxes between the last clicked one and this one to the state of this one. */
function fillBetween(form, box) {
  const boxes = boxesOf(form);
  const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
  if (from >= 0) for (const between of boxes.slice(from, to)) between.checked = box.checked;
}

function showCounts() {
  for (const form of document.querySelectorAll("[data-bulk]")) showCount(form);
}

document.addEventListener("click", ({ target, shiftKey }) => {
  const form = target.closest(".tick")?.form;
  if (!form?.matches("[data-bulk]")) return;
  if (target.matches("[data-all]")) for (const box of boxesOf(form)) box.checked = target.checked;
  else if (shiftKey) fillBetween(form, target);
  last = target;
  showCount(form);
});
// Polling rows are not replaced while some are selected.
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { elt } = detail.requestConfig;
  if (elt.matches("[data-updates]") && elt.querySelector(".tick:checked")) detail.shouldSwap = false;
});
document.body.addEventListener("htmx:afterSettle", showCounts);
// A browser that returns to a page restores its old checkboxes.
window.addEventListener("pageshow", showCounts);
