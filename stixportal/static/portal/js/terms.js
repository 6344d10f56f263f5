// Escape closes the explanation of a term without moving the pointer or the focus.
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") for (const term of document.querySelectorAll(".term:is(:hover, :focus-within)")) term.dataset.closed = "";
});
for (const event of ["pointerover", "focusin"]) {
  document.addEventListener(event, ({ target }) => {
    for (const term of document.querySelectorAll(".term[data-closed]")) if (!term.contains(target)) delete term.dataset.closed;
  });
}
