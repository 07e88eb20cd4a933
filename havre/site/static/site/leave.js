// Quick exit: the page is replaced, so that "back" does not return to it. Without script the link does the rest.
"use strict";
document.addEventListener("click", function (event) {
  var link = event.target.closest && event.target.closest("a[data-leave]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) { return; }
  event.preventDefault();
  document.documentElement.hidden = true;
  try { sessionStorage.clear(); } catch (refused) { /* storage is off: nothing to clear */ }
  location.replace(link.href);
});
// A page kept by the browser for "back" is asked again: it may show what was closed since.
addEventListener("pageshow", function (event) { if (event.persisted) { location.reload(); } });
// After a refusal that HTMX swapped in, the reader is taken to its title.
document.addEventListener("htmx:afterSwap", function (event) {
  var title = event.detail.target.querySelector("[role=alert] [tabindex='-1']") || document.querySelector("#" + event.detail.target.id + " [role=alert] [tabindex='-1']");
  if (title) { title.focus(); }
});
