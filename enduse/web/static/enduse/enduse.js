"use strict";
// The page works without this: it only brings a person to what needs reading first.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("main [role=alert]")?.focus();
});
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
