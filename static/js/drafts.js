/* The text of a draft: a problem leads to its line, and the line of the caret is told. */
(() => {
  "use strict";
  const text = document.getElementById("id_source");
  if (!text || text.tagName !== "TEXTAREA") return;

  const begin = (line) => {
    let at = 0;
    for (let n = 1; n < line; n += 1) {
      const next = text.value.indexOf("\n", at);
      if (next < 0) break;
      at = next + 1;
    }
    return at;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    const start = begin(Number(link.dataset.line));
    const end = text.value.indexOf("\n", start);
    text.focus();
    text.setSelectionRange(start, end < 0 ? text.value.length : end);
    const height = text.scrollHeight / (text.value.split("\n").length + 1);
    text.scrollTop = Math.max(0, (Number(link.dataset.line) - 6) * height);
    text.scrollIntoView({ block: "nearest" });
  });

  const caret = document.querySelector("[data-caret]");
  const tell = () => {
    caret.hidden = false;
    caret.textContent = `L ${text.value.slice(0, text.selectionStart).split("\n").length}`;
  };
  if (caret) ["keyup", "click", "select"].forEach((name) => text.addEventListener(name, tell));
})();
