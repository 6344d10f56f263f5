// Shows below a Markdown field of the admin what readers will see, while one types.
const WAIT = 600;

function attach(field) {
  const box = document.createElement("details"), head = document.createElement("summary"), text = document.createElement("div");
  head.textContent = "Preview";
  text.className = "preview prose";
  text.setAttribute("role", "region");
  text.setAttribute("aria-label", "Preview");
  text.tabIndex = 0;
  box.append(head, text);
  (field.closest(".form-row") ?? field.parentElement).append(box);
  let timer = 0, asked = 0;

  async function show() {
    if (!box.open) return;
    const turn = ++asked, body = new FormData();
    body.set("body", field.value);
    body.set("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(field.dataset.preview, { method: "POST", body }).catch(() => null);
    if (turn !== asked) return;
    if (answer?.ok) text.innerHTML = await answer.text() || "Nothing is written yet.";
    else text.textContent = answer ? `The preview was refused (${answer.status}). What you typed is kept.` : "The portal does not answer. What you typed is kept.";
  }

  box.addEventListener("toggle", show);
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, WAIT); });
}

for (const field of document.querySelectorAll("textarea[data-preview]")) attach(field);
