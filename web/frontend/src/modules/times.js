// Moments come as UTC; show them in the page's language and the reader's own time zone, with the exact moment as a
// tooltip.
const page = document.documentElement.lang;
const language = navigator.languages.find((tag) => tag.split("-")[0] === page.split("-")[0]) ?? page; // en-GB for en
const formats = {
  clock: new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  date: new Intl.DateTimeFormat(language, { dateStyle: "medium" }),
  day: new Intl.DateTimeFormat(language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
};

function localise(scope) {
  for (const time of scope.querySelectorAll?.("time[data-as]") ?? []) {
    const moment = new Date(time.dateTime);
    const text = formats[time.dataset.as].format(moment);
    if (time.textContent !== text) time.textContent = text;
    time.title = moment.toString();
  }
}

localise(document);
document.addEventListener("htmx:load", (event) => localise(event.target.parentElement ?? event.target));
document.addEventListener("htmx:sseMessage", () => localise(document));
