// Counts the words of a field while somebody writes. The server counts the same way (questionnaires/rules: count_words).
(function () {
  // The blanks of Python's str.split; tests/questionnaires/test_words_script.py holds the two together.
  const BLANKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
  const NEAR = 0.9; // of the limit: from there on the count is also said aloud
  const PAUSE = 1000; // after the last key

  function count(text) {
    return text.split(BLANKS).filter(Boolean).length;
  }

  function line(className, id) {
    const made = document.createElement("p");
    made.className = className;
    made.id = id;
    return made;
  }

  function watch(field) {
    const most = Number(field.dataset.maxWords);
    const shown = line("word-count", field.id + "_words");
    const said = line("visually-hidden", field.id + "_words_said");
    said.setAttribute("role", "status");
    field.after(shown, said);
    const described = field.getAttribute("aria-describedby");
    field.setAttribute("aria-describedby", ((described || "") + " " + shown.id).trim());
    // What the server said of the stored text; from here on the count says it.
    const box = field.closest(".field");
    for (const old of box ? box.querySelectorAll("[data-stored-now]") : []) old.remove();
    let timer = 0;

    function update() {
      const words = count(field.value), over = words - most;
      const sentence = over > 0 ? field.dataset.wordsOver : field.dataset.words;
      const text = sentence.replace("{n}", words).replace("{most}", most).replace("{over}", over);
      shown.textContent = text;
      shown.classList.toggle("word-count-over", over > 0);
      return words >= most * NEAR ? text : "";
    }

    field.addEventListener("input", () => {
      const text = update();
      clearTimeout(timer);
      timer = setTimeout(() => { if (said.textContent !== text) said.textContent = text; }, PAUSE);
    });
    update();
  }

  for (const field of document.querySelectorAll("[data-max-words]")) if (!field.disabled) watch(field);
})();
