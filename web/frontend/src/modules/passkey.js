// A form that a passkey fills in: what does it is loaded when somebody wants to.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.passkey) return;
  event.preventDefault();
  (await import("./passkeys.js")).fill(form);
});
