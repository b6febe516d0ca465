/* Printing a list. The review page: reasons are asked for before a form is sent, phrases are inserted, the chosen verb waits for Ctrl+Enter. */
(() => {
  "use strict";

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  const setUp = (form) => {
    if (form.dataset.ready) return;
    form.dataset.ready = "1";
    const words = form.querySelector("textarea[name=reason]");
    const asks = form.querySelector("[data-needs-reason]");
    let chosen = form.querySelector("button[value=approve], button[value=confirm]");

    /* What was pointed at: counted on the fold, and reason enough for a return. */
    const flags = form.querySelector("[data-flags]");
    const flagged = () => (flags ? [...flags.querySelectorAll("li > details")].filter((each) => each.classList.contains("is-flagged")).length : 0);
    if (flags) {
      const badge = flags.querySelector("[data-flag-count]");
      const tally = () => {
        flags.querySelectorAll("li > details").forEach((each) => {
          each.classList.toggle("is-flagged", [...each.querySelectorAll("select, input")].some((input) => input.value.trim()));
        });
        const many = flagged();
        badge.hidden = !many;
        badge.textContent = many;
      };
      flags.addEventListener("input", () => { tally(); if (flagged()) asks.hidden = true; });
      /* Opened by key or mouse, the cursor goes on: to the first place, then to its reason. */
      flags.addEventListener("click", (event) => {
        const summary = event.target.closest("summary");
        if (!summary) return;
        requestAnimationFrame(() => {
          if (!summary.parentElement.open) return;
          flags.querySelectorAll("li > details[open]:not(.is-flagged)").forEach((each) => { each.open = each === summary.parentElement; });
          (summary.parentElement === flags ? flags.querySelector("li summary") : summary.parentElement.querySelector("select")).focus();
        });
      });
      tally();
    }

    const choose = (button) => {
      chosen = button;
      form.querySelectorAll("button[name=verb]").forEach((each) => each.classList.toggle("is-chosen", each === button));
    };

    /* A return or a refusal without a word: the cursor goes where the word belongs. */
    form.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-reason]");
      if (!button || words.value.trim() || (button.value === "return" && flagged())) return;
      event.preventDefault();
      choose(button);
      asks.hidden = false;
      words.focus();
    });

    words.addEventListener("input", () => { if (words.value.trim()) asks.hidden = true; });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        chosen.click();
      } else if (event.key === "Escape") {
        event.target.blur();
      }
    });

    const phrases = form.querySelector("[data-phrases]");
    if (phrases) {
      phrases.hidden = false;
      phrases.addEventListener("click", (event) => {
        const button = event.target.closest("[data-phrase]");
        if (!button) return;
        const text = words.value.trimEnd();
        words.value = text ? `${text}\n${button.dataset.phrase}` : button.dataset.phrase;
        asks.hidden = true;
        words.focus();
      });
    }

    /* A number that is not the one on the table needs its reason. */
    const field = form.querySelector("[data-proposed]");
    if (field) {
      const points = field.querySelector("input");
      const hint = form.querySelector("[data-differs]");
      const compare = () => {
        const typed = points.value.trim();
        hint.hidden = typed === "" || Number(typed) === Number(field.dataset.proposed);
      };
      points.addEventListener("input", compare);
      points.addEventListener("focus", () => points.select());
      /* Before it is sent, not after: the cursor goes where the reason belongs. */
      form.addEventListener("click", (event) => {
        const button = event.target.closest("button[value=approve]");
        if (!button || hint.hidden || words.value.trim()) return;
        event.preventDefault();
        choose(button);
        words.focus();
      });
      compare();
    }
  };

  const find = (scope) => scope.querySelectorAll("[data-decision]").forEach(setUp);
  find(document);
  document.addEventListener("htmx:load", (event) => find(event.target));
})();
