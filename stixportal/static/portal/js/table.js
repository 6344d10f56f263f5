// The column menu of tables: which columns are shown, kept in this browser.
const KEY = "columns:" + location.pathname;
let hidden = [];
try { hidden = JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { /* all columns, then */ }

function apply() {
  for (const cell of document.querySelectorAll("[data-column]")) cell.hidden = hidden.includes(cell.dataset.column);
  for (const box of document.querySelectorAll(".columns input")) box.checked = !hidden.includes(box.value);
  for (const menu of document.querySelectorAll(".columns")) menu.hidden = false;
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches(".columns input")) return;
  hidden = target.checked ? hidden.filter(name => name !== target.value) : [...hidden, target.value];
  try { localStorage.setItem(KEY, JSON.stringify(hidden)); } catch { /* holds for this page */ }
  apply();
});
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll(".columns[open]")) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") for (const menu of document.querySelectorAll(".columns[open]")) { menu.open = false; menu.firstElementChild.focus(); }
});
document.addEventListener("htmx:afterSwap", apply);
apply();
