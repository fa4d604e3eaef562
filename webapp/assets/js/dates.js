// Date fields hold YYYY-MM-DD in every language; the browser's own calendar fills them in.

document.body.addEventListener("htmx:load", (event) => {
  for (const button of event.target.querySelectorAll("[data-pick-date]")) button.hidden = false;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick-date]");
  if (button) openCalendar(button, button.parentElement.querySelector("[data-date]"));
});

/** Opens a calendar at the field's date; a day chosen there is written into the field. */
function openCalendar(button, field) {
  const calendar = document.createElement("input");
  calendar.type = "date";
  calendar.tabIndex = -1;
  calendar.ariaHidden = "true";
  calendar.max = field.dataset.max ?? "";
  calendar.value = field.value;
  // Kept apart from the field's form, whose filters would take its events for their own.
  calendar.addEventListener("input", (event) => event.stopPropagation());
  calendar.addEventListener("change", (event) => {
    event.stopPropagation();
    field.value = calendar.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  button.parentElement.querySelector("input[type=date]")?.remove();
  button.after(calendar);
  calendar.showPicker();
}
