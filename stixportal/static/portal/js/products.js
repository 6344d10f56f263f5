// Lists of files: how many rows are ticked, all of them at once. Records: copying what is shown.
const ticks = () => [...document.querySelectorAll('tbody input[name="pick"]')];

function tell() {
  const button = document.querySelector('#bundle [value="selected"]'), all = ticks();
  if (!button) return;
  const picked = all.filter(tick => tick.checked).length, master = document.querySelector("#pick-all");
  button.disabled = !picked;
  button.lastElementChild.textContent = picked ? `Download selected (${picked})` : "Download selected";
  if (master) [master.checked, master.indeterminate] = [picked === all.length, picked > 0 && picked < all.length];
}

function begin() {
  const head = document.querySelector('th[data-column="select"]');
  if (head && !document.querySelector("#pick-all")) {
    head.innerHTML = '<label class="tool"><input type="checkbox" id="pick-all"><span class="visually-hidden">Select all rows of this page</span></label>';
  }
  tell();
}

document.addEventListener("change", ({ target }) => {
  if (target.id === "pick-all") for (const tick of ticks()) tick.checked = target.checked;
  if (target.id === "pick-all" || target.name === "pick") tell();
});
document.addEventListener("htmx:afterSwap", begin);
addEventListener("pageshow", tell);
begin();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const shown = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(shown.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(shown);
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}
