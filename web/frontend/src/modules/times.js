// Moments come as UTC; show them in the reader's own time zone, with the exact moment as a tooltip.
const formats = {
  clock: new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  day: new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
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
