// What was typed into a form with `data-save` is not lost by accident: who leaves the page by anything but saving is asked
// first. `data-save="unsaved"`: it came back with what was refused. Parts with `data-unsaved-ok` have nothing to save.
import { wake } from "./once.js";

const STAYED_MS = 3000;
const form = document.querySelector("form[data-save]");
let changed = form?.dataset.save === "unsaved";

form?.addEventListener("input", (event) => (changed ||= !event.target.closest("[data-unsaved-ok]")));
form?.addEventListener("submit", () => (changed = false));

addEventListener("beforeunload", (event) => {
  if (!changed) return;
  event.preventDefault();
  setTimeout(wake, STAYED_MS); // the button of the form that was not sent after all
});
