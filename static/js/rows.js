/* Repeated rows of a form: added from the template, removed and numbered anew. Without it the buttons ask the server. */
(() => {
  "use strict";

  const number = (area) => {
    const prefix = area.dataset.rows;
    const pattern = new RegExp(`^((?:id_|div_id_)?${prefix})-(?:\\d+|__prefix__)-`);
    const rows = [...area.querySelectorAll("[data-row]")];
    rows.forEach((row, index) => {
      [row, ...row.querySelectorAll("*")].forEach((node) => {
        ["name", "id", "for", "aria-describedby"].forEach((attribute) => {
          const value = node.getAttribute(attribute);
          if (value) node.setAttribute(attribute, value.replace(pattern, `$1-${index}-`));
        });
      });
      const remove = row.querySelector(`[name="${prefix}-remove"]`);
      if (remove) remove.value = String(index);
    });
    document.querySelector(`[name="${prefix}-TOTAL_FORMS"]`).value = String(rows.length);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rows-add], [data-rows] [name$='-remove']");
    if (!button) return;
    const area = button.closest("[data-rows]");
    event.preventDefault();
    if (button.hasAttribute("data-rows-add")) {
      const row = area.querySelector("template").content.firstElementChild.cloneNode(true);
      const last = [...area.querySelectorAll("[data-row]")].pop();
      if (last) last.after(row);
      else area.querySelector("[data-rows-place]").append(row);
      number(area);
      row.querySelector("input, select").focus();
    } else {
      button.closest("[data-row]").remove();
      number(area);
      area.querySelector("[data-rows-add]").focus();
    }
  });
})();
