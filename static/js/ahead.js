/* The review page: the next claim is fetched while one reads this one, and shown the moment a decision is sent.
   The answer comes after it: good news joins the page, anything else takes its place. Nothing more is sent before it
   has come. Without this script a form is a form. */
(() => {
  "use strict";

  const SLIP = 400; /* ms: who has not had time to look has not decided */
  const LONG = 60000; /* bytes */
  let ahead = null; /* the next claim's page, read but not shown */
  let waiting = false; /* for the answer to a decision */
  let held = null; /* a decision that was made meanwhile */
  let shownAt = -Infinity;
  let path = location.pathname;

  const main = () => document.getElementById("main");
  const decision = (place) => place.querySelector("form[data-ahead]");
  const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  const pathOf = (url) => new URL(url, location.href).pathname;

  const look = async () => {
    ahead = null;
    const form = decision(document);
    const url = form && form.dataset.ahead;
    if (!url) return;
    try {
      const answer = await fetch(url, { headers: { Purpose: "prefetch" } });
      const page = answer.ok && !answer.redirected ? await read(answer) : null;
      if (!page || decision(document) !== form) return;
      /* Pictures are asked for now; the claim's page finds them at hand. */
      const pictures = [...page.querySelectorAll(".viewer-stage img:not([loading])")].map((picture) => Object.assign(new Image(), { src: picture.src }));
      ahead = { url, page, pictures };
    } catch { /* the answer to the decision brings the page, too */ }
  };

  /* Put a page's main column in the place of this one's. */
  const show = (page, url, { replace = false } = {}) => {
    page.querySelectorAll("head link[rel=stylesheet]").forEach((link) => {
      if (![...document.styleSheets].some((sheet) => sheet.href === link.href)) document.head.append(document.adoptNode(link));
    });
    const fresh = document.adoptNode(page.getElementById("main"));
    document.title = page.title;
    main().replaceWith(fresh);
    history[replace ? "replaceState" : "pushState"](null, "", url);
    path = location.pathname;
    window.scrollTo(0, 0);
    arrive(fresh);
  };

  const arrive = (fresh) => {
    shownAt = performance.now();
    if (window.htmx) window.htmx.process(fresh);
    fresh.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    (fresh.querySelector("[data-error-summary]") || fresh).focus({ preventScroll: true });
  };

  /* Until the answer says what can be taken back, its place is kept: nothing moves when it comes. */
  const keepPlace = (words) => {
    const place = document.createElement("div");
    place.className = "undo undo-waiting";
    const text = document.createElement("span");
    text.textContent = words;
    place.append(text);
    const old = main().querySelector(".undo");
    if (old) old.replaceWith(place);
    else main().querySelector(".split").before(place);
  };

  /* The claim is shown already: what the answer adds are the offer to take back, the message and the way on. */
  const join = (page) => {
    const place = main().querySelector(".undo-waiting");
    const offer = page.querySelector(".undo");
    if (place && offer) place.replaceWith(document.adoptNode(offer));
    else if (place) place.remove();
    const steps = page.querySelector(".head-acts");
    if (steps) main().querySelector(".head-acts").replaceWith(document.adoptNode(steps));
    const form = decision(main());
    form.dataset.ahead = decision(page).dataset.ahead;
    const news = page.querySelector("[data-messages]");
    if (news) {
      main().querySelector(".head").after(document.adoptNode(news));
      main().dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    }
  };

  const isShown = (page, url) => {
    const [mine, theirs] = [decision(main()), decision(page)];
    return pathOf(url) === path && mine && theirs && mine.elements.revision.value === theirs.elements.revision.value;
  };

  /* The portal said no, in the words of its page. */
  class Refused extends Error {}

  const settle = async (answer, from) => {
    const page = await read(answer);
    if (!page.querySelector(".shell-nav #main")) {
      const words = page.querySelector("#main p");
      if (!answer.redirected) throw words ? new Refused(words.textContent.trim()) : new Error(answer.statusText);
      return location.assign(answer.url); /* to sign in again */
    }
    if (answer.redirected && isShown(page, answer.url)) return join(page);
    return show(page, answer.redirected ? answer.url : from, { replace: path !== pathOf(from) || !answer.redirected });
  };

  const send = async (form, button) => {
    if (performance.now() - shownAt < SLIP) return;
    if (waiting) {
      held = { form, button };
      return;
    }
    const body = new URLSearchParams(new FormData(form));
    body.append(button.name, button.value);
    const [left, from, title, words] = [main(), location.href, document.title, form.dataset.sending];
    waiting = true;
    if (ahead) {
      show(ahead.page, ahead.url);
      keepPlace(words);
    } else {
      button.setAttribute("aria-busy", "true");
    }
    ahead = null;
    try {
      /* It survives that somebody goes elsewhere, unless it is longer than browsers allow that. */
      const keepalive = body.toString().length < LONG;
      await settle(await fetch(form.action, { method: "POST", body, keepalive }), from);
    } catch (problem) {
      /* It did not arrive or was refused: the claim is back with everything that was typed. */
      if (main() !== left) main().replaceWith(left);
      history.replaceState(null, "", from);
      path = location.pathname;
      document.title = title;
      button.removeAttribute("aria-busy");
      const note = left.querySelector("[data-unsent]");
      note.dataset.unsent ||= note.lastElementChild.textContent;
      note.lastElementChild.textContent = problem instanceof Refused ? `${note.dataset.refused} ${problem.message}` : note.dataset.unsent;
      note.hidden = false;
      note.focus();
      held = null;
    }
    waiting = false;
    look();
    const next = held;
    held = null;
    if (next && next.form.isConnected) send(next.form, next.button);
  };

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.submitter || !event.target.matches("form[data-ahead]")) return;
    event.preventDefault();
    send(event.target, event.submitter);
  }, true);

  /* Going on without a decision. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[rel=next]");
    if (!link || !ahead || waiting || event.ctrlKey || event.metaKey || event.shiftKey || pathOf(link.href) !== pathOf(ahead.url)) return;
    event.preventDefault();
    show(ahead.page, ahead.url);
    look();
  });

  window.addEventListener("popstate", () => { if (location.pathname !== path) location.reload(); });
  look();
})();
