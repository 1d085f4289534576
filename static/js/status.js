// What a form that saves by itself says of it, for the eye and for the ear (autosave.js, components/autosave.html).
(function () {
  class Status {
    constructor(form) {
      this.form = form;
      this.bar = form.querySelector("[data-autosave-bar]");
      this.words = this.bar.dataset;
      this.line = this.bar.querySelector("[data-autosave-words]");
      this.signIn = this.bar.querySelector("[data-autosave-sign-in]");
      this.live = form.querySelector("[data-autosave-live]");
    }

    appear() {
      this.bar.hidden = false;
    }

    // For the eye; a screen reader would hear it every few seconds.
    show(what, { at = "", isOver = false } = {}) {
      this.line.textContent = this.words[what].replace("{at}", at);
      const isTrouble = !/^(saving|saved)$/.test(what);
      this.bar.classList.toggle("autosave-trouble", isTrouble);
      this.signIn.hidden = !isOver;
      if (isTrouble || (this.troubled && what === "saved")) this.live.textContent = this.line.textContent;
      if (what !== "saving") this.troubled = isTrouble;
    }

    // The site's own words.
    quote(words) {
      this.line.textContent = words;
      this.live.textContent = words;
    }

    tellBack(labels) {
      const notice = document.createElement("p");
      notice.className = "notice notice-info";
      notice.textContent = this.words.back.replace("{fields}", labels.map((label) => "“" + label + "”").join(", "));
      this.form.before(notice);
      this.live.textContent = notice.textContent;
    }

    bringIntoView() {
      this.bar.scrollIntoView({ block: "nearest" });
    }
  }

  window.savedStatus = { Status };
})();
