// The same person at the same page in another window: what was typed last is what both show (autosave.js).
(function () {
  const ONLY_IF_GONE = 10000; // the window where it is typed saves it; this one, should that one be gone
  const { same } = window.savedFields;

  class Twins {
    constructor(keeper) {
      this.keeper = keeper;
      this.channel = new BroadcastChannel("unsaved:" + keeper.form.dataset.who + ":" + keeper.requests.url);
      this.channel.onmessage = (event) => this.hear(event.data);
    }

    tellTyped(field) {
      this.channel.postMessage({ name: field.name, entries: field.entries(), typedAt: field.typedAt });
    }

    // ``typedAt``: of the last key in what was saved; somebody may have typed on since.
    tellSaved(field, entries, typedAt, version) {
      this.channel.postMessage({ name: field.name, entries, typedAt, version });
    }

    hear({ name, entries, typedAt, version }) {
      const field = this.keeper.named(name);
      if (!field || field.conflict) return;
      if (field.text && entries.length) field.showed(entries[0][1]);
      const isNewer = typedAt >= field.typedAt;
      if (isNewer && !field.put(entries)) return void (version && this.keeper.refresh(field));
      if (isNewer) {
        field.typedAt = typedAt;
        field.due = Date.now() + ONLY_IF_GONE;
      }
      if (version) {
        field.base.value = version;
        field.stored = same(entries);
        if (!field.isDirty) this.keeper.adopt(field, version);
      }
      this.keeper.schedule();
    }
  }

  window.savedTwins = { Twins };
})();
