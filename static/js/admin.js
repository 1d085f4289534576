// Gives names to the controls that Django's admin leaves without one for screen readers: cells of tabular inlines,
// halves of a date and time, and the boxes of autocomplete fields.
(function () {
  function text(element) {
    return element ? element.textContent.replace(/\s+/g, " ").trim().replace(/:$/, "") : "";
  }

  function nameControl(control, name) {
    if (name && !control.labels?.length && !control.hasAttribute("aria-label")) control.setAttribute("aria-label", name);
  }

  function headerOf(cell) {
    return text(cell.closest("table").querySelectorAll("thead th")[cell.cellIndex]);
  }

  function nameInlineCells(root) {
    for (const cell of root.querySelectorAll(".tabular td")) {
      const rows = [...cell.closest("tbody").querySelectorAll("tr.form-row")];
      const place = rows.indexOf(cell.closest("tr")) + 1;
      for (const control of cell.querySelectorAll("input:not([type=hidden]), select, textarea")) {
        const half = control.id.endsWith("_0") ? " date" : control.id.endsWith("_1") ? " time" : "";
        nameControl(control, headerOf(cell) + (cell.querySelector(".datetime") ? half : "") + ", row " + place);
      }
    }
    // The first heads the names of rows, the last the boxes to take a row off, or nothing.
    for (const header of root.querySelectorAll(".tabular thead th")) {
      if (text(header)) continue;
      const words = document.createElement("span");
      words.className = "visually-hidden";
      words.textContent = header.classList.contains("original") ? "Row" : "Remove";
      header.append(words);
    }
  }

  // What scrolls sideways and holds no link or control can be scrolled by keyboard only if it takes the focus.
  function openScrollersToKeyboard(root) {
    for (const box of root.querySelectorAll(".inline-group, .results")) {
      if (box.scrollWidth <= box.clientWidth || box.hasAttribute("tabindex")) continue;
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", text(box.querySelector("h2, caption")) || text(document.querySelector("h1")));
    }
  }

  function nameDateHalves(root) {
    for (const box of root.querySelectorAll(".datetime")) {
      const label = text(box.closest(".form-row, fieldset")?.querySelector("legend, label"));
      const [date, time] = box.querySelectorAll("input");
      if (date) nameControl(date, label + " date");
      if (time) nameControl(time, label + " time");
    }
  }

  function nameAutocompletes(root) {
    for (const select of root.querySelectorAll("select.select2-hidden-accessible")) {
      const box = select.nextElementSibling;
      const name = text(select.labels?.[0]) || select.getAttribute("aria-label") || "Choose";
      const parts = [...(box?.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]") ?? [])];
      // The list that opens hangs at the end of the page, not beside its field.
      if (box?.classList.contains("select2-container--open")) {
        parts.push(...document.querySelectorAll(".select2-dropdown [role=searchbox], .select2-dropdown [role=listbox]"));
      }
      for (const part of parts) {
        part.removeAttribute("aria-labelledby");
        const list = part.getAttribute("aria-owns");
        if (list && part.getAttribute("aria-controls") !== list) part.setAttribute("aria-controls", list);
        if (part.getAttribute("aria-label") !== name) part.setAttribute("aria-label", name);
      }
    }
  }

  function nameAll() {
    nameInlineCells(document);
    nameDateHalves(document);
    nameAutocompletes(document);
    openScrollersToKeyboard(document);
    document.querySelector("#searchbar[aria-describedby]")?.setAttribute("aria-label", "Search");
    for (const icon of document.querySelectorAll("span.help-tooltip[aria-label]:not([role])")) icon.setAttribute("role", "img");
  }

  nameAll();
  window.addEventListener("resize", () => openScrollersToKeyboard(document));
  // Rows and autocomplete boxes come later, and at times of their own.
  let isPlanned = false;
  new MutationObserver(() => {
    if (isPlanned) return;
    isPlanned = true;
    requestAnimationFrame(() => {
      isPlanned = false;
      nameAll();
    });
  }).observe(document.body, { childList: true, subtree: true });
})();
