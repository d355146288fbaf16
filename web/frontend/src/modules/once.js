// A form is sent once: its button rests until the answer is there.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.target.hasAttribute("hx-post")) return;
  const button = event.submitter ?? event.target.querySelector("[type=submit]");
  setTimeout(() => (button.disabled = true));
});
addEventListener("pageshow", wake);

// Have the buttons work again, on a page that was not left.
export function wake() {
  for (const button of document.querySelectorAll("[type=submit][disabled]")) button.disabled = false;
}
