// The command palette: a combobox over pages, commands, accounts and what the search finds (WAI-ARIA APG, combobox with
// a list). Everything in it is a link or a form of the server's, so that it can do no more than the pages can.
import { show } from "./sheet.js";

export async function open() {
  const dialog = await show("/palette");
  if (!dialog) return;
  const field = dialog.querySelector("[role=combobox]");
  const list = dialog.querySelector("[role=listbox]");
  let asked = 0;
  let waiting;

  async function search() {
    const mine = ++asked;
    const answer = await fetch(`/palette/results?q=${encodeURIComponent(field.value)}`, { headers: { "hx-request": "true" } });
    const text = await answer.text();
    if (mine !== asked || !answer.ok) return; // a later letter was faster
    list.innerHTML = text;
    choose(0);
  }
  const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];

  function choose(index) {
    const all = options();
    const chosen = all.at(all.length ? index % all.length : 0);
    for (const each of all) each.setAttribute("aria-selected", String(each === chosen));
    chosen?.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", chosen?.id ?? "");
  }
  const chosen = () => options().findIndex((each) => each.getAttribute("aria-selected") === "true");

  function go(option) {
    if (!option) return;
    if (option.dataset.href) return location.assign(option.dataset.href);
    const form = option.querySelector("form");
    if (form) return form.submit();
    dialog.close();
    document.querySelector(option.dataset.press)?.click();
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 120);
  });
  field.addEventListener("keydown", (event) => {
    const moves = { ArrowDown: chosen() + 1, ArrowUp: chosen() - 1, PageDown: options().length - 1, PageUp: 0 };
    if (event.key in moves) choose(moves[event.key]);
    else if (event.key === "Enter") go(options()[chosen()]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => go(event.target.closest("[role=option]:not([aria-disabled])")));
  choose(0);
  field.focus();
}
