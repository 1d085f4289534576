// Saves a form while somebody types. A form takes part with data-autosave (the address that answers as core/drafts.py says);
// a field of it, with a hidden base__<name> that holds its version. Without this script the form's own button saves.
(function () {
  const PAUSE = 1200; // after the last key
  const AT_LATEST = 5000; // after the first, while typing goes on
  const GIVE_UP = 15000; // on one request
  const AGAIN = [1000, 2000, 4000, 8000, 15000]; // after a failure
  const ASK = 3000; // whether somebody has signed in again
  const BIGGEST_LAST_WORD = 60000; // what a browser sends while it leaves the page, with room for the rest

  const { Field, plain, same } = window.savedFields;

  class Keeper {
    constructor(form) {
      this.form = form;
      this.url = form.dataset.autosave;
      this.bar = form.querySelector("[data-autosave-bar]");
      this.words = this.bar.dataset;
      this.live = form.querySelector("[data-autosave-live]");
      const bases = [...form.querySelectorAll("input[type=hidden][name^=base__]")];
      this.fields = bases.map((base) => new Field(base)).filter((field) => field.box);
      this.shelf = window.unsavedWords(form.dataset.who, form.dataset.key, this.url);
      this.failures = 0;
      this.notBefore = 0;
      this.running = null; // the request on its way
      this.stopped = ""; // "over": signed out; "ended": cannot be changed any more
      this.isLeaving = false;
      this.bar.hidden = false;
      this.listen();
      this.tellSeen();
      if (form.dataset.fresh === "yes") this.restore();
      else for (const field of this.fields) this.shelf.drop(field.name, { whosever: true });
    }

    find(element) {
      return this.fields.find((field) => field.box.contains(element));
    }

    listen() {
      const typed = (event) => { if (event.detail !== "put") this.typed(this.find(event.target), event.type); };
      this.form.addEventListener("input", typed);
      this.form.addEventListener("change", typed);
      this.form.addEventListener("focusout", (event) => this.left(this.find(event.target)));
      document.addEventListener("submit", (event) => this.beforeSubmit(event), true);
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "hidden") this.hurry({ isLast: true });
        else this.again();
      });
      window.addEventListener("pagehide", () => this.hurry({ isLast: true }));
      window.addEventListener("online", () => this.again());
      window.addEventListener("offline", () => { if (this.fields.some((field) => field.isDirty)) this.say("offline"); });
      window.addEventListener("beforeunload", (event) => {
        const isStuck = this.failures || this.stopped || this.fields.some((field) => field.conflict);
        if (!this.isLeaving && isStuck && this.fields.some((field) => field.isDirty)) event.preventDefault();
      });
      window.addEventListener("pageshow", () => { this.isLeaving = false; });
      this.channel = new BroadcastChannel("unsaved:" + this.form.dataset.who + ":" + this.url);
      this.channel.onmessage = (event) => this.hear(event.data);
    }

    // --- Typing ---

    typed(field, how) {
      if (!field) return;
      const now = Date.now();
      field.typedAt = now;
      field.since = field.since || now;
      field.due = how === "change" && !field.text ? now : Math.min(now + PAUSE, field.since + AT_LATEST);
      this.channel.postMessage({ name: field.name, entries: field.entries(), typedAt: now });
      this.keepAside(field);
      this.schedule();
    }

    keepAside(field, wait = 300) {
      clearTimeout(field.aside);
      field.aside = setTimeout(() => {
        if (!field.isDirty) return this.shelf.drop(field.name);
        const { shown, isUnsure } = field;
        const entry = { entries: field.entries(), base: field.base.value, shown: shown.slice(-5), isUnsure };
        this.shelf.keep(field.name, entry);
      }, wait);
    }

    left(field) {
      if (!field) return;
      if (field.problem) field.show(field.problem);
      if (!field.isToSend) return;
      field.due = Date.now();
      this.schedule();
    }

    hurry({ isLast = false } = {}) {
      for (const field of this.fields) if (field.isDirty) field.due = Date.now();
      if (!this.isLeaving) this.save({ isLast });
    }

    again() {
      if (this.stopped === "over") return this.askWhetherBack();
      this.notBefore = 0;
      this.schedule();
    }

    schedule() {
      clearTimeout(this.timer);
      const dues = this.fields.filter((field) => field.isToSend).map((field) => field.due);
      if (!dues.length || this.stopped || this.isLeaving) return;
      const wait = Math.max(Math.min(...dues), this.notBefore) - Date.now();
      this.timer = setTimeout(() => this.save(), Math.max(wait, 0));
    }

    // --- Saving ---

    save(options) {
      if (this.running) return this.running; // what is due meanwhile is scheduled when the answer is there
      clearTimeout(this.timer);
      const now = Date.now();
      const due = this.fields.filter((field) => field.isToSend && field.due <= now + 50);
      if (!due.length || this.stopped) return Promise.resolve();
      this.running = this.send(due, options).finally(() => {
        this.running = null;
        this.schedule();
      });
      return this.running;
    }

    body(fields) {
      const body = new URLSearchParams({ csrfmiddlewaretoken: this.token.value });
      for (const field of fields) {
        body.append(field.base.name, field.base.value);
        for (const [name, value] of field.entries()) body.append(name, value);
      }
      return body;
    }

    get token() {
      return this.form.querySelector("input[name=csrfmiddlewaretoken]");
    }

    post(body, isLast) {
      return fetch(this.url, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        keepalive: Boolean(isLast) && body.toString().length < BIGGEST_LAST_WORD,
        signal: AbortSignal.timeout(GIVE_UP),
      });
    }

    async send(fields, { isLast } = {}, isSecondTry) {
      const sent = new Map(fields.map((field) => [field, same(field.entries())]));
      for (const field of fields) if (field.text) field.showed(field.text.value);
      this.show("saving");
      let response, answer;
      try {
        response = await this.post(this.body(fields), isLast);
        if (response.status === 200 || response.status === 409) answer = await response.json();
      } catch {
        return this.failed(navigator.onLine ? "unreachable" : "offline", fields);
      }
      if (answer) return this.take(sent, answer);
      if (response.status === 401) return this.over();
      if (response.status === 403 && !isSecondTry && (await this.freshen())) return this.send(fields, {}, true);
      if (this.stopped) return;
      if (response.status >= 500 || response.status === 429) return this.failed("unreachable", fields);
      this.stop("ended");
    }

    take(sent, answer) {
      this.failures = 0;
      this.notBefore = 0;
      for (const [field, words] of sent) {
        const saved = answer.saved[field.name], conflict = answer.conflicts[field.name];
        if (conflict) this.settle(field, conflict);
        else if (answer.problems[field.name]) field.refused = words;
        else if (!answer.refused) this.note(field, words, saved);
        const isHere = field.box.contains(document.activeElement);
        const problem = answer.problems[field.name] || "";
        if (!problem || !isHere) field.show(problem);
        else field.problem = problem;
      }
      if (answer.refused) return this.stop("ended", answer.refused);
      const open = this.fields.some((field) => field.conflict);
      const some = this.fields.some((field) => field.refused && field.isDirty);
      this.show(open ? "conflict" : some ? "except" : "saved", answer.at);
    }

    note(field, words, saved) {
      field.stored = words;
      field.isUnsure = false;
      field.refused = "";
      field.since = field.isDirty ? Date.now() : 0;
      if (saved) {
        field.base.value = saved.version;
        const entries = JSON.parse(words);
        this.channel.postMessage({ name: field.name, entries, typedAt: field.typedAt, version: saved.version });
      }
      if (field.isDirty) return this.keepAside(field, 0);
      clearTimeout(field.aside);
      this.shelf.drop(field.name);
    }

    failed(why, fields) {
      for (const field of fields) {
        field.isUnsure = true; // it may have arrived
        this.keepAside(field, 0);
      }
      this.notBefore = Date.now() + AGAIN[Math.min(this.failures, AGAIN.length - 1)];
      this.failures += 1;
      this.say(why);
    }

    stop(why, words) {
      this.stopped = why;
      this.say(why, words);
    }

    // --- Signed out ---

    over() {
      this.stop("over");
      document.dispatchEvent(new CustomEvent("session:over"));
      clearTimeout(this.asking);
      this.asking = setTimeout(() => this.askWhetherBack(), ASK);
    }

    async ask() {
      try {
        return await (await fetch(this.form.dataset.session, { headers: { Accept: "application/json" } })).json();
      } catch {
        return null;
      }
    }

    async askWhetherBack() {
      clearTimeout(this.asking);
      if (this.stopped !== "over") return;
      const state = await this.ask();
      if (state && state.who === this.form.dataset.who) return this.back(state);
      if (state && state.who) this.say("somebodyElse");
      this.asking = setTimeout(() => this.askWhetherBack(), ASK);
    }

    back(state) {
      for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = state.csrf;
      this.stopped = "";
      this.notBefore = 0;
      document.dispatchEvent(new CustomEvent("session:back"));
      this.hurry();
    }

    // After a new sign-in elsewhere this page's secret is an old one. True: there is another.
    async freshen() {
      const state = await this.ask();
      if (!state) return false;
      if (state.who !== this.form.dataset.who) {
        this.over();
        return false;
      }
      this.token.value = state.csrf;
      return true;
    }

    // --- Somebody else ---

    settle(field, conflict) {
      const isMine = field.isMine(conflict);
      field.isUnsure = false;
      if (isMine) {
        field.base.value = conflict.version;
        field.due = Date.now();
        return;
      }
      field.conflict = conflict;
      this.keepAside(field, 0);
      window.savedConflicts.open(this, field, conflict);
    }

    // The field as the site shows it now.
    async refresh(field) {
      const version = await window.savedConflicts.fetchInto(field);
      if (version) this.adopt(field, version);
      return Boolean(version);
    }

    adopt(field, version) {
      field.base.value = version;
      field.stored = same(field.entries());
      Object.assign(field, { since: 0, refused: "", isUnsure: false });
      field.show("");
      clearTimeout(field.aside);
      this.shelf.drop(field.name);
    }

    // --- The same person in another window: what was typed last is what both show ---

    hear({ name, entries, typedAt, version }) {
      const field = this.fields.find((one) => one.name === name);
      if (!field || field.conflict) return;
      if (field.text && entries.length) field.showed(entries[0][1]);
      const isNewer = typedAt >= field.typedAt;
      if (isNewer && !field.put(entries)) return void (version && this.refresh(field));
      if (isNewer) {
        field.typedAt = typedAt;
        field.due = Date.now() + 2 * AT_LATEST; // the window where it is typed saves it; this one, should that one be gone
      }
      if (version) {
        field.base.value = version;
        field.stored = same(entries);
        if (!field.isDirty) this.adopt(field, version);
      }
      this.schedule();
    }

    // --- After a crash ---

    async restore() {
      const back = [];
      for (const [name, entry] of Object.entries(await this.shelf.all())) {
        const field = this.fields.find((one) => one.name === name);
        if (!field) continue;
        if (same(entry.entries) === field.stored || !field.put(entry.entries)) {
          this.shelf.drop(name, { whosever: true });
          continue;
        }
        field.base.value = entry.base; // older than what stands there: the server then shows both
        field.shown = entry.shown;
        field.isUnsure = entry.isUnsure;
        field.typedAt = entry.at;
        field.due = Date.now();
        this.keepAside(field, 0);
        back.push("“" + field.label + "”");
      }
      if (!back.length) return;
      const notice = document.createElement("p");
      notice.className = "notice notice-info";
      notice.textContent = this.words.back.replace("{fields}", back.join(", "));
      this.form.before(notice);
      this.live.textContent = notice.textContent;
      this.schedule();
    }

    // --- Leaving, and what was seen ---

    async beforeSubmit(event) {
      const form = event.target;
      if (this.isLeaving || event.defaultPrevented || form.closest("dialog")) return;
      if (!this.running && !this.fields.some((field) => field.isToSend)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      if (this.running) await this.running;
      this.hurry();
      if (this.running) await this.running;
      if (form === this.form && (this.failures || this.stopped)) return this.bar.scrollIntoView({ block: "nearest" });
      this.isLeaving = true;
      form.requestSubmit(submitter);
    }

    async tellSeen() {
      const body = this.body([]);
      body.append("seen_at", this.form.dataset.madeAt);
      try {
        await this.post(body);
      } catch {
        // It is told with the next save.
      }
    }

    // --- Saying ---

    // For the eye; a screen reader would hear it every few seconds.
    show(what, at) {
      const words = this.bar.querySelector("[data-autosave-words]");
      words.textContent = this.words[what].replace("{at}", at || "");
      const isTrouble = !/^(saving|saved)$/.test(what);
      this.bar.classList.toggle("autosave-trouble", isTrouble);
      this.bar.querySelector("[data-autosave-sign-in]").hidden = this.stopped !== "over";
      if (isTrouble || (this.troubled && what === "saved")) this.live.textContent = words.textContent;
      if (what !== "saving") this.troubled = isTrouble;
    }

    say(what, words) {
      this.show(what);
      if (!words) return;
      this.bar.querySelector("[data-autosave-words]").textContent = words;
      this.live.textContent = words;
    }
  }

  for (const form of document.querySelectorAll("form[data-autosave]")) new Keeper(form);
})();
