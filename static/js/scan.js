/* The camera reads QR codes where the browser can; what it reads is sent as if it had been typed. */
(() => {
  "use strict";

  const form = document.querySelector("[data-scan]");
  if (!form) return;
  const part = (name) => form.querySelector(`[data-camera${name}]`);
  const on = part(""), off = part("-off"), view = part("-view");
  const code = form.querySelector("[name=code]");
  const PACE = 200, AWAY = 2000, ON = "scan-camera", LAST = "scan-last";
  let stream = null, timer = 0;

  const stop = () => {
    clearTimeout(timer);
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    view.hidden = off.hidden = true;
    on.hidden = false;
  };

  /* The paper that was just read still lies before the camera: the same code counts again once it was out of sight. */
  const isNew = (text) => {
    const last = JSON.parse(sessionStorage.getItem(LAST) || "{}");
    sessionStorage.setItem(LAST, JSON.stringify({ text, at: Date.now() }));
    return last.text !== text || Date.now() - last.at > AWAY;
  };

  const look = async (detector) => {
    if (!stream) return;
    try {
      const [found] = await detector.detect(view);
      if (found && isNew(found.rawValue)) {
        code.value = found.rawValue;
        form.requestSubmit();
        return;
      }
    } catch (error) { /* no picture yet */ }
    timer = setTimeout(look, PACE, detector);
  };

  const start = async () => {
    part("-refused").hidden = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch (error) {
      sessionStorage.removeItem(ON);
      part("-refused").hidden = false;
      return;
    }
    sessionStorage.setItem(ON, "1");
    view.srcObject = stream;
    view.hidden = off.hidden = false;
    on.hidden = true;
    await view.play();
    look(new BarcodeDetector({ formats: ["qr_code"] }));
  };

  const able = async () => {
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return false;
    return (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
  };

  able().then((can) => {
    if (!can) {
      part("-none").hidden = false;
      return;
    }
    on.hidden = false;
    on.addEventListener("click", start);
    off.addEventListener("click", () => { sessionStorage.removeItem(ON); stop(); });
    window.addEventListener("pagehide", stop);
    if (sessionStorage.getItem(ON)) start();
  });
})();
