// The session ended while somebody typed: the words wait in the page until the same person has signed in again (autosave.js).
(function () {
  const ASK = 3000; // whether somebody has signed in again

  class SignedOut {
    constructor(keeper) {
      this.keeper = keeper;
      this.who = keeper.form.dataset.who;
    }

    over() {
      this.keeper.stop("over");
      document.dispatchEvent(new CustomEvent("session:over"));
      this.askSoon();
    }

    askSoon() {
      clearTimeout(this.asking);
      this.asking = setTimeout(() => this.askWhetherBack(), ASK);
    }

    async askWhetherBack() {
      clearTimeout(this.asking);
      if (this.keeper.stopped !== "over") return;
      const state = await this.keeper.requests.ask();
      if (state && state.who === this.who) return this.back(state);
      if (state && state.who) this.keeper.say("somebodyElse");
      this.askSoon();
    }

    back(state) {
      for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = state.csrf;
      this.keeper.goOn();
      document.dispatchEvent(new CustomEvent("session:back"));
      this.keeper.hurry();
    }

    // After a new sign-in elsewhere this page's secret is an old one. True: there is another.
    async freshen() {
      const state = await this.keeper.requests.ask();
      if (!state) return false;
      if (state.who !== this.who) {
        this.over();
        return false;
      }
      this.keeper.requests.token.value = state.csrf;
      return true;
    }
  }

  window.savedSession = { SignedOut };
})();
