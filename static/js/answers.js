// One request with what is due, and what the site's answer means for each field (autosave.js; core/drafts.py answers).
(function () {
  const { same } = window.savedFields;

  async function send(keeper, fields, { isLast } = {}, isSecondTry) {
    const sent = new Map(fields.map((field) => [field, { words: same(field.entries()), typedAt: field.typedAt }]));
    for (const field of fields) if (field.text) field.showed(field.text.value);
    keeper.show("saving");
    let response, answer;
    try {
      response = await keeper.requests.post(keeper.requests.body(fields), isLast);
      if (response.status === 200 || response.status === 409) answer = await response.json();
    } catch {
      return keeper.failed(navigator.onLine ? "unreachable" : "offline", fields);
    }
    if (answer) return take(keeper, sent, answer);
    if (response.status === 401) return keeper.session.over();
    const isOldSecret = response.status === 403 && !isSecondTry && (await keeper.session.freshen());
    if (isOldSecret) return send(keeper, fields, {}, true);
    if (keeper.stopped) return;
    if (response.status === 429) return keeper.wait(Number(response.headers.get("Retry-After")) || 15, fields);
    if (response.status >= 500) return keeper.failed("unreachable", fields);
    keeper.stop("ended");
  }

  function take(keeper, sent, answer) {
    keeper.succeeded();
    for (const [field, { words, typedAt }] of sent) {
      const saved = answer.saved[field.name], conflict = answer.conflicts[field.name];
      const problem = answer.problems[field.name] || "";
      if (conflict) settle(keeper, field, conflict);
      else if (problem) field.refused = words;
      else if (!answer.refused) note(keeper, field, words, typedAt, saved);
      const isHere = field.box.contains(document.activeElement);
      if (!problem || !isHere) field.show(problem);
      else field.problem = problem; // said when the field is left
    }
    if (answer.refused) return keeper.stop("ended", answer.refused);
    const isOpen = keeper.fields.some((field) => field.conflict);
    const isShort = keeper.fields.some((field) => field.refused && field.isDirty);
    keeper.show(isOpen ? "conflict" : isShort ? "except" : "saved", answer.at);
  }

  // ``typedAt``: of the last key in ``words``.
  function note(keeper, field, words, typedAt, saved) {
    field.stored = words;
    field.isUnsure = false;
    field.refused = "";
    field.since = field.isDirty ? Date.now() : 0;
    if (saved) {
      field.base.value = saved.version;
      keeper.twins.tellSaved(field, JSON.parse(words), typedAt, saved.version);
    }
    if (field.isDirty) return keeper.keepAside(field, 0);
    clearTimeout(field.aside);
    keeper.shelf.drop(field.name, { typedUntil: typedAt }); // also what a closed twin left of it
  }

  // Somebody else wrote there first; or this person did, and the answer was lost.
  function settle(keeper, field, conflict) {
    const isMine = field.isMine(conflict);
    field.isUnsure = false;
    if (isMine) {
      field.base.value = conflict.version;
      field.due = Date.now();
      return;
    }
    field.conflict = conflict;
    keeper.keepAside(field, 0);
    window.savedConflicts.open(keeper, field, conflict);
  }

  window.savedAnswers = { send };
})();
