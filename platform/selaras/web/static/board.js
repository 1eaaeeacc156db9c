/* The rating board: people are placed by dragging or with the keyboard. The list below is the form; the grid only sets
   its fields, so that without this script nothing is lost. */
"use strict";
(() => {
  const form = document.getElementById("board");
  const grid = document.getElementById("grid");
  const live = document.getElementById("said");
  if (!form) return;
  const field = (person, name) => form.elements[`${person}.${name}`];
  const say = (words) => { live.textContent = words; };
  let waiting = 0;

  const preview = () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const data = new FormData(form);
      data.set("preview", "true");
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } });
      if (answer.ok) document.getElementById("preview").innerHTML = await answer.text();
      else say(form.dataset.failed);
    }, 300);
  };

  const changed = (person) => {
    const row = document.getElementById(`row-${person}`);
    if (row) row.dataset.changed = "true";
    preview();
  };

  if (grid) {
    const cells = [...grid.querySelectorAll("[data-row]")];
    const tray = document.getElementById("tray");
    const width = Number(grid.dataset.width);
    let held = null;

    const place = (card, cell) => {
      const person = card.dataset.person;
      const [row, column] = [field(person, grid.dataset.rowName), field(person, grid.dataset.columnName)];
      if (!row || row.disabled) return;
      row.value = cell.dataset.row || "";
      column.value = cell.dataset.column || "";
      cell.querySelector("ul").append(card);
      changed(person);
      say(`${card.textContent.trim()}: ${cell.dataset.said}`);
    };
    const hold = (card) => {
      if (held) { held.setAttribute("aria-pressed", "false"); }
      held = card;
      if (card) { card.setAttribute("aria-pressed", "true"); say(`${card.textContent.trim()}: ${grid.dataset.held}`); }
    };
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -width, ArrowDown: width };
    const next = (card, key) => {
      const at = cells.indexOf(card.closest("[data-row]"));
      if (at < 0) return cells[0];
      const column = at % width;
      if ((key === "ArrowLeft" && column === 0) || (key === "ArrowRight" && column === width - 1)) return null;
      return cells[at + step[key]] || null;
    };

    document.querySelectorAll(".person[data-person]").forEach((card) => {
      card.setAttribute("role", "button");
      card.setAttribute("aria-pressed", "false");
      card.setAttribute("aria-describedby", "how-to");
      card.draggable = !field(card.dataset.person, grid.dataset.rowName)?.disabled;
      card.addEventListener("dragstart", (event) => {
        event.dataTransfer.setData("text/plain", card.dataset.person);
        event.dataTransfer.effectAllowed = "move";
      });
      card.addEventListener("click", (event) => { event.preventDefault(); hold(held === card ? null : card); card.focus(); });
      card.addEventListener("keydown", (event) => {
        if (event.key === " " || event.key === "Enter") { event.preventDefault(); hold(held === card ? null : card); }
        else if (event.key === "Escape" && held) { hold(null); }
        else if (held === card && event.key in step) {
          event.preventDefault();
          const cell = next(card, event.key);
          if (cell) { place(card, cell); card.focus(); }
        } else if (held === card && (event.key === "Delete" || event.key === "Backspace")) {
          event.preventDefault();
          place(card, tray);
          card.focus();
        }
      });
    });
    [...cells, tray].forEach((cell) => {
      cell.addEventListener("dragover", (event) => { event.preventDefault(); cell.dataset.over = "true"; });
      cell.addEventListener("dragleave", () => { delete cell.dataset.over; });
      cell.addEventListener("drop", (event) => {
        event.preventDefault();
        delete cell.dataset.over;
        const card = document.getElementById(`card-${event.dataTransfer.getData("text/plain")}`);
        if (card) place(card, cell);
      });
      cell.addEventListener("click", (event) => {
        if (held && !event.target.closest(".person")) { place(held, cell); hold(null); }
      });
    });
  }

  form.addEventListener("change", (event) => {
    const [person, name] = (event.target.name || "").split(/\.(.*)/);
    if (!name || person === "seen" || person === "reason") return;
    if (grid) {
      const [row, column] = [field(person, grid.dataset.rowName).value, field(person, grid.dataset.columnName).value];
      const cell = grid.querySelector(`[data-row="${CSS.escape(row)}"][data-column="${CSS.escape(column)}"]`);
      const card = document.getElementById(`card-${person}`);
      if (card) (row && column && cell ? cell : document.getElementById("tray")).querySelector("ul").append(card);
    }
    changed(person);
  });
})();
