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
    const place = (card, cell) => {
      const person = card.dataset.person;
      const [row, column] = [field(person, grid.dataset.rowName), field(person, grid.dataset.columnName)];
      row.value = cell.dataset.row || "";
      column.value = cell.dataset.column || "";
      cell.querySelector("ul").append(card);
      changed(person);
      say(`${card.textContent.trim()}: ${cell.dataset.said}`);
    };
    placing({
      root: grid.closest("section"), tray: document.getElementById("tray"), width: Number(grid.dataset.width),
      words: grid.dataset.held, say, place, eager: true,
      movable: (card) => { const row = field(card.dataset.person, grid.dataset.rowName); return Boolean(row) && !row.disabled; },
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
