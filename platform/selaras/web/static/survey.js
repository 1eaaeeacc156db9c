// Keeps what is written in a survey's form in this tab only, until it is sent or the tab is closed. Without it the form works the same.
"use strict";
(() => {
  const form = document.querySelector("form[data-kept]");
  if (!form) return;
  const key = "survey " + form.dataset.kept, store = window.sessionStorage;
  const fields = () => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.name !== "confirmed");
  if (!form.dataset.written) {
    const kept = JSON.parse(store.getItem(key) || "{}");
    for (const one of fields()) {
      if (!(one.name in kept)) continue;
      if (one.type === "radio") one.checked = one.value === kept[one.name];
      else one.value = kept[one.name];
    }
  }
  form.addEventListener("input", () => {
    const now = {};
    for (const one of fields()) if (one.type !== "radio" || one.checked) now[one.name] = one.value;
    store.setItem(key, JSON.stringify(now));
  });
  form.addEventListener("submit", () => store.removeItem(key));
})();
