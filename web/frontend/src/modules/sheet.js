// Fetches a part of a page and shows it as a modal dialog; the dialog goes when it is closed.
export async function show(address) {
  if (document.querySelector("dialog[open]")) return null;
  const answer = await fetch(address, { headers: { "hx-request": "true" } });
  if (answer.status !== 200) return location.reload(); // signed out meanwhile
  document.body.insertAdjacentHTML("beforeend", await answer.text());
  const dialog = document.body.lastElementChild;
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.showModal();
  return dialog;
}
