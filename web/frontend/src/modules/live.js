// Shows whether a live part of the page is connected, in the label that its `data-live-label` names.
const states = { "htmx:sseOpen": "on", "htmx:sseError": "off", "htmx:sseClose": "off" };

for (const [name, state] of Object.entries(states)) {
  document.addEventListener(name, (event) => {
    const label = document.getElementById(event.target.dataset?.liveLabel);
    if (label) label.dataset.live = state;
  });
}
