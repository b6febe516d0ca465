/* Choosing from the achievement library inside the claim form: what one types is looked up, what one takes fills the form. */
(() => {
  "use strict";

  const clear = (part) => {
    part.querySelector("input[type=search]").value = "";
    part.querySelector("[data-library-results]").replaceChildren();
  };

  /* The search needs a script; without one the button beside it leads to a page of its own. */
  const wire = (root) => root.querySelectorAll("[data-library-search]").forEach((part) => {
    if (part.dataset.wired) return;
    part.dataset.wired = "1";
    part.hidden = false;
    const field = part.querySelector("input[type=search]");
    /* Looking something up changes nothing of the claim. */
    ["input", "change"].forEach((name) => field.addEventListener(name, (event) => event.stopPropagation()));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
      if (event.key === "Escape" && field.value) {
        event.preventDefault();
        clear(part);
      }
    });
  });

  let taken = false;

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    const picker = button && button.closest("[data-library]");
    if (!picker) return;
    event.preventDefault();
    const key = picker.querySelector("[data-library-key]");
    const same = key.value === button.dataset.take;
    clear(picker);
    if (same) {
      picker.querySelector("[data-library-chosen]")?.focus();
      return;
    }
    key.value = button.dataset.take;
    taken = true;
    ["input", "change"].forEach((name) => key.dispatchEvent(new Event(name, { bubbles: true })));
  });

  /* The fields are drawn anew with what was taken: the reader's place is the entry. */
  document.addEventListener("htmx:load", (event) => {
    wire(event.target.parentNode || document);
    if (!taken) return;
    const chosen = document.querySelector("[data-library] [data-library-chosen]");
    if (!chosen) return;
    taken = false;
    chosen.focus();
  });

  wire(document);
})();
