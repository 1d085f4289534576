// A field of a form that saves by itself (autosave.js): its controls, what is stored of it, and what is to be done.
(function () {
  const plain = (words) => words.replace(/\r\n?/g, "\n").trim();
  const same = (entries) => JSON.stringify(entries.map(([name, value]) => [name, plain(value)]));

  class Field {
    constructor(base) {
      this.name = base.name.slice("base__".length);
      this.base = base;
      this.box = document.getElementById("div_id_" + this.name);
      if (this.box && this.box.querySelector("input[type=file]")) this.box = null; // files go with the button
      if (!this.box) return;
      this.stored = same(this.made()); // as this page knows it
      this.shown = []; // the last words in this page and its twins: meeting them again is meeting oneself
      this.isUnsure = false; // something was sent, and no answer came
      this.typedAt = 0;
      this.since = 0; // the first key that is not saved
      this.due = 0;
      this.conflict = null;
      this.refused = ""; // what the server would not take; sent again only when it has changed
      this.problem = "";
    }

    controls() {
      return [...this.box.querySelectorAll("input, textarea, select")].filter((one) => one.name && !one.disabled);
    }

    entries() {
      const chosen = this.controls().filter((one) => !/^(radio|checkbox)$/.test(one.type) || one.checked);
      return chosen.map((one) => [one.name, one.value]);
    }

    // The entries as the site made the page, whatever was typed since.
    made() {
      const option = (one) => [...one.options].find((each) => each.defaultSelected) || one.options[0];
      const value = (one) => (one.options ? (option(one) || one).value : /^(radio|checkbox)$/.test(one.type) ? one.value : one.defaultValue);
      const chosen = this.controls().filter((one) => !/^(radio|checkbox)$/.test(one.type) || one.defaultChecked);
      return chosen.map((one) => [one.name, value(one)]);
    }

    // Returns false where the other page has controls that this one lacks (a table of more rows).
    put(entries) {
      const controls = this.controls();
      if (!entries.every(([name]) => controls.some((one) => one.name === name))) return false;
      const left = [...entries];
      for (const one of controls) {
        const isMark = /^(radio|checkbox)$/.test(one.type);
        const found = left.findIndex(([name, value]) => name === one.name && (!isMark || value === one.value));
        if (isMark) one.checked = found >= 0;
        else if (one.value !== (found >= 0 ? left[found][1] : "")) one.value = found >= 0 ? left[found][1] : "";
        if (found >= 0) left.splice(found, 1);
      }
      controls.forEach((one) => one.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "put" })));
      return true;
    }

    get text() {
      const controls = this.controls();
      return controls.length === 1 && "value" in controls[0] && !/^(radio|checkbox)$/.test(controls[0].type) ? controls[0] : null;
    }

    get label() {
      const label = this.box.querySelector("legend, label");
      return label ? label.firstChild.textContent.trim() : this.name;
    }

    get isDirty() {
      return same(this.entries()) !== this.stored;
    }

    get isToSend() {
      return !this.conflict && this.isDirty && same(this.entries()) !== this.refused;
    }

    showed(words) {
      this.shown = [...this.shown.filter((one) => one !== plain(words)), plain(words)].slice(-50);
    }

    // Whether the version that stands there is this person's own, from a request whose answer was lost or another window.
    isMine(conflict) {
      if (this.shown.includes(plain(conflict.theirs))) return true;
      const isNext = conflict.version === Number(this.base.value) + 1;
      return conflict.own && this.isUnsure && isNext && !(this.text && this.text.tagName === "TEXTAREA");
    }

    show(problem) {
      this.problem = problem;
      let line = this.box.querySelector("[data-autosave-problem]");
      const control = this.controls()[0];
      if (!problem) {
        for (const one of this.box.querySelectorAll(".invalid-feedback")) one.remove();
        this.box.classList.remove("field-invalid");
        if (control) control.removeAttribute("aria-invalid");
        return;
      }
      if (!line) {
        line = document.createElement("p");
        line.className = "invalid-feedback";
        line.dataset.autosaveProblem = "";
        line.id = "problem_" + this.name;
        const last = this.text || this.box.lastElementChild;
        last.before(line);
        if (control) {
          const described = control.getAttribute("aria-describedby");
          control.setAttribute("aria-describedby", ((described || "") + " " + line.id).trim());
        }
      }
      line.textContent = problem;
      if (control) control.setAttribute("aria-invalid", "true");
    }
  }

  window.savedFields = { Field, plain, same };
})();
