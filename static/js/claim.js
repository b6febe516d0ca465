/* The claim form: the suggestion follows what one types, the draft saves itself, files go up one by one. */
(() => {
  "use strict";

  const form = document.querySelector("[data-claim-form]");
  if (!form) return;

  const chinese = document.documentElement.lang.startsWith("zh");
  const words = chinese
    ? {
        failed: "自动保存失败，内容已暂存在本机，稍后重试", saving: "正在保存", uploading: "正在上传", retry: "重试", remove: "移除",
        tooLarge: "文件过大，请压缩或拆分后再上传", lost: "上传失败，请检查网络后重试", kept: "本机有一份未保存的内容", restore: "恢复", drop: "丢弃",
      }
    : {
        failed: "Saving failed; your text is kept on this device and will be tried again", saving: "Saving", uploading: "Uploading", retry: "Try again",
        remove: "Remove", tooLarge: "The file is too large; compress or split it", lost: "The upload failed; check the network and try again",
        kept: "This device holds text that was not saved", restore: "Restore", drop: "Discard",
      };
  const PAUSE = 10000;
  const RETRY = 15000;

  const status = form.querySelector("#autosave");
  const field = (name) => form.elements.namedItem(name);
  const say = (text, bad = false) => {
    status.textContent = text;
    status.classList.toggle("is-bad", bad);
  };
  const token = () => field("csrfmiddlewaretoken").value;
  const took = (revision) => { if (revision) field("revision").value = revision; };

  /* One thing after the other: each answer brings the revision that the next request must name. */
  let line = Promise.resolve();
  let waiting = 0;
  const inLine = (work) => {
    waiting += 1;
    const done = line.then(work).finally(() => { waiting -= 1; });
    line = done.catch(() => {});
    return done;
  };

  /* --- Saving --- */
  let dirty = false;
  let stopped = false;
  let timer = 0;

  const texts = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "form_key", "revision"].includes(name));

  /* One person's text for one form: a shared machine never shows it to the next. */
  const drawer = () => `${form.dataset.store} ${form.getAttribute("action")}`;

  const stash = () => {
    try {
      localStorage.setItem(drawer(), JSON.stringify(texts()));
    } catch { /* full or forbidden: the page itself still holds the text */ }
  };
  const unstash = () => {
    try { localStorage.removeItem(drawer()); } catch { /* as above */ }
  };

  const moveTo = (urls) => {
    if (form.dataset.filesUrl) return;
    form.setAttribute("action", urls.form); // not form.action: the buttons are called so
    form.dataset.filesUrl = urls.files;
    form.querySelector("#facts").dataset.suggest = urls.suggestion;
    history.replaceState(history.state, "", urls.form);
  };

  const save = async () => {
    clearTimeout(timer);
    timer = 0;
    if (stopped) return false;
    dirty = false;
    const body = new FormData();
    texts().forEach(([name, value]) => body.append(name, value));
    body.append("csrfmiddlewaretoken", token());
    body.append("revision", field("revision").value);
    if (!form.dataset.filesUrl) body.append("form_key", form.dataset.autosaveKey);
    let answer;
    try {
      const response = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-Autosave": "1" } });
      if (!(response.headers.get("Content-Type") || "").includes("json")) throw new Error(String(response.status));
      answer = { status: response.status, ...await response.json() };
    } catch {
      dirty = true;
      stash();
      say(words.failed, true);
      timer = setTimeout(() => inLine(save), RETRY);
      return false;
    }
    if (answer.status !== 200) {
      stopped = true;
      dirty = true;
      stash();
      say(answer.message, true);
      return false;
    }
    took(answer.revision);
    unstash();
    moveTo(answer.urls);
    say([answer.message, ...answer.problems].join(" · "), answer.problems.length > 0);
    if (!dirty) form.dispatchEvent(new Event("portal:saved", { bubbles: true }));
    return true;
  };

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    dirty = true;
    if (!timer) timer = setTimeout(() => inLine(save), PAUSE);
  });
  /* Who turns away may never come back: save. Who leaves the page leaves the text on this device instead: what is sent
     from a page that goes may arrive after the next one was read, and would be in its way. */
  let leaving = false;
  window.addEventListener("pagehide", () => {
    leaving = true;
    if (dirty) stash();
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && dirty && !leaving) inLine(save);
  });

  /* Sending waits for what is on its way: its revision is about to change. */
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (waiting) {
      event.preventDefault();
      const button = event.submitter;
      say(words.saving);
      line.then(() => form.requestSubmit(button));
      return;
    }
    dirty = false;
    /* The copy stays until the server has answered (forms.js): a connection that breaks now leaves no page to go back to. */
    stash();
    try { sessionStorage.setItem("portal-sent", JSON.stringify([drawer(), location.href.split("#")[0]])); } catch { unstash(); }
  });

  /* Text that a lost connection left on this device. */
  const fill = (pairs) => pairs.forEach(([name, value]) => {
    const input = field(name);
    if (!input || input.type === "hidden" || !("value" in input)) return;
    if (input.type === "checkbox") input.checked = true;
    else input.value = value;
  });

  /* A choice may call for further fields: fill those too, until nothing changes. */
  const restore = (pairs) => {
    const before = standing();
    fill(pairs);
    if (standing() === before) return;
    document.addEventListener("htmx:afterSettle", () => restore(pairs), { once: true });
    suggest();
  };

  const offerStash = () => {
    let pairs;
    try { pairs = JSON.parse(localStorage.getItem(drawer())); } catch { return; }
    if (!pairs) return;
    const note = document.createElement("div");
    note.className = "note note-info";
    const text = document.createElement("div");
    text.textContent = `${words.kept} `;
    const button = (label, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "btn btn-sm";
      made.textContent = label;
      made.addEventListener("click", () => { act(); note.remove(); });
      return made;
    };
    text.append(button(words.restore, () => {
      restore(pairs);
      form.dispatchEvent(new Event("input", { bubbles: true }));
    }), " ", button(words.drop, unstash));
    note.append(text);
    form.before(note);
  };

  /* --- Suggestion --- */
  const facts = form.querySelector("#facts");
  let pause = 0;
  let asked = "";

  /* What stands in the form: an answer redraws fields, and must not undo what one did while it was on its way. */
  const standing = () => new URLSearchParams(texts()).toString();

  const question = () => {
    const about = new URLSearchParams(texts().filter(([name]) => name.startsWith("fact_") || name === "shown"));
    return `${facts.dataset.suggest}&${about}`;
  };

  const suggest = () => {
    clearTimeout(pause);
    asked = standing();
    const answer = window.htmx.ajax("GET", question(), { source: facts, target: "#suggestion", swap: "innerHTML" });
    /* Without an answer the last suggestion stays; that the connection is lost is told by the saving. */
    Promise.resolve(answer).catch(() => {});
  };

  facts.addEventListener("change", suggest);
  facts.addEventListener("input", (event) => {
    if (event.target.matches("select, [type=checkbox], [type=radio]")) return;
    clearTimeout(pause);
    pause = setTimeout(suggest, 600);
  });

  const suggestion = form.querySelector("#suggestion");
  let open = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target !== suggestion) return;
    open = Boolean(suggestion.querySelector("details[open]"));
    if (event.detail.pathInfo.requestPath === question() && standing() === asked) return;
    event.detail.shouldSwap = false;
    suggest();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const trace = event.target === suggestion && suggestion.querySelector("details");
    if (trace) trace.open = open;
  });

  form.addEventListener("click", (event) => {
    const adopt = event.target.closest("[data-adopt]");
    if (!adopt) return;
    event.preventDefault();
    const points = field("claimed_points");
    points.value = adopt.dataset.adopt;
    points.dispatchEvent(new Event("input", { bubbles: true }));
    points.focus();
  });

  /* --- Files --- */
  const takeLists = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll("ul.files").forEach((list) => {
      const old = form.querySelector(`#${CSS.escape(list.id)}`);
      if (old) old.replaceWith(list);
    });
    const used = page.querySelector("#files-used");
    if (used) form.querySelector("#files-used").textContent = used.textContent.trim();
  };

  const send = (file, item, bar) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token());
    body.append("item", item);
    body.append("file", file);
    request.open("POST", form.dataset.filesUrl);
    request.upload.addEventListener("progress", (event) => { bar.value = event.total ? event.loaded / event.total : 0; });
    request.addEventListener("error", () => reject(new Error(words.lost)));
    request.addEventListener("load", () => {
      if (request.status === 200 && request.getResponseHeader("X-Revision")) {
        took(request.getResponseHeader("X-Revision"));
        takeLists(request.responseText);
        resolve();
        return;
      }
      let message = words.lost;
      try { message = JSON.parse(request.responseText).message || message; } catch { /* a page, not our answer */ }
      reject(new Error(message));
    });
    request.send(body);
  });

  const pendingRow = (proof, file) => {
    let list = proof.querySelector("ul.pending");
    if (!list) {
      list = document.createElement("ul");
      list.className = "files pending";
      list.setAttribute("aria-live", "polite");
      proof.append(list);
    }
    const row = document.createElement("li");
    row.className = "file";
    const name = document.createElement("span");
    name.className = "file-name";
    name.textContent = file.name;
    const note = document.createElement("small");
    note.textContent = words.uploading;
    name.append(note);
    const bar = document.createElement("progress");
    bar.className = "progress-line";
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `${words.uploading} ${file.name}`);
    row.append(name, bar);
    list.append(row);
    return { row, note, bar };
  };

  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-plain btn-sm";
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  };

  const upload = async (file, proof) => {
    const { row, note, bar } = pendingRow(proof, file);
    const refuse = (message, again) => {
      row.classList.add("file-bad");
      note.className = "field-error";
      note.textContent = message;
      bar.remove();
      if (again) row.append(button(words.retry, () => { row.remove(); upload(file, proof); }));
      row.append(button(words.remove, () => row.remove()));
    };
    if (file.size > Number(form.dataset.maxBytes)) {
      refuse(words.tooLarge, false);
      return;
    }
    try {
      await inLine(async () => {
        if (!form.dataset.filesUrl && !await save()) throw new Error(status.textContent);
        await send(file, proof.dataset.upload, bar);
      });
      row.remove();
    } catch (error) {
      refuse(error.message, error.message === words.lost);
    }
  };

  /* In the capture phase: the list of chosen files is for pages that send them with the form. */
  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file") return;
    event.stopPropagation();
    const proof = input.closest("[data-upload]");
    const chosen = [...input.files];
    input.value = "";
    chosen.forEach((file) => upload(file, proof));
  }, true);

  form.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-remove]");
    if (!remove) return;
    event.preventDefault();
    remove.setAttribute("aria-busy", "true");
    inLine(async () => {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", token());
      const response = await fetch(remove.dataset.remove, { method: "POST", body });
      if (!response.ok || !response.headers.get("X-Revision")) throw new Error(words.lost);
      took(response.headers.get("X-Revision"));
      takeLists(await response.text());
    }).catch((error) => {
      remove.removeAttribute("aria-busy");
      say(error.message, true);
    });
  });

  offerStash();
})();
