/**
 * The script of a new mini-app: a classic script that Chromium 95 runs. How a host tells its
 * context is assumed, because no public source says it: `readContext` is the only place.
 */
export const SCRIPT = `"use strict";

(function () {
  const TEXTS = {
    en: {
      intro: "Your mini-app is running. Edit src/app.js to begin.",
      host: "Host",
      connected: "Connected. The host says:",
      none: "This page runs without a host, so there is no context to show.",
      failed: "The host did not answer.",
    },
    ar: {
      intro: "تطبيقك المصغّر يعمل. عدّل src/app.js للبدء.",
      host: "المضيف",
      connected: "متصل. يقول المضيف:",
      none: "تعمل هذه الصفحة دون مضيف، فلا سياق لعرضه.",
      failed: "لم يجب المضيف.",
    },
  };

  /** Reads the context of the host. Returns undefined in a browser, which has no host. */
  async function readContext() {
    const host = window.i99dash;
    if (host === undefined) return undefined;
    return typeof host.getContext === "function" ? host.getContext() : host.context;
  }

  /** The language of the host or the browser: the first one that has texts here. */
  function chooseLanguage(context) {
    const wanted = [context && context.locale, ...navigator.languages];
    const codes = wanted.map((tag) => String(tag).slice(0, 2).toLowerCase());
    return codes.find((code) => Object.keys(TEXTS).includes(code)) || "en";
  }

  function element(tag, ...children) {
    const created = document.createElement(tag);
    created.append(...children);
    return created;
  }

  function row(name, value) {
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    return element("div", element("dt", name), element("dd", element("bdi", text)));
  }

  function show(context, state) {
    const language = chooseLanguage(context);
    const texts = TEXTS[language];
    document.documentElement.lang = language;
    document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
    for (const element of document.querySelectorAll("[data-text]")) {
      element.textContent = texts[element.dataset.text];
    }
    const status = document.getElementById("status");
    status.textContent = texts[state];
    status.dataset.host = String(state === "connected");
    const rows = Object.entries(context || {}).map(([name, value]) => row(name, value));
    document.getElementById("context").replaceChildren(...rows);
  }

  readContext().then(
    (context) => show(context, context ? "connected" : "none"),
    () => show(undefined, "failed"),
  );
})();
`;
