// Keys: `/` goes to the search field, `c` writes a message, `g` and a letter go to a section.
const places = { h: "/", m: "/messages", d: "/domains", b: "/mailboxes", w: "/webhooks" };
let going = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (Date.now() - going < 1200 && places[event.key]) return go(event, places[event.key]);
  going = event.key === "g" ? Date.now() : 0;
  if (event.key === "c") go(event, "/messages/new");
  if (event.key === "/") focusSearch(event);
});

function typing(element) {
  return element.isContentEditable || /^(input|textarea|select)$/.test(element.localName);
}

function go(event, path) {
  if (!document.querySelector(`a[href="${path}"]`)) return; // not signed in
  event.preventDefault();
  location.assign(path);
}

function focusSearch(event) {
  const field = document.querySelector("input[type=search]");
  if (!field) return;
  event.preventDefault();
  field.focus();
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
