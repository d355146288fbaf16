// Copy buttons: `data-copy` holds the text; the button says when it is done.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await write(button.dataset.copy);
  button.dataset.copied = "";
  announce(`${document.body.dataset.copiedWord}: ${button.dataset.copy.slice(0, 60)}`);
  setTimeout(() => delete button.dataset.copied, 1600);
});

async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
  area.select();
  document.execCommand("copy"); // plain http has no clipboard object
  area.remove();
}

function announce(text) {
  document.getElementById("announcer").textContent = text;
}
