// Small enhancements. Every page works without this file.
(function () {
  const root = document.documentElement;

  function focusErrorSummary() {
    const summary = document.querySelector("[data-error-summary]");
    if (!summary) return;
    const prefix = summary.dataset.titlePrefix || "";
    if (!document.title.startsWith(prefix)) document.title = prefix + document.title;
    summary.focus();
  }

  function chosenTheme() {
    return root.dataset.bsTheme || "system";
  }

  function rememberTheme(theme) {
    if (theme === "system") delete root.dataset.bsTheme;
    else root.dataset.bsTheme = theme;
    try {
      if (theme === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      // The choice then holds for this page only.
    }
  }

  function enableThemeSwitch() {
    const box = document.querySelector("[data-theme-switch]");
    if (!box) return;
    const select = box.querySelector("select");
    select.value = chosenTheme();
    select.addEventListener("change", () => rememberTheme(select.value));
    box.hidden = false;
  }

  function closeMenus(event) {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (event.type === "keydown") {
        if (event.key !== "Escape") return;
        const inside = menu.contains(document.activeElement);
        menu.open = false;
        if (inside) menu.querySelector("summary").focus();
      } else if (!menu.contains(event.target)) {
        menu.open = false;
      }
    }
  }

  function enablePrintButtons() {
    for (const button of document.querySelectorAll("button[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
  }

  function enableCopying() {
    for (const input of document.querySelectorAll("input[data-select-all]")) {
      input.addEventListener("focus", () => input.select());
    }
    for (const button of document.querySelectorAll("button[data-copy]")) {
      if (!navigator.clipboard) continue;
      button.hidden = false;
      button.addEventListener("click", () =>
        navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value).then(
          () => (button.textContent = button.dataset.copied),
          () => document.getElementById(button.dataset.copy).focus(),
        ),
      );
    }
  }

  function inZone(at, zone) {
    const day = new Intl.DateTimeFormat("en-US", { timeZone: zone, dateStyle: "long" }).format(at);
    const time = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeStyle: "short" }).format(at);
    return { day, time: time.replace(/\s/g, " ") };
  }

  // For readers without an account the server does not know their zone; their browser does.
  function addBrowserZone() {
    for (const element of document.querySelectorAll("time[data-own-zone]")) {
      const at = new Date(element.dateTime);
      const own = inZone(at, element.dataset.ownZone);
      const reader = inZone(at, undefined);
      if (own.day === reader.day && own.time === reader.time) continue;
      const words = own.day === reader.day ? reader.time : reader.day + ", " + reader.time;
      element.querySelector("[data-reader]").textContent = " (" + words + " for you)";
    }
  }

  // A chart wider than the screen shows its newest period first.
  function showNewestPeriod() {
    for (const box of document.querySelectorAll(".table-scroll")) {
      if (box.querySelector(":scope > svg")) box.scrollLeft = box.scrollWidth;
    }
  }

  // On a fresh sign-up form only: what somebody chose and sent stays chosen.
  function chooseBrowserZone() {
    const select = document.querySelector("select[data-browser-zone]");
    if (!select || document.querySelector("[data-error-summary]")) return;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if ([...select.options].some((option) => option.value === zone)) select.value = zone;
  }

  // allauth's scripts report here that a passkey was refused, missing or cancelled.
  function sayPasskeyFailed(event) {
    const box = document.querySelector("[data-passkey-error]");
    if (!box) return;
    event.preventDefault();
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
  }

  focusErrorSummary();
  addBrowserZone();
  chooseBrowserZone();
  showNewestPeriod();
  enableThemeSwitch();
  enablePrintButtons();
  enableCopying();
  document.addEventListener("allauth.error", sayPasskeyFailed);
  document.addEventListener("click", closeMenus);
  document.addEventListener("keydown", closeMenus);
})();
