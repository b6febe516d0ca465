/* Files: drop zones with a preview of what was chosen. */
(() => {
  "use strict";

  const chinese = document.documentElement.lang.startsWith("zh");
  const words = chinese
    ? { tooLarge: "文件过大", wrongType: "不支持的文件类型", tooMany: "文件过多", remove: "移除" }
    : { tooLarge: "The file is too large", wrongType: "This type of file is not accepted", tooMany: "Too many files", remove: "Remove" };

  const readable = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

  const accepted = (file, accept) => !accept || accept.split(",").some((part) => {
    const rule = part.trim().toLowerCase();
    return rule.startsWith(".") ? file.name.toLowerCase().endsWith(rule) : file.type === rule;
  });

  const setUpDrop = (zone) => {
    if (zone.dataset.ready) return;
    zone.dataset.ready = "1";
    zone.classList.add("drop-ready");
    const input = zone.querySelector("input[type=file]");
    const list = document.createElement("ul");
    list.className = "files";
    list.setAttribute("aria-live", "polite");
    zone.after(list);
    const most = Number(zone.dataset.maxFiles || 0);
    const size = Number(zone.dataset.maxBytes || 0);

    const problem = (file, place) => {
      if (!accepted(file, input.accept)) return words.wrongType;
      if (size && file.size > size) return `${words.tooLarge} (${readable(size)})`;
      return most && place >= most ? words.tooMany : "";
    };

    const without = (place) => {
      const kept = new DataTransfer();
      [...input.files].forEach((file, index) => { if (index !== place) kept.items.add(file); });
      input.files = kept.files;
      show();
    };

    const row = (file, place) => {
      const item = document.createElement("li");
      item.className = "file";
      if (file.type.startsWith("image/")) {
        const picture = document.createElement("img");
        picture.className = "file-thumb";
        picture.alt = "";
        picture.src = URL.createObjectURL(file);
        picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
        item.append(picture);
      }
      const name = document.createElement("span");
      name.className = "file-name";
      name.textContent = file.name;
      const meta = document.createElement("small");
      meta.textContent = readable(file.size);
      name.append(meta);
      const wrong = problem(file, place);
      if (wrong) {
        item.classList.add("file-bad");
        meta.className = "field-error";
        meta.textContent = wrong;
      }
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-plain btn-sm";
      button.textContent = words.remove;
      button.setAttribute("aria-label", `${words.remove} ${file.name}`);
      button.addEventListener("click", () => without(place));
      item.append(name, button);
      return item;
    };

    const show = () => list.replaceChildren(...[...input.files].map(row));

    input.addEventListener("change", show);
    ["dragenter", "dragover"].forEach((kind) => zone.addEventListener(kind, () => zone.classList.add("drop-over")));
    ["dragleave", "drop"].forEach((kind) => zone.addEventListener(kind, () => zone.classList.remove("drop-over")));
  };

  const setUp = (scope) => {
    if (scope.matches && scope.matches(".drop")) setUpDrop(scope);
    scope.querySelectorAll(".drop").forEach(setUpDrop);
  };

  setUp(document);
  document.addEventListener("htmx:load", (event) => setUp(event.target));
})();
