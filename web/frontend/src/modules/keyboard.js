// Keys: `/` goes to the search field, `j` and `k` go through a list, `c` writes a message, and the two keys that an entry
// of the navigation names lead there. Ctrl-K, `?` and the digits need more: that is loaded when they are first pressed.
let before = "";
let pressed = 0;

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k" && document.querySelector("[data-palette]")) return act(event, openPalette);
  const saved = document.querySelector("form[data-save]");
  if ((event.ctrlKey || event.metaKey) && event.key === "s" && saved) return act(event, () => saved.requestSubmit());
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const keys = Date.now() - pressed < 1200 ? `${before} ${event.key}` : event.key;
  [before, pressed] = [event.key, Date.now()];
  const entry = document.querySelector(`a[data-keys="${CSS.escape(keys)}"], a[aria-keyshortcuts="${CSS.escape(event.key)}"]`);
  if (entry) return act(event, () => location.assign(entry.href));
  if (event.key === "/") act(event, focusSearch);
  if (event.key === "j" || event.key === "k") moveBy(event, event.key === "j" ? 1 : -1);
  if (event.key === "?" && document.querySelector("[data-palette]")) act(event, openShortcuts);
  if (/^\d$/.test(event.key) && document.querySelector("[data-switcher]")) act(event, () => switchTo(event.key));
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) openPalette();
  if (event.target.closest("[data-shortcuts]")) openShortcuts();
});

const openPalette = async () => (await import("./palette.js")).open();
const openShortcuts = async () => (await import("./shortcuts.js")).open();
const switchTo = async (digit) => (await import("./places.js")).switchTo(digit);

function act(event, what) {
  event.preventDefault();
  what();
}

function typing(element) {
  return element.isContentEditable || /^(input|textarea|select)$/.test(element.localName);
}

function focusSearch() {
  document.querySelector("main input[type=search]")?.focus();
}

// From row to row of a list; Enter then opens the one that has the focus.
function moveBy(event, step) {
  const rows = [...document.querySelectorAll("main a.row-link")].filter((row) => row.offsetParent);
  const place = rows.indexOf(document.activeElement) + step;
  if (rows.length) act(event, () => rows[Math.min(Math.max(place, 0), rows.length - 1)].focus());
}

// Menus close on Escape and on a click elsewhere.
document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus(null, true));
document.addEventListener("click", (event) => closeMenus(event.target));

function closeMenus(except, focus = false) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (except && menu.contains(except)) continue;
    menu.open = false;
    if (focus) menu.querySelector("summary").focus();
  }
}
