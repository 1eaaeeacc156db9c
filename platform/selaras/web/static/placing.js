/* People are placed in cells by dragging or with the keyboard: the rating board and the calibration room share this.
   `root` holds cards (.person[data-person]) and cells ([data-row]); what a placing means is the page's own.
   eager: an arrow key places at once; else it only chooses, and Enter places. open: what Enter or a click does. */
"use strict";
globalThis.placing = ({ root, tray, width, words, say, place, movable = () => true, eager = false, open = null }) => {
  const cells = () => [...root.querySelectorAll("[data-row]")];
  const cardOf = (event) => event.target.closest?.(".person[data-person]");
  const cellOf = (event) => event.target.closest?.("[data-row]") || (tray?.contains(event.target) ? tray : null);
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -width, ArrowDown: width };
  let held = null, aim = null;

  const mark = (cell) => {
    root.querySelectorAll("[data-over]").forEach((one) => delete one.dataset.over);
    if (tray) delete tray.dataset.over;
    if (cell) cell.dataset.over = "true";
  };
  const hold = (card) => {
    if (held) held.setAttribute("aria-pressed", "false");
    held = card; aim = null; mark(null);
    if (card) { card.setAttribute("aria-pressed", "true"); say(`${card.textContent.trim()}: ${words}`); }
  };
  const next = (from, key) => {
    const all = cells(), at = all.indexOf(from);
    if (at < 0) return all[0];
    const column = at % width;
    if ((key === "ArrowLeft" && column === 0) || (key === "ArrowRight" && column === width - 1)) return null;
    return all[at + step[key]] || null;
  };
  const put = (card, cell) => { if (movable(card)) place(card, cell); };
  const ready = (card) => {
    card.setAttribute("role", "button");
    card.setAttribute("aria-pressed", String(card === held));
    card.setAttribute("aria-describedby", "how-to");
    card.draggable = movable(card);
  };
  root.addEventListener("keydown", (event) => {
    const card = cardOf(event);
    if (!card) return;
    const key = event.key, taking = key === " " || (key === "Enter" && !open);
    if (held === card && aim && (key === "Enter" || key === " ")) {
      event.preventDefault();
      const cell = aim;
      hold(null); put(card, cell);
    } else if (key === "Enter" && open && held !== card) { event.preventDefault(); open(card); }
    else if (taking || key === "Enter") { event.preventDefault(); hold(held === card ? null : movable(card) ? card : null); }
    else if (key === "Escape" && held) { hold(null); }
    else if (held === card && key in step) {
      event.preventDefault();
      const cell = next(aim || card.closest("[data-row]"), key);
      if (!cell) return;
      if (eager) { put(card, cell); card.focus(); }
      else { aim = cell; mark(cell); say(`${card.textContent.trim()} → ${cell.dataset.said}`); }
    } else if (held === card && tray && (key === "Delete" || key === "Backspace")) {
      event.preventDefault();
      put(card, tray); card.focus();
    }
  });
  root.addEventListener("click", (event) => {
    const card = cardOf(event);
    if (card) {
      event.preventDefault();
      if (open) open(card); else { hold(held === card ? null : card); card.focus(); }
    } else if (held && cellOf(event)) { const one = held, cell = cellOf(event); hold(null); put(one, cell); }
  });
  root.addEventListener("dragstart", (event) => {
    const card = cardOf(event);
    if (!card) return;
    event.dataTransfer.setData("text/plain", card.dataset.person);
    event.dataTransfer.effectAllowed = "move";
  });
  root.addEventListener("dragover", (event) => {
    const cell = cellOf(event);
    if (cell) { event.preventDefault(); mark(cell); }
  });
  root.addEventListener("dragleave", (event) => { if (cellOf(event) && !cellOf(event).contains(event.relatedTarget)) mark(null); });
  root.addEventListener("drop", (event) => {
    const cell = cellOf(event), person = event.dataTransfer.getData("text/plain");
    if (!cell) return;
    event.preventDefault();
    mark(null);
    const card = root.querySelector(`.person[data-person="${CSS.escape(person)}"]`);
    if (card) put(card, cell);
  });
  root.querySelectorAll(".person[data-person]").forEach(ready);
  return { ready };
};
