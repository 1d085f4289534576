// Saves a form while somebody types. A form takes part with data-autosave (the address that answers as core/drafts.py says);
// a field of it, with a hidden base__<name> that holds its version. Without this script the form's own button saves.
// Here: when something is saved. Loaded before it (components/autosave_scripts.html): fields.js, unsaved.js, requests.js,
// status.js, signedout.js, twins.js, conflicts.js, answers.js, comeback.js, leaving.js.
(function () {
  const PAUSE = 1200; // after the last key
  const AT_LATEST = 5000; // after the first, while typing goes on
  const AGAIN = [1000, 2000, 4000, 8000, 15000]; // after a failure

  const { Field, same } = window.savedFields;

  class Keeper {
    constructor(form) {
      this.form = form;
      const bases = [...form.querySelectorAll("input[type=hidden][name^=base__]")];
      this.fields = bases.map((base) => new Field(base)).filter((field) => field.box);
      this.failures = 0;
      this.notBefore = 0;
      this.running = null; // the request on its way
      this.stopped = ""; // "over": signed out; "ended": cannot be changed any more
      this.status = new window.savedStatus.Status(form);
      this.requests = new window.savedRequests.Requests(form);
      this.shelf = window.unsavedWords(form.dataset.who, form.dataset.key, this.requests.url);
      this.session = new window.savedSession.SignedOut(this);
      this.twins = new window.savedTwins.Twins(this);
      this.leaving = new window.savedLeaving.Leaving(this);
      this.listen();
      this.status.appear(); // not before all of it is there
      this.requests.tellSeen();
      if (form.dataset.fresh === "yes") window.savedComeback.restore(this);
      else window.savedComeback.forget(this);
      for (const field of this.fields) if (field.isDirty) this.typed(field, "input"); // before this script was there
    }

    find(element) {
      return this.fields.find((field) => field.box.contains(element));
    }

    named(name) {
      return this.fields.find((field) => field.name === name);
    }

    get isDirty() {
      return this.fields.some((field) => field.isDirty);
    }

    get isStuck() {
      const isHeldUp = this.failures || this.stopped || this.notBefore > Date.now();
      return isHeldUp || this.fields.some((field) => field.conflict);
    }

    listen() {
      const typed = (event) => { if (event.detail !== "put") this.typed(this.find(event.target), event.type); };
      this.form.addEventListener("input", typed);
      this.form.addEventListener("change", typed);
      this.form.addEventListener("focusout", (event) => this.left(this.find(event.target)));
      window.addEventListener("online", () => this.again());
      window.addEventListener("offline", () => { if (this.isDirty) this.say("offline"); });
    }

    // --- Typing ---

    typed(field, how) {
      if (!field) return;
      const now = Date.now();
      field.typedAt = now;
      field.since = field.since || now;
      field.due = how === "change" && !field.text ? now : Math.min(now + PAUSE, field.since + AT_LATEST);
      this.twins.tellTyped(field);
      this.keepAside(field);
      this.schedule();
    }

    keepAside(field, wait = 300) {
      clearTimeout(field.aside);
      field.aside = setTimeout(() => {
        if (!field.isDirty) return this.shelf.drop(field.name);
        const { shown, isUnsure } = field;
        const entry = { entries: field.entries(), base: field.base.value, shown: shown.slice(-5), isUnsure };
        this.shelf.keep(field.name, entry, field.typedAt);
      }, wait);
    }

    left(field) {
      if (!field) return;
      if (field.problem) field.show(field.problem);
      if (!field.isToSend) return;
      field.due = Date.now();
      this.schedule();
    }

    // --- When it is sent ---

    hurry({ isLast = false } = {}) {
      for (const field of this.fields) if (field.isDirty) field.due = Date.now();
      if (!this.leaving.isSure) this.save({ isLast });
    }

    again() {
      if (this.stopped === "over") return this.session.askWhetherBack();
      this.notBefore = 0;
      this.schedule();
    }

    schedule() {
      clearTimeout(this.timer);
      const dues = this.fields.filter((field) => field.isToSend).map((field) => field.due);
      if (!dues.length || this.stopped || this.leaving.isSure) return;
      const wait = Math.max(Math.min(...dues), this.notBefore) - Date.now();
      this.timer = setTimeout(() => this.save(), Math.max(wait, 0));
    }

    save(options) {
      if (this.running) return this.running; // what is due meanwhile is scheduled when the answer is there
      clearTimeout(this.timer);
      const now = Date.now();
      const due = this.fields.filter((field) => field.isToSend && field.due <= now + 50);
      if (!due.length || this.stopped) return Promise.resolve();
      this.running = window.savedAnswers.send(this, due, options).finally(() => {
        this.running = null;
        this.schedule();
      });
      return this.running;
    }

    // --- What came of it ---

    succeeded() {
      this.failures = 0;
      this.notBefore = 0;
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

    // Too often for the server: nothing of it arrived. The form's own button is not counted.
    wait(seconds, fields) {
      for (const field of fields) this.keepAside(field, 0);
      this.notBefore = Date.now() + seconds * 1000;
      this.say("tooOften");
    }

    stop(why, words) {
      this.stopped = why;
      this.say(why, words);
    }

    goOn() {
      this.stopped = "";
      this.notBefore = 0;
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

    show(what, at) {
      this.status.show(what, { at, isOver: this.stopped === "over" });
    }

    say(what, words) {
      this.show(what);
      if (words) this.status.quote(words);
    }
  }

  for (const form of document.querySelectorAll("form[data-autosave]")) new Keeper(form);
})();
