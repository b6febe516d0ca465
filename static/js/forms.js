/* Forms: sent once, errors reached at once, unsaved text guarded, filters applied on change. */
(() => {
  "use strict";

  /* Sent without a network, a form ends on the browser's own page and takes what was written along: it stays.
     In the capture phase, before anybody's listener lets go of the text. */
  const words = document.documentElement.lang.startsWith("zh")
    ? "没有网络，还没有发出。您填写的内容仍在本页，连上网络后请再按一次。"
    : "There is no network, nothing was sent. What you filled in is still here; press again once you are connected.";
  let unsent = null;

  const stayHere = () => {
    if (!unsent) {
      unsent = document.createElement("div");
      unsent.className = "note note-warning unsent";
      unsent.setAttribute("role", "alert");
    }
    document.body.append(unsent);
    unsent.textContent = words;
  };

  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.target.method !== "post") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    stayHere();
  }, true);
  window.addEventListener("online", () => unsent && unsent.remove());

  /* A page that follows a form which left a copy of its text on this device: the server has it, the copy goes. A page
     without the frame is the sign-in or an error: nothing was taken, the copy stays. */
  const letGo = () => {
    const [way] = performance.getEntriesByType("navigation");
    if (!way || way.type !== "navigate" || !document.referrer || document.querySelector("main.solo")) return;
    try {
      const [drawer, from] = JSON.parse(sessionStorage.getItem("portal-sent")) || [];
      if (!drawer || document.referrer !== from) return;
      localStorage.removeItem(drawer);
      sessionStorage.removeItem("portal-sent");
    } catch { /* no storage here: then there is no copy either */ }
  };
  letGo();

  /* A form is sent once: the second press finds its button asleep. Coming back (bfcache) wakes it. */
  const asleep = new Set();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-many")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    asleep.add(form);
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    /* An answer that is a download or a fragment leaves the page standing. */
    setTimeout(() => wake(form), 15000);
  });

  const wake = (form) => {
    delete form.dataset.sent;
    asleep.delete(form);
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };

  window.addEventListener("pageshow", () => asleep.forEach(wake));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (form) wake(form);
  });

  /* data-confirm asks; forms that need words use a dialog or a page. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-confirm]");
    if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
  });

  /* Unsaved text: <form data-guard>. */
  const changed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) changed.add(form);
  });
  document.addEventListener("submit", (event) => changed.delete(event.target));
  document.addEventListener("portal:saved", (event) => changed.delete(event.target.closest("form")));
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) {
      event.preventDefault();
      event.returnValue = "";
    }
  });

  /* Filters: <form data-apply> sends itself when a choice changes; its button stays for those without scripts. */
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-apply]");
    if (form && event.target.matches("select, [type=checkbox], [type=radio], [type=date]")) form.requestSubmit();
  });
  /* Empty fields do not belong into an address. */
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "get") return;
    event.target.querySelectorAll("input[name], select[name]").forEach((field) => {
      if (!field.value) field.disabled = true;
    });
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[method=get] :disabled[name]").forEach((field) => {
    if (!field.value) field.disabled = false;
  }));

  /* Reading order after a refused form: the summary first. */
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  /* Parts that depend on a choice: <div data-shown-when="field" data-shown-value="a b">. */
  const depend = () => document.querySelectorAll("[data-shown-when]").forEach((part) => {
    const field = document.querySelector(`[name="${CSS.escape(part.dataset.shownWhen)}"]:checked, select[name="${CSS.escape(part.dataset.shownWhen)}"]`);
    part.hidden = !field || !part.dataset.shownValue.split(" ").includes(field.value);
  });
  if (document.querySelector("[data-shown-when]")) {
    document.addEventListener("change", depend);
    document.addEventListener("htmx:load", depend);
    depend();
  }
})();
