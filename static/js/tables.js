// Adds rows to a table of fields and takes them away. Without this script there are empty rows, and more after a save.
(function () {
  function watch(box) {
    const list = box.querySelector("[data-rows-list]");
    const template = box.querySelector("template");
    const add = box.querySelector("[data-add-row]");
    const said = box.querySelector("[data-rows-said]");
    if (!template || !add) return;
    let next = rows().length;

    function rows() {
      return [...list.querySelectorAll("[data-row]")];
    }

    function fields(row) {
      return [...row.querySelectorAll("input, select")];
    }

    function say(words, number) {
      said.textContent = words.replace("{n}", number);
    }

    function settle() {
      rows().forEach((row, at) => {
        for (const number of row.querySelectorAll("[data-row-number]")) number.textContent = at + 1;
        row.querySelector("[data-remove-row]").hidden = false;
      });
      add.hidden = rows().length >= Number(box.dataset.mostRows);
    }

    // What the server said of the stored rows is over with the first change.
    box.addEventListener("input", () => {
      for (const old of box.closest(".field")?.querySelectorAll("[data-stored-now]") || []) old.remove();
    });

    // What saves by itself hears of it as of a key.
    function tell() {
      list.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function make() {
      const row = template.content.firstElementChild.cloneNode(true);
      for (const element of row.querySelectorAll("[name], [id], [for]")) {
        for (const name of ["name", "id", "for"]) {
          const value = element.getAttribute(name);
          if (value) element.setAttribute(name, value.replace("__row__", next));
        }
      }
      next += 1;
      list.append(row);
      settle();
      return row;
    }

    add.addEventListener("click", () => {
      const row = make();
      fields(row)[0].focus();
      say(box.dataset.rowAdded, rows().length);
      tell();
    });

    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove-row]");
      if (!button) return;
      const row = button.closest("[data-row]");
      const at = rows().indexOf(row);
      row.remove();
      if (!rows().length) make();
      settle();
      const follower = rows()[Math.min(at, rows().length - 1)];
      follower.querySelector("[data-remove-row]").focus();
      say(box.dataset.rowRemoved, at + 1);
      tell();
    });

    // The spare rows of the page without a script are not needed with it: one is left to begin with.
    const isEmpty = (row) => fields(row).every((field) => !field.value && !field.classList.contains("is-invalid"));
    while (rows().length > 1 && isEmpty(rows().at(-1))) rows().at(-1).remove();
    settle();
  }

  for (const box of document.querySelectorAll("[data-rows]")) watch(box);
})();
