// After a crash: what this browser kept of words that were never saved is put back where it was typed (autosave.js).
(function () {
  const { same } = window.savedFields;

  // Returns the field, or null where there is nothing to put back.
  function putBack(keeper, name, entry) {
    const field = keeper.named(name);
    if (!field) return null;
    if (same(entry.entries) === field.stored || !field.put(entry.entries)) {
      keeper.shelf.drop(name, { whosever: true });
      return null;
    }
    field.base.value = entry.base; // older than what stands there: the server then shows both
    field.shown = entry.shown;
    field.isUnsure = entry.isUnsure;
    field.typedAt = entry.at;
    field.due = Date.now();
    keeper.keepAside(field, 0);
    return field;
  }

  async function restore(keeper) {
    const kept = Object.entries(await keeper.shelf.all());
    const back = kept.map(([name, entry]) => putBack(keeper, name, entry)).filter(Boolean);
    if (!back.length) return;
    keeper.status.tellBack(back.map((field) => field.label));
    keeper.schedule();
  }

  // What the page shows was sent with the form's own button: nothing older comes back over it.
  function forget(keeper) {
    for (const field of keeper.fields) keeper.shelf.drop(field.name, { whosever: true });
  }

  window.savedComeback = { restore, forget };
})();
