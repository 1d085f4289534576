// Applies a remembered theme before the first paint. Without a choice the device decides (css/tokens.css).
(function () {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.bsTheme = theme;
  } catch {
    // Storage can be switched off by the institution; then the device decides.
  }
})();
