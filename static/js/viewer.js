/* The evidence viewer: zoom and quarter turns of pictures and of a PDF's pages, which page one sees, search in its text. */
(() => {
  "use strict";

  const chinese = document.documentElement.lang.startsWith("zh");
  const say = chinese
    ? { none: "没有找到", hits: (now, all, pages) => `${now} / ${all} 处，${pages} 页` }
    : { none: "Nothing found", hits: (now, all, pages) => `${now} of ${all}, ${pages} page${pages === 1 ? "" : "s"}` };
  const SCALES = [1, 1.5, 2, 3, 4];
  const CLICKED = 2; /* the step that a click on the picture goes to, and back */
  const MOST_HITS = 500;

  /* A picture's link opens it alone; here it is laid out anew with each step of zoom and each quarter turn. */
  const lay = (stage, picture) => {
    const [step, turn] = [Number(stage.dataset.step || 0), Number(stage.dataset.turned || 0)];
    const [wide, high] = [Number(picture.getAttribute("width")) || picture.naturalWidth, Number(picture.getAttribute("height")) || picture.naturalHeight];
    picture.removeAttribute("style");
    picture.dataset.turned = String(turn);
    if (!wide || (!step && turn % 2 === 0)) return;
    const room = turn % 2 ? [high, wide] : [wide, high];
    const page = picture.closest("figure");
    /* Pages stand beneath each other: only the width is theirs to fit. */
    const fit = page ? page.clientWidth / room[0] : Math.min(stage.clientWidth / room[0], stage.clientHeight / room[1], 1);
    const scale = fit * SCALES[step];
    Object.assign(picture.style, { width: `${wide * scale}px`, height: `${high * scale}px`, maxWidth: "none", maxHeight: "none" });
    /* What is turned on its side takes the room that one sees. */
    if (turn % 2) picture.style.margin = `${((wide - high) * scale) / 2}px ${((high - wide) * scale) / 2}px`;
  };

  const layAll = (stage) => {
    stage.classList.toggle("is-zoomed", Number(stage.dataset.step || 0) > 0);
    stage.querySelectorAll("img").forEach((picture) => lay(stage, picture));
  };

  const zoom = (stage, step, event) => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    const [x, y] = event && event.clientX ? [event.clientX - left, event.clientY - top] : [width / 2, height / 2];
    const [across, down] = [(stage.scrollLeft + x) / stage.scrollWidth, (stage.scrollTop + y) / stage.scrollHeight];
    stage.dataset.step = String(Math.min(Math.max(step, 0), SCALES.length - 1));
    layAll(stage);
    stage.scrollTo(across * stage.scrollWidth - x, down * stage.scrollHeight - y);
  };

  document.addEventListener("click", (event) => {
    const stage = event.target.closest("[data-zoom]");
    if (!stage || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (stage.matches("[data-pages]") && !event.target.closest(".page-sheet")) return;
    event.preventDefault();
    zoom(stage, Number(stage.dataset.step || 0) ? 0 : CLICKED, event);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-turn], [data-zoom-by]");
    const stage = button && button.closest(".viewer").querySelector("[data-zoom]");
    if (!stage) return;
    if (button.hasAttribute("data-turn")) {
      const seen = stage.matches("[data-pages]") ? pageSeen(stage) : null;
      stage.dataset.turned = String((Number(stage.dataset.turned || 0) + 1) % 4);
      layAll(stage);
      if (seen) goTo(stage, seen);
    } else {
      zoom(stage, Number(stage.dataset.step || 0) + Number(button.dataset.zoomBy));
    }
  });

  /* Which page one sees: the last one that begins above the middle. */
  const pagesOf = (stage) => [...stage.querySelectorAll("figure")];
  const topOf = (stage, page) => page.getBoundingClientRect().top - stage.getBoundingClientRect().top;
  const pageSeen = (stage) => pagesOf(stage).filter((page) => topOf(stage, page) <= stage.clientHeight / 2).pop() || pagesOf(stage)[0];
  const goTo = (stage, page) => stage.scrollBy(0, topOf(stage, page) - 8);

  const setUpPages = (stage) => {
    if (stage.dataset.ready) return;
    stage.dataset.ready = "1";
    const viewer = stage.closest(".viewer");
    const now = viewer.querySelector("[data-page-now]");
    const total = now && now.textContent.split("/")[1];
    if (now) {
      stage.addEventListener("scroll", () => { now.textContent = `${pageSeen(stage).dataset.page} /${total}`; }, { passive: true });
      viewer.querySelectorAll("[data-page-by]").forEach((button) => button.addEventListener("click", () => {
        const pages = pagesOf(stage);
        const next = pages[pages.indexOf(pageSeen(stage)) + Number(button.dataset.pageBy)];
        if (next) goTo(stage, next);
      }));
    }
    const opened = stage.dataset.openAt && stage.querySelector(`[data-page="${stage.dataset.openAt}"]`);
    if (opened) goTo(stage, opened);
    const form = viewer.querySelector("[data-find]");
    if (form) setUpSearch(form, stage);
  };

  /* A PDF breaks its lines wherever it likes: spaces, width and case do not count. Each letter knows where it stood. */
  const flat = (text) => {
    const [letters, places] = [[], []];
    [...text].reduce((at, char) => {
      for (const letter of char.normalize("NFKC").toLowerCase().replace(/\s/g, "")) { letters.push(letter); places.push(at); }
      return at + char.length;
    }, 0);
    return { text: letters.join(""), letters, places };
  };

  const setUpSearch = (form, stage) => {
    const [field, found] = [form.querySelector("input"), form.querySelector("[data-found]")];
    const pages = [...stage.querySelectorAll(".page-text")].map((place) => ({ place, page: place.closest("figure"), text: place.textContent }));
    let [hits, at] = [[], -1];

    const markIn = (each, wanted) => {
      each.flat ||= flat(each.text);
      const { letters, places } = each.flat;
      const [nodes, marks] = [[], []];
      let end = 0;
      for (let from = 0; wanted.length && hits.length + marks.length < MOST_HITS && from + wanted.length <= letters.length; from += 1) {
        if (!wanted.every((letter, step) => letters[from + step] === letter)) continue;
        const last = places[from + wanted.length - 1];
        const stop = last + String.fromCodePoint(each.text.codePointAt(last)).length;
        const mark = document.createElement("mark");
        mark.textContent = each.text.slice(places[from], stop);
        nodes.push(each.text.slice(end, places[from]), mark);
        marks.push(mark);
        end = stop;
        from += wanted.length - 1;
      }
      each.place.replaceChildren(...nodes, each.text.slice(end));
      each.page.classList.toggle("has-hits", marks.length > 0);
      each.place.closest("details").open = false;
      return marks.map((mark) => ({ mark, page: each.page, place: each.place }));
    };

    const go = (by) => {
      if (!hits.length) return;
      if (at >= 0) hits[at].mark.classList.remove("is-now");
      at = (at + by + hits.length) % hits.length;
      const { mark, page, place } = hits[at];
      mark.classList.add("is-now");
      place.closest("details").open = true;
      place.scrollTop = mark.offsetTop - place.offsetTop - 24;
      goTo(stage, page);
      found.value = say.hits(at + 1, hits.length, new Set(hits.map((hit) => hit.page)).size);
    };

    const search = () => {
      const wanted = flat(field.value).letters;
      [hits, at] = [[], -1];
      pages.forEach((each) => hits.push(...markIn(each, wanted)));
      form.querySelectorAll("button").forEach((button) => { button.hidden = !hits.length; });
      found.value = wanted.length && !hits.length ? say.none : "";
      go(1);
    };

    field.addEventListener("input", search);
    form.addEventListener("submit", (event) => { event.preventDefault(); go(1); });
    form.querySelector("[data-hit-by]").addEventListener("click", () => go(-1));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.shiftKey) { event.preventDefault(); go(-1); }
      if (event.key === "Escape") { field.value = ""; search(); field.blur(); }
    });
  };

  const setUp = (scope) => {
    if (scope.matches && scope.matches("[data-pages]")) setUpPages(scope);
    scope.querySelectorAll("[data-pages]").forEach(setUpPages);
  };

  setUp(document);
  document.addEventListener("htmx:load", (event) => setUp(event.target));
})();
