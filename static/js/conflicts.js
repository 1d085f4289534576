// Somebody else wrote into the same field: their words beside one's own, and what stays (autosave.js).
(function () {
  const { Field, plain } = window.savedFields;

  function open(keeper, field, conflict) {
    const box = keeper.form.querySelector("template[data-autosave-conflict]").content.firstElementChild.cloneNode(true);
    const by = box.querySelector("[data-theirs-by]"), theirs = box.querySelector("[data-theirs]");
    const words = conflict.own ? by.dataset.own : by.dataset.theirsBy;
    by.textContent = words.replace("{by}", conflict.by).replace("{at}", conflict.at);
    theirs.textContent = conflict.theirs || theirs.dataset.empty;
    box.setAttribute("aria-label", by.textContent);
    box.querySelector("[data-choose=both]").hidden = !(isLong(field) && conflict.theirs);
    box.addEventListener("click", (event) => {
      const button = event.target.closest("[data-choose]");
      if (button) choose(keeper, field, box, button.dataset.choose);
    });
    field.box.append(box);
  }

  function isLong(field) {
    return field.text && field.text.tagName === "TEXTAREA";
  }

  async function choose(keeper, field, box, choice) {
    if (choice === "theirs" && !(await keeper.refresh(field))) return keeper.say("unreachable");
    const conflict = field.conflict;
    box.remove();
    field.conflict = null;
    if (choice !== "theirs") {
      field.base.value = conflict.version; // theirs was seen
      field.stored = ""; // to be sent, even where it is what stood here once
      field.due = Date.now();
    }
    if (choice === "both") {
      field.text.value = plain(field.text.value) + "\n\n" + conflict.theirs;
      field.text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const control = field.text || field.controls()[0];
    if (control) control.focus();
    if (choice === "theirs") keeper.show("saved", conflict.at);
    keeper.schedule();
  }

  // Returns the version, or nothing where the site does not answer. Works for every kind of field: it is the page's own.
  async function fetchInto(field) {
    try {
      const response = await fetch(location.pathname, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const base = page.getElementsByName(field.base.name)[0];
      const other = Object.assign(Object.create(Field.prototype), { box: page.getElementById(field.box.id) });
      if (!base || !other.box) return "";
      if (!field.put(other.entries())) {
        const fresh = document.adoptNode(other.box);
        field.box.replaceWith(fresh);
        field.box = fresh;
      }
      return base.value;
    } catch {
      return "";
    }
  }

  window.savedConflicts = { open, fetchInto };
})();
