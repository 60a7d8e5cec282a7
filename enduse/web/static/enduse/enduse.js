"use strict";
// The page works without this: it only brings a person to what needs reading first.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("main [role=alert]")?.focus();
});
// A table wider than a small screen is read row by row there, each cell beside its column's name; it keeps its meaning for a screen reader.
const narrow = window.matchMedia("(max-width: 40rem)");
const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
function byRow(table) {
  const box = table.closest(".table-box");
  if (!box || !table.tHead || table.querySelector("[colspan], [rowspan]")) return;
  table.classList.remove("by-row");
  if (!narrow.matches || box.scrollWidth <= box.clientWidth + 1) return;
  const columns = [...table.tHead.rows[0].cells].map((cell) => cell.querySelector(".sort")?.firstChild.data ?? cell.firstChild?.textContent ?? "");
  for (const part of [table, ...table.querySelectorAll("*")]) {
    if (part.closest("table") === table && part.tagName in ROLES) part.setAttribute("role", ROLES[part.tagName]);
  }
  for (const cell of table.querySelectorAll("tbody td, tbody th")) {
    cell.toggleAttribute("data-empty", !cell.textContent.trim() && !cell.querySelector("input, select, button, svg"));
    if (cell.tagName === "TD" && columns[cell.cellIndex]?.trim()) cell.dataset.column = columns[cell.cellIndex].trim();
    if (cell.tagName === "TH") cell.setAttribute("role", "rowheader");
  }
  for (const cell of table.tHead.rows[0].cells) cell.setAttribute("role", "columnheader");
  table.classList.add("by-row");
}
const allByRow = () => document.querySelectorAll("main table").forEach(byRow);
document.addEventListener("DOMContentLoaded", allByRow);
document.addEventListener("htmx:afterSettle", allByRow);
narrow.addEventListener("change", allByRow);
// A server's refusal of an htmx request is a page to read, so it is shown like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([403, 409, 413, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
// A field of many parties grows by a line when its last one is written in.
document.addEventListener("input", (event) => {
  const line = event.target;
  if (!(line instanceof HTMLInputElement) || !("more" in line.dataset) || line.nextElementSibling || !line.value) return;
  const next = line.cloneNode();
  next.value = "";
  next.id = `${line.id}_next`;
  line.after(next);
  window.htmx?.process(next);
});
// A second press of a button that was pressed sends nothing twice. Whoever comes back to the page may send again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if ("sent" in form.dataset) return event.preventDefault();
  form.dataset.sent = "";
  setTimeout(() => delete form.dataset.sent, 3000);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
