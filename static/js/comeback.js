// After a crash: what this browser kept of words that were never saved is put back where it was typed (autosave.js).
(function () {
  const { plain, same } = window.savedFields;

  // Whether the site has a later version that goes on from these words: a killed browser may find its last copy but one.
  function isBehind(field, entry) {
    if (!field.text || entry.entries.length !== 1 || Number(entry.base) >= Number(field.base.value)) return false;
    const [[, stored]] = JSON.parse(field.stored);
    return stored.startsWith(plain(entry.entries[0][1]));
  }

  // What was typed before the copy was open comes after it.
  function together(field, entry) {
    const typed = field.isDirty && plain(field.text.value);
    if (!typed) return entry.entries;
    const [[name, words]] = entry.entries;
    return [[name, plain(words) + "\n\n" + typed]];
  }

  // Whether there is nothing to put back: it stands there, or the person has made another choice before it was open.
  function isOver(field, entry) {
    const isLong = field.text && field.text.tagName === "TEXTAREA" && entry.entries.length === 1;
    return same(entry.entries) === field.stored || isBehind(field, entry) || (field.isDirty && !isLong);
  }

  // Returns the field, or null where there is nothing to put back.
  function putBack(keeper, name, entry) {
    const field = keeper.named(name);
    if (!field) return null;
    if (isOver(field, entry) || !field.put(together(field, entry))) {
      keeper.shelf.drop(name, { typedUntil: Infinity });
      return null;
    }
    field.base.value = entry.base; // older than what stands there: the server then shows both
    field.shown = entry.shown;
    field.isUnsure = entry.isUnsure;
    field.typedAt = Math.max(field.typedAt, entry.at);
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
    for (const field of keeper.fields) keeper.shelf.drop(field.name, { typedUntil: Infinity });
  }

  window.savedComeback = { restore, forget };
})();
