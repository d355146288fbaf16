// The theme button: writes the choice into a cookie, so that the server's first byte already has it.
const root = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

const current = () => root.dataset.theme ?? (prefersDark.matches ? "dark" : "light");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-switch]");
  if (!button) return;
  root.dataset.theme = current() === "dark" ? "light" : "dark";
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `fp_theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
});
