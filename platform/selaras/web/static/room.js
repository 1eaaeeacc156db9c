/* The calibration room: asks for news every second, opens people beside the columns, and sends what is said until it has
   arrived. Every form bears a key, so that what is sent twice counts once. Without this script the forms do the same. */
"use strict";
(() => {
  const room = document.getElementById("room");
  if (!room) return;
  const panel = document.getElementById("panel"), said = document.getElementById("said");
  const grid = document.getElementById("columns"), unsent = `selaras room ${room.dataset.news}`;
  const EVERY = 700, HEAD = { "HX-Request": "true" };
  let last = Number(room.dataset.last), busy = false, lost = false;

  const say = (words) => { said.hidden = !words; said.textContent = words; };
  const kept = () => JSON.parse(sessionStorage.getItem(unsent) || "[]");
  const keep = (all) => all.length ? sessionStorage.setItem(unsent, JSON.stringify(all)) : sessionStorage.removeItem(unsent);
  const away = (answer) => [429, 502, 503, 504].includes(answer.status);
  // A connection that says nothing for so long is taken for lost; what was sent is sent again under its key.
  const patient = () => AbortSignal.timeout(10000);

  const show = async (address) => {
    const answer = await fetch(address, { headers: HEAD });
    if (!answer.ok) return;
    put(await answer.text());
    panel.focus();
    panel.scrollIntoView({ block: "nearest" });
  };
  const put = (html) => { panel.innerHTML = html; panel.hidden = !html; };

  const placed = grid && globalThis.placing({
    root: grid, tray: null, width: grid.querySelectorAll("[data-row]").length, words: room.dataset.held, say,
    movable: (card) => room.dataset.state === "open" && !card.classList.contains("out"),
    open: (card) => show(card.href),
    place: (card, cell) => {
      if (card.closest("[data-column]").dataset.column !== cell.dataset.column) show(`${card.href}?to=${encodeURIComponent(cell.dataset.column)}`);
    },
  });

  const move = (fresh) => {
    const old = document.getElementById(fresh.id), focused = old?.contains(document.activeElement);
    if (!old) return;
    const to = grid.querySelector(`section[data-column="${CSS.escape(fresh.dataset.column)}"] ul`);
    const stays = old.parentElement === to;
    if (stays) old.replaceWith(fresh); else { old.remove(); to.append(fresh); }
    placed.ready(fresh.querySelector(".person"));
    if (focused) fresh.querySelector(".person").focus();
  };
  const renew = (fresh) => {
    const old = document.getElementById(fresh.id);
    if (!old || old.innerHTML === fresh.innerHTML) return;
    const at = old.contains(document.activeElement) ? [...old.querySelectorAll("a,button,summary")].indexOf(document.activeElement) : -1;
    old.replaceWith(fresh);
    if (at >= 0) fresh.querySelectorAll("a,button,summary")[at]?.focus();
  };
  const take = (html) => {
    const made = document.createElement("template");
    made.innerHTML = html;
    const beat = made.content.getElementById("quorum");
    if (!beat) return;
    made.content.querySelectorAll("li[data-card]").forEach(move);
    made.content.querySelectorAll("#here,#talk,#curve,#log,[id^=n-]").forEach(renew);
    if (!made.content.getElementById("here")) renew(beat);
    last = Number(beat.dataset.last);
    if (beat.dataset.state !== room.dataset.state) location.reload();
  };
  const ask = async () => {
    if (busy) return;
    busy = true;
    try {
      await send();
      const answer = await fetch(`${room.dataset.news}?after=${last}`, { headers: HEAD, signal: patient() });
      if (answer.ok) { take(await answer.text()); if (lost) { lost = false; say(kept().length ? room.dataset.lost : room.dataset.back); } }
      else if (answer.status < 500 && !away(answer)) location.reload();
      else { lost = true; say(room.dataset.lost); }
    } catch { lost = true; say(room.dataset.lost); }
    busy = false;
  };
  /* What waits is sent in its order; an answer of any kind ends its waiting, only silence does not. */
  const send = async () => {
    for (const one of kept()) {
      const answer = await fetch(one.action, { method: "POST", body: new URLSearchParams(one.entries), headers: HEAD, signal: patient() });
      if (away(answer)) return;
      keep(kept().slice(1));
      const html = answer.status === 204 ? "" : await answer.text();
      if (!answer.ok) say(room.dataset.refused);
      if (html || one.entries.some(([name]) => name === "to_outcome")) put(html);
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-send]")) return;
    event.preventDefault();
    const entries = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
    const key = entries.find(([name]) => name === "key")[1];
    if (!kept().some((one) => one.entries.some(([name, value]) => name === "key" && value === key))) keep([...kept(), { action: form.action, entries }]);
    say("");
    const stays = entries.some(([name, value]) => name === "kind" && ["joined", "left"].includes(value));
    ask().then(() => { if (stays && !lost) location.reload(); });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-open]");
    if (link && !event.ctrlKey && !event.metaKey) { event.preventDefault(); show(link.href); }
  });
  if (room.dataset.state === "open") { ask(); setInterval(ask, EVERY); }
})();
