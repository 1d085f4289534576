// How the words of a form that saves by itself get to the site, and how one asks who is signed in (autosave.js).
(function () {
  const GIVE_UP = 15000; // on one request
  const BIGGEST_LAST_WORD = 60000; // what a browser sends while it leaves the page, with room for the rest

  class Requests {
    constructor(form) {
      this.form = form;
      this.url = form.dataset.autosave;
    }

    get token() {
      return this.form.querySelector("input[name=csrfmiddlewaretoken]");
    }

    body(fields) {
      const body = new URLSearchParams({ csrfmiddlewaretoken: this.token.value });
      for (const field of fields) {
        body.append(field.base.name, field.base.value);
        for (const [name, value] of field.entries()) body.append(name, value);
      }
      return body;
    }

    post(body, isLast) {
      return fetch(this.url, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        keepalive: Boolean(isLast) && body.toString().length < BIGGEST_LAST_WORD,
        signal: AbortSignal.timeout(GIVE_UP),
      });
    }

    async tellSeen() {
      const body = this.body([]);
      body.append("seen_at", this.form.dataset.madeAt);
      try {
        await this.post(body);
      } catch {
        // It is told with the next save.
      }
    }

    // Who is signed in, and the secret that goes with it; null where the site does not answer.
    async ask() {
      try {
        return await (await fetch(this.form.dataset.session, { headers: { Accept: "application/json" } })).json();
      } catch {
        return null;
      }
    }
  }

  window.savedRequests = { Requests };
})();
