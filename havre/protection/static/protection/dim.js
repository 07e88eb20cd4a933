// The screen as dark as it can be while somebody listens; gone with the page. Without script the telephone's own brightness does it.
"use strict";
const dim = document.querySelector("[data-dim]");
dim.hidden = false;
dim.addEventListener("click", () => {
  const on = document.documentElement.classList.toggle("dimmed");
  dim.setAttribute("aria-pressed", String(on));
});
