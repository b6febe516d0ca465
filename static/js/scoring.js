/* The expert's page: Ctrl+Enter sends the score, Escape leaves a field, a score outside the range says so at once. */
(() => {
  "use strict";

  const form = document.querySelector("[data-scoring]");
  if (!form) return;
  const field = form.querySelector(".score-field");
  const score = field.querySelector("input");
  const outside = form.querySelector("[data-outside]");

  const compare = () => {
    const typed = Number(score.value.trim());
    const known = score.value.trim() !== "" && field.dataset.low && !Number.isNaN(typed);
    outside.hidden = !known || (typed >= Number(field.dataset.low) && typed <= Number(field.dataset.high));
  };

  score.addEventListener("input", compare);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.querySelector("button.btn-primary").click();
    } else if (event.key === "Escape") {
      event.target.blur();
    }
  });
  compare();
})();
