// The notice as readers will see it, while it is typed. Text only: nothing typed becomes markup.
for (const field of document.querySelectorAll("[data-preview]")) {
  const shown = document.querySelector(`[data-shows="${field.dataset.preview}"]`);
  field.addEventListener("input", () => { shown.textContent = field.value; });
}
