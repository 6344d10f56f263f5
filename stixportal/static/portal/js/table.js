// Menus of lists, and which columns are shown: kept in this browser, fewer on a phone.
const KEY = "columns:" + location.pathname;
const usual = () => innerWidth < 640 ? [...document.querySelectorAll("th.rare")].map(head => head.dataset.column) : [];
let hidden;
try { hidden = JSON.parse(localStorage.getItem(KEY)); } catch { /* as usual, then */ }
hidden ??= usual();

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
  for (const menu of document.querySelectorAll("details.popup[open]")) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") for (const menu of document.querySelectorAll("details.popup[open]")) { menu.open = false; menu.firstElementChild.focus(); }
});
document.addEventListener("htmx:afterSwap", apply);
apply();
