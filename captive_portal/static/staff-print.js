// Shows the button that opens the browser's own print window; without this script its menu does the same.
"use strict";

(() => {
  const button = document.getElementById("print");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
})();
