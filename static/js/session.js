// Warns two minutes before the session ends, keeps it alive while somebody types, and mends the page's forms after a new
// sign-in. What is typed stays in the page; what a page keeps beside it (unsaved.js) goes when its author signs out.
(function () {
  const UNSAVED = "unsaved:";
  const A_WEEK = 7 * 24 * 3600 * 1000;
  const WARN_BEFORE = 120;
  const TELL_EVERY = 120 * 1000;

  async function ask(url, form) {
    const options = { headers: { Accept: "application/json" }, credentials: "same-origin", signal: AbortSignal.timeout(15000) };
    if (form) Object.assign(options, { method: "POST", body: new FormData(form) });
    try {
      const response = await fetch(url, options);
      const state = await response.json();
      return { ok: Boolean(state.who), ...state };
    } catch {
      return null; // away from the network: nothing is known, so nothing is said
    }
  }

  function useToken(token) {
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  }

  // Sealed words whose author never came back to them; and at sign-out those of whoever signs out.
  function dropUnsaved(isToGo) {
    try {
      for (const name of Object.keys(localStorage).filter((one) => one.startsWith(UNSAVED))) {
        if (isToGo(name, JSON.parse(localStorage.getItem(name)))) localStorage.removeItem(name);
      }
    } catch {
      // No storage, so there is nothing in it.
    }
  }

  function dropAtSignOut(form, url) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const state = await ask(url);
      if (state && state.ok) dropUnsaved((name) => name.startsWith(UNSAVED + state.who + ":"));
      form.submit();
    });
  }

  function watch(box) {
    const url = box.dataset.session;
    const form = box.querySelector("form");
    let who = "", timer = 0, told = Date.now();

    function show(when) {
      for (const part of box.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== when;
      if (!box.open) box.showModal();
    }

    function schedule(seconds) {
      clearTimeout(timer);
      timer = setTimeout(check, Math.max(seconds - WARN_BEFORE, 1) * 1000);
    }

    async function check() {
      const state = await ask(url);
      if (!state) return schedule(WARN_BEFORE + 30);
      if (!state.ok) return show("over");
      if (who && state.who !== who) return location.reload();
      who = state.who;
      if (state.seconds > WARN_BEFORE + 1) return alive(state);
      show(state.can_be_extended ? "idle" : "end");
      clearTimeout(timer);
      timer = setTimeout(check, (state.seconds + 1) * 1000);
    }

    function alive(state) {
      useToken(state.csrf);
      if (box.open) box.close();
      schedule(state.seconds);
    }

    async function stay() {
      told = Date.now();
      const state = await ask(url, form);
      if (state && state.ok) alive(state);
      else if (state) show("over");
    }

    form.addEventListener("submit", (event) => { event.preventDefault(); stay(); });
    box.querySelector("[data-close]").addEventListener("click", () => box.close());
    document.addEventListener("input", () => { if (Date.now() - told > TELL_EVERY) stay(); });
    // Back from another tab, perhaps from signing in there; or the machine slept and the timer with it.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && (box.open || Date.now() - told > TELL_EVERY)) check();
    });
    // A page that saves by itself hears of the end, and of a new sign-in, before this timer does.
    document.addEventListener("session:over", () => show("over"));
    document.addEventListener("session:back", check);
    for (const out of document.querySelectorAll(`form[action="${box.dataset.signOut}"]`)) dropAtSignOut(out, url);
    dropUnsaved((name, entry) => Date.now() - entry.at > A_WEEK);
    schedule(Number(box.dataset.seconds));
  }

  function offerToSendAgain(form) {
    async function look() {
      if (document.visibilityState !== "visible") return;
      const state = await ask(form.dataset.sendAgain);
      if (!state || !state.ok) return;
      const isSame = !form.dataset.who || form.dataset.who === state.who;
      useToken(state.csrf);
      form.querySelector("button").hidden = !isSame;
      form.querySelector("[data-somebody-else]").hidden = isSame;
    }
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
    look();
  }

  for (const box of document.querySelectorAll("dialog[data-session]")) watch(box);
  for (const form of document.querySelectorAll("form[data-send-again]")) offerToSendAgain(form);
})();
