// System, light or dark, kept in this browser (the admin keeps its "auto" at the same place); the "theme" event lets plots repaint.
const root = document.documentElement, button = document.getElementById("theme");
const NEXT = { system: "light", light: "dark", dark: "system" };
let theme = root.dataset.theme ?? "system";

function show() {
  button.lastElementChild.textContent = `Theme: ${theme}`;
  button.title = `Theme: ${theme}. Press for ${NEXT[theme]}`;
}

button.addEventListener("click", () => {
  theme = NEXT[theme];
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch { /* not kept, but it holds for this page */ }
  show();
  document.dispatchEvent(new CustomEvent("theme", { detail: theme }));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (theme === "system") document.dispatchEvent(new CustomEvent("theme", { detail: theme }));
});
button.hidden = false;
show();

const menu = document.querySelector(".menu"), here = menu?.querySelector("[aria-current]");
if (here) menu.scrollLeft = here.offsetLeft - menu.offsetLeft - 48;

const clocks = document.querySelectorAll(".clock time");
const tick = () => { for (const clock of clocks) clock.textContent = new Date().toISOString().slice(0, 19).replace("T", " "); };
tick();
setInterval(tick, 1000);
