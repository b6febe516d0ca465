/* The frame: appearance, menus, messages, dialogs, confirmation. Everything works without it. */
(() => {
  "use strict";

  const root = document.documentElement;
  root.classList.add("js");

  /* Appearance: a cookie, so that the server's next page is right from its first paint. */
  const remember = (theme) => {
    const age = theme ? 31536000 : 0;
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `portal_theme=${theme};path=${root.dataset.root || "/"};max-age=${age};samesite=lax${secure}`;
  };

  const setUpAppearance = (choice) => {
    const buttons = [...choice.querySelectorAll("button")];
    const show = () => buttons.forEach((button) => {
      button.setAttribute("aria-pressed", String(button.value === (root.dataset.theme || "")));
    });
    choice.hidden = false;
    choice.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.value) root.dataset.theme = button.value;
      else delete root.dataset.theme;
      remember(button.value);
      show();
    });
    show();
  };

  /* Menus close when one goes elsewhere, and on Escape. */
  const closeMenus = (except) => document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });

  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else if (location.hash === "#menu") {
      location.hash = "#main";
    }
  });

  /* A row of tabs that is wider than the phone starts at the one that is open. */
  document.querySelectorAll(":is(.segmented, .tabs) > [aria-current]").forEach((tab) => {
    const row = tab.parentElement;
    const [at, from] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += at.left - from.left - (from.width - at.width) / 2;
  });

  /* Messages: good news leaves by itself unless one reads it; problems stay. */
  const STAY = 8000;

  const toastArea = () => {
    let area = document.querySelector(".toasts");
    if (!area) {
      area = document.createElement("div");
      area.className = "toasts";
      area.setAttribute("aria-live", "polite");
      document.body.append(area);
    }
    return area;
  };

  const leave = (note) => {
    let timer = setTimeout(() => note.remove(), STAY);
    const hold = () => clearTimeout(timer);
    const go = () => { hold(); timer = setTimeout(() => note.remove(), STAY / 2); };
    note.addEventListener("mouseenter", hold);
    note.addEventListener("focusin", hold);
    note.addEventListener("mouseleave", go);
    note.addEventListener("focusout", go);
  };

  const closeButton = (note) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "note-close";
    button.textContent = "×";
    button.setAttribute("aria-label", root.lang.startsWith("zh") ? "关闭" : "Close");
    button.addEventListener("click", () => note.remove());
    return button;
  };

  const setUpMessages = (scope) => scope.querySelectorAll("[data-messages] > .note-success, [data-messages] > .note-info").forEach((note) => {
    const box = note.parentElement;
    note.append(closeButton(note));
    toastArea().append(note);
    leave(note);
    if (!box.children.length) box.remove();
  });

  /* Dialogs: a link to a page of its own opens the <dialog> named by data-dialog instead. */
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog && dialog.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    const closer = event.target.closest("[data-close]");
    const dialog = closer ? closer.closest("dialog") : event.target.matches("dialog") && event.target;
    if (dialog && dialog.open) {
      event.preventDefault();
      dialog.close();
    }
  });

  /* Tables: one box ticks them all. */
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-check-all]");
    const table = event.target.closest("table");
    if (!table) return;
    const boxes = [...table.querySelectorAll("tbody input[type=checkbox]:not(:disabled)")];
    if (all) boxes.forEach((box) => { box.checked = all.checked; });
    boxes.forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
    const chosen = boxes.filter((box) => box.checked).length;
    const head = table.querySelector("[data-check-all]");
    if (head) {
      head.checked = chosen > 0 && chosen === boxes.length;
      head.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    document.querySelectorAll("[data-chosen]").forEach((place) => { place.textContent = chosen; });
  });

  /* Keyboard: data-key="j" on a link or button; silent while one types. */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    const target = [...document.querySelectorAll("[data-key]")].find((item) => item.dataset.key === event.key);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
  });

  /* Printing is the browser's; without a script its menu does the same. */
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  document.querySelectorAll("[data-theme-choice]").forEach(setUpAppearance);
  setUpMessages(document);
  document.body.addEventListener("htmx:load", (event) => setUpMessages(event.target));
})();
