// Single keys and the buttons that do the same: both become a "command" event of the document.
const COMMANDS = { ArrowLeft: "left", ArrowRight: "right", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", l: "log", t: "time", "/": "search", y: "copy-link", "?": "keys" };
const keys = document.getElementById("keys"), share = document.getElementById("share");
const active = document.getElementById("keys-on");
let going = -Infinity;

const send = name => document.dispatchEvent(new CustomEvent("command", { detail: name }));
const stored = (name, value) => {
  try { return value === undefined ? localStorage.getItem(name) : localStorage.setItem(name, value); } catch { return null; }
};

active.checked = stored("keys") !== "off";
active.addEventListener("change", () => stored("keys", active.checked ? "on" : "off"));

document.addEventListener("keydown", event => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, dialog, [contenteditable]")) return;
  if (event.key.startsWith("Arrow") && event.target.closest(".scroll, [role=slider]")) return;
  if (!active.checked && event.key !== "?") return;
  const chosen = event.timeStamp - going < 3000 && /^[a-z]$/.test(event.key);
  const page = chosen && (event.key === "h" ? { href: "/" } : document.querySelector(`[data-go="${event.key}"] a, a[data-go="${event.key}"]`));
  going = event.key === "g" ? event.timeStamp : -Infinity;
  if (page) location.assign(page.href);
  else if (COMMANDS[event.key]) { event.preventDefault(); send(COMMANDS[event.key]); }
});

// Opened by a key, a dialog has no button to give the focus back to: it would keep the next key.
document.addEventListener("close", ({ target }) => target.contains(document.activeElement) && document.activeElement.blur(), true);

document.addEventListener("click", event => {
  const command = event.target.closest("[data-command]"), opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog).showModal();
  if (command && !command.href) send(command.dataset.command);
});

document.addEventListener("command", async ({ detail }) => {
  if (detail === "keys") keys.showModal();
  if (detail === "search") document.getElementById("search").select();
  if (detail !== "copy-link") return;
  const field = document.getElementById("share-link"), state = document.getElementById("share-state");
  field.value = location.href;
  share.showModal();
  field.select();
  state.textContent = await navigator.clipboard?.writeText(location.href).then(() => "Copied.", () => "") || "Copy it with Ctrl+C.";
});
for (const button of document.querySelectorAll("[data-dialog], [data-command]")) button.hidden = false;
