// After a crash: what this browser kept of words that were never saved is put back where it was typed (autosave.js).
(function () {
  const { plain, same } = window.savedFields;

  // Whether the site has a later version that goes on from these words: a killed browser may find its last copy but one.
  function isBehind(field, entry) {
    if (!field.text || entry.entries.length !== 1 || Number(entry.base) >= Number(field.base.value)) return false;
    return plain(field.text.value).startsWith(plain(entry.entries[0][1]));
  }

  // Returns the field, or null where there is nothing to put back.
  function putBack(keeper, name, entry) {
    const field = keeper.named(name);
    if (!field) return null;
    if (same(entry.entries) === field.stored || isBehind(field, entry) || !field.put(entry.entries)) {
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
