// The portal's script: htmx with its live updates, and a few small comforts. Every page works without it.
import htmx from "htmx.org";
import "htmx-ext-sse";
import "./modules/morph.js";
import "./modules/copy.js";
import "./modules/keyboard.js";
import "./modules/live.js";
import "./modules/once.js";
import "./modules/passkey.js";
import "./modules/theme.js";
import "./modules/times.js";
import "./modules/unsaved.js";

// The page's CSRF token rides along with every request that htmx makes.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["x-csrf-token"] = document.querySelector("meta[name=csrf-token]")?.content ?? "";
});

htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true; // what htmx would put together itself breaks our security policy

// On a phone the tabs are wider than the page: show the current one.
document.querySelector(".tabs-row [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
